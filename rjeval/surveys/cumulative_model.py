"""From complete answers to a fitted cumulative model with its variance, checked on the way."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rjeval.errors import EstimationError
from rjeval.surveys.cumulative import CumulativeFit, fit_cumulative
from rjeval.surveys.estimates import check_maximum, is_bounded
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
    data: ModelData, *, link: Link, X: np.ndarray | None = None, Z: np.ndarray | None = None
) -> FittedModel:
    """Fit a cumulative model.

    ``X`` stands for the design matrix where another coding of the same terms is wanted; ``Z``
    holds columns (the first of ones) whose effect differs by threshold.
    """
    matrix = data.design.matrix if X is None else X
    y, present = _present_categories(data)
    terms = data.design.terms if matrix.shape[1] == len(data.design.terms) else ()
    _check_size(data, (len(present) - 1) * (1 if Z is None else Z.shape[1]) + matrix.shape[1])
    robust = data.clusters is not None or data.needs_robust
    fit = fit_cumulative(y, matrix, weights=data.weights, link=link, Z=Z, with_scores=robust)
    check_maximum(fit.maximum, matrix, terms)

    def refit(kept: np.ndarray) -> np.ndarray | None:
        if len(np.unique(y[kept])) < len(present):
            return None
        found = fit_cumulative(
            y[kept],
            matrix[kept],
            weights=data.weights[kept],
            link=link,
            Z=None if Z is None else Z[kept],
            start=fit.maximum.params,
            with_scores=False,
        ).maximum
        return found.params if is_bounded(found, matrix[kept], terms) else None

    variance = likelihood_variance(
        data, fit.maximum.params, bread=fit.maximum.vcov, scores=fit.scores, refit=refit
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
    return np.searchsorted(present, data.y), present


def _check_size(data: ModelData, needed: int) -> None:
    if data.n <= needed:
        raise EstimationError(
            f"{data.n} answers cannot carry {needed} parameters.",
            hint="Shorten the formula or merge rating categories.",
        )
