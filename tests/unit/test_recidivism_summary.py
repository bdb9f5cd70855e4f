"""The sensitivity grid and the summary of four measures, by counting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.analysis_data import EventHistory, TimeToEvent
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.errors import EstimationError

YEAR = 365.25


def people(n=40):
    """Half in each arm, one year each; 10 of the comparison arm and 5 of the other reoffend."""
    event = np.r_[np.arange(n // 2) < 10, np.arange(n // 2) < 5]
    return pd.DataFrame(
        {
            "person_id": np.arange(n).astype(str),
            "case_id": np.arange(n).astype(str),
            "arm": pd.Categorical(
                ["comparison"] * (n // 2) + ["rj"] * (n // 2), categories=["comparison", "rj"]
            ),
            "time_days": np.where(event, 100.0, YEAR),
            "exit_reason": np.where(event, "reoffence", "end_of_follow_up"),
            "entry_days": 0.0,
            "observable_days": YEAR,
            "age": np.arange(n) % 7 + 20,
        }
    )


def outcome_of(frame, **options):
    return TimeToEvent(frame=frame, horizon_days=YEAR, definition=RecidivismDefinition(), **options)


def history_of(frame, **columns):
    given = {"n_events": np.where(frame["exit_reason"] == "reoffence", 2, 0)}
    given["worst_level"] = np.where(given["n_events"] > 0, "felony", "")
    given["chi_days"] = np.where(given["n_events"] > 0, 10.0, np.nan)
    whole = frame.assign(time_days=YEAR, **{**given, **columns})
    return EventHistory(
        people=whole,
        events=pd.DataFrame(),
        horizon_days=YEAR,
        definition=RecidivismDefinition(),
    )


def of_measure(summary, measure):
    return summary.frame[summary.frame["measure"] == measure].set_index("arm")


def test_four_measures_side_by_side():
    frame = people()
    summary = rj.reoffending_summary(outcome_of(frame), history_of(frame), at_days=365)
    assert of_measure(summary, "prevalence")["estimate"].to_dict() == {
        "comparison": 0.5,
        "rj": 0.25,
    }
    frequency = of_measure(summary, "frequency")["estimate"]
    assert frequency.to_dict() == pytest.approx({"comparison": 100.0, "rj": 50.0})
    assert of_measure(summary, "serious")["estimate"].to_dict() == {"comparison": 0.5, "rj": 0.25}
    harm = of_measure(summary, "harm_days")
    assert harm["estimate"].to_dict() == {"comparison": 5.0, "rj": 2.5}
    assert (harm["conf_low"] < harm["estimate"]).all()
    free = of_measure(summary, "free_days")["estimate"]
    assert free["rj"] == pytest.approx(0.25 * 100 + 0.75 * 365)


def test_one_person_behind_the_mean_shows():
    frame = people()
    harm = np.where(frame["exit_reason"] == "reoffence", 1.0, np.nan)
    harm[0] = 5000.0
    summary = rj.reoffending_summary(
        outcome_of(frame), history_of(frame, chi_days=harm), at_days=365
    )
    row = of_measure(summary, "harm_days").loc["comparison"]
    assert row["estimate"] > 200
    assert row["without_largest"] < 1


def test_a_measure_that_was_not_recorded_is_named():
    frame = people()
    history = history_of(frame, chi_days=np.nan, worst_level=pd.NA)
    summary = rj.reoffending_summary(outcome_of(frame), history, at_days=365)
    assert set(summary.frame["measure"]) == {"prevalence", "frequency", "free_days"}
    assert "Harm weights of incidents were not recorded." in " ".join(summary.notes)


def test_the_bootstrap_is_the_same_for_the_same_seed():
    frame = people()
    one, two = (
        rj.reoffending_summary(outcome_of(frame), history_of(frame), at_days=365, seed=7)
        for _ in range(2)
    )
    pd.testing.assert_frame_equal(one.frame, two.frame)


def grid_estimates(grid):
    own = grid.frame[grid.frame["term"] == "risk_difference"]
    return own.set_index("scenario")["estimate"].to_dict()


def test_people_never_checked_move_the_contrast_both_ways():
    frame = people()
    unchecked = frame[frame["arm"] == "rj"].head(4).drop(columns=["time_days", "exit_reason"])
    outcome = outcome_of(frame, unchecked=unchecked)
    grid = rj.sensitivity_grid({"primary": outcome}, at_days=365, formula="arm + age")
    got = grid_estimates(grid)
    assert got["primary"] == pytest.approx(-0.25)
    assert got["all follow-up (Kaplan-Meier)"] == pytest.approx(-0.25)
    assert got["people never checked all without the event"] == pytest.approx(5 / 24 - 0.5)
    assert got["people never checked all with the event"] == pytest.approx(9 / 24 - 0.5)
    assert got["adjusted for recorded characteristics"] < 0


def test_a_scenario_that_is_refused_stands_in_the_notes():
    short = people().assign(observable_days=200.0, time_days=100.0)
    grid = rj.sensitivity_grid(
        {"primary": outcome_of(people()), "short": outcome_of(short)}, at_days=365
    )
    assert "short" not in grid_estimates(grid)
    assert any(note.startswith("short: not given.") for note in grid.notes)


def test_nothing_to_give_is_an_error():
    with pytest.raises(EstimationError, match="no outcome"):
        rj.sensitivity_grid({}, at_days=365)


def test_the_grid_holds_the_windows_of_the_study_or_those_asked_for():
    outcome = outcome_of(people())
    own = replace(outcome, definition=replace(outcome.definition, windows_days=(183, 365)))
    assert "window of 183 days" in grid_estimates(rj.sensitivity_grid({"p": own}, at_days=365))
    asked = rj.sensitivity_grid({"p": own}, at_days=365, windows_days=[90, 365, 9999])
    windows = [name for name in grid_estimates(asked) if name.startswith("window")]
    assert windows == ["window of 90 days"]
    days = asked.frame[asked.frame["scenario"] == "window of 90 days"]["at_days"].unique()
    assert days.tolist() == [90]


def completing(frame):
    """Ten of the programme complete on day 100, ten on day 200, whatever happens to them."""
    start = pd.Timestamp("2022-01-03")
    number = frame.groupby("arm", observed=True).cumcount()
    done = (frame["arm"] == "rj") & (number < 20)
    days = np.where(number < 10, 100, 200)
    exit_date = (start + pd.to_timedelta(days, unit="D")).where(done)
    return frame.assign(completed=done, exit_date=exit_date, index_date=start)


def test_completers_are_compared_from_a_landmark_on():
    frame = completing(people())
    again = frame["exit_reason"] == "reoffence"
    frame["time_days"] = frame["time_days"].mask(again & (frame.index % 2 == 0), 300.0)
    grid = rj.sensitivity_grid({"primary": outcome_of(frame)}, at_days=365, landmark_days=150)
    contrast = grid.contrasts["completers from day 150 (landmark)"]
    n = contrast.arms.set_index("group")["n"]
    late = frame[frame["time_days"] > 150]
    done = late["exit_date"].notna() & (late["exit_date"] <= pd.Timestamp("2022-06-02"))
    assert n["comparison"] == (late["arm"] == "comparison").sum()
    assert n["rj"] == (done & (late["arm"] == "rj")).sum() < (late["arm"] == "rj").sum()
    assert any("no immortal time" in note for note in grid.notes)


def test_without_dates_of_completion_the_landmark_is_refused_in_the_notes():
    grid = rj.sensitivity_grid({"primary": outcome_of(people())}, at_days=365, landmark_days=150)
    assert any("there is no completed, exit_date, index_date" in note for note in grid.notes)
    late = rj.sensitivity_grid(
        {"primary": outcome_of(completing(people()))}, at_days=365, landmark_days=50
    )
    assert any("had completed by day 50" in note for note in late.notes)
