"""Tables that describe: cohort flow, baseline characteristics, counts."""

from __future__ import annotations

from collections.abc import Mapping

from rjeval.language import mark, phrase
from rjeval.languages.bands import level_identifier
from rjeval.results import BaselineTable, CohortFlow, CountTable
from rjeval.results.base import needs_mark
from rjeval.tables import format as fmt
from rjeval.tables.captions import (
    definition_text,
    join_sentences,
    reader_label,
    release_notes,
    threshold,
)
from rjeval.tables.table import Column, Table


def tabulate_flow(
    result: CohortFlow,
    *,
    labels: Mapping[str, str] | None = None,
    title: str = mark("From everyone assessed to everyone included"),
) -> Table:
    """Return the cohort flow: stages and the reasons for leaving between them."""
    marked = needs_mark(result)
    arms = [arm for arm in result.arms if f"n_{arm}" in result.frame]
    arms = arms if len(arms) > 1 else []
    rows = []
    for row in result.to_frame().to_dict("records"):
        name = _step(str(row["label"]), labels)
        if row["kind"] != "stage":
            name = phrase("Left out: {why}", why=f"{name[:1].lower()}{name[1:]}")
        kind = str(row.get("suppressed", ""))
        cells = [fmt.count(row[f"n_{arm}"]) for arm in arms]
        rows.append((name, fmt.count(row["n"], kind=kind, min_cell=threshold(result)), *cells))
    columns = (
        Column(label=phrase("Step"), align="left"),
        Column(label=phrase("All")),
        *(Column(label=reader_label(arm, labels)) for arm in arms),
    )
    return Table(
        title=phrase(title),
        columns=columns,
        rows=tuple(rows),
        caption=join_sentences(phrase("Counts of referrals at each step")),
        notes=release_notes(result),
        marked=marked,
    )


def _step(step: str, labels: Mapping[str, str] | None) -> str:
    """Return what a step of the flow is called."""
    return labels[step] if labels and step in labels else phrase(step)


def tabulate_baseline(
    result: BaselineTable,
    *,
    labels: Mapping[str, str] | None = None,
    title: str = mark("Characteristics at the start"),
) -> Table:
    """Return Table 1: n (%) or mean (SD) per group with standardised differences, no p-values."""
    marked = needs_mark(result)
    frame = result.to_frame()
    groups = [group for group in result.groups if f"n_{group}" in frame]
    compared = "smd" in frame and bool(frame["smd"].notna().any())
    rows = []
    for row in frame.to_dict("records"):
        cells = [_baseline_cell(row, group=group, result=result) for group in groups]
        smd = [_smd_text(row["smd"])] if compared else []
        rows.append((_characteristic(row, labels=labels), *cells, *smd))
    sizes = [
        f"{reader_label(g, labels)} (n = {fmt.count(result.group_sizes.get(g))})" for g in groups
    ]
    columns = (
        Column(label=phrase("Characteristic"), align="left"),
        *(Column(label=s) for s in sizes),
        *((Column(label=phrase("Std. difference")),) if compared else ()),
    )
    caption = join_sentences(
        phrase("Number (%) or mean (standard deviation)"),
        phrase("Standardised differences below 0.10 are usually taken as balanced")
        if compared
        else "",
    )
    return Table(
        title=phrase(title),
        columns=columns,
        rows=tuple(rows),
        caption=caption,
        notes=release_notes(result),
        marked=marked,
    )


def _smd_text(value: object) -> str:
    return "" if fmt.is_missing(value) else fmt.ratio(value)


def _characteristic(row: Mapping[object, object], *, labels: Mapping[str, str] | None) -> str:
    variable = reader_label(row["variable"], labels)
    if row["kind"] == "mean" or fmt.is_missing(row["level"]) or not str(row["level"]):
        return variable
    return f"{variable}: {reader_label(level_identifier(row['variable'], row['level']), labels)}"


def _head(text: str) -> str:
    return text[:1].upper() + text[1:]


def _baseline_cell(row: Mapping[object, object], *, group: str, result: BaselineTable) -> str:
    """``n (%)`` or ``mean (SD)`` of one group."""
    if row["kind"] == "mean":
        mean, spread = row[f"mean_{group}"], row[f"sd_{group}"]
        if fmt.is_missing(mean):
            return fmt.HIDDEN
        return f"{fmt.decimal(mean)} ({fmt.decimal(spread)})"
    number, share = row[f"n_{group}"], row.get(f"share_{group}")
    if fmt.is_missing(number):
        return fmt.HIDDEN
    shown = fmt.percent(share, n=result.group_sizes.get(group))
    return fmt.count(number) if fmt.is_missing(share) else f"{fmt.count(number)} ({shown})"


def tabulate_counts(
    result: CountTable,
    *,
    labels: Mapping[str, str] | None = None,
    title: str = "",
) -> Table:
    """Return counts by one or two categories, with shares where the table has them."""
    marked = needs_mark(result)
    frame = result.to_frame()
    shared = bool(result.denominator) and "share" in frame
    rows = []
    whole = frame["n"].sum()
    for row in frame.to_dict("records"):
        kind = str(row.get("suppressed", ""))
        share = [fmt.percent(row["share"], n=whole)] if shared else []
        rows.append(
            (
                *(
                    reader_label(level_identifier(name, row[name]), labels)
                    for name in result.dimensions
                ),
                fmt.count(row["n"], kind=kind, min_cell=threshold(result)),
                *share,
            )
        )
    names = [reader_label(name, labels) for name in result.dimensions]
    columns = (
        *(Column(label=name, align="left") for name in names),
        Column(label=_head(reader_label(phrase(result.what), labels))),
        *(
            (Column(label=phrase("Share of {whole}", whole=phrase(result.denominator))),)
            if shared
            else ()
        ),
    )
    caption = join_sentences(definition_text(result))
    return Table(
        title=phrase(title or result.title),
        columns=columns,
        rows=tuple(rows),
        caption=caption,
        notes=release_notes(result),
        marked=marked,
    )
