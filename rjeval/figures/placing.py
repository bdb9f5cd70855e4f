"""Where text goes: measured widths, wrapped lines, labels that keep apart."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties

T = TypeVar("T")
POINTS_PER_INCH = 72.0
LINE_SPACING = 1.25
_SWATCH_PT = 36.0


@lru_cache(maxsize=1)
def _ruler() -> RendererAgg:
    return RendererAgg(1, 1, POINTS_PER_INCH)


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Return the width of one line of text, in points."""
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    width, _, _ = _ruler().get_text_width_height_descent(text, font, ismath=False)
    return float(width)


def text_height(text: str, size: float) -> float:
    """Return the height of wrapped text, in points."""
    return (text.count("\n") + 1) * size * LINE_SPACING


def wrap(text: str, width: float, *, size: float, weight: str = "normal") -> str:
    """Break text into lines no wider than ``width`` points; a longer word is cut.

    Lines break at spaces, never at no-break spaces.
    """
    lines = [""]
    for word in filter(None, text.replace("\n", " ").split(" ")):
        for piece in _cut(word, width, size=size, weight=weight):
            longer = f"{lines[-1]} {piece}".strip()
            if text_width(longer, size, weight) <= width or not lines[-1]:
                lines[-1] = longer
            else:
                lines.append(piece)
    return "\n".join(lines)


def _cut(word: str, width: float, *, size: float, weight: str) -> list[str]:
    pieces = [word]
    while text_width(pieces[-1], size, weight) > width and len(pieces[-1]) > 1:
        last = pieces.pop()
        fits = max(
            1, sum(text_width(last[: i + 1], size, weight) <= width for i in range(len(last)))
        )
        pieces += [last[:fits], last[fits:]]
    return [piece for piece in pieces if piece]


def key_columns(names: Sequence[str], *, size: float, width: float) -> int:
    """Return how many entries of a key fit side by side into ``width`` points.

    Columns are as wide as their longest name, with room for the swatch; at least one.
    """
    widest = max((text_width(line, size) for name in names for line in name.split("\n")), default=0)
    return max(1, min(len(names), int(width // (widest + _SWATCH_PT))))


def row_by_row(entries: Sequence[T], columns: int) -> list[T]:
    """Return entries of a key so that they read row by row; matplotlib fills column by column.

    Examples
    --------
    >>> row_by_row(["1", "2", "3", "4", "5"], 3)
    ['1', '4', '2', '5', '3']
    """
    return [one for first in range(columns) for one in entries[first::columns]]


def spread(centres: list[float], heights: list[float], *, low: float, high: float) -> list[float]:
    """Move label centres as little as possible so that no two labels overlap.

    Labels keep their order; the block stays inside ``low`` to ``high`` where it fits, and is
    centred there where it does not.

    Examples
    --------
    >>> spread([10.0, 12.0], [10.0, 10.0], low=0, high=100)
    [6.0, 16.0]
    """
    order = sorted(range(len(centres)), key=lambda i: centres[i])
    blocks: list[list[float]] = []  # each: sum of wanted starts, size, height of the block
    for i in order:
        blocks.append([centres[i] - heights[i] / 2, 1, heights[i]])
        while len(blocks) > 1 and _start(blocks[-2], low, high) + blocks[-2][2] > _start(
            blocks[-1], low, high
        ):
            above = blocks.pop()
            below = blocks[-1]
            wanted = above[0] - above[1] * below[2]
            blocks[-1] = [below[0] + wanted, below[1] + above[1], below[2] + above[2]]
    starts: list[float] = []
    position = iter(order)
    for block in blocks:
        at = _start(block, low, high)
        for _ in range(int(block[1])):
            starts.append(at)
            at += heights[next(position)]
    placed = np.empty(len(centres))
    for i, at in zip(order, starts, strict=True):
        placed[i] = at + heights[i] / 2
    return [float(value) for value in placed]


def _start(block: list[float], low: float, high: float) -> float:
    total, count, height = block
    if height > high - low:
        return (low + high - height) / 2
    return min(max(total / count, low), high - height)
