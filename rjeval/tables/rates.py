"""Tables about reoffending: definition, rates, contrasts, restricted means, tests."""

from __future__ import annotations

from collections.abc import Mapping

from rjeval.design.recidivism import RecidivismDefinition
from rjeval.language import mark, phrase
from rjeval.languages.reading import retell
from rjeval.results import Contrast, FixedWindowRates, RestrictedMean, Result
from rjeval.results.base import needs_mark
from rjeval.tables import format as fmt
from rjeval.tables.captions import (
    definition_text,
    join_sentences,
    reader_label,
    release_notes,
    threshold,
)
from rjeval.tables.contrast_words import (
    arms_text,
    contrast_format,
    contrast_name,
    contrast_note,
    pair_text,
)
from rjeval.tables.table import Column, Table


def tabulate_definition(
    definition: RecidivismDefinition | Result,
    *,
    labels: Mapping[str, str] | None = None,
    title: str = mark("What counts as reoffending here"),
) -> Table:
    """Return the box with the six labels that every rate must carry.

    Parameters
    ----------
    definition : RecidivismDefinition or Result
        A definition, or a result that carries one.
    labels : mapping, optional
        ``design.labels``.
    title : str

    Raises
    ------
    ValueError
        For a result without a definition.
    """
    own = definition if isinstance(definition, RecidivismDefinition) else definition.definition
    if own is None:
        raise ValueError("This result carries no definition of reoffending.")
    rows = tuple(
        (phrase(name), reader_label(text, labels) if labels and text in labels else phrase(text))
        for name, text in own.six_labels()
    )
    columns = (
        Column(label=phrase("Label"), align="left"),
        Column(label=phrase("In this report"), align="left"),
    )
    return Table(title=phrase(title), columns=columns, rows=rows)


def tabulate_rates(
    result: FixedWindowRates,
    *,
    labels: Mapping[str, str] | None = None,
    title: str = mark("Reoffending recorded within fixed windows"),
    ledger: bool = False,
) -> Table:
    """Return rates within fixed windows, with the bounds for people never checked.

    Parameters
    ----------
    result : FixedWindowRates
        Released; an unreleased one is marked "not for release".
    labels : mapping, optional
    title : str
    ledger : bool
        The people behind each rate instead, from those checked to those with the event.

    Raises
    ------
    DisclosureError
        In a report, for an unreleased result.
    """
    marked = needs_mark(result)
    frame = result.to_frame()
    if ledger:
        return _ledger(result, labels=labels, title=title, marked=marked)
    bounds = {"bound_low", "n_unchecked"} <= set(frame) and bool((frame["n_unchecked"] != 0).any())
    names = [*([phrase("Group")] if result.by else []), phrase("Window (days)"), phrase("People")]
    names += [phrase("With event"), phrase("Rate")]
    names += [
        fmt.level_text(result.conf_level),
        *([phrase("Bounds if unchecked")] if bounds else []),
    ]
    rows = tuple(
        _rate_row(row, result=result, labels=labels, bounds=bounds)
        for row in frame.to_dict("records")
    )
    columns = tuple(
        Column(label=n, align="left" if i == 0 else "right") for i, n in enumerate(names)
    )
    caption = join_sentences(
        definition_text(result),
        phrase(
            "People followed for the whole window (mature), people with the event, and their "
            "share with its Wilson {level}",
            level=fmt.level_text(result.conf_level),
        ),
        phrase("Bounds count everybody never checked as without, then as with, the event")
        if bounds
        else "",
    )
    return Table(
        title=phrase(title),
        columns=columns,
        rows=rows,
        caption=caption,
        notes=release_notes(result),
        marked=marked,
    )


_LEDGER = {
    "n_total": mark("With a records check"),
    "n_mature": mark("Followed for the whole window"),
    "n_event": mark("With event"),
    "n_competing": mark("Another event first"),
    "n_unchecked": mark("Never checked"),
}
_NOT_KNOWN = mark("Never checked, or not known for the window")


def _ledger(
    result: FixedWindowRates, *, labels: Mapping[str, str] | None, title: str, marked: bool
) -> Table:
    """Count the people from whom each rate comes, column by column."""
    frame = result.to_frame()
    counts = {name: words for name, words in _LEDGER.items() if name in frame}
    if result.definition is not None and result.definition.times_known == "checks":
        counts["n_unchecked"] = _NOT_KNOWN
    names = [*([phrase("Group")] if result.by else []), phrase("Window (days)")]
    names += [phrase(one) for one in counts.values()]
    columns = tuple(Column(label=n, align="right" if i else "left") for i, n in enumerate(names))
    rows = tuple(
        (
            *((reader_label(row[result.by], labels),) if result.by else ()),
            *(fmt.count(row[name]) for name in ("at_days", *counts)),
        )
        for row in frame.to_dict("records")
    )
    caption = join_sentences(
        definition_text(result),
        phrase("A rate is the people with the event among those followed for the whole window"),
    )
    kept = release_notes(result)
    return Table(
        title=phrase("People behind: {title}", title=phrase(title)),
        columns=columns,
        rows=rows,
        caption=caption,
        notes=kept,
        marked=marked,
    )


