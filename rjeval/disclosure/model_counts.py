"""Counts beside a regression: people and events, where nobody's few follow from them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.populations import near_window, show_levels
from rjeval.disclosure.rounding import round_count, round_counts
from rjeval.results import HazardsOverTime, ModelEstimates

#: Models of ratings, in which ``n_events`` only describes the answers.
RATING_MODELS = ("ordinal", "linear")
#: Measures of a paired change that are shares of those who rose and fell.
OF_MOVED = ("net share", "signed rank")
#: Models whose events are incidents, of which a person may have several.
INCIDENT_MODELS = ("negative_binomial",)


def told_count(count: int | None, *, rule: DisclosureRule) -> int | None:
    """Return a rounded count, ``None`` where it may not be told."""
    if count is None:
        return None
    rounded = round_count(float(count), rule)
    return None if np.isnan(rounded) else int(rounded)


def told_events(result: ModelEstimates | HazardsOverTime, *, rule: DisclosureRule) -> int | None:
    """Return the events of a model, ``None`` where a few people would follow from them.

    Other results show the events of each arm, so the few of one arm are those of all less those
    of the others, whether the model names the arm or not. Incidents less the people who had any
    are repeated ones. How many answers were favourable is told with the answers, or not at all.
    """
    model = getattr(result, "model", "cox")
    if result.n_events is None or model in RATING_MODELS:
        return None
    rest = float(result.n - result.n_events)
    arms = result.arm_counts
    if len(arms):
        size, event = (arms[name].to_numpy(dtype=float) for name in ("n", "n_event"))
        by, labels = variable_of(str(arms["term"].iloc[0])), arms["term"].map(_level_of)
        near = near_window(result, event, by=by, labels=labels, rule=rule)
        if (few_of(size, event, rule=rule) | near).any():
            return None
        rest = result.n_events - float(event.sum()) if model in INCIDENT_MODELS else rest
    return told_count(result.n_events, rule=rule) if rest >= rule.min_cell else None


def few_of(size: np.ndarray, event: np.ndarray, *, rule: DisclosureRule) -> np.ndarray:
    """Boolean array: groups with a few people with the event, or a few without."""
    return np.asarray((event < rule.min_cell) | (size - event < rule.min_cell))


def tells_who_moved(
    result: ModelEstimates, *, frame: pd.DataFrame, rule: DisclosureRule
) -> np.ndarray:
    """Boolean array: rows of a paired change from which a few people's change would follow.

    The share that rose less the share that fell, with its standard error, gives both counts
    exactly, and the signed ranks nearly so: both are hidden where few rose, fell or stayed.
    The mean change is hidden too where few moved at all.
    """
    counts = result.level_counts
    if not {"n_rose", "n_fell"} <= set(counts.columns):
        return np.zeros(len(frame), dtype=bool)
    rose, fell = counts["n_rose"], counts["n_fell"]
    stayed = counts["n"] - rose - fell
    few = (rose < rule.min_cell) | (fell < rule.min_cell) | (stayed < rule.min_cell)
    still = rose + fell < rule.min_cell
    own = frame["term"].isin(list(counts.loc[few, "term"])) & frame["component"].isin(OF_MOVED)
    return np.asarray(own | frame["term"].isin(list(counts.loc[still, "term"])), dtype=bool)


def release_levels(
    result: ModelEstimates, *, hidden: set[str], rule: DisclosureRule
) -> pd.DataFrame:
    """Return the counts behind the levels: rounded, and none for a variable with a hidden level."""
    counts = result.level_counts.drop(columns=["n_rose", "n_fell"], errors="ignore").copy()
    if counts.empty:
        return counts
    if result.model in RATING_MODELS:
        counts = counts.drop(columns="n_event", errors="ignore")
    variables = {variable_of(term) for term in hidden}
    gone = counts["term"].astype(str).map(variable_of).isin(list(variables)).to_numpy()
    for name in [n for n in ("n", "n_event") if n in counts]:
        values = counts[name].to_numpy(dtype=float)
        people = name == "n"
        shown = show_levels(result, counts, rule=rule) if people else round_counts(values, rule)
        counts[name] = np.where(gone | (values < rule.min_cell), np.nan, shown)
    return counts


def _level_of(term: str) -> str:
    """Return the level of a term: ``rj`` of ``arm[rj]``."""
    return term.partition("[")[2].removesuffix("]")


def variable_of(term: str) -> str:
    """Return the variable of a term: ``arm`` of ``arm[rj]``."""
    return term.split("[", 1)[0]
