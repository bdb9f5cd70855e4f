"""Large tables, part by part: as safe as small ones, against an intruder written anew here."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from scipy.sparse import lil_array

import rjeval.disclosure.book as book
from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.border import release
from rjeval.errors import DisclosureError
from rjeval.results import CountTable

RULE = DisclosureRule()
#: Precision of the linear programme, in people.
LP_TOLERANCE = 1e-6


def nested(rng: np.random.Generator, *, shape: tuple[int, ...], mean: float) -> pd.DataFrame:
    """Counts of nested categories with the totals of each level."""
    counts = rng.negative_binomial(1, 1 / (1 + mean), size=shape)
    names = [f"level{axis}" for axis in range(len(shape))]
    blocks = []
    for depth in range(len(shape) + 1):
        levels = [[f"{axis}-{k}" for k in range(n)] for axis, n in enumerate(shape[:depth])]
        rows = [(*one, *["Total"] * (len(shape) - depth)) for one in itertools.product(*levels)]
        sums = counts.sum(axis=tuple(range(depth, len(shape))))
        blocks.append(pd.DataFrame(rows, columns=names).assign(n=np.ravel(sums)))
    return pd.concat(blocks, ignore_index=True)


def table(frame: pd.DataFrame) -> CountTable:
    dimensions = tuple(name for name in frame if name != "n")
    return CountTable(frame=frame, title="t", dimensions=dimensions, what="referrals")


def narrowest(frame: pd.DataFrame, *, kinds: np.ndarray) -> float:
    """Least width of what the shown cells, the totals and the reasons leave open of small cells."""
    keys = [tuple(row) for row in frame.drop(columns="n").to_numpy()]
    paths = [tuple(level for level in key if level != "Total") for key in keys]
    place = {path: i for i, path in enumerate(paths)}
    inner = [path for path in paths if path]
    sums = lil_array((len(frame), len(frame)))
    for path in inner:
        sums[place[path[:-1]], place[path]] = 1.0
        sums[place[path[:-1]], place[path[:-1]]] = -1.0
    n = frame["n"].to_numpy(dtype=float)
    low, high = np.where(kinds == "", n, 0.0), np.where(kinds == "", n, np.inf)
    low[kinds == "complementary"], high[kinds == "primary"] = RULE.min_cell, RULE.min_cell - 1
    widths = []
    for cell in np.flatnonzero(n < RULE.min_cell):
        aim = np.zeros(len(frame))
        aim[cell] = 1.0
        ends = [
            sign
            * linprog(
                sign * aim,
                A_eq=sums.tocsr(),
                b_eq=np.zeros(len(frame)),
                bounds=np.column_stack([low, high]),
            ).fun
            for sign in (1, -1)
        ]
        widths.append(ends[1] - ends[0])
    return min(widths, default=np.inf)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("part_by_part", [True, False])
def test_nested_tables_protect_every_small_cell(seed, part_by_part, monkeypatch) -> None:
    if part_by_part:
        monkeypatch.setattr(book, "LARGE", 0)
    rng = np.random.default_rng(seed)
    frame = nested(rng, shape=(2, 3, 3), mean=float(rng.integers(10, 60)))
    released = release(table(frame), rule=RULE)
    kinds, shown = released.frame["suppressed"].to_numpy(), released.frame["n"].to_numpy()
    assert (np.isnan(shown) == (kinds != "")).all()
    assert (shown[kinds == ""] >= RULE.min_cell).all()
    assert (shown[kinds == ""] % RULE.round_to == 0).all()
    assert (kinds[frame["n"] < RULE.min_cell] != "").all()
    if frame["n"].max() >= 2 * RULE.min_cell - 1:
        assert narrowest(frame, kinds=kinds) >= RULE.min_cell - 1 - LP_TOLERANCE
    assert bool(released.released.notes) is part_by_part


def test_a_table_of_thousands_of_cells_is_released_and_says_how() -> None:
    frame = nested(np.random.default_rng(9), shape=(5, 5, 6, 12), mean=60.0)
    released = release(table(frame), rule=RULE)
    assert len(frame) == 1981
    assert any("too large" in note for note in released.released.notes)
    assert (released.frame["suppressed"] == "").mean() > 0.5
    assert not (released.frame["n"] < RULE.min_cell).any()


def crossed(rng: np.random.Generator, *, shape: tuple[int, ...], mean: float) -> pd.DataFrame:
    """Counts of crossed categories with all totals over any of them."""
    counts = rng.negative_binomial(1, 1 / (1 + mean), size=shape).astype(float)
    for axis in range(len(shape)):
        counts = np.concatenate([counts, counts.sum(axis=axis, keepdims=True)], axis=axis)
    levels = [[*(f"{axis}-{k}" for k in range(n)), "Total"] for axis, n in enumerate(shape)]
    rows = list(itertools.product(*levels))
    names = [f"level{axis}" for axis in range(len(shape))]
    return pd.DataFrame(rows, columns=names).assign(n=counts.ravel())


def narrowest_of_crossed(
    frame: pd.DataFrame, *, shape: tuple[int, ...], kinds: np.ndarray
) -> float:
    """Least width that is left open of a small cell, by all sums over one category."""
    place = np.arange(len(frame)).reshape([n + 1 for n in shape])
    lines = [np.moveaxis(place, axis, -1).reshape(-1, n + 1) for axis, n in enumerate(shape)]
    sums = lil_array((sum(map(len, lines)), len(frame)))
    for row, line in enumerate(itertools.chain.from_iterable(lines)):
        sums[row, line[:-1]] = 1.0
        sums[row, line[-1]] = -1.0
    n = frame["n"].to_numpy(dtype=float)
    low, high = np.where(kinds == "", n, 0.0), np.where(kinds == "", n, np.inf)
    low[kinds == "complementary"], high[kinds == "primary"] = RULE.min_cell, RULE.min_cell - 1
    bounds, zero, widths = np.column_stack([low, high]), np.zeros(sums.shape[0]), []
    for cell in np.flatnonzero(n < RULE.min_cell):
        aim = np.zeros(len(frame))
        aim[cell] = 1.0
        ends = [
            sign * linprog(sign * aim, A_eq=sums.tocsr(), b_eq=zero, bounds=bounds).fun
            for sign in (1, -1)
        ]
        widths.append(ends[1] - ends[0])
    return min(widths, default=np.inf)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shape", [(2, 2, 3), (3, 2, 4), (2, 2, 2, 2)])
def test_crossed_tables_protect_every_small_cell(seed, shape) -> None:
    """Totals over any category, printed or not: each small cell stays as wide as the threshold."""
    rng = np.random.default_rng([seed, *shape])
    frame = crossed(rng, shape=shape, mean=float(rng.integers(30, 90)))
    released = release(table(frame), rule=RULE).frame
    kinds, shown = released["suppressed"].to_numpy(), released["n"].to_numpy()
    assert (np.isnan(shown) == (kinds != "")).all()
    assert (kinds[frame["n"] < RULE.min_cell] != "").all()
    assert shown[-1] == frame["n"].iloc[-1] // 5 * 5 or abs(shown[-1] - frame["n"].iloc[-1]) < 3
    width = narrowest_of_crossed(frame, shape=shape, kinds=kinds)
    assert width >= RULE.min_cell - 1 - LP_TOLERANCE
    without = frame[~(frame.iloc[:, 1:-1] == "Total").any(axis=1)].reset_index(drop=True)
    half = release(table(without), rule=RULE).frame
    assert not (half["n"] < RULE.min_cell).any()


def test_a_crossed_table_too_large_for_all_its_totals_is_refused() -> None:
    frame = crossed(np.random.default_rng(1), shape=(6, 6, 9), mean=40.0)
    with pytest.raises(DisclosureError, match="too large for all of them"):
        release(table(frame), rule=RULE)
    two = pd.DataFrame({"a": ["x", "Total"], "b": ["y", "y"], "c": ["Total", "z"], "n": [40, 60]})
    with pytest.raises(DisclosureError, match="lacks its inner cells"):
        release(table(two), rule=RULE)
