"""Who is at risk at which event time, as two positions per row: the shape that Cox needs."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from rjeval.recidivism.day_axis import LONGEST_DIRECT_AXIS, whole_days
from rjeval.recidivism.tie_series import TieScalars, TieSeries

#: Events per event time from which their ties are summed as a series, where weights are 1.
MANY_TIED = 20
#: Products of rows and columns that are summed together: as many as stay in the cache.
TOGETHER = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RiskSets:
    """Rows of a Cox model laid on the axis of event times, stratum after stratum.

    Rows are put in a new order: those with an event first, by their event time, then all others
    by their exit. Row ``i`` of the new order is at risk at the event times
    ``first[i] <= g < after[i]``; ``first`` is ``None`` where everybody is at risk from the first
    event time of a single stratum.

    Parameters
    ----------
    order : ndarray of int, shape (n,)
        Position in the data of each row of the new order.
    times : ndarray of shape (D,)
        Event time of each position ``g``.
    event_at : ndarray of int, shape (m,)
        ``g`` of the first ``m`` rows, which have an event.
    n_tied : ndarray of shape (D,)
        Events at each ``g``.
    starts : ndarray of int, shape (D,)
        First row of each ``g`` among the events.
    weight : ndarray of shape (n,)
    left_at, left_starts : ndarray of int
        The values of ``after`` that occur among rows without an event, and the first such row
        of each, counted from ``m``.
    series : TieSeries, optional
        Power sums of the ties, where they are many and nobody is weighted.
    """

    order: np.ndarray
    times: np.ndarray
    first: np.ndarray | None
    after: np.ndarray
    event_at: np.ndarray
    n_tied: np.ndarray
    starts: np.ndarray
    weight: np.ndarray
    left_at: np.ndarray
    left_starts: np.ndarray
    series: TieSeries | None = None

    @property
    def n_events(self) -> int:
        """Rows with an event."""
        return self.event_at.size

    def in_data_order(self, values: np.ndarray) -> np.ndarray:
        """Return values of the new order in the order of the data."""
        result = np.empty_like(values)
        result[self.order] = values
        return result

    def sum_at_risk(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return, for each event time, the sum over the rows at risk and over the events.

        Rows run along the last axis; times do in what is returned.
        """
        size, m = self.times.size, self.n_events
        of_events, left = self.sum_events(values[..., :m]), None
        if self.left_at.size:
            left = np.add.reduceat(values[..., m:], self.left_starts, axis=-1)
        total = self._accumulate(of_events, left)
        if self.first is not None:
            later = np.bincount(self.first, weights=values.ravel(), minlength=size + 1)
            total = total - np.cumsum(later[::-1])[::-1][1:]
        return total, of_events

    def _accumulate(self, of_events: np.ndarray, left: np.ndarray | None) -> np.ndarray:
        """Return the sums over all who leave at or after each event time."""
        total = np.zeros((*of_events.shape[:-1], self.times.size + 1))
        if left is not None:
            total[..., self.left_at] = left
        return np.asarray(np.cumsum((total[..., 1:] + of_events)[..., ::-1], axis=-1)[..., ::-1])

    def sums_at_risk(self, risk: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the same of ``risk`` times each column; shape (times, columns)."""
        if self.first is not None:
            pairs = [self.sum_at_risk(risk * column) for column in columns]
            at_risk, of_events = (np.array(part) for part in zip(*pairs, strict=True))
            return at_risk.T, of_events.T
        m = self.n_events
        of_events, left = product_sums(risk[:m], columns[:, :m], starts=self.starts), None
        if self.left_at.size:
            left = product_sums(risk[m:], columns[:, m:], starts=self.left_starts)
        return self._accumulate(of_events, left).T, of_events.T

    def observed(self, columns: np.ndarray) -> np.ndarray:
        """Return the weighted sums of each column over the events of each time."""
        m = self.n_events
        parts = [self.sum_events(self.weight[:m] * column[:m]) for column in columns]
        return np.array(parts).T

    def observed_total(self, values: np.ndarray) -> float:
        """Return the weighted sum over all events."""
        m = self.n_events
        return float(self.weight[:m] @ values[:m])

    def tie_scalars(self, s0: np.ndarray, e0: np.ndarray, *, ties: str) -> TieScalars:
        """Return the sums over tied events at risk sums ``s0`` and event sums ``e0``."""
        if self.series is not None:
            return self.series.scalars(s0, e0, efron=ties == "efron")
        at = self.event_at
        mean_weight, fraction = tie_terms(self, ties)
        reduced = s0[at] - fraction * e0[at]
        once = mean_weight / reduced
        twice = once / reduced
        return TieScalars(
            k1=self.sum_events(once),
            k2=self.sum_events(fraction * once),
            k3=self.sum_events(twice),
            k4=self.sum_events(fraction * twice),
            k5=self.sum_events(fraction**2 * twice),
            log=float(mean_weight @ np.log(reduced)),
        )

    def take_from_events(self, values: np.ndarray, per_time: np.ndarray) -> None:
        """Subtract in place, from each row with an event, ``per_time`` at its time."""
        values[: self.n_events] -= per_time[self.event_at]

    def sum_events(self, values: np.ndarray) -> np.ndarray:
        """Return, for each event time, the sum of ``values`` over its events."""
        return np.add.reduceat(values, self.starts, axis=-1)

    def spread_over_rows(self, per_time: np.ndarray) -> np.ndarray:
        """Return, for each row, the sum of ``per_time`` over the times at which it is at risk."""
        running = np.concatenate([[0.0], np.cumsum(per_time)])
        if self.first is None:
            return running[self.after]
        return running[self.after] - running[self.first]


def product_sums(risk: np.ndarray, columns: np.ndarray, *, starts: np.ndarray) -> np.ndarray:
    """Return sums of ``risk`` times each column over segments of rows, block by block.

    ``starts`` are the first rows of the segments, in increasing order from 0.

    Examples
    --------
    >>> columns = np.array([[1.0, 2.0, 3.0], [1.0, 0.0, 1.0]])
    >>> product_sums(np.array([1.0, 1.0, 2.0]), columns, starts=np.array([0, 2])).tolist()
    [[3.0, 6.0], [1.0, 2.0]]
    """
    sums = np.empty((len(columns), starts.size))
    together = max(1, TOGETHER // max(len(columns), 1))
    cuts = np.unique(np.searchsorted(starts, np.arange(0, risk.size, together)))
    edges = np.append(starts, risk.size)
    for a, b in itertools.pairwise([*cuts.tolist(), starts.size]):
        if a < b:
            rows = slice(edges[a], edges[b])
            product = columns[:, rows] * risk[rows]
            sums[:, a:b] = np.add.reduceat(product, starts[a:b] - edges[a], axis=1)
    return sums


def tie_terms(sets: RiskSets, ties: str) -> tuple[np.ndarray, np.ndarray]:
    """Return, for each event, the mean weight of those tied with it and its share ``l/d``."""
    at, m = sets.event_at, sets.n_events
    mean_weight = (sets.sum_events(sets.weight[:m]) / sets.n_tied)[at]
    if ties != "efron":
        return mean_weight, np.zeros(m)
    return mean_weight, (np.arange(m) - sets.starts[at]) / sets.n_tied[at]


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
    axis, upto = _event_axis(time, event)
    size = axis.size
    n_strata = 1 if stratum is None else int(stratum.max()) + 1
    base = 0 if stratum is None else stratum * size
    key = _narrow(upto if stratum is None else base + upto, n_strata * size + 1)
    event_rows, others = np.flatnonzero(event), np.flatnonzero(~event)
    event_rows = event_rows[stable_order(key[event_rows])]
    others = others[stable_order(key[others])]
    tied = np.bincount(key[event_rows], minlength=n_strata * size + 1)[1:]
    present = tied > 0
    position = np.concatenate([[0], np.cumsum(present)])
    n_tied = tied[present]
    event_at = np.repeat(np.arange(n_tied.size), n_tied)
    gone = position[key[others]]
    n_left = np.bincount(gone, minlength=n_tied.size + 1)
    left_at = np.flatnonzero(n_left)
    order = np.concatenate([event_rows, others])
    first = None
    delayed = entry is not None and bool(entry.max() > 0)
    if delayed or stratum is not None:
        start = count_up_to(axis, entry) if delayed and entry is not None else 0
        first = position[base + start][order]
    many = weight is None and event_rows.size > MANY_TIED * max(n_tied.size, 1)
    return RiskSets(
        order=order,
        times=np.tile(axis, n_strata)[present],
        first=first,
        after=np.concatenate([event_at + 1, gone]),
        event_at=event_at,
        n_tied=n_tied,
        starts=np.cumsum(n_tied) - n_tied,
        weight=np.ones(n) if weight is None else weight[order],
        left_at=left_at,
        left_starts=(np.cumsum(n_left) - n_left)[left_at],
        series=TieSeries.of(n_tied) if many else None,
    )


def stable_order(key: np.ndarray) -> np.ndarray:
    """Return the stable sorting order of whole numbers from 0, two bytes at a time.

    Examples
    --------
    >>> stable_order(np.array([70_000, 3, 70_000, 65_539])).tolist()
    [1, 3, 0, 2]
    """
    top = int(key.max(initial=0))
    order = np.argsort(key.astype(np.uint16), kind="stable")
    shift = 16
    while top >> shift:
        order = order[np.argsort((key >> shift).astype(np.uint16)[order], kind="stable")]
        shift += 16
    return order


def _event_axis(time: np.ndarray, event: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct event times, and how many of them are at or before each exit."""
    days = whole_days(time)
    if days is None:
        axis = np.unique(time[event])
        return axis, np.searchsorted(axis, time, side="right")
    seen = np.bincount(days[event], minlength=int(days.max()) + 1) > 0
    return np.flatnonzero(seen).astype(float), _narrow(np.cumsum(seen), seen.size + 1)[days]


def _narrow(values: np.ndarray, size: int) -> np.ndarray:
    """Return whole numbers below ``size`` in the narrowest integers: these are sorted quickly."""
    return values.astype(np.min_scalar_type(size), copy=False)


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
