"""Days are coded with the table of follow-up: codes hold, or are left, whatever is done to it."""

from __future__ import annotations

import copy
import pickle
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.errors import RjevalError
from rjeval.recidivism.day_axis import count_by_day
from rjeval.recidivism.unpack import group_rows

N = 400


def people(seed=20260101):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "day": rng.integers(1, 60, N).astype(float),
            "new": rng.integers(0, 2, N),
            "gone": rng.choice(["", "death"], N),
            "arm": rng.choice(["a", "b", "c"], N),
            "age": rng.integers(18, 70, N),
        }
    )


def followed(frame=None, **options):
    table = people() if frame is None else frame
    return rj.time_to_event(table, time="day", event="new", competing="gone", **options)


def swap_names(frame):
    frame.rename(
        columns={"time_days": "observable_days", "observable_days": "time_days"}, inplace=True
    )


def put_row(frame):
    frame.loc[0] = frame.loc[1]


def reasons(frame):
    return frame["exit_reason"]


def other_names(frame):
    frame["exit_reason"] = reasons(frame).cat.rename_categories(
        {"reoffence": "death", "death": "reoffence"}
    )


def insert_again(frame):
    frame.insert(0, "time_days", frame.pop("time_days").to_numpy()[::-1])


#: Ways of changing a table, or of trying to.
CHANGES = {
    "loc, one value": lambda f: f.loc.__setitem__((0, "time_days"), 7.0),
    "loc, some rows": lambda f: f.loc.__setitem__((f["age"] > 40, "time_days"), 7.0),
    "loc, a column": lambda f: f.loc.__setitem__((slice(None), "time_days"), 7.0),
    "loc, a row": put_row,
    "loc, a new row": lambda f: f.loc.__setitem__(N, f.loc[0]),
    "loc, a reason": lambda f: f.loc.__setitem__((slice(0, 50), "exit_reason"), "death"),
    "iloc": lambda f: f.iloc.__setitem__((slice(0, 50), 3), 7.0),
    "iloc, a column": lambda f: f.iloc.__setitem__((slice(None), 3), np.full(N, 7.0)),
    "at": lambda f: f.at.__setitem__((0, "time_days"), 7.0),
    "iat": lambda f: f.iat.__setitem__((0, 5), 1.0),
    "a new column": lambda f: f.__setitem__("time_days", f["time_days"] + 1),
    "a new column of reasons": other_names,
    "a mask of the table": lambda f: f.__setitem__(f == 7.0, 8.0),
    "insert": insert_again,
    "names exchanged": swap_names,
    "sort_values": lambda f: f.sort_values("time_days", inplace=True),
    "rows dropped": lambda f: f.drop(index=range(30), inplace=True),
    "reindexed": lambda f: f.set_axis(range(N, 0, -1), axis=0).sort_index(inplace=True),
    "replace": lambda f: f.replace({"time_days": {7.0: 8.0}}, inplace=True),
    "mask": lambda f: f["time_days"].mask(f["time_days"] > 30, 7.0, inplace=True),
    "where": lambda f: f["time_days"].where(f["time_days"] > 30, 7.0, inplace=True),
    "clip": lambda f: f["time_days"].clip(upper=7.0, inplace=True),
    "update": lambda f: f.update(pd.DataFrame({"time_days": [7.0]}, index=[0])),
    "eval": lambda f: f.eval("time_days = time_days + 1", inplace=True),
    "the array of a column": lambda f: np.put(f["time_days"].to_numpy(), [0], 7.0),
    "the values of a column": lambda f: f["time_days"].values.__setitem__(0, 7.0),
    "the array of reasons": lambda f: reasons(f).array.__setitem__(0, "death"),
    "the codes of reasons": lambda f: reasons(f).array.codes.__setitem__(0, 2),
    "added to in place": lambda f: f["time_days"].__iadd__(1.0),
    "a value of a column": lambda f: f["time_days"].__setitem__(0, 7.0),
    "the columns together": lambda f: f[["time_days", "entry_days"]].to_numpy().fill(7.0),
}


