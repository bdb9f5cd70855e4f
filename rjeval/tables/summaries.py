"""Tables that set measures or analyses side by side: four measures, sensitivity."""

from __future__ import annotations

from collections.abc import Mapping

from rjeval.language import mark, phrase
from rjeval.languages.reading import retell
from rjeval.results import ReoffendingSummary, SensitivityGrid
from rjeval.results.base import needs_mark
from rjeval.tables import format as fmt
from rjeval.tables.captions import definition_text, join_sentences, reader_label, release_notes
from rjeval.tables.contrast_words import contrast_format, contrast_name, pair_text
from rjeval.tables.table import Column, Table

#: What each measure says, and whether it is a share.
MEASURES = {
    "prevalence": (mark("How many: share with an event in the window"), True),
    "frequency": (mark("How often: incidents per 100 people and year"), False),
    "serious": (mark("How serious: share whose worst incident was a felony"), True),
    "harm_days": (mark("How serious: mean days on the harm index"), False),
    "free_days": (mark("How soon: mean event-free days in the window"), False),
}


def tabulate_summary(
    result: ReoffendingSummary,
    *,
    labels: Mapping[str, str] | None = None,
    title: str = mark("Four measures of reoffending side by side"),
) -> Table:
    """Return one row per measure and one column per group, each with its interval.

    Parameters
    ----------
    result : ReoffendingSummary
        Released; an unreleased one is marked "not for release".
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
    by = result.by or "group"
    groups = list(dict.fromkeys(frame[by].astype(str)))
    rows = []
    for measure, (text, share) in MEASURES.items():
        block = frame[frame["measure"] == measure]
        if block.empty:
            continue
        cells = {str(row[by]): _summary_cell(row, share=share) for row in block.to_dict("records")}
        rows.append((phrase(text), *(cells.get(group, fmt.HIDDEN) for group in groups)))
    several = result.by and len(groups) > 1
    heads = [reader_label(g, labels) for g in groups] if several else [phrase("Estimate")]
    span = fmt.level_text(result.conf_level)
    columns = (
        Column(label=phrase("Measure"), align="left"),
        *(Column(label=f"{head} ({span})") for head in heads),
    )
    caption = join_sentences(
        definition_text(result),
        phrase(
            "Window: {days} days; frequency and seriousness over all of each person's follow-up",
            days=fmt.count(result.at_days),
        ),
    )
    return Table(
        title=phrase(title),
        columns=columns,
        rows=tuple(rows),
        caption=caption,
        notes=tuple(_in_words(note) for note in release_notes(result)),
        marked=marked,
    )


def _in_words(note: str) -> str:
    """Return a note with the words for a measure instead of its name."""
    name, colon, rest = note.partition(":")
    return f"{phrase(MEASURES[name][0])}:{rest}" if colon and name in MEASURES else note


def _summary_cell(row: Mapping[object, object], *, share: bool) -> str:
    if fmt.is_missing(row["estimate"]):
        return retell(str(row.get("bound") or fmt.HIDDEN))
    if share:
        span = fmt.percent_interval(row["conf_low"], row["conf_high"], n=row["n"])
        counts = phrase("{n} of {whole}", n=fmt.count(row["n_event"]), whole=fmt.count(row["n"]))
        return f"{counts}: {fmt.percent(row['estimate'], n=row['n'])} ({span})"
    span = fmt.interval(row["conf_low"], row["conf_high"], as_text=fmt.decimal)
    return f"{fmt.decimal(row['estimate'])} ({span})"


def tabulate_sensitivity(
    result: SensitivityGrid,
    *,
    term: str = "risk_difference",
    labels: Mapping[str, str] | None = None,
    title: str = mark("The difference under other definitions and assumptions"),
) -> Table:
    """Return one row per analysis: people in each arm and the contrast with its interval.

    Parameters
    ----------
    result : SensitivityGrid
        Released; an unreleased one is marked "not for release".
    term : str
        ``risk_difference``, ``risk_ratio`` or ``odds_ratio``.
    labels : mapping, optional
        ``design.labels``; may name scenarios too.
    title : str

    Raises
    ------
    DisclosureError
        In a report, for an unreleased result.
    """
    marked = needs_mark(result)
    frame = result.to_frame()
    frame = frame[frame["term"] == term]
    pairs = frame[["group", "reference"]].astype(str).drop_duplicates()
    several = len(pairs) > 1
    as_text = contrast_format(term)
    shares = {
        (name, str(arm["group"])): arm
        for name, contrast in result.contrasts.items()
        for arm in contrast.arms.to_dict("records")
    }
    rows = []
    for row in frame.to_dict("records"):
        group, reference = str(row["group"]), str(row["reference"])
        against = pair_text(row, labels=labels)
        rows.append(
            (
                _scenario_text(row["scenario"], labels),
                *((against,) if several else ()),
                *(_arm_cell(shares.get((row["scenario"], one))) for one in (group, reference)),
                as_text(row["estimate"]),
                fmt.interval(row["conf_low"], row["conf_high"], as_text=as_text),
            )
        )
    first = pairs.iloc[0] if len(pairs) == 1 else None
    heads = (
        [phrase("Group"), phrase("Reference")]
        if first is None
        else [first["group"], first["reference"]]
    )
    columns = (
        Column(label=phrase("Analysis"), align="left"),
        *((Column(label=phrase("Contrast"), align="left"),) if several else ()),
        *(Column(label=reader_label(head, labels)) for head in heads),
        Column(label=contrast_name(term)),
        Column(label=fmt.level_text(result.conf_level)),
    )
    return Table(
        title=phrase(title),
        columns=columns,
        rows=tuple(rows),
        caption=_grid_caption(result),
        notes=release_notes(result),
        marked=marked,
    )


def _grid_caption(result: SensitivityGrid) -> str:
    given = (
        "" if result.definition is None else phrase(result.definition.sentence([result.at_days]))
    )
    return join_sentences(
        given,
        phrase(
            "Risk by day {day} in each arm where the row names no other window, in the people of "
            "each analysis; the first row is the primary analysis",
            day=fmt.count(result.at_days),
        ),
    )


def _scenario_text(name: str, labels: Mapping[str, str] | None) -> str:
    text = dict(labels or {}).get(name) or retell(name)
    return text[:1].upper() + text[1:]


def _arm_cell(arm: Mapping[object, object] | None) -> str:
    """Risk of an arm with the people behind it."""
    if arm is None or fmt.is_missing(arm["estimate"]):
        return fmt.HIDDEN
    return f"{fmt.percent(arm['estimate'], n=arm['n'])} (n = {fmt.count(arm['n'])})"
