"""Cumulative (proportional-odds) likelihood on arrays, with analytic derivatives.

``P(rating <= j) = F(z'a_j - x'b)``: ``z`` is a column of ones for proportional odds, and holds
further columns for terms whose effect differs by threshold (partial proportional odds).
Parameters are ordered: all thresholds ``a_1, ..., a_J`` (each with the columns of ``z``), then
``b``. Rows are sorted by category once, so that each category is one block and every sum over
a category is a sum over a slice.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rjeval.surveys.links import Interval, Link
from rjeval.surveys.logit_rows import logit_likelihood, logit_score_sums, logit_scores
from rjeval.surveys.newton import Maximum, maximise
from rjeval.surveys.sandwich import score_cross_product

#: Above this many rows a fit starts from a thinned sample.
THINNED_START_ROWS = 20_000
#: Rows of the thinned sample.
THINNED_ROWS = 4_000
#: Its fit is a start only: what is left to gain, as a share of the log-likelihood.
THINNED_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Blocks:
    """Rows sorted by category: ``edges[c]:edges[c + 1]`` are the rows of category ``c``.

    Columns of ``X`` lie contiguous in memory.
    """

    X: np.ndarray
    Z: np.ndarray
    weights: np.ndarray
    edges: np.ndarray
    order: np.ndarray

    @property
    def n_cuts(self) -> int:
        """Number of thresholds."""
        return len(self.edges) - 2

    def is_plain(self, link: Link) -> bool:
        """Whether the short way of the proportional-odds logit serves."""
        return link.name == "logit" and self.Z.shape[1] == 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CumulativeFit:
    """A fitted cumulative model on arrays."""

    maximum: Maximum
    loglik_null: float
    n_thresholds: int
    n_nominal: int
    blocks: Blocks
    link: Link

    @property
    def thresholds(self) -> np.ndarray:
        """Thresholds, one row per cut, one column per column of ``z``."""
        size = self.n_thresholds * self.n_nominal
        return self.maximum.params[:size].reshape(self.n_thresholds, self.n_nominal)

    @property
    def slopes(self) -> np.ndarray:
        """Coefficients."""
        return self.maximum.params[self.n_thresholds * self.n_nominal :]

    def score_cross_product(self, codes: np.ndarray | None) -> np.ndarray:
        """Return the sum of outer products of scores, those of a cluster summed first.

        ``codes`` are clusters 0, 1, ... of the rows as they were given; ``None`` for none.
        """
        params, blocks = self.maximum.params, self.blocks
        if codes is None:
            return score_cross_product(_scores(params, blocks, self.link))
        codes = codes[blocks.order]
        if not blocks.is_plain(self.link):
            return score_cross_product(_scores(params, blocks, self.link), codes)
        sums = logit_score_sums(params, blocks.X, blocks.weights, blocks.edges, codes)
        return score_cross_product(sums)


def fit_cumulative(
    y: np.ndarray,
    X: np.ndarray,
    *,
    weights: np.ndarray,
    link: Link,
    Z: np.ndarray | None = None,
    start: np.ndarray | None = None,
) -> CumulativeFit:
    """Fit a cumulative model.

    Parameters
    ----------
    y : ndarray of int, shape (n,)
        Categories 0, 1, ..., each of which occurs.
    X : ndarray of shape (n, k)
    weights : ndarray of shape (n,)
        Multipliers of each row's log-likelihood.
    link : Link
    Z : ndarray of shape (n, q), optional
        Columns whose effect differs by threshold, the first a column of ones.
    start : ndarray, optional
        Parameters from which to climb.
    """
    ones = np.ones((len(y), 1)) if Z is None else Z
    blocks = sort_rows(y, X, ones, weights)
    if start is None:
        start = _cold_start(blocks, link)
        if len(y) > THINNED_START_ROWS:
            start = _thinned_start(blocks, link, start)
    maximum = maximise(lambda params: _likelihood(params, blocks, link), start)
    if not np.isfinite(maximum.loglik):  # thresholds of the start cross for some row
        start = _cold_start(blocks, link)
        maximum = maximise(lambda params: _likelihood(params, blocks, link), start)
    totals = np.add.reduceat(blocks.weights, blocks.edges[:-1])
    return CumulativeFit(
        maximum=maximum,
        loglik_null=float(totals @ np.log(totals / totals.sum())),
        n_thresholds=blocks.n_cuts,
        n_nominal=ones.shape[1],
        blocks=blocks,
        link=link,
    )


def category_probabilities(eta: np.ndarray, cuts: np.ndarray, *, link: Link) -> np.ndarray:
    """Return the probability of each category, shape (n, J + 1).

    ``eta`` is ``x'b`` of shape (n,); ``cuts`` has shape (J,) or (n, J).
    """
    bounds = link.cdf(np.atleast_2d(cuts) - eta[:, None])
    full = np.concatenate([np.zeros((len(eta), 1)), bounds, np.ones((len(eta), 1))], axis=1)
    result: np.ndarray = np.diff(full, axis=1)
    return result


def sort_rows(y: np.ndarray, X: np.ndarray, Z: np.ndarray, weights: np.ndarray) -> Blocks:
    """Sort rows by category."""
    counts = np.bincount(y)
    order = np.argsort(y.astype(np.uint8), kind="stable")
    return Blocks(
        X=np.ascontiguousarray(X.T).take(order, axis=1).T,
        Z=Z if Z.shape[1] == 1 else Z[order],  # a lone column is of ones
        weights=weights[order],
        edges=np.concatenate([[0], np.cumsum(counts)]),
        order=order,
    )


def _cold_start(blocks: Blocks, link: Link) -> np.ndarray:
    totals = np.add.reduceat(blocks.weights, blocks.edges[:-1])
    cuts = np.zeros((blocks.n_cuts, blocks.Z.shape[1]))
    cuts[:, 0] = link.quantile(np.cumsum(totals)[:-1] / totals.sum())
    return np.concatenate([cuts.ravel(), np.zeros(blocks.X.shape[1])])


def _thinned_start(blocks: Blocks, link: Link, start: np.ndarray) -> np.ndarray:
    """Parameters of every m-th row within each category; the cold start where that fails."""
    step = max(len(blocks.order) // THINNED_ROWS, 2)
    slices = [np.arange(a, b, step) for a, b in pairwise(blocks.edges)]
    taken = np.concatenate(slices)
    thin = Blocks(
        X=blocks.X.T.take(taken, axis=1).T,
        Z=blocks.Z[taken],
        weights=blocks.weights[taken],
        edges=np.concatenate([[0], np.cumsum([len(one) for one in slices])]),
        order=taken,
    )
    found = maximise(
        lambda params: _likelihood(params, thin, link), start, tolerance=THINNED_TOLERANCE
    )
    if not found.converged or np.abs(found.params).max() > 1e3:
        return start
    return found.params


def _pieces(params: np.ndarray, blocks: Blocks, link: Link) -> list[Interval] | None:
    """Per category the log-probability and derivatives; ``None`` where thresholds cross."""
    q, cuts = blocks.Z.shape[1], blocks.n_cuts
    thresholds = params[: cuts * q].reshape(cuts, q)
    eta = blocks.X @ params[cuts * q :]
    pieces = []
    for c, (a, b) in enumerate(pairwise(blocks.edges)):
        up = blocks.Z[a:b] @ thresholds[c] - eta[a:b] if c < cuts else None
        low = blocks.Z[a:b] @ thresholds[c - 1] - eta[a:b] if c else None
        if up is not None and low is not None and not (up > low).all():
            return None
        pieces.append(link.interval(up, low))
    return pieces


def _likelihood(
    params: np.ndarray, blocks: Blocks, link: Link
) -> tuple[float, np.ndarray, np.ndarray]:
    if blocks.is_plain(link):
        return logit_likelihood(params, blocks.X, blocks.weights, blocks.edges)
    size = len(params)
    pieces = _pieces(params, blocks, link)
    if pieces is None:
        return -np.inf, np.zeros(size), np.eye(size)
    q, cuts = blocks.Z.shape[1], blocks.n_cuts
    gradient, hessian = np.zeros(size), np.zeros((size, size))
    loglik, last = 0.0, cuts * q
    bend = np.empty(len(blocks.order))
    pull = np.empty(len(blocks.order))
    for c, piece in enumerate(pieces):
        rows = slice(blocks.edges[c], blocks.edges[c + 1])
        Z, X, w = blocks.Z[rows], blocks.X[rows], blocks.weights[rows]
        loglik += float(w @ piece.logp)
        pull[rows] = -w * (piece.up + piece.low)
        bend[rows] = w * (piece.up_up + 2 * piece.up_low + piece.low_low)
        mine, below = slice(c * q, (c + 1) * q), slice((c - 1) * q, c * q)
        if c < cuts:
            gradient[mine] += Z.T @ (w * piece.up)
            hessian[mine, mine] += (Z.T * (w * piece.up_up)) @ Z
            hessian[mine, last:] -= (Z.T * (w * (piece.up_up + piece.up_low))) @ X
        if c:
            gradient[below] += Z.T @ (w * piece.low)
            hessian[below, below] += (Z.T * (w * piece.low_low)) @ Z
            hessian[below, last:] -= (Z.T * (w * (piece.low_low + piece.up_low))) @ X
        if 0 < c < cuts:
            hessian[below, mine] += (Z.T * (w * piece.up_low)) @ Z
    gradient[last:] = blocks.X.T @ pull
    hessian[last:, last:] = (blocks.X.T * bend) @ blocks.X
    upper = np.triu(hessian)
    return loglik, gradient, -(upper + upper.T - np.diag(np.diag(upper)))


def _scores(params: np.ndarray, blocks: Blocks, link: Link) -> np.ndarray:
    """Weighted score of each row, in the order of the blocks."""
    if blocks.is_plain(link):
        return logit_scores(params, blocks.X, blocks.weights, blocks.edges)
    pieces = _pieces(params, blocks, link)
    if pieces is None:
        raise ValueError("thresholds cross at the maximum")
    q, cuts = blocks.Z.shape[1], blocks.n_cuts
    scores = np.zeros((len(blocks.order), len(params)))
    for c, piece in enumerate(pieces):
        rows = slice(blocks.edges[c], blocks.edges[c + 1])
        Z = blocks.Z[rows]
        if c < cuts:
            scores[rows, c * q : (c + 1) * q] += Z * piece.up[:, None]
        if c:
            scores[rows, (c - 1) * q : c * q] += Z * piece.low[:, None]
        scores[rows, cuts * q :] = -blocks.X[rows] * (piece.up + piece.low)[:, None]
    return scores * blocks.weights[:, None]
