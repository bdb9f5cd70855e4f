"""How often: Andersen-Gill and negative binomial with exposure as in R, and rows made by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.analysis_data import EventHistory
from rjeval.design.recidivism import RecidivismDefinition

#: Maxima found by two programs, both converged to the last digits.
ITERATED = 1e-7
#: MASS stops its alternation between coefficients and theta a little before the maximum.
ALTERNATED = 1e-5
DATA = Path(__file__).parent / "data" / "bladder" / "cgd.csv"


@pytest.fixture(scope="module")
def want(reference):
    return reference("survival_frequency")


@pytest.fixture(scope="module")
def frame():
    table = pd.read_csv(DATA)
    levels = {name: sorted(table[name].unique()) for name in ("treat", "inherit")}
    for name, order in levels.items():
        table[name] = pd.Categorical(table[name], categories=order)
    return table.assign(known=0.1 * np.log(table["age"] + 1))


@pytest.fixture(scope="module")
def rows(frame):
    return rj.time_to_event(frame, time="tstop", event="status", entry="tstart", id="id", unit=None)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_andersen_and_gill_with_people_as_clusters(rows, want, ties):
    own = want[f"ag_{ties}"]
    got = rj.cox_regression(
        rows, "treat + inherit + age + steroids", cluster="person_id", ties=ties
    )
    assert got.frame["estimate"].to_numpy() == pytest.approx(own["coef"], rel=ITERATED)
    assert got.frame["std_error"].to_numpy() == pytest.approx(own["se"], rel=ITERATED)
    assert got.fit["loglik"] == pytest.approx(own["loglik"], rel=ITERATED)
    assert got.n_events == own["n_events"]
    assert got.n == rows.frame["person_id"].nunique()


def test_andersen_and_gill_with_an_offset(rows, want):
    own = want["ag_offset"]
    got = rj.cox_regression(rows, "treat + age", offset="known", cluster="person_id")
    assert got.frame["estimate"].to_numpy() == pytest.approx(own["coef"], rel=ITERATED)
    assert got.frame["std_error"].to_numpy() == pytest.approx(own["se"], rel=ITERATED)


def test_negative_binomial_with_time_at_risk_as_exposure(rows, want):
    own = want["nb"]
    got = rj.negative_binomial_regression(rows, "treat + age")
    assert got.frame["estimate"].to_numpy() == pytest.approx(own["coef"], rel=ALTERNATED)
    assert got.frame["std_error"].to_numpy() == pytest.approx(own["se"], rel=ALTERNATED)
    assert got.fit["theta"] == pytest.approx(own["theta"], rel=ALTERNATED)
    assert got.fit["loglik"] == pytest.approx(own["loglik"], rel=1e-9)
    assert got.n == own["n"]


def history():
    """Three people: three incidents of whom two on one day, one on the last day, none."""
    people = pd.DataFrame(
        {
            "person_id": ["a", "b", "c"],
            "case_id": ["1", "2", "3"],
            "arm": pd.Categorical(["rj", "comparison", "rj"]),
            "time_days": [100.0, 80.0, 60.0],
            "exit_reason": ["end_of_follow_up", "death", "data_cutoff"],
            "entry_days": [0.0, 10.0, 0.0],
            "observable_days": 100.0,
            "referral_id": ["r1", "r2", "r3"],
            "n_events": [3, 1, 0],
        }
    )
    events = pd.DataFrame({"referral_id": ["r1", "r1", "r2", "r1"]})
    events["time_days"] = [20.0, 50.0, 80.0, 50.0]
    return EventHistory(
        people=people, events=events, horizon_days=100.0, definition=RecidivismDefinition()
    )


def test_rows_of_incidents_by_hand():
    rows = rj.incident_rows(history())
    columns = ["person_id", "entry_days", "time_days", "exit_reason"]
    assert rows.frame[columns].astype({"exit_reason": str}).to_numpy().tolist() == [
        ["a", 0.0, 20.0, "reoffence"],
        ["a", 20.0, 49.5, "reoffence"],
        ["a", 49.5, 50.0, "reoffence"],
        ["a", 50.0, 100.0, "end_of_follow_up"],
        ["b", 10.0, 80.0, "reoffence"],
        ["c", 0.0, 60.0, "data_cutoff"],
    ]
    assert "n_events" not in rows.frame.columns
    time_at_risk = rows.frame["time_days"] - rows.frame["entry_days"]
    assert time_at_risk.sum() == 100 + 70 + 60


def test_the_mean_number_of_incidents_by_hand():
    curve = rj.mean_cumulative_function(rj.incident_rows(history())).frame
    at = curve.set_index("time_days")["estimate"]
    # At risk: three on day 20 and 49.5, three on day 50, two on day 80.
    assert at.loc[[20.0, 49.5, 50.0, 80.0]].tolist() == pytest.approx([1 / 3, 2 / 3, 1.0, 1.5])
