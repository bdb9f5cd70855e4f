"""Tables that are laid out when read are those tables, once, for all who read them."""

from __future__ import annotations

import gc
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.results.deferred import deferred
from rjeval.results.survival import TestResult

#: More than the days on which anybody leaves, so that an array of people stands out.
PEOPLE, DAYS = 5_000, 30


@pytest.fixture
def outcome():
    rng = np.random.default_rng(20260101)
    rows = pd.DataFrame(
        {
            "day": rng.integers(1, DAYS, PEOPLE),
            "new": rng.integers(0, 2, PEOPLE),
            "arm": rng.choice(["a", "b"], PEOPLE),
        }
    )
    return rj.time_to_event(rows, time="day", event="new")


def answer(made, table):
    def make():
        made.append(1)
        return table

    return TestResult(frame=deferred(make), groups=table, method="any")


def test_a_table_is_made_once_whoever_reads_it():
    made, table = [], pd.DataFrame({"term": ["arm"], "p_value": [0.5]})
    result = answer(made, table)
    assert not made
    assert result.frame is table
    assert result.frame is table
    assert result.to_frame().equals(table)
    assert made == [1]


@pytest.mark.parametrize("copied", [replace, lambda one: pickle.loads(pickle.dumps(one))])
def test_copies_hold_the_table(copied):
    table = pd.DataFrame({"term": ["arm"], "p_value": [0.5]})
    other = copied(answer([], table))
    assert other.frame.equals(table)
    assert "TestResult" in repr(other)
    assert "0.5" in str(other)


@pytest.mark.parametrize("job", [rj.kaplan_meier, rj.cumulative_incidence, rj.log_rank_test])
def test_a_result_whose_tables_wait_holds_no_array_of_people(outcome, job):
    result = job(outcome, by="arm")
    seen, sizes, waiting = set(), [], [result]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, type) or getattr(one, "__module__", "") == "builtins":
            continue
        seen.add(id(one))
        if isinstance(one, np.ndarray):
            sizes.append(one.size)
            waiting.append(one.base)
        if callable(one) and hasattr(one, "__globals__"):  # a plain function holds its module
            waiting += [cell.cell_contents for cell in one.__closure__ or ()]
        elif type(one).__name__ != "module":
            waiting += gc.get_referents(one)
    assert sizes
    assert max(sizes) < PEOPLE
    assert len(result.frame)
