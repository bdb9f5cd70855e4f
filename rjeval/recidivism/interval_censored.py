"""Curves where an event is known only to lie between two checks: Turnbull's estimator."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import ConvergenceError, EstimationError
from rjeval.language import mark
from rjeval.recidivism.known_times import BETWEEN_CHECKS, FOUND_LATE
from rjeval.recidivism.unpack import group_rows, require
from rjeval.results.survival import Curves

TOLERANCE = 1e-12
#: Gain per person from more mass anywhere below which the maximum is reached.
FLAT = 1e-9
NEWTON_STEPS, SHORTEST = 200, 1e-8
#: Weight of the masses' sum beside the people in the least-squares problem.
SUM_TO_ONE = 100.0
#: Of a bootstrap sample, whose own chance error is far larger.
ROUGH = 1e-6
MAX_ITERATIONS = 100_000
BETWEEN = mark("Events are known to lie between two checks (Turnbull's estimator).")
BEYOND = mark(
    "Some events were found by checks after the window and may have happened inside it: after the "
    "last day shown the curve is not determined."
)
FOUND = BETWEEN_CHECKS[1]


def interval_survival(
    outcome: TimeToEvent,
    *,
    last_clear: str = "last_clear_days",
    by: str | None = None,
    n_bootstrap: int = 0,
    seed: int = 1,
    conf_level: float = 0.95,
) -> Curves:
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
        used for people without event. ``measure_time_to_event`` makes it under
        ``times_known = "checks"``, with ``found_days`` beside it: there events found after the
        horizon lie in their intervals too, because leaving them out, or ending their follow-up at
        the last clear check, would take them for people without event.
    by : str, optional
        Column of groups; one curve labelled ``all`` (column ``group``) where not given.
    n_bootstrap : int
        Above 0: standard errors and percentile intervals of so many bootstrap samples of people.
    seed : int
        Of the bootstrap.
    conf_level : float

    Returns
    -------
    Curves
        One row per day, up to the horizon, at which the curve is known to have fallen so far;
        inside the interval before it the curve is not determined. Without bootstrap there are no
        standard errors (NaN). Equals ``survfit(Surv(type = "interval2"))`` in R at these days.

    Raises
    ------
    EstimationError
        Delayed entry, or a last clear check that is not before the event.

    References
    ----------
    Turnbull (1976), doi:10.1111/j.2517-6161.1976.tb01597.x; maximum by the constrained Newton
    method: Wang (2007), doi:10.1111/j.1467-9868.2007.00583.x.

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
    if rows.late:
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
    later = _found_later(outcome)[rows.kept]
    open_end = ~event & ~np.isnan(later)
    left[open_end], right[open_end] = clear[open_end], later[open_end]
    generator = np.random.default_rng(seed)
    blocks, sizes = [], []
    for g, label in enumerate(rows.labels):
        own = rows.code == g
        kinds, number = _distinct(left[own], right[own])
        ends, mass = turnbull(*kinds, weight=number)
        finite = ends <= outcome.horizon_days
        times = np.concatenate([[0.0], ends[finite]])
        survival = np.concatenate([[1.0], 1 - np.cumsum(mass[finite])])
        drawn = _resample(kinds, number, n_bootstrap=n_bootstrap, generator=generator)
        columns = {rows.column: label, **_counts(rows.time[own], times, event=event[own])}
        columns |= {"estimate": np.clip(survival, 0, 1), **_limits(drawn[:, finite], conf_level)}
        blocks.append(pd.DataFrame(columns))
        sizes.append((label, int(own.sum()), int((own & event).sum()), 0))
    return Curves(
        frame=pd.concat(blocks, ignore_index=True),
        kind="survival",
        by=rows.by,
        conf_level=conf_level,
        conf_type=mark("bootstrap percentiles") if n_bootstrap else "none",
        horizon_days=outcome.horizon_days,
        groups=pd.DataFrame(sizes, columns=["group", "n", "n_events", "n_competing"]),
        unit=outcome.unit,
        definition=outcome.definition,
        notes=(
            *(n for n in rows.notes if n != FOUND_LATE),
            BETWEEN,
            *((BEYOND,) if open_end.any() else ()),
        ),
    )


def _found_later(outcome: TimeToEvent) -> np.ndarray:
    """Return the day for which a check that found an event stands, missing where none is known."""
    known = outcome.definition
    if known.times_known != "checks" or FOUND not in outcome.frame:
        return np.full(len(outcome.frame), np.nan)
    delay = known.waiting_period_days + known.reporting_lag_days
    return outcome.frame[FOUND].to_numpy(dtype=float) - delay


def _counts(days: np.ndarray, times: np.ndarray, *, event: np.ndarray) -> dict[str, np.ndarray]:
    """Return people at risk at each time, and events found since the time before."""
    found = np.searchsorted(np.sort(days[event]), times, "right")
    none = np.zeros(times.size, dtype=int)
    return {
        "time_days": times,
        "n_at_risk": days.size - np.searchsorted(np.sort(days), times, "left"),
        "n_event": np.diff(found, prepend=0),
        "n_competing": none,
        "n_censored": none,
    }


def _distinct(
    left: np.ndarray, right: np.ndarray
) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
    """Return the distinct intervals, and how many people have each."""
    pairs, number = np.unique(np.stack([left, right]), axis=1, return_counts=True)
    return (pairs[0], pairs[1]), number.astype(float)


def _resample(
    kinds: tuple[np.ndarray, np.ndarray],
    number: np.ndarray,
    *,
    n_bootstrap: int,
    generator: np.random.Generator,
) -> np.ndarray:
    """Return survival at the ends of the innermost intervals in samples drawn with replacement."""
    people = int(number.sum())
    drawn = generator.multinomial(people, number / people, size=n_bootstrap).astype(float)
    curves = [1 - np.cumsum(turnbull(*kinds, weight=one, tolerance=ROUGH)[1]) for one in drawn]
    width = turnbull(*kinds, weight=number, tolerance=ROUGH)[0].size
    return np.array(curves).reshape(n_bootstrap, width)


def _limits(drawn: np.ndarray, conf_level: float) -> dict[str, np.ndarray]:
    """Return error and limits at day 0 and each end."""
    low = high = error = np.full(drawn.shape[1], np.nan)
    if len(drawn) > 1:
        low, high = np.quantile(drawn, [(1 - conf_level) / 2, (1 + conf_level) / 2], axis=0)
        error = drawn.std(axis=0, ddof=1)
    return {
        "std_error": np.concatenate([[0.0], error]),
        "conf_low": np.concatenate([[1.0], np.clip(low, 0, 1)]),
        "conf_high": np.concatenate([[1.0], np.clip(high, 0, 1)]),
    }


def turnbull(
    left: np.ndarray,
    right: np.ndarray,
    *,
    weight: np.ndarray | None = None,
    tolerance: float = TOLERANCE,
) -> tuple[np.ndarray, np.ndarray]:
    """Return ends of the innermost intervals and the mass in them, by self-consistency.

    People's events lie in ``(left, right]``; ``right`` is infinite for people without event;
    ``weight`` is how many people each row stands for, 1 where not given.
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
    people = np.ones(left.size) if weight is None else weight
    inside, people = inside[people > 0], people[people > 0]
    rough = _self_consistent(inside, people, tolerance=max(tolerance, ROUGH))
    return end, rough if tolerance >= ROUGH else _newton(inside, people, start=rough)


