"""Proportional-odds logit on rows sorted by category: the likelihood that nearly all fits use.

With one exponential per row, ``z = exp(x'b - cut)`` gives ``1 - F(u) = z / (1 + z)``; the chance
of a category is ``F(u) (1 - F(l)) (1 - exp(l - u))``, in which nothing cancels, and the last
factor is one number per category. Same results as the general path of ``cumulative``. Each
category is worked through by itself, so that its arrays stay in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

#: A linear predictor is held within this bound, so that exponentials stay finite.
FARTHEST = 300.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CategoryRows:
    """Rows of one category: chance above its upper and below its lower cut, densities there.

    ``inside`` is the chance of the category less its constant factor, ``pull`` and ``dense`` the
    slope and the bend of the log-likelihood in ``x'b``. Where the category has no upper (lower)
    cut, ``above`` and ``dense_up`` (``below`` and ``dense_low``) are ``None``.
    """

    rows: slice
    above: np.ndarray | None
    below: np.ndarray | None
    dense_up: np.ndarray | None
    dense_low: np.ndarray | None
    inside: np.ndarray
    pull: np.ndarray
    dense: np.ndarray


def category_rows(
    params: np.ndarray, columns: np.ndarray, edges: np.ndarray
) -> Iterator[CategoryRows]:
    """Yield what likelihood and scores need, category by category.

    ``columns`` is the transposed design of shape (k, n), rows sorted by category.
    """
    last = len(edges) - 2
    lift = np.exp(-params[:last])
    raised = params[last:] @ columns
    np.exp(np.clip(raised, -FARTHEST, FARTHEST, out=raised), out=raised)
    for c in range(last + 1):
        rows = slice(edges[c], edges[c + 1])
        above = below = dense_up = dense_low = None
        inside = pull = dense = np.zeros(0)
        if c < last:
            z = raised[rows] * lift[c]
            inside = 1.0 / (1.0 + z)
            above = z * inside
            dense = dense_up = above * inside
            pull = -above
        if c:
            z = raised[rows] * lift[c - 1]
            below = 1.0 / (1.0 + z)
            over = z * below
            dense_low = below * over
            inside = inside * over if c < last else over
            dense = dense + dense_low if c < last else dense_low
            pull = pull + below if c < last else below
        yield CategoryRows(
            rows=rows,
            above=above,
            below=below,
            dense_up=dense_up,
            dense_low=dense_low,
            inside=inside,
            pull=pull,
            dense=dense,
        )


def logit_likelihood(
    params: np.ndarray, X: np.ndarray, weights: np.ndarray, edges: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return log-likelihood, gradient and negative Hessian; -inf where cuts cross."""
    last, size = len(edges) - 2, len(params)
    gaps = np.diff(params[:last])
    if not (gaps > 0).all() or np.abs(params[:last]).max() > FARTHEST:
        return -np.inf, np.zeros(size), np.eye(size)
    gradient, information = np.zeros(size), np.zeros((size, size))
    loglik, columns = 0.0, X.T
    odds = np.concatenate([[0.0], 1 / np.expm1(gaps), [0.0]])
    for c, one in enumerate(category_rows(params, columns, edges)):
        w, own = weights[one.rows], columns[:, one.rows]
        total = float(w.sum())
        loglik += float(w @ np.log(one.inside)) - total * float(np.log1p(odds[c]))
        bend = total * odds[c] * (1 + odds[c])
        pull, dense = one.pull, one.dense
        if one.above is not None and one.dense_up is not None:
            up = w * one.dense_up
            gradient[c] += w @ one.above + total * odds[c]
            information[c, c] += up.sum() + bend
            information[c, last:] -= own @ up
        if one.below is not None and one.dense_low is not None:
            low = w * one.dense_low
            gradient[c - 1] -= w @ one.below + total * odds[c]
            information[c - 1, c - 1] += low.sum() + bend
            information[c - 1, last:] -= own @ low
        if 0 < c < last:
            information[c - 1, c] = information[c, c - 1] = -bend
        gradient[last:] += own @ (w * pull)
        scaled = own * np.sqrt(w * dense)
        information[last:, last:] += scaled @ scaled.T
    information[last:, :last] = information[:last, last:].T
    return loglik, gradient, information


def logit_scores(
    params: np.ndarray, X: np.ndarray, weights: np.ndarray, edges: np.ndarray
) -> np.ndarray:
    """Return the weighted score of each row, columns contiguous."""
    last, columns = len(edges) - 2, X.T
    odds = np.concatenate([[0.0], 1 / np.expm1(np.diff(params[:last])), [0.0]])
    scores = np.zeros((len(params), len(weights)))
    for c, one in enumerate(category_rows(params, columns, edges)):
        w = weights[one.rows]
        if one.above is not None:
            scores[c, one.rows] = w * (one.above + odds[c])
        if one.below is not None:
            scores[c - 1, one.rows] = -w * (one.below + odds[c])
        np.multiply(columns[:, one.rows], w * one.pull, out=scores[last:, one.rows])
    return scores.T


def logit_score_sums(
    params: np.ndarray, X: np.ndarray, weights: np.ndarray, edges: np.ndarray, codes: np.ndarray
) -> np.ndarray:
    """Return weighted scores summed within clusters, without holding those of the rows.

    ``codes`` are 0, 1, ... for the rows sorted by category.
    """
    last, size, columns = len(edges) - 2, int(codes.max()) + 1, X.T
    odds = np.concatenate([[0.0], 1 / np.expm1(np.diff(params[:last])), [0.0]])
    sums = np.zeros((len(params), size))
    pull = np.empty(len(weights))
    for c, one in enumerate(category_rows(params, columns, edges)):
        w, cluster = weights[one.rows], codes[one.rows]
        if one.above is not None:
            sums[c] += np.bincount(cluster, weights=w * (one.above + odds[c]), minlength=size)
        if one.below is not None:
            sums[c - 1] -= np.bincount(cluster, weights=w * (one.below + odds[c]), minlength=size)
        np.multiply(w, one.pull, out=pull[one.rows])
    for place, column in enumerate(columns, start=last):
        sums[place] = np.bincount(codes, weights=pull * column, minlength=size)
    return sums.T
