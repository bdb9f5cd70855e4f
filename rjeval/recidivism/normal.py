"""Quantiles and tail probabilities of the normal and chi-square distributions."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtrc, ndtri

from rjeval.errors import EstimationError


def z_quantile(conf_level: float) -> float:
    """Return the normal quantile of a two-sided interval.

    Examples
    --------
    >>> round(z_quantile(0.95), 6)
    1.959964
    """
    if not 0 < conf_level < 1:
        raise EstimationError(f"conf_level must lie between 0 and 1, not {conf_level}.")
    return float(ndtri(0.5 + conf_level / 2))


def two_sided_p(statistic: np.ndarray | float) -> np.ndarray:
    """Return two-sided normal p-values of z statistics."""
    square = np.square(np.asarray(statistic, dtype=float))
    return chi_square_p(square, 1)


def chi_square_p(statistic: np.ndarray | float, df: np.ndarray | float) -> np.ndarray:
    """Return the upper tail of the chi-square distribution."""
    return np.asarray(chdtrc(df, np.maximum(statistic, 0.0)))
