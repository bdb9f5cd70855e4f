"""Intervals of a proportion and quantiles of the normal distribution, on arrays."""

from __future__ import annotations

import numpy as np
from scipy import special

from rjeval.errors import EstimationError


def normal_quantile(conf_level: float) -> float:
    """Return the two-sided normal quantile of a confidence level.

    Examples
    --------
    >>> round(normal_quantile(0.95), 6)
    1.959964
    """
    if not 0.5 <= conf_level < 1:
        raise EstimationError("conf_level must lie between 0.5 and 1, such as 0.95.")
    return float(special.ndtri(0.5 + conf_level / 2))


def wilson_interval(
    k: np.ndarray | float, n: np.ndarray | float, *, conf_level: float = 0.95
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return proportion, lower and upper Wilson score limit; NaN where ``n`` is 0.

    ``k`` and ``n`` may be fractional (weighted shares with an effective ``n``).
    Wilson (1927), doi 10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> p, low, high = wilson_interval(12, 12)
    >>> f"{p:.0%} ({low:.1%} to {high:.1%})"
    '100% (75.8% to 100.0%)'
    """
    z = normal_quantile(conf_level)
    count, size = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = count / size
        shrink = 1 + z**2 / size
        centre = (p + z**2 / (2 * size)) / shrink
        half = z / shrink * np.sqrt(p * (1 - p) / size + z**2 / (4 * size**2))
    low = np.where(count == 0, 0.0 * p, np.clip(centre - half, 0, 1))
    high = np.where(count == size, 0.0 * p + 1.0, np.clip(centre + half, 0, 1))
    return p, low, high
