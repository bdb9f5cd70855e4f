"""One common factor by normal maximum likelihood, and McDonald's omega with its error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rjeval.surveys.newton import maximise

#: A unique variance below this share of its item's variance means no proper solution.
HEYWOOD_SHARE = 0.005


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OneFactor:
    """Loadings and unique variances on the items' own scale, and omega."""

    loadings: np.ndarray
    unique: np.ndarray
    omega: float
    std_error: float
    proper: bool


def fit_one_factor(covariance: np.ndarray, n: int) -> OneFactor:
    """Fit a one-factor model to a covariance matrix of ``n`` people.

    Omega is ``(sum of loadings)^2 / ((sum of loadings)^2 + sum of unique variances)``; its error
    follows from the expected information by the delta method.
    """
    k = len(covariance)
    variance = np.diag(covariance)
    size, vectors = np.linalg.eigh(covariance)
    first = vectors[:, -1] * np.sqrt(max(size[-1] - np.median(size), size[-1] / 4))
    start = np.concatenate([first * np.sign(first.sum() or 1.0), np.log(variance / 2)])

    def likelihood(params: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        return _likelihood(params, covariance, n)

    found = maximise(likelihood, start)
    loadings, unique = found.params[:k], np.exp(np.minimum(found.params[k:], 50.0))
    common, rest = loadings.sum() ** 2, unique.sum()
    slope = np.concatenate(
        [
            np.full(k, 2 * loadings.sum() * rest / (common + rest) ** 2),
            -common * unique / (common + rest) ** 2,
        ]
    )
    with np.errstate(invalid="ignore"):
        error = float(np.sqrt(slope @ found.vcov @ slope))
    return OneFactor(
        loadings=loadings,
        unique=unique,
        omega=float(common / (common + rest)),
        std_error=error,
        proper=found.converged and bool((unique > HEYWOOD_SHARE * variance).all()),
    )


def _likelihood(
    params: np.ndarray, covariance: np.ndarray, n: int
) -> tuple[float, np.ndarray, np.ndarray]:
    """Log-likelihood, gradient and expected information in loadings and log unique variances."""
    k = len(covariance)
    loadings, unique = params[:k], np.exp(np.clip(params[k:], -50.0, 50.0))
    implied = np.outer(loadings, loadings) + np.diag(unique)
    sign, logdet = np.linalg.slogdet(implied)
    if sign <= 0:
        return -np.inf, np.zeros(2 * k), np.eye(2 * k)
    inverse = np.linalg.inv(implied)
    loglik = -n / 2 * (logdet + float(np.sum(inverse * covariance)))
    pieces = np.zeros((2 * k, k, k))
    for i in range(k):
        pieces[i, i, :] += loadings
        pieces[i, :, i] += loadings
        pieces[k + i, i, i] = unique[i]
    scaled = inverse @ pieces
    gap = inverse @ (covariance - implied) @ inverse
    gradient = n / 2 * np.einsum("ij,aij->a", gap, pieces)
    information = n / 2 * np.einsum("aij,bji->ab", scaled, scaled)
    return loglik, gradient, information
