"""Fine and Gray's regression of the cumulative incidence of reoffence."""

from __future__ import annotations

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError
from rjeval.language import mark, named, note
from rjeval.recidivism.cox_estimates import estimate_frame, wald_statistic
from rjeval.recidivism.guards import MAX_DROPPED
from rjeval.recidivism.known_times import refuse_interval_times
from rjeval.recidivism.model_rows import (
    judge_clusters,
    judge_events,
    model_facts,
    unpack_model,
    without_matrix,
)
from rjeval.recidivism.normal import chi_square_p
from rjeval.recidivism.partial_likelihood import fit_cox
from rjeval.recidivism.subdistribution import fine_gray_covariance, lay_out_subdistribution
from rjeval.recidivism.unpack import check_choice, group_rows, kinds_by_cause
from rjeval.results.models import ModelEstimates


def fine_gray_regression(
    outcome: TimeToEvent,
    formula: str,
    *,
    cause: str = "reoffence",
    cluster: str | None = None,
    ties: str = "breslow",
    max_dropped: float = MAX_DROPPED,
    conf_level: float = 0.95,
) -> ModelEstimates:
    """Estimate log subdistribution hazard ratios: effects on the incidence of one cause.

    People who left by a competing exit stay in the risk set with weight ``G(t-) / G(T-)``, where
    ``G`` is the Kaplan-Meier curve of being censored. A ratio above 1 means a higher cumulative
    incidence; it is no rate among those still free to reoffend (for that, use
    :func:`rjeval.cox_regression`).

    Parameters
    ----------
    outcome : TimeToEvent
        Without delayed entry.
    formula : str
        Right-hand side, such as ``"arm + age_at_index"``.
    cause : str
        As in :func:`rjeval.cumulative_incidence`.
    cluster : str, optional
        Column whose values share a case or person; standard errors are robust in any case.
    ties : {"breslow", "efron"}
        ``breslow`` equals ``cmprsk::crr``. ``survival::finegray`` with ``coxph`` uses Efron's
        ties and takes events before censorings of the same day in ``G`` too, which moves
        coefficients by some 0.1 % on monthly data.
    max_dropped : float
        Largest share of rows that may be left out for a missing value.
    conf_level : float

    Returns
    -------
    ModelEstimates
        ``model`` is ``fine_gray``. The covariance counts the estimation of ``G``.

    Raises
    ------
    GuardError
        More than ``max_dropped`` of the rows lack a variable of the model.
    TooFewEventsError
        Fewer than 5 events per coefficient.
    ConvergenceError
        A coefficient has no finite estimate; ``terms`` names it.
    EstimationError
        Delayed entry, an unknown column, cause or ``ties``.

    References
    ----------
    Fine and Gray (1999), doi:10.1080/01621459.1999.10474144.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> people = pd.DataFrame(
    ...     {"day": range(1, 41), "new": [1, 1, 0, 0] * 10, "age": [20, 45, 30, 60, 25] * 8}
    ... ).assign(gone=["", "", "death", ""] * 10)
    >>> outcome = rj.time_to_event(
    ...     people, time="day", event="new", competing="gone", covariates=["age"]
    ... )
    >>> rj.fine_gray_regression(outcome, "age").scale
    'subdistribution hazard ratio'
    """
    refuse_interval_times(outcome.definition, "Fine and Gray's regression uses")
    check_choice("ties", ties, ("breslow", "efron"))
    kind = kinds_by_cause(outcome, group_rows(outcome, None), cause)
    model = unpack_model(
        outcome,
        formula,
        cluster=cluster,
        strata=None,
        weights=None,
        max_dropped=max_dropped,
        event=kind == 1,
    )
    if (model.entry > 0).any():
        raise EstimationError(
            "Fine and Gray's regression does not allow delayed entry here.",
            hint="Use cox_regression, which does.",
        )
    kind = kind[model.design.kept]
    notes = (*outcome.notes, *judge_events(model), *judge_clusters(model, cluster))
    sets, censoring = lay_out_subdistribution(model.time, kind)
    terms = model.design.terms
    fit = fit_cox(model.design.matrix, sets, ties=ties, terms=terms)
    model = without_matrix(model)
    covariance = fine_gray_covariance(
        fit, sets, time=model.time, kind=kind, censoring=censoring, cluster=model.cluster
    )
    k = fit.coef.size
    wald = wald_statistic(fit.coef, covariance)
    return ModelEstimates(
        frame=estimate_frame(terms, fit.coef, covariance=covariance, conf_level=conf_level),
        model="fine_gray",
        outcome=note("cumulative incidence of {cause}", cause=named(cause, lower=True)),
        formula=formula,
        scale=mark("subdistribution hazard ratio"),
        conf_level=conf_level,
        **model_facts(model),
        std_error_kind=_kind_of_error(cluster),
        vcov=covariance,
        fit={
            "loglik": fit.loglik,
            "loglik_null": fit.loglik_null,
            "df": float(k),
            "wald": wald,
            "wald_p": float(chi_square_p(wald, k)),
            "iterations": float(fit.iterations),
        },
        ties=ties,
        definition=outcome.definition,
        notes=notes,
    )


def _kind_of_error(cluster: str | None) -> str:
    if cluster is None:
        return mark("robust")
    return note("cluster-robust by {cluster}", cluster=cluster)
