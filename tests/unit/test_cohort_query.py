"""A result is found again only for the same records and rules, and nobody can change it."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from rjeval.cohort import query
from rjeval.cohort.rules import FollowUpRules

RULES = FollowUpRules(
    window=10,
    delay=0,
    extract=None,
    sources=(),
    event_dates=("offence_date",),
    kinds=("new_offence",),
    dispositions=(),
    level="any",
    violent_only=False,
    from_custody=False,
    custody="ignore",
    competing=(),
)


def doubled(tables, rules):
    people = tables["people"]
    return people.mutate(twice=people.day * 2 + rules.window).order_by("name")


@pytest.fixture
def asked(monkeypatch):
    """How often DuckDB was asked."""
    calls, ask = [], query._ask
    query._results.clear()
    monkeypatch.setattr(query, "_ask", lambda *given: calls.append(1) or ask(*given))
    return calls


def run(frame, rules=RULES):
    (found,) = query.run_query({"people": frame}, (doubled,), rules, bind=dict)
    return found["twice"].tolist()


def records():
    return pd.DataFrame({"name": pd.array(["a", "b", None], dtype="string"), "day": [1, 2, 3]})


def test_the_same_records_and_rules_are_worked_out_once(asked):
    assert run(records()) == [12, 14, 16]
    assert run(records()) == [12, 14, 16]
    assert len(asked) == 1


def test_changed_records_are_worked_out_anew_also_where_they_were_changed_in_place(asked):
    frame = records()
    run(frame)
    frame.loc[0, "day"] = 5
    assert run(frame) == [20, 14, 16]
    frame.loc[1, "name"] = "c"
    run(frame)
    assert len(asked) == 3


def test_other_rules_are_worked_out_anew(asked):
    run(records())
    assert run(records(), replace(RULES, window=20)) == [22, 24, 26]
    assert len(asked) == 2


def test_who_changes_a_result_changes_it_for_nobody_else(asked):
    (found,) = query.run_query({"people": records()}, (doubled,), RULES, bind=dict)
    found["twice"] = 0
    assert run(records()) == [12, 14, 16]


def test_only_the_last_results_are_kept_and_no_large_ones(asked, monkeypatch):
    monkeypatch.setattr(query, "KEPT", 2)
    for window in range(4):
        run(records(), replace(RULES, window=window))
    assert len(query._results) == 2
    query._results.clear()
    monkeypatch.setattr(query, "MOST_ROWS", 2)
    run(records())
    assert len(query._results) == 0
