"""Random tables: nothing small is shown, nothing hidden can be worked out, totals add up.

The intruder of these tests is written anew here, with its own linear programme over all cells, so
that a mistake in the library's relations or component search cannot hide itself.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from rjeval.design.disclosure import DisclosureRule, profile_rule
from rjeval.disclosure.border import release
from rjeval.results import CountTable

RULE = DisclosureRule()
#: Precision of the linear programme, in people.
LP_TOLERANCE = 1e-6


def two_way(counts: np.ndarray) -> CountTable:
    rows, columns = counts.shape
    frame = pd.DataFrame(
        {
            "site": np.repeat([f"s{i}" for i in range(rows)], columns),
            "kind": np.tile([f"k{j}" for j in range(columns)], rows),
            "n": counts.ravel(),
        }
    )
    return CountTable(frame=frame, title="t", dimensions=("site", "kind"), what="referrals")


def shown_alone(counts: np.ndarray, rule: DisclosureRule) -> np.ndarray:
    """Which totals of rows or columns their own one-way table would print."""
    frame = pd.DataFrame({"kind": [f"c{i}" for i in range(len(counts))], "n": counts})
    table = CountTable(frame=frame, title="t", dimensions=("kind",), what="referrals")
    return (release(table, rule=rule).frame["suppressed"] == "").to_numpy()


def intruder_range(
    counts: np.ndarray, *, kinds: np.ndarray, cell: tuple[int, int], rule: DisclosureRule
) -> tuple[float, float]:
    """Range of a hidden cell for somebody who knows shown cells and all margins exactly."""
    threshold = rule.min_cell
    low = np.select([kinds == "primary", kinds == "complementary"], [0.0, threshold], 0.0)
    high = np.where(kinds == "primary", threshold - 1.0, counts.sum())
    shown = kinds == ""
    low, high = np.where(shown, counts, low), np.where(shown, counts, high)
    rows, columns = counts.shape
    margins = np.vstack(
        [np.kron(np.eye(rows), np.ones(columns)), np.kron(np.ones(rows), np.eye(columns))]
    )
    known = np.concatenate([counts.sum(axis=1), counts.sum(axis=0)])
    margins = np.vstack([margins, np.ones(counts.size)])
    keep = np.concatenate(
        [shown_alone(counts.sum(axis=1), rule), shown_alone(counts.sum(axis=0), rule), [True]]
    )
    known = np.append(known, counts.sum())
    c = np.zeros(counts.shape)
    c[cell] = 1.0
    ends = [
        linprog(
            sign * c.ravel(),
            A_eq=margins[keep],
            b_eq=known[keep],
            bounds=list(zip(low.ravel(), high.ravel(), strict=True)),
            method="highs",
        ).fun
        * sign
        for sign in (1, -1)
    ]
    return ends[0], ends[1]


def check_two_way(counts: np.ndarray, *, rule: DisclosureRule) -> None:
    released = release(two_way(counts), rule=rule)
    shown = released.frame["n"].to_numpy().reshape(counts.shape)
    kinds = released.frame["suppressed"].to_numpy().reshape(counts.shape)
    assert (np.isnan(shown) == (kinds != "")).all()
    assert (shown[kinds == ""] >= rule.min_cell).all()
    assert (shown[kinds == ""] % rule.round_to == 0).all()
    assert (kinds[counts < rule.min_cell] != "").all()
    total_known = counts.sum() >= 2 * rule.min_cell - 1
    for i, j in zip(*np.nonzero(counts < rule.min_cell), strict=True):
        low, high = intruder_range(counts, kinds=kinds, cell=(i, j), rule=rule)
        if total_known:
            assert high - low >= rule.min_cell - 1 - LP_TOLERANCE


@pytest.mark.parametrize("seed", range(4))
def test_two_way_tables_protect_every_small_cell(seed: int) -> None:
    protect_random_tables(seed, n=15)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 140))
def test_thousands_of_two_way_tables(seed: int) -> None:
    protect_random_tables(seed, n=50)


def protect_random_tables(seed: int, *, n: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(n):
        shape = rng.integers(2, 5), rng.integers(2, 5)
        counts = rng.negative_binomial(1, 1 / rng.integers(5, 60), size=shape)
        check_two_way(counts, rule=RULE)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3), min_size=2, max_size=4),
    st.sampled_from(
        [RULE, profile_rule("public_standard"), profile_rule("public_strict", min_cell=15)]
    ),
)
def test_two_way_tables_under_other_rules(table: list[list[int]], rule: DisclosureRule) -> None:
    check_two_way(np.array(table), rule=rule)


@pytest.mark.parametrize("seed", range(4))
def test_one_way_tables_with_a_printed_total(seed: int) -> None:
    """Thousands of columns of counts: shown parts never exceed, and mostly make up, the total."""
    rng = np.random.default_rng(seed)
    for _ in range(500):
        parts = rng.negative_binomial(1, 1 / rng.integers(4, 80), size=rng.integers(2, 8))
        names = [f"c{i}" for i in range(len(parts))]
        frame = pd.DataFrame({"kind": [*names, "Total"], "n": [*parts, parts.sum()]})
        table = CountTable(frame=frame, title="t", dimensions=("kind",), what="referrals")
        out = release(table, rule=RULE).frame
        shown, kinds = out["n"].to_numpy(), out["suppressed"].to_numpy()
        cells, total = shown[:-1], shown[-1]
        hidden = kinds[:-1] != ""
        assert (shown[kinds == ""] >= RULE.min_cell).all()
        assert (hidden | (parts >= RULE.min_cell)).all()
        if kinds[-1] != "":
            continue
        assert np.nansum(cells) <= total + RULE.round_to * max(len(parts) - 1, 1)
        if not hidden.any() and (parts >= 18).all():
            assert np.nansum(cells) == total
        small = parts[:] < RULE.min_cell
        rest = parts.sum() - parts[~hidden].sum()
        for part in np.flatnonzero(small):
            others = np.flatnonzero(hidden & (np.arange(len(parts)) != part))
            least = sum(RULE.min_cell for k in others if kinds[k] == "complementary")
            most = sum(RULE.min_cell - 1 if kinds[k] == "primary" else np.inf for k in others)
            top = RULE.min_cell - 1 if kinds[part] == "primary" else np.inf
            low, high = max(0, rest - most), min(top, rest - least)
            assert high - low >= RULE.min_cell - 1


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(20, 400), min_size=2, max_size=6))
def test_controlled_rounding_keeps_totals(parts: list[int]) -> None:
    """With nothing to hide, rounded parts add up to the rounded total exactly."""
    frame = pd.DataFrame(
        {"kind": [*(f"c{i}" for i in range(len(parts))), "Total"], "n": [*parts, sum(parts)]}
    )
    table = CountTable(frame=frame, title="t", dimensions=("kind",), what="referrals")
    shown = release(table, rule=RULE).frame["n"].to_numpy()
    assert shown[:-1].sum() == shown[-1]
    assert np.abs(shown[:-1] - parts).max() < 2 * RULE.round_to
