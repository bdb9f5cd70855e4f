"""Cox regression of time to reoffence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError
from rjeval.language import mark, note
from rjeval.recidivism.concordance import concordance
from rjeval.recidivism.counted_cox import cox_by_counts
from rjeval.recidivism.cox_estimates import (
    all_hazards_tests,
    estimate_frame,
    fit_summary,
    judge_hazards,
)
from rjeval.recidivism.firth import fit_firth
from rjeval.recidivism.guards import MAX_DROPPED
from rjeval.recidivism.known_times import refuse_interval_times
from rjeval.recidivism.model_rows import (
    ModelRows,
    judge_clusters,
    judge_events,
    model_facts,
    person_cluster,
    unpack_model,
    without_matrix,
)
from rjeval.recidivism.normal import chi_square_p
from rjeval.recidivism.partial_likelihood import CoxFit, fit_cox
from rjeval.recidivism.risk_sets import RiskSets, lay_out
from rjeval.recidivism.score_residuals import robust_covariance
from rjeval.results.models import ModelEstimates

TIES = ("efron", "breslow")


def cox_regression(  # noqa: PLR0913 - each option is one documented choice of the model
    outcome: TimeToEvent,
    formula: str,
    *,
    cluster: str | None = None,
    strata: str | tuple[str, ...] | None = None,
    weights: str | None = None,
    offset: str | None = None,
    ties: str = "efron",
    penalty: str | None = None,
    max_dropped: float = MAX_DROPPED,
    conf_level: float = 0.95,
    diagnostics: bool = True,
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
        (``"person_id"`` gives the plain robust ones). People by themselves where rows are
        start-stop intervals with ``weights`` or with several events of a person.
    strata : str or tuple of str, optional
        Columns whose combinations have baseline hazards of their own.
    weights : str, optional
        Column of case weights above 0. Standard errors are then robust.
    offset : str, optional
        Column added to the linear predictor with its coefficient fixed at 1.
    ties : {"efron", "breslow"}
    penalty : {"firth"}, optional
        Firth's penalised likelihood for few events or separation: finite estimates with less
        bias, p-values and intervals from the profile of the penalised likelihood. Without
        ``cluster``, ``weights`` and ``offset``.
    max_dropped : float
        Largest share of rows that may be left out for a missing value.
    conf_level : float
    diagnostics : bool
        ``False`` leaves out the concordance and the proportional-hazards tests, which take most
        of the time from 100,000 people on. From 200,000 people on, models without further
        options whose covariates are categories or whole numbers are then fitted to counts of
        covariate patterns by days: the same estimates, in a fraction of the time.

    Returns
    -------
    ModelEstimates
        ``fit`` has ``loglik``, ``loglik_null``, ``aic``, ``concordance`` with
        ``concordance_std_error``, the likelihood-ratio, Wald and score statistics with ``df``,
        and ``iterations``. ``proportional_hazards`` has the test for four time scales.

    Raises
    ------
    GuardError
        More than ``max_dropped`` of the rows lack a variable of the model.
    TooFewEventsError
        Fewer than 5 events per coefficient (fewer than 10 add a note), unless penalised.
    ConvergenceError
        A coefficient has no finite estimate; ``terms`` names it.
    EstimationError
        The formula or a column cannot be used.

    Notes
    -----
    Rows with a missing value in the formula or in a column that an option names are left out and
    counted in ``n_dropped``. Equals R's ``coxph`` with its tolerance tightened: the covariance is
    that at the maximum, to 1e-9 standard deviations of the covariates. The cluster-robust
    variance has no small-sample factor, as in R; lifelines ignores ties in it.

    References
    ----------
    Cox (1972), doi:10.1111/j.2517-6161.1972.tb00899.x; Efron (1977),
    doi:10.1080/01621459.1977.10480613; Lin and Wei (1989), doi:10.1080/01621459.1989.10478874;
    Heinze and Schemper (2001), doi:10.1111/j.0006-341x.2001.00114.x.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> people = pd.DataFrame(
    ...     {"day": range(1, 41), "new": [1, 1, 1, 0] * 10, "age": [20, 45, 30, 60, 25] * 8}
    ... )
    >>> outcome = rj.time_to_event(people, time="day", event="new", covariates=["age"])
    >>> cox = rj.cox_regression(outcome, "age")
    >>> cox.n_events, cox.scale
    (30, 'hazard ratio')
    """
    refuse_interval_times(outcome.definition, "Cox regression uses")
    if ties not in TIES:
        raise EstimationError(f"ties must be one of {', '.join(TIES)}, not '{ties}'.")
    if not (diagnostics or cluster or strata or weights or offset or penalty):
        counted = cox_by_counts(outcome, formula, ties=ties, conf_level=conf_level)
        if counted is not None:
            return counted
    cluster = cluster or person_cluster(outcome, weights)
    model = unpack_model(
        outcome,
        formula,
        cluster=cluster,
        strata=strata,
        weights=weights,
        offset=offset,
        max_dropped=max_dropped,
    )
    sets = _lay_out(model)
    if penalty is not None:
        _check_penalty(penalty, without=(cluster, weights, offset))
        return _penalised(outcome, model, sets, formula=formula, ties=ties, conf_level=conf_level)
    notes = [*outcome.notes, *judge_events(model), *judge_clusters(model, cluster)]
    fit = fit_cox(
        model.design.matrix, sets, ties=ties, terms=model.design.terms, offset=model.offset
    )
    model = without_matrix(model)
    hazards = all_hazards_tests(model, fit, sets) if diagnostics else {}
    notes += judge_hazards(hazards["km"]) if diagnostics else []
    covariance, kind = _covariance(fit, sets, model, cluster=cluster)
    fit = replace(fit, columns=fit.columns[:, :0].copy())  # the concordance needs the room
    return ModelEstimates(
        frame=estimate_frame(
            model.design.terms, fit.coef, covariance=covariance, conf_level=conf_level
        ),
        model="cox",
        outcome=mark("time to reoffence"),
        formula=formula,
        scale=mark("hazard ratio"),
        conf_level=conf_level,
        **model_facts(model),
        std_error_kind=kind,
        vcov=covariance,
        fit=fit_summary(
            fit, covariance=covariance, ranked=_rank(fit, sets, model, diagnostics=diagnostics)
        ),
        proportional_hazards=hazards,
        ties=ties,
        definition=outcome.definition,
        notes=tuple(notes),
    )


