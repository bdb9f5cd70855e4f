"""One flat table: units, competing exits, maturity, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rjeval.cohort.flat import time_to_event
from rjeval.errors import DataError, ValidationError


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "who": list("abcd"),
            "time": [1, 2, 3, 3],
            "event": [1, 0, 0, 1],
            "why": [None, "death", None, "moved away"],
            "arm": ["x", "y", "x", "y"],
            "age": [20, 30, 40, 50],
            "town": ["u", "v", "u", None],
        }
    )


@pytest.mark.parametrize(
    ("unit", "days"),
    [("days", 1.0), ("weeks", 7.0), ("months", 30.4375), ("years", 365.25), (None, 1.0)],
)
def test_time_is_in_days_by_its_unit(table, unit, days):
    outcome = time_to_event(table, time="time", event="event", unit=unit)
    assert outcome.frame["time_days"].to_list() == [days, 2 * days, 3 * days, 3 * days]
    assert outcome.horizon_days == 3 * days
    assert outcome.unit == unit


def test_competing_exits_are_of_people_without_the_event(table):
    outcome = time_to_event(table, time="time", event="event", competing="why")
    assert outcome.frame["exit_reason"].to_list() == [
        "reoffence",
        "death",
        "data_cutoff",
        "reoffence",
    ]
    moved = table.assign(event=0)
    other = time_to_event(moved, time="time", event="event", competing="why").frame
    assert other["exit_reason"].to_list() == ["data_cutoff", "death", "data_cutoff", "competing"]


@pytest.mark.parametrize("kind", [bool, int, float, "boolean", "Int64"])
def test_event_may_be_boolean_or_0_and_1(table, kind):
    outcome = time_to_event(table.astype({"event": kind}), time="time", event="event")
    assert outcome.reoffended.tolist() == [True, False, False, True]


def test_event_of_another_code_is_refused_without_its_values(table):
    with pytest.raises(DataError) as caught:
        time_to_event(table.assign(event=[1, 2, 0, 7]), time="time", event="event")
    assert "2 of 4 rows" in str(caught.value)
    assert "7" not in str(caught.value)


def test_other_columns_are_kept_and_texts_become_categories(table):
    outcome = time_to_event(table, time="time", event="event", id="who")
    assert outcome.covariates == ("why", "age", "town")
    assert isinstance(outcome.frame["town"].dtype, pd.CategoricalDtype)
    assert outcome.frame["person_id"].to_list() == list("abcd")
    assert outcome.frame["arm"].to_list() == ["x", "y", "x", "y"]
    only = time_to_event(table, time="time", event="event", covariates=["age"])
    assert only.covariates == ("age",)
    assert only.frame["arm"].to_list() == ["x", "y", "x", "y"]


def test_cluster_column_keeps_its_name(table):
    outcome = time_to_event(table.assign(case_id=[1, 1, 2, 2]), time="time", event="event")
    assert outcome.frame["case_id"].to_list() == [1, 1, 2, 2]


def test_everybody_could_be_followed_where_all_others_reach_the_horizon(table):
    same = time_to_event(table.assign(time=[1, 3, 3, 2]), time="time", event="event")
    assert same.observable_known
    assert same.frame["observable_days"].to_list() == [3.0] * 4
    cut = time_to_event(table, time="time", event="event")
    assert not cut.observable_known
    assert np.isnan(cut.frame["observable_days"].iloc[0])


def test_observable_time_may_be_given(table):
    outcome = time_to_event(
        table.assign(could=[4, 4, 3, 5]), time="time", event="event", observable="could"
    )
    assert outcome.observable_known
    assert outcome.frame["observable_days"].to_list() == [4.0, 4.0, 3.0, 5.0]


def test_delayed_entry_is_kept_and_must_come_before_the_exit(table):
    late = table.assign(start=[0, 1, 2, 0])
    outcome = time_to_event(late, time="time", event="event", entry="start", unit="weeks")
    assert outcome.frame["entry_days"].to_list() == [0.0, 7.0, 14.0, 0.0]
    with pytest.raises(ValidationError, match="1 of 4 rows"):
        time_to_event(table.assign(start=[0, 2, 2, 0]), time="time", event="event", entry="start")


@pytest.mark.parametrize(("bad", "words"), [(0, "zero"), (-1, "zero"), (np.nan, "missing")])
def test_times_that_cannot_be_used_are_refused(table, bad, words):
    broken = table.assign(time=[bad, 2, 3, 3])
    with pytest.raises(ValidationError, match=words):
        time_to_event(broken, time="time", event="event")


def test_wrong_names_and_repeated_ids_are_refused(table):
    with pytest.raises(DataError, match="no column weeks"):
        time_to_event(table, time="weeks", event="event")
    with pytest.raises(DataError, match="unit"):
        time_to_event(table, time="time", event="event", unit="fortnights")
    with pytest.raises(DataError, match="repeats in 1 of 4"):
        time_to_event(table.assign(who=list("aabc")), time="time", event="event", id="who")
    with pytest.raises(DataError, match="no rows"):
        time_to_event(table.iloc[:0], time="time", event="event")


def test_input_is_never_changed(table):
    before = table.copy(deep=True)
    time_to_event(table, time="time", event="event", competing="why", id="who")
    pd.testing.assert_frame_equal(table, before)
