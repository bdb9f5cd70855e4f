"""Title, alternative text and caption of forest plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from rjeval.figures.drawing import Drawing
from rjeval.figures.term_words import subgroup_text, term_text
from rjeval.figures.wording import (
    SUPPRESSED,
    closing_notes,
    count,
    for_release,
    joined,
    level_text,
    listed,
)
from rjeval.results import ModelEstimates

#: Model name of :func:`rjeval.paired_change`.
CHANGE = "paired change"
#: Model name of :func:`rjeval.subgroup_estimates`.
SUBGROUPS = "cox_subgroups"
#: Model name of :func:`rjeval.cured_fraction`.
CURED = "mixture_cure"
#: Models whose outcome is an event; elsewhere a number of events would mean nothing.
_EVENT_MODELS = (
    "cox",
    SUBGROUPS,
    "fine_gray",
    "parametric",
    "spline",
    CURED,
    "mixture_cure_regression",
    "grouped_time",
    "logistic",
)
#: What the estimates of a model without ratios are.
_PLAIN = {CHANGE: "change in points", CURED: "share that never reoffends"}
_KINDS = {
    CHANGE: "Mean change in the same people",
    "cox": "Cox proportional-hazards model",
    SUBGROUPS: "Cox proportional-hazards model with interaction",
    "fine_gray": "Fine–Gray subdistribution-hazards model",
    "parametric": "Accelerated failure time model",
    "spline": "Royston–Parmar spline model",
    CURED: "Mixture-cure model",
    "mixture_cure_regression": "Mixture-cure model",
    "negative_binomial": "Negative binomial model",
    "grouped_time": "Discrete-time model",
    "ordinal": "Proportional-odds model",
    "linear": "Linear model",
    "logistic": "Logistic model",
}


def scale_name(estimates: Sequence[ModelEstimates]) -> str:
    """Return what the axis measures."""
    scales = {model.scale for model in estimates}
    if len(scales) > 1:
        return "Ratio"
    models = {model.model for model in estimates}
    name = scales.pop() or _PLAIN.get("".join(models), "difference")
    return name[:1].upper() + name[1:]


def number_with_interval(row: Mapping[Any, Any]) -> str:
    """Return an estimate with its interval, two decimals.

    Examples
    --------
    >>> number_with_interval({"estimate": 0.684, "conf_low": 0.47, "conf_high": 0.9957})
    '0.68 (0.47 to 1.00)'
    """
    if pd.isna(row["estimate"]):
        return SUPPRESSED
    if pd.isna(row["conf_low"]) or pd.isna(row["conf_high"]):
        return f"{_two(row['estimate'])} (no interval)"
    return f"{_two(row['estimate'])} ({_two(row['conf_low'])} to {_two(row['conf_high'])})"


def _two(value: float) -> str:
    return f"{value:.3g}" if abs(value) >= 100 else f"{value:.2f}".replace("-", "−")


def estimates_drawing(
    estimates: Sequence[ModelEstimates], names: Sequence[str], *, words: Mapping[str, str]
) -> Drawing:
    """Return words and numbers of a forest plot."""
    scale = scale_name(estimates)
    level = level_text(estimates[0].conf_level)
    several = len(estimates) > 1
    plural = scale if scale.endswith("points") else f"{scale}s"
    frames = [_plotted(m, n) for m, n in zip(estimates, names, strict=True)]
    alts = [_model_alt(m, n, words, several=several) for m, n in zip(estimates, names, strict=True)]
    captions = [
        _model_caption(m, n, several=several) for m, n in zip(estimates, names, strict=True)
    ]
    return Drawing(
        title=f"{plural} with {level} confidence intervals",
        subtitle="" if several else _people(estimates[0]),
        alt=joined((f"Forest plot of {plural.lower()} with {level} confidence intervals.", *alts)),
        caption=joined((*captions, closing_notes(*estimates))),
        data=pd.concat(frames, ignore_index=True),
        for_release=for_release(*estimates),
    )


def _model_alt(model: ModelEstimates, name: str, words: Mapping[str, str], *, several: bool) -> str:
    parts = []
    for row in model.exponentiated().to_dict("records"):
        text_of = subgroup_text if model.model == SUBGROUPS else term_text
        text, against = text_of(str(row["term"]), references=model.reference_levels, labels=words)
        changed = model.model == CHANGE and "[" not in str(row["term"])
        parts.append(f"{joined((text, '' if changed else against))} {number_with_interval(row)}")
    return f"{name + ': ' if several else ''}{listed(parts)}."


def _people(model: ModelEstimates) -> str:
    counted = model.n_events is not None and model.model in _EVENT_MODELS
    events = f", events {count(float(model.n_events or 0))}" if counted else ""
    return f"n = {count(model.n)}{events}; standard errors: {model.std_error_kind}"


def _model_caption(model: ModelEstimates, name: str, *, several: bool) -> str:
    kind = _KINDS.get(model.model, f"{model.model} model")
    formula = "" if model.model == CHANGE else f" of {model.formula}"
    subject = f"{name}: {kind[:1].lower()}{kind[1:]}" if several else f"{kind}{formula}"
    dropped = f", {count(model.n_dropped)} left out for missing values" if model.n_dropped else ""
    clusters = f", {count(model.n_clusters)} clusters" if model.n_clusters else ""
    return (
        f"{subject}; {_people(model)}{clusters}{dropped}; "
        f"{level_text(model.conf_level)} confidence intervals."
    )


def _plotted(model: ModelEstimates, name: str) -> pd.DataFrame:
    frame = model.exponentiated()
    columns = ["term", "estimate", "conf_low", "conf_high", "suppressed", "bound"]
    plotted = frame[[c for c in columns if c in frame.columns]].copy()
    plotted.insert(0, "model", name)
    plotted.insert(2, "scale", model.scale or "difference")
    return plotted
