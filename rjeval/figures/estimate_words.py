"""Title, alternative text and caption of forest plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from rjeval.figures.contrast_words import intervals_text
from rjeval.figures.drawing import Drawing
from rjeval.figures.term_words import subgroup_text, term_text
from rjeval.figures.wording import (
    SUPPRESSED,
    closing_notes,
    count,
    for_release,
    joined,
    listed,
)
from rjeval.language import mark, phrase
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
_PLAIN = {CHANGE: mark("change in points"), CURED: mark("share that never reoffends")}
_KINDS = {
    CHANGE: mark("Mean change in the same people"),
    "cox": mark("Cox proportional-hazards model"),
    SUBGROUPS: mark("Cox proportional-hazards model with interaction"),
    "fine_gray": mark("Fine–Gray subdistribution-hazards model"),
    "parametric": mark("Accelerated failure time model"),
    "spline": mark("Royston–Parmar spline model"),
    CURED: mark("Mixture-cure model"),
    "mixture_cure_regression": mark("Mixture-cure model"),
    "negative_binomial": mark("Negative binomial model"),
    "grouped_time": mark("Discrete-time model"),
    "ordinal": mark("Proportional-odds model"),
    "linear": mark("Linear model"),
    "logistic": mark("Logistic model"),
}


def scale_name(estimates: Sequence[ModelEstimates]) -> str:
    """Return what the axis measures."""
    scales = {model.scale for model in estimates}
    if len(scales) > 1:
        return phrase("Ratio")
    models = {model.model for model in estimates}
    name = phrase(scales.pop() or _PLAIN.get("".join(models), mark("difference")))
    return name[:1].upper() + name[1:]


def number_with_interval(row: Mapping[Any, Any]) -> str:
    """Return an estimate with its interval, two decimals.

    Examples
    --------
    >>> number_with_interval({"estimate": 0.684, "conf_low": 0.47, "conf_high": 0.9957})
    '0.68 (0.47 to 1.00)'
    """
    if pd.isna(row["estimate"]):
        return phrase(SUPPRESSED)
    if pd.isna(row["conf_low"]) or pd.isna(row["conf_high"]):
        return phrase("{estimate} (no interval)", estimate=_two(row["estimate"]))
    return phrase(
        "{estimate} ({low} to {high})",
        estimate=_two(row["estimate"]),
        low=_two(row["conf_low"]),
        high=_two(row["conf_high"]),
    )


def _two(value: float) -> str:
    return f"{value:.3g}" if abs(value) >= 100 else f"{value:.2f}".replace("-", "−")


def estimates_drawing(
    estimates: Sequence[ModelEstimates], names: Sequence[str], *, words: Mapping[str, str]
) -> Drawing:
    """Return words and numbers of a forest plot."""
    scale = scale_name(estimates)
    level = estimates[0].conf_level
    several = len(estimates) > 1
    frames = [_plotted(m, n) for m, n in zip(estimates, names, strict=True)]
    alts = [_model_alt(m, n, words, several=several) for m, n in zip(estimates, names, strict=True)]
    captions = [
        _model_caption(m, n, several=several) for m, n in zip(estimates, names, strict=True)
    ]
    what = phrase(
        "Forest plot: {what}, with {interval}.",
        what=scale.lower(),
        interval=intervals_text(level),
    )
    return Drawing(
        title=phrase("{what}, with {interval}", what=scale, interval=intervals_text(level)),
        subtitle="" if several else _people(estimates[0]),
        alt=joined((what, *alts)),
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
    events = phrase(", events {n}", n=count(float(model.n_events or 0))) if counted else ""
    return phrase(
        "n = {n}{events}; standard errors: {kind}",
        n=count(model.n),
        events=events,
        kind=phrase(model.std_error_kind),
    )


def _model_caption(model: ModelEstimates, name: str, *, several: bool) -> str:
    kind = phrase(_KINDS.get(model.model, model.model))
    subject = f"{name}: {kind[:1].lower()}{kind[1:]}" if several else kind
    if not several and model.model != CHANGE:
        subject = phrase("{model} of {formula}", model=kind, formula=model.formula)
    parts = _people(model)
    if model.n_clusters:
        parts += phrase(", {n} clusters", n=count(model.n_clusters))
    if model.n_dropped:
        parts += phrase(", {n} left out for missing values", n=count(model.n_dropped))
    return f"{subject}; {parts}; {intervals_text(model.conf_level)}."


def _plotted(model: ModelEstimates, name: str) -> pd.DataFrame:
    frame = model.exponentiated()
    columns = ["term", "estimate", "conf_low", "conf_high", "suppressed", "bound"]
    plotted = frame[[c for c in columns if c in frame.columns]].copy()
    plotted.insert(0, "model", name)
    plotted.insert(2, "scale", model.scale or "difference")
    return plotted
