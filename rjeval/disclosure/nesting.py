"""Nested tables: each category within those before it, so that every cell has one total."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.disclosure.book import CellBook
from rjeval.errors import DisclosureError

#: Category names that mean the sum of the others.
TOTALS = frozenset({"total", "all", "overall", "sum"})

Path = tuple[str, ...]


def is_total(value: object) -> bool:
    """Whether a category is the sum of the others."""
    return str(value).strip().lower() in TOTALS


def relate_nested(
    book: CellBook, frame: pd.DataFrame, *, places: list[int], dimensions: tuple[str, ...]
) -> np.ndarray:
    """Link each cell with its total one level up; return the whole that each share is of.

    Raises
    ------
    DisclosureError
        A total stands before a category that is none.
    """
    names = [frame[name].astype(str).tolist() for name in dimensions]
    nodes: dict[Path, int] = {}
    for path, place in zip(map(_path, zip(*names, strict=True)), places, strict=True):
        nodes[path] = place
    for level in range(len(dimensions), 0, -1):
        children: dict[Path, list[int]] = {}
        for path, place in list(nodes.items()):
            if len(path) == level:
                children.setdefault(path[:-1], []).append(place)
        for path, parts in children.items():
            if path not in nodes:
                nodes[path] = book.add_known(sum(book.values[one] for one in parts))
            book.relate(nodes[path], parts)
    return np.full(len(frame), nodes[()])


def _path(levels: tuple[str, ...]) -> Path:
    """Return the categories down to the first total."""
    ends = [is_total(level) for level in levels]
    depth = ends.index(True) if True in ends else len(levels)
    if not all(ends[depth:]):
        raise DisclosureError(
            "A table of three or more categories has totals over an earlier category by a later "
            "one, and such tables are not protected.",
            hint="Release tables of two categories, or put the categories in the other order.",
        )
    return levels[:depth]
