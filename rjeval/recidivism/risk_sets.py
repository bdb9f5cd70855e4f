"""Who is at risk at which event time, as two positions per row: the shape that Cox needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rjeval.recidivism.day_axis import LONGEST_DIRECT_AXIS


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RiskSets:
    """Rows of a Cox model laid on the axis of event times, stratum after stratum.

    Row ``i`` is at risk at the event times ``first[i] <= g < after[i]``; ``first`` is ``None``
    where everybody is at risk from the first event time of a single stratum.

    Parameters
    ----------
    times : ndarray of shape (D,)
        Event time of each position ``g``.
    event_rows, event_at : ndarray of shape (m,)
        Rows with an event, ordered by ``g``, and their ``g``.
    n_tied : ndarray of shape (D,)
        Events at each ``g``.
    weight : ndarray of shape (n,)
    """

    times: np.ndarray
    first: np.ndarray | None
    after: np.ndarray
    event_rows: np.ndarray
    event_at: np.ndarray
    n_tied: np.ndarray
    weight: np.ndarray

    def sum_at_risk(self, values: np.ndarray) -> np.ndarray:
        """Return, for each event time, the sum of ``values`` over the rows at risk."""
        size = self.times.size
        total = np.bincount(self.after, weights=values, minlength=size + 1)
        total = np.cumsum(total[::-1])[::-1][1:]
        if self.first is None:
            return total
        later = np.bincount(self.first, weights=values, minlength=size + 1)
        return total - np.cumsum(later[::-1])[::-1][1:]

    def sum_events(self, values: np.ndarray) -> np.ndarray:
        """Return, for each event time, the sum of ``values`` over the events (in their order)."""
        return np.bincount(self.event_at, weights=values, minlength=self.times.size)

    def spread_over_rows(self, per_time: np.ndarray) -> np.ndarray:
        """Return, for each row, the sum of ``per_time`` over the times at which it is at risk."""
        running = np.concatenate([[0.0], np.cumsum(per_time)])
        if self.first is None:
            return running[self.after]
        return running[self.after] - running[self.first]


def lay_out(
    time: np.ndarray,
    event: np.ndarray,
    *,
    entry: np.ndarray | None = None,
    stratum: np.ndarray | None = None,
    weight: np.ndarray | None = None,
) -> RiskSets:
    """Return the risk sets of rows with exit ``time``, delayed ``entry`` and ``stratum`` code."""
    n = time.size
    axis = np.unique(time[event])
    size = axis.size
    upto = count_up_to(axis, time)
    base = np.zeros(n, dtype=np.intp) if stratum is None else stratum * size
    n_strata = 1 if stratum is None else int(stratum.max()) + 1
    event_rows = np.flatnonzero(event)
    key = base[event_rows] + upto[event_rows] - 1
    present = np.bincount(key, minlength=n_strata * size) > 0
    position = np.concatenate([[0], np.cumsum(present)])
    order = np.argsort(key, kind="stable")
    event_rows, event_at = event_rows[order], position[key[order]]
    delayed = entry is not None and bool((entry > 0).any())
    first = None
    if delayed or stratum is not None:
        start = count_up_to(axis, entry) if delayed and entry is not None else 0
        first = position[base + start]
    return RiskSets(
        times=np.tile(axis, n_strata)[present],
        first=first,
        after=position[base + upto],
        event_rows=event_rows,
        event_at=event_at,
        n_tied=np.bincount(event_at, minlength=int(position[-1])),
        weight=np.ones(n) if weight is None else weight,
    )


def count_up_to(axis: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return how many points of a sorted axis are at or below each value.

    Examples
    --------
    >>> count_up_to(np.array([2.0, 5.0]), np.array([1.0, 2.0, 9.0])).tolist()
    [0, 1, 2]
    """
    top = max(float(axis[-1]) if axis.size else 0.0, float(values.max()))
    if 0 <= top < LONGEST_DIRECT_AXIS and values.min() >= 0:
        whole = values.astype(np.intp)
        points = axis.astype(np.intp)
        if np.array_equal(points, axis):
            marks = np.bincount(points, minlength=int(top) + 1)
            return np.asarray(np.cumsum(marks)[whole])
    return np.searchsorted(axis, values, side="right")
