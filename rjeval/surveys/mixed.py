"""Ordinal regression with a random intercept per group, and the intraclass correlation."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.analysis_data import Ratings
from rjeval.errors import ConvergenceError, EstimationError
from rjeval.language import note
from rjeval.results import ModelEstimates
from rjeval.surveys.clustering import Clustering
from rjeval.surveys.cumulative_model import FittedModel, fit_model
from rjeval.surveys.estimates import estimate_table
from rjeval.surveys.links import LINKS
from rjeval.surveys.model_data import ModelData, ModelOptions, prepare_model_data
from rjeval.surveys.proportions import normal_quantile
from rjeval.surveys.quadrature import MixedLikelihood, maximise_mixed

#: Fewest groups from which a spread between groups is estimated.
FEWEST_GROUPS = 5
FEW_GROUPS = 15
#: Standard error of log(sd) above which the groups may not differ at all.
LOOSE = 0.5
#: Variance of the standard logistic distribution.
LATENT_VARIANCE = np.pi**2 / 3


def ordinal_mixed_regression(
    ratings: Ratings,
    formula: str,
    *,
    group: str,
    item: str | None = None,
    nodes: int = 10,
    conf_level: float = 0.95,
    max_dropped: float = 0.10,
) -> ModelEstimates:
    """Regress an ordered rating, with a random intercept for each site or facilitator.

    ``logit P(rating > j) = x'b + u_group - threshold_j`` with ``u`` normal. Effects are those
    within a group, and larger than those of :func:`rjeval.ordinal_regression`, which average
    over groups.

    Parameters
    ----------
    ratings, formula, item, conf_level, max_dropped
        As in :func:`rjeval.ordinal_regression`.
    group : str
        Column whose groups share an intercept; 5 groups or more.
    nodes : int
        Points of the adaptive Gauss-Hermite quadrature; 1 is the Laplace approximation.

    Returns
    -------
    ModelEstimates
        Further rows with component ``spread``: ``sd`` between groups on the latent scale and
        ``icc`` = sd^2 / (sd^2 + pi^2 / 3), the share of the latent variance that lies between
        groups, with intervals by the delta method on log and logit scale. Where the logarithm
        of ``sd`` has a standard error above 0.5, so that the groups may not differ at all, the
        interval is that of ``sd`` itself, from 0 on.

    Raises
    ------
    EstimationError
        Fewer than 5 groups, or weights that are not 1.
    ConvergenceError
        No maximum was found, as where the groups do not differ at all: the likelihood then rises
        until ``sd`` is 0, and its logarithm has no standard error.

    Notes
    -----
    Equal to ``ordinal::clmm`` with the same number of nodes. Standard errors from the observed
    information by central differences. Tutz and Hennevogl (1996), doi
    10.1016/0167-9473(96)00004-7.
    """
    options = ModelOptions(
        item=item, cluster=Clustering(by=group, correction="none"), max_dropped=max_dropped
    )
    data = prepare_model_data(ratings, formula, options=options)
    _check_groups(data, group, nodes)
    plain = fit_model(data, link=LINKS["logit"])
    present, y = np.unique(data.y, return_inverse=True)
    likelihood = MixedLikelihood(
        y=y,
        X=data.design.matrix,
        groups=np.asarray(data.clusters),
        n_cuts=len(present) - 1,
        nodes=nodes,
    )
    start = np.concatenate([plain.fit.maximum.params, [np.log(0.7)]])
    params, vcov, loglik = maximise_mixed(likelihood, start)
    if not np.isfinite(vcov).all() or (np.diag(vcov) <= 0).any():
        raise ConvergenceError(
            "The model with a random intercept found no maximum; the groups may hardly differ.",
            hint="Use ordinal_regression with cluster= for this column.",
        )
    return _result(
        plain, params, vcov, loglik=loglik, group=group, formula=formula, level=conf_level
    )


def _check_groups(data: ModelData, group: str, nodes: int) -> None:
    n_groups = data.n_clusters or 0
    if n_groups < FEWEST_GROUPS:
        raise EstimationError(
            f"{n_groups} groups of {group} are too few for a spread between groups; at least "
            f"{FEWEST_GROUPS} are needed.",
            hint=f"Put {group} into the formula instead.",
        )
    if not (data.weights == 1).all():
        raise EstimationError("A random intercept takes people one by one: weights must be 1.")
    if nodes < 1:
        raise EstimationError("nodes must be 1 or more.")


def _result(
    plain: FittedModel,
    params: np.ndarray,
    vcov: np.ndarray,
    *,
    loglik: float,
    group: str,
    formula: str,
    level: float,
) -> ModelEstimates:
    data, n_cuts, size = plain.data, len(plain.cuts), len(params)
    order = np.r_[n_cuts : size - 1, 0:n_cuts]
    names = [("coefficient", term) for term in data.design.terms]
    names += [("threshold", cut) for cut in plain.cuts]
    table = estimate_table(names, params[order], vcov[np.ix_(order, order)], conf_level=level)
    spread = _spread(float(params[-1]), float(np.sqrt(vcov[-1, -1])), group, level)
    last = spread.pop("slope").to_numpy()[:, None] * np.eye(size)[-1]
    slopes = np.vstack([np.eye(size)[order], last])
    n_groups = data.n_clusters or 0
    notes = [one for one in plain.notes if "clusters" not in one]
    if n_groups < FEW_GROUPS:
        notes.append(
            note("Fewer than {least} groups: the spread between them is rough.", least=FEW_GROUPS)
        )
    return ModelEstimates(
        frame=pd.concat([table, spread], ignore_index=True),
        model="ordinal",
        formula=f"{formula} + (1 | {group})",
        scale="odds ratio",
        conf_level=level,
        **data.facts() | {"n_clusters": n_groups},
        std_error_kind="model",
        vcov=slopes @ vcov @ slopes.T,
        fit={"loglik": loglik, "loglik_null": plain.fit.loglik_null, "aic": 2 * size - 2 * loglik},
        link="logit",
        notes=tuple(notes),
    )


def _spread(log_sd: float, error: float, group: str, level: float) -> pd.DataFrame:
    """Return sd between groups and intraclass correlation, with their slopes in log sd."""
    z, sd = normal_quantile(level), float(np.exp(log_sd))
    ends = np.exp(log_sd + np.array([-z, z]) * error)
    if error > LOOSE:
        ends = np.maximum(sd * (1 + np.array([-z, z]) * error), 0.0)
    icc = sd**2 / (sd**2 + LATENT_VARIANCE)
    low, high = ends**2 / (ends**2 + LATENT_VARIANCE)
    slope = 2 * icc * (1 - icc)
    return pd.DataFrame(
        {
            "component": "spread",
            "term": [f"sd({group})", f"icc({group})"],
            "estimate": [sd, icc],
            "std_error": [sd * error, slope * error],
            "statistic": np.nan,
            "p_value": np.nan,
            "conf_low": [ends[0], low],
            "conf_high": [ends[1], high],
            "slope": [sd, slope],
        }
    )
