"""Rows that add up to a known sum: one that is held back takes others with it.

A level whose count changed by a few since an earlier report would follow from its size and the
other levels, and levels that did not change at all would tell that none of the few is theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from rjeval.disclosure.nesting import is_total
from rjeval.results import BaselineTable, CountTable, StageRates


def with_partners(result: Any, mask: np.ndarray, *, near: np.ndarray) -> np.ndarray:
    """Return the rows to hold back, with those from which they would follow.

    Parameters
    ----------
    result : Result
        As released.
    mask : ndarray of bool
        Rows that changed by a few.
    near : ndarray of bool
        Rows that changed by fewer than the threshold, or not at all.
    """
    held = mask.copy()
    while True:
        before = held.copy()
        for block in _blocks(result):
            if not held[block].any():
                continue
            held[block] |= near[block]
            size = result.frame.iloc[block].filter(regex=r"^n(?:_|$)").sum(axis=1).to_numpy()
            free = ~held[block] & (size > 0)
            if held[block].sum() < 2 and free.any():
                held[block[np.flatnonzero(free)[np.argmin(size[free])]]] = True
        if (held == before).all():
            return held


def _blocks(result: Any) -> Iterator[np.ndarray]:
    """Yield the places of rows whose counts add up to a sum that is known from elsewhere."""
    frame = result.frame.reset_index(drop=True)
    if isinstance(result, BaselineTable):
        inner = frame[frame["kind"] == "count"]
        yield from _by(inner, ["variable"])
    elif isinstance(result, StageRates) and result.by:
        yield from _by(frame, ["stage"])
    elif isinstance(result, CountTable):
        names = list(result.dimensions)
        inner = frame[~frame[names].astype(str).map(is_total).any(axis=1)]
        for name in names:
            yield from _by(inner, [one for one in names if one != name])


def _by(frame: pd.DataFrame, keys: list[str]) -> Iterator[np.ndarray]:
    groups = frame.groupby(keys, observed=True) if keys else [((), frame)]
    yield from (block.index.to_numpy() for _, block in groups)
