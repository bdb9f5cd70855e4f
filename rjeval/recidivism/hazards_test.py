"""Score-form test of proportional hazards, as in R's ``cox.zph`` since survival 3.0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rjeval.recidivism.day_axis import count_by_day
from rjeval.recidivism.normal import chi_square_p
from rjeval.recidivism.partial_likelihood import CoxFit, information_matrix
from rjeval.recidivism.product_limit import kaplan_meier_estimate
from rjeval.recidivism.risk_sets import RiskSets

TRANSFORMS = ("km", "rank", "identity", "log")


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardsTest:
    """Statistic, degrees of freedom and p-value per variable, then for all (``GLOBAL``)."""

    statistic: np.ndarray
    df: np.ndarray
    p_value: np.ndarray


def variation_test(
    fit: CoxFit, sets: RiskSets, *, by_day: np.ndarray, owner: np.ndarray
) -> HazardsTest:
    """Test whether coefficients change with a function of time.

    Parameters
    ----------
    by_day : ndarray of shape (D,)
        The function of time at each event time.
    owner : ndarray of int, shape (k,)
        Number of the variable that each column belongs to.
    """
    events = sets.n_tied
    centred = by_day - np.average(by_day, weights=events)
    spread = float(np.sqrt(np.average(centred**2, weights=events))) or 1.0
    centred = centred / spread
    columns, sums = fit.columns, fit.sums
    cross = information_matrix(columns, sets, sums, by_day=centred)
    square = information_matrix(columns, sets, sums, by_day=centred**2)
    excess = centred @ sums.score_by_day
    reduced = square - cross @ np.linalg.solve(fit.information, cross)
    places = [np.flatnonzero(owner == one) for one in range(int(owner.max()) + 1)]
    places.append(np.arange(owner.size))
    statistic = np.array([_quadratic(excess, reduced, place) for place in places])
    df = np.array([place.size for place in places])
    return HazardsTest(statistic=statistic, df=df, p_value=chi_square_p(statistic, df))


def time_transform(
    transform: str,
    sets: RiskSets,
    *,
    time: np.ndarray,
    event: np.ndarray,
    entry: np.ndarray | None,
) -> np.ndarray:
    """Return the function of time at each event time.

    ``km`` is one minus Kaplan-Meier just before the time (all strata together), ``rank`` the
    mean rank among the exit times of all rows, ``identity`` the time, ``log`` its logarithm.
    """
    if transform == "identity":
        return sets.times
    if transform == "log":
        return np.log(sets.times)
    counts = count_by_day(time, event.astype(np.intp), entry=entry)
    place = np.searchsorted(counts.times, sets.times)
    if transform == "rank":
        tied = counts.n_event[0] + counts.n_censored[0]
        return np.asarray((np.cumsum(tied) - (tied - 1) / 2)[place])
    survival, _ = kaplan_meier_estimate(counts.n_at_risk[0], counts.n_event[0])
    return 1 - np.concatenate([[1.0], survival])[place]


def _quadratic(excess: np.ndarray, reduced: np.ndarray, place: np.ndarray) -> float:
    part = excess[place]
    try:
        return float(part @ np.linalg.solve(reduced[np.ix_(place, place)], part))
    except np.linalg.LinAlgError:
        return float("nan")
