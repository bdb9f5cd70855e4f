"""Logistic regression of a rating in the top categories."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from rjeval.analysis_data import Ratings
from rjeval.errors import EstimationError
from rjeval.language import mark
from rjeval.results import ModelEstimates
from rjeval.surveys.clustering import Clustering
from rjeval.surveys.estimates import check_maximum, column_spans, estimate_table, is_bounded
from rjeval.surveys.model_data import ModelData, ModelOptions, prepare_model_data
from rjeval.surveys.newton import Maximum, maximise
from rjeval.surveys.sandwich import score_cross_product
from rjeval.surveys.variance import Variance, likelihood_variance

PENALTIES = (None, "firth")
#: Above this many rows a fit starts from a thinned sample of about so many rows.
THINNED_START_ROWS = 20_000
THINNED_ROWS = 4_000
#: A start with a larger coefficient than this is not trusted.
FARTHEST_START = 1e3
FIRTH_NOTE = mark("Estimates are penalised (Firth): finite under separation, with rough intervals.")


def logistic_regression(
    ratings: Ratings,
    formula: str,
    *,
    item: str | None = None,
    cluster: str | Clustering | None = None,
    weights: str | None = None,
    penalty: str | None = None,
    conf_level: float = 0.95,
    max_dropped: float = 0.10,
) -> ModelEstimates:
    """Regress being satisfied (a rating in the top categories) on covariates.

    ``logit P(rating in the top categories) = x'b``; ``exp(b)`` is an odds ratio. How many
    categories count as top is a property of the ratings.

    Parameters
    ----------
    ratings : Ratings
        One role's answers.
    formula : str
        Right-hand side; the reference is the first level. An intercept is always there.
    item : str, optional
        Item modelled; the primary item where not given.
    cluster : str or Clustering, optional
        Column whose groups share errors. Sandwich times G / (G - 1), as ``sandwich::vcovCL``
        does for ``glm`` by default; under 30 clusters the cluster jackknife.
    weights : str, optional
        Column of weights, as in :func:`rjeval.ordinal_regression`.
    penalty : {None, "firth"}
        ``"firth"`` adds half the log-determinant of the information to the log-likelihood, so
        that estimates are finite under separation and less biased with few answers.
    conf_level : float
        Level of the Wald intervals.
    max_dropped : float
        Largest share of answers that may be left out for missing covariates.

    Returns
    -------
    ModelEstimates

    Raises
    ------
    EstimationError
        Everybody, or nobody, is satisfied; or too few answers for the formula.
    ConvergenceError
        A term separates the answers; it is named.
    GuardError
        More than ``max_dropped`` of the answers lack a covariate.

    Notes
    -----
    Maximum likelihood by Newton's method; equal to R's ``glm(family = binomial)``. Firth (1993),
    doi 10.1093/biomet/80.1.27; equal to ``brglm2`` with ``type = "AS_mean"``. Under separation
    Wald intervals of penalised estimates are rough; the note says so.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> answers = pd.DataFrame({
    ...     "rating": ["low", "high", "low", "high"], "site": ["A", "A", "B", "B"],
    ...     "people": [8, 6, 4, 12]})
    >>> given = rj.ratings(answers, rating="rating", levels=["low", "high"], weight="people",
    ...                    top=1)
    >>> fit = rj.logistic_regression(given, "site").exponentiated()
    >>> fit[["term", "estimate", "conf_low", "conf_high"]].round(2)
              term  estimate  conf_low  conf_high
    0  (Intercept)      0.75      0.26       2.16
    1      site[B]      4.00      0.85      18.84
    """
    if penalty not in PENALTIES:
        raise EstimationError('penalty must be None or "firth".')
    options = ModelOptions(item=item, cluster=cluster, weights=weights, max_dropped=max_dropped)
    data = prepare_model_data(ratings, formula, options=options, intercept=True)
    _check_answers(data)
    X, y = data.design.matrix, data.top_two.astype(float)
    fit = fit_firth if penalty else fit_logistic
    maximum = fit(y, X, weights=data.weights)
    check_maximum(maximum, column_spans(X), data.design.terms)
    variance = _variance(maximum, data, fit)
    names = [("coefficient", term) for term in data.design.terms]
    return ModelEstimates(
        frame=estimate_table(
            names, maximum.params, variance.vcov, conf_level=conf_level, df=variance.df
        ),
        model="logistic",
        formula=formula,
        scale="odds ratio",
        conf_level=conf_level,
        **data.facts(),
        std_error_kind=variance.kind,
        vcov=variance.vcov,
        fit=_fit_statistics(maximum, data),
        link="logit",
        notes=(*data.notes, *variance.notes, *((FIRTH_NOTE,) if penalty else ())),
    )


def fit_logistic(
    y: np.ndarray, X: np.ndarray, *, weights: np.ndarray, start: np.ndarray | None = None
) -> Maximum:
    """Maximise the binomial log-likelihood of 0/1 outcomes on arrays."""
    if start is None:
        start = np.zeros(X.shape[1])
        if len(y) > THINNED_START_ROWS:
            start = _thinned_start(y, X, weights)
    columns = np.ascontiguousarray(X.T)

    def likelihood(params: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        eta = params @ columns
        odds = np.exp(-np.abs(eta))
        nearer = 1.0 / (1.0 + odds)  # chance of the likelier outcome
        p = np.where(eta >= 0, nearer, odds * nearer)
        lost = np.where(y > 0.5, np.minimum(eta, 0.0), -np.maximum(eta, 0.0))
        loglik = float(weights @ (np.log(nearer) + lost))
        scaled = columns * np.sqrt(weights * p * (1 - p))
        return loglik, columns @ (weights * (y - p)), scaled @ scaled.T

    return maximise(likelihood, start)


def _thinned_start(y: np.ndarray, X: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Parameters of every m-th row; zero where those rows have no finite estimates."""
    step = len(y) // THINNED_ROWS
    found = fit_logistic(y[::step], X[::step], weights=weights[::step])
    sound = found.converged and np.abs(found.params).max() < FARTHEST_START
    return found.params if sound else np.zeros(X.shape[1])


