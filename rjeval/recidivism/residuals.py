"""Residuals of a Cox model: martingale, deviance, score, dfbeta, Schoenfeld."""

from __future__ import annotations

import numpy as np

from rjeval.analysis_data import TimeToEvent
from rjeval.recidivism.guards import MAX_DROPPED
from rjeval.recidivism.known_times import refuse_interval_times
from rjeval.recidivism.model_rows import judge_events, unpack_model
from rjeval.recidivism.partial_likelihood import CoxFit, fit_cox
from rjeval.recidivism.risk_sets import RiskSets, lay_out
from rjeval.recidivism.score_residuals import dfbeta, score_residuals
from rjeval.recidivism.unpack import check_choice

KINDS = ("martingale", "deviance", "score", "dfbeta", "schoenfeld", "scaled_schoenfeld")


def cox_residuals(
    outcome: TimeToEvent,
    formula: str,
    *,
    kind: str = "martingale",
    strata: str | tuple[str, ...] | None = None,
    ties: str = "efron",
    max_dropped: float = MAX_DROPPED,
) -> np.ndarray:
    """Return residuals of a Cox regression, to look for misfit; person-level, not for release.

    Parameters
    ----------
    outcome : TimeToEvent
    formula : str
    kind : str
        ``martingale`` and ``deviance``: one number per complete row. ``score`` and ``dfbeta``
        (how much a row moves each coefficient): one column per term. ``schoenfeld`` and
        ``scaled_schoenfeld`` (coefficient plus trend over time): one row per event, by time.
    strata : str or tuple of str, optional
    ties : {"efron", "breslow"}
    max_dropped : float
        Largest share of rows that may be left out for a missing value.

    Returns
    -------
    ndarray
        In the order of the complete rows of the data, or of the events.

    Raises
    ------
    EstimationError
        Unknown ``kind``, or a model that :func:`rjeval.cox_regression` refuses too.

    References
    ----------
    Therneau, Grambsch and Fleming (1990), doi:10.1093/biomet/77.1.147.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> people = pd.DataFrame(
    ...     {"day": range(1, 41), "new": [1, 1, 1, 0] * 10, "age": [20, 45, 30, 60, 25] * 8}
    ... )
    >>> outcome = rj.time_to_event(people, time="day", event="new", covariates=["age"])
    >>> bool(abs(rj.cox_residuals(outcome, "age").sum()) < 1e-9)
    True
    """
    refuse_interval_times(outcome.definition, "Cox regression uses")
    check_choice("kind", kind, KINDS)
    model = unpack_model(
        outcome, formula, cluster=None, strata=strata, weights=None, max_dropped=max_dropped
    )
    judge_events(model)
    sets = lay_out(model.time, model.event, entry=model.entry, stratum=model.stratum)
    fit = fit_cox(model.design.matrix, sets, ties=ties, terms=model.design.terms)
    if kind == "score":
        return sets.in_data_order(score_residuals(fit, sets) * fit.scale)
    if kind == "dfbeta":
        return sets.in_data_order(dfbeta(fit, sets))
    if kind.endswith("schoenfeld"):
        return schoenfeld(fit, sets, scaled=kind.startswith("scaled"))
    martingale = martingale_residuals(fit, sets)
    if kind == "deviance":
        martingale = deviance_of(martingale, sets)
    return sets.in_data_order(martingale)


def martingale_residuals(fit: CoxFit, sets: RiskSets) -> np.ndarray:
    """Return events minus expected events of each row, in the order of the risk sets."""
    sums, m = fit.sums, sets.n_events
    hazard = sets.spread_over_rows(sums.k1)
    hazard[:m] -= sums.k2[sets.event_at]
    residual = -sums.risk / sets.weight * hazard
    residual[:m] += 1
    return residual


def deviance_of(martingale: np.ndarray, sets: RiskSets) -> np.ndarray:
    """Return deviance residuals: martingale residuals made more symmetric."""
    event = np.arange(martingale.size) < sets.n_events
    log = np.log(np.where(event, 1 - martingale, 1.0))
    return np.sign(martingale) * np.sqrt(-2 * (martingale + np.where(event, log, 0.0)))


def schoenfeld(fit: CoxFit, sets: RiskSets, *, scaled: bool) -> np.ndarray:
    """Return covariates of each event minus their mean at risk, by event time.

    Scaled ones are multiplied by the number of events and the covariance, and moved by the
    coefficients, so that their smooth is the coefficient over time (Grambsch and Therneau).
    """
    sums, at, m = fit.sums, sets.event_at, sets.n_events
    tied = sets.sum_events(sets.weight[:m])[:, None]
    mean = (sums.k1[:, None] * sums.s1 - sums.k2[:, None] * sums.e1) / tied
    residual = (fit.columns[:, :m].T - mean[at]) * fit.scale
    if not scaled:
        return residual
    return np.asarray(m * residual @ fit.covariance + fit.coef)
