"""What a change by a few since an earlier report would follow from, in other rows and results.

A level whose count changed by a few would follow from its size and the other levels, and levels
that did not change at all would tell that none of the few is theirs. Events by the day of a window,
of which a rate is held back, would follow from a curve on that day and the size of its group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.differencing import Key
from rjeval.disclosure.nesting import is_total
from rjeval.disclosure.published import subject_of
from rjeval.results import BaselineTable, CountTable, Curves, FixedWindowRates, StageRates

#: Kinds of curves whose values are shares of people with, or without, the event.
SHARES = {"cumulative_incidence": 1.0, "survival": -1.0}
#: Events that the rounding of a curve's values may add to a change.
SLACK = 1.0


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


def near_rates(
    result: Curves, *, earlier: Mapping[Key, frozenset[float]], rule: DisclosureRule
) -> np.ndarray:
    """Boolean array: days of a curve that tell a change by a few of the events of a window.

    The events are those of a rate of the same definition in an earlier release, for groups of
    which the size has changed since.
    """
    frame = result.frame.reset_index(drop=True)
    mask = np.zeros(len(frame), dtype=bool)
    if result.kind not in SHARES or result.cause == "competing" or result.definition is None:
        return mask
    subject = _subject_of_rates(result)
    group = frame[result.by].astype(str) if result.by else pd.Series("", index=frame.index)
    sizes = result.groups.set_index(result.groups["group"].astype(str))["n"]
    for row in range(len(frame)):
        name = group.iloc[row]
        size = float(sizes.get(name, np.nan)) if result.by else float(sizes.sum())
        keys = [("at_days", f"{frame['time_days'].iloc[row]:g}")]
        cell = tuple(sorted([*keys, (result.by, name)] if result.by else keys))
        before = earlier.get((subject, "n_event", cell), frozenset())
        own = (f"{subject_of(result)}, groups", "n", (("group", name),))
        if not before or size in earlier.get(own, frozenset()):
            continue
        share = float(frame["estimate"].iloc[row])
        events = size * (share if SHARES[result.kind] > 0 else 1 - share)
        mask[row] = any(abs(events - one) < rule.min_cell + SLACK for one in before)
    return mask


def _subject_of_rates(result: Curves) -> str:
    """Return the subject under which rates of the same definition are published."""
    empty = pd.DataFrame()
    rates = FixedWindowRates(
        frame=empty, by=result.by, conf_level=result.conf_level, definition=result.definition
    )
    return subject_of(rates)


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
