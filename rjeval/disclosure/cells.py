"""Linked counts, and what an intruder can learn of a hidden one.

The intruder is assumed to know every shown count exactly (as if nothing were rounded), all
relations between cells, and why each cell is hidden: a primary cell is below the threshold, a
complementary one at or above it. A cell is protected if the values that fit all this span at
least ``min_cell - 1``: nothing more is learnt than "fewer than ``min_cell``".
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
        0 for inner cells, higher for totals: lower ranks are given up first.
    threshold : int
    kinds : ndarray of str
        Why each cell is hidden, ``""`` where it is shown.
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


def component_of(work: LinkedCells, *, start: int) -> np.ndarray:
    """Return the hidden cells that relations between hidden cells connect with ``start``."""
    hidden = work.hidden
    member = (work.relations != 0) & hidden
    touched = np.zeros(len(work.values), dtype=bool)
    touched[start] = True
    while True:
        rows = (member & touched).any(axis=1)
        grown = touched | member[rows].any(axis=0)
        if (grown == touched).all():
            return touched
        touched = grown


def is_protected(work: LinkedCells, *, target: int) -> bool:
    """Return whether the feasible range of a cell spans at least ``threshold - 1``."""
    if not work.hidden[target]:
        return False
    if _width_in_its_sum(work, target=target) >= work.threshold - 1:
        return True
    part = _neighbourhood(work, target=target)
    if len(part.matrix) > 1:
        width = _width_by_programme(part)
    else:
        low, high = _range_in_one_sum(part)
        width = high - low
    return width >= work.threshold - 1 - LP_SLACK


def _width_in_its_sum(work: LinkedCells, *, target: int) -> float:
    """Return how far a cell can move while only others of its one sum move against it.

    These are hidden cells that stand in no other sum, so every such table fits. The true width is
    at least this; 0 where the cell stands in several sums.
    """
    member = work.relations != 0
    rows = np.flatnonzero(member[:, target])
    if len(rows) != 1:
        return 0.0
    own = work.relations[rows[0]]
    free = work.hidden & (own == own[target])
    free[target] = False
    free &= member.sum(axis=0) == 1
    low, high = intruder_bounds(work)
    up, down = high - work.values, work.values - low
    return float(min(up[target], down[free].sum()) + min(down[target], up[free].sum()))


def unprotected(work: LinkedCells) -> np.ndarray:
    """Return the sensitive cells whose feasible range is narrower than ``threshold - 1``."""
    exposed = [i for i in np.flatnonzero(work.sensitive) if not is_protected(work, target=int(i))]
    return np.asarray(exposed, dtype=int)


def feasible_range(work: LinkedCells, *, target: int) -> tuple[float, float]:
    """Return the least and greatest value of a cell that fit all that is shown."""
    if not work.hidden[target]:
        return float(work.values[target]), float(work.values[target])
    part = _neighbourhood(work, target=target)
    return _range_in_one_sum(part) if len(part.matrix) < 2 else _range_by_programme(part)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Neighbourhood:
    """Hidden cells connected with a target: their relations, right sides, bounds; its place."""

    matrix: np.ndarray
    right: np.ndarray
    low: np.ndarray
    high: np.ndarray
    at: int


def _neighbourhood(work: LinkedCells, *, target: int) -> _Neighbourhood:
    columns = np.flatnonzero(component_of(work, start=target))
    rows = (work.relations[:, columns] != 0).any(axis=1)
    matrix = work.relations[np.ix_(rows, columns)]
    low, high = intruder_bounds(work)
    return _Neighbourhood(
        matrix=matrix,
        right=matrix @ work.values[columns],
        low=low[columns],
        high=high[columns],
        at=int(np.flatnonzero(columns == target)[0]),
    )


def _range_by_programme(part: _Neighbourhood) -> tuple[float, float]:
    """Range of a cell by two linear programmes."""
    from scipy.optimize import linprog

    objective = np.zeros(part.matrix.shape[1])
    objective[part.at] = 1.0
    bounds = np.column_stack([part.low, part.high])
    ends = []
    for sign in (1.0, -1.0):
        answer = linprog(
            sign * objective, A_eq=part.matrix, b_eq=part.right, bounds=bounds, method="highs"
        )
        ends.append(sign * answer.fun if answer.status == 0 else -sign * np.inf)
    return float(ends[0]), float(ends[1])


def _width_by_programme(part: _Neighbourhood) -> float:
    """Width of the range of a cell: two tables that fit, as far apart in it as can be."""
    from scipy.optimize import linprog

    m, k = part.matrix.shape
    objective = np.zeros(2 * k)
    objective[part.at], objective[k + part.at] = 1.0, -1.0
    none = np.zeros((m, k))
    answer = linprog(
        objective,
        A_eq=np.block([[part.matrix, none], [none, part.matrix]]),
        b_eq=np.tile(part.right, 2),
        bounds=np.tile(np.column_stack([part.low, part.high]), (2, 1)),
        method="highs",
    )
    return float(-answer.fun) if answer.status == 0 else np.inf


def _range_in_one_sum(part: _Neighbourhood) -> tuple[float, float]:
    """Range of a cell where one relation, or none, holds the hidden cells."""
    low, high, at = part.low, part.high, part.at
    if not len(part.matrix):
        return float(low[at]), float(high[at])
    weights = part.matrix[0]
    own = np.arange(len(weights)) == at
    others, total = weights[~own] / weights[at], float(part.right[0]) / float(weights[at])
    ends = np.stack([_times(others, low[~own]), _times(others, high[~own])])
    return (
        float(max(low[at], total - ends.max(axis=0).sum())),
        float(min(high[at], total - ends.min(axis=0).sum())),
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


def table_relations(shape: tuple[int, ...]) -> np.ndarray:
    """Return the relations of a one- or two-way table, cells row by row, then its totals.

    Totals are cells too: the total of a one-way table; row totals, column totals and the grand
    total of a two-way table.

    Examples
    --------
    >>> table_relations((2,)).tolist()
    [[1.0, 1.0, -1.0]]
    """
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
