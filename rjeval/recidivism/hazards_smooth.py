"""How a hazard ratio changes over follow-up: the smooth of scaled Schoenfeld residuals."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError, TooFewEventsError
from rjeval.recidivism.guards import MAX_DROPPED
from rjeval.recidivism.hazards_test import TRANSFORMS, time_transform
from rjeval.recidivism.known_times import refuse_interval_times
from rjeval.recidivism.model_rows import judge_events, model_facts, unpack_model
from rjeval.recidivism.normal import z_quantile
from rjeval.recidivism.partial_likelihood import fit_cox
from rjeval.recidivism.residuals import schoenfeld
from rjeval.recidivism.risk_sets import lay_out
from rjeval.recidivism.unpack import check_choice
from rjeval.results.models import HazardsOverTime

#: Points over which R spreads the knots of the spline, and degrees of freedom of the spline.
POINTS, FREEDOM = 40, 4
#: Distinct times of events below which a spline of four parameters says nothing.
FEWEST_TIMES = 10
#: Steps of the curve where time is in days.
STEP_DAYS = 7.0


def hazards_over_time(
    outcome: TimeToEvent,
    formula: str,
    *,
    transform: str = "km",
    strata: str | tuple[str, ...] | None = None,
    ties: str = "efron",
    max_dropped: float = MAX_DROPPED,
    conf_level: float = 0.95,
) -> HazardsOverTime:
    """Estimate each hazard ratio of a Cox model as a smooth function of time.

    Scaled Schoenfeld residuals, one per event, scatter around the coefficient at their time. A
    natural cubic spline with four degrees of freedom is laid through them on the transformed
    time, as R's ``plot(cox.zph(fit))`` does. A curve that leaves the model's constant ratio says
    where the assumption of proportional hazards fails; the residuals themselves are people's and
    are not returned.

    Parameters
    ----------
    outcome : TimeToEvent
    formula : str
    transform : {"km", "rank", "identity", "log"}
        Time scale of the spline, as in :func:`rjeval.proportional_hazards_test`.
    strata : str or tuple of str, optional
    ties : {"efron", "breslow"}
    max_dropped : float
        Largest share of rows that may be left out for a missing value.
    conf_level : float

    Returns
    -------
    HazardsOverTime
        One block per coefficient (each level of a factor has its own) on the multiples of seven
        days, or on forty steps where time has no unit, between the first and the last event.
        Estimates are log hazard ratios. Between event times the transformed time is
        interpolated.

    Raises
    ------
    GuardError
        The study knows the interval of each event only.
    TooFewEventsError
        Fewer than 5 events per coefficient, or fewer than 10 distinct days of events.
    EstimationError
        Unknown transform, or a model that :func:`rjeval.cox_regression` refuses too.

    Notes
    -----
    Errors are those of the spline with the residual variance that holds under proportional
    hazards (number of events times the model's covariance), as in R, which takes 2 for the normal
    quantile.

    References
    ----------
    Grambsch and Therneau (1994), doi:10.1093/biomet/81.3.515.

    Examples
    --------
    >>> import rjeval as rj
    >>> people = pd.DataFrame(
    ...     {"day": range(1, 81), "new": [1, 1, 1, 0] * 20, "age": [20, 45, 30, 60, 25] * 16}
    ... )
    >>> outcome = rj.time_to_event(people, time="day", event="new", covariates=["age"])
    >>> rj.hazards_over_time(outcome, "age").frame["time_days"].tolist()[:3]
    [7.0, 14.0, 21.0]
    """
    refuse_interval_times(outcome.definition, "A smooth of hazard ratios uses")
    check_choice("transform", transform, TRANSFORMS)
    model = unpack_model(
        outcome, formula, cluster=None, strata=strata, weights=None, max_dropped=max_dropped
    )
    notes = (*outcome.notes, *judge_events(model))
    sets = lay_out(model.time, model.event, entry=model.entry, stratum=model.stratum)
    fit = fit_cox(model.design.matrix, sets, ties=ties, terms=model.design.terms)
    scale = time_transform(transform, sets, time=model.time, event=model.event, entry=model.entry)
    order = np.argsort(sets.times, kind="stable")
    times, scale_by_day = sets.times[order], scale[order]
    if np.unique(times).size < FEWEST_TIMES:
        raise TooFewEventsError(
            f"Events fall on fewer than {FEWEST_TIMES} different days, so how a hazard ratio "
            "changes over time cannot be seen.",
            n_events=int(model.event.sum()),
            required=FEWEST_TIMES,
        )
    days = _days(outcome, first=float(times[0]), last=float(times[-1]))
    value, spread = spline_smooth(
        schoenfeld(fit, sets, scaled=True),
        scale[sets.event_at],
        at=_scale_at(days, times, scale_by_day, transform=transform),
    )
    error = np.sqrt(np.outer(spread, np.diag(fit.covariance) * sets.n_events))
    facts = model_facts(model)
    happened = np.sort(model.time[model.event])
    return HazardsOverTime(
        frame=_frame(
            model.design.terms,
            days,
            value=value,
            error=error,
            z=z_quantile(conf_level),
            by_then=np.searchsorted(happened, days, side="right"),
        ),
        constant=dict(zip(model.design.terms, fit.coef.tolist(), strict=True)),
        formula=formula,
        transform=transform,
        conf_level=conf_level,
        horizon_days=outcome.horizon_days,
        unit=outcome.unit,
        n=facts["n"],
        n_events=facts["n_events"],
        reference_levels=facts["reference_levels"],
        level_counts=facts["level_counts"],
        arm_counts=facts["arm_counts"],
        definition=outcome.definition,
        notes=notes,
    )


def spline_smooth(
    residual: np.ndarray, x: np.ndarray, *, at: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return a least-squares natural cubic spline of residuals, and its variance factor.

    Parameters
    ----------
    residual : ndarray of shape (m, k)
    x, at : ndarray of shape (m,) and (p,)
        Transformed times of the events, and where the spline is wanted.

    Returns
    -------
    value : ndarray of shape (p, k)
    factor : ndarray of shape (p,)
        The variance of ``value`` over the variance of a residual.
    """
    spread = np.linspace(x.min(), x.max(), POINTS)
    knots = np.quantile(np.concatenate([spread, x]), np.linspace(0, 1, FREEDOM))
    basis, wanted = natural_basis(x, knots), natural_basis(at, knots)
    q, r = np.linalg.qr(basis)
    half = np.linalg.solve(r.T, wanted.T)
    return wanted @ np.linalg.solve(r, q.T @ residual), (half**2).sum(axis=0)


def natural_basis(x: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """Return a basis of the natural cubic splines with these knots, straight beyond the ends."""
    width = knots[-1] - knots[0]
    u, k = (x - knots[0]) / width, (knots - knots[0]) / width

    def bent(i: int) -> np.ndarray:
        cubes = np.maximum(u - k[i], 0) ** 3 - np.maximum(u - k[-1], 0) ** 3
        return np.asarray(cubes / (k[-1] - k[i]))

    last = bent(len(k) - 2)
    return np.stack([np.ones_like(u), u, *(bent(i) - last for i in range(len(k) - 2))], axis=1)


def _days(outcome: TimeToEvent, *, first: float, last: float) -> np.ndarray:
    """Return the days of the curve: steps that no person's date decides."""
    step = STEP_DAYS if outcome.unit is not None else outcome.horizon_days / POINTS
    days = np.arange(step, outcome.horizon_days + step / 2, step)
    inside = days[(days >= first) & (days <= last)]
    if inside.size < 2:
        raise EstimationError("Events lie too close together in time for a smooth over time.")
    return inside


def _scale_at(
    days: np.ndarray, times: np.ndarray, scale: np.ndarray, *, transform: str
) -> np.ndarray:
    if transform == "identity":
        return days
    return np.log(days) if transform == "log" else np.interp(days, times, scale)


def _frame(
    terms: tuple[str, ...],
    days: np.ndarray,
    *,
    value: np.ndarray,
    error: np.ndarray,
    z: float,
    by_then: np.ndarray,
) -> pd.DataFrame:
    blocks = [
        pd.DataFrame(
            {
                "term": term,
                "time_days": days,
                "n_event": by_then,
                "estimate": value[:, i],
                "std_error": error[:, i],
                "conf_low": value[:, i] - z * error[:, i],
                "conf_high": value[:, i] + z * error[:, i],
            }
        )
        for i, term in enumerate(terms)
    ]
    return pd.concat(blocks, ignore_index=True)
