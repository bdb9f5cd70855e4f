"""Executed cells as a reader meets them: nothing leads in to what is not there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rjeval.report.execution import ExecutedCell
from rjeval.report.left_out import heading_level


def told_cells(cells: Sequence[ExecutedCell]) -> Iterator[ExecutedCell]:
    """Leave out cells that follow a refused one, words that lead in to them, and bare headings.

    Cells for which the study lacks data stay: they become notes of their own.
    """
    waiting: list[ExecutedCell] = []
    bare: list[ExecutedCell] = []
    for one in cells:
        if one.follows:
            bare += [prose for prose in waiting if heading_level(prose)]
            waiting = []
            continue
        level = heading_level(one)
        if level:
            bare = [heading for heading in bare if heading_level(heading) < level]
        if one.cell.kind == "markdown" and not one.not_collected:
            waiting.append(one)
            continue
        yield from (*bare, *waiting, one)
        bare, waiting = [], []
    yield from (*(heading for heading in bare if heading_level(heading) == 1), *waiting)
