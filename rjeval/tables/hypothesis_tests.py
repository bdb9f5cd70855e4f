"""Tables of tests, for the appendix: statistic, degrees of freedom, p-value."""

from __future__ import annotations

from collections.abc import Mapping

from rjeval.language import mark, phrase
from rjeval.results import TestResult
from rjeval.results.base import needs_mark
from rjeval.tables import format as fmt
from rjeval.tables.captions import definition_text, join_sentences, release_notes
from rjeval.tables.contrast_words import groups_text
from rjeval.tables.table import Column, Table


def _p_text(row: Mapping[object, object]) -> str:
    """Return a p-value, with the one adjusted for the number of tests where there is one."""
    text = fmt.p_value(row["p_value"])
    adjusted = row.get("p_adjusted")
    return text if fmt.is_missing(adjusted) else f"{text} (Holm: {fmt.p_value(adjusted)})"


def tabulate_tests(
    *results: TestResult,
    labels: Mapping[str, str] | None = None,
    title: str = mark("Tests"),
) -> Table:
    """Return tests with statistic, degrees of freedom and p-value; an appendix table."""
    if not results:
        raise ValueError("tabulate_tests() needs at least one test.")
    marked = any(list(map(needs_mark, results)))
    rows = []
    for result in results:
        for row in result.to_frame().to_dict("records"):
            rows.append(
                (
                    f"{phrase(result.method)}: {fmt.term_text(str(row['term']), labels=labels)}",
                    fmt.ratio(row["statistic"]),
                    fmt.count(row["df"]),
                    _p_text(row),
                )
            )
    columns = (
        Column(label=phrase("Test"), align="left"),
        Column(label=phrase("Statistic")),
        Column(label=phrase("df")),
        Column(label="p"),
    )
    caption = join_sentences(
        definition_text(results[0]), groups_text(results[0].groups, labels=labels)
    )
    notes = tuple(dict.fromkeys(note for result in results for note in release_notes(result)))
    return Table(
        title=phrase(title),
        columns=columns,
        rows=tuple(rows),
        caption=caption,
        notes=notes,
        marked=marked,
    )
