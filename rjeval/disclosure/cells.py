"""Complementary suppression: hide enough further cells that no small one can be worked out.

The intruder is assumed to know every shown count exactly (as if nothing were rounded), all
relations between cells, and why each cell is hidden: a primary cell is below the threshold, a
complementary one at or above it. Protection holds if, for each small cell, the values that fit
all this span at least ``min_cell - 1``: nothing more is learnt than "fewer than ``min_cell``".
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

#: Feasible ranges are compared with this slack, the precision of the linear programme.
LP_SLACK = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedCells:
    """Counts of people and the sums that link them.

    Parameters
    ----------
    values : ndarray of shape (k,)
    relations : ndarray of shape (m, k)
        ``relations @ values == 0``; a total has the coefficient -1.
    sensitive : ndarray of bool
        Cells that must not be learnt.
    implicit : ndarray of bool
        Cells that are never printed, such as "the rest".
    fixed : ndarray of bool
        Totals that are known from elsewhere and cannot be hidden.
    rank : ndarray of int
        0 for inner cells, higher for totals: lower ranks are hidden first.
    """

    values: np.ndarray
    relations: np.ndarray
    sensitive: np.ndarray
    implicit: np.ndarray
    fixed: np.ndarray
    rank: np.ndarray
    threshold: int
    kinds: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=object))

    @property
    def hidden(self) -> np.ndarray:
        """Boolean array: cells that the intruder does not see."""
        return np.asarray(self.kinds != "", dtype=bool) | self.implicit


def suppress_cells(cells: LinkedCells) -> np.ndarray:
    """Return why each cell is hidden, ``""`` where it may be shown.

    Inner cells are hidden before totals, small ones before large ones, until
    :func:`unprotected` finds nothing. Where a group is so small that the reason itself would
    tell too much, all its hidden cells get the reason ``denominator``, which says nothing about
    their size.

    Returns
    -------
    ndarray of str
        ``""``, ``primary``, ``complementary`` or ``denominator``.
    """
    from dataclasses import replace

    kinds = np.where(cells.sensitive & ~cells.implicit, "primary", "").astype(object)
    work = replace(cells, kinds=kinds)
    for target in np.flatnonzero(cells.sensitive):
        # Hiding more only widens ranges, so a cell once protected stays so.
        for _ in range(2 * len(kinds) + 2):
            if is_protected(work, target=int(target)):
                break
            work = replace(work, kinds=_hide_one_more(work, exposed=int(target)))
        else:
            return np.where(cells.implicit | cells.fixed, "", "denominator").astype(object)
    return work.kinds


def _hide_one_more(work: LinkedCells, *, exposed: int) -> np.ndarray:
    """Kinds after one further step for an exposed cell."""
    kinds = work.kinds.copy()
    adjacent = (work.relations[work.relations[:, exposed] != 0] != 0).any(axis=0)
    linked = _component(work, start=exposed)
    big = ~work.hidden & ~work.fixed & (work.values >= work.threshold)
    unnamed = adjacent & work.hidden & ~work.implicit & (kinds != "denominator")
    inner = big & (work.rank == 0)
    for candidates in (adjacent & inner, linked & inner, unnamed, adjacent & big, linked & big):
        if candidates is unnamed and unnamed.any():
            kinds[unnamed] = "denominator"
            return kinds
        if candidates.any():
            kinds[_cheapest(work, candidates)] = "complementary"
            return kinds
    unnamed = linked & work.hidden & ~work.implicit & (kinds != "denominator")
    kinds[unnamed if unnamed.any() else linked & ~work.implicit & ~work.fixed] = "denominator"
    return kinds


def _cheapest(work: LinkedCells, candidates: np.ndarray) -> int:
    """Inner cells before totals, small ones before large ones."""
    where = np.flatnonzero(candidates)
    return int(where[np.lexsort((work.values[where], work.rank[where]))[0]])


def _component(work: LinkedCells, *, start: int) -> np.ndarray:
    """Cells in relations that touch the hidden cells connected with ``start``."""
    touched = np.zeros(len(work.values), dtype=bool)
    touched[start] = True
    member = work.relations != 0
    while True:
        rows = (member & (touched & work.hidden)).any(axis=1)
        grown = touched | (member[rows] & work.hidden).any(axis=0)
        if (grown == touched).all():
            return touched | member[rows].any(axis=0)
        touched = grown


def is_protected(work: LinkedCells, *, target: int) -> bool:
    """Return whether the feasible range of a cell spans at least ``threshold - 1``."""
    low, high = feasible_range(work, target=target)
    return high - low >= work.threshold - 1 - LP_SLACK


def unprotected(work: LinkedCells) -> np.ndarray:
    """Return the sensitive cells whose feasible range is narrower than ``threshold - 1``."""
    exposed = [i for i in np.flatnonzero(work.sensitive) if not is_protected(work, target=int(i))]
    return np.asarray(exposed, dtype=int)


def feasible_range(work: LinkedCells, *, target: int) -> tuple[float, float]:
    """Return the least and greatest value of a cell that fit all that is shown."""
    if not work.hidden[target]:
        return float(work.values[target]), float(work.values[target])
    return _range(work, hidden=np.flatnonzero(work.hidden), target=target)


def _range(work: LinkedCells, *, hidden: np.ndarray, target: int) -> tuple[float, float]:
    from scipy.optimize import linprog

    low, high = intruder_bounds(work)
    near = _component(work, start=target)[hidden]
    columns = hidden[near]
    rows = (work.relations[:, columns] != 0).any(axis=1)
    matrix = work.relations[np.ix_(rows, columns)]
    if matrix.shape[0] <= 1:
        return _range_in_one_sum(work, columns=columns, coefficients=matrix, target=target)
    shown = ~work.hidden
    right = -(work.relations[rows][:, shown] @ work.values[shown])
    objective = (columns == target).astype(float)
    ends = []
    for sign in (1.0, -1.0):
        answer = linprog(
            sign * objective,
            A_eq=matrix,
            b_eq=right,
            bounds=np.column_stack([low[columns], high[columns]]),
            method="highs",
        )
        ends.append(sign * answer.fun if answer.status == 0 else sign * -np.inf)
    return float(ends[0]), float(ends[1])


def _range_in_one_sum(
    work: LinkedCells, *, columns: np.ndarray, coefficients: np.ndarray, target: int
) -> tuple[float, float]:
    """Range of a cell where one relation, or none, holds the hidden cells."""
    low, high = intruder_bounds(work)
    if coefficients.shape[0] == 0:
        return float(low[target]), float(high[target])
    weights = coefficients[0]
    total = float(weights @ work.values[columns])
    own = columns == target
    others = weights[~own] / weights[own]
    total = total / float(weights[own][0])
    least = np.where(others > 0, others * low[columns[~own]], _times(others, high[columns[~own]]))
    most = np.where(others > 0, _times(others, high[columns[~own]]), others * low[columns[~own]])
    return (
        float(max(low[target], total - most.sum())),
        float(min(high[target], total - least.sum())),
    )


def _times(weights: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """Weights times limits, where a limit may be infinite and a weight zero."""
    with np.errstate(invalid="ignore"):
        return np.where(weights == 0, 0.0, weights * limits)


def intruder_bounds(work: LinkedCells) -> tuple[np.ndarray, np.ndarray]:
    """Return what the reasons for hiding say of each cell's size."""
    kinds, limit = work.kinds, work.threshold
    low = np.where(kinds == "complementary", float(limit), 0.0)
    high = np.where(kinds == "primary", float(limit - 1), np.inf)
    return low, high


