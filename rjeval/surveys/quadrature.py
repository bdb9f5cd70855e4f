"""Likelihood of a cumulative logit with one random intercept, by adaptive quadrature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rjeval.surveys.links import LINKS, Interval

#: Newton steps to each group's mode.
MODE_STEPS = 30
MODE_TOLERANCE = 1e-10
#: Step of the central differences of the outer problem.
STEP = 1e-4


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
        cuts, slopes = params[: self.n_cuts], params[self.n_cuts : -1]
        if not (np.diff(cuts) > 0).all() or abs(params[-1]) > 10:
            return -np.inf
        sd, eta = float(np.exp(params[-1])), self.X @ slopes
        mode, curve = self._modes(cuts, eta, sd)
        points, weights = np.polynomial.hermite.hermgauss(self.nodes)
        width = np.sqrt(2 / curve)
        total = np.empty((self.nodes, len(mode)))
        for k, (point, weight) in enumerate(zip(points, weights, strict=True)):
            u = mode + width * point
            joint = self._sum(self._pieces(cuts, eta, sd, u).logp) - u**2 / 2
            total[k] = joint + point**2 + np.log(weight)
        peak = total.max(axis=0)
        inside = peak + np.log(np.exp(total - peak).sum(axis=0))
        return float((inside + np.log(width) - 0.5 * np.log(2 * np.pi)).sum())

    def _sum(self, values: np.ndarray) -> np.ndarray:
        return np.bincount(self.groups, weights=values)

    def _pieces(self, cuts: np.ndarray, eta: np.ndarray, sd: float, u: np.ndarray) -> Interval:
        shifted = eta + sd * u[self.groups]
        bounds = np.concatenate([[-np.inf], cuts, [np.inf]])
        link = LINKS["logit"]
        names = ("logp", "up", "low", "up_up", "low_low", "up_low")
        out = {name: np.empty(len(eta)) for name in names}
        for c in range(self.n_cuts + 1):
            rows = self.y == c
            up = bounds[c + 1] - shifted[rows] if c < self.n_cuts else None
            low = bounds[c] - shifted[rows] if c else None
            piece = link.interval(up, low)
            for name in names:
                out[name][rows] = getattr(piece, name)
        return Interval(**out)

    def _modes(self, cuts: np.ndarray, eta: np.ndarray, sd: float) -> tuple[np.ndarray, np.ndarray]:
        """Most likely standardised intercept of each group, and the curvature there."""
        u = np.zeros(int(self.groups.max()) + 1)
        curve = np.ones_like(u)
        for _ in range(MODE_STEPS):
            piece = self._pieces(cuts, eta, sd, u)
            slope = self._sum(-sd * (piece.up + piece.low)) - u
            bend = piece.up_up + 2 * piece.up_low + piece.low_low
            curve = 1 - self._sum(sd**2 * bend)
            step = slope / curve
            u = u + np.clip(step, -2.0, 2.0)
            if np.abs(step).max() < MODE_TOLERANCE:
                break
        return u, curve


def maximise_mixed(
    likelihood: MixedLikelihood, start: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return parameters, covariance and log-likelihood at the maximum."""
    from scipy.optimize import minimize

    def loss(params: np.ndarray) -> float:
        value = likelihood.loglik(params)
        return -value if np.isfinite(value) else 1e10

    def slope(params: np.ndarray) -> np.ndarray:
        steps = np.eye(len(params)) * STEP
        return np.array([(loss(params + s) - loss(params - s)) / (2 * STEP) for s in steps])

    found = minimize(loss, start, jac=slope, method="BFGS", options={"gtol": 1e-7})
    params = np.asarray(found.x)
    information = _second_differences(loss, params)
    try:
        # Two Newton steps finish what BFGS leaves.
        for _ in range(2):
            params = params - np.linalg.solve(information, slope(params))
        vcov = np.linalg.inv(_second_differences(loss, params))
    except np.linalg.LinAlgError:
        vcov = np.full((len(params),) * 2, np.nan)
    return params, vcov, likelihood.loglik(params)


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
