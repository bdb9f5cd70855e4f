"""Events dated by the check that found them: intervals worked out by hand, then their curve."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.analysis_data import Exports
from rjeval.cohort.eligibility import select_cohort
from rjeval.cohort.follow_up import measure_time_to_event
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import ArmsDesign, StudyDesign
from rjeval.errors import DesignError, GuardError

NONE = pd.DataFrame()
START = pd.Timestamp(2022, 1, 10)
CHECKS = RecidivismDefinition(windows_days=(365,), times_known="checks", reporting_lag_days=0)
DESIGN = StudyDesign(
    title="checks",
    root=Path(),
    extract_date=date(2024, 12, 31),
    arms=ArmsDesign(levels=("rj",)),
    recidivism=(CHECKS,),
)
#: Days of checks of each person, and the day whose check found an event (None: never).
PEOPLE = {
    "first": ((90, 180, 270, 400), 90),
    "third": ((90, 180, 270, 400), 270),
    "clear": ((90, 180, 270, 400), None),
    "after the window": ((90, 180, 270, 400), 400),
    "one late check": ((500,), 500),
    "far later": ((90, 380, 500), 500),
}


def outcome_of(definition=CHECKS, people=PEOPLE):
    names = list(people)
    referral = pd.DataFrame({"referral_id": names, "person_id": names, "case_id": names})
    referral = referral.assign(
        referral_date=START, arm="rj", birth_year=pd.array([1990] * len(names), dtype="Int64")
    )
    lines, found = [], []
    for name, (days, event) in people.items():
        for day in days:
            run = START + pd.Timedelta(days=day)
            lines.append((f"{name} {day}", name, run, run))
        if event is not None:
            found.append((name, START + pd.Timedelta(days=event)))
    checks = pd.DataFrame(lines, columns=["check_id", "person_id", "run_date", "coverage_to"])
    checks = checks.assign(
        source="state_repository",
        coverage_from=pd.Timestamp(2015, 1, 1),
        juvenile_covered=True,
        adult_covered=True,
        match_status="matched_no_record",
    )
    events = pd.DataFrame(found, columns=["person_id", "offence_date"])
    events = events.assign(
        event_id=events["person_id"],
        incident_key=events["person_id"],
        event_kind="new_offence",
        level="misdemeanor",
    )
    tables = {"referral": referral, "records_check": checks, "followup_event": events}
    exports = Exports(tables=tables, accounts=(), ledger=NONE, quality=NONE)
    design = dataclasses.replace(DESIGN, recidivism=(definition,))
    return measure_time_to_event(select_cohort(exports, design=design), exports, design=design)


def test_each_event_lies_between_two_checks():
    frame = outcome_of().frame.set_index("person_id")
    assert frame.loc["first", ["last_clear_days", "time_days"]].tolist() == [0, 90]
    assert frame.loc["third", ["last_clear_days", "time_days"]].tolist() == [180, 270]
    # Clear at every check, the last of them after the window.
    assert frame.loc["clear", ["time_days", "exit_reason"]].tolist() == [365, "end_of_follow_up"]
    # Found after the window, last clear inside it: followed to the last clear day.
    late = frame.loc["after the window", ["time_days", "exit_reason"]].tolist()
    assert late == [270, "data_cutoff"]
    # Clear on day 380, so clear for the whole window, whatever was found later.
    assert frame.loc["far later", ["time_days", "exit_reason"]].tolist() == [
        365,
        "end_of_follow_up",
    ]
    # The only check found it after the window: whether it fell into the window is not known.
    assert "one late check" not in frame.index


def test_the_delay_of_the_records_widens_the_interval():
    lagged = dataclasses.replace(CHECKS, reporting_lag_days=30)
    frame = outcome_of(lagged).frame.set_index("person_id")
    assert frame.loc["third", "last_clear_days"] == 150
    assert frame.loc["first", "last_clear_days"] == 0


def test_by_day_nothing_changes():
    by_day = outcome_of(dataclasses.replace(CHECKS, times_known="day")).frame
    assert "last_clear_days" not in by_day.columns
    assert by_day.set_index("person_id").loc["after the window", "time_days"] == 365


def many(n=400, seed=3):
    """People with a check each quarter; the true day of the offence is lost."""
    rng = np.random.default_rng(seed)
    true = np.ceil(rng.exponential(500, n))
    first = rng.integers(1, 91, n)
    people = {}
    for i in range(n):
        days = tuple(int(first[i] + 91 * k) for k in range(7))
        after = [day for day in days if day >= true[i]]
        people[f"P{i}"] = (days, after[0] if after else None)
    return people, true


def test_the_curve_between_checks_is_nearer_to_the_truth_than_the_curve_of_days_found():
    people, true = many()
    outcome = outcome_of(people=people)
    between = rj.interval_survival(outcome)
    found = rj.kaplan_meier(outcome)
    assert any("curves step too late" in note for note in found.notes)
    assert not any("curves step too late" in note for note in between.notes)
    gaps = {}
    for name, curve in (("between", between.frame), ("found", found.frame)):
        gaps[name] = np.mean(
            [
                curve[curve["time_days"] <= day].iloc[-1]["estimate"] - np.mean(true > day)
                for day in range(50, 360, 10)
            ]
        )
    assert abs(gaps["between"]) < 0.015 < 0.03 < gaps["found"]


def test_estimates_that_need_days_are_refused():
    people, _ = many(60)
    outcome = outcome_of(people=people)
    outcome = dataclasses.replace(
        outcome, frame=outcome.frame.assign(age=np.arange(len(outcome.frame)) % 7)
    )
    for estimate in (
        lambda: rj.cox_regression(outcome, "age"),
        lambda: rj.restricted_mean(outcome, by=None, horizon_days=365),
        lambda: rj.survival_quantiles(outcome),
    ):
        with pytest.raises(GuardError, match='times_known = "checks"') as caught:
            estimate()
        assert "interval_survival" in caught.value.hint


def test_days_found_on_a_street_time_clock_are_refused():
    with pytest.raises(DesignError, match="street-time"):
        RecidivismDefinition(times_known="checks", custody="street_time")


def test_the_doubt_about_days_of_detection_names_the_mode_and_is_silent_in_it():
    people, _ = many(120)
    by_day = outcome_of(dataclasses.replace(CHECKS, times_known="day"), people)
    assert any('times_known = "checks"' in note for note in by_day.notes)
    assert not any("days found" in note for note in outcome_of(people=people).notes)
