"""Tables of regressions: one model in full, or several side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from rjeval.language import mark, phrase
from rjeval.results import ModelEstimates
from rjeval.results.base import needs_mark
from rjeval.tables import format as fmt
from rjeval.tables.captions import definition_text, join_sentences, release_notes
from rjeval.tables.table import Column, Table

MODEL_NAMES = {
    "cox": mark("Cox regression"),
    "ordinal": mark("Ordinal regression"),
    "linear": mark("Linear regression"),
    "logistic": mark("Logistic regression"),
    "cox_subgroups": mark("Effects within subgroups (Cox regression with interaction)"),
    "fine_gray": mark("Fine–Gray regression"),
    "grouped_time": mark("Discrete-time regression"),
    "mixture_cure": mark("Share that never reoffends (mixture-cure model)"),
    "mixture_cure_regression": "Odds of never reoffending (mixture-cure model)",
    "negative_binomial": mark("Negative binomial regression"),
    "parametric": mark("Accelerated failure time model"),
    "reliability": mark("Reliability"),
    "spline": mark("Royston–Parmar spline model"),
}
#: Models whose estimates are shares, shown as percentages under this heading.
SHARES = {"mixture_cure": mark("Share")}
INTERCEPTS = ("intercept", "(intercept)", "const")


def tabulate_estimates(
    *models: ModelEstimates,
    exponentiate: bool = True,
    labels: Mapping[str, str] | None = None,
    title: str = "",
    p: bool = False,
) -> Table:
    """Return the estimates of regressions, each with its interval; never with stars.

    Parameters
    ----------
    *models : ModelEstimates
        Released; an unreleased one is marked "not for release". One model gets a column each
        for estimate and interval; several stand side by side.
    exponentiate : bool
        Ratios (hazard, odds) instead of coefficients on the model's own scale.
    labels : mapping, optional
        ``design.labels``.
    title : str
    p : bool
        Add p-values; they belong in an appendix.

    Raises
    ------
    DisclosureError
        In a report, for an unreleased result.
    """
    if not models:
        raise ValueError("tabulate_estimates() needs at least one model.")
    marked = any(list(map(needs_mark, models)))
    frames = [_shown(model, exponentiate=exponentiate) for model in models]
    terms = list(dict.fromkeys(term for frame in frames for term in frame.index))
    references = {k: v for model in models for k, v in model.reference_levels.items()}
    columns = [Column(label=phrase("Term"), align="left")]
    for i, model in enumerate(models):
        columns += _headings(
            model, several=len(models) > 1, number=i + 1, exponentiate=exponentiate, p=p
        )
    rows = []
    for term in terms:
        cells = [_term(term, models, labels=labels, references=references)]
        for model, frame in zip(models, frames, strict=True):
            as_text = _as_percent if model.model in SHARES else fmt.ratio
            cells += _cells(frame, term=term, several=len(models) > 1, p=p, as_text=as_text)
        rows.append(tuple(cells))
    name = phrase(title) if title else _names(models)
    caption = join_sentences(
        *dict.fromkeys(definition_text(m) for m in models),
        *(_model_text(m, number=i + 1, several=len(models) > 1) for i, m in enumerate(models)),
    )
    notes = tuple(dict.fromkeys(note for model in models for note in release_notes(model)))
    return Table(
        title=name,
        columns=tuple(columns),
        rows=tuple(rows),
        caption=caption,
        notes=notes,
        marked=marked,
    )


def _names(models: Sequence[ModelEstimates]) -> str:
    kinds = dict.fromkeys(MODEL_NAMES.get(model.model, model.model) for model in models)
    return phrase(" and ").join(phrase(kind) for kind in kinds)


def _shown(model: ModelEstimates, *, exponentiate: bool) -> pd.DataFrame:
    """Coefficients without intercept, as ratios where asked, indexed by term."""
    frame = model.exponentiated() if exponentiate else model.coefficients()
    keep = ~frame["term"].astype(str).str.lower().isin(INTERCEPTS)
    return frame[keep].set_index("term")


def _headings(
    model: ModelEstimates, *, several: bool, number: int, exponentiate: bool, p: bool
) -> list[Column]:
    plain = SHARES.get(model.model, mark("Difference"))
    scale = (model.scale or plain) if exponentiate else mark("Coefficient")
    scale = phrase(scale)
    scale = scale[:1].upper() + scale[1:]
    span = fmt.level_text(model.conf_level)
    prefix = f"({number}) " if several else ""
    names = [f"{prefix}{scale} ({span})"] if several else [scale, span]
    return [Column(label=name) for name in [*names, *([f"{prefix}p"] if p else [])]]


def _cells(
    frame: pd.DataFrame, *, term: str, several: bool, p: bool, as_text: Callable[[object], str]
) -> list[str]:
    if term not in frame.index:
        return ["", *([""] if not several else []), *([""] if p else [])]
    row = frame.loc[term]
    span = fmt.interval(row["conf_low"], row["conf_high"], as_text=as_text)
    estimate = as_text(row["estimate"])
    both = estimate if estimate == fmt.HIDDEN else f"{estimate} ({span})"
    cells = [both] if several else [estimate, span]
    return [*cells, *([fmt.p_value(row["p_value"])] if p else [])]


def _term(
    term: str,
    models: Sequence[ModelEstimates],
    *,
    labels: Mapping[str, str] | None,
    references: Mapping[str, str],
) -> str:
    """Return what people read for a term; of a subgroup, the group and then the arms."""
    if any(model.model != "cox_subgroups" for model in models):
        return fmt.term_text(term, labels=labels, reference_levels=references)
    contrast, _, group = term.partition(":")
    arms = fmt.term_text(contrast, labels=labels, reference_levels=references).partition(": ")[2]
    return f"{fmt.term_text(group, labels=labels)}: {arms}"


def _as_percent(share: object) -> str:
    return fmt.HIDDEN if fmt.is_missing(share) else fmt.percent(share)


def _model_text(model: ModelEstimates, *, number: int, several: bool) -> str:
    """n, events, outcome and kind of standard error, for the caption."""
    parts = [f"n = {fmt.count(model.n)}"]
    if model.n_events is not None:
        parts.append(phrase("events = {n}", n=fmt.count(model.n_events)))
    if model.n_clusters is not None:
        parts.append(phrase("clusters = {n}", n=fmt.count(model.n_clusters)))
    if model.n_dropped:
        parts.append(phrase("left out for missing values = {n}", n=fmt.count(model.n_dropped)))
    parts.append(phrase("standard errors: {kind}", kind=phrase(model.std_error_kind)))
    text = phrase(
        "{model} of {outcome}: {numbers}",
        model=phrase(MODEL_NAMES.get(model.model, model.model)),
        outcome=phrase(model.outcome).replace("_", " "),
        numbers=", ".join(parts),
    )
    return f"({number}) {text}" if several else text
