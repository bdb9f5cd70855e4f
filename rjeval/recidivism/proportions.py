"""Intervals of one proportion and of contrasts of two: Wilson, Wald, Newcombe, log ratios."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rjeval.recidivism.normal import z_quantile


def wilson_interval(
    k: np.ndarray | float, n: np.ndarray | float, *, conf_level: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's score interval of ``k`` of ``n`` (NaN where n is 0).

    Examples
    --------
    >>> low, high = wilson_interval(12, 12)
    >>> round(float(low), 3), round(float(high), 3)
    (0.758, 1.0)
    """
    z = z_quantile(conf_level)
    k, n = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = k / n
        centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """An estimate with its interval; ``std_error`` is on the log scale for ratios."""

    estimate: float
    std_error: float
    statistic: float
    conf_low: float
    conf_high: float


def difference(k1: int, n1: int, *, k0: int, n0: int, method: str, conf_level: float) -> Estimate:
    """Return the difference of two proportions with a Wald or Newcombe (hybrid score) interval.

    The statistic is the Wald z of the unpooled standard error for ``wald``, and the signed
    square root of Pearson's chi-square for ``newcombe``.
    """
    z = z_quantile(conf_level)
    p1, p0 = k1 / n1, k0 / n0
    gap = p1 - p0
    error = float(np.sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0))
    if method == "wald":
        statistic = gap / error if error > 0 else float("nan")
        return _estimate(gap, error, statistic, gap - z * error, gap + z * error)
    low1, high1 = wilson_interval(k1, n1, conf_level=conf_level)
    low0, high0 = wilson_interval(k0, n0, conf_level=conf_level)
    below = np.sqrt((p1 - low1) ** 2 + (high0 - p0) ** 2)
    above = np.sqrt((high1 - p1) ** 2 + (p0 - low0) ** 2)
    pooled = (k1 + k0) / (n1 + n0)
    null_error = np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n0))
    statistic = gap / null_error if null_error > 0 else float("nan")
    return _estimate(gap, error, statistic, gap - below, gap + above)


def risk_ratio(k1: int, n1: int, *, k0: int, n0: int, conf_level: float) -> Estimate:
    """Return the ratio of two proportions with the log interval (Katz)."""
    if not (k1 and k0):
        return _estimate((k1 / n1) / (k0 / n0) if k0 else np.nan, np.nan, np.nan, np.nan, np.nan)
    error = float(np.sqrt(1 / k1 - 1 / n1 + 1 / k0 - 1 / n0))
    return log_ratio((k1 / n1) / (k0 / n0), error, conf_level=conf_level)


def odds_ratio(k1: int, n1: int, *, k0: int, n0: int, conf_level: float) -> Estimate:
    """Return the odds ratio with the log interval (Woolf)."""
    cells = np.array([k1, n1 - k1, k0, n0 - k0], dtype=float)
    if not cells.all():
        return _estimate(np.nan, np.nan, np.nan, np.nan, np.nan)
    ratio = float(cells[0] * cells[3] / (cells[1] * cells[2]))
    return log_ratio(ratio, float(np.sqrt((1 / cells).sum())), conf_level=conf_level)


def log_ratio(ratio: float, error: float, *, conf_level: float) -> Estimate:
    """Return a ratio whose logarithm has this standard error."""
    z = z_quantile(conf_level)
    if not error > 0 or not ratio > 0:
        return _estimate(ratio, error, np.nan, np.nan, np.nan)
    log = float(np.log(ratio))
    return _estimate(ratio, error, log / error, np.exp(log - z * error), np.exp(log + z * error))


def number_needed(gap: Estimate) -> Estimate:
    """Return how many people stand behind one more or one fewer: ``1 / |difference|``.

    The interval is that of the difference, inverted; it is missing where the difference may be
    nought, because the number then passes through infinity.
    """
    size = 1 / abs(gap.estimate) if gap.estimate else np.nan
    if not gap.conf_low * gap.conf_high > 0:
        return _estimate(size, np.nan, np.nan, np.nan, np.nan)
    ends = sorted((1 / abs(gap.conf_low), 1 / abs(gap.conf_high)))
    return _estimate(size, np.nan, np.nan, ends[0], ends[1])


def _estimate(*numbers: np.ndarray | float) -> Estimate:
    estimate, error, statistic, low, high = (float(number) for number in numbers)
    return Estimate(
        estimate=estimate, std_error=error, statistic=statistic, conf_low=low, conf_high=high
    )
