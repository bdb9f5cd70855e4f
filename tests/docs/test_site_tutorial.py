"""The tutorial is true: its commands are run, and what they print is compared."""

from __future__ import annotations

import html
import importlib.util
import json
import re
import subprocess
import sys

import pytest

import rjeval as rj
from rjeval.errors import FailedRulesError

#: Any text, where a line of the tutorial has dots.
DOTS = re.escape("...")
RUN = [sys.executable, "-c", "from rjeval.cli.main import run; run()"]


@pytest.fixture(scope="module")
def tutorial(root):
    return (root / "docs" / "tutorial.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def invented(root):
    """The module that invented the tutorial's exports."""
    path = root / "docs" / "tutorial" / "invent_exports.py"
    spec = importlib.util.spec_from_file_location("invent_exports", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.DOTALL | re.MULTILINE)


def same(shown, printed):
    """Whether what was printed is what the tutorial shows, dots standing for anything."""
    pattern = re.escape(shown.strip()).replace(DOTS, r"[^\n]*")
    return re.fullmatch(pattern, printed.strip()) is not None


def test_the_exports_are_those_that_the_script_invents(invented, root, tmp_path):
    invented.write(tmp_path)
    folder = root / "docs" / "tutorial" / "exports"
    names = {path.name for path in folder.iterdir()}
    assert names == {path.name for path in tmp_path.iterdir()}
    for name in names:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_the_tutorial_runs_from_an_empty_folder_to_the_reports(tutorial, invented, tmp_path):
    first, *others = blocks(tutorial, "console")
    _run(first, tmp_path)
    study = tmp_path / "riverside"
    invented.write(study / "data" / "raw")
    design = "\n".join(blocks(tutorial, "toml"))
    (study / "study.toml").write_text(design, encoding="utf-8")
    for one in others:
        _run(one, tmp_path)

    report = next((study / "reports").rglob("annual_report.html"))
    page = html.unescape(re.sub(r"<[^>]+>", "", report.read_text(encoding="utf-8")))
    claim = re.search(r"^> (.+)$", tutorial, re.MULTILINE).group(1)
    said = re.findall(r"About \d+ of every 100 people.*?\)\.", re.sub(r"\s+", " ", page))
    assert claim in said, "the tutorial must quote the report as it is now"
    quoted = json.loads((report.parent / "manifest.json").read_text(encoding="utf-8"))
    assert set(quoted["documents"]) == {"annual", "factsheet", "methods"}
    processed = study / "data" / "processed"
    assert (processed / "quarantine" / "referral.csv").is_file()
    _check_words(tutorial, rj.load_exports(processed, design=rj.read_design(study)))


def _run(block, folder):
    lines = block.splitlines()
    assert lines[0].startswith("$ rjeval "), lines[0]
    given = lines[0].removeprefix("$ rjeval ").split()
    done = subprocess.run([*RUN, *given], cwd=folder, capture_output=True, text=True, check=False)
    refused = FailedRulesError.exit_code if given[0] == "check" else 0
    assert done.returncode in (0, refused), done.stderr
    printed = done.stdout
    assert same("\n".join(lines[1:]), printed), printed


def _check_words(tutorial, exports):
    """What the tutorial says of single rules is so."""
    account = {one.table: one for one in exports.accounts}["referral"]
    assert (account.n_quarantined, account.n_duplicates, account.n_filtered) == (1, 1, 1)
    assert f"{account.n_accepted} referrals of 2023" in tutorial
    failed = set(exports.quality.loc[exports.quality["n_failed"] > 0, "rule"])
    told = set(re.findall(r"\bV\d+\b", tutorial))
    assert told == failed
