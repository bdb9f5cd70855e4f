"""Complementary suppression: hide as little more as keeps every small cell unknown.

Which cells to hide is an integer programme (Fischetti and Salazar 2001,
doi:10.1287/mnsc.47.7.1008.9797, with sliding protection): least information lost such that, for
each sensitive cell, two tables agree with all that is shown and differ in that cell by at least
``threshold - 1``. Tables too large for it are protected cell by cell. Then each hidden cell gets
its reason; where the reason would tell too much, a whole connected block gets the reason
``denominator``, which says nothing of size.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rjeval.disclosure.cells import LinkedCells, component_of, is_protected, unprotected
from rjeval.disclosure.quiet import quiet_solver
from rjeval.language import mark

#: Above this many cells times sensitive cells, cells are hidden one by one.
PROGRAMME_SIZE = 2500
#: Said of such a table.
STEPWISE = mark(
    "The table is too large to look for the least loss: cells were hidden one by one, so more "
    "may be hidden than needed."
)
#: Seconds for the integer programme; its best answer so far is used then.
TIME_LIMIT = 2.0
#: How far, in thresholds, the two tables of the programme may differ in one cell.
REACH = 2
#: What giving up a cell of the next rank costs, in cells of this rank.
RANK_COST = 4.0


def suppress_cells(cells: LinkedCells) -> np.ndarray:
    """Return why each cell is hidden, ``""`` where it may be shown.

    Returns
    -------
    ndarray of str
        ``""``, ``primary``, ``complementary`` or ``denominator``.
    """
    return suppress_and_say(cells)[0]


def suppress_and_say(cells: LinkedCells) -> tuple[np.ndarray, bool]:
    """Return why each cell is hidden, and whether some part was too large for the programme."""
    kinds, stepwise = np.full(len(cells.values), "", dtype=object), False
    for block in linked_blocks(cells.relations):
        if cells.sensitive[block].any():
            kinds[block], by_steps = _suppress_block(_part(cells, block))
            stepwise |= by_steps
    return kinds, stepwise


def linked_blocks(relations: np.ndarray) -> list[np.ndarray]:
    """Return the numbers of the cells of each part that no relation connects with another."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    member = csr_array((relations != 0).astype(np.int8))
    n, label = connected_components(member.T @ member, directed=False)
    order = np.argsort(label, kind="stable")
    return np.split(order, np.searchsorted(label[order], np.arange(1, n)))


def _part(cells: LinkedCells, block: np.ndarray) -> LinkedCells:
    """Return the cells of one block, with the relations between them."""
    rows = (cells.relations[:, block] != 0).any(axis=1)
    return replace(
        cells,
        values=cells.values[block],
        relations=cells.relations[np.ix_(rows, block)],
        sensitive=cells.sensitive[block],
        implicit=cells.implicit[block],
        fixed=cells.fixed[block],
        rank=cells.rank[block],
    )


def _suppress_block(cells: LinkedCells) -> tuple[np.ndarray, bool]:
    start = cells.sensitive & ~cells.implicit
    work = _with_hidden(replace(cells, kinds=np.empty(0)), start)
    exposed = unprotected(work)
    stepwise = False
    if len(exposed):
        small = work.values.size * len(exposed) <= PROGRAMME_SIZE
        hidden = _by_programme(work, targets=exposed) if small else None
        work, stepwise = _with_hidden(work, start if hidden is None else hidden), hidden is None
        if stepwise:
            work = hide_one_by_one(work, targets=exposed)
    named = name_reasons(work)
    left = unprotected(named) if len(exposed) else exposed
    if len(left):
        named = name_reasons(hide_one_by_one(work, targets=left))
    return named.kinds, stepwise


def information_lost(cells: LinkedCells) -> np.ndarray:
    """Return what hiding each cell costs: one, a little more for large cells, more for totals."""
    scale = max(float(cells.values.max(initial=1.0)), 1.0)
    cost = np.power(RANK_COST, cells.rank) * (1.0 + cells.values / scale)
    return np.asarray(cost, dtype=float)


