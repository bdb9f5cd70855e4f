"""Accelerated failure time models: Newton's method on location and scale of log time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import expit, log_ndtr

from rjeval.errors import ConvergenceError
from rjeval.recidivism.separation import WITHOUT_BOUND, without_estimate

TOLERANCE = 1e-10
MAX_ITERATIONS = 100
LONGEST_STEP = 1.0
#: A term that still moves by this much in the last step has no finite estimate.
STILL_MOVING = 1e-3
#: Curvature, as a share of the largest, that is none.
FLAT = 1e-14
#: Logarithm of a function of the standardised residual, its slope and its curvature.
Slopes = tuple[np.ndarray, np.ndarray, np.ndarray]
Curve = Callable[[np.ndarray], Slopes]


def _extreme_density(z: np.ndarray) -> Slopes:
    rate = np.exp(z)
    return z - rate, 1 - rate, -rate


def _extreme_survival(z: np.ndarray) -> Slopes:
    rate = np.exp(z)
    return -rate, -rate, -rate


def _logistic_density(z: np.ndarray) -> Slopes:
    p = expit(z)
    return z - 2 * np.logaddexp(0, z), 1 - 2 * p, -2 * p * (1 - p)


def _logistic_survival(z: np.ndarray) -> Slopes:
    p = expit(z)
    return -np.logaddexp(0, z), -p, -p * (1 - p)


def _normal_density(z: np.ndarray) -> Slopes:
    return -(z**2) / 2 - np.log(2 * np.pi) / 2, -z, -np.ones_like(z)


def _normal_survival(z: np.ndarray) -> Slopes:
    log = log_ndtr(-z)
    ratio = np.exp(-(z**2) / 2 - np.log(2 * np.pi) / 2 - log)
    return log, -ratio, -ratio * (ratio - z)


#: Distribution of time -> density and survival of the residual, whether its scale is free.
DISTRIBUTIONS: dict[str, tuple[Curve, Curve, bool]] = {
    "weibull": (_extreme_density, _extreme_survival, True),
    "exponential": (_extreme_density, _extreme_survival, False),
    "lognormal": (_normal_density, _normal_survival, True),
    "loglogistic": (_logistic_density, _logistic_survival, True),
}


def fit_failure_time(
    matrix: np.ndarray,
    time: np.ndarray,
    *,
    event: np.ndarray,
    entry: np.ndarray,
    distribution: str,
    terms: tuple[str, ...] = (),
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return coefficients (the last is ``Log(scale)``, if free), covariance, log-likelihood.

    Parameters
    ----------
    matrix : ndarray of shape (n, k)
        With a column of ones.
    time, event, entry : ndarray of shape (n,)
        ``entry`` above 0 is delayed entry: conditional on lasting until then.
    distribution : str
        One of ``DISTRIBUTIONS``.
    terms : tuple of str
        Names of the columns, used when a coefficient has no finite estimate.

    Raises
    ------
    ConvergenceError
        No maximum was found; ``terms`` names those without a finite estimate.
    """
    density, survival, free = DISTRIBUTIONS[distribution]
    late = entry > 0
    parts = (
        (matrix[event], np.log(time[event]), density, 1.0),
        (matrix[~event], np.log(time[~event]), survival, 1.0),
        (matrix[late], np.log(entry[late]), survival, -1.0),
    )
    n_events, logs = int(event.sum()), float(np.log(time[event]).sum())
    value = np.zeros(matrix.shape[1] + 1)
    value[0] = np.log(time.sum() / max(n_events, 1))
    kept = slice(None) if free else slice(None, -1)
    loglik, slope, bend = _evaluate(value, parts, n_events=n_events, logs=logs)
    for _ in range(MAX_ITERATIONS):
        step = np.zeros_like(value)
        step[kept] = _uphill(slope[kept], bend[kept, kept])
        step *= min(1.0, LONGEST_STEP / max(float(np.abs(step).max()), 1e-300))
        for _ in range(40):
            ahead = _evaluate(value + step, parts, n_events=n_events, logs=logs)
            if ahead[0] >= loglik - 1e-10 * abs(loglik):
                break
            step = step / 2
        value = value + step
        loglik, slope, bend = ahead
        loose = _without_bound(bend[kept, kept]) | (np.abs(step[kept]) > STILL_MOVING)
        if np.abs(step).max() < TOLERANCE and not loose.any():
            return value[kept], np.linalg.inv(-bend[kept, kept]), loglik
    raise _no_maximum(distribution, [name for name, one in zip(terms, loose, strict=False) if one])


def _without_bound(bend: np.ndarray) -> np.ndarray:
    """Whether each parameter's standard error is beyond all bounds, or there is none."""
    values, vectors = np.linalg.eigh(-bend)
    floor = FLAT * float(np.abs(values).max())
    return np.asarray(np.sqrt(vectors**2 @ (1 / np.maximum(values, floor))) > WITHOUT_BOUND)


def _no_maximum(distribution: str, loose: list[str]) -> ConvergenceError:
    named = [one for one in loose if one != "(Intercept)"]
    if named:
        what = f"The {distribution} regression"
        return without_estimate(what, named, hint="Join rare levels, or leave the term out.")
    return ConvergenceError(
        f"The {distribution} regression did not converge in {MAX_ITERATIONS} steps.",
        iterations=MAX_ITERATIONS,
        hint="Use fewer terms, or another distribution.",
    )


def _evaluate(
    value: np.ndarray,
    parts: tuple[tuple[np.ndarray, np.ndarray, Curve, float], ...],
    *,
    n_events: int,
    logs: float,
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return log-likelihood, gradient and second derivatives."""
    k = value.size - 1
    scale = float(np.exp(value[-1]))
    loglik = -n_events * value[-1] - logs
    slope, bend = np.zeros(k + 1), np.zeros((k + 1, k + 1))
    slope[-1] = -n_events
    for matrix, log_time, curve, sign in parts:
        z = (log_time - matrix @ value[:-1]) / scale
        log, first, second = curve(z)
        loglik += sign * float(log.sum())
        slope[:k] -= sign * (matrix.T @ first) / scale
        slope[-1] -= sign * float(first @ z)
        bend[:k, :k] += sign * ((matrix * second[:, None]).T @ matrix) / scale**2
        mixed = sign * (matrix.T @ (second * z + first)) / scale
        bend[:k, -1] += mixed
        bend[-1, :k] += mixed
        bend[-1, -1] += sign * float((second * z**2 + first * z).sum())
    return loglik, slope, bend


def _uphill(slope: np.ndarray, bend: np.ndarray) -> np.ndarray:
    """Return Newton's step, towards steepest ascent where the surface is not concave."""
    values, vectors = np.linalg.eigh(-bend)
    floor = 1e-8 * float(np.abs(values).max())
    return np.asarray(vectors @ ((vectors.T @ slope) / np.maximum(np.abs(values), floor)))
