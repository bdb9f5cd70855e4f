"""Discrete-time hazards by the complementary log-log link, for events known by check dates only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError, GuardError
from rjeval.language import mark, note
from rjeval.recidivism.cox_estimates import estimate_frame
from rjeval.recidivism.guards import MAX_DROPPED
from rjeval.recidivism.known_times import BETWEEN_CHECKS
from rjeval.recidivism.model_rows import (
    ModelRows,
    arm_counts,
    judge_clusters,
    judge_events,
    level_counts,
    unpack_model,
)
from rjeval.recidivism.separation import without_estimate
from rjeval.results.models import ModelEstimates

TOLERANCE = 1e-11
#: A term that still moves by this much in the last step has no finite estimate.
STILL_MOVING = 1e-3
MAX_ITERATIONS = 50
#: Share of the people found above which a model of those found within the window is refused.
MAX_FOUND_LATE = 0.10
FOUND_AFTER = mark(
    "People first found by a check after the window, who count up to their last check without an "
    "event: {n}; hazards of the last periods may be too low."
)


def grouped_time_regression(
    outcome: TimeToEvent,
    formula: str,
    *,
    period_ends: Sequence[float],
    cluster: str | None = None,
    max_dropped: float = MAX_DROPPED,
    conf_level: float = 0.95,
) -> ModelEstimates:
    """Estimate log hazard ratios where events are known only by the check that found them.

    Follow-up is cut into periods between checks; each person counts once in each period that he
    or she was seen through. With the complementary log-log link coefficients are those of
    proportional hazards in continuous time (Prentice and Gloeckler), so they are no worse for
    not knowing the day.

    Parameters
    ----------
    outcome : TimeToEvent
        Times of events are those of the checks; without delayed entry.
    formula : str
    period_ends : sequence of numbers
        Days of the checks, the same for all. An event belongs to the period in which it was
        found; a person who left inside a period counts up to the period before. Of a person
        first found by a check after the window (``found_days`` of a study with ``times_known =
        "checks"``) the periods after the last check without an event are not known: he or she
        counts up to that check, and a note says how many do.
    cluster : str, optional
        Column whose values share a case or person: cluster-robust errors.
    max_dropped : float
        Largest share of rows that may be left out for a missing value.
    conf_level : float

    Returns
    -------
    ModelEstimates
        ``model`` is ``grouped_time``; terms ``period[...]`` (component ``threshold``) are log
        cumulative hazards of the periods, then come the coefficients. ``n`` counts people. Equals
        ``glm(..., binomial("cloglog"))`` on person-periods in R.

    Raises
    ------
    EstimationError
        Delayed entry, or a period in which nobody, or everybody, has the event.
    GuardError
        More than ``max_dropped`` of the rows lack a variable of the model, or more than a tenth
        of the people found were found after the window only: since all of them have the event,
        leaving out their last periods would make hazards too low.
    TooFewEventsError
        Fewer than 5 events per coefficient.
    ConvergenceError
        A coefficient has no finite estimate.

    References
    ----------
    Prentice and Gloeckler (1978), doi:10.2307/2529588.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> people = pd.DataFrame(
    ...     {"day": [90, 180, 180, 180] * 20, "new": [1, 1, 0, 0] * 20, "age": range(80)}
    ... )
    >>> outcome = rj.time_to_event(people, time="day", event="new", covariates=["age"])
    >>> model = rj.grouped_time_regression(outcome, "age", period_ends=[90, 180])
    >>> model.frame["term"].tolist()
    ['period[0-90]', 'period[90-180]', 'age']
    """
    model = unpack_model(
        outcome, formula, cluster=cluster, strata=None, weights=None, max_dropped=max_dropped
    )
    if (model.entry > 0).any():
        raise EstimationError("Regression of grouped times does not allow delayed entry.")
    notes = (*outcome.notes, *judge_events(model), *judge_clusters(model, cluster))
    ends = np.unique(np.asarray(period_ends, dtype=float))
    seen_to, found_late = _seen_to(model, outcome)
    notes = (*notes, *_judge_late(int(found_late.sum()), int(model.event.sum())))
    person, period, happened = _person_periods(seen_to, model.event, ends)
    _check_periods(period, happened, ends)
    starts = np.concatenate([[0.0], ends[:-1]])
    periods = (f"period[{a:g}-{b:g}]" for a, b in zip(starts, ends, strict=True))
    terms = (*periods, *model.design.terms)
    dummies = (period[:, None] == np.arange(ends.size)).astype(float)
    matrix = np.concatenate([dummies, model.design.matrix[person]], axis=1)
    coef, information, score, loglik = fit_cloglog(matrix, happened, terms=terms)
    covariance, kind = np.linalg.inv(information), mark("model")
    if model.cluster is not None:
        group = model.cluster[person]
        sums = np.stack([np.bincount(group, weights=part) for part in score.T], axis=1)
        covariance = covariance @ (sums.T @ sums) @ covariance
        kind = note("cluster-robust by {cluster}", cluster=cluster)
    frame = estimate_frame(terms, coef, covariance=covariance, conf_level=conf_level)
    frame.loc[: ends.size - 1, "component"] = "threshold"
    return ModelEstimates(
        frame=frame,
        model="grouped_time",
        outcome=mark("time to reoffence, by period"),
        formula=formula,
        scale=mark("hazard ratio"),
        conf_level=conf_level,
        n=model.time.size,
        n_events=int(happened.sum()),
        n_dropped=model.design.n_dropped,
        n_clusters=None if model.cluster is None else int(model.cluster.max()) + 1,
        std_error_kind=kind,
        vcov=covariance,
        reference_levels=model.design.reference_levels,
        level_counts=level_counts(model),
        arm_counts=arm_counts(model),
        fit={"loglik": loglik, "person_periods": float(happened.size)},
        link="cloglog",
        definition=outcome.definition,
        notes=notes,
    )


def fit_cloglog(
    matrix: np.ndarray, happened: np.ndarray, *, terms: Sequence[str] = ()
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return coefficients, expected information, scores of the rows and the log-likelihood."""
    beta = np.zeros(matrix.shape[1])
    step = beta
    for _ in range(MAX_ITERATIONS):
        hazard = np.exp(matrix @ beta)
        chance = -np.expm1(-hazard)
        slope = hazard * np.exp(-hazard)
        score = matrix * (slope * (happened - chance) / (chance * (1 - chance)))[:, None]
        weight = slope**2 / (chance * (1 - chance))
        information = (matrix * weight[:, None]).T @ matrix
        try:
            step = np.linalg.solve(information, score.sum(axis=0))
        except np.linalg.LinAlgError:
            break
        step *= min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-300))
        beta = beta + step
        if np.abs(step).max() < TOLERANCE:
            loglik = np.sum(np.where(happened > 0, np.log(chance), -hazard))
            return beta, information, score, float(loglik)
    moving = [name for name, one in zip(terms, step, strict=False) if abs(one) > STILL_MOVING]
    named = [name for name in moving if not name.startswith("period[")] or ["a term"]
    raise without_estimate(
        "The regression of grouped times", named, hint="Join rare levels, or leave the term out."
    )


