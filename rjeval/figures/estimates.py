"""Forest plot: model estimates with their intervals, ratios on a log axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from rjeval.figures.drawing import attach
from rjeval.figures.estimate_words import (
    CHANGE,
    SUBGROUPS,
    estimates_drawing,
    number_with_interval,
    scale_name,
)
from rjeval.figures.forest import Entry, Point, draw_forest, forest_height
from rjeval.figures.forest_axis import Scale
from rjeval.figures.sheet import sheet
from rjeval.figures.style import series_style
from rjeval.figures.term_words import subgroup_text, term_text
from rjeval.figures.wording import merged_labels
from rjeval.language import mark, phrase
from rjeval.results import ModelEstimates

_INTERCEPTS = ("intercept", "(intercept)")
_SIDES = {
    "cox": (mark("less reoffending"), mark("more reoffending")),
    "spline": (mark("less reoffending"), mark("more reoffending")),
    SUBGROUPS: (mark("less reoffending"), mark("more reoffending")),
    "parametric": (mark("earlier reoffending"), mark("later reoffending")),
    "negative_binomial": (mark("fewer incidents"), mark("more incidents")),
    "ordinal": (mark("lower ratings"), mark("higher ratings")),
    "linear": (mark("lower ratings"), mark("higher ratings")),
    CHANGE: (mark("lower after"), mark("higher after")),
}


def plot_estimates(
    *estimates: ModelEstimates,
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
    names: Sequence[str] | None = None,
) -> Axes:
    """Draw the estimates of one or several models as a forest plot.

    Parameters
    ----------
    *estimates : ModelEstimates
        Models on one kind of scale: all ratios, or all differences. Terms are rows, in the
        order in which they first appear; thresholds are left out.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in.
    labels : mapping, optional
        Labels for terms, variables and levels, over those of the study.
    names : sequence of str, optional
        Names of the models; else outcome and formula tell them apart.

    Returns
    -------
    Axes
        Ratios on a log axis with a reference line at 1, differences on a linear one with 0.

    Raises
    ------
    DisclosureError
        Inside a report, where a model has not been released.
    ValueError
        No model, ratios mixed with differences, or another number of names than of models.
    """
    _check(estimates, names)
    words = merged_labels(estimates[0], labels)
    called = list(names or [_model_name(model, words) for model in estimates])
    entries = _entries(estimates, words)
    with sheet(ax, estimates, height=forest_height(entries)) as axes:
        draw_forest(axes, entries, _scale(estimates), names=called if len(called) > 1 else ())
        attach(axes, estimates_drawing(estimates, called, words=words))
    return axes


def _check(estimates: Sequence[ModelEstimates], names: Sequence[str] | None) -> None:
    if not estimates:
        raise ValueError("plot_estimates needs at least one model.")
    if len({bool(model.scale) for model in estimates}) > 1:
        raise ValueError("Ratios and differences cannot share an axis; draw them apart.")
    if names is not None and len(names) != len(estimates):
        raise ValueError(f"{len(estimates)} models were given, but {len(names)} names.")
    series_style(0, len(estimates))


def _model_name(model: ModelEstimates, words: Mapping[str, str]) -> str:
    return f"{words.get(model.outcome, model.outcome)} ~ {model.formula}"


def _scale(estimates: Sequence[ModelEstimates]) -> Scale:
    ratio, name = bool(estimates[0].scale), scale_name(estimates)
    models = {model.model for model in estimates}
    return Scale(
        label=name + phrase(" (log scale)") if ratio else name,
        ratio=ratio,
        reference=1.0 if ratio else 0.0,
        sides=_sides(models),
    )


def _sides(models: set[str]) -> tuple[str, str]:
    """Return what lies on either side of no difference, where all models are of one kind."""
    first, second = _SIDES.get("".join(models), ("", "")) if len(models) == 1 else ("", "")
    return phrase(first), phrase(second)


def _term_label(
    term: str,
    estimates: Sequence[ModelEstimates],
    *,
    references: Mapping[str, str],
    words: Mapping[str, str],
) -> str:
    """Return a term and what it is against; an item that changed is against nothing."""
    in_subgroups = all(model.model == SUBGROUPS for model in estimates)
    text = subgroup_text if in_subgroups else term_text
    first, second = text(term, references=references, labels=words)
    changed = all(model.model == CHANGE for model in estimates) and "[" not in term
    return first if changed or not second else f"{first}\n{second}"


def _entries(estimates: Sequence[ModelEstimates], words: Mapping[str, str]) -> list[Entry]:
    references = {k: v for model in estimates for k, v in model.reference_levels.items()}
    tables = [
        {str(row["term"]): row for row in model.exponentiated().to_dict("records")}
        for model in estimates
    ]
    terms = dict.fromkeys(term for table in tables for term in table)
    return [
        Entry(
            key=term,
            label=_term_label(term, estimates, references=references, words=words),
            points=tuple(
                Point(
                    estimate=table[term]["estimate"],
                    low=table[term]["conf_low"],
                    high=table[term]["conf_high"],
                    text=number_with_interval(table[term]),
                    series=i,
                )
                for i, table in enumerate(tables)
                if term in table
            ),
        )
        for term in terms
        if term.lower() not in _INTERCEPTS
    ]
