"""The ordered categories of a rating: their looks, their shares, and where they divide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

_LOW = ("#b3420a", "#e8935a", "#f3c9a8")
_HIGH = ("#14406b", "#6c9bc6", "#bcd4e8")
_MIDDLE = "#dcdcdc"
_HATCHES = ("////", "//", "")


def sides(k: int, top: int) -> tuple[int, int]:
    """Return how many categories lie left of the line, and whether one lies across it.

    A middle category lies across the line only where it is one: an odd number of categories
    and the middle not among the top ones. Merged scales divide below the top categories.
    """
    if k % 2 and top <= k // 2:
        return k // 2, 1
    return k - top, 0


def level_looks(k: int, top: int) -> list[tuple[str, str]]:
    """Return colour and hatch of each of ``k`` ordered categories, worst first."""
    n_low, n_middle = sides(k, top)
    last = len(_LOW) - 1
    low = [(_LOW[min(i, last)], _HATCHES[min(i, last)]) for i in range(n_low)]
    n_high = k - n_low - n_middle
    high = [(_HIGH[min(n_high - 1 - i, len(_HIGH) - 1)], "") for i in range(n_high)]
    return [*low, *([(_MIDDLE, "")] * n_middle), *high]


def level_shares(row: Mapping[Any, Any], k: int) -> np.ndarray:
    """Return the share of each category in the answers of one row; NaN where hidden."""
    counts = np.array([row.get(f"n_level_{i + 1}", np.nan) for i in range(k)], dtype=float)
    whole = counts.sum()
    return counts / whole if whole > 0 else np.full(k, np.nan)


def share_below(parts: np.ndarray, top: int) -> float:
    """Return the share that lies left of the line: low categories and half of a middle one."""
    n_low, n_middle = sides(len(parts), top)
    return float(parts[:n_low].sum() + parts[n_low : n_low + n_middle].sum() / 2)
