"""Release regressions: enough degrees of freedom, no level with a handful of people behind it."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.coarse import coarsened
from rjeval.disclosure.intervals import outward
from rjeval.disclosure.model_counts import (
    RATING_MODELS,
    few_of,
    release_levels,
    tells_who_moved,
    told_count,
    told_events,
    variable_of,
)
from rjeval.disclosure.populations import show_populations
from rjeval.disclosure.predictions import rare_answers
from rjeval.disclosure.rounding import significant
from rjeval.disclosure.stamp import stamped
from rjeval.errors import WithheldError
from rjeval.language import mark, note
from rjeval.results import HazardsOverTime, ModelEstimates

NUMBERS = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")
#: Models of an event that a person has once; in the others ``n_events`` only describes the ratings.
EVENT_MODELS = ("cox", "cox_subgroups", "logistic")
#: Models whose degrees of freedom are events.
COUNTED_IN_EVENTS = ("cox", "cox_subgroups")
#: Decimals of coefficients, standard errors and interval ends on the model's own scale.
DECIMALS = 3
INTERCEPTS = ("intercept", "(intercept)", "const")
_LEVEL = re.compile(r"^(?P<variable>[^\[\]:]+)\[(?P<level>[^\]]*)\]$")
#: Measures of fit that are told. A log-likelihood (and so an AIC) without covariates is a function
#: of the counts alone: with five digits it gives away those that were rounded.
TOLD = (
    "likelihood_ratio",
    "wald",
    "score",
    "df",
    "concordance",
    "r_squared",
    "sigma",
    "interaction",
)
#: Said where how many were left out is not shown.
FEW_LEFT_OUT = mark("Fewer than {least} people were left out for missing values.")


def release_model(
    result: ModelEstimates, *, frame: pd.DataFrame, rule: DisclosureRule
) -> ModelEstimates:
    """Release a regression; see :func:`rjeval.release`.

    Coefficients have three decimals, their intervals moved outward; those of levels of a category
    are so coarse that the people behind the level do not follow from them. A level behind which
    stand fewer than ``min_cell`` people or events is hidden with its row of the covariance matrix;
    where the reference level is such a level, so is the whole variable. Thresholds and intercepts
    are always hidden: they give the outcome of one cell of people.
    """
    _check_freedom(result, frame=frame, rule=rule)
    hidden, notes = thin_terms(result, frame=frame, rule=rule)
    gone = frame["term"].isin(list(hidden)).to_numpy() | _tells_a_cell(frame)
    gone |= rare_answers(result, frame=frame, rule=rule)
    gone |= tells_who_moved(result, frame=frame, rule=rule)
    shown = frame.copy().reset_index(drop=True)
    for name in NUMBERS:
        values = shown[name].to_numpy(dtype=float)
        exact = name in ("statistic", "p_value")
        rounded = significant(values) if exact else np.round(values, DECIMALS)
        shown[name] = np.where(gone, np.nan, rounded)
    if rule.round_to > 1:  # an interval never covers less than the exact one
        ends = outward(frame["conf_low"], frame["conf_high"], decimals=DECIMALS)
        for name, end in zip(("conf_low", "conf_high"), ends, strict=True):
            shown[name] = np.where(gone, np.nan, end)
        shown = _coarse_levels(result, shown, exact=frame, rule=rule)
    thin = frame["term"].isin(list(hidden)).to_numpy()
    shown["suppressed"] = np.where(thin, "primary", np.where(gone, "complementary", ""))
    few = note("a level has fewer than {least} people or events", least=rule.min_cell)
    shown["bound"] = np.where(thin, few, "")
    dropped = told_count(result.n_dropped, rule=rule)
    if dropped is None:
        notes = (*notes, note(FEW_LEFT_OUT, least=rule.min_cell))
    return stamped(
        result,
        shown,
        rule=rule,
        n_suppressed=int(gone.sum()),
        notes=notes,
        n=_people(result, rule=rule),
        n_events=told_events(result, rule=rule),
        n_dropped=dropped,
        n_clusters=told_count(result.n_clusters, rule=rule),
        vcov=_thin_vcov(result.vcov, std_error=shown["std_error"]),
        level_counts=release_levels(result, hidden=hidden, rule=rule),
        arm_counts=pd.DataFrame(),
        fit=_release_fit(result.fit),
        proportional_hazards=_release_ph(result.proportional_hazards, hidden=hidden),
    )


def _release_fit(fit: Mapping[str, float]) -> dict[str, float]:
    """Return the measures of fit from which no count can be worked out, to three digits."""
    return {name: float(significant([v])[0]) for name, v in fit.items() if name.startswith(TOLD)}


def _check_freedom(result: ModelEstimates, *, frame: pd.DataFrame, rule: DisclosureRule) -> None:
    """Refuse a model that has too few degrees of freedom left, or one cell per person group."""
    effective = result.n_events if result.model in COUNTED_IN_EVENTS else result.n
    parameters = len(frame)
    left = int(effective or 0) - parameters
    if left < rule.min_residual_df:
        unit = "events" if result.model in COUNTED_IN_EVENTS else "people"
        raise WithheldError(
            f"The {result.model} model has {parameters} parameters and leaves fewer than "
            f"{rule.min_residual_df} residual degrees of freedom.",
            hint=f"Use fewer terms, or more {unit}.",
        )
    if result.n < max(rule.min_denominator, rule.min_cell):
        raise WithheldError(
            f"The {result.model} model rests on fewer than "
            f"{max(rule.min_denominator, rule.min_cell)} people.",
            hint="Pool years or sites.",
        )
    events = result.n_events if result.model in EVENT_MODELS else None
    if events is not None and not rule.min_cell <= events <= result.n - rule.min_cell:
        raise WithheldError(
            f"The {result.model} model rests on fewer than {rule.min_cell} people with the "
            f"event, or fewer than {rule.min_cell} without it.",
            hint="Pool years or sites, or report the bound only.",
        )
    if _is_saturated(frame):
        raise WithheldError(
            f"The {result.model} model is saturated: it has a parameter for each combination "
            "of its categories, so it is a table of small cells.",
            hint="Leave the interaction out.",
        )


def _tells_a_cell(frame: pd.DataFrame) -> np.ndarray:
    """Boolean array: thresholds and intercepts, which give the answers of the reference cell.

    A threshold is the logit of the share up to a category, and an intercept the outcome among
    people with every reference level at once: either may stand for a handful.
    """
    intercept = frame["term"].astype(str).str.lower().isin(INTERCEPTS)
    return (intercept | (frame["component"] == "threshold")).to_numpy()


def _is_saturated(frame: pd.DataFrame) -> bool:
    """Whether crossed categories have as many coefficients as cells."""
    terms = frame.loc[frame["component"] == "coefficient", "term"].astype(str)
    terms = terms[~terms.str.lower().isin(INTERCEPTS)]
    parts = [term.split(":") for term in terms]
    if not any(len(part) > 1 for part in parts):
        return False
    matches = [_LEVEL.match(piece) for part in parts for piece in part]
    if any(match is None for match in matches):
        return False
    levels: dict[str, set[str]] = {}
    for match in matches:
        if match is not None:
            levels.setdefault(match["variable"], set()).add(match["level"])
    cells = int(np.prod([len(found) + 1 for found in levels.values()]))
    return len(terms) >= cells - 1


def thin_terms(
    result: ModelEstimates | HazardsOverTime, *, frame: pd.DataFrame, rule: DisclosureRule
) -> tuple[set[str], tuple[str, ...]]:
    """Terms that may not be shown, and what is said about them."""
    counts = result.level_counts
    if counts.empty or "n" not in counts:
        return set(), ()
    small = counts["n"].to_numpy(dtype=float) < rule.min_cell
    model = getattr(result, "model", "cox")
    if "n_event" in counts and model not in RATING_MODELS:
        size, event = (counts[name].to_numpy(dtype=float) for name in ("n", "n_event"))
        small |= few_of(size, event, rule=rule) if model in EVENT_MODELS else event < rule.min_cell
    thin = set(counts.loc[small, "term"].astype(str))
    terms = frame["term"].astype(str)
    hidden = {term for term in terms if set(term.split(":")) & thin or term in thin}
    for variable in {variable_of(term) for term in thin}:
        own = [term for term in terms if variable_of(term) == variable]
        reference = f"{variable}[{result.reference_levels.get(variable, '')}]"
        shown = [term for term in own if term not in hidden]
        rest_is_small = _rest_is_small(counts, variable=variable, n=result.n, rule=rule)
        number = variable in own  # of two values, with one term for both
        if reference in thin or rest_is_small or number or not shown:
            hidden |= set(own)
    hidden |= {term for term in terms if set(term.split(":")) & hidden}
    variables = sorted({variable_of(term) for term in hidden})
    if not variables:
        return set(), ()
    told = note(
        "Levels of {variables} with fewer than {least} people or events are not shown.",
        variables=", ".join(variables),
        least=rule.min_cell,
    )
    return hidden, (told,)


def _rest_is_small(counts: pd.DataFrame, *, variable: str, n: int, rule: DisclosureRule) -> bool:
    """Whether people in no counted level (the reference, where not counted) are too few."""
    own = counts["term"].astype(str).map(variable_of) == variable
    rest = n - float(counts.loc[own, "n"].sum())
    return 0 < rest < rule.min_cell


def _coarse_levels(
    result: ModelEstimates, shown: pd.DataFrame, *, exact: pd.DataFrame, rule: DisclosureRule
) -> pd.DataFrame:
    """Put rows about levels of a category on a grid from which no count can be worked out."""
    counts = result.level_counts
    counted = set(counts["term"].astype(str).map(variable_of)) if len(counts) else set()
    pieces = exact["term"].astype(str).str.split(":")
    levels = pieces.map(lambda one: any(_LEVEL.match(p) or p in counted for p in one))
    own = levels.to_numpy(dtype=bool) & shown["estimate"].notna().to_numpy()
    unit = float(result.fit.get("sigma", 1.0)) if result.model == "linear" else 1.0
    rows = exact.reset_index(drop=True)[own]
    coarse = coarsened(rows, conf_level=result.conf_level, rule=rule, unit=unit)
    for name, values in coarse.items():
        given = rows[name].to_numpy(dtype=float)
        if rows["statistic"].isna().all():  # predicted shares, which are tested against nothing
            values = np.clip(values, 0.0, 1.0)
        shown.loc[own, name] = np.where(np.isnan(given), np.nan, values)
    return shown


def _thin_vcov(vcov: np.ndarray, *, std_error: pd.Series) -> np.ndarray:
    """Covariances that follow from the shown errors and correlations, without the hidden rows."""
    size = np.sqrt(np.diag(vcov)) if len(vcov) else np.empty(0)
    if len(size) != len(std_error):
        return np.full_like(vcov, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = np.round(vcov / np.outer(size, size), 2)
    error = std_error.to_numpy(dtype=float)
    return np.asarray(correlation * np.outer(error, error))


def _people(result: ModelEstimates, *, rule: DisclosureRule) -> int:
    """Return the people of a model, with those left out where these are a few."""
    dropped = result.n_dropped or 0
    whole = result.n + dropped if dropped < rule.min_cell else result.n
    return int(show_populations(result, [whole], by="", rule=rule)[0])


def _release_ph(tests: Mapping[str, pd.DataFrame], *, hidden: set[str]) -> dict[str, pd.DataFrame]:
    """Proportional-hazards tests without the hidden terms."""
    released = {}
    for name, frame in tests.items():
        kept = frame[~frame["term"].isin(list(hidden))].reset_index(drop=True)
        for column in ("statistic", "p_value"):
            kept[column] = significant(kept[column])
        released[name] = kept
    return released
