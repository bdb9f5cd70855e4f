"""Kaplan-Meier from counts: estimate, Greenwood standard error, intervals, area under the curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rjeval.errors import EstimationError
from rjeval.recidivism.day_axis import count_by_day
from rjeval.recidivism.normal import z_quantile

CONF_TYPES = ("log-log", "log", "plain")


def kaplan_meier_estimate(
    n_at_risk: np.ndarray, n_event: np.ndarray, *, blocks: Sequence[slice] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Return survival and the standard error of its logarithm (Greenwood), along the last axis.

    ``blocks`` are the places of several curves that lie one after the other.
    Where everybody at risk has the event, survival is 0 and the standard error infinite.

    Examples
    --------
    >>> s, _ = kaplan_meier_estimate(np.array([4, 2]), np.array([1, 1]))
    >>> s.tolist()
    [0.75, 0.375]
    """
    at_risk = n_at_risk.astype(float)
    np.copyto(at_risk, 1.0, where=at_risk <= 0)  # nobody is there to have an event
    events = n_event.astype(float)
    step = 1 - events / at_risk
    with np.errstate(divide="ignore", invalid="ignore"):
        term = events / (at_risk * (at_risk - events))
    if not blocks:
        return np.cumprod(step, axis=-1), np.sqrt(np.cumsum(term, axis=-1))
    for block in blocks:
        np.multiply.accumulate(step[block], out=step[block])
        np.add.accumulate(term[block], out=term[block])
    return step, np.sqrt(term, out=term)


def survival_interval(
    estimate: np.ndarray, log_error: np.ndarray, *, conf_type: str, conf_level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return pointwise limits of a survival probability, as R's ``survfit``.

    A curve that is still at 1 has the limits 1 and 1; one that is at 0 has none (NaN).
    """
    z = z_quantile(conf_level)
    if conf_type not in CONF_TYPES:
        raise EstimationError(
            f"conf_type must be one of {', '.join(CONF_TYPES)}, not '{conf_type}'."
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        if conf_type == "plain":
            width = z * log_error * estimate
            low, high = estimate - width, estimate + width
        elif conf_type == "log":
            low = estimate * np.exp(-z * log_error)
            high = estimate * np.exp(z * log_error)
        else:
            log_estimate = np.log(estimate)
            stretch = np.exp(z * log_error / log_estimate)
            low = np.exp(log_estimate / stretch)
            high = np.exp(log_estimate * stretch)
    sure, none = estimate >= 1, estimate <= 0
    for limit in (low, high):
        if conf_type != "log-log":  # whose limits are probabilities by themselves
            np.clip(limit, 0.0, 1.0, out=limit)
        np.copyto(limit, 1.0, where=sure)
        np.copyto(limit, np.nan, where=none)
    return low, high


def restricted_area(
    times: np.ndarray, n_at_risk: np.ndarray, n_event: np.ndarray, *, horizon: float
) -> tuple[float, float]:
    """Return the area under one Kaplan-Meier curve up to ``horizon`` and its standard error.

    The variance is Greenwood's, as printed by R's ``survfit``: the sum over event times of
    ``A(t)^2 d / (n (n - d))``, where ``A(t)`` is the area from ``t`` to the horizon. A last
    risk set in which everybody has the event adds nothing.

    Examples
    --------
    >>> area, _ = restricted_area(
    ...     np.array([1.0, 3.0]), np.array([2, 1]), np.array([1, 1]), horizon=4.0
    ... )
    >>> area
    2.0
    """
    inside = times <= horizon
    t, n, d = times[inside], n_at_risk[inside].astype(float), n_event[inside]
    survival, _ = kaplan_meier_estimate(n, d)
    edges = np.concatenate([[0.0], t, [horizon]])
    pieces = np.concatenate([[1.0], survival]) * np.diff(edges)
    after = np.cumsum(pieces[::-1])[::-1][1:]
    left = n - d
    with np.errstate(divide="ignore", invalid="ignore"):
        term = np.where(left > 0, after**2 * d / (n * left), 0.0)
    return float(pieces.sum()), float(np.sqrt(term.sum()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """Survival of one group at one time; ``beyond`` where nobody was followed that long."""

    n_event: int
    survival: float
    std_error: float
    beyond: bool


def survival_at(
    time: np.ndarray,
    event: np.ndarray,
    *,
    group: np.ndarray,
    n_groups: int,
    entry: np.ndarray,
    at: float,
) -> list[Milestone]:
    """Return Kaplan-Meier of each group at one time, events on that very day included."""
    counts = count_by_day(time, event.astype(np.intp), group=group, n_groups=n_groups, entry=entry)
    survival, log_error = kaplan_meier_estimate(counts.n_at_risk, counts.n_event)
    upto = int(np.searchsorted(counts.times, at, side="right"))
    last = np.zeros(n_groups)
    np.maximum.at(last, group, time)
    result = []
    for g in range(n_groups):
        s = float(survival[g, upto - 1]) if upto else 1.0
        error = float(log_error[g, upto - 1]) if upto else 0.0
        result.append(
            Milestone(
                n_event=int(counts.n_event[g, :upto].sum()),
                survival=s,
                std_error=s * error if s > 0 else float("nan"),
                beyond=bool(last[g] < at and s > 0),
            )
        )
    return result
