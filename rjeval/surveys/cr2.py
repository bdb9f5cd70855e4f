"""Bias-reduced clustered variance of least squares (CR2) with Satterthwaite degrees of freedom."""

from __future__ import annotations

import numpy as np

#: A leverage this close to 1 leaves no residual to learn from; its direction is left out.
FULL_LEVERAGE = 1e-10


def cr2_variance(
    X: np.ndarray, residual: np.ndarray, codes: np.ndarray, *, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the CR2 covariance and the degrees of freedom of each coefficient.

    The working model is independence with variance 1 / weight. Bell and McCaffrey (2002);
    Pustejovsky and Tipton (2018), doi 10.1080/07350015.2016.1247004.
    """
    root = np.sqrt(weights)
    T, e = X * root[:, None], residual * root
    M = np.linalg.inv(T.T @ T)
    half = np.linalg.cholesky(M)
    n_clusters, k = int(codes.max()) + 1, X.shape[1]
    scores = np.empty((n_clusters, k))
    own = np.empty((n_clusters, k))
    reach = np.empty((n_clusters, k, k))
    for code in range(n_clusters):
        rows = codes == code
        adjusted = _adjust(T[rows], half)
        scores[code] = adjusted.T @ e[rows]
        pulls = adjusted @ M
        own[code] = (pulls**2).sum(axis=0)
        reach[code] = T[rows].T @ pulls
    vcov = M @ (scores.T @ scores) @ M
    return (vcov + vcov.T) / 2, _degrees(own, reach, M)


def _adjust(T: np.ndarray, half: np.ndarray) -> np.ndarray:
    """Return (I - H)^(-1/2) T for the rows of one cluster, through the rank-k part of H."""
    left, size, _ = np.linalg.svd(T @ half, full_matrices=False)
    spare = 1 - size**2
    stretch = np.where(spare > FULL_LEVERAGE, 1 / np.sqrt(np.maximum(spare, FULL_LEVERAGE)), 0.0)
    adjusted: np.ndarray = T + left @ ((stretch - 1)[:, None] * (left.T @ T))
    return adjusted


def _degrees(own: np.ndarray, reach: np.ndarray, M: np.ndarray) -> np.ndarray:
    degrees = np.empty(own.shape[1])
    for j in range(own.shape[1]):
        R = reach[:, :, j]
        P = np.diag(own[:, j]) - R @ M @ R.T
        degrees[j] = np.trace(P) ** 2 / (P**2).sum()
    return degrees
