"""Cumulative (proportional-odds) regression of an ordered rating."""

from __future__ import annotations

import numpy as np

from rjeval.analysis_data import Ratings
from rjeval.results import ModelEstimates
from rjeval.surveys.clustering import Clustering
from rjeval.surveys.cumulative_model import FittedModel, fit_model, link_named, spread_names
from rjeval.surveys.estimates import estimate_table
from rjeval.surveys.model_data import ModelOptions, prepare_model_data


def ordinal_regression(  # noqa: PLR0913 - each option is one documented choice of the model
    ratings: Ratings,
    formula: str,
    *,
    item: str | None = None,
    cluster: str | Clustering | None = None,
    weights: str | None = None,
    link: str = "logit",
    scale: str = "",
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
    cluster : str or Clustering, optional
        Column whose groups share errors, such as ``"case_id"``. The sandwich variance is
        multiplied by G / (G - 1) and nothing else, as ``sandwich::vcovCL`` does for ``polr``
        and ``clm`` (statsmodels also multiplies by (n - 1) / (n - k)). Under 30 clusters the
        cluster jackknife is used instead; ``Clustering(by=..., correction="none")`` does not.
    weights : str, optional
        Column of weights; the ratings' own ``weight`` where not given. They multiply each row's
        log-likelihood, always. Whole numbers count people, and standard errors equal those of
        the expanded rows; other weights are sampling weights, and standard errors are robust.
    link : {"logit", "probit", "cloglog", "loglog", "cauchit"}
        Named as in ``ordinal::clm``; ``cloglog`` is ``F(x) = 1 - exp(-exp(x))``. For
        ``cauchit`` ``clm`` cuts the outer thresholds off at 1e5, which shifts its fits by
        about 1e-4; here they are infinite.
    scale : str
        Right-hand side of the variables on which the spread of ratings depends, such as
        ``"mode"``, as ``ordinal::clm(scale = ~mode)``:
        ``P(rating <= j) = F((threshold_j - x'b) / exp(s'c))``. Empty: the same for all.
    conf_level : float
        Level of the Wald intervals.
    max_dropped : float
        Largest share of answers that may be left out for missing covariates.

    Returns
    -------
    ModelEstimates
        Rows ``coefficient``, then ``scale`` (effects on the logarithm of the spread), then
        ``threshold`` (``low|medium``) on the thresholds' own scale.
        A category that nobody chose is left out: its two thresholds cannot be told apart.
        With ``scale`` no ``exp(b)`` is an odds ratio, and none is given.

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
    chosen = link_named(link)
    options = ModelOptions(
        item=item,
        cluster=cluster,
        weights=weights,
        max_dropped=max_dropped,
        scale=scale,
    )
    data = prepare_model_data(ratings, formula, options=options)
    model = fit_model(data, link=chosen)
    return _result(model, formula=formula, conf_level=conf_level)


def _result(model: FittedModel, *, formula: str, conf_level: float) -> ModelEstimates:
    data, maximum = model.data, model.fit.maximum
    n_cuts, size = len(model.cuts), len(maximum.params)
    order = np.r_[n_cuts:size, 0:n_cuts]
    names = [("coefficient", term) for term in data.design.terms]
    names += spread_names(data)
    names += [("threshold", cut) for cut in model.cuts]
    vcov = model.variance.vcov[np.ix_(order, order)]
    return ModelEstimates(
        frame=estimate_table(
            names, maximum.params[order], vcov, conf_level=conf_level, df=model.variance.df
        ),
        model="ordinal",
        formula=formula,
        scale="" if data.scale_design else model.link.scale,
        conf_level=conf_level,
        **data.facts(),
        std_error_kind=model.variance.kind,
        vcov=vcov,
        fit={
            "loglik": maximum.loglik,
            "loglik_null": model.fit.loglik_null,
            "aic": 2 * size - 2 * maximum.loglik,
            "iterations": float(maximum.iterations),
        },
        link=model.link.name,
        notes=model.notes,
    )
