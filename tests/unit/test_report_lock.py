"""The plan fixed in advance: fixed once, and each deviation named."""

from __future__ import annotations

import json

import pytest

import rjeval as rj
from rjeval.cli.main import main
from rjeval.errors import ReportError
from rjeval.report.lock import deviations, write_lock

STUDY = """
[study]
title = "A study"
[[recidivism]]
name = "one"
windows_days = [365]
[exports.person]
file = "people.csv"
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    return tmp_path


def plan_sentences(folder):
    return rj.claims(design=rj.read_design(folder), kind="plan").sentences


def test_without_a_lock_the_report_says_so(folder):
    assert plan_sentences(folder) == (
        "The plan of analysis was not fixed in advance by `rjeval lock`.",
    )


def test_the_command_fixes_the_plan_once(folder, capsys):
    assert main(["lock", str(folder)]) == 0
    content = json.loads((folder / "study.lock.json").read_text(encoding="utf-8"))
    assert content["fingerprint"] == rj.read_design(folder).fingerprint
    assert main(["lock", str(folder)]) == 14
    assert "the plan was fixed on" in capsys.readouterr().err
    assert plan_sentences(folder)[1] == "Nothing in it has changed since."


def test_each_deviation_is_named_and_other_changes_are_none(folder):
    from datetime import date

    write_lock(rj.read_design(folder), today=date(2024, 1, 2))
    changed = STUDY.replace("[365]", "[730]").replace('name = "one"', 'event = "rearrest"')
    changed = changed.replace("people.csv", "others.csv")
    (folder / "study.toml").write_text(changed, encoding="utf-8")
    assert deviations(rj.read_design(folder)) == [
        "recidivism 1.windows_days: changed",
        "recidivism 1.name: dropped",
        "recidivism 1.event: added",
    ]
    first, second = plan_sentences(folder)
    assert first.startswith("The plan of analysis was fixed on 2024-01-02 (hash ")
    assert "windows_days: changed" in second


def test_a_broken_lock_is_one_sentence(folder):
    (folder / "study.lock.json").write_text("{", encoding="utf-8")
    with pytest.raises(ReportError, match=r"study\.lock\.json cannot be read"):
        plan_sentences(folder)
