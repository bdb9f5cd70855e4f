"""Coefficients that a model cannot bound: terms that separate those with an event from others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rjeval.errors import ConvergenceError

#: Standard error of a coefficient (per standard deviation of its column, on the scale of
#: logarithms) beyond which data say nothing about it.
WITHOUT_BOUND = 100.0


def standard_errors(covariance: np.ndarray) -> np.ndarray:
    """Return standard errors; NaN where a variance is below 0, as beside a maximum."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.sqrt(np.diag(covariance)))


def without_estimate(what: str, terms: Sequence[str], *, hint: str) -> ConvergenceError:
    """Return the error that names the terms without a finite estimate.

    Examples
    --------
    >>> error = without_estimate("The spline", ["sex[m]"], hint="Join rare levels.")
    >>> error.terms
    ('sex[m]',)
    """
    return ConvergenceError(
        f"{what} has no finite estimate for {', '.join(terms)}: it separates those with an event "
        "from those without.",
        terms=tuple(terms),
        hint=hint,
    )


def refuse_unbounded(
    what: str, terms: Sequence[str], *, error: np.ndarray, spread: np.ndarray
) -> None:
    """Refuse coefficients whose standard error is beyond all bounds, or not known.

    Parameters
    ----------
    what : str
        The model, at the start of a sentence.
    terms : sequence of str
    error, spread : ndarray
        Standard errors of the coefficients of the terms, and standard deviations of their columns.

    Raises
    ------
    ConvergenceError
        ``terms`` names them.
    """
    loose = ~(error * spread < WITHOUT_BOUND)
    if loose.any():
        named = [name for name, one in zip(terms, loose, strict=True) if one]
        raise without_estimate(what, named, hint="Join rare levels, or leave the term out.")
