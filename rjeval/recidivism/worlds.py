"""A Cox model asked what if: other profiles, everybody in one arm and then in the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError, GuardError
from rjeval.model_frame import build_model_frame
from rjeval.recidivism.curve_frames import overstated
from rjeval.recidivism.exit_kinds import kinds_of
from rjeval.recidivism.known_times import refuse_interval_times
from rjeval.recidivism.model_rows import (
    ModelRows,
    judge_clusters,
    judge_events,
    units_of,
    unpack_model,
    variables_of,
)
from rjeval.recidivism.partial_likelihood import CoxFit, fit_cox
from rjeval.recidivism.parts import refuse_repeats
from rjeval.recidivism.prediction import (
    Baseline,
    average_influence,
    average_survival,
    baseline_of,
)
from rjeval.recidivism.risk_sets import RiskSets, lay_out
from rjeval.recidivism.unpack import group_codes


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FittedModel:
    """A Cox model with all that predictions need."""

    rows: ModelRows
    sets: RiskSets
    fit: CoxFit
    baseline: Baseline
    notes: tuple[str, ...]


def fit_model(
    outcome: TimeToEvent, formula: str, *, cluster: str | None, ties: str, max_dropped: float
) -> FittedModel:
    """Fit the model that predictions rest on."""
    refuse_interval_times(outcome.definition, "Cox regression uses")
    rows = unpack_model(
        outcome, formula, cluster=cluster, strata=None, weights=None, max_dropped=max_dropped
    )
    refuse_repeats(units_of(rows), rows.event)
    notes = (*outcome.notes, *judge_events(rows), *judge_clusters(rows, cluster))
    notes = (*notes, *overstated(kinds_of(outcome)))
    sets = lay_out(rows.time, rows.event, entry=rows.entry)
    fit = fit_cox(rows.design.matrix, sets, ties=ties, terms=rows.design.terms)
    return FittedModel(rows=rows, sets=sets, fit=fit, baseline=baseline_of(fit, sets), notes=notes)


def code_like(formula: str, model: FittedModel, profiles: pd.DataFrame) -> np.ndarray:
    """Code profiles as the model coded its own rows."""
    used = model.rows.used
    absent = [name for name in variables_of(formula, used) if name not in profiles.columns]
    if absent:
        raise EstimationError(f"The profiles lack {', '.join(absent)} of the formula.")
    names = variables_of(formula, used)
    both = pd.concat([used[names], profiles[names]], ignore_index=True)
    for name in names:
        if isinstance(used[name].dtype, pd.CategoricalDtype):
            both[name] = pd.Categorical(both[name], categories=used[name].cat.categories)
    built = build_model_frame(both, formula)
    if built.terms != model.rows.design.terms or built.n_dropped:
        raise EstimationError(
            "The profiles have missing values or levels that the data do not have.",
            hint="Use the levels of the data.",
        )
    return built.matrix[len(used) :]


def average_worlds(
    formula: str, model: FittedModel, *, by: str, days: np.ndarray
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Average survival, and its influences, were everybody at each level of ``by``."""
    used = model.rows.used
    _check_average(model, days)
    if by not in variables_of(formula, used):
        raise EstimationError(f"The formula '{formula}' does not hold {by}.")
    column = used[by]
    labels, code, kept = group_codes(used, by)
    worlds = {}
    for g, label in enumerate(labels):
        value = column.iloc[kept[np.flatnonzero(code == g)[0]]]
        everybody = used.assign(**{by: pd.Series([value] * len(used), index=used.index)})
        if isinstance(column.dtype, pd.CategoricalDtype):
            everybody[by] = everybody[by].astype(column.dtype)
        matrix = code_like(formula, model, everybody)
        survival = average_survival(model.fit, model.baseline, matrix=matrix, days=days)
        influence = average_influence(
            model.fit, model.sets, baseline=model.baseline, matrix=matrix, days=days
        )
        worlds[label] = (survival, influence)
    return worlds


def _check_average(model: FittedModel, days: np.ndarray) -> None:
    """Refuse an average over rows that are no people, or of days that nobody was followed to."""
    if units_of(model.rows) is not None:
        raise GuardError(
            "Rows are intervals of people, so an average over rows is none over people.",
            hint="Use the outcome before it was cut, with covariates known at the start.",
        )
    last = float(model.rows.time.max())
    if days.max() > last:
        raise EstimationError(
            f"Follow-up ends at day {last:g}, before day {days.max():g}.",
            hint="Use an earlier day.",
        )


def sum_by_cluster(influence: np.ndarray, model: FittedModel) -> np.ndarray:
    """Return influences of clusters, or of rows where there are none."""
    cluster = model.rows.cluster
    if cluster is None:
        return influence
    return np.stack([np.bincount(cluster, weights=part) for part in influence.T], axis=1)
