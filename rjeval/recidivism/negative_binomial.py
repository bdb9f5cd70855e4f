"""Negative binomial regression of counts with exposure, by maximum likelihood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, psi, zeta

from rjeval.errors import ConvergenceError
from rjeval.recidivism.separation import without_estimate

TOLERANCE = 1e-11
#: A term that still moves by this much in the last step has no finite estimate.
STILL_MOVING = 1e-3
MAX_ITERATIONS = 200
#: A dispersion parameter this large is no over-dispersion: the Poisson limit.
POISSON_LIMIT = 1e7


@dataclass(frozen=True, slots=True, kw_only=True)
class CountFit:
    """Coefficients of the logarithm of the rate, and ``theta``: variance ``mu + mu^2/theta``."""

    coef: np.ndarray
    covariance: np.ndarray
    theta: float
    theta_error: float
    loglik: float
    iterations: int


def fit_negative_binomial(
    matrix: np.ndarray,
    count: np.ndarray,
    *,
    log_exposure: np.ndarray,
    terms: Sequence[str] = (),
) -> CountFit:
    """Maximise over coefficients and ``theta`` in turn, as ``MASS::glm.nb``.

    Parameters
    ----------
    matrix : ndarray of shape (n, k)
        With a column of ones.
    count, log_exposure : ndarray of shape (n,)
    terms : sequence of str
        Names of the columns, used when a coefficient has no finite estimate.

    Raises
    ------
    ConvergenceError
        No maximum was found; ``terms`` names those without a finite estimate.
    """
    beta = np.zeros(matrix.shape[1])
    beta[0] = np.log(count.sum() / np.exp(log_exposure).sum())
    beta = _weighted_steps(matrix, count, log_exposure, beta=beta, theta=np.inf, terms=terms)
    theta = 1.0
    for iteration in range(1, MAX_ITERATIONS + 1):
        mean = np.exp(matrix @ beta + log_exposure)
        new_theta = _best_theta(count, mean, start=theta)
        new_beta = _weighted_steps(
            matrix, count, log_exposure, beta=beta, theta=new_theta, terms=terms
        )
        steps = iteration
        moved = max(float(np.abs(new_beta - beta).max()), abs(new_theta / theta - 1))
        beta, theta = new_beta, new_theta
        if moved < TOLERANCE or theta >= POISSON_LIMIT:
            break
    else:
        raise ConvergenceError(
            f"The negative binomial regression did not converge in {MAX_ITERATIONS} steps.",
            iterations=MAX_ITERATIONS,
            hint="Use fewer terms, or join rare levels.",
        )
    mean = np.exp(matrix @ beta + log_exposure)
    weight = mean / (1 + mean / theta)
    _, curvature = _theta_slopes(count, mean, theta)
    return CountFit(
        coef=beta,
        covariance=np.linalg.inv((matrix * weight[:, None]).T @ matrix),
        theta=theta,
        theta_error=float(1 / np.sqrt(-curvature)) if curvature < 0 else float("nan"),
        loglik=_loglik(count, mean, theta),
        iterations=steps,
    )


def _weighted_steps(
    matrix: np.ndarray,
    count: np.ndarray,
    log_exposure: np.ndarray,
    *,
    beta: np.ndarray,
    theta: float,
    terms: Sequence[str],
) -> np.ndarray:
    """Fisher scoring for the coefficients at one ``theta``."""
    step = np.zeros_like(beta)
    for _ in range(MAX_ITERATIONS):
        mean = np.exp(matrix @ beta + log_exposure)
        spread = 1 + mean / theta
        weight = mean / spread
        try:
            step = np.linalg.solve(
                (matrix * weight[:, None]).T @ matrix, matrix.T @ ((count - mean) / spread)
            )
        except np.linalg.LinAlgError:
            break
        step *= min(1.0, 3.0 / max(float(np.abs(step).max()), 1e-300))
        beta = beta + step
        if np.abs(step).max() < TOLERANCE:
            return beta
    moving = [name for name, one in zip(terms, step, strict=False) if abs(one) > STILL_MOVING]
    named = [name for name in moving if name != "(Intercept)"] or ["a term"]
    raise without_estimate(
        "The regression of counts",
        named,
        hint="A level of a variable has no events at all: join it with another.",
    )


def _best_theta(count: np.ndarray, mean: np.ndarray, *, start: float) -> float:
    log = np.log(start)
    for _ in range(MAX_ITERATIONS):
        theta = float(np.exp(log))
        slope, curvature = _theta_slopes(count, mean, theta)
        first, second = slope * theta, curvature * theta**2 + slope * theta
        step = -first / second if second < 0 else np.sign(first)
        step = float(np.clip(step, -2, 2))
        log = min(log + step, np.log(POISSON_LIMIT))
        if abs(step) < TOLERANCE or log >= np.log(POISSON_LIMIT):
            break
    return float(np.exp(log))


def _theta_slopes(count: np.ndarray, mean: np.ndarray, theta: float) -> tuple[float, float]:
    """First and second derivative of the log-likelihood in ``theta``."""
    total = theta + mean
    slope = psi(theta + count) - psi(theta) + np.log(theta / total) + 1 - (theta + count) / total
    curvature = zeta(2, theta + count) - zeta(2, theta) + 1 / theta - 2 / total
    curvature += (theta + count) / total**2
    return float(slope.sum()), float(curvature.sum())


def _loglik(count: np.ndarray, mean: np.ndarray, theta: float) -> float:
    parts = gammaln(theta + count) - gammaln(theta) - gammaln(count + 1)
    parts += theta * np.log(theta / (theta + mean)) + count * np.log(mean / (theta + mean))
    return float(parts.sum())
