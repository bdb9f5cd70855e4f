"""The README is true: its code runs, its commands exist, its figure is today's figure."""

from __future__ import annotations

import re
import subprocess
import sys

import pandas as pd
import pytest

import rjeval as rj


@pytest.fixture(scope="module")
def readme(root):
    return (root / "README.md").read_text(encoding="utf-8")


def test_the_twenty_lines_run_as_printed(readme, root, monkeypatch):
    monkeypatch.chdir(root)
    code = re.search(r"```python\n(.*?)```", readme, re.DOTALL).group(1)
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)
    assert names["cif"].is_released
    assert names["ordinal"].is_released


def test_each_command_of_the_readme_exists(readme):
    commands = set(re.findall(r"rjeval (\w+) my-study", readme))
    commands |= set(re.findall(r"bin/rjeval (\w+)", readme))
    shown = subprocess.run(
        [sys.executable, "-c", "from rjeval.cli.main import run; run()", "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert commands
    assert [one for one in sorted(commands) if one not in shown] == []


def test_each_make_target_of_the_readme_exists(readme, root):
    targets = set(re.findall(r"^(\w[\w-]*):", (root / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"make (\w+)", readme)) <= targets


def test_each_linked_file_exists(readme, root):
    for name in re.findall(r"\]\(([^)#:]+)\)", readme):
        assert (root / name).exists(), name


def test_the_figure_shows_what_the_demonstration_gives_today(root):
    design = rj.read_design(root / "study.toml")
    exports = rj.read_exports(root / "data" / "raw", design=design)
    cohort = rj.select_cohort(exports, design=design)
    outcome = rj.measure_time_to_event(cohort, exports, design=design)
    incidence = rj.release(rj.cumulative_incidence(outcome, by="arm"), rule=design.disclosure)
    drawn = pd.read_csv(root / "docs" / "img" / "incidence.csv")
    for column in ("time_days", "estimate", "conf_low", "conf_high", "n_at_risk"):
        assert drawn[column].tolist() == pytest.approx(incidence.frame[column].tolist()), column
