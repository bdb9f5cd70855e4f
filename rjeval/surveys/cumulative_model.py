"""From complete answers to a fitted cumulative model with its variance, checked on the way."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rjeval.errors import EstimationError
from rjeval.language import note
from rjeval.surveys.cumulative import CumulativeFit, fit_cumulative
from rjeval.surveys.estimates import check_maximum, column_spans, is_bounded
from rjeval.surveys.links import LINKS, Link
from rjeval.surveys.model_data import ModelData
from rjeval.surveys.scaled import ScaledFit, fit_scaled
from rjeval.surveys.variance import Variance, likelihood_variance


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class FittedModel:
    """A cumulative model of one rating.

    ``categories`` are those that somebody chose, ``cuts`` the names of the thresholds between
    them; ``top`` says which categories count as satisfied, and ``moved`` which columns of the
    design have an effect of their own at each cut.
    """

    data: ModelData
    fit: CumulativeFit | ScaledFit
    variance: Variance
    link: Link
    categories: tuple[str, ...]
    top: np.ndarray
    moved: np.ndarray

    @property
    def log_scales(self) -> np.ndarray:
        """Effects on the logarithm of the spread; none where it is the same for all."""
        fit = self.fit
        return fit.log_scales if isinstance(fit, ScaledFit) else np.empty(0)

    @property
    def cuts(self) -> list[str]:
        """Names of the thresholds."""
        return [f"{low}|{high}" for low, high in pairwise(self.categories)]

    @property
    def notes(self) -> tuple[str, ...]:
        """Caveats of data and variance, and how many categories nobody chose."""
        empty = len(self.data.levels) - len(self.categories)
        unused = note(
            "{n} of {whole} rating categories were chosen by nobody.",
            n=empty,
            whole=len(self.data.levels),
        )
        return (*self.data.notes, *self.variance.notes, *((unused,) if empty else ()))


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
    spread: np.ndarray | None = None,
    bounded: bool = True,
) -> FittedModel:
    """Fit a cumulative model.

    ``matrix`` stands for the design matrix, and ``spread`` for that of the scale, where another
    coding of the same terms is wanted; ``varying`` says of each column of the former whether its
    effect differs by threshold. With ``bounded=False`` effects may run off to infinity, and only
    the likelihood is of use.
    """
    full = data.design.matrix if matrix is None else matrix
    moved = np.zeros(full.shape[1], dtype=bool) if varying is None else varying
    X = full[:, ~moved] if moved.any() else full
    Z = np.column_stack([np.ones(len(full)), full[:, moved]])
    S = _spread_columns(data) if spread is None else spread
    y, present = _present_categories(data)
    n_cuts = len(present) - 1
    _check_size(data, n_cuts * Z.shape[1] + X.shape[1] + S.shape[1])
    every = np.ones(len(y), dtype=bool)
    fit = _climb(_Rows(y=y, X=X, Z=Z, S=S, weights=data.weights), every, link=link)
    names = np.array(data.design.terms)
    terms = (*["", *names[moved]] * n_cuts, *names[~moved], *_spread_terms(data))
    spans = column_spans(full)
    reach = np.concatenate([np.tile([0.0, *spans[moved]], n_cuts), spans[~moved], column_spans(S)])
    if bounded:
        check_maximum(fit.maximum, reach, terms)

    def refit(kept: np.ndarray) -> np.ndarray | None:
        if len(np.unique(y[kept])) < len(present):
            return None
        rows = _Rows(y=y, X=X, Z=Z, S=S, weights=data.weights)
        found = _climb(rows, kept, link=link, start=fit.maximum.params).maximum
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
        moved=moved,
    )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class _Rows:
    y: np.ndarray
    X: np.ndarray
    Z: np.ndarray
    S: np.ndarray
    weights: np.ndarray


def _climb(
    rows: _Rows, kept: np.ndarray, *, link: Link, start: np.ndarray | None = None
) -> CumulativeFit | ScaledFit:
    """Fit the kept rows, with effects on the spread where there are columns for it."""
    if not kept.all():
        rows = _Rows(
            y=rows.y[kept],
            X=rows.X[kept],
            Z=rows.Z[kept],
            S=rows.S[kept],
            weights=rows.weights[kept],
        )
    if not rows.S.shape[1]:
        return fit_cumulative(
            rows.y, rows.X, weights=rows.weights, link=link, Z=rows.Z, start=start
        )
    return fit_scaled(
        rows.y, rows.X, Z=rows.Z, S=rows.S, weights=rows.weights, link=link, start=start
    )


def _spread_columns(data: ModelData) -> np.ndarray:
    return np.empty((len(data.y), 0)) if data.scale_design is None else data.scale_design.matrix


def spread_names(data: ModelData) -> list[tuple[str, str]]:
    """Return component and term of each effect on the spread."""
    return [("scale", term) for term in (data.scale_design.terms if data.scale_design else ())]


def _spread_terms(data: ModelData) -> tuple[str, ...]:
    return tuple(f"the spread by {term}" for _, term in spread_names(data))


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
