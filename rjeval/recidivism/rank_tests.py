"""Log-rank and Fleming-Harrington tests from counts: k groups, strata, delayed entry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rjeval.recidivism.normal import chi_square_p

#: Share of the largest eigenvalue of a correlation below which a direction has no variance.
NO_VARIANCE = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class RankTest:
    """Weighted observed and expected events per group, their covariance, and the test."""

    observed: np.ndarray
    expected: np.ndarray
    covariance: np.ndarray
    statistic: float
    df: int
    p_value: float


def weighted_log_rank(
    n_at_risk: np.ndarray, n_event: np.ndarray, *, rho: float = 0.0, gamma: float = 0.0
) -> RankTest:
    """Test that k groups have the same hazard.

    Parameters
    ----------
    n_at_risk, n_event : ndarray of shape (strata, groups, times)
    rho, gamma : float
        Weights ``S(t-)^rho (1 - S(t-))^gamma`` with the pooled Kaplan-Meier of each stratum.
    """
    # Strata one after the other: every sum below is one over strata and times.
    present, found = (
        np.ascontiguousarray(part.transpose(1, 0, 2), dtype=float).reshape(part.shape[1], -1)
        for part in (n_at_risk, n_event)
    )
    at_risk, events = present.sum(axis=0), found.sum(axis=0)
    some = np.maximum(at_risk, 1.0)
    hazard = events / some
    others = np.maximum(at_risk - 1, 1.0)
    if rho == 0 and gamma == 0:  # weights of 1 change nothing
        observed, weighted, spread = found.sum(axis=1), hazard, hazard
    else:
        by_stratum = (len(n_at_risk), -1)
        table = (at_risk.reshape(by_stratum), events.reshape(by_stratum))
        weight = _weights(*table, rho=rho, gamma=gamma).ravel()
        observed, weighted, spread = found @ weight, weight * hazard, weight**2 * hazard
    spread = spread * (at_risk - events)
    spread /= np.multiply(some, others, out=some)
    expected = present @ weighted
    scaled = present * spread
    covariance = np.diag(scaled @ at_risk) - scaled @ present.T
    # The first group's score follows from those of the others.
    statistic, df = quadratic_form((observed - expected)[1:], covariance[1:, 1:])
    return RankTest(
        observed=observed,
        expected=expected,
        covariance=covariance,
        statistic=statistic,
        df=df,
        p_value=float(chi_square_p(statistic, df)) if df else float("nan"),
    )


def _weights(at_risk: np.ndarray, events: np.ndarray, *, rho: float, gamma: float) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        stay = np.where(at_risk > 0, 1 - events / at_risk, 1.0)
    survival = np.cumprod(stay, axis=1)
    before = np.concatenate([np.ones((len(stay), 1)), survival[:, :-1]], axis=1)
    return before**rho * (1 - before) ** gamma


def quadratic_form(excess: np.ndarray, covariance: np.ndarray) -> tuple[float, int]:
    """Return the statistic of scores (all, or all but one) that sum to 0, and their rank.

    Groups that are at risk on no day of an event, or never together with others, have no
    variance: they take no part, and the degrees of freedom say so. NaN and 0 where none is left.

    Examples
    --------
    >>> covariance = np.array([[4.0, -4.0, 0.0], [-4.0, 4.0, 0.0], [0.0, 0.0, 0.0]])
    >>> statistic, df = quadratic_form(np.array([2.0, -2.0, 0.0]), covariance)
    >>> round(statistic, 9), df
    (1.0, 1)
    """
    use = np.flatnonzero(np.diag(covariance) > 0)
    if not use.size:
        return float("nan"), 0
    if use.size == 1:
        alone = use.item()
        return float(excess[alone] ** 2 / covariance[alone, alone]), 1
    spread = np.sqrt(np.diag(covariance)[use])
    values, vectors = np.linalg.eigh(covariance[np.ix_(use, use)] / np.outer(spread, spread))
    kept = values > NO_VARIANCE * values[-1]
    turned = (excess[use] / spread) @ vectors[:, kept]
    return float(turned**2 @ (1 / values[kept])), int(kept.sum())
