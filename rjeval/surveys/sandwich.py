"""Robust and cluster-robust variances from per-row scores.

Conventions, as in R's ``sandwich``: for models fitted by maximum likelihood a cluster variance
is multiplied by G / (G - 1) and nothing else (``vcovCL``, type HC0, cadjust); for linear models
also by (n - 1) / (n - k) (type HC1). Liang and Zeger (1986), doi 10.1093/biomet/73.1.13.
"""

from __future__ import annotations

import numpy as np

from rjeval.errors import EstimationError


def score_cross_product(scores: np.ndarray, codes: np.ndarray | None = None) -> np.ndarray:
    """Return the sum of outer products of scores, summed within clusters first."""
    if codes is not None:
        scores = cluster_sums(scores, codes)
    product: np.ndarray = scores.T @ scores
    return product


def cluster_sums(scores: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return scores summed within clusters, one row per cluster code 0, 1, ..."""
    size = int(codes.max()) + 1
    columns = [np.bincount(codes, weights=column, minlength=size) for column in scores.T]
    return np.stack(columns, axis=1)


def cluster_correction(n_clusters: int) -> float:
    """Return G / (G - 1), or refuse where there is one cluster only."""
    if n_clusters < 2:
        raise EstimationError(
            "All rows belong to one cluster, so a cluster-robust variance cannot be formed.",
            hint="Name another cluster column, or leave cluster out.",
        )
    return n_clusters / (n_clusters - 1)


def sandwich(bread: np.ndarray, meat: np.ndarray) -> np.ndarray:
    """Return bread x meat x bread, symmetric."""
    product = bread @ meat @ bread
    symmetric: np.ndarray = (product + product.T) / 2
    return symmetric
