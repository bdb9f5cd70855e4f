"""Newton's method for a likelihood with analytic gradient and Hessian."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

#: Half the Newton decrement estimates what is left to gain in the log-likelihood; below this
#: the parameters are within about 1e-7 standard errors of the maximum.
DECREMENT_TOLERANCE = 1e-14
MAX_ITERATIONS = 60
MAX_HALVINGS = 30

#: parameters -> (log-likelihood, gradient, negative Hessian)
Likelihood = Callable[[np.ndarray], tuple[float, np.ndarray, np.ndarray]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Maximum:
    """Where the likelihood is highest, with the information there."""

    params: np.ndarray
    loglik: float
    information: np.ndarray
    vcov: np.ndarray
    iterations: int
    converged: bool


def maximise(
    likelihood: Likelihood, start: np.ndarray, *, tolerance: float = DECREMENT_TOLERANCE
) -> Maximum:
    """Climb to the maximum of a likelihood by Newton steps with halving.

    The information is that of the last point, not of the last but one. Where the likelihood
    has no maximum the climb ends with ``converged=False`` or with a huge variance; telling
    which is the caller's work, because it knows the terms.
    """
    params = np.asarray(start, dtype=float)
    loglik, gradient, information = likelihood(params)
    for iteration in range(1, MAX_ITERATIONS + 1):
        step = _solve(information, gradient)
        decrement = float(gradient @ step)
        if not np.isfinite(decrement):
            break
        if decrement < tolerance * max(1.0, abs(loglik)):
            return _at(params, loglik, information, iteration, converged=True)
        found = _climb(likelihood, params, step, loglik)
        if found is None:  # no step gains: the maximum, to the last digit of the log-likelihood
            flat = decrement < DECREMENT_TOLERANCE**0.5 * max(1.0, abs(loglik))
            return _at(params, loglik, information, iteration, converged=flat)
        params, loglik, gradient, information = found
    return _at(params, loglik, information, MAX_ITERATIONS, converged=False)


def _climb(
    likelihood: Likelihood, params: np.ndarray, step: np.ndarray, loglik: float
) -> tuple[np.ndarray, float, np.ndarray, np.ndarray] | None:
    scale = 1.0
    for _ in range(MAX_HALVINGS):
        trial = params + scale * step
        found = likelihood(trial)
        if found[0] > loglik or (found[0] == loglik and scale == 1.0):
            return trial, *found
        scale /= 2
    return None


def _solve(information: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """Newton step; steepest ascent in the information's own scale where it is not positive."""
    try:
        factor = np.linalg.cholesky(information)
    except np.linalg.LinAlgError:
        scale = np.maximum(np.abs(np.diag(information)), 1e-8)
        return gradient / scale
    half = np.linalg.solve(factor, gradient)
    step: np.ndarray = np.linalg.solve(factor.T, half)
    return step


def _at(
    params: np.ndarray, loglik: float, information: np.ndarray, n: int, *, converged: bool
) -> Maximum:
    try:
        vcov = np.linalg.inv(information)
    except np.linalg.LinAlgError:
        vcov, converged = np.full_like(information, np.inf), False
    return Maximum(
        params=params,
        loglik=loglik,
        information=information,
        vcov=(vcov + vcov.T) / 2,
        iterations=n,
        converged=converged,
    )