def _with_hidden(work: LinkedCells, hidden: np.ndarray) -> LinkedCells:
    return replace(work, kinds=np.where(hidden, "denominator", "").astype(object))


def _by_programme(work: LinkedCells, *, targets: np.ndarray) -> np.ndarray | None:
    """Least costly set of hidden cells, or ``None`` where none was found."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, hstack, kron
    from scipy.sparse import eye_array as eye

    k, m = len(work.values), len(work.relations)
    p = len(targets)
    reach = float(REACH * work.threshold)
    relations = csr_array(work.relations)
    # Variables: hidden or not (k), then per target two tables of differences.
    blocks = 2 * p
    zero = csr_array((blocks * m, k))
    tables = kron(eye(blocks), relations)
    constraints = [LinearConstraint(hstack([zero, tables]), 0, 0)] if m else []
    every = eye(blocks * k)
    most = kron(np.ones((blocks, 1)), reach * eye(k))
    least = kron(np.ones((blocks, 1)), csr_array(np.diag(np.minimum(work.values, reach))))
    constraints.append(LinearConstraint(hstack([most, -every]), 0, np.inf))
    constraints.append(LinearConstraint(hstack([least, every]), 0, np.inf))
    gap = np.zeros((p, k + blocks * k))
    for row, target in enumerate(targets):
        gap[row, k + (2 * row) * k + target] = 1.0
        gap[row, k + (2 * row + 1) * k + target] = -1.0
    constraints.append(LinearConstraint(csr_array(gap), work.threshold - 1, np.inf))
    must = work.hidden
    never = work.fixed | (~must & (work.values < work.threshold) & ~work.sensitive)
    low = np.concatenate([must.astype(float), np.full(blocks * k, -reach)])
    high = np.concatenate([(must | ~never).astype(float), np.full(blocks * k, reach)])
    cost = np.where(must, 0.0, information_lost(work))
    with quiet_solver():
        answer = milp(
            np.concatenate([cost, np.zeros(blocks * k)]),
            constraints=constraints,
            integrality=np.concatenate([np.ones(k), np.zeros(blocks * k)]),
            bounds=Bounds(low, high),
            options={"time_limit": TIME_LIMIT},
        )
    if answer.x is None:
        return None
    return np.asarray(answer.x[:k] > 0.5) & ~work.implicit


def hide_one_by_one(work: LinkedCells, *, targets: np.ndarray) -> LinkedCells:
    """Hide the cheapest cell near an exposed one until none is exposed.

    Hiding more only widens ranges, so a cell once protected stays so.
    """
    for target in targets:
        while not is_protected(work, target=int(target)):
            chosen = _cheapest_near(work, exposed=int(target))
            if chosen is None:
                return _with_hidden(work, ~work.implicit & ~work.fixed)
            kinds = work.kinds.copy()
            kinds[chosen] = "denominator"
            work = replace(work, kinds=kinds)
    return work


def _cheapest_near(work: LinkedCells, *, exposed: int) -> int | None:
    """Cheapest cell in a relation with the exposed one, else with its hidden neighbours."""
    free = ~work.hidden & ~work.fixed & (work.values >= work.threshold)
    member = work.relations != 0
    adjacent = member[member[:, exposed]].any(axis=0)
    linked = member[(member & component_of(work, start=exposed)).any(axis=1)].any(axis=0)
    cost = information_lost(work)
    for near in (adjacent & free, linked & free):
        if near.any():
            return int(np.flatnonzero(near)[np.argmin(cost[near])])
    return None


def name_reasons(work: LinkedCells) -> LinkedCells:
    """Name each hidden cell's reason, and unname a block where the reasons tell too much."""
    named = np.where(work.values < work.threshold, "primary", "complementary")
    shown = work.kinds == ""
    work = replace(work, kinds=np.where(shown, "", named).astype(object))
    for target in np.flatnonzero(work.sensitive):
        if work.kinds[target] == "denominator" or is_protected(work, target=int(target)):
            continue
        kinds = work.kinds.copy()
        block = component_of(work, start=int(target)) & ~shown
        kinds[block & ~work.implicit] = "denominator"
        work = replace(work, kinds=kinds)
    return work
