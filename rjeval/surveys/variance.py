"""Variance of estimates fitted by maximum likelihood: model, robust, clustered, few clusters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rjeval.language import mark, note
from rjeval.surveys.model_data import ModelData
from rjeval.surveys.sandwich import cluster_correction, sandwich

#: Rows kept -> parameters of the model refitted to them; ``None`` where it cannot be fitted.
Refit = Callable[[np.ndarray], np.ndarray | None]
#: Clusters of the rows, or none -> sum of outer products of scores (summed within clusters).
CrossProduct = Callable[[np.ndarray | None], np.ndarray]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Variance:
    """Covariance matrix, how it was made, and degrees of freedom of Student's t.

    ``df`` is ``None`` where the normal distribution serves, one number for all, or one for each.
    """

    vcov: np.ndarray
    kind: str
    df: float | np.ndarray | None = None
    notes: tuple[str, ...] = ()


def likelihood_variance(
    data: ModelData,
    params: np.ndarray,
    *,
    bread: np.ndarray,
    cross_product: CrossProduct,
    refit: Refit,
) -> Variance:
    """Return the variance that the data call for.

    Parameters
    ----------
    data : ModelData
    params : ndarray of shape (p,)
    bread : ndarray of shape (p, p)
        Inverse information.
    cross_product : callable
        Sum of outer products of the weighted scores; not called where the model variance serves.
    refit : callable
        Refits the model to the rows of a mask, for the cluster jackknife.
    """
    if data.clusters is None or data.n_clusters is None:
        if not data.needs_robust:
            return Variance(vcov=bread, kind="model")
        return Variance(vcov=sandwich(bread, cross_product(None)), kind="robust")
    factor = cluster_correction(data.n_clusters)
    if data.small_sample:
        found = _jackknife(data.clusters, params, refit)
        if found is not None:
            kind = note("cluster jackknife by {cluster}", cluster=data.cluster_name)
            return Variance(vcov=found, kind=kind, df=data.n_clusters - 1.0)
    return Variance(
        vcov=sandwich(bread, cross_product(data.clusters)) * factor,
        kind=note("cluster-robust by {cluster}", cluster=data.cluster_name),
        df=data.n_clusters - 1.0 if data.small_sample else None,
        notes=(NO_JACKKNIFE,) if data.small_sample else (),
    )


NO_JACKKNIFE = mark(
    "The cluster jackknife failed because leaving out one cluster leaves nothing to estimate an "
    "effect from; standard errors are the plain sandwich and tend to be too small."
)


def _jackknife(codes: np.ndarray, params: np.ndarray, refit: Refit) -> np.ndarray | None:
    """Sum of squares of estimates without one cluster about the full one, times (G - 1) / G."""
    n_clusters = int(codes.max()) + 1
    total = np.zeros((len(params), len(params)))
    for code in range(n_clusters):
        without = refit(codes != code)
        if without is None:
            return None
        gap = without - params
        total += np.outer(gap, gap)
    scaled: np.ndarray = total * (n_clusters - 1) / n_clusters
    return scaled
