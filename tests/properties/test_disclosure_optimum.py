"""Suppression loses as little as brute force finds possible, also in nested and linked tables."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from rjeval.disclosure.cells import LinkedCells, table_relations, unprotected
from rjeval.disclosure.suppression import information_lost, suppress_cells

THRESHOLD = 11
#: Costs are sums of a few numbers near 1; the integer programme stops at a gap of one in 10,000.
COST_TOLERANCE = 1e-3


def linked(values: np.ndarray, relations: np.ndarray, *, fixed: np.ndarray) -> LinkedCells:
    none = np.zeros(len(values), dtype=bool)
    return LinkedCells(
        values=values.astype(float),
        relations=relations,
        sensitive=(values < THRESHOLD) & ~fixed,
        implicit=none,
        fixed=fixed,
        rank=np.zeros(len(values), dtype=int),
        threshold=THRESHOLD,
    )


def with_hidden(cells: LinkedCells, hidden: np.ndarray) -> LinkedCells:
    return replace(cells, kinds=np.where(hidden, "denominator", "").astype(object))


def least_cost(cells: LinkedCells) -> float:
    """Cheapest set of further cells that protects, by trying all of them."""
    start = cells.sensitive
    free = np.flatnonzero(~start & ~cells.fixed)
    cost = information_lost(cells)
    best = np.inf
    for choice in product([False, True], repeat=len(free)):
        hidden = start.copy()
        hidden[free[list(choice)]] = True
        lost = float(cost[hidden & ~start].sum())
        if lost < best and not len(unprotected(with_hidden(cells, hidden))):
            best = lost
    return best


def two_way(counts: np.ndarray) -> LinkedCells:
    """Inner cells with margins that are known."""
    margins = np.concatenate([counts.sum(axis=1), counts.sum(axis=0), [counts.sum()]])
    fixed = np.concatenate([np.zeros(counts.size, bool), np.ones(len(margins), bool)])
    values = np.concatenate([counts.ravel(), margins])
    return linked(values, table_relations(counts.shape), fixed=fixed)


@pytest.mark.parametrize("seed", range(12))
def test_no_cheaper_protection_exists(seed: int) -> None:
    rng = np.random.default_rng(seed)
    compared = 0
    for _ in range(6):
        shape = (2, 3) if rng.random() < 0.7 else (3, 3)
        counts = rng.integers(0, 60, size=shape)
        if (counts < THRESHOLD).sum() > 4 or not (counts < THRESHOLD).any():
            continue
        cells = two_way(counts)
        best = least_cost(cells)
        if not np.isfinite(best):
            continue  # no set of inner cells protects: the margins themselves tell too much
        kinds = suppress_cells(cells)
        lost = information_lost(cells)[(kinds != "") & ~cells.sensitive].sum()
        assert lost == pytest.approx(best, abs=COST_TOLERANCE)
        compared += 1
    assert compared or seed


def nested() -> tuple[np.ndarray, np.ndarray]:
    """Two regions of three sites by two kinds: sites add up to regions, regions to all."""
    rng = np.random.default_rng(3)
    sites = rng.negative_binomial(1, 1 / 40, size=(2, 3, 2))
    cells = [*sites.ravel(), *sites.sum(axis=1).ravel(), *sites.sum(axis=(0, 1))]
    relations = []
    for region, kind in product(range(2), range(2)):
        row = np.zeros(len(cells))
        row[[region * 6 + site * 2 + kind for site in range(3)]] = 1
        row[12 + region * 2 + kind] = -1
        relations.append(row)
    for kind in range(2):
        row = np.zeros(len(cells))
        row[[12 + kind, 14 + kind]] = 1
        row[16 + kind] = -1
        relations.append(row)
    return np.array(cells), np.array(relations)


def test_nested_tables_are_protected_across_levels() -> None:
    values, relations = nested()
    cells = linked(values, relations, fixed=np.zeros(len(values), dtype=bool))
    kinds = suppress_cells(cells)
    assert (values < THRESHOLD).any()
    assert not len(unprotected(replace(cells, kinds=kinds)))
    assert (kinds[values < THRESHOLD] != "").all()


def test_linked_tables_share_their_common_margin() -> None:
    """Site by kind and site by age: a cell hidden in one must not follow through the other."""
    by_kind = np.array([[30, 4], [50, 45]])
    by_age = np.array([[20, 14], [60, 35]])
    totals = by_kind.sum(axis=1)
    values = np.concatenate([by_kind.ravel(), by_age.ravel(), totals])
    relations = np.zeros((4, len(values)))
    for site in range(2):
        relations[site, [2 * site, 2 * site + 1]] = 1
        relations[2 + site, [4 + 2 * site, 5 + 2 * site]] = 1
        relations[[site, 2 + site], 8 + site] = -1
    cells = linked(values, relations, fixed=np.zeros(len(values), dtype=bool))
    cells = replace(cells, rank=np.r_[np.zeros(8), np.ones(2)].astype(int))
    kinds = suppress_cells(cells)
    assert not len(unprotected(replace(cells, kinds=kinds)))
    assert kinds[1] == "primary"
    assert (kinds[:8] != "").sum() == 2
    assert (kinds[4:] == "").all()


def test_a_large_table_is_protected_cell_by_cell() -> None:
    """300 cells are too many for the programme; the step-by-step way must protect as well."""
    rng = np.random.default_rng(1)
    counts = rng.negative_binomial(2, 1 / 25, size=(20, 15))
    cells = two_way(counts)
    kinds = suppress_cells(cells)
    assert not len(unprotected(replace(cells, kinds=kinds)))
    shown = (kinds[: counts.size] == "").mean()
    assert shown > 0.4
