"""Rare kinds are shown together, smallest first, before anything is hidden."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.analysis_data import Cohort
from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.border import release
from rjeval.results import CountTable

RULE = DisclosureRule()
LIMIT = RULE.min_cell
#: Random tables of 3 to 8 kinds.
TABLES = 150


def table(counts: dict[str, int], **more: object) -> CountTable:
    frame = pd.DataFrame({"reason": list(counts), "n": list(counts.values())})
    names = {"title": "Reasons", "dimensions": ("reason",), "what": "people"}
    given = {"frame": frame, "unordered": ("reason",)}
    return CountTable(**(given | names | more))


def shown(counts: dict[str, int]) -> dict[str, float]:
    frame = release(table(counts), rule=RULE).frame
    return dict(zip(frame["reason"], frame["n"], strict=True))


def best_by_hand(counts: dict[str, int]) -> set[str]:
    """Levels of the smallest first run that is safe: all tried, shortest first."""
    order = sorted(counts, key=lambda one: (counts[one], one))
    if min(counts.values()) >= LIMIT:
        return set()
    for taken in range(2, len(order)):
        inside = sum(counts[one] for one in order[:taken])
        if inside >= LIMIT and all(counts[one] >= LIMIT for one in order[taken:]):
            return set(order[:taken])
    return set()


@pytest.mark.parametrize("seed", range(TABLES))
def test_the_fewest_kinds_are_merged_that_make_all_safe(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.choice([0, 1, 2, 3, 5, 8, 11, 14, 20, 35, 60], size=rng.integers(3, 9))
    counts = {chr(97 + i): int(n) for i, n in enumerate(sizes)}
    expected = best_by_hand(counts)
    frame = release(table(counts), rule=RULE).frame
    apart = set(counts) - expected
    others = [one for one in frame["reason"] if one not in counts]
    assert set(frame["reason"]) - set(others) == apart
    assert len(others) == bool(expected)
    if expected:
        assert (frame["suppressed"] == "").all()
        assert frame["n"].min() >= LIMIT
        assert abs(frame["n"].sum() - sum(counts.values())) < RULE.round_to * len(frame)


def test_merged_kinds_are_named_in_the_row_and_the_note_but_not_in_the_order_of_size() -> None:
    result = release(table({"agreed": 50, "left": 3, "moved": 4, "ill": 5}), rule=RULE)
    assert result.frame["reason"].tolist() == ["agreed", "Other (Ill, Left, Moved)"]
    assert "Rare categories are shown together: Ill, Left, Moved." in result.released.notes
    many = release(table({"agreed": 50, **{f"kind_{i}": 3 for i in range(5)}}), rule=RULE)
    assert many.frame["reason"].tolist() == ["agreed", "Other (5 categories)"]
    assert "Kind 0, Kind 1, Kind 2, Kind 3, Kind 4." in many.released.notes[0]


def test_two_kinds_and_kinds_that_are_few_all_together_are_hidden_instead() -> None:
    assert np.isnan(list(shown({"a": 60, "b": 4}).values())).all()
    assert np.isnan(list(shown({"a": 5, "b": 3, "c": 2}).values())).all()


def test_ordered_levels_and_a_structural_zero_are_not_merged() -> None:
    ordered = release(table({"2023": 60, "2024": 3, "2025": 40}, unordered=()), rule=RULE)
    assert ordered.frame["reason"].tolist() == ["2023", "2024", "2025"]
    frame = pd.DataFrame({"reason": list("abcd"), "n": [40, 6, 7, 0]})
    frame["structural"] = [False, False, False, True]
    free = release(table({}, frame=frame), rule=RULE).frame
    assert free.set_index("reason").loc["d", "n"] == 0
    assert len(free) == 3


def test_the_internal_profile_merges_nothing() -> None:
    rule = rj.profile_rule("internal")
    assert len(release(table({"a": 50, "b": 3, "c": 4}), rule=rule).frame) == 3


def test_exit_reasons_of_a_cohort_are_merged_and_years_are_not() -> None:
    """Through the face: kinds in order of frequency, dates in their own order."""
    n = [60, 20, 6, 5, 4]
    reasons = np.repeat(["completed", "withdrew", "moved", "died", "other"], n)
    people = pd.DataFrame(
        {
            "referral_id": [f"r{i}" for i in range(sum(n))],
            "person_id": [f"p{i}" for i in range(sum(n))],
            "case_id": [f"c{i}" for i in range(sum(n))],
            "arm": "rj",
            "index_date": pd.Timestamp("2024-01-10"),
            "exclusion_reason": None,
            "exit_status": reasons,
        }
    )
    people.loc[:9, "index_date"] = pd.Timestamp("2024-04-10")
    cohort = Cohort(frame=people, arms=("rj",))
    out = release(rj.count_people(cohort, by="exit_status"), rule=RULE).frame
    assert out["n"].tolist() == [60, 20, 15]
    assert out["exit_status"].iloc[-1].startswith("Other (")
    quarters = release(rj.count_by_quarter(cohort, date="index_date"), rule=RULE).frame
    assert not quarters["quarter"].str.startswith("Other").any()
