"""The plan fixed in advance: fixed once, and each deviation named."""

from __future__ import annotations

import json
from datetime import date

import pytest

import rjeval as rj
from rjeval.cli.main import main
from rjeval.errors import ReportError
from rjeval.report.lock import amend_lock, deviations, write_lock

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
    write_lock(rj.read_design(folder), today=date(2024, 1, 2))
    changed = STUDY.replace("[365]", "[730]").replace('name = "one"', 'event = "rearrest"')
    changed = changed.replace("people.csv", "others.csv")
    (folder / "study.toml").write_text(changed, encoding="utf-8")
    assert deviations(rj.read_design(folder)) == [
        "recidivism 1.windows_days: changed from 365 to 730 (since when is not written down)",
        "recidivism 1.name: dropped (since when is not written down)",
        "recidivism 1.event: added (since when is not written down)",
    ]
    first, second = plan_sentences(folder)
    assert first.startswith("The plan of analysis was fixed on 2024-01-02 (hash ")
    assert "windows_days: changed" in second


def test_a_broken_lock_is_one_sentence(folder):
    (folder / "study.lock.json").write_text("{", encoding="utf-8")
    with pytest.raises(ReportError, match=r"study\.lock\.json cannot be read"):
        plan_sentences(folder)


#: What is changed after the plan was fixed, and how the report says so.
CHANGES = [
    ("windows_days = [365]", "windows_days = [730]", "recidivism 1.windows_days: changed from 365"),
    ("[exports", '[arms]\ntier = "0"\n[exports', "arms.tier: added"),
    ("[exports", "[planning]\nrisk_difference = 0.05\n[exports", "planning.risk_difference: added"),
    ("[exports", '[models]\nrecidivism = "age_at_referral"\n[exports', "models.recidivism: added"),
    ("[[rec", "period_start = 2021-01-01\n[[rec", "study.period_start: added"),
    ("[exports", "[disclosure]\nmin_cell = 20\n[exports", "disclosure.min_cell: added"),
]


@pytest.mark.parametrize(("old", "new", "said"), CHANGES, ids=[one[2] for one in CHANGES])
def test_each_part_of_the_plan_is_watched(folder, old, new, said):
    write_lock(rj.read_design(folder), today=date(2024, 1, 2))
    (folder / "study.toml").write_text(STUDY.replace(old, new, 1), encoding="utf-8")
    (found,) = deviations(rj.read_design(folder))
    assert found.startswith(said)


def test_a_new_title_is_no_deviation(folder):
    write_lock(rj.read_design(folder), today=date(2024, 1, 2))
    (folder / "study.toml").write_text(STUDY.replace("A study", "Another"), encoding="utf-8")
    assert deviations(rj.read_design(folder)) == []


def test_a_change_written_down_is_told_with_its_day_and_reason(folder):
    write_lock(rj.read_design(folder), today=date(2024, 1, 2))
    with pytest.raises(ReportError, match="Nothing in the plan differs"):
        amend_lock(rj.read_design(folder), reason="none", today=date(2024, 2, 1))
    later = STUDY.replace("[365]", "[730]")
    (folder / "study.toml").write_text(later, encoding="utf-8")
    design = rj.read_design(folder)
    amend_lock(design, reason="records come late", today=date(2024, 3, 1))
    text = later.replace('name = "one"', 'event = "rearrest"')
    (folder / "study.toml").write_text(text, encoding="utf-8")
    amend_lock(rj.read_design(folder), reason="filings are not exported", today=date(2024, 5, 1))
    (folder / "study.toml").write_text(f"{text}\n[equity]\nby = 'x'\nreference = 'y'\n", "utf-8")
    assert deviations(rj.read_design(folder)) == [
        "recidivism 1.windows_days: changed from 365 to 730 (since 2024-03-01; reason: records "
        "come late)",
        "recidivism 1.name: dropped (since 2024-05-01; reason: filings are not exported)",
        "recidivism 1.event: added (since 2024-05-01; reason: filings are not exported)",
        "equity.by: added (since when is not written down)",
        "equity.reference: added (since when is not written down)",
    ]


def test_a_plan_fixed_after_outcomes_were_linked_says_so(folder):
    (folder / "data" / "processed").mkdir(parents=True)
    (folder / "data" / "processed" / "followup_event.parquet").write_bytes(b"")
    write_lock(rj.read_design(folder), today=date(2024, 1, 2))
    assert "when outcomes had been linked already" in plan_sentences(folder)[0]


def test_a_lock_of_an_earlier_version_watches_what_it_holds(folder):
    write_lock(rj.read_design(folder), today=date(2024, 1, 2))
    content = json.loads((folder / "study.lock.json").read_text(encoding="utf-8"))
    del content["parts"], content["after_outcomes"]
    content["plan"]["study"]["title"] = "A study"
    (folder / "study.lock.json").write_text(json.dumps(content), encoding="utf-8")
    text = STUDY.replace("[exports", "[planning]\nrisk_difference = 0.05\n[exports", 1)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    assert deviations(rj.read_design(folder)) == []


def test_the_command_writes_a_change_down(folder, capsys):
    assert main(["lock", str(folder)]) == 0
    (folder / "study.toml").write_text(STUDY.replace("[365]", "[730]"), encoding="utf-8")
    assert main(["lock", str(folder), "--amend", "records come late"]) == 0
    assert "reason: records come late" in plan_sentences(folder)[1]
