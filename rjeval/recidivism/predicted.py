"""Curves that a Cox model predicts for given covariates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.language import note
from rjeval.recidivism.guards import MAX_DROPPED
from rjeval.recidivism.prediction import profile_survival
from rjeval.recidivism.product_limit import survival_interval
from rjeval.recidivism.worlds import code_like, fit_model
from rjeval.results.survival import Curves


def predict_survival(
    outcome: TimeToEvent,
    formula: str,
    *,
    profiles: pd.DataFrame,
    ties: str = "efron",
    max_dropped: float = MAX_DROPPED,
    conf_level: float = 0.95,
) -> Curves:
    """Predict the probability of no reoffence by each day for given covariates.

    Parameters
    ----------
    outcome : TimeToEvent
    formula : str
    profiles : DataFrame
        One row per profile, with the variables of the formula; its index labels the curves.
        Never changed.
    ties : {"efron", "breslow"}
    max_dropped : float
        Largest share of rows that may be left out for a missing value.
    conf_level : float

    Returns
    -------
    Curves
        Group column ``profile``; log-log intervals. Counts at risk and events are those of all
        people, since a profile is nobody in particular.

    Raises
    ------
    EstimationError
        A variable is missing from ``profiles``, or has a level that the data do not have.

    Notes
    -----
    Equals ``survfit`` of a ``coxph`` fit in R.

    References
    ----------
    Tsiatis (1981), doi:10.1214/aos/1176345335; with tied events Therneau and Grambsch (2000),
    doi:10.1007/978-1-4757-3294-8.

    Examples
    --------
    >>> import rjeval as rj
    >>> people = pd.DataFrame(
    ...     {"day": range(1, 41), "new": [1, 1, 1, 0] * 10, "age": [20, 45, 30, 60, 25] * 8}
    ... )
    >>> outcome = rj.time_to_event(people, time="day", event="new", covariates=["age"])
    >>> young = pd.DataFrame({"age": [20]}, index=["aged 20"])
    >>> rj.predict_survival(outcome, "age", profiles=young).by
    'profile'
    """
    model = fit_model(outcome, formula, cluster=None, ties=ties, max_dropped=max_dropped)
    matrix = code_like(formula, model, profiles)
    n_at_risk, n_event = model.sets.sum_at_risk(np.ones(model.rows.time.size))
    times = np.concatenate([[0.0], model.baseline.times])
    blocks = []
    for label, line in zip(profiles.index, matrix, strict=True):
        survival, error = profile_survival(model.fit, model.baseline, line)
        low, high = survival_interval(survival, error, conf_type="log-log", conf_level=conf_level)
        columns = {
            "n_at_risk": np.concatenate([[n_at_risk[0]], n_at_risk]).astype(int),
            "n_event": np.concatenate([[0], n_event]).astype(int),
            "n_competing": 0,
            "n_censored": 0,
            "estimate": np.concatenate([[1.0], survival]),
            "std_error": np.concatenate([[0.0], survival * error]),
            "conf_low": np.concatenate([[1.0], low]),
            "conf_high": np.concatenate([[1.0], high]),
        }
        blocks.append(pd.DataFrame({"profile": str(label), "time_days": times, **columns}))
    sizes = pd.DataFrame({"group": [str(one) for one in profiles.index]})
    return Curves(
        frame=pd.concat(blocks, ignore_index=True),
        kind="survival",
        by="profile",
        conf_level=conf_level,
        conf_type="log-log",
        horizon_days=outcome.horizon_days,
        groups=sizes.assign(n=model.rows.time.size, n_events=model.sets.n_events, n_competing=0),
        unit=outcome.unit,
        definition=outcome.definition,
        notes=(*model.notes, note("Predicted by Cox regression on {formula}.", formula=formula)),
    )
