"""Likelihood of a cumulative logit with one random intercept, by adaptive quadrature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

#: Newton steps to each group's mode.
MODE_STEPS = 30
MODE_TOLERANCE = 1e-10
#: Step of the central differences of the outer problem.
STEP = 1e-4
#: Newton steps that finish the outer problem, and the step that ends them.
LAST_STEPS, LAST_STEP = 20, 1e-8
#: Nodes from which on the slope of the integral leads to the maximum of the quadrature.
ENOUGH_NODES = 5
#: Information about the log standard deviation below which it cannot be told from none at all.
FLAT = 1e-3
#: Cuts closer to each other than this are one.
CLOSEST = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MixedLikelihood:
    """Rows, their groups, and the rule of integration.

    Parameters are the cuts, the slopes and the log standard deviation between groups.
    """

    y: np.ndarray
    X: np.ndarray
    groups: np.ndarray
    n_cuts: int
    nodes: int

    def loglik(self, params: np.ndarray) -> float:
        """Return the log-likelihood; -inf where cuts cross."""
        return -np.inf if self._impossible(params) else self._integrate(params).loglik

    def score(self, params: np.ndarray) -> np.ndarray:
        """Return the slope of the log-likelihood as the expected slope given the answers.

        It is the slope of the integral itself, and that of :meth:`loglik` but for the error of
        the quadrature (Fisher's identity).
        """
        if self._impossible(params):
            return np.zeros(len(params))
        found = self._integrate(params)
        weight, sd = found.weight[:, self.groups], float(np.exp(params[-1]))
        above, below = expit(-found.up), expit(found.low)
        at_eta = below - above
        gaps = np.concatenate([[np.inf], np.diff(params[: self.n_cuts]), [np.inf]])
        odds = _odds(gaps)[self.y]
        # Slope in the upper and the lower cut of each row; none where there is no such cut.
        at_up = (weight * above).sum(axis=0) + odds
        at_low = -(weight * below).sum(axis=0) - odds
        at_cuts = np.bincount(self.y, weights=at_up, minlength=self.n_cuts + 1)[:-1]
        at_cuts += np.bincount(self.y, weights=at_low, minlength=self.n_cuts + 1)[1:]
        at_slopes = self.X.T @ (weight * at_eta).sum(axis=0)
        at_log_sd = float((weight * at_eta * sd * found.u[:, self.groups]).sum())
        return np.concatenate([at_cuts, at_slopes, [at_log_sd]])

    def _impossible(self, params: np.ndarray) -> bool:
        return not (np.diff(params[: self.n_cuts]) > 0).all() or abs(params[-1]) > 10

    def _integrate(self, params: np.ndarray) -> _Integral:
        cuts, slopes = params[: self.n_cuts], params[self.n_cuts : -1]
        sd, eta = float(np.exp(params[-1])), self.X @ slopes
        bounds = np.concatenate([[-np.inf], cuts, [np.inf]])
        up, low = bounds[self.y + 1] - eta, bounds[self.y] - eta
        mode, curve = self._modes(up, low, sd)
        points, weights = np.polynomial.hermite.hermgauss(self.nodes)
        width = np.sqrt(2 / curve)
        u = mode + width * points[:, None]
        moved = sd * u[:, self.groups]
        up, low = up - moved, low - moved
        # log P(low < x < up) = log F(up) + log(1 - F(low)) + log(1 - exp(low - up)): none cancels
        between = -np.log1p(_odds(np.diff(bounds)))[self.y]
        logp = log_expit(up) + log_expit(-low) + between
        total = self._sum(logp) - u**2 / 2 + points[:, None] ** 2 + np.log(weights)[:, None]
        peak = total.max(axis=0)
        share = np.exp(total - peak)
        whole = share.sum(axis=0)
        loglik = (peak + np.log(whole) + np.log(width) - 0.5 * np.log(2 * np.pi)).sum()
        return _Integral(loglik=float(loglik), weight=share / whole, u=u, up=up, low=low)

    def _sum(self, values: np.ndarray) -> np.ndarray:
        """Sum each row of a table of nodes by people over groups."""
        size = int(self.groups.max()) + 1
        places = self.groups + size * np.arange(len(values))[:, None]
        summed = np.bincount(places.ravel(), weights=values.ravel(), minlength=size * len(values))
        return summed.reshape(len(values), size)

    def _modes(self, up: np.ndarray, low: np.ndarray, sd: float) -> tuple[np.ndarray, np.ndarray]:
        """Most likely standardised intercept of each group, and the curvature there."""
        u = np.zeros(int(self.groups.max()) + 1)
        curve: np.ndarray = np.ones_like(u)
        for _ in range(MODE_STEPS):
            moved = sd * u[self.groups]
            above, below = expit(moved - up), expit(low - moved)
            slope = sd * np.bincount(self.groups, weights=below - above) - u
            bend = above * (1 - above) + below * (1 - below)
            curve = 1 + sd**2 * np.bincount(self.groups, weights=bend)
            step = slope / curve
            u = u + np.clip(step, -2.0, 2.0)
            if np.abs(step).max() < MODE_TOLERANCE:
                break
        return u, curve


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Integral:
    """The integrated likelihood, and node by node what it is made of."""

    loglik: float
    #: Share of each node in the integral of each group.
    weight: np.ndarray
    u: np.ndarray
    up: np.ndarray
    low: np.ndarray


def _odds(gaps: np.ndarray) -> np.ndarray:
    """Return 1 / (exp(gap) - 1)."""
    with np.errstate(over="ignore"):
        return np.asarray(1 / np.expm1(np.maximum(gaps, CLOSEST)))


def maximise_mixed(
    likelihood: MixedLikelihood, start: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return parameters, covariance and log-likelihood at the maximum.

    The covariance is missing where there is no maximum inside, which is where groups do not
    differ at all.
    """
    from scipy.optimize import minimize

    def loss(params: np.ndarray) -> float:
        value = likelihood.loglik(params)
        return -value if np.isfinite(value) else 1e10

    def slope(params: np.ndarray) -> np.ndarray:
        steps = np.eye(len(params)) * STEP
        return np.array([(loss(params + s) - loss(params - s)) / (2 * STEP) for s in steps])

    def downhill(params: np.ndarray) -> np.ndarray:
        return -likelihood.score(params)

    for jac in (downhill, slope) if likelihood.nodes >= ENOUGH_NODES else (slope,):
        rough = minimize(loss, start, jac=jac, method="BFGS", options={"gtol": 1e-5}).x
        information = _second_differences(loss, rough)
        if information[-1, -1] < FLAT:
            break
        params = _polish(rough, information, slope)
        if params is not None and loss(params) <= loss(rough):
            return params, _inverse(_second_differences(loss, params)), likelihood.loglik(params)
    return rough, np.full((len(start),) * 2, np.nan), likelihood.loglik(rough)


def _polish(
    params: np.ndarray, information: np.ndarray, slope: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray | None:
    """Return where Newton steps end on the quadrature itself; none where they do not."""
    inverse = _inverse(information)
    for _ in range(LAST_STEPS):
        step = inverse @ slope(params)
        params = params - step
        if np.abs(step).max() < LAST_STEP:
            return params
    return None


def _inverse(matrix: np.ndarray) -> np.ndarray:
    """Return the inverse; nothing but missing values where there is none."""
    try:
        return np.asarray(np.linalg.inv(matrix))
    except np.linalg.LinAlgError:
        return np.full_like(matrix, np.nan)


def _second_differences(loss: Callable[[np.ndarray], float], params: np.ndarray) -> np.ndarray:
    size, h = len(params), 10 * STEP
    steps = np.eye(size) * h
    matrix = np.empty((size, size))
    for i in range(size):
        for j in range(i, size):
            a, b = steps[i], steps[j]
            value = (
                loss(params + a + b)
                - loss(params + a - b)
                - loss(params - a + b)
                + loss(params - a - b)
            ) / (4 * h * h)
            matrix[i, j] = matrix[j, i] = value
    return matrix