def attempt(change, frame):
    try:
        change(frame)
    except ValueError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("how", CHANGES)
def test_codes_never_disagree_with_the_table_whatever_is_done_to_it(how):
    outcome = followed()
    before = rj.kaplan_meier(outcome, by="arm").frame
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas warns of some of these ways
        refused = attempt(CHANGES[how], outcome.frame)
        if refused:
            assert "read-only" in refused
            pd.testing.assert_frame_equal(rj.kaplan_meier(outcome, by="arm").frame, before)
        try:
            anew = replace(outcome, frame=outcome.frame.copy())
        except RjevalError:  # the change made follow-up that is impossible
            assert outcome.day_codes is None
            return
    for made in (rj.kaplan_meier, rj.cumulative_incidence):
        pd.testing.assert_frame_equal(made(outcome, by="arm").frame, made(anew, by="arm").frame)
    assert (
        rj.log_rank_test(outcome, by="arm")
        .groups.set_index("group")
        .equals(rj.log_rank_test(anew, by="arm").groups.set_index("group"))
    )


def test_a_table_that_is_given_stays_writable_and_what_is_written_there_does_not_count():
    outcome = followed()
    given = outcome.frame.copy()
    other = replace(outcome, frame=given)
    given.loc[:, "time_days"] = 1.0
    assert other.day_codes is not None
    pd.testing.assert_frame_equal(other.frame, outcome.frame)


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))]
)
def test_a_copy_is_coded_by_its_own_memory_or_not_at_all(copied):
    outcome = followed()
    other = copied(outcome)
    expected = rj.kaplan_meier(outcome, by="arm").frame
    pd.testing.assert_frame_equal(rj.kaplan_meier(other, by="arm").frame, expected)
    other.frame["time_days"] = other.frame["time_days"] + 1
    assert other.day_codes is None


@pytest.mark.parametrize("shift", [0.0, 0.25, 70_000.0])
def test_counts_by_codes_equal_a_cross_table_and_odd_days_are_not_coded(shift):
    table = people()
    outcome = followed(table.assign(day=table["day"] + shift))
    assert (outcome.day_codes is None) == (shift > 0)
    rows = group_rows(outcome, "arm")
    counts = count_by_day(
        rows.time, rows.kind, group=rows.code, n_groups=rows.n_groups, codes=rows.codes
    )
    kind = np.where(table["new"] == 1, 1, np.where(table["gone"] == "death", 2, 0))
    days = np.sort(table["day"].unique())
    for value, found in enumerate((counts.n_censored, counts.n_event, counts.n_competing)):
        by_hand = pd.crosstab(table["arm"][kind == value], table["day"][kind == value])
        assert np.array_equal(found, by_hand.reindex(columns=days, fill_value=0).to_numpy())
    assert counts.times.tolist() == (days + shift).tolist()
    assert (counts.exits[:, :, 0] == 0).all()


def test_rows_of_one_group_alone_and_missing_groups_count_as_without_codes():
    outcome = followed()
    some = outcome.frame.assign(arm=outcome.frame["arm"].where(outcome.frame["age"] > 30))
    for frame in (some, some[some["arm"] == "b"]):
        coded = replace(outcome, frame=frame)
        odd = replace(outcome, frame=frame.assign(time_days=frame["time_days"] / 2))
        one, other = (rj.kaplan_meier(made, by="arm").frame for made in (coded, odd))
        other["time_days"] *= 2
        pd.testing.assert_frame_equal(one, other)


def test_a_missing_reason_of_exit_is_taken_for_censored_with_and_without_codes():
    outcome = followed()
    frame = outcome.frame.assign(
        exit_reason=outcome.frame["exit_reason"].where(outcome.frame["age"] > 30)
    )
    coded = replace(outcome, frame=frame)
    plain = replace(outcome, frame=frame.assign(exit_reason=frame["exit_reason"].astype(object)))
    assert coded.day_codes is not None
    assert plain.day_codes is None
    one, other = (rj.kaplan_meier(made, by="arm").frame for made in (coded, plain))
    pd.testing.assert_frame_equal(one, other)
