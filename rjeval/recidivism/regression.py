"""Cox regression of time to reoffence, and the test of its proportional hazards."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError
from rjeval.recidivism.concordance import concordance
from rjeval.recidivism.hazards_test import TRANSFORMS, time_transform, variation_test
from rjeval.recidivism.model_rows import (
    ModelRows,
    judge_clusters,
    judge_events,
    level_counts,
    unpack_model,
)
from rjeval.recidivism.normal import chi_square_p, two_sided_p, z_quantile
from rjeval.recidivism.partial_likelihood import CoxFit, fit_cox
from rjeval.recidivism.risk_sets import RiskSets, lay_out
from rjeval.recidivism.score_residuals import robust_covariance
from rjeval.results.models import ModelEstimates
from rjeval.results.survival import TestResult

TIES = ("efron", "breslow")


def cox_regression(
    outcome: TimeToEvent,
    formula: str,
    *,
    cluster: str | None = None,
    strata: str | tuple[str, ...] | None = None,
    weights: str | None = None,
    ties: str = "efron",
    conf_level: float = 0.95,
) -> ModelEstimates:
    """Estimate log hazard ratios of reoffence by Cox's partial likelihood.

    Competing exits are censored, so the hazard is cause-specific. Rows may be whole follow-ups
    or start-stop intervals (``entry_days``, ``time_days``); a row is at risk on a day if
    ``entry_days < day <= time_days``.

    Parameters
    ----------
    outcome : TimeToEvent
    formula : str
        Right-hand side, such as ``"arm + age_at_index + prior_arrests"``.
    cluster : str, optional
        Column whose values share a case or person: cluster-robust standard errors
        (``"person_id"`` gives the plain robust ones).
    strata : str or tuple of str, optional
        Columns whose combinations have baseline hazards of their own.
    weights : str, optional
        Column of case weights above 0. Standard errors are then robust.
    ties : {"efron", "breslow"}
    conf_level : float

    Returns
    -------
    ModelEstimates
        ``fit`` has ``loglik``, ``loglik_null``, ``aic``, ``concordance`` with
        ``concordance_std_error``, the likelihood-ratio, Wald and score statistics with ``df``,
        and ``iterations``. ``proportional_hazards`` has the test for four time scales.

    Raises
    ------
    TooFewEventsError
        Fewer than 5 events per coefficient (fewer than 10 add a note).
    ConvergenceError
        A coefficient has no finite estimate; ``terms`` names it.
    EstimationError
        The formula or a column cannot be used.

    Notes
    -----
    Rows with a missing value in the formula, cluster, strata or weights are left out and counted
    in ``n_dropped``. Equals R's ``coxph`` with its tolerance tightened: estimates and their
    covariance are evaluated at the maximum itself. The cluster-robust variance has no
    small-sample factor, as in R; lifelines ignores ties in it.

    References
    ----------
    Cox (1972), doi:10.1111/j.2517-6161.1972.tb00899.x; Efron (1977),
    doi:10.1080/01621459.1977.10480613; Lin and Wei (1989), doi:10.1080/01621459.1989.10478874.

    Examples
    --------
    >>> import rjeval as rj
    >>> people = pd.DataFrame(
    ...     {"day": range(1, 41), "new": [1, 1, 1, 0] * 10, "age": [20, 45, 30, 60, 25] * 8}
    ... )
    >>> outcome = rj.time_to_event(people, time="day", event="new", covariates=["age"])
    >>> cox = rj.cox_regression(outcome, "age")
    >>> cox.n_events, cox.scale
    (30, 'hazard ratio')
    """
    if ties not in TIES:
        raise EstimationError(f"ties must be one of {', '.join(TIES)}, not '{ties}'.")
    model = unpack_model(outcome, formula, cluster=cluster, strata=strata, weights=weights)
    notes = [*outcome.notes, *judge_events(model), *judge_clusters(model, cluster)]
    sets = lay_out(
        model.time,
        model.event,
        entry=model.entry,
        stratum=model.stratum,
        weight=model.weight,
    )
    fit = fit_cox(model.design.matrix, sets, ties=ties, terms=model.design.terms)
    covariance, kind = fit.covariance, "model"
    if cluster is not None or weights is not None:
        covariance = robust_covariance(fit, sets, cluster=model.cluster)
        kind = f"cluster-robust by {cluster}" if cluster is not None else "robust"
    return ModelEstimates(
        frame=estimate_frame(
            model.design.terms, fit.coef, covariance=covariance, conf_level=conf_level
        ),
        model="cox",
        outcome="time to reoffence",
        formula=formula,
        scale="hazard ratio",
        conf_level=conf_level,
        n=model.time.size,
        n_events=int(model.event.sum()),
        n_dropped=model.design.n_dropped,
        n_clusters=None if model.cluster is None else int(model.cluster.max()) + 1,
        std_error_kind=kind,
        vcov=covariance,
        reference_levels=model.design.reference_levels,
        level_counts=level_counts(model),
        fit=_fit_summary(fit, sets, covariance=covariance, cluster=model.cluster),
        proportional_hazards=_test_all_transforms(model, fit, sets),
        ties=ties,
        definition=outcome.definition,
        notes=tuple(notes),
    )


def proportional_hazards_test(cox: ModelEstimates, *, transform: str = "km") -> TestResult:
    """Return the score test of proportional hazards that was made when the model was fitted.

    Parameters
    ----------
    cox : ModelEstimates
        From :func:`rjeval.cox_regression`.
    transform : {"km", "rank", "identity", "log"}
        Time scale on which coefficients may change: one minus Kaplan-Meier, rank of the event
        times, time itself, its logarithm.

    Returns
    -------
    TestResult
        One row per term of the formula (a factor with k levels has k - 1 degrees of freedom) and
        a last row ``GLOBAL``.

    Raises
    ------
    EstimationError
        The model is no Cox model, or the transform is unknown.

    References
    ----------
    Grambsch and Therneau (1994), doi:10.1093/biomet/81.3.515; the score form is that of R's
    ``cox.zph`` since survival 3.0.

    Examples
    --------
    >>> import rjeval as rj
    >>> people = pd.DataFrame(
    ...     {"day": range(1, 41), "new": [1, 1, 1, 0] * 10, "age": [20, 45, 30, 60, 25] * 8}
    ... )
    >>> outcome = rj.time_to_event(people, time="day", event="new", covariates=["age"])
    >>> test = rj.proportional_hazards_test(rj.cox_regression(outcome, "age"))
    >>> test.frame["term"].tolist()
    ['age', 'GLOBAL']
    """
    if transform not in cox.proportional_hazards:
        known = ", ".join(cox.proportional_hazards) or "none; this is not a Cox model"
        raise EstimationError(
            f"There is no proportional-hazards test '{transform}' (there are: {known})."
        )
    return TestResult(
        frame=cox.proportional_hazards[transform].copy(),
        groups=pd.DataFrame(),
        method=f"Score test of proportional hazards ({transform} time)",
        definition=cox.definition,
        released=cox.released,
        notes=cox.notes,
    )


def estimate_frame(
    terms: tuple[str, ...], coef: np.ndarray, *, covariance: np.ndarray, conf_level: float
) -> pd.DataFrame:
    """Return the table of estimates with Wald statistics and intervals."""
    error = np.sqrt(np.diag(covariance))
    z = z_quantile(conf_level)
    statistic = coef / error
    return pd.DataFrame(
        {
            "component": "coefficient",
            "term": list(terms),
            "estimate": coef,
            "std_error": error,
            "statistic": statistic,
            "p_value": two_sided_p(statistic),
            "conf_low": coef - z * error,
            "conf_high": coef + z * error,
        }
    )


def _fit_summary(
    fit: CoxFit, sets: RiskSets, *, covariance: np.ndarray, cluster: np.ndarray | None
) -> dict[str, float]:
    k = fit.coef.size
    index, index_error = concordance(fit.linear, sets, cluster=cluster)
    ratio = 2 * (fit.loglik - fit.loglik_null)
    wald = float(fit.coef @ np.linalg.solve(covariance, fit.coef))
    return {
        "loglik": fit.loglik,
        "loglik_null": fit.loglik_null,
        "aic": 2 * k - 2 * fit.loglik,
        "concordance": index,
        "concordance_std_error": index_error,
        "df": float(k),
        "likelihood_ratio": ratio,
        "likelihood_ratio_p": float(chi_square_p(ratio, k)),
        "wald": wald,
        "wald_p": float(chi_square_p(wald, k)),
        "score": fit.score_statistic,
        "score_p": float(chi_square_p(fit.score_statistic, k)),
        "iterations": float(fit.iterations),
    }


def _test_all_transforms(model: ModelRows, fit: CoxFit, sets: RiskSets) -> dict[str, pd.DataFrame]:
    owner, variables = pd.factorize(np.asarray(model.design.variables, dtype=object))
    tests = {}
    for transform in TRANSFORMS:
        by_day = time_transform(
            transform, sets, time=model.time, event=model.event, entry=model.entry
        )
        test = variation_test(fit, sets, by_day=by_day, owner=owner)
        tests[transform] = pd.DataFrame(
            {
                "term": [*variables, "GLOBAL"],
                "statistic": test.statistic,
                "df": test.df,
                "p_value": test.p_value,
            }
        )
    return tests
