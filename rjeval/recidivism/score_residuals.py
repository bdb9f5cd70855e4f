"""Score residuals of a Cox model under tied events, and the robust variance made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from rjeval.recidivism.partial_likelihood import CoxFit
from rjeval.recidivism.risk_sets import TOGETHER, RiskSets


def score_residuals(fit: CoxFit, sets: RiskSets) -> np.ndarray:
    """Return the weighted score residuals on standardised covariates, in the risk sets' order.

    Exact under Efron's ties: each tied event is counted in each of the ``d`` reduced risk sets
    with its share ``1 - l/d``. Linear in the number of rows.
    """
    result = np.empty((sets.weight.size, len(fit.columns)), order="F")
    for j, part in enumerate(_residual_columns(fit, sets)):
        result[:, j] = part
    return result


def _residual_columns(fit: CoxFit, sets: RiskSets) -> Iterator[np.ndarray]:
    """Give the residuals of one covariate after the other: no table of all rows is held."""
    sums = fit.sums
    at, m = sets.event_at, sets.n_events
    weight = sets.weight[:m]
    tied_weight = sets.sum_events(weight)
    hazard = sets.spread_over_rows(sums.k1)
    hazard[:m] -= sums.k2[at]
    for j, column in enumerate(fit.columns):
        s1, e1 = sums.s1[:, j], sums.e1[:, j]
        drawn = sets.spread_over_rows(sums.k3 * s1 - sums.k4 * e1)
        drawn[:m] -= (sums.k4 * s1 - sums.k5 * e1)[at]
        part = -sums.risk * (column * hazard - drawn)
        mean = (sums.k1 * s1 - sums.k2 * e1) / tied_weight
        part[:m] += weight * (column[:m] - mean[at])
        yield part


def dfbeta(fit: CoxFit, sets: RiskSets) -> np.ndarray:
    """Return how much each row moves each coefficient, in the order of the risk sets."""
    inverse = np.linalg.inv(fit.information) / fit.scale
    return np.asarray(score_residuals(fit, sets) @ inverse)


def robust_covariance(
    fit: CoxFit, sets: RiskSets, *, cluster: np.ndarray | None = None
) -> np.ndarray:
    """Return the sandwich covariance, rows summed within clusters first (Lin and Wei 1989).

    No small-sample factor, as in R's ``coxph(..., cluster=)``.
    """
    if cluster is None:
        score = score_residuals(fit, sets)
    else:
        score = sum_by_cluster(_residual_columns(fit, sets), cluster[sets.order])
    return sandwich(fit, score)


def sandwich(fit: CoxFit, score: np.ndarray) -> np.ndarray:
    """Return the covariance of the coefficients from the score residuals of rows or clusters."""
    inverse = np.linalg.inv(fit.information) / fit.scale
    covariance = np.zeros_like(inverse)
    for start in range(0, len(score), TOGETHER):  # no second table of all rows is held
        moved = score[start : start + TOGETHER] @ inverse
        covariance += moved.T @ moved  # a square, so that no variance falls below 0 by rounding
    return covariance


def sum_by_cluster(columns: Iterable[np.ndarray], cluster: np.ndarray) -> np.ndarray:
    """Return the sums of each column over the rows of each cluster, coded from 0."""
    size = int(cluster.max()) + 1
    sums = [np.bincount(cluster, weights=part, minlength=size) for part in columns]
    return np.array(sums).T
