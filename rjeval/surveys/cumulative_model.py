"""From complete answers to a fitted cumulative model with its variance, checked on the way."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rjeval.errors import EstimationError
from rjeval.surveys.cumulative import CumulativeFit, fit_cumulative
from rjeval.surveys.estimates import check_maximum, column_spans, is_bounded
from rjeval.surveys.links import LINKS, Link
from rjeval.surveys.model_data import ModelData
from rjeval.surveys.variance import Variance, likelihood_variance


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class FittedModel:
    """A cumulative model of one rating.

    ``categories`` are those that somebody chose, ``cuts`` the names of the thresholds between
    them; ``top`` says which categories count as satisfied.
    """

    data: ModelData
    fit: CumulativeFit
    variance: Variance
    link: Link
    categories: tuple[str, ...]
    top: np.ndarray

    @property
    def cuts(self) -> list[str]:
        """Names of the thresholds."""
        return [f"{low}|{high}" for low, high in pairwise(self.categories)]

    @property
    def notes(self) -> tuple[str, ...]:
        """Caveats of data and variance, and how many categories nobody chose."""
        empty = len(self.data.levels) - len(self.categories)
        note = f"{empty} of {len(self.data.levels)} rating categories were chosen by nobody."
        return (*self.data.notes, *self.variance.notes, *((note,) if empty else ()))


def link_named(name: str) -> Link:
    """Return a link by name."""
    if name not in LINKS:
        raise EstimationError(f"link must be one of {', '.join(LINKS)}.")
    return LINKS[name]


def fit_model(
    data: ModelData,
    *,
    link: Link,
    matrix: np.ndarray | None = None,
    varying: np.ndarray | None = None,
    bounded: bool = True,
) -> FittedModel:
    """Fit a cumulative model.

    ``matrix`` stands for the design matrix where another coding of the same terms is wanted;
    ``varying`` says of each of its columns whether its effect differs by threshold. With
    ``bounded=False`` effects may run off to infinity, and only the likelihood is of use.
    """
    full = data.design.matrix if matrix is None else matrix
    moved = np.zeros(full.shape[1], dtype=bool) if varying is None else varying
    X = full[:, ~moved] if moved.any() else full
    Z = np.column_stack([np.ones(len(full)), full[:, moved]])
    y, present = _present_categories(data)
    n_cuts = len(present) - 1
    _check_size(data, n_cuts * Z.shape[1] + X.shape[1])
    fit = fit_cumulative(y, X, weights=data.weights, link=link, Z=Z)
    names = np.array(data.design.terms)
    terms = (*["", *names[moved]] * n_cuts, *names[~moved])
    spans = column_spans(full)
    reach = np.concatenate([np.tile([0.0, *spans[moved]], n_cuts), spans[~moved]])
    if bounded:
        check_maximum(fit.maximum, reach, terms)

    def refit(kept: np.ndarray) -> np.ndarray | None:
        if len(np.unique(y[kept])) < len(present):
            return None
        found = fit_cumulative(
            y[kept],
            X[kept],
            weights=data.weights[kept],
            link=link,
            Z=Z[kept],
            start=fit.maximum.params,
        ).maximum
        return found.params if is_bounded(found, reach, terms) else None

    variance = likelihood_variance(
        data,
        fit.maximum.params,
        bread=fit.maximum.vcov,
        cross_product=fit.score_cross_product,
        refit=refit,
    )
    return FittedModel(
        data=data,
        fit=fit,
        variance=variance,
        link=link,
        categories=tuple(data.levels[i] for i in present),
        top=present >= len(data.levels) - data.top,
    )


def _present_categories(data: ModelData) -> tuple[np.ndarray, np.ndarray]:
    """Return categories recoded without gaps, and which of the levels they are."""
    counts = np.bincount(data.y, weights=data.weights, minlength=len(data.levels))
    present = np.flatnonzero(counts > 0)
    if len(present) < 2:
        raise EstimationError(
            "All answers fall into one category, so no regression can tell them apart.",
            hint="Report the share and its interval instead.",
        )
    if len(present) == len(data.levels):
        return data.y, present
    return np.searchsorted(present, data.y), present


def _check_size(data: ModelData, needed: int) -> None:
    if data.n <= needed:
        raise EstimationError(
            f"{data.n} answers cannot carry {needed} parameters.",
            hint="Shorten the formula or merge rating categories.",
        )
