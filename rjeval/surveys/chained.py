"""Draws for one incomplete variable given the others: the steps of chained equations."""

from __future__ import annotations

import numpy as np

from rjeval.surveys.cumulative import category_probabilities, fit_cumulative
from rjeval.surveys.estimates import is_bounded
from rjeval.surveys.links import LINKS
from rjeval.surveys.newton import maximise

#: Donors of predictive mean matching.
DONORS = 5
#: Ridge of the numeric model, as a share of the diagonal.
RIDGE = 1e-5
#: Prior variance of standardised coefficients of a category: keeps separated levels finite.
PRIOR_VARIANCE = 25.0


def draw_number(
    rng: np.random.Generator, y: np.ndarray, X: np.ndarray, missing: np.ndarray
) -> np.ndarray:
    """Draw by predictive mean matching: values of people whose prediction is near.

    Parameters are drawn for the people without a value and estimated for the donors
    (type 1 matching); van Buuren (2018), section 3.4.
    """
    seen = ~missing
    A, b = X[seen], y[seen]
    gram = A.T @ A
    inverse = np.linalg.inv(gram + RIDGE * np.diag(np.diag(gram)) + 1e-12 * np.eye(len(gram)))
    beta = inverse @ (A.T @ b)
    residual = b - A @ beta
    spare = max(len(b) - X.shape[1], 1)
    sigma = np.sqrt(float(residual @ residual) / rng.chisquare(spare))
    drawn = beta + sigma * np.linalg.cholesky((inverse + inverse.T) / 2) @ rng.normal(
        size=len(beta)
    )
    order = np.argsort(A @ beta, kind="stable")
    fitted, donors = (A @ beta)[order], b[order]
    k = min(DONORS, len(donors))
    place = np.searchsorted(fitted, X[missing] @ drawn)
    window = np.clip(place[:, None] + np.arange(-k, k)[None, :], 0, len(donors) - 1)
    distance = np.abs(fitted[window] - (X[missing] @ drawn)[:, None])
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :k]
    picked = nearest[np.arange(len(place)), rng.integers(0, k, len(place))]
    values: np.ndarray = donors[window[np.arange(len(place)), picked]]
    return values


def draw_category(
    rng: np.random.Generator, y: np.ndarray, X: np.ndarray, missing: np.ndarray
) -> np.ndarray:
    """Draw codes of an unordered category from a multinomial logit with drawn parameters."""
    n_levels = int(y[~missing].max()) + 1
    params, root = _multinomial(y[~missing].astype(int), X[~missing], n_levels)
    drawn = params + root @ rng.normal(size=len(params))
    return _sample(rng, _softmax(X[missing], drawn, n_levels))


def draw_ordered(
    rng: np.random.Generator, y: np.ndarray, X: np.ndarray, missing: np.ndarray
) -> np.ndarray:
    """Draw codes of an ordered category from a proportional-odds model with drawn parameters.

    Where that has no finite estimates, the categories are drawn as if unordered.
    """
    seen = y[~missing].astype(int)
    present, codes = np.unique(seen, return_inverse=True)
    A = X[:, 1:]
    if len(present) < 2:
        return np.full(int(missing.sum()), present[0])
    fit = fit_cumulative(codes, A[~missing], weights=np.ones(len(codes)), link=LINKS["logit"])
    cuts = fit.n_thresholds
    reach = np.concatenate([np.zeros(cuts), np.ptp(A[~missing], axis=0)])
    if not is_bounded(fit.maximum, reach, ("x",) * len(reach)):
        return present[draw_category(rng, _refilled(y, missing, codes), X, missing)]
    root = np.linalg.cholesky(fit.maximum.vcov)
    drawn = fit.maximum.params + root @ rng.normal(size=len(reach))
    bounds = np.sort(drawn[:cuts])
    shares = category_probabilities(A[missing] @ drawn[cuts:], bounds, link=LINKS["logit"])
    picked: np.ndarray = present[_sample(rng, shares)]
    return picked


def _refilled(y: np.ndarray, missing: np.ndarray, codes: np.ndarray) -> np.ndarray:
    filled = np.zeros(len(y))
    filled[~missing] = codes
    return filled


def _multinomial(y: np.ndarray, X: np.ndarray, n_levels: int) -> tuple[np.ndarray, np.ndarray]:
    """Penalised maximum likelihood of a multinomial logit, and a root of its covariance."""
    n, p = X.shape
    size = (n_levels - 1) * p
    target = (y[:, None] == np.arange(1, n_levels)[None, :]).astype(float)
    prior = np.full(p, 1 / PRIOR_VARIANCE)
    prior[0] = 1e-6
    penalty = np.tile(prior, n_levels - 1)

    def likelihood(params: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        shares = _softmax(X, params, n_levels)
        loglik = float(np.log(np.maximum(shares[np.arange(n), y], 1e-300)).sum())
        gap = target - shares[:, 1:]
        gradient = (gap.T @ X).ravel() - penalty * params
        information = np.diag(penalty)
        for a in range(n_levels - 1):
            for b in range(a, n_levels - 1):
                weight = shares[:, a + 1] * ((a == b) - shares[:, b + 1])
                block = (X.T * weight) @ X
                information[a * p : (a + 1) * p, b * p : (b + 1) * p] += block
                if a != b:
                    information[b * p : (b + 1) * p, a * p : (a + 1) * p] += block
        return loglik - 0.5 * float(penalty @ params**2), gradient, information

    found = maximise(likelihood, np.zeros(size))
    return found.params, np.linalg.cholesky(found.vcov)


def _softmax(X: np.ndarray, params: np.ndarray, n_levels: int) -> np.ndarray:
    eta = np.column_stack([np.zeros(len(X)), X @ params.reshape(n_levels - 1, -1).T])
    eta -= eta.max(axis=1, keepdims=True)
    raw = np.exp(eta)
    shares: np.ndarray = raw / raw.sum(axis=1, keepdims=True)
    return shares


def _sample(rng: np.random.Generator, shares: np.ndarray) -> np.ndarray:
    edges = np.cumsum(shares, axis=1)[:, :-1]
    picked: np.ndarray = (rng.random(len(shares))[:, None] > edges).sum(axis=1)
    return picked