def fit_firth(
    y: np.ndarray, X: np.ndarray, *, weights: np.ndarray, start: np.ndarray | None = None
) -> Maximum:
    """Maximise the log-likelihood plus half the log-determinant of the information."""
    sign = 2 * y - 1

    def likelihood(params: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        eta = X @ params
        p = special.expit(eta)
        bend = weights * p * (1 - p)
        information = (X.T * bend) @ X
        size, logdet = np.linalg.slogdet(information)
        if size <= 0:
            return -np.inf, np.zeros(len(params)), np.eye(len(params))
        leverage = bend * np.einsum("ij,ij->i", X @ np.linalg.inv(information), X)
        loglik = -float(weights @ np.logaddexp(0.0, -sign * eta)) + 0.5 * float(logdet)
        return loglik, X.T @ (weights * (y - p) + leverage * (0.5 - p)), information

    return maximise(likelihood, np.zeros(X.shape[1]) if start is None else start)


def _check_answers(data: ModelData) -> None:
    if data.n_top in (0, data.n):
        word = "nobody" if data.n_top == 0 else "everybody"
        raise EstimationError(
            f"Among {data.n} answers {word} is in the top {data.top} categories, so no "
            "regression can tell them apart.",
            hint="Report the share and its interval, or model the full rating.",
        )
    if data.n <= len(data.design.terms):
        raise EstimationError(
            f"{data.n} answers cannot carry {len(data.design.terms)} parameters.",
            hint="Shorten the formula.",
        )


def _variance(maximum: Maximum, data: ModelData, fit: Callable[..., Maximum]) -> Variance:
    X, y = data.design.matrix, data.top_two.astype(float)

    def refit(kept: np.ndarray) -> np.ndarray | None:
        if len(np.unique(y[kept])) < 2:
            return None
        found = fit(y[kept], X[kept], weights=data.weights[kept], start=maximum.params)
        return found.params if is_bounded(found, column_spans(X), data.design.terms) else None

    def cross_product(codes: np.ndarray | None) -> np.ndarray:
        pull = data.weights * (y - special.expit(X @ maximum.params))
        return score_cross_product((X.T * pull).T, codes)

    return likelihood_variance(
        data,
        maximum.params,
        bread=maximum.vcov,
        cross_product=cross_product,
        refit=refit,
    )


def _fit_statistics(maximum: Maximum, data: ModelData) -> dict[str, float]:
    """Log-likelihoods without any penalty."""
    y, weights = data.top_two.astype(float), data.weights
    eta = data.design.matrix @ maximum.params
    loglik = -float(weights @ np.logaddexp(0.0, -(2 * y - 1) * eta))
    share = float(weights @ y / weights.sum())
    null = weights.sum() * (share * np.log(share) + (1 - share) * np.log1p(-share))
    return {
        "loglik": loglik,
        "loglik_null": float(null),
        "aic": 2 * len(maximum.params) - 2 * loglik,
        "iterations": float(maximum.iterations),
    }