def _lay_out(model: ModelRows) -> RiskSets:
    return lay_out(
        model.time,
        model.event,
        entry=model.entry,
        stratum=model.stratum,
        weight=model.weight,
    )


def _covariance(
    fit: CoxFit, sets: RiskSets, model: ModelRows, *, cluster: str | None
) -> tuple[np.ndarray, str]:
    if cluster is None and model.weight is None:
        return fit.covariance, mark("model")
    kind = "robust" if cluster is None else note("cluster-robust by {cluster}", cluster=cluster)
    return robust_covariance(fit, sets, cluster=model.cluster), kind


def _rank(
    fit: CoxFit, sets: RiskSets, model: ModelRows, *, diagnostics: bool
) -> tuple[float, float] | None:
    return concordance(fit.linear, sets, cluster=model.cluster) if diagnostics else None


def _check_penalty(penalty: str, *, without: tuple[str | None, ...]) -> None:
    if penalty != "firth":
        raise EstimationError(f"penalty must be 'firth' or None, not '{penalty}'.")
    if any(one is not None for one in without):
        raise EstimationError(
            "Firth's penalty is for independent rows without weights or offset.",
            hint="Leave cluster, weights and offset out, or leave the penalty out.",
        )


def _penalised(
    outcome: TimeToEvent,
    model: ModelRows,
    sets: RiskSets,
    *,
    formula: str,
    ties: str,
    conf_level: float,
) -> ModelEstimates:
    if not model.event.any():
        raise EstimationError("Nobody has the event, so there is nothing to model.")
    fit = fit_firth(model.design.matrix, sets, ties=ties, conf_level=conf_level)
    frame = estimate_frame(
        model.design.terms, fit.coef, covariance=fit.covariance, conf_level=conf_level
    )
    frame = frame.assign(
        statistic=np.sign(fit.coef) * np.sqrt(np.maximum(fit.statistic, 0)),
        p_value=fit.p_value,
        conf_low=fit.conf_low,
        conf_high=fit.conf_high,
    )
    k = fit.coef.size
    ratio = 2 * (fit.loglik - fit.loglik_null)
    index, index_error = concordance(fit.linear, sets)
    return ModelEstimates(
        frame=frame,
        model="cox",
        outcome=mark("time to reoffence"),
        formula=formula,
        scale=mark("hazard ratio"),
        conf_level=conf_level,
        **model_facts(model),
        std_error_kind=mark("Firth-penalised; interval by profile likelihood"),
        vcov=fit.covariance,
        fit={
            "loglik": fit.loglik,
            "loglik_null": fit.loglik_null,
            "df": float(k),
            "likelihood_ratio": ratio,
            "likelihood_ratio_p": float(chi_square_p(ratio, k)),
            "concordance": index,
            "concordance_std_error": index_error,
            "iterations": float(fit.iterations),
        },
        ties=ties,
        definition=outcome.definition,
        notes=(*outcome.notes, mark("Firth's penalised likelihood.")),
    )
