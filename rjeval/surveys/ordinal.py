"""Cumulative (proportional-odds) regression of an ordered rating."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from rjeval.analysis_data import Ratings
from rjeval.errors import EstimationError
from rjeval.results import ModelEstimates
from rjeval.surveys.cumulative import CumulativeFit, fit_cumulative
from rjeval.surveys.estimates import check_maximum, estimate_table
from rjeval.surveys.links import LINKS, Link
from rjeval.surveys.model_data import ModelData, ModelOptions, prepare_model_data
from rjeval.surveys.sandwich import cluster_correction, sandwich, score_cross_product


def ordinal_regression(
    ratings: Ratings,
    formula: str,
    *,
    item: str | None = None,
    cluster: str | None = None,
    weights: str | None = None,
    link: str = "logit",
    conf_level: float = 0.95,
    max_dropped: float = 0.10,
) -> ModelEstimates:
    """Regress an ordered rating on covariates by a cumulative model.

    ``P(rating <= j) = F(threshold_j - x'b)``: a positive coefficient means better ratings. With
    the logit link ``exp(b)`` is the odds ratio of a rating above any cut, the same at each cut
    (proportional odds).

    Parameters
    ----------
    ratings : Ratings
        One role's answers. Rows without an answer are not used and not counted as dropped.
    formula : str
        Right-hand side, such as ``"arm + mode"``; the reference is the first level.
    item : str, optional
        Item modelled; the primary item where not given.
    cluster : str, optional
        Column whose groups share errors, such as ``"case_id"``. The sandwich variance is
        multiplied by G / (G - 1) and nothing else, as ``sandwich::vcovCL`` does for ``polr``
        and ``clm`` (statsmodels also multiplies by (n - 1) / (n - k)).
    weights : str, optional
        Column of weights; the ratings' own ``weight`` where not given. They multiply each row's
        log-likelihood, always. Whole numbers count people, and standard errors equal those of
        the expanded rows; other weights are sampling weights, and standard errors are robust.
    link : {"logit", "probit", "cloglog", "loglog", "cauchit"}
        Named as in ``ordinal::clm``; ``cloglog`` is ``F(x) = 1 - exp(-exp(x))``. For
        ``cauchit`` ``clm`` cuts the outer thresholds off at 1e5, which shifts its fits by
        about 1e-4; here they are infinite.
    conf_level : float
        Level of the Wald intervals.
    max_dropped : float
        Largest share of answers that may be left out for missing covariates.

    Returns
    -------
    ModelEstimates
        Rows ``coefficient``, then ``threshold`` (``low|medium``) on the thresholds' own scale.
        A category that nobody chose is left out: its two thresholds cannot be told apart.

    Raises
    ------
    EstimationError
        Fewer than two categories were chosen, or too few answers for the formula.
    ConvergenceError
        A term separates the ratings; it is named.
    GuardError
        More than ``max_dropped`` of the answers lack a covariate.

    Notes
    -----
    Newton's method on the exact likelihood with analytic derivatives. McCullagh (1980),
    doi 10.1111/j.2517-6161.1980.tb01109.x; equal to ``MASS::polr`` and ``ordinal::clm``.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> answers = pd.DataFrame({
    ...     "rating": ["low", "high", "low", "high"], "site": ["A", "A", "B", "B"],
    ...     "people": [8, 6, 4, 12]})
    >>> given = rj.ratings(answers, rating="rating", levels=["low", "high"], weight="people",
    ...                    top=1)
    >>> fit = rj.ordinal_regression(given, "site")
    >>> fit.exponentiated()[["term", "estimate", "conf_low", "conf_high"]].round(2)
          term  estimate  conf_low  conf_high
    0  site[B]       4.0      0.85      18.84
    """
    chosen = _link(link)
    options = ModelOptions(
        item=item,
        cluster=cluster,
        weights=weights,
        max_dropped=max_dropped,
    )
    data = prepare_model_data(ratings, formula, options=options)
    y, cuts = _present_categories(data)
    _check_size(data, len(cuts))
    fit = fit_cumulative(
        y,
        data.design.matrix,
        weights=data.weights,
        link=chosen,
        with_scores=cluster is not None or data.needs_robust,
    )
    check_maximum(fit.maximum, data.design.matrix, data.design.terms)
    vcov, kind = _variance(fit, data, cluster)
    return _result(
        fit,
        data,
        vcov=vcov,
        kind=kind,
        cuts=cuts,
        link=chosen,
        formula=formula,
        conf_level=conf_level,
    )


def _link(name: str) -> Link:
    if name not in LINKS:
        raise EstimationError(f"link must be one of {', '.join(LINKS)}.")
    return LINKS[name]


def _present_categories(data: ModelData) -> tuple[np.ndarray, list[str]]:
    """Return categories recoded without gaps, and the names of the cuts between them."""
    counts = np.bincount(data.y, weights=data.weights, minlength=len(data.levels))
    present = np.flatnonzero(counts > 0)
    if len(present) < 2:
        raise EstimationError(
            "All answers fall into one category, so no regression can tell them apart.",
            hint="Report the share and its interval instead.",
        )
    names = [data.levels[i] for i in present]
    cuts = [f"{low}|{high}" for low, high in pairwise(names)]
    return np.searchsorted(present, data.y), cuts


def _category_notes(data: ModelData, n_cuts: int) -> tuple[str, ...]:
    empty = len(data.levels) - 1 - n_cuts
    if not empty:
        return data.notes
    note = f"{empty} of {len(data.levels)} rating categories were chosen by nobody."
    return (*data.notes, note)


def _check_size(data: ModelData, n_cuts: int) -> None:
    needed = n_cuts + len(data.design.terms)
    if data.n <= needed:
        raise EstimationError(
            f"{data.n} answers cannot carry {needed} parameters.",
            hint="Shorten the formula or merge rating categories.",
        )


def _variance(fit: CumulativeFit, data: ModelData, cluster: str | None) -> tuple[np.ndarray, str]:
    bread = fit.maximum.vcov
    if data.clusters is not None and data.n_clusters is not None:
        meat = score_cross_product(fit.scores * data.weights[:, None], data.clusters)
        factor = cluster_correction(data.n_clusters)
        return sandwich(bread, meat) * factor, f"cluster-robust by {cluster}"
    if data.needs_robust:
        meat = score_cross_product(fit.scores * data.weights[:, None])
        return sandwich(bread, meat), "robust"
    return bread, "model"


def _result(
    fit: CumulativeFit,
    data: ModelData,
    *,
    vcov: np.ndarray,
    kind: str,
    cuts: list[str],
    link: Link,
    formula: str,
    conf_level: float,
) -> ModelEstimates:
    n_cuts, size = len(cuts), len(fit.maximum.params)
    order = np.r_[n_cuts:size, 0:n_cuts]
    names = [("coefficient", term) for term in data.design.terms]
    names += [("threshold", cut) for cut in cuts]
    vcov = vcov[np.ix_(order, order)]
    loglik = fit.maximum.loglik
    return ModelEstimates(
        frame=estimate_table(names, fit.maximum.params[order], vcov, conf_level=conf_level),
        model="ordinal",
        outcome=data.outcome,
        formula=formula,
        scale=link.scale,
        conf_level=conf_level,
        n=data.n,
        n_events=data.n_top,
        n_dropped=data.n_dropped,
        n_clusters=data.n_clusters,
        std_error_kind=kind,
        vcov=vcov,
        reference_levels=data.design.reference_levels,
        level_counts=data.level_counts,
        fit={
            "loglik": loglik,
            "loglik_null": fit.loglik_null,
            "aic": 2 * size - 2 * loglik,
            "iterations": float(fit.maximum.iterations),
        },
        link=link.name,
        notes=_category_notes(data, len(cuts)),
    )
