"""Rows to counts by day: narrow integers and blocks change nothing but the time it takes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.recidivism.day_axis import COUNTED, count_by_day, whole_days
from rjeval.recidivism.exit_kinds import kinds_of
from rjeval.recidivism.incidence import jackknife_error
from rjeval.recidivism.risk_sets import stable_order
from rjeval.recidivism.unpack import few_levels

#: Sums of the same doubles in another order.
ROUNDING = 1e-12


@pytest.mark.parametrize("odd", [0.5, -1.0, 65_536.0, 65_541.0, 1e300, np.nan, np.inf])
def test_times_that_are_no_small_whole_numbers_are_not_wrapped_round(odd):
    assert whole_days(np.array([3.0, odd, 7.0])) is None


def test_the_longest_axis_is_kept():
    assert whole_days(np.array([65_535.0, 0.0])).tolist() == [65_535, 0]


@pytest.mark.parametrize("shift", [0.0, 0.25])
def test_counts_of_more_rows_than_a_block_equal_a_cross_table(shift):
    rng = np.random.default_rng(20260101)
    n = COUNTED + 4_321
    time = rng.integers(1, 40, n) + shift
    kind, group = rng.integers(0, 3, n).astype(np.int8), rng.integers(0, 5, n).astype(np.int8)
    counts = count_by_day(time, kind, group=group, n_groups=5)
    rows = pd.DataFrame({"time": time, "kind": kind, "group": group})
    table = rows.groupby(["kind", "group", "time"]).size().unstack(fill_value=0)
    expected = table.to_numpy().reshape(3, 5, -1)
    assert counts.times.tolist() == table.columns.tolist()
    for found, one in zip(
        (counts.n_censored, counts.n_event, counts.n_competing), expected, strict=True
    ):
        assert np.array_equal(found, one)
    left = expected.sum(axis=0)
    assert np.array_equal(counts.n_at_risk, left[:, ::-1].cumsum(axis=1)[:, ::-1])


@pytest.mark.parametrize(
    "time", [[3.0, 3.0, 1.0], [4.0, 2.0, 3.0], [0.0, 1.0, 1.0], [9.0, 2.5, 9.0]]
)
def test_the_first_place_of_a_count_is_the_start_whatever_days_occur(time):
    time = np.array(time)
    counts = count_by_day(time, np.array([1, 0, 1], dtype=np.int8))
    assert counts.times.tolist() == sorted(set(time.tolist()))
    assert (counts.exits[:, :, 0] == 0).all()
    assert (counts.n_competing == 0).all()
    assert counts.n_start.tolist() == [3]
    by_hand = [[(time >= day).sum() for day in counts.times]]
    assert np.array_equal(counts.n_at_risk, by_hand)


@pytest.mark.parametrize(
    "order",
    [
        ["reoffence", "end_of_follow_up", "death", "custody"],
        ["death", "data_cutoff", "custody", "reoffence"],
        ["aged_out", "reoffence", "death", "data_cutoff"],
    ],
)
def test_the_kind_of_an_exit_does_not_depend_on_the_order_of_the_reasons(order):
    reason = [*order, *order[::-1], order[0]]
    outcome = rj.time_to_event(
        pd.DataFrame({"day": range(1, 10), "new": [one == "reoffence" for one in reason]}),
        time="day",
        event="new",
    )
    frame = outcome.frame.assign(exit_reason=pd.Categorical(reason, categories=order))
    kinds = kinds_of(replace(outcome, frame=frame))
    known = {"reoffence": 1, "death": 2, "custody": 2}
    assert kinds.tolist() == [known.get(one, 0) for one in reason]


def test_codes_of_few_whole_numbers_are_their_distances_from_the_least():
    for values in ([-3, 0, 252], [1000, 1003, 1001], [2**40 + 250, 2**40 + 300]):
        code = few_levels(pd.DataFrame({"site": values}), "site")
        assert code.tolist() == [one - min(values) for one in values]
    assert few_levels(pd.DataFrame({"site": [0, 256]}), "site") is None
    assert few_levels(pd.DataFrame({"site": ["a", "b"]}), "site") is None


def test_sorting_two_bytes_at_a_time_is_stable_sorting():
    key = np.random.default_rng(20260101).integers(0, 1 << 34, 5_000) >> 12
    key[::7] = key[0]
    assert np.array_equal(stable_order(key), np.argsort(key, kind="stable"))


def test_the_jackknife_without_entries_is_the_one_with_entries_at_the_start():
    rng = np.random.default_rng(20260101)
    exits = rng.integers(0, 6, (3, 30))
    left = exits.sum(axis=0)
    at_risk = left[::-1].cumsum()[::-1]
    kind, code = np.nonzero(exits)
    at_start = np.zeros(code.size, dtype=np.intp)
    count = exits[kind, code]
    none, zero = (
        jackknife_error(at_risk, exits[1], exits[1] + exits[2], cells=(code, kind, entry, count))
        for entry in (None, at_start)
    )
    assert none == pytest.approx(zero, rel=ROUNDING)
