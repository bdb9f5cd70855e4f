"""`rjeval map`: from files that nobody has mapped to a study that checks, without a traceback."""

from __future__ import annotations

import tomllib

import pytest

from rjeval.cli.main import main
from rjeval.design import read_design

FILE = "Referral ID,Person ID,Date Referred,Case ID\n" + "".join(
    f"R{i},P{i},{i % 28 + 1:02d}/{i % 12 + 1:02d}/2023,C{i}\n" for i in range(60)
)


@pytest.fixture
def study(tmp_path):
    assert main(["init", str(tmp_path / "s")]) == 0
    (tmp_path / "s" / "data" / "raw" / "intake.csv").write_text(FILE, encoding="utf-8")
    return tmp_path / "s"


def test_the_draft_is_printed_as_toml(study, capsys):
    capsys.readouterr()
    assert main(["map", str(study / "data" / "raw" / "intake.csv")]) == 0
    draft = tomllib.loads(capsys.readouterr().out)["exports"]["referral"][0]
    assert draft["columns"]["referral_date"] == "Date Referred"
    assert draft["dates"]["referral_date"] == ["%d/%m/%Y"]


@pytest.mark.parametrize("named", ["folder", "file"])
def test_a_study_that_maps_nothing_yet_takes_the_draft_and_checks(study, named, capsys):
    file = study / "study.toml"
    before = file.read_text(encoding="utf-8")
    assert main(["check", str(study)]) == 10
    assert "rjeval map data/raw/* --write ." in capsys.readouterr().err
    target = study if named == "folder" else file
    raw = study / "data" / "raw"
    assert main(["map", *map(str, sorted(raw.iterdir())), "--write", str(target)]) == 0
    assert "Next: mend the 0 lines marked" in capsys.readouterr().out
    assert file.read_text(encoding="utf-8").startswith(before)
    assert [one.table for one in read_design(study).exports] == ["referral"]
    assert main(["check", str(study)]) == 0
    assert "60" in capsys.readouterr().out


def test_a_study_that_maps_files_takes_the_draft_as_a_comment(study):
    file = study / "study.toml"
    mine = '\n[exports.person]\nfile = "people.csv"\n'
    file.write_text(file.read_text(encoding="utf-8") + mine, encoding="utf-8")
    before = file.read_text(encoding="utf-8")
    assert main(["map", str(study / "data" / "raw" / "intake.csv"), "--write", str(study)]) == 0
    after = file.read_text(encoding="utf-8")
    assert tomllib.loads(after) == tomllib.loads(before)
    draft = after[len(before) :].split("---\n")[1]
    mended = "\n".join(line.removeprefix("# ") for line in draft.splitlines())
    file.write_text(before.removesuffix(mine) + mended, encoding="utf-8")
    assert [one.table for one in read_design(study).exports] == ["referral"]


def test_a_file_in_which_nothing_is_sure_is_said_so(study, capsys):
    file = study / "data" / "raw" / "totals.csv"
    file.write_text("Year/a,Total\n2020,7\n2021,9\n", encoding="utf-8")
    assert main(["map", str(file), "--write", str(study)]) == 0
    assert "Nothing was sure enough to count" in capsys.readouterr().out


def test_a_draft_is_not_added_to_what_is_no_design(study, capsys):
    (study / "study.toml").write_text("[study\n", encoding="utf-8")
    raw = str(study / "data" / "raw" / "intake.csv")
    assert main(["map", raw, "--write", str(study)]) == 10
    assert "is not valid TOML" in capsys.readouterr().err
    assert (study / "study.toml").read_text(encoding="utf-8") == "[study\n"


def test_what_cannot_be_drafted_is_one_sentence(study, tmp_path, capsys):
    assert main(["map", str(tmp_path / "nowhere.csv")]) == 11
    assert "nowhere.csv is not a file" in capsys.readouterr().err
    raw = str(study / "data" / "raw" / "intake.csv")
    assert main(["map", raw, "--write", str(tmp_path / "none")]) == 10
    assert "rjeval init" in capsys.readouterr().err


def test_values_in_few_rows_stay_out_of_the_draft(study, capsys):
    head, *rows = FILE.splitlines()
    ends = ["Zzyzx" if i < 3 else "done" for i in range(len(rows))]
    lines = [f"{head},Outcome", *(f"{row},{end}" for row, end in zip(rows, ends, strict=True))]
    text = "\n".join(lines)
    (study / "data" / "raw" / "intake.csv").write_text(text, encoding="utf-8")
    assert main(["map", str(study / "data" / "raw" / "intake.csv")]) == 0
    assert "Zzyzx" not in capsys.readouterr().out
