"""Cumulative likelihood whose spread differs between people (location-scale), on arrays.

``P(rating <= j) = F((z'a_j - x'b) / exp(s'c))``: ``s`` holds the columns on which the spread
depends, none of them constant. Parameters are ordered: all thresholds (each with the columns of
``z``), then ``b``, then ``c``. McCullagh (1980), doi 10.1111/j.2517-6161.1980.tb01109.x.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rjeval.surveys.cumulative import fit_cumulative
from rjeval.surveys.links import Interval, Link
from rjeval.surveys.newton import Maximum, maximise
from rjeval.surveys.sandwich import score_cross_product


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScaledFit:
    """A fitted location-scale model on arrays; ``scores`` are weighted, one row each."""

    maximum: Maximum
    loglik_null: float
    n_thresholds: int
    n_nominal: int
    n_scales: int
    scores: np.ndarray

    @property
    def thresholds(self) -> np.ndarray:
        """Thresholds, one row per cut, one column per column of ``z``."""
        size = self.n_thresholds * self.n_nominal
        return self.maximum.params[:size].reshape(self.n_thresholds, self.n_nominal)

    @property
    def slopes(self) -> np.ndarray:
        """Coefficients of location."""
        start = self.n_thresholds * self.n_nominal
        return self.maximum.params[start : len(self.maximum.params) - self.n_scales]

    @property
    def log_scales(self) -> np.ndarray:
        """Effects on the logarithm of the spread."""
        return self.maximum.params[len(self.maximum.params) - self.n_scales :]

    def score_cross_product(self, codes: np.ndarray | None) -> np.ndarray:
        """Return the sum of outer products of scores, those of a cluster summed first."""
        return score_cross_product(self.scores, codes)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScaledRows:
    """Rows of a location-scale model: answers, columns of location, threshold and scale."""

    y: np.ndarray
    X: np.ndarray
    Z: np.ndarray
    S: np.ndarray
    weights: np.ndarray

    @property
    def n_cuts(self) -> int:
        """Number of thresholds."""
        return int(self.y.max())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Bounds:
    """Upper and lower bound of each row's category (0 where infinite), with derivatives."""

    pieces: list[tuple[np.ndarray, Interval]]
    up: np.ndarray
    low: np.ndarray
    rise_up: np.ndarray
    rise_low: np.ndarray


def fit_scaled(
    y: np.ndarray,
    X: np.ndarray,
    *,
    Z: np.ndarray,
    S: np.ndarray,
    weights: np.ndarray,
    link: Link,
    start: np.ndarray | None = None,
) -> ScaledFit:
    """Fit a cumulative model with scale effects.

    Parameters
    ----------
    y : ndarray of int, shape (n,)
        Categories 0, 1, ..., each of which occurs.
    X, Z, S : ndarray of shape (n, k), (n, q), (n, m)
        Columns of location, of the thresholds (the first of ones) and of the log-scale.
    weights : ndarray of shape (n,)
    link : Link
    start : ndarray, optional
        Parameters from which to climb; the fit without scale effects where not given.
    """
    plain = fit_cumulative(y, X, weights=weights, link=link, Z=Z)
    if start is None:
        start = np.concatenate([plain.maximum.params, np.zeros(S.shape[1])])
    rows = ScaledRows(y=y, X=X, Z=Z, S=S, weights=weights)
    maximum = maximise(lambda params: _likelihood(params, rows, link), start)
    return ScaledFit(
        maximum=maximum,
        loglik_null=plain.loglik_null,
        n_thresholds=plain.n_thresholds,
        n_nominal=Z.shape[1],
        n_scales=S.shape[1],
        scores=_scores(maximum.params, rows, link),
    )


def _bounds(params: np.ndarray, rows: ScaledRows, link: Link) -> _Bounds | None:
    """Return bounds with their derivatives by parameter; ``None`` where thresholds cross."""
    n, q, m, cuts = len(rows.y), rows.Z.shape[1], rows.S.shape[1], rows.n_cuts
    thresholds = params[: cuts * q].reshape(cuts, q)
    first, last = cuts * q, len(params) - m
    narrow = np.exp(-(rows.S @ params[last:]))
    centre = rows.X @ params[first:last]
    up, low = np.zeros(n), np.zeros(n)
    rise_up, rise_low = np.zeros((n, len(params))), np.zeros((n, len(params)))
    pieces = []
    for c in range(cuts + 1):
        own = np.flatnonzero(rows.y == c)
        for cut, bound, rise in ((c, up, rise_up), (c - 1, low, rise_low)):
            if not 0 <= cut < cuts:
                continue
            Z, e = rows.Z[own], narrow[own]
            bound[own] = (Z @ thresholds[cut] - centre[own]) * e
            rise[own, cut * q : (cut + 1) * q] = Z * e[:, None]
            rise[own, first:last] = -rows.X[own] * e[:, None]
            rise[own, last:] = -rows.S[own] * bound[own, None]
        if 0 < c < cuts and not (up[own] > low[own]).all():
            return None
        piece = link.interval(up[own] if c < cuts else None, low[own] if c else None)
        pieces.append((own, piece))
    return _Bounds(pieces=pieces, up=up, low=low, rise_up=rise_up, rise_low=rise_low)


def _likelihood(
    params: np.ndarray, rows: ScaledRows, link: Link
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return log-likelihood, gradient and negative Hessian."""
    size, last = len(params), len(params) - rows.S.shape[1]
    found = _bounds(params, rows, link)
    if found is None:
        return -np.inf, np.zeros(size), np.eye(size)
    loglik, gradient, hessian = 0.0, np.zeros(size), np.zeros((size, size))
    for own, piece in found.pieces:
        w, S = rows.weights[own], rows.S[own]
        A, B = found.rise_up[own], found.rise_low[own]
        loglik += float(w @ piece.logp)
        hessian += (A.T * (w * piece.up_up)) @ A + (B.T * (w * piece.low_low)) @ B
        cross = (A.T * (w * piece.up_low)) @ B
        hessian += cross + cross.T
        sides = ((A, found.up, piece.up), (B, found.low, piece.low))
        for rise, bound, slope in sides:
            pull = w * slope
            gradient += rise.T @ pull
            # A bound bends in the scale: its slope in a and b shrinks, in c it is -bound * s.
            bent = (rise[:, :last].T * pull) @ S
            hessian[:last, last:] -= bent
            hessian[last:, :last] -= bent.T
            hessian[last:, last:] += (S.T * (pull * bound[own])) @ S
    return loglik, gradient, -hessian


def _scores(params: np.ndarray, rows: ScaledRows, link: Link) -> np.ndarray:
    """Weighted score of each row."""
    found = _bounds(params, rows, link)
    if found is None:
        raise ValueError("thresholds cross at the maximum")
    scores = np.empty(found.rise_up.shape)
    for own, piece in found.pieces:
        scores[own] = found.rise_up[own] * piece.up[:, None]
        scores[own] += found.rise_low[own] * piece.low[:, None]
    return scores * rows.weights[:, None]