def table_relations(shape: tuple[int, ...], *, margins: bool = True) -> np.ndarray:
    """Return the relations of a one- or two-way table, cells row by row, then its totals.

    Parameters
    ----------
    shape : tuple of int
        ``(k,)`` or ``(rows, columns)``.
    margins : bool
        Whether the table's totals are cells too: the total of a one-way table; row totals,
        column totals and the grand total of a two-way table.

    Examples
    --------
    >>> table_relations((2,)).tolist()
    [[1.0, 1.0, -1.0]]
    """
    if not margins:
        return np.zeros((0, int(np.prod(shape))))
    if len(shape) == 1:
        return np.concatenate([np.ones(shape[0]), [-1.0]])[None, :]
    rows, columns = shape
    inner = np.arange(rows * columns).reshape(shape)
    size = rows * columns + rows + columns + 1
    relations = np.zeros((rows + columns + 2, size))
    for i in range(rows):
        relations[i, inner[i]] = 1.0
        relations[i, inner.size + i] = -1.0
    for j in range(columns):
        relations[rows + j, inner[:, j]] = 1.0
        relations[rows + j, inner.size + rows + j] = -1.0
    relations[rows + columns, inner.size : inner.size + rows] = 1.0
    relations[rows + columns + 1, inner.size + rows : inner.size + rows + columns] = 1.0
    relations[rows + columns :, -1] = -1.0
    return relations
