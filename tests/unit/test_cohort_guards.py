"""Each guard of the outcome has a planted case that trips it, and stays silent on a clean one."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from rjeval.analysis_data import Exports
from rjeval.cohort.eligibility import select_cohort
from rjeval.cohort.follow_up import measure_time_to_event
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import ArmsDesign, StudyDesign
from rjeval.terms import RecidivismMeasure

SIZE = 80
NONE = pd.DataFrame()
DEFINITION = RecidivismDefinition(windows_days=(365,))
DESIGN = StudyDesign(
    title="guards",
    root=Path(),
    extract_date=date(2024, 12, 31),
    arms=ArmsDesign(levels=("comparison", "rj")),
    recidivism=(DEFINITION,),
)


@pytest.fixture
def tables():
    """Eighty people in two arms, all checked, a quarter reoffending on days of no meaning."""
    who = [f"P{number:02d}" for number in range(SIZE)]
    arm = ["comparison" if number % 2 else "rj" for number in range(SIZE)]
    done = [
        "completed" if number % 4 < 2 else "not_completed_noncompliance" for number in range(SIZE)
    ]
    referral = pd.DataFrame(
        {
            "referral_id": who,
            "person_id": who,
            "case_id": who,
            "referral_date": pd.Timestamp(2022, 1, 10),
            "arm": arm,
            "exit_status": done,
            "birth_year": pd.array([1990] * SIZE, dtype="Int64"),
        }
    )
    check = pd.DataFrame(
        {
            "check_id": who,
            "person_id": who,
            "source": "state_repository",
            "run_date": pd.Timestamp(2024, 9, 30),
            "coverage_from": pd.Timestamp(2015, 1, 1),
            "coverage_to": pd.Timestamp(2024, 9, 30),
            "juvenile_covered": True,
            "adult_covered": True,
            "match_status": "matched_no_record",
        }
    )
    again = who[::4] + who[1::4]
    offence = [pd.Timestamp(2022, 2, 3) + pd.Timedelta(days=7 * k) for k in range(len(again))]
    event = pd.DataFrame(
        {
            "event_id": again,
            "person_id": again,
            "incident_key": again,
            "offence_date": offence,
            "arrest_date": [one + pd.Timedelta(days=2) for one in offence],
            "event_kind": "new_offence",
            "level": "misdemeanor",
            "disposition": "convicted",
            "disposition_date": [one + pd.Timedelta(days=90) for one in offence],
        }
    )
    return {"referral": referral, "records_check": check, "followup_event": event}


def notes(tables, **changes):
    design = dataclasses.replace(DESIGN, recidivism=(dataclasses.replace(DEFINITION, **changes),))
    exports = Exports(tables=tables, accounts=(), ledger=NONE, quality=NONE)
    cohort = select_cohort(exports, design=design)
    outcome = measure_time_to_event(cohort, exports, design=design)
    return outcome.notes


def without_checks(tables, keep):
    checks = tables["records_check"]
    return {**tables, "records_check": checks[keep(checks["person_id"].str[1:].astype(int))]}


def test_clean_records_raise_no_doubt(tables):
    assert notes(tables) == ()
    assert notes(tables, event=RecidivismMeasure.RECONVICTION) == ()


def test_check_rates_that_differ_between_arms(tables):
    # 40 people per arm: 4 of the comparison arm unchecked make 10 points.
    some = without_checks(tables, lambda n: ~n.isin([1, 3, 5, 7]))
    assert "between arms by more than 5 percentage points" in notes(some)[0]
    # 8 of 40 make 20 points.
    many = without_checks(tables, lambda n: ~n.isin(range(1, 17, 2)))
    assert "more than 15 percentage points" in notes(many)[0]
    assert "do not compare" in notes(many)[0]
    # One of 40 in one arm makes 2.5 points.
    assert notes(without_checks(tables, lambda n: n != 1)) == ()


def test_check_rates_that_differ_by_completion(tables):
    # Two unchecked in each arm, all of them people who completed: 4 of 40 make 10 points.
    some = without_checks(tables, lambda n: ~n.isin([0, 1, 4, 5]))
    assert "those who completed and the others" in notes(some)[0]


def test_sealed_records_that_differ_by_completion(tables):
    checks = tables["records_check"].copy()
    sealed = checks[checks["person_id"].isin(["P00", "P01"])].assign(
        match_status="not_searchable_sealed", source="juvenile_court"
    )
    more = {**tables, "records_check": pd.concat([checks, sealed], ignore_index=True)}
    assert any("sealed" in note for note in notes(more))
    balanced = checks[checks["person_id"].isin(["P00", "P02"])].assign(
        match_status="not_searchable_sealed", source="juvenile_court"
    )
    same = {**tables, "records_check": pd.concat([checks, balanced], ignore_index=True)}
    assert notes(same) == ()


def test_ageing_out_without_adult_records(tables):
    minor = tables["referral"].assign(birth_year=2004)
    unsearched = tables["records_check"].assign(adult_covered=False)
    planted = {**tables, "referral": minor, "records_check": unsearched}
    assert any("come of age" in note for note in notes(planted))
    assert notes({**tables, "referral": minor}) == ()


def test_events_on_days_of_pulls_and_quarter_ends(tables):
    events = tables["followup_event"].copy()
    third = events.index % 3 == 0
    quarter = events["offence_date"] + pd.offsets.QuarterEnd(0)
    late = events.assign(offence_date=events["offence_date"].mask(third, quarter))
    assert any(
        "last day of a quarter" in note for note in notes({**tables, "followup_event": late})
    )
    pulls = tables["records_check"].merge(late[["person_id", "offence_date"]], on="person_id")
    earlier = pulls.assign(run_date=pulls["offence_date"], coverage_to=pulls["offence_date"])
    checks = pd.concat(
        [tables["records_check"], earlier.drop(columns="offence_date")], ignore_index=True
    )
    planted = {**tables, "records_check": checks, "followup_event": late}
    assert any("records pull" in note for note in notes(planted))


def test_missing_offence_dates(tables):
    events = tables["followup_event"]
    fifth = events.index % 5 == 0
    planted = events.assign(offence_date=events["offence_date"].mask(fifth))
    assert "no offence date" in notes({**tables, "followup_event": planted})[0]
    few = events.assign(offence_date=events["offence_date"].mask(events.index == 0))
    assert notes({**tables, "followup_event": few}) == ()


def test_pending_dispositions_matter_for_proven_measures_only(tables):
    events = tables["followup_event"]
    fifth = events.index % 5 == 0
    planted = {
        **tables,
        "followup_event": events.assign(disposition=events["disposition"].mask(fifth, "pending")),
    }
    assert "await a court" in notes(planted, event=RecidivismMeasure.RECONVICTION)[0]
    assert notes(planted) == ()


def test_arm_without_any_event(tables):
    events = tables["followup_event"]
    rj = tables["referral"].loc[tables["referral"]["arm"] == "rj", "person_id"]
    planted = {**tables, "followup_event": events[~events["person_id"].isin(rj)]}
    assert any("no event at all" in note for note in notes(planted))


def test_guards_of_a_study_of_durations_look_at_its_arms():
    follow_up = pd.DataFrame(
        {
            "person_id": [f"P{number}" for number in range(80)],
            "arm": ["rj", "comparison"] * 40,
            "time_days": 365.0,
            "exit_reason": ["end_of_follow_up", "reoffence"] * 40,
        }
    )
    given = {"follow_up": follow_up}
    assert "no event at all" in notes(given, durations_given=True)[0]
    mixed = follow_up.assign(exit_reason=["reoffence"] * 4 + ["end_of_follow_up"] * 76)
    assert notes({"follow_up": mixed}, durations_given=True) == ()


def test_notes_show_no_person(tables):
    planted = without_checks(tables, lambda n: ~n.isin(range(1, 17, 2)))
    assert all("P0" not in note for note in notes(planted))
