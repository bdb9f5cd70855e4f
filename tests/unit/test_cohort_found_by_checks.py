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
from rjeval.cohort.variants import measure_variants
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


def exports_of(people, definition=CHECKS):
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
    held = pd.DataFrame(
        {"person_id": names[:1], "state": "custody", "from": [START], "to": [START]}
    )
    tables = {
        "referral": referral,
        "records_check": checks,
        "followup_event": events,
        "exposure": held,
    }
    exports = Exports(tables=tables, accounts=(), ledger=NONE, quality=NONE)
    design = dataclasses.replace(DESIGN, recidivism=(definition,))
    return exports, select_cohort(exports, design=design), design


def outcome_of(definition=CHECKS, people=PEOPLE):
    exports, cohort, design = exports_of(people, definition)
    return measure_time_to_event(cohort, exports, design=design)


def test_each_event_lies_between_two_checks():
    frame = outcome_of().frame.set_index("person_id")
    assert frame.loc["first", ["last_clear_days", "time_days"]].tolist() == [0, 90]
    assert frame.loc["third", ["last_clear_days", "time_days"]].tolist() == [180, 270]
    # Clear at every check, the last of them after the window.
    assert frame.loc["clear", ["time_days", "exit_reason"]].tolist() == [365, "end_of_follow_up"]
    # Found after the window, last clear inside it: not found by its end, and may lie inside.
    for late, between in (("after the window", [270, 400]), ("one late check", [0, 500])):
        assert frame.loc[late, ["last_clear_days", "found_days"]].tolist() == between
        assert frame.loc[late, ["time_days", "exit_reason"]].tolist() == [365, "end_of_follow_up"]
    # Clear on day 380, so clear for the whole window, whatever was found later.
    far = frame.loc["far later"]
    assert far[["time_days", "exit_reason"]].tolist() == [365, "end_of_follow_up"]
    assert far[["last_clear_days", "found_days"]].isna().all()


LAGGED = dataclasses.replace(CHECKS, reporting_lag_days=30)


def test_with_a_delay_each_check_stands_for_an_earlier_day_whatever_it_finds():
    frame = outcome_of(LAGGED).frame.set_index("person_id")
    both = ["last_clear_days", "time_days"]
    assert frame.loc["third", both].tolist() == [150, 240]
    assert frame.loc["first", both].tolist() == [0, 60]
    # Found on day 270, so before it: what is certain does not move with the delay.
    assert frame.loc["third", "found_days"] == 270


def test_an_event_found_by_the_last_check_is_not_lost_to_the_delay():
    people = {"found last": ((90, 300), 300), "found at once": ((20,), 20), "clear": ((400,), None)}
    people |= {"found early": ((20, 110), 20)}
    frame = outcome_of(LAGGED, people).frame.set_index("person_id")
    assert frame.loc["found last", ["time_days", "exit_reason"]].tolist() == [270, "reoffence"]
    # Checks that stand for no day at all: the next one counts, or the day where none followed.
    assert frame.loc["found at once", ["time_days", "exit_reason"]].tolist() == [20, "reoffence"]
    assert frame.loc["found early", ["time_days", "last_clear_days"]].tolist() == [80, 0]
    assert frame.loc["clear", ["time_days", "exit_reason"]].tolist() == [365, "end_of_follow_up"]


def study_of_checks():
    """40 people: 8 found by day 180, 4 found on day 400 and last clear on day 180, 2 found by one
    late check, 1 whose checks ended clear on day 180, 25 clear on day 400."""
    people = {f"early {i}": ((90, 180, 400), 180) for i in range(8)}
    people |= {f"late {i}": ((90, 180, 400), 400) for i in range(4)}
    people |= {f"one {i}": ((400,), 400) for i in range(2)}
    people |= {"ended": ((90, 180), None)}
    return people | {f"clear {i}": ((90, 180, 400), None) for i in range(25)}


def test_who_was_found_after_the_window_stands_in_the_bounds_of_a_rate():
    rates = rj.fixed_window_rates(outcome_of(people=study_of_checks()), by=None, at_days=365)
    row = rates.frame.iloc[0]
    # 8 with, 25 without, 7 of whom it is not known.
    assert row[["n_event", "n_mature", "n_unchecked"]].tolist() == [8, 33, 7]
    assert row["estimate"] == pytest.approx(8 / 33)
    assert row[["bound_low", "bound_high"]].tolist() == pytest.approx([8 / 40, 15 / 40])
    assert any("whether the event fell into the window" in note for note in rates.notes)