def _self_consistent(inside: np.ndarray, people: np.ndarray, *, tolerance: float) -> np.ndarray:
    """Return masses by Turnbull's own iteration, until no mass moves by the tolerance."""
    mass = np.full(inside.shape[1], 1 / inside.shape[1])
    for _ in range(MAX_ITERATIONS):
        share = inside * mass
        new = (people / share.sum(axis=1)) @ share / people.sum()
        if np.abs(new - mass).max() < tolerance:
            return np.asarray(new)
        mass = new
    raise ConvergenceError("Turnbull's estimator did not converge.", iterations=MAX_ITERATIONS)


def _newton(inside: np.ndarray, people: np.ndarray, *, start: np.ndarray) -> np.ndarray:
    """Return masses at the maximum: Newton steps over the masses that are not negative (Wang).

    Each step maximises the quadratic that touches the log-likelihood, a least-squares problem;
    the maximum is where no mass gains by growing. Self-consistency alone creeps up to it where
    masses vanish.
    """
    from scipy.optimize import nnls

    mass, total = start, people.sum()
    root = np.sqrt(people)
    for _ in range(NEWTON_STEPS):
        fitted = inside @ mass
        slope = inside / fitted[:, None]
        gain = people @ slope - total
        if gain.max() <= FLAT * total:
            return np.asarray(mass)
        whole = np.full((1, mass.size), SUM_TO_ONE * np.sqrt(total))
        target = np.append(2 * root, whole[0, 0])
        aim = nnls(np.concatenate([slope * root[:, None], whole]), target)[0]
        aim /= aim.sum()
        mass = _best_between(inside, people, mass, aim)
    raise ConvergenceError("Turnbull's estimator did not converge.", iterations=NEWTON_STEPS)


def _best_between(
    inside: np.ndarray, people: np.ndarray, mass: np.ndarray, aim: np.ndarray
) -> np.ndarray:
    """Return the first of ever shorter steps that raises the log-likelihood enough."""
    before = float(people @ np.log(inside @ mass))
    slope = float((people / (inside @ mass)) @ (inside @ (aim - mass)))
    step = 1.0
    while step > SHORTEST:
        there = mass + step * (aim - mass)
        with np.errstate(divide="ignore"):
            after = float(people @ np.log(inside @ there))
        if after >= before + step * slope / 3:
            return there
        step /= 2
    share = inside * mass
    return np.asarray((people / share.sum(axis=1)) @ share / people.sum())
