"""A Cox regression of many rows on discrete covariates, fitted to counts of patterns by days."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.language import mark
from rjeval.model_frame import build_model_frame, counted_variables, formula_variables
from rjeval.recidivism.cox_estimates import estimate_frame, fit_summary
from rjeval.recidivism.guards import refuse_end_of_follow_up, refuse_later_knowledge
from rjeval.recidivism.model_rows import judge_event_count, level_frame
from rjeval.recidivism.partial_likelihood import fit_cox
from rjeval.recidivism.pattern_counts import MANY_ROWS, Patterns, count_patterns
from rjeval.results.models import ModelEstimates

#: Characters of functions of columns, which may depend on all rows (centring, splines).
OF_ALL_ROWS = frozenset("({`")


def cox_by_counts(
    outcome: TimeToEvent, formula: str, *, ties: str, conf_level: float, least: int = MANY_ROWS
) -> ModelEstimates | None:
    """Return the model that rows would give, or ``None`` where rows must be used.

    Counting serves from ``least`` rows on, all at risk from day 0, whose covariates are
    categories or whole numbers without missing values, in a formula without functions.
    """
    frame = outcome.frame
    if len(frame) < least or OF_ALL_ROWS & set(formula):
        return None
    names = list(formula_variables(formula))
    if not set(names) <= set(frame.columns) or frame["entry_days"].to_numpy(dtype=float).max() > 0:
        return None
    time = frame["time_days"].to_numpy(dtype=float)
    patterns = count_patterns(frame, names, time=time, event=outcome.reoffended)
    if patterns is None:
        return None
    design = build_model_frame(patterns.frame, formula)
    refuse_end_of_follow_up(outcome, names)
    refuse_later_knowledge(outcome, names)
    k, n_events = len(design.terms), int(patterns.n_event.sum())
    notes = [*outcome.notes, *judge_event_count(n_events, k)]
    fit = fit_cox(design.matrix, patterns.sets, ties=ties, terms=design.terms)
    return ModelEstimates(
        frame=estimate_frame(
            design.terms, fit.coef, covariance=fit.covariance, conf_level=conf_level
        ),
        model="cox",
        outcome=mark("time to reoffence"),
        formula=formula,
        scale=mark("hazard ratio"),
        conf_level=conf_level,
        n=len(frame),
        n_events=n_events,
        n_dropped=0,
        n_clusters=None,
        std_error_kind="model",
        vcov=fit.covariance,
        reference_levels=design.reference_levels,
        level_counts=_level_counts(patterns, counted_variables(design, patterns.frame)),
        fit=fit_summary(fit, covariance=fit.covariance, ranked=None),
        ties=ties,
        definition=outcome.definition,
        notes=tuple(notes),
    )


def _level_counts(patterns: Patterns, names: list[str]) -> pd.DataFrame:
    """Return people and events behind each level of each categorical variable."""
    found = {}
    for name in names:
        labels = patterns.frame[name].astype(str).to_numpy(dtype=object)
        code, levels = pd.factorize(labels, sort=True)
        n, events = np.zeros((2, len(levels)), dtype=np.intp)
        np.add.at(n, code, patterns.n)
        np.add.at(events, code, patterns.n_event)
        found[name] = (levels, n, events)
    return level_frame(found)
