"""From a Cox model to survival: baseline hazard, profiles, averages over a population."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rjeval.recidivism.partial_likelihood import CoxFit
from rjeval.recidivism.risk_sets import RiskSets
from rjeval.recidivism.score_residuals import dfbeta


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Baseline:
    """Cumulative hazard at the covariate means, at each event time of a single stratum.

    ``noise`` is the variance from the events, ``drift`` the running sum of the mean covariates
    at risk times the hazard (standardised covariates).
    """

    times: np.ndarray
    hazard: np.ndarray
    noise: np.ndarray
    drift: np.ndarray
    shift: float


def baseline_of(fit: CoxFit, sets: RiskSets) -> Baseline:
    """Return the baseline hazard of a fit (Breslow's or Efron's, as its ties).

    The hazard belongs to a linear predictor of 0, that is to the covariate means.
    """
    sums = fit.sums
    shift = float(np.exp(-fit.linear.max()))
    drift = sums.k3[:, None] * sums.s1 - sums.k4[:, None] * sums.e1
    return Baseline(
        times=sets.times,
        hazard=np.cumsum(sums.k1) * shift,
        noise=np.cumsum(sums.k3) * shift**2,
        drift=np.cumsum(drift, axis=0) * shift,
        shift=shift,
    )


def profile_survival(
    fit: CoxFit, baseline: Baseline, profile: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return survival of one profile at each event time, and the error of its logarithm.

    Model-based, as ``survfit.coxph`` in R.
    """
    z = (profile - fit.centre) / fit.scale
    risk = float(np.exp(z @ (fit.coef * fit.scale)))
    pull = baseline.hazard[:, None] * z - baseline.drift
    spread = np.einsum("tj,jl,tl->t", pull, np.linalg.inv(fit.information), pull)
    return np.exp(-baseline.hazard * risk), risk * np.sqrt(baseline.noise + spread)


def average_survival(
    fit: CoxFit, baseline: Baseline, *, matrix: np.ndarray, days: np.ndarray
) -> np.ndarray:
    """Return the mean of everybody's predicted survival at some days (g-formula)."""
    hazard = _at_days(baseline, days)
    relative = np.exp((matrix - fit.centre) @ fit.coef)
    return np.array([np.exp(-one * relative).mean() for one in hazard])


def average_influence(
    fit: CoxFit,
    sets: RiskSets,
    *,
    baseline: Baseline,
    matrix: np.ndarray,
    days: np.ndarray,
) -> np.ndarray:
    """Return how much each row moves the average survival at each day; shape (n, days).

    The infinitesimal jackknife: through the row's own prediction, the coefficients and the
    baseline hazard. Rows are in the order of the data.
    """
    relative = np.exp((matrix - fit.centre) @ fit.coef)
    z = (matrix - fit.centre) / fit.scale
    moved = dfbeta(fit, sets) * fit.scale
    n = relative.size
    result = np.empty((n, days.size))
    for t, hazard in enumerate(_at_days(baseline, days)):
        survival = np.exp(-hazard * relative)
        slope = survival * relative
        upto = int(np.searchsorted(baseline.times, days[t], side="right"))
        of_hazard, drift = _hazard_influence(fit, sets, baseline=baseline, upto=upto)
        coefficients = -(slope @ z) * hazard / n + slope.mean() * drift
        through_model = moved @ coefficients - slope.mean() * of_hazard
        result[:, t] = sets.in_data_order(through_model) + (survival - survival.mean()) / n
    return result


def _hazard_influence(
    fit: CoxFit, sets: RiskSets, *, baseline: Baseline, upto: int
) -> tuple[np.ndarray, np.ndarray]:
    """Influence of each row on the hazard at fixed coefficients, and the hazard's drift."""
    sums, at, m = fit.sums, sets.event_at, sets.n_events
    inside = np.arange(sets.times.size) < upto
    lost = sets.spread_over_rows(np.where(inside, sums.k3, 0.0))
    lost[:m] -= np.where(inside, sums.k4, 0.0)[at]
    influence = -sums.risk * lost
    gained = np.where(inside, sums.k1, 0.0) / sets.sum_events(sets.weight[:m])
    influence[:m] += sets.weight[:m] * gained[at]
    drift = baseline.drift[upto - 1] if upto else np.zeros(len(fit.columns))
    return influence * baseline.shift, drift


def _at_days(baseline: Baseline, days: np.ndarray) -> np.ndarray:
    running = np.concatenate([[0.0], baseline.hazard])
    return running[np.searchsorted(baseline.times, days, side="right")]
