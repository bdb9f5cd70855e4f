"""Log-rank and Fleming-Harrington tests from counts: k groups, strata, delayed entry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rjeval.recidivism.normal import chi_square_p


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
    by_stratum = (len(n_at_risk), -1)
    weight = _weights(
        at_risk.reshape(by_stratum), events.reshape(by_stratum), rho=rho, gamma=gamma
    ).ravel()
    some = np.maximum(at_risk, 1.0)
    hazard = events / some
    others = np.maximum(at_risk - 1, 1.0)
    spread = weight**2 * hazard * (at_risk - events) / (some * others)
    observed = found @ weight
    expected = present @ (weight * hazard)
    scaled = present * spread
    covariance = np.diag(scaled @ at_risk) - scaled @ present.T
    statistic, df = _quadratic(observed - expected, covariance, expected)
    return RankTest(
        observed=observed,
        expected=expected,
        covariance=covariance,
        statistic=statistic,
        df=df,
        p_value=float(chi_square_p(statistic, df)) if df else float("nan"),
    )


def _weights(at_risk: np.ndarray, events: np.ndarray, *, rho: float, gamma: float) -> np.ndarray:
    if rho == 0 and gamma == 0:
        return np.ones_like(at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        stay = np.where(at_risk > 0, 1 - events / at_risk, 1.0)
    survival = np.cumprod(stay, axis=1)
    before = np.concatenate([np.ones((len(stay), 1)), survival[:, :-1]], axis=1)
    return before**rho * (1 - before) ** gamma


def _quadratic(
    excess: np.ndarray, covariance: np.ndarray, expected: np.ndarray
) -> tuple[float, int]:
    """Leave out groups that expect nothing, then one of the rest, as ``survdiff`` does."""
    use = np.flatnonzero(expected > 0)[1:]
    if not use.size:
        return float("nan"), 0
    inner = covariance[np.ix_(use, use)]
    return float(excess[use] @ np.linalg.solve(inner, excess[use])), int(use.size)
