"""Tables of three or more categories: nested, or crossed with totals over any of them.

In a nested table each category lies within those before it, so that every cell has one total. In
a crossed one a cell has a total over each of its categories.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from rjeval.disclosure.book import CellBook
from rjeval.disclosure.large import LARGE
from rjeval.errors import DisclosureError

#: Category names that mean the sum of the others.
TOTALS = frozenset({"total", "all", "overall", "sum"})

Path = tuple[str, ...]


def is_total(value: object) -> bool:
    """Whether a category is the sum of the others."""
    return str(value).strip().lower() in TOTALS


#: Levels of a cell by category; ``None`` stands for all of them.
Key = tuple[str | None, ...]


def relate_levels(
    book: CellBook, frame: pd.DataFrame, *, places: list[int], dimensions: tuple[str, ...]
) -> np.ndarray:
    """Link the cells of a table with their totals; return the whole that each share is of.

    Raises
    ------
    DisclosureError
        A crossed table is too large.
    """
    names = [frame[name].astype(str).tolist() for name in dimensions]
    keys: list[Key] = [
        tuple(None if is_total(one) else one for one in row) for row in zip(*names, strict=True)
    ]
    given = dict(zip(keys, places, strict=True))
    whole = (
        _relate_nested(book, given) if all(map(_is_nested, keys)) else _relate_crossed(book, given)
    )
    return np.full(len(frame), whole)


def _is_nested(key: Key) -> bool:
    """Whether no level follows a total."""
    depth = key.index(None) if None in key else len(key)
    return all(one is None for one in key[depth:])


def _relate_nested(book: CellBook, given: dict[Key, int]) -> int:
    """Link each cell with its total one level up; return the grand total."""
    nodes = {tuple(one for one in key if one is not None): place for key, place in given.items()}
    n_dimensions = len(next(iter(given)))
    for level in range(n_dimensions, 0, -1):
        children: dict[Path, list[int]] = {}
        for path, place in list(nodes.items()):
            if len(path) == level:
                children.setdefault(path[:-1], []).append(place)
        for path, parts in children.items():
            if path not in nodes:
                nodes[path] = book.add_known(sum(book.values[one] for one in parts))
            book.relate(nodes[path], parts)
    return nodes[()]


def _relate_crossed(book: CellBook, given: dict[Key, int]) -> int:
    """Link each cell with its total over each category; return the grand total.

    Totals that the table leaves out are taken as known.
    """
    nodes = dict(given)
    inner = {key: book.values[place] for key, place in given.items() if None not in key}
    sums: dict[Key, float] = {}
    for key, value in inner.items():
        for kept in itertools.product((True, False), repeat=len(key)):
            margin = tuple(one if keep else None for one, keep in zip(key, kept, strict=True))
            sums[margin] = sums.get(margin, 0.0) + value
    if not sums or len(sums) ** 2 > LARGE:
        raise DisclosureError(
            "A table of three or more categories has totals over earlier ones by later ones, and "
            "is too large for all of them to be protected together, or lacks its inner cells.",
            hint="Release tables of two or three of the categories, or nest them: each within "
            "those before it, with the totals of each level over those after it.",
        )
    for margin, value in sums.items():
        if margin not in nodes:
            nodes[margin] = book.add_known(value)
    parts: dict[tuple[Key, int], list[int]] = {}
    for key, place in nodes.items():
        for at in [i for i, one in enumerate(key) if one is not None]:
            parts.setdefault(((*key[:at], None, *key[at + 1 :]), at), []).append(place)
    for (total, _), members in parts.items():
        if total in nodes:
            book.relate(nodes[total], members)
    return nodes[(None,) * len(next(iter(given)))]
