"""Event tables counted by DuckDB equal those counted in memory, and both equal plain counting."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rjeval.cohort.counting import count_events
from rjeval.cohort.flat import time_to_event
from rjeval.errors import DataError

PERSON = st.tuples(
    st.integers(0, 6),
    st.integers(1, 8),
    st.sampled_from(["event", "death", "none"]),
    st.sampled_from(["x", "y"]),
)


def outcome_of(people):
    frame = pd.DataFrame(people, columns=["entry", "length", "kind", "arm"])
    frame = frame.assign(
        time=frame["entry"] + frame["length"],
        event=frame["kind"].eq("event").astype(int),
        why=frame["kind"].where(frame["kind"].eq("death"), None),
    )
    return time_to_event(frame, time="time", event="event", entry="entry", competing="why")


def plainly(outcome, by):
    """Count by looking at each day and each person."""
    rows = []
    frame = outcome.frame
    groups = [("", frame)] if not by else list(frame.groupby(by, observed=True))
    for name, own in groups:
        for day in sorted({*own["entry_days"], *own["time_days"]}):
            exits = own[own["time_days"] == day]["exit_reason"]
            rows.append(
                {
                    **({by: name} if by else {}),
                    "time_days": day,
                    "n_at_risk": sum((own["entry_days"] < day) & (own["time_days"] >= day)),
                    "n_event": sum(exits == "reoffence"),
                    "n_competing": sum(exits == "death"),
                    "n_censored": sum(exits == "data_cutoff"),
                    "n_entered": sum(own["entry_days"] == day),
                }
            )
    return pd.DataFrame(rows)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(people=st.lists(PERSON, min_size=1, max_size=25), by=st.sampled_from(["", "arm"]))
def test_both_engines_equal_plain_counting(people, by):
    outcome = outcome_of(people)
    expected = plainly(outcome, by)
    for engine in ("memory", "duckdb"):
        counted = count_events(outcome, by=by, engine=engine)
        assert counted.by == ((by,) if by else ())
        pd.testing.assert_frame_equal(counted.frame, expected, check_dtype=False)


def test_many_people_are_counted_alike_by_two_groups():
    rng = np.random.default_rng(20260101)
    n = 20_000
    frame = pd.DataFrame(
        {
            "time": rng.integers(1, 730, n),
            "event": rng.integers(0, 2, n),
            "arm": rng.choice(["rj", "comparison"], n),
            "site": rng.choice(["north", "south", "west"], n),
        }
    )
    outcome = time_to_event(frame, time="time", event="event")
    first = count_events(outcome, by=("arm", "site"))
    second = count_events(outcome, by=("arm", "site"), engine="duckdb")
    pd.testing.assert_frame_equal(first.frame, second.frame)
    assert first.frame["n_event"].sum() == frame["event"].sum()
    assert first.frame["n_entered"].sum() == n


def test_unknown_column_and_engine_are_refused():
    outcome = outcome_of([(0, 5, "event", "x")])
    with pytest.raises(DataError, match="site"):
        count_events(outcome, by="site")
    with pytest.raises(DataError, match="engine"):
        count_events(outcome, engine="abacus")
