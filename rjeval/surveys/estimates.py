"""Arrays of estimates become the table that all models share."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special

from rjeval.errors import ConvergenceError
from rjeval.surveys.newton import Maximum
from rjeval.surveys.proportions import normal_quantile

#: A standard error larger than this over the range of its column carries no information...
UNBOUNDED_SE = 40.0
#: ...and with an effect larger than this it is separation, not a small sample.
UNBOUNDED_EFFECT = 8.0


def estimate_table(
    names: list[tuple[str, str]],
    estimate: np.ndarray,
    vcov: np.ndarray,
    *,
    conf_level: float,
    df: float | np.ndarray | None = None,
) -> pd.DataFrame:
    """Return ``component, term`` and the columns of every table of estimates.

    Parameters
    ----------
    names : list of (component, term)
    df : float or ndarray, optional
        Degrees of freedom of Student's t, for all or for each; normal where ``None``.
    """
    std_error = np.sqrt(np.diag(vcov))
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = estimate / std_error
    quantile: float | np.ndarray
    if df is None:
        quantile = normal_quantile(conf_level)
        p_value = 2 * special.ndtr(-np.abs(statistic))
    else:
        quantile = special.stdtrit(df, 0.5 + conf_level / 2)
        p_value = 2 * special.stdtr(df, -np.abs(statistic))
    return pd.DataFrame(
        {
            "component": [component for component, _ in names],
            "term": [term for _, term in names],
            "estimate": estimate,
            "std_error": std_error,
            "statistic": statistic,
            "p_value": p_value,
            "conf_low": estimate - quantile * std_error,
            "conf_high": estimate + quantile * std_error,
        }
    )


def column_spans(X: np.ndarray) -> np.ndarray:
    """Return the range of each column."""
    if not X.shape[1]:
        return np.empty(0)
    spans: np.ndarray = np.ptp(np.ascontiguousarray(X.T), axis=1)
    return spans


def check_maximum(maximum: Maximum, reach: np.ndarray, terms: tuple[str, ...]) -> None:
    """Refuse a fit whose likelihood has no maximum, and name the terms that separate.

    ``reach`` is the range of each parameter's column, 0 for thresholds and the intercept, and
    ``terms`` their names.
    """
    guilty = _unbounded(maximum, reach, terms)
    if guilty:
        raise ConvergenceError(
            f"{', '.join(guilty)} separates the ratings: among these people it fixes the answer, "
            "so its effect has no finite estimate.",
            iterations=maximum.iterations,
            terms=guilty,
            hint="Merge its levels with a neighbour or leave it out; or take "
            'rj.logistic_regression(..., penalty="firth"), whose estimates stay finite.',
        )
    if not maximum.converged:
        raise ConvergenceError(
            f"The likelihood found no maximum in {maximum.iterations} steps.",
            iterations=maximum.iterations,
            terms=terms,
            hint="Simplify the formula, merge sparse rating categories, or rescale numbers.",
        )


def is_bounded(maximum: Maximum, reach: np.ndarray, terms: tuple[str, ...]) -> bool:
    """Whether the fit converged to finite effects."""
    return maximum.converged and not _unbounded(maximum, reach, terms)


def _unbounded(maximum: Maximum, reach: np.ndarray, terms: tuple[str, ...]) -> tuple[str, ...]:
    effect = np.abs(maximum.params) * reach
    with np.errstate(invalid="ignore"):
        spread = np.sqrt(np.diag(maximum.vcov)) * reach
    loose = ~(spread < UNBOUNDED_SE) & (effect > UNBOUNDED_EFFECT)
    named = (str(term) for term, bad in zip(terms, loose, strict=True) if bad)
    return tuple(dict.fromkeys(named))
