"""Linear regression of a rating taken as a score, with robust variances."""

from __future__ import annotations

import numpy as np

from rjeval.analysis_data import Ratings
from rjeval.errors import EstimationError
from rjeval.language import mark, note
from rjeval.results import ModelEstimates
from rjeval.surveys.clustering import Clustering
from rjeval.surveys.cr2 import cr2_variance
from rjeval.surveys.estimates import estimate_table
from rjeval.surveys.model_data import ModelData, ModelOptions, prepare_model_data
from rjeval.surveys.sandwich import cluster_correction, sandwich, score_cross_product
from rjeval.surveys.variance import Variance

#: Above this share in the best category a mean hides nearly everything.
CEILING_SHARE = 0.70
STD_ERRORS = ("robust", "model")


def linear_regression(
    ratings: Ratings,
    formula: str,
    *,
    item: str | None = None,
    cluster: str | Clustering | None = None,
    weights: str | None = None,
    std_error: str = "robust",
    conf_level: float = 0.95,
    max_dropped: float = 0.10,
) -> ModelEstimates:
    """Regress a rating, scored 1, 2, ... from worst to best, on covariates.

    Taking an ordered rating as a score assumes that its steps are equally wide;
    :func:`rjeval.ordinal_regression` does not. Estimates are differences in mean score.

    Parameters
    ----------
    ratings : Ratings
        One role's answers.
    formula : str
        Right-hand side; the reference is the first level. An intercept is always there.
    item : str, optional
        Item modelled, or a scale scored by :func:`rjeval.score_scale`; the primary item where
        not given. A scale has one score per person; people who answered too few of its items
        count as dropped, up to ``max_dropped``.
    cluster : str or Clustering, optional
        Column whose groups share errors. Sandwich times G / (G - 1) x (n - 1) / (n - k), as
        ``sandwich::vcovCL`` does for ``lm`` by default; Student's t on G - 1 degrees of freedom.
        Under 30 clusters CR2 with Satterthwaite degrees of freedom, as ``clubSandwich`` does.
    weights : str, optional
        Column of weights; the ratings' own ``weight`` where not given. Whole numbers count
        people; other weights are sampling weights (weighted least squares).
    std_error : {"robust", "model"}
        Without ``cluster``: HC1, times n / (n - k), or ordinary least squares. Student's t on
        n - k degrees of freedom.
    conf_level : float
        Level of the intervals.
    max_dropped : float
        Largest share of answers that may be left out for missing covariates.

    Returns
    -------
    ModelEstimates
        ``fit`` has ``r_squared`` and ``sigma``. A note says when over 70 % gave the best rating.

    Raises
    ------
    EstimationError
        Too few answers for the formula, or an unknown ``std_error``.
    GuardError
        More than ``max_dropped`` of the answers lack a covariate.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> answers = pd.DataFrame({
    ...     "rating": ["1", "2", "3", "2", "3", "3"], "site": list("AAABBB")})
    >>> given = rj.ratings(answers, rating="rating", levels=["1", "2", "3"], top=1)
    >>> rj.linear_regression(given, "site").coefficients()[["term", "estimate"]].round(3)
              term  estimate
    0  (Intercept)     2.000
    1      site[B]     0.667
    """
    if std_error not in STD_ERRORS:
        raise EstimationError(f"std_error must be one of {', '.join(STD_ERRORS)}.")
    score = item if item in ratings.covariates else None
    options = ModelOptions(
        item=item, cluster=cluster, weights=weights, max_dropped=max_dropped, score=score
    )
    data = prepare_model_data(ratings, formula, options=options, intercept=True)
    X, points = data.design.matrix, data.points
    spare = data.n - X.shape[1]
    if spare <= 0:
        raise EstimationError(
            f"{data.n} answers cannot carry {X.shape[1]} parameters.", hint="Shorten the formula."
        )
    inverse = np.linalg.inv((X.T * data.weights) @ X)
    estimate = inverse @ (X.T @ (data.weights * points))
    residual = points - X @ estimate
    variance = _variance(data, inverse, residual, std_error=std_error)
    names = [("coefficient", term) for term in data.design.terms]
    return ModelEstimates(
        frame=estimate_table(names, estimate, variance.vcov, conf_level=conf_level, df=variance.df),
        model="linear",
        formula=formula,
        scale="",
        conf_level=conf_level,
        **data.facts(),
        std_error_kind=variance.kind,
        vcov=variance.vcov,
        fit=_fit_statistics(data, residual),
        link="identity",
        notes=(*data.notes, *_ceiling_note(data)),
    )


def _variance(
    data: ModelData, inverse: np.ndarray, residual: np.ndarray, *, std_error: str
) -> Variance:
    X, w = data.design.matrix, data.weights
    n, k = data.n, X.shape[1]
    scores = X * (w * residual)[:, None]
    if data.clusters is not None and data.n_clusters is not None:
        factor = cluster_correction(data.n_clusters) * (n - 1) / (n - k)
        if data.small_sample:
            vcov, degrees = cr2_variance(X, residual, data.clusters, weights=w)
            return Variance(
                vcov=vcov, kind=note("CR2 by {cluster}", cluster=data.cluster_name), df=degrees
            )
        meat = score_cross_product(scores, data.clusters)
        kind = note("cluster-robust by {cluster}", cluster=data.cluster_name)
        return Variance(vcov=sandwich(inverse, meat) * factor, kind=kind, df=data.n_clusters - 1.0)
    if std_error == "model" and data.frequency:
        sigma2 = float(w @ residual**2) / (n - k)
        return Variance(vcov=inverse * sigma2, kind="model", df=float(n - k))
    # One row may stand for several people; sampling weights weigh one person each.
    people = scores / np.sqrt(w)[:, None] if data.frequency else scores
    vcov = sandwich(inverse, score_cross_product(people)) * n / (n - k)
    return Variance(vcov=vcov, kind="robust", df=float(n - k))


def _fit_statistics(data: ModelData, residual: np.ndarray) -> dict[str, float]:
    w, points = data.weights, data.points
    left = float(w @ residual**2)
    total = float(w @ (points - w @ points / w.sum()) ** 2)
    n, k = data.n, len(data.design.terms)
    loglik = -n / 2 * (np.log(2 * np.pi * left / n) + 1) if left > 0 else np.inf
    return {
        "r_squared": 1 - left / total if total > 0 else np.nan,
        "sigma": float(np.sqrt(left / (n - k))),
        "loglik": float(loglik),
        "aic": float(2 * (k + 1) - 2 * loglik),
    }


def _ceiling_note(data: ModelData) -> tuple[str, ...]:
    best = float(data.weights[data.y == len(data.levels) - 1].sum() / data.weights.sum())
    if best <= CEILING_SHARE:
        return ()
    return (mark("Over 70% gave the best rating, so differences in means hide nearly everything."),)
