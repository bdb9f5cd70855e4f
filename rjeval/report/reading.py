"""Executed cells as a reader meets them: nothing leads in to what is not there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rjeval.report.execution import ExecutedCell


def told_cells(cells: Sequence[ExecutedCell]) -> Iterator[ExecutedCell]:
    """Leave out cells that follow a refused one, words that lead in to them, and bare headings.

    Cells for which the study lacks data stay: they become notes of their own.
    """
    waiting: list[ExecutedCell] = []
    bare: list[ExecutedCell] = []
    for one in cells:
        if one.follows:
            bare += [prose for prose in waiting if _level(prose)]
            waiting = []
            continue
        level = _level(one)
        if level:
            bare = [heading for heading in bare if _level(heading) < level]
        if one.cell.kind == "markdown" and not one.not_collected:
            waiting.append(one)
            continue
        yield from (*bare, *waiting, one)
        bare, waiting = [], []
    yield from (*(heading for heading in bare if _level(heading) == 1), *waiting)


def _level(one: ExecutedCell) -> int:
    """Level of the heading with which a text cell begins; 0 where it begins otherwise."""
    if one.cell.kind != "markdown":
        return 0
    text = one.cell.source.lstrip()
    return len(text) - len(text.lstrip("#"))
