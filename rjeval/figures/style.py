"""The one look of rjeval's figures: safe for colour-blind readers, for grey print and for paper.

Series differ by colour *and* by line, marker and hatch, so that a photocopy can be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib.style

#: The house style as a file that ``matplotlib.style.use`` takes.
STYLE_FILE = Path(__file__).with_name("rjeval.mplstyle")

WIDTH_IN = 6.5
SMALL_PT = 8.0
TEXT_PT = 8.5
TITLE_PT = 10.0

INK = "#1a1a1a"
QUIET = "#4d4d4d"
RULE = "#d9d9d9"
PAPER = "#ffffff"
MARK = "#a11212"


@dataclass(frozen=True, slots=True)
class SeriesStyle:
    """How one group looks, in colour and in grey."""

    colour: str
    line: Any
    marker: str
    hatch: str


SERIES = (
    SeriesStyle("#14406b", "solid", "o", ""),
    SeriesStyle("#b84a14", (0, (5, 1.8)), "s", "////"),
    SeriesStyle("#17756a", (0, (1.2, 1.4)), "^", "...."),
    SeriesStyle("#7d57b3", (0, (7, 1.8, 1.4, 1.8)), "D", "xxxx"),
    SeriesStyle("#000000", (0, (3, 1, 1, 1, 1, 1)), "v", "----"),
    SeriesStyle("#757575", (0, (9, 3)), "P", "||||"),
)


def series_style(position: int, count: int) -> SeriesStyle:
    """Return the look of the group at a position, or refuse more groups than can be told apart."""
    if count > len(SERIES):
        raise ValueError(
            f"{count} groups were to be drawn; up to {len(SERIES)} can be told apart. "
            "Draw fewer groups, or use the table."
        )
    return SERIES[position]


@contextmanager
def house_style() -> Iterator[None]:
    """Apply the house style inside the block, and leave the user's settings as they were."""
    with matplotlib.style.context(["default", STYLE_FILE]):
        yield
