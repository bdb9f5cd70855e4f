"""Tables of models in the reader's terms: predicted shares, effects in points, change."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from rjeval.language import mark, phrase
from rjeval.results import ModelEstimates
from rjeval.results.base import needs_mark
from rjeval.tables import format as fmt
from rjeval.tables.captions import join_sentences, release_notes
from rjeval.tables.table import Column, Table

HEADLINE = "coefficient"
#: Begins the note by which a result on ratings says whose they are.
WHOSE = "Answers of "
#: Components of a paired change, and what each says.
CHANGES = {
    "coefficient": mark("Mean change (points)"),
    "difference": mark("Difference in change (points)"),
    "standardised": mark("Standardised change"),
    "net share": mark("Rose less fell (percentage points)"),
}


def tabulate_predictions(
    result: ModelEstimates,
    *,
    labels: Mapping[str, str] | None = None,
    title: str = "",
) -> Table:
    """Return a rating model as shares of people: predicted, or the difference in them.

    Parameters
    ----------
    result : ModelEstimates
        From :func:`rjeval.predicted_shares` or :func:`rjeval.average_marginal_effects`, released;
        an unreleased one is marked "not for release".
    labels : mapping, optional
        ``design.labels``.
    title : str

    Raises
    ------
    DisclosureError
        In a report, for an unreleased result.
    """
    marked = needs_mark(result)
    frame = result.to_frame()
    shares = bool(frame["statistic"].isna().all())
    as_text: Callable[[object], str] = _percent(result.n) if shares else fmt.points
    levels = [one for one in dict.fromkeys(frame["component"]) if one != HEADLINE]
    references = {} if shares else dict(result.reference_levels)
    rows = []
    for term in dict.fromkeys(frame["term"]):
        own = frame[frame["term"] == term].set_index("component")
        head = own.loc[HEADLINE]
        rows.append(
            (
                fmt.term_text(str(term), labels=labels, reference_levels=references),
                as_text(head["estimate"]),
                fmt.percent_interval(head["conf_low"], head["conf_high"], n=result.n)
                if shares
                else fmt.interval(head["conf_low"], head["conf_high"], as_text=as_text),
                *(as_text(own["estimate"].get(level)) for level in levels),
            )
        )
    columns = (
        Column(label=phrase("With everybody at" if shares else "Term"), align="left"),
        Column(label=phrase("Favourable" if shares else "Favourable answers")),
        Column(label=fmt.level_text(result.conf_level)),
        *(Column(label=str(level)) for level in levels),
    )
    named = phrase("Predicted answers" if shares else "Average marginal effects")
    return Table(
        title=phrase(title) if title else named,
        columns=columns,
        rows=tuple(rows),
        caption=_prediction_caption(result, shares=shares),
        notes=_other_notes(result),
        marked=marked,
    )


def _prediction_caption(result: ModelEstimates, *, shares: bool) -> str:
    return join_sentences(
        *_whose(result),
        phrase(
            "Predicted share of each answer, from an ordinal regression on {formula}, averaged "
            "over the people who answered"
            if shares
            else "Difference in share (percentage points) of each answer, from an ordinal "
            "regression on {formula}, averaged over the people who answered",
            formula=result.formula,
        ),
        phrase(
            "{outcome}: n = {n}; standard errors: {kind}",
            outcome=phrase(result.outcome),
            n=fmt.count(result.n),
            kind=phrase(result.std_error_kind),
        ),
    )


def _whose(result: ModelEstimates) -> tuple[str, ...]:
    """Whose answers these are, which tells one role's table from another's."""
    return tuple(phrase(one) for one in result.notes if one.startswith(WHOSE))


def _other_notes(result: ModelEstimates) -> tuple[str, ...]:
    return tuple(one for one in release_notes(result) if one not in _whose(result))


def _percent(n: int) -> Callable[[object], str]:
    return lambda value: fmt.percent(value, n=n)


def tabulate_change(
    result: ModelEstimates,
    *,
    labels: Mapping[str, str] | None = None,
    title: str = mark("Change among those who answered both times"),
) -> Table:
    """Return paired change, item by item, each measure with its interval.

    Parameters
    ----------
    result : ModelEstimates
        From :func:`rjeval.paired_change`, released; an unreleased one is marked
        "not for release".
    labels : mapping, optional
        ``design.labels``.
    title : str

    Raises
    ------
    DisclosureError
        In a report, for an unreleased result.
    """
    marked = needs_mark(result)
    frame = result.to_frame()
    shown = [name for name in CHANGES if (frame["component"] == name).any()]
    pairs = _pairs(result)
    rows = []
    for term in dict.fromkeys(frame["term"]):
        own = frame[frame["term"] == term].set_index("component")
        cells = [_change_cell(own, name) for name in shown]
        size = (fmt.count(pairs.get(str(term), float("nan"))),) if pairs else ()
        rows.append((fmt.term_text(str(term), labels=labels), *size, *cells))
    span = fmt.level_text(result.conf_level)
    columns = (
        Column(label=phrase("Item"), align="left"),
        *((Column(label=phrase("Pairs")),) if pairs else ()),
        *(Column(label=f"{phrase(CHANGES[name])} ({span})") for name in shown),
    )
    caption = join_sentences(
        *_whose(result),
        phrase("After less before, among people who answered the item both times"),
        phrase("Standardised: mean change over the standard deviation before")
        if "standardised" in shown
        else "",
        phrase("Standard errors: {kind}", kind=phrase(result.std_error_kind)),
    )
    return Table(
        title=phrase(title),
        columns=columns,
        rows=tuple(rows),
        caption=caption,
        notes=_other_notes(result),
        marked=marked,
    )


def _pairs(result: ModelEstimates) -> dict[str, float]:
    counts = result.level_counts
    if counts.empty or "n" not in counts:
        return {}
    return {str(term): float(n) for term, n in zip(counts["term"], counts["n"], strict=True)}


def _change_cell(own: pd.DataFrame, name: str) -> str:
    if name not in own.index:
        return ""
    row = own.loc[name]
    if fmt.is_missing(row["estimate"]):
        return fmt.HIDDEN
    as_text = fmt.points if name == "net share" else fmt.ratio
    span = fmt.interval(row["conf_low"], row["conf_high"], as_text=as_text)
    return f"{as_text(row['estimate'])} ({span})"
