"""What makes people never reoffend: a mixture-cure model with covariates."""

from __future__ import annotations

import numpy as np

from rjeval.analysis_data import TimeToEvent
from rjeval.language import mark
from rjeval.recidivism.cox_estimates import estimate_frame
from rjeval.recidivism.cure import need_plateau
from rjeval.recidivism.flexible import fit_cure_regression
from rjeval.recidivism.guards import MAX_DROPPED
from rjeval.recidivism.known_times import refuse_interval_times
from rjeval.recidivism.model_rows import judge_event_count, model_facts, unpack_model
from rjeval.recidivism.separation import refuse_unbounded, standard_errors
from rjeval.recidivism.splines import EXPLORATORY
from rjeval.results.models import ModelEstimates


def cure_regression(
    outcome: TimeToEvent,
    formula: str,
    *,
    max_dropped: float = MAX_DROPPED,
    conf_level: float = 0.95,
) -> ModelEstimates:
    """Estimate odds ratios of never reoffending, beside how soon the others reoffend.

    A mixture: with a probability whose logit is linear in the covariates a person is never at
    risk; the times of the others follow a Weibull distribution whose scale depends on the same
    covariates and whose shape is common. It needs a long plateau, since what happens after the
    end of the records cannot be seen.

    Parameters
    ----------
    outcome : TimeToEvent
    formula : str
    max_dropped : float
        Largest share of rows that may be left out for a missing value.
    conf_level : float

    Returns
    -------
    ModelEstimates
        ``model`` is ``mixture_cure_regression``; coefficients are log odds ratios of never
        reoffending (with ``(Intercept)``). Rows of component ``threshold`` describe the times of
        the others: ``time(...)`` are logarithms of time ratios, ``Log(shape)`` the Weibull shape.
        A note says that it is exploratory. Fitted by lifelines.

    Raises
    ------
    GuardError
        There is no long plateau (as in :func:`rjeval.cured_fraction`), a variable was settled
        after the clock started, the study knows intervals only, or more than ``max_dropped`` of
        the rows lack a variable.
    TooFewEventsError
        Fewer than 5 events per parameter.
    ConvergenceError
        No maximum was found.

    References
    ----------
    Farewell (1982), doi:10.2307/2529885.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> people = pd.DataFrame({"day": [*range(10, 410, 5), *[1825] * 80]})
    >>> people["new"] = people["day"] < 1825
    >>> people["age"] = [20, 31, 42, 27] * 40
    >>> outcome = rj.time_to_event(people, time="day", event="new")
    >>> rj.cure_regression(outcome, "age").coefficients()["term"].tolist()
    ['(Intercept)', 'age']
    """
    refuse_interval_times(outcome.definition, "A mixture-cure model uses")
    model = unpack_model(
        outcome, formula, cluster=None, strata=None, weights=None, max_dropped=max_dropped
    )
    width = len(model.design.terms)
    notes = (*outcome.notes, *judge_event_count(int(model.event.sum()), 2 * width + 3))
    need_plateau(model.time, model.event, "everybody")
    coef, covariance, loglik = fit_cure_regression(
        model.design.matrix, model.time, event=model.event, entry=model.entry
    )
    refuse_unbounded(
        "The mixture-cure model",
        (*model.design.terms, *model.design.terms),
        error=np.delete(standard_errors(covariance), [0, width + 1, 2 * width + 2]),
        spread=np.tile(model.design.matrix.std(axis=0), 2),
    )
    times = [f"time({name})" for name in ("(Intercept)", *model.design.terms)]
    terms = ("(Intercept)", *model.design.terms, *times, "Log(shape)")
    frame = estimate_frame(terms, coef, covariance=covariance, conf_level=conf_level)
    of_time = np.arange(len(frame)) > width
    frame.loc[of_time, "component"] = "threshold"
    return ModelEstimates(
        frame=frame,
        model="mixture_cure_regression",
        outcome=mark("never reoffending"),
        formula=formula,
        scale=mark("odds ratio"),
        conf_level=conf_level,
        **model_facts(model),
        vcov=covariance,
        fit={"loglik": loglik, "aic": 2 * len(terms) - 2 * loglik},
        link="logit",
        definition=outcome.definition,
        notes=(*notes, EXPLORATORY),
    )
