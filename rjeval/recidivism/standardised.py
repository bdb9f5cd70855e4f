"""Adjusted curves and risk differences: predictions of a Cox model averaged over people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError
from rjeval.language import note
from rjeval.recidivism.contrasts import Arm, contrast_frame
from rjeval.recidivism.guards import MAX_DROPPED
from rjeval.recidivism.normal import z_quantile
from rjeval.recidivism.prediction import Baseline
from rjeval.recidivism.product_limit import survival_interval
from rjeval.recidivism.proportions import Estimate, log_ratio, number_needed
from rjeval.recidivism.unpack import group_codes
from rjeval.recidivism.windows import windows_of
from rjeval.recidivism.worlds import (
    average_worlds,
    fit_model,
    sum_by_cluster,
)
from rjeval.results.survival import Contrast, Curves

#: Days at which averaged curves are worked out, at most.
GRID = 60


def standardised_survival(
    outcome: TimeToEvent,
    formula: str,
    *,
    by: str = "arm",
    at_days: Sequence[float] | None = None,
    cluster: str | None = None,
    ties: str = "efron",
    max_dropped: float = MAX_DROPPED,
    conf_level: float = 0.95,
) -> Curves:
    """Average predicted curves as if everybody had been in each arm in turn (g-formula).

    Unlike a curve "at the mean of covariates" this is the curve of a population: the one
    analysed. It rests on the Cox model and on no unmeasured confounding.

    Parameters
    ----------
    outcome : TimeToEvent
    formula : str
        Holds ``by`` and what to adjust for; interactions are allowed.
    by : str
        Categorical column set to each of its levels in turn.
    at_days : sequence of numbers, optional
        Days of the curve; 60 days spread over the event times where not given.
    cluster : str, optional
        Column whose values share a case or person.
    ties : {"efron", "breslow"}
    max_dropped : float
        Largest share of rows that may be left out for a missing value.
    conf_level : float

    Returns
    -------
    Curves
        Log-log intervals; the standard error is the infinitesimal jackknife, which needs no
        proportional hazards to be valid for what the model averages to.

    Raises
    ------
    EstimationError
        ``by`` is not in the formula, a day after the end of follow-up, rows that are intervals of
        people, or a model that :func:`rjeval.cox_regression` refuses.

    References
    ----------
    Robins (1986), doi:10.1016/0270-0255(86)90088-6; Austin (2014), doi:10.1002/sim.5984.

    Examples
    --------
    >>> import rjeval as rj
    >>> people = pd.DataFrame(
    ...     {"day": range(1, 41), "new": [1, 1, 1, 0] * 10, "arm": ["a", "b", "b", "a", "b"] * 8}
    ... )
    >>> outcome = rj.time_to_event(people, time="day", event="new", covariates=["arm"])
    >>> curves = rj.standardised_survival(outcome, "arm", at_days=[10, 20])
    >>> len(curves.frame)
    6
    """
    model = fit_model(outcome, formula, cluster=cluster, ties=ties, max_dropped=max_dropped)
    days = _grid(model.baseline) if at_days is None else np.sort(np.array(windows_of(at_days)))
    worlds = average_worlds(formula, model, by=by, days=days)
    labels, code, _ = group_codes(model.rows.used, by)
    blocks = []
    for g, label in enumerate(labels):
        survival, influence = worlds[label]
        error = np.sqrt((sum_by_cluster(influence, model) ** 2).sum(axis=0))
        low, high = survival_interval(
            survival, error / survival, conf_type="log-log", conf_level=conf_level
        )
        time, event = model.rows.time[code == g], model.rows.event[code == g]
        table = {
            "n_at_risk": [time.size, *((time >= day).sum() for day in days)],
            "n_event": [0, *_between(time[event], days)],
            "n_competing": 0,
            "n_censored": [0, *_between(time[~event], days)],
            "estimate": [1.0, *survival],
            "std_error": [0.0, *error],
            "conf_low": [1.0, *low],
            "conf_high": [1.0, *high],
        }
        blocks.append(pd.DataFrame({by: label, "time_days": [0.0, *days], **table}))
    sizes = {
        "group": labels,
        "n": np.bincount(code),
        "n_events": np.bincount(code, weights=model.rows.event).astype(int),
        "n_competing": 0,
    }
    return Curves(
        frame=pd.concat(blocks, ignore_index=True),
        kind="survival",
        by=by,
        conf_level=conf_level,
        conf_type="log-log",
        horizon_days=outcome.horizon_days,
        groups=pd.DataFrame(sizes),
        unit=outcome.unit,
        definition=outcome.definition,
        notes=(
            *model.notes,
            note(
                "Standardised to all people analysed by Cox regression on {formula}.",
                formula=formula,
            ),
        ),
    )


def standardised_risk_difference(
    outcome: TimeToEvent,
    formula: str,
    *,
    at_days: float | Sequence[float],
    by: str = "arm",
    cluster: str | None = None,
    ties: str = "efron",
    max_dropped: float = MAX_DROPPED,
    conf_level: float = 0.95,
) -> Contrast:
    """Contrast the adjusted risk of reoffence by a day, everybody in each arm in turn.

    Parameters
    ----------
    outcome, formula, by, cluster, ties, conf_level
        As in :func:`rjeval.standardised_survival`.
    at_days : number or sequence of numbers

    Returns
    -------
    Contrast
        ``risk_difference``, ``risk_ratio`` (its ``std_error`` on the log scale) and
        ``number_needed``, each level against the first; robust (jackknife) errors. ``arms``
        has the crude numbers of people and events up to the day beside the adjusted risks.

    Raises
    ------
    EstimationError
        As :func:`rjeval.standardised_survival`.

    References
    ----------
    Robins (1986), doi:10.1016/0270-0255(86)90088-6; Austin (2014), doi:10.1002/sim.5984.

    Examples
    --------
    >>> import rjeval as rj
    >>> people = pd.DataFrame(
    ...     {"day": range(1, 41), "new": [1, 1, 1, 0] * 10, "arm": ["a", "b", "b", "a", "b"] * 8}
    ... )
    >>> outcome = rj.time_to_event(people, time="day", event="new", covariates=["arm"])
    >>> rj.standardised_risk_difference(outcome, "arm", at_days=20).frame["term"].tolist()
    ['risk_difference', 'risk_ratio', 'number_needed']
    """
    model = fit_model(outcome, formula, cluster=cluster, ties=ties, max_dropped=max_dropped)
    days = np.array(windows_of(at_days))
    worlds = average_worlds(formula, model, by=by, days=days)
    labels, code, _ = group_codes(model.rows.used, by)
    if len(labels) < 2:
        raise EstimationError(f"{by} has one level only, so there is nothing to compare.")
    arms, pairs = [], []
    for t, day in enumerate(days.tolist()):
        of_day = []
        for g, label in enumerate(labels):
            own = code == g
            count = int((own & model.rows.event & (model.rows.time <= day)).sum())
            risk = 1 - float(worlds[label][0][t])
            of_day.append(Arm(group=label, at_days=day, n=int(own.sum()), n_event=count, risk=risk))
        arms += of_day
        for arm in of_day[1:]:
            base = of_day[0]
            moved = [sum_by_cluster(-worlds[one.group][1][:, [t]], model) for one in (arm, base)]
            pairs += _contrast(arm, base, moved=moved, conf_level=conf_level)
    return Contrast(
        frame=contrast_frame(pairs),
        by=by,
        method=note(
            "standardised risks by Cox regression on {formula}, jackknife errors", formula=formula
        ),
        conf_level=conf_level,
        arms=pd.DataFrame(
            [(arm.group, arm.at_days, arm.n, arm.n_event, arm.estimate) for arm in arms],
            columns=["group", "at_days", "n", "n_event", "estimate"],
        ),
        definition=outcome.definition,
        notes=model.notes,
    )


def _contrast(
    arm: Arm, base: Arm, *, moved: list[np.ndarray], conf_level: float
) -> list[tuple[Arm, Arm, str, Estimate]]:
    z = z_quantile(conf_level)
    gap = arm.estimate - base.estimate
    error = float(np.sqrt(((moved[0] - moved[1]) ** 2).sum()))
    difference = Estimate(
        estimate=gap,
        std_error=error,
        statistic=gap / error if error > 0 else float("nan"),
        conf_low=gap - z * error,
        conf_high=gap + z * error,
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        risks = np.array([arm.estimate, base.estimate])  # 0 before the first event
        relative = moved[0] / risks[0] - moved[1] / risks[1]
        quotient = float(risks[0] / risks[1])
    ratio = log_ratio(quotient, float(np.sqrt((relative**2).sum())), conf_level=conf_level)
    return [
        (arm, base, "risk_difference", difference),
        (arm, base, "risk_ratio", ratio),
        (arm, base, "number_needed", number_needed(difference)),
    ]


def _grid(baseline: Baseline) -> np.ndarray:
    places = np.linspace(0, baseline.times.size - 1, min(GRID, baseline.times.size))
    return baseline.times[np.unique(places.round().astype(int))]


def _between(time: np.ndarray, days: np.ndarray) -> np.ndarray:
    return np.diff(np.searchsorted(np.sort(time), np.concatenate([[0.0], days]), side="right"))
