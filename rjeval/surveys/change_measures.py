"""Measures of paired change on arrays: mean, standardised mean, net share, signed rank."""

from __future__ import annotations

import numpy as np
from scipy import special

from rjeval.surveys.cr2 import cr2_variance


def mean_change(change: np.ndarray, codes: np.ndarray, *, level: float) -> dict[str, float]:
    """Return the mean with a CR2 variance; the paired t-test where each pair is a cluster."""
    X = np.ones((len(change), 1))
    return _last_coefficient(X, change, codes, level=level)


def difference_in_change(
    change: np.ndarray, inside: np.ndarray, codes: np.ndarray, *, level: float
) -> dict[str, float]:
    """Return the difference of two groups' mean changes with a CR2 variance."""
    X = np.column_stack([np.ones(len(change)), inside])
    return _last_coefficient(X, change, codes, level=level)


def _last_coefficient(
    X: np.ndarray, y: np.ndarray, codes: np.ndarray, *, level: float
) -> dict[str, float]:
    beta = np.linalg.solve(X.T @ X, X.T @ y)
    vcov, degrees = cr2_variance(X, y - X @ beta, codes, weights=np.ones(len(y)))
    estimate, error = float(beta[-1]), float(np.sqrt(vcov[-1, -1]))
    df = float(degrees[-1])
    statistic = estimate / error if error > 0 else np.nan
    half = float(special.stdtrit(df, 0.5 + level / 2)) * error
    return {
        "estimate": estimate,
        "std_error": error,
        "statistic": statistic,
        "p_value": float(2 * special.stdtr(df, -abs(statistic))),
        "conf_low": estimate - half,
        "conf_high": estimate + half,
    }


def standardised_change(first: np.ndarray, second: np.ndarray, *, z: float) -> dict[str, float]:
    """Return the mean change over the standard deviation before, with bias correction (SMCR)."""
    n, spread = len(first), float(first.std(ddof=1))
    if spread == 0 or second.std() == 0:
        return _blank()
    m = n - 1
    shrink = float(np.exp(special.gammaln(m / 2) - special.gammaln((m - 1) / 2)) / np.sqrt(m / 2))
    d = shrink * float((second - first).mean()) / spread
    r = float(np.corrcoef(first, second)[0, 1])
    error = float(np.sqrt(2 * (1 - r) / n + d**2 / (2 * n)))
    return _wald(d, error, z=z)


def net_share(change: np.ndarray, *, z: float) -> dict[str, float]:
    """Return the share that rose less the share that fell, with a Wald interval."""
    up, down = float((change > 0).mean()), float((change < 0).mean())
    error = float(np.sqrt(max(up + down - (up - down) ** 2, 0.0) / len(change)))
    found = _wald(up - down, error, z=z)
    found["conf_low"], found["conf_high"] = (
        max(found["conf_low"], -1.0),
        min(found["conf_high"], 1.0),
    )
    return found


def signed_rank(change: np.ndarray) -> dict[str, float]:
    """Return Wilcoxon's signed-rank statistic by the normal approximation with ties.

    As R's ``wilcox.test(paired = TRUE, exact = FALSE)``. Wilcoxon (1945), doi 10.2307/3001968.
    """
    moved = change[change != 0]
    n = len(moved)
    if n == 0:
        return _blank()
    _, inverse, counts = np.unique(np.abs(moved), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    rising = float(ranks[moved > 0].sum())
    expected = n * (n + 1) / 4
    variance = n * (n + 1) * (2 * n + 1) / 24 - float((counts**3 - counts).sum()) / 48
    gap = rising - expected
    statistic = (gap - 0.5 * np.sign(gap)) / np.sqrt(variance) if variance > 0 else np.nan
    blank = _blank()
    return blank | {
        "estimate": gap / expected,
        "statistic": rising,
        "p_value": float(min(1.0, 2 * special.ndtr(-abs(statistic)))),
    }


def _wald(estimate: float, error: float, *, z: float) -> dict[str, float]:
    statistic = estimate / error if error > 0 else np.nan
    return {
        "estimate": estimate,
        "std_error": error,
        "statistic": statistic,
        "p_value": float(2 * special.ndtr(-abs(statistic))),
        "conf_low": estimate - z * error,
        "conf_high": estimate + z * error,
    }


def _blank() -> dict[str, float]:
    names = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")
    return dict.fromkeys(names, np.nan)