def test_a_window_that_ends_between_checks_is_known_of_too_few():
    outcome = outcome_of(people=study_of_checks())
    rates = rj.fixed_window_rates(outcome, by=None, at_days=[100, 365])
    row = rates.frame.iloc[0]
    # The 8 found on day 180 were clear on day 90: had they it by day 100? Nor do late checks say.
    assert row[["n_event", "n_mature", "n_unchecked"]].tolist() == [0, 40 - 8 - 2, 10]
    assert np.isnan(row["estimate"])
    with pytest.raises(GuardError, match="fewer than 80%") as caught:
        rj.fixed_window_rates(outcome, by=None, at_days=100)
    assert "interval_survival" in caught.value.hint


def test_the_curve_between_checks_holds_events_found_after_the_window():
    people = {name: days for name, days in study_of_checks().items() if name[:3] not in "one ended"}
    curve = rj.interval_survival(outcome_of(people=people))
    # 8 of 37 in (90, 180]; 4 more in (180, 400], of which the window shows nothing.
    by_180 = curve.frame[curve.frame["time_days"] <= 365].iloc[-1]
    assert by_180["time_days"] == 180
    assert by_180["estimate"] == pytest.approx(29 / 37)
    assert any("not determined" in note for note in curve.notes)


def test_early_checks_do_not_move_events_to_the_first_day():
    """Checks each quarter from any day on, records posted 30 days after the offence."""
    rng = np.random.default_rng(5)
    true, first = np.ceil(rng.exponential(600, 1500)), rng.integers(1, 91, 1500)
    people = {}
    for i, day in enumerate(true):
        days = tuple(int(first[i] + 91 * k) for k in range(5))
        after = [check for check in days if check - 30 >= day]
        people[f"P{i}"] = (days, after[0] if after else None)
    curve = rj.interval_survival(outcome_of(LAGGED, people)).frame
    for day in (5, 30, 100, 200, 300):
        got = curve[curve["time_days"] <= day].iloc[-1]["estimate"]
        assert got == pytest.approx(np.mean(true > day), abs=0.025)


@pytest.mark.parametrize("delay", [0, 30])
def test_neither_delay_nor_the_end_of_checks_bends_the_curve(delay):
    """Checks on the same days for all, each showing what happened ``delay`` days before."""
    rng = np.random.default_rng(11)
    true = np.ceil(rng.exponential(600, 1500))
    days = tuple(91 * k for k in range(1, 6))
    people = {}
    for i, day in enumerate(true):
        seen = [check for check in days if check - delay >= day]
        # Who was found is not checked again.
        people[f"P{i}"] = (tuple(c for c in days if not seen or c <= seen[0]), (*seen, None)[0])
    definition = LAGGED if delay else CHECKS
    curve = rj.interval_survival(outcome_of(definition, people)).frame
    for check in days[:3]:
        got = curve[curve["time_days"] <= check - delay].iloc[-1]["estimate"]
        assert got == pytest.approx(np.mean(true > check - delay), abs=1e-6)
    outcome = outcome_of(definition, people)
    end = days[3] - delay  # the last day for which a check stands, inside the window
    row = rj.fixed_window_rates(outcome, by=None, at_days=days[3]).frame.iloc[0]
    assert row["bound_low"] <= np.mean(true <= end) <= row["bound_high"]


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


def test_the_choices_of_the_sensitivity_grid_leave_street_time_out():
    exports, cohort, design = exports_of(many(60)[0])
    variants = measure_variants(cohort, exports, design=design)
    assert "days in custody taken out" not in variants
    assert "follow-up ends with custody" in variants


def test_the_doubt_about_days_of_detection_names_the_mode_and_is_silent_in_it():
    people, _ = many(120)
    by_day = outcome_of(dataclasses.replace(CHECKS, times_known="day"), people)
    assert any('times_known = "checks"' in note for note in by_day.notes)
    assert not any("days found" in note for note in outcome_of(people=people).notes)
