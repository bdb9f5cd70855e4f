"""Ordinal regression in the reader's terms: predicted shares and average marginal effects."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rjeval.analysis_data import Ratings
from rjeval.errors import EstimationError
from rjeval.results import ModelEstimates
from rjeval.surveys.clustering import Clustering
from rjeval.surveys.cumulative_model import FittedModel, link_named
from rjeval.surveys.estimates import estimate_table
from rjeval.surveys.model_data import ModelData, ModelOptions, prepare_model_data
from rjeval.surveys.varying import fit_varying
from rjeval.surveys.worlds import World, build_worlds

#: Rows that stand for the share in the top categories: the headline.
HEADLINE = "coefficient"


def average_marginal_effects(  # noqa: PLR0913 - each option is one documented choice
    ratings: Ratings,
    formula: str,
    *,
    item: str | None = None,
    cluster: str | Clustering | None = None,
    weights: str | None = None,
    link: str = "logit",
    varying: str = "",
    scale: str = "",
    conf_level: float = 0.95,
    max_dropped: float = 0.10,
) -> ModelEstimates:
    """Return what each variable does to the share of each answer, from an ordinal regression.

    For a level of a category: the share predicted with everybody at that level, less the share
    with everybody at the reference level, all else as it is, averaged over the people who
    answered. For a number: the average slope per unit.

    Parameters
    ----------
    ratings, formula, item, cluster, weights, link, scale, conf_level, max_dropped
        As in :func:`rjeval.ordinal_regression`.
    varying : str
        Right-hand side of the terms whose effect differs by cut of the rating, as in
        :func:`rjeval.partial_ordinal_regression`. ``"auto"``: those for which
        :func:`rjeval.proportional_odds_test` speaks against one effect (the test of all terms
        together and that of the term below 5 %); a note says what the test said.

    Returns
    -------
    ModelEstimates
        Differences in shares (0.05 is five points in a hundred). Rows with component
        ``coefficient`` are effects on the share in the top categories; further rows bear the
        category as component. ``level_counts`` are those of the regression, so that the
        disclosure rule applies alike.

    Raises
    ------
    EstimationError, ConvergenceError, GuardError
        As in :func:`rjeval.ordinal_regression`.

    Notes
    -----
    Delta-method standard errors from the regression's own variance (clustered, weighted or
    corrected for few clusters); the people who answered are taken as given. The slope of a number
    is a central difference, right to about 8 digits. Equals Stata's ``margins, dydx()`` and R's
    ``marginaleffects::avg_slopes`` by construction.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> answers = pd.DataFrame({
    ...     "rating": ["low", "high", "low", "high"], "site": ["A", "A", "B", "B"],
    ...     "people": [8, 6, 4, 12]})
    >>> given = rj.ratings(answers, rating="rating", levels=["low", "high"], weight="people",
    ...                    top=1)
    >>> effects = rj.average_marginal_effects(given, "site").coefficients()
    >>> effects[["term", "estimate", "std_error"]].round(3)
          term  estimate  std_error
    0  site[B]     0.321      0.171
    """
    options = ModelOptions(
        item=item, cluster=cluster, weights=weights, max_dropped=max_dropped, scale=scale
    )
    data = prepare_model_data(ratings, formula, options=options)
    model, worlds, notes = _fit_with_worlds(
        data, formula, link=link, scale=scale, varying=varying, wanted=None
    )
    shares = [_average(model, world) for world in worlds]
    by_name = {(world.variable, world.level): i for i, world in enumerate(worlds)}
    rows, values, jacobians = [], [], []
    for (variable, level), i in by_name.items():
        base = worlds[i].against
        if base is None:
            continue
        other, step = shares[by_name[variable, base]], worlds[i].step
        rows.append(f"{variable}[{level}]" if step is None else variable)
        values.append((shares[i].values - other.values) / (step or 1.0))
        jacobians.append((shares[i].jacobian - other.jacobian) / (step or 1.0))
    result = _result(
        model, formula, rows=rows, values=values, jacobians=jacobians, level=conf_level
    )
    return replace(result, notes=(*result.notes, *notes))


def predicted_shares(  # noqa: PLR0913 - each option is one documented choice
    ratings: Ratings,
    formula: str,
    *,
    by: str,
    item: str | None = None,
    cluster: str | Clustering | None = None,
    weights: str | None = None,
    link: str = "logit",
    varying: str = "",
    scale: str = "",
    conf_level: float = 0.95,
) -> ModelEstimates:
    """Return the share of each answer that an ordinal regression predicts at each level.

    The share with everybody who answered at that level of ``by``, all else as it is
    (average adjusted predictions): what remains of a difference between levels once the other
    variables of the formula are the same on both sides.

    Parameters
    ----------
    by : str
        A categorical variable of the formula.
    ratings, formula, item, cluster, weights, link, varying, scale, conf_level
        As in :func:`rjeval.average_marginal_effects`.

    Returns
    -------
    ModelEstimates
        Shares from 0 to 1; component ``coefficient`` is the share in the top categories, other
        rows bear the category as component; ``term`` is ``mode[video]``, the reference level
        among them. No statistic and no p-value. Intervals are cut at 0 and 1.

    Raises
    ------
    EstimationError
        ``by`` is not a category of the formula; else as in :func:`rjeval.ordinal_regression`.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> answers = pd.DataFrame({
    ...     "rating": ["low", "high", "low", "high"], "site": ["A", "A", "B", "B"],
    ...     "people": [8, 6, 4, 12]})
    >>> given = rj.ratings(answers, rating="rating", levels=["low", "high"], weight="people",
    ...                    top=1)
    >>> shares = rj.predicted_shares(given, "site", by="site").coefficients()
    >>> shares[["term", "estimate"]].round(3)
          term  estimate
    0  site[A]     0.429
    1  site[B]     0.750
    """
    options = ModelOptions(item=item, cluster=cluster, weights=weights, scale=scale)
    data = prepare_model_data(ratings, formula, options=options)
    if by not in data.reference_levels:
        names = ", ".join(data.reference_levels) or "none"
        raise EstimationError(
            f"{by} is not a categorical variable of the formula; such are: {names}.",
            hint="Predicted shares are given level by level; use average_marginal_effects "
            "for numbers.",
        )
    model, worlds, notes = _fit_with_worlds(
        data, formula, link=link, scale=scale, varying=varying, wanted=by
    )
    shares = [_average(model, world) for world in worlds]
    result = _result(
        model,
        formula,
        rows=[f"{by}[{world.level}]" for world in worlds],
        values=[one.values for one in shares],
        jacobians=[one.jacobian for one in shares],
        level=conf_level,
    )
    frame = result.frame.assign(statistic=np.nan, p_value=np.nan)
    frame[["conf_low", "conf_high"]] = frame[["conf_low", "conf_high"]].clip(0.0, 1.0)
    return replace(result, frame=frame, notes=(*result.notes, *notes))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Shares:
    """Average share of (top categories, category 1, 2, ...) and its derivative by parameter."""

    values: np.ndarray
    jacobian: np.ndarray


def _fit_with_worlds(
    data: ModelData, formula: str, *, link: str, scale: str, varying: str, wanted: str | None
) -> tuple[FittedModel, list[World], tuple[str, ...]]:
    """Fit on the coding that the counterfactual rows share; notes say which effects vary."""
    actual, worlds = build_worlds(data, formula, scale=scale, wanted=wanted)
    model, notes = fit_varying(
        data, varying, link=link_named(link), matrix=actual.matrix, spread=actual.spread
    )
    return model, worlds, notes


def _average(model: FittedModel, world: World) -> _Shares:
    weights = model.data.weights / model.data.weights.sum()
    fit, moved = model.fit, model.moved
    X, Z = world.matrix[:, ~moved], np.column_stack([np.ones(len(weights)), world.matrix[:, moved]])
    narrow = np.exp(-(world.spread @ model.log_scales))[:, None]
    bounds = (Z @ fit.thresholds.T - (X @ fit.slopes)[:, None]) * narrow
    below = np.concatenate([[0.0], weights @ model.link.cdf(bounds), [1.0]])
    density = model.link.density(bounds) * weights[:, None]
    slope, cuts = density * narrow, len(fit.thresholds)
    # Derivative of the average of F(bound_j), row by row of j: by thresholds, slopes, scales.
    by_cut = np.zeros((cuts, cuts, Z.shape[1]))
    by_cut[np.arange(cuts), np.arange(cuts)] = slope.T @ Z
    parts = [by_cut.reshape(cuts, -1), -slope.T @ X, -(density * bounds).T @ world.spread]
    rise = np.concatenate(parts, axis=1)
    rise = np.vstack([np.zeros(rise.shape[1]), rise, np.zeros(rise.shape[1])])
    values, jacobian = np.diff(below), np.diff(rise, axis=0)
    top = model.top
    return _Shares(
        values=np.concatenate([[values[top].sum()], values]),
        jacobian=np.vstack([jacobian[top].sum(axis=0), jacobian]),
    )


def _result(
    model: FittedModel,
    formula: str,
    *,
    rows: list[str],
    values: list[np.ndarray],
    jacobians: list[np.ndarray],
    level: float,
) -> ModelEstimates:
    data = model.data
    kinds = (HEADLINE, *model.categories)
    names = [(kind, term) for kind in kinds for term in rows]
    estimate = np.stack(values, axis=1).ravel()
    jacobian = np.stack(jacobians, axis=1).reshape(len(names), -1)
    vcov = jacobian @ model.variance.vcov @ jacobian.T
    return ModelEstimates(
        frame=estimate_table(names, estimate, vcov, conf_level=level, df=model.variance.df),
        model="ordinal",
        formula=formula,
        scale="",
        conf_level=level,
        **data.facts(),
        std_error_kind=model.variance.kind,
        vcov=vcov,
        fit={"loglik": model.fit.maximum.loglik},
        link=model.link.name,
        notes=model.notes,
    )
