"""A newcomer's whole way on files that nobody prepared: from an empty folder to a report.

Each step is the command that the one before it names; what a person decides in between is written
here as replaced lines of the draft. Row counts are those of the published files.
"""

from __future__ import annotations

import shutil

import pytest

import rjeval as rj
from rjeval.cli.main import main

pytestmark = pytest.mark.real
#: File, what a person mends in the draft, the table, its rows, and the exit code before mending.
TRIES = {
    "rearrest": (
        "rearrest/rearrest.csv",
        {
            '# decide: values.exit_reason."0" = ""': 'values.exit_reason."0" = "reoffence"',
            '# decide: values.exit_reason."1" = ""': 'values.exit_reason."1" = "end_of_follow_up"',
        },
        ("follow_up", 194),
        11,
    ),
    "iowa": (
        "iowa/releases_FY2010_2012.csv",
        {
            "# decide: templates.person_id": "templates.person_id",
            '# decide: fill.time_days = ""': 'fill.time_days = "1095"',
        },
        ("follow_up", 12_373),
        10,
    ),
    "police_trust": ("police_trust/ESSBE5.csv", {}, ("community_survey", 1_704), 0),
    "messy": ("messy/compas_duplicate_headers_deid.csv", {}, ("person", 1_500), 0),
}


#: Two files that need mending each time, the others in the long run.
SLOW = ("police_trust", "messy")


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=[pytest.mark.slow] * (one in SLOW)) for one in TRIES]
)
def test_a_file_that_nobody_has_seen_comes_to_a_report(
    name, real_data, tmp_path, monkeypatch, capsys
):
    path, mended, (table, n_rows), first = TRIES[name]
    folder = tmp_path / "study"
    assert main(["init", str(folder)]) == 0
    shutil.copy2(real_data / path, folder / "data" / "raw")
    monkeypatch.chdir(folder)
    raw = [str(one) for one in sorted((folder / "data" / "raw").iterdir())]
    assert main(["map", *raw, "--write", "."]) == 0
    design = folder / "study.toml"
    assert main(["check"]) == first
    text = design.read_text(encoding="utf-8")
    for draft, decided in mended.items():
        assert draft in text
        text = text.replace(draft, decided)
    design.write_text(text, encoding="utf-8")
    assert main(["check"]) == 0
    assert main(["prepare"]) == 0
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    study = rj.read_design(folder)
    account, *_ = rj.load_exports(folder / "data" / "processed", design=study).accounts
    assert (account.table, account.n_read, account.n_accepted) == (table, n_rows, n_rows)
    assert main(["report", "--kind", "annual"]) == 0
    assert len(list((folder / "reports").rglob("annual_report.html"))) == 1