def _rate_row(
    row: Mapping[object, object],
    *,
    result: FixedWindowRates,
    labels: Mapping[str, str] | None,
    bounds: bool,
) -> tuple[str, ...]:
    kind, size = str(row.get("suppressed", "")), row["n_mature"]
    group = (reader_label(row[result.by], labels),) if result.by else ()
    rate = fmt.percent(row["estimate"], n=size)
    if kind and row.get("bound"):
        rate = retell(str(row["bound"]))
    texts = (
        fmt.count(row["at_days"]),
        fmt.count(size),
        fmt.count(row["n_event"], kind=kind, min_cell=threshold(result)),
        rate,
        fmt.percent_interval(row["conf_low"], row["conf_high"], n=size),
    )
    extra = (fmt.percent_interval(row["bound_low"], row["bound_high"], n=size),) if bounds else ()
    return (*group, *texts, *extra)


def tabulate_contrasts(
    result: Contrast,
    *,
    labels: Mapping[str, str] | None = None,
    title: str = mark("Differences between arms"),
    p: bool = False,
) -> Table:
    """Return differences and ratios between arms, each with both absolute figures beside it.

    Parameters
    ----------
    result : Contrast
    labels : mapping, optional
    title : str
    p : bool
        Add p-values; they belong in an appendix.
    """
    marked = needs_mark(result)
    frame = result.to_frame()
    timed = "at_days" in frame and bool(frame["at_days"].notna().any())
    texts = [phrase("Contrast"), phrase("Measure")]
    names = [texts[0], *([phrase("Day")] if timed else []), texts[1], phrase("Estimate")]
    names += [fmt.level_text(result.conf_level), *(["p"] if p else [])]
    rows = []
    for row in frame.to_dict("records"):
        term = str(row["term"])
        as_text = contrast_format(term)
        pair = pair_text(row, labels=labels)
        rows.append(
            (
                pair,
                *([fmt.count(row["at_days"])] if timed else []),
                contrast_name(term, labels=labels),
                as_text(row["estimate"]),
                fmt.interval(row["conf_low"], row["conf_high"], as_text=as_text),
                *([fmt.p_value(row["p_value"])] if p else []),
            )
        )
    columns = tuple(Column(label=n, align="left" if n in texts else "right") for n in names)
    caption = join_sentences(definition_text(result), arms_text(result, labels=labels))
    notes = (
        (*release_notes(result), phrase("Method: {method}.", method=phrase(result.method)))
        if result.method
        else release_notes(result)
    )
    return Table(
        title=phrase(title),
        columns=columns,
        rows=tuple(rows),
        caption=caption,
        notes=notes,
        marked=marked,
    )


def tabulate_restricted_means(
    result: RestrictedMean,
    *,
    labels: Mapping[str, str] | None = None,
    title: str = mark("Mean event-free days"),
) -> Table:
    """Return mean event-free days up to the horizon, per group, and their contrasts."""
    marked = needs_mark(result)
    names = [*([phrase("Group")] if result.by else []), phrase("People"), phrase("With event")]
    names.append(phrase("Mean days"))
    names.append(fmt.level_text(result.conf_level))
    rows = [
        (
            *((reader_label(row[result.by], labels),) if result.by else ()),
            fmt.count(row["n"]),
            fmt.count(
                row["n_event"], kind=str(row.get("suppressed", "")), min_cell=threshold(result)
            ),
            fmt.decimal(row["estimate"]),
            fmt.interval(row["conf_low"], row["conf_high"], as_text=fmt.decimal),
        )
        for row in result.to_frame().to_dict("records")
    ]
    notes = release_notes(result)
    if result.contrast is not None:
        notes = (
            *(
                contrast_note(row, labels=labels, level=result.conf_level)
                for row in result.contrast.to_frame().to_dict("records")
            ),
            *notes,
        )
    columns = tuple(
        Column(label=n, align="left" if i == 0 else "right") for i, n in enumerate(names)
    )
    caption = join_sentences(
        definition_text(result),
        phrase(
            "Mean days without the event in the first {days} days (restricted mean, area under "
            "the curve)",
            days=fmt.count(result.horizon_days),
        ),
    )
    return Table(
        title=phrase(title),
        columns=columns,
        rows=tuple(rows),
        caption=caption,
        notes=notes,
        marked=marked,
    )
