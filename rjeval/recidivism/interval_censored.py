"""Curves where an event is known only to lie between two checks: Turnbull's estimator."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import ConvergenceError, EstimationError
from rjeval.recidivism.unpack import group_rows, require
from rjeval.results.survival import Curves

TOLERANCE = 1e-12
MAX_ITERATIONS = 100_000


def interval_survival(outcome: TimeToEvent, *, last_clear: str, by: str | None = None) -> Curves:
    """Estimate the probability of no reoffence where only checks tell when it was.

    Kaplan-Meier would put each event on the day of the check that found it, which is too late;
    here it may lie anywhere after the last check without it (Turnbull 1976).

    Parameters
    ----------
    outcome : TimeToEvent
        ``time_days`` is the day of the check that found the event, or of the last check of people
        without event. Without delayed entry.
    last_clear : str
        Column with the day of the last check before the event (0 where there was none); not
        used for people without event.
    by : str, optional
        Column of groups; one curve labelled ``all`` (column ``group``) where not given.

    Returns
    -------
    Curves
        One row per day at which the curve is known to have fallen so far; inside the interval
        before it the curve is not determined. Without standard errors (NaN): bootstrap people if
        an interval is needed. Equals ``survfit(Surv(type = "interval2"))`` in R at these days.

    Raises
    ------
    EstimationError
        Delayed entry, or a last clear check that is not before the event.

    References
    ----------
    Turnbull (1976), doi:10.1111/j.2517-6161.1976.tb01597.x.

    Examples
    --------
    >>> import rjeval as rj
    >>> people = pd.DataFrame(
    ...     {"found": [90, 180, 180, 90], "new": [1, 1, 0, 0], "clear": [0, 90, 0, 0]}
    ... )
    >>> outcome = rj.time_to_event(people, time="found", event="new", covariates=["clear"])
    >>> rj.interval_survival(outcome, last_clear="clear").frame["estimate"].round(3).tolist()
    [1.0, 0.75, 0.375]
    """
    rows = group_rows(outcome, by)
    if (rows.entry > 0).any():
        raise EstimationError("The estimator for checks does not allow delayed entry.")
    clear = require(outcome.frame, last_clear).to_numpy(dtype=float)[rows.kept]
    event = rows.kind == 1
    bad = int((event & ~((clear >= 0) & (clear < rows.time))).sum())
    if bad:
        raise EstimationError(
            f"In {bad} of {int(event.sum())} events {last_clear} is not a day before time_days."
        )
    left = np.where(event, clear, rows.time)
    right = np.where(event, rows.time, np.inf)
    blocks, sizes = [], []
    for g, label in enumerate(rows.labels):
        own = rows.code == g
        ends, mass = turnbull(left[own], right[own])
        finite = np.isfinite(ends)
        times = np.concatenate([[0.0], ends[finite]])
        survival = np.concatenate([[1.0], 1 - np.cumsum(mass[finite])])
        found = rows.time[own & event]
        blocks.append(
            pd.DataFrame(
                {
                    rows.column: label,
                    "time_days": times,
                    "n_at_risk": [int((rows.time[own] >= day).sum()) for day in times],
                    "n_event": np.diff(np.searchsorted(np.sort(found), times, "right"), prepend=0),
                    "n_competing": 0,
                    "n_censored": 0,
                    "estimate": np.clip(survival, 0, 1),
                    "std_error": np.nan,
                    "conf_low": np.nan,
                    "conf_high": np.nan,
                }
            )
        )
        sizes.append((label, int(own.sum()), int((own & event).sum()), 0))
    return Curves(
        frame=pd.concat(blocks, ignore_index=True),
        kind="survival",
        by=rows.by,
        conf_level=0.95,
        conf_type="none",
        horizon_days=outcome.horizon_days,
        groups=pd.DataFrame(sizes, columns=["group", "n", "n_events", "n_competing"]),
        unit=outcome.unit,
        definition=outcome.definition,
        notes=(*rows.notes, "Events are known to lie between two checks (Turnbull's estimator)."),
    )


def turnbull(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return ends of the innermost intervals and the mass in them, by self-consistency.

    People's events lie in ``(left, right]``; ``right`` is infinite for people without event.
    """
    points = np.unique(np.concatenate([left, right]))
    is_left, is_right = np.isin(points, left), np.isin(points, right)
    starts, ends = [], []
    last_left = -1.0
    for point, opens, closes in zip(points, is_left, is_right, strict=True):
        if closes and last_left >= 0:
            starts.append(last_left)
            ends.append(point)
            last_left = -1.0
        if opens:
            last_left = point
    begin, end = np.array(starts), np.array(ends)
    inside = ((left[:, None] <= begin) & (end <= right[:, None])).astype(float)
    mass = np.full(begin.size, 1 / begin.size)
    for _ in range(MAX_ITERATIONS):
        share = inside * mass
        new = (share / share.sum(axis=1, keepdims=True)).mean(axis=0)
        if np.abs(new - mass).max() < TOLERANCE:
            return end, new
        mass = new
    raise ConvergenceError("Turnbull's estimator did not converge.", iterations=MAX_ITERATIONS)
