"""Complementary suppression in tables too large for the integer programme: part by part.

The hidden cells fall into parts that no relation connects. Each part is small, and is proven by
the same linear programmes as a small table; where a cell of it is exposed, the cheapest cell
nearby is hidden, and parts that grew together are proven anew. This protects as well as the
programme, but may hide more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from rjeval.disclosure.cells import LinkedCells, unprotected
from rjeval.disclosure.suppression import hide_one_by_one, name_reasons
from rjeval.language import mark

#: Cells times relations from which on a table is worked through part by part.
LARGE = 200_000
#: Said of such a table.
NOTE = mark(
    "The table is too large to look for the least loss: cells were hidden and rounded one by "
    "one, so more may be hidden than needed, and rounded parts may miss their total."
)


def sparse_relations(rows: Sequence[dict[int, float]], *, n_cells: int) -> Any:
    """Return relations as a sparse matrix, one row each."""
    from scipy.sparse import csr_array

    ends = np.cumsum([0, *(len(row) for row in rows)])
    columns = np.array([cell for row in rows for cell in row], dtype=np.intp)
    weights = np.array([weight for row in rows for weight in row.values()], dtype=float)
    return csr_array((weights, columns, ends), shape=(len(rows), n_cells))


def suppress_large(cells: LinkedCells, *, relations: Any) -> np.ndarray:
    """Return why each cell is hidden, as :func:`rjeval.disclosure.suppression.suppress_cells`.

    Parameters
    ----------
    cells : LinkedCells
        Without ``relations``, which are given apart.
    relations : csr_array
    """
    kinds = np.where(cells.sensitive & ~cells.implicit, "denominator", "").astype(object)
    proven: dict[bytes, np.ndarray] = {}
    while True:
        hidden = (kinds != "") | cells.implicit
        grown, named = False, kinds.copy()
        for rows, own in _parts(relations, hidden=hidden):
            if not cells.sensitive[own].any():
                continue
            if not len(rows):
                named[own] = "primary"
                continue
            key = own.tobytes()
            if key not in proven:
                near, part = _cut(cells, relations, rows=rows, kinds=kinds)
                safe = _proven(part)
                more = near[(safe.kinds != "") & (kinds[near] == "")]
                if len(more):
                    kinds[more], grown = "denominator", True
                    continue
                proven[key] = safe.kinds[np.searchsorted(near, own)]
            named[own] = proven[key]
        if not grown:
            return np.where(cells.implicit, "", named)


def _parts(relations: Any, *, hidden: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield relations and hidden cells that are connected through hidden cells."""
    from scipy.sparse import block_array
    from scipy.sparse.csgraph import connected_components

    own = np.flatnonzero(hidden)
    member = relations[:, own]
    graph = block_array([[None, member], [member.T, None]])
    label = connected_components(graph, directed=False)[1]
    n_rows = relations.shape[0]
    rows, columns = label[:n_rows], label[n_rows:]
    row_order, column_order = np.argsort(rows, kind="stable"), np.argsort(columns, kind="stable")
    for one in np.unique(columns):
        first, last = np.searchsorted(rows[row_order], [one, one + 1])
        start, stop = np.searchsorted(columns[column_order], [one, one + 1])
        yield row_order[first:last], own[column_order[start:stop]]


def _cut(
    cells: LinkedCells, relations: Any, *, rows: np.ndarray, kinds: np.ndarray
) -> tuple[np.ndarray, LinkedCells]:
    """Return the cells that stand in these relations, by number and as a small table."""
    block = relations[rows]
    near = np.unique(block.indices)
    part = replace(
        cells,
        values=cells.values[near],
        relations=block[:, near].toarray(),
        sensitive=cells.sensitive[near],
        implicit=cells.implicit[near],
        fixed=cells.fixed[near],
        rank=cells.rank[near],
        kinds=kinds[near],
    )
    return near, part


def _proven(part: LinkedCells) -> LinkedCells:
    """Hide cells of a part until none is exposed, then name the reasons."""
    exposed = unprotected(part)
    safe = hide_one_by_one(part, targets=exposed) if len(exposed) else part
    named = name_reasons(safe)
    left = unprotected(named)
    return name_reasons(hide_one_by_one(safe, targets=left)) if len(left) else named
