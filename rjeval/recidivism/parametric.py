"""Accelerated failure time models of time to reoffence."""

from __future__ import annotations

import numpy as np

from rjeval.analysis_data import TimeToEvent
from rjeval.language import mark, note
from rjeval.recidivism.cox_estimates import estimate_frame
from rjeval.recidivism.failure_time import DISTRIBUTIONS, fit_failure_time
from rjeval.recidivism.guards import MAX_DROPPED
from rjeval.recidivism.known_times import refuse_interval_times
from rjeval.recidivism.model_rows import (
    arm_counts,
    count_people_of,
    judge_events,
    level_counts,
    units_of,
    unpack_model,
)
from rjeval.recidivism.parts import refuse_repeats
from rjeval.recidivism.unpack import check_choice
from rjeval.results.models import ModelEstimates


def parametric_regression(
    outcome: TimeToEvent,
    formula: str,
    *,
    distribution: str = "weibull",
    max_dropped: float = MAX_DROPPED,
    conf_level: float = 0.95,
) -> ModelEstimates:
    """Estimate how covariates stretch the time to reoffence, under a named distribution.

    Parameters
    ----------
    outcome : TimeToEvent
    formula : str
    distribution : {"weibull", "exponential", "lognormal", "loglogistic"}
    max_dropped : float
        Largest share of rows that may be left out for a missing value.
    conf_level : float

    Returns
    -------
    ModelEstimates
        ``model`` is ``parametric``; ``exp(estimate)`` is a time ratio (above 1: later). The
        terms are ``(Intercept)``, those of the formula, and ``Log(scale)`` (component
        ``threshold``; not for the exponential), equal to R's ``survreg``. ``fit`` has
        ``loglik`` and ``aic``, by which distributions may be compared.

    Raises
    ------
    GuardError
        More than ``max_dropped`` of the rows lack a variable of the model.
    TooFewEventsError
        Fewer than 5 events per coefficient.
    ConvergenceError
        No maximum was found; ``terms`` names those without a finite estimate.

    Notes
    -----
    A distribution is an assumption about the whole curve, beyond what was observed too; report
    it beside Kaplan-Meier, not instead.

    References
    ----------
    Wei (1992), doi:10.1002/sim.4780111409.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> people = pd.DataFrame(
    ...     {"day": range(1, 41), "new": [1, 1, 1, 0] * 10, "age": [20, 45, 30, 60, 25] * 8}
    ... )
    >>> outcome = rj.time_to_event(people, time="day", event="new", covariates=["age"])
    >>> rj.parametric_regression(outcome, "age").frame["term"].tolist()
    ['(Intercept)', 'age', 'Log(scale)']
    """
    refuse_interval_times(outcome.definition, "A parametric model uses")
    check_choice("distribution", distribution, tuple(DISTRIBUTIONS))
    model = unpack_model(
        outcome, formula, cluster=None, strata=None, weights=None, max_dropped=max_dropped
    )
    refuse_repeats(units_of(model), model.event)
    notes = (*outcome.notes, *judge_events(model))
    matrix = model.design.matrix
    scale = matrix.std(axis=0)
    with_ones = np.concatenate([np.ones((len(matrix), 1)), matrix / scale], axis=1)
    coef, covariance, loglik = fit_failure_time(
        with_ones,
        model.time,
        event=model.event,
        entry=model.entry,
        distribution=distribution,
        terms=("(Intercept)", *model.design.terms),
    )
    terms = ("(Intercept)", *model.design.terms, "Log(scale)")[: coef.size]
    stretch = np.concatenate([[1.0], 1 / scale, [1.0]])[: coef.size]
    coef, covariance = coef * stretch, covariance * np.outer(stretch, stretch)
    frame = estimate_frame(terms, coef, covariance=covariance, conf_level=conf_level)
    frame.loc[frame["term"] == "Log(scale)", "component"] = "threshold"
    return ModelEstimates(
        frame=frame,
        model="parametric",
        outcome=note("time to reoffence, {distribution}", distribution=distribution),
        formula=formula,
        scale=mark("time ratio"),
        conf_level=conf_level,
        n=count_people_of(model),
        n_events=int(model.event.sum()),
        n_dropped=model.design.n_dropped,
        vcov=covariance,
        reference_levels=model.design.reference_levels,
        level_counts=level_counts(model),
        arm_counts=arm_counts(model),
        fit={"loglik": loglik, "aic": 2 * len(terms) - 2 * loglik},
        link="log",
        definition=outcome.definition,
        notes=notes,
    )
