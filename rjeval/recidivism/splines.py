"""Royston and Parmar's model: hazard ratios beside a smooth baseline."""

from __future__ import annotations

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError
from rjeval.language import mark
from rjeval.recidivism.cox_estimates import estimate_frame
from rjeval.recidivism.flexible import fit_spline
from rjeval.recidivism.guards import MAX_DROPPED
from rjeval.recidivism.known_times import refuse_interval_times
from rjeval.recidivism.model_rows import judge_events, model_facts, unpack_model
from rjeval.recidivism.separation import refuse_unbounded, standard_errors
from rjeval.results.models import ModelEstimates

MOST_KNOTS = 4
EXPLORATORY = mark("Exploratory: report it beside Kaplan-Meier and Cox regression, not instead.")


def spline_regression(
    outcome: TimeToEvent,
    formula: str,
    *,
    n_knots: int = 1,
    max_dropped: float = MAX_DROPPED,
    conf_level: float = 0.95,
) -> ModelEstimates:
    """Estimate hazard ratios with a spline of log time as baseline (Royston and Parmar).

    The logarithm of the cumulative hazard is a natural cubic spline of the logarithm of time,
    plus the covariates.

    Parameters
    ----------
    outcome : TimeToEvent
    formula : str
    n_knots : int
        Inner knots, 1 to 4, at evenly spaced percentiles of the event times between the 5th and
        the 95th, where the spline ends. (None would be the Weibull model.)
    max_dropped : float
        Largest share of rows that may be left out for a missing value.
    conf_level : float

    Returns
    -------
    ModelEstimates
        ``model`` is ``spline``; terms of the baseline (component ``threshold``) are
        ``(Intercept)``, ``log(time)`` and ``spline[1]``... A note says that it is exploratory.
        Fitted by lifelines.

    Raises
    ------
    GuardError
        The study knows the interval of each event only, or more than ``max_dropped`` of the rows
        lack a variable.
    TooFewEventsError
        Fewer than 5 events per coefficient.
    ConvergenceError
        No maximum was found.
    EstimationError
        ``n_knots`` is outside 1 to 4.

    References
    ----------
    Royston and Parmar (2002), doi:10.1002/sim.1203.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> people = pd.DataFrame(
    ...     {"day": range(1, 41), "new": [1, 1, 1, 0] * 10, "age": [20, 45, 30, 60, 25] * 8}
    ... )
    >>> outcome = rj.time_to_event(people, time="day", event="new", covariates=["age"])
    >>> rj.spline_regression(outcome, "age").coefficients()["term"].tolist()
    ['age']
    """
    refuse_interval_times(outcome.definition, "A spline of time uses")
    if not 1 <= n_knots <= MOST_KNOTS:
        raise EstimationError(
            f"n_knots must lie between 1 and {MOST_KNOTS}.",
            hint='Without knots the model is parametric_regression(distribution="weibull").',
        )
    model = unpack_model(
        outcome, formula, cluster=None, strata=None, weights=None, max_dropped=max_dropped
    )
    notes = (*outcome.notes, *judge_events(model), EXPLORATORY)
    coef, covariance, loglik = fit_spline(
        model.design.matrix, model.time, event=model.event, entry=model.entry, n_knots=n_knots
    )
    width = len(model.design.terms)
    refuse_unbounded(
        "The spline",
        model.design.terms,
        error=standard_errors(covariance)[1 : width + 1],
        spread=model.design.matrix.std(axis=0),
    )
    baseline = ("log(time)", *(f"spline[{i + 1}]" for i in range(n_knots)))
    terms = ("(Intercept)", *model.design.terms, *baseline)
    frame = estimate_frame(terms, coef, covariance=covariance, conf_level=conf_level)
    of_baseline = ~frame["term"].isin(model.design.terms)
    frame.loc[of_baseline, "component"] = "threshold"
    return ModelEstimates(
        frame=frame,
        model="spline",
        outcome=mark("time to reoffence"),
        formula=formula,
        scale=mark("hazard ratio"),
        conf_level=conf_level,
        **model_facts(model),
        vcov=covariance,
        fit={"loglik": loglik, "aic": 2 * len(terms) - 2 * loglik},
        definition=outcome.definition,
        notes=notes,
    )