def _seen_to(model: ModelRows, outcome: TimeToEvent) -> tuple[np.ndarray, np.ndarray]:
    """Return the day to which each person was seen, and who was found by a later check only."""
    used, none = model.used, np.zeros(model.time.size, dtype=bool)
    if outcome.definition.times_known != "checks" or not set(BETWEEN_CHECKS) <= set(used.columns):
        return model.time, none
    clear, found = (used[name].to_numpy(dtype=float) for name in BETWEEN_CHECKS)
    late = ~model.event & ~np.isnan(found) & (clear < model.time)
    return np.where(late, clear, model.time), late


def _judge_late(n_late: int, n_events: int) -> tuple[str, ...]:
    """Return the note on people found by a check after the window; refuse where they are many."""
    if n_late > MAX_FOUND_LATE * (n_late + n_events):
        raise GuardError(
            f"{n_late} of {n_late + n_events} people with an event were found by a check after the "
            "window only, so whether they had it within the window is not known.",
            hint="Use interval_survival, or a window at whose end people were checked.",
        )
    return (note(FOUND_AFTER, n=n_late),) if n_late else ()


def _person_periods(
    time: np.ndarray, event: np.ndarray, ends: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One row per person and period seen through: person, period, whether the event was found."""
    found = np.searchsorted(ends, time, side="left")
    inside = event & (found < ends.size)
    whole = np.where(inside, found + 1, np.searchsorted(ends, time, side="right"))
    person = np.repeat(np.arange(time.size), whole)
    first = np.cumsum(whole) - whole
    period = np.arange(person.size) - first[person]
    return person, period, (inside[person] & (period == whole[person] - 1)).astype(float)


def _check_periods(period: np.ndarray, happened: np.ndarray, ends: np.ndarray) -> None:
    n = np.bincount(period, minlength=ends.size)
    k = np.bincount(period, weights=happened, minlength=ends.size)
    bad = int(((k == 0) | (k == n)).sum())
    if bad:
        raise EstimationError(
            f"In {bad} of {ends.size} periods nobody, or everybody, has the event.",
            hint="Join neighbouring periods.",
        )
