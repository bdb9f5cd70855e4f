"""Proportional-odds logit on rows sorted by category: the likelihood that nearly all fits use.

With one exponential per row, ``z = exp(x'b - cut)`` gives ``1 - F(u) = z / (1 + z)``; the chance
of a category is ``F(u) (1 - F(l)) (1 - exp(l - u))``, in which nothing cancels, and the last
factor is one number per category. Same results as the general path of ``cumulative``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: A linear predictor is held within this bound, so that exponentials stay finite.
FARTHEST = 300.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LogitRows:
    """Per row: chance above the upper and below the lower cut, densities there, probability."""

    above: np.ndarray
    below: np.ndarray
    dense_up: np.ndarray
    dense_low: np.ndarray
    inside: np.ndarray


def logit_rows(eta: np.ndarray, cuts: np.ndarray, edges: np.ndarray) -> LogitRows:
    """Return what likelihood and scores need, for rows sorted by category."""
    n, last = len(eta), len(cuts)
    raised = np.exp(np.clip(eta, -FARTHEST, FARTHEST))
    above, below = np.zeros(n), np.zeros(n)
    dense_up, dense_low = np.zeros(n), np.zeros(n)
    inside = np.ones(n)
    for c in range(last + 1):
        rows = slice(edges[c], edges[c + 1])
        if c < last:
            z = raised[rows] * np.exp(-cuts[c])
            under = 1.0 / (1.0 + z)
            above[rows] = z * under
            dense_up[rows] = above[rows] * under
            inside[rows] = under
        if c:
            z = raised[rows] * np.exp(-cuts[c - 1])
            lower = 1.0 / (1.0 + z)
            over = z * lower
            below[rows] = lower
            dense_low[rows] = lower * over
            inside[rows] *= over
    return LogitRows(
        above=above, below=below, dense_up=dense_up, dense_low=dense_low, inside=inside
    )


def logit_likelihood(
    params: np.ndarray, X: np.ndarray, weights: np.ndarray, edges: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return log-likelihood, gradient and negative Hessian; -inf where cuts cross."""
    last, size = len(edges) - 2, len(params)
    cuts, slopes = params[:last], params[last:]
    gaps = np.diff(cuts)
    if not (gaps > 0).all() or np.abs(cuts).max() > FARTHEST:
        return -np.inf, np.zeros(size), np.eye(size)
    rows = logit_rows(X @ slopes, cuts, edges)
    totals = np.add.reduceat(weights, edges[:-1])
    odds = np.concatenate([[0.0], 1 / np.expm1(gaps), [0.0]])
    bend = odds * (1 + odds)
    loglik = float(weights @ np.log(rows.inside)) - float(totals @ np.log1p(odds))
    up, low = weights * rows.dense_up, weights * rows.dense_low
    sum_up, sum_low = np.add.reduceat(up, edges[:-1]), np.add.reduceat(low, edges[:-1])
    rise = np.add.reduceat(weights * rows.above, edges[:-1]) + totals * odds
    fall = np.add.reduceat(weights * rows.below, edges[:-1]) + totals * odds
    gradient = np.concatenate([rise[:-1] - fall[1:], X.T @ (weights * (rows.below - rows.above))])
    information = np.zeros((size, size))
    steps = np.arange(last)
    curve = totals * bend
    information[steps, steps] = sum_up[:-1] + curve[:-1] + sum_low[1:] + curve[1:]
    information[steps[:-1], steps[1:]] = -curve[1:-1]
    information[steps[1:], steps[:-1]] = -curve[1:-1]
    for c in range(last):
        mine, next_ = slice(edges[c], edges[c + 1]), slice(edges[c + 1], edges[c + 2])
        cross = -(X[mine].T @ up[mine] + X[next_].T @ low[next_])
        information[c, last:] = cross
        information[last:, c] = cross
    scaled = X.T * np.sqrt(up + low)
    information[last:, last:] = scaled @ scaled.T
    return loglik, gradient, information


def logit_scores(
    params: np.ndarray, X: np.ndarray, weights: np.ndarray, edges: np.ndarray
) -> np.ndarray:
    """Return the weighted score of each row, columns contiguous."""
    last = len(edges) - 2
    cuts = params[:last]
    rows = logit_rows(X @ params[last:], cuts, edges)
    odds = np.concatenate([[0.0], 1 / np.expm1(np.diff(cuts)), [0.0]])
    scores = np.zeros((len(params), len(weights)))
    for c in range(last):
        mine, next_ = slice(edges[c], edges[c + 1]), slice(edges[c + 1], edges[c + 2])
        scores[c, mine] = weights[mine] * (rows.above[mine] + odds[c])
        scores[c, next_] = -weights[next_] * (rows.below[next_] + odds[c + 1])
    np.multiply(X.T, weights * (rows.below - rows.above), out=scores[last:])
    return scores.T
