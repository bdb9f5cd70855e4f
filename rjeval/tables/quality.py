"""Tables about data quality: rows accounted for, rules that failed, changes that cleaning made."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from rjeval.language import mark, phrase
from rjeval.languages.reading import retell
from rjeval.results import DataQuality
from rjeval.results.base import needs_mark
from rjeval.tables import format as fmt
from rjeval.tables.captions import join_sentences, reader_label, release_notes, threshold
from rjeval.tables.ledger_words import change_text, detail_text, severity_text
from rjeval.tables.table import Column, Table

ACCOUNT = {
    "n_read": mark("Read"),
    "n_accepted": mark("Accepted"),
    "n_quarantined": mark("Quarantined"),
    "n_duplicates": mark("Exact duplicates"),
    "n_filtered": mark("Set aside"),
}
RULES = {
    "table": mark("Table"),
    "column": mark("Column"),
    "rule": mark("Rule"),
    "severity": mark("Severity"),
    "reason": mark("What is wrong"),
    "n_failed": mark("Rows failed"),
    "n_rows": mark("Of rows"),
}
#: Change that the ledger notes where a rule of the data dictionary could not run.
NOT_RUN = "rule_not_run"
LEDGER = {
    "table": mark("Table"),
    "column": mark("Column"),
    "rule": mark("Change"),
    "detail": mark("Detail"),
    "n_rows": mark("Rows changed"),
}


def tabulate_quality(
    result: DataQuality,
    *,
    rules: bool = False,
    ledger: bool = False,
    labels: Mapping[str, str] | None = None,
    title: str = "",
) -> Table:
    """Return the account of rows, or the failed rules, or the cleaning ledger.

    Parameters
    ----------
    result : DataQuality
        Released; an unreleased one is marked "not for release".
    rules, ledger : bool
        Show the rules that failed, or the changes made, instead of the account.
    labels : mapping, optional
    title : str

    Raises
    ------
    ValueError
        If both ``rules`` and ``ledger`` are asked for.
    """
    if rules and ledger:
        raise ValueError("Ask for rules or for the ledger, one table each.")
    marked = needs_mark(result)
    if rules:
        return _rows_table(
            result,
            result.rules,
            names=RULES,
            marked=marked,
            title=title or mark("Rules that failed"),
        )
    if ledger:
        return _rows_table(
            result,
            _joined_rules(result.ledger),
            names=LEDGER,
            marked=marked,
            title=title or mark("Changes made by cleaning"),
        )
    frame = result.to_frame()
    shown = {name: text for name, text in ACCOUNT.items() if name in frame}
    rows = tuple(
        (
            reader_label(row["table"], labels),
            *(
                fmt.count(row[name], kind=_small(row[name]), min_cell=threshold(result))
                for name in shown
            ),
        )
        for row in frame.to_dict("records")
    )
    columns = (
        Column(label=phrase("Table"), align="left"),
        *(Column(label=phrase(text)) for text in shown.values()),
    )
    caption = join_sentences(
        phrase(
            "Rows read are rows accepted, quarantined (refused by a rule), exact duplicates "
            "removed, and set aside by the column map, together"
        )
    )
    return Table(
        title=phrase(title) if title else phrase("Rows accounted for"),
        columns=columns,
        rows=rows,
        caption=caption,
        notes=release_notes(result),
        marked=marked,
    )


def _joined_rules(ledger: pd.DataFrame) -> pd.DataFrame:
    """Put rules that could not run for the same reason into one row."""
    idle = ledger["rule"] == NOT_RUN
    if not idle.any():
        return ledger
    joined = ledger[idle].groupby("detail", sort=False, as_index=False).first()
    ids = ledger[idle].groupby("detail", sort=False)["column"].agg(", ".join)
    joined["column"] = joined["detail"].map(ids)
    return pd.concat([ledger[~idle], joined[ledger.columns]], ignore_index=True)


def _small(value: object) -> str:
    """Return why a count of rows is missing: it is always one under the threshold."""
    return "primary" if fmt.is_missing(value) else ""


def _cell(row: Mapping[Hashable, Any], *, name: str, ledger: bool) -> str:
    """Text of a cell; reasons, changes and severities are words, the rest names of data."""
    if fmt.is_missing(row[name]):
        return ""
    text = str(row[name])
    if name == "severity":
        return severity_text(text)
    if name == "detail":
        return detail_text(text, change=str(row["rule"]))
    if name == "rule" and ledger:
        return change_text(text)
    return retell(text) if name == "reason" else text


def _rows_table(
    result: DataQuality, frame: pd.DataFrame, *, names: dict[str, str], marked: bool, title: str
) -> Table:
    """Rows of the rules or of the ledger as text."""
    shown = {name: text for name, text in names.items() if name in frame}
    counted = {name for name in shown if name.startswith("n_")}
    kinds = frame["suppressed"] if "suppressed" in frame else pd.Series("", index=frame.index)
    rows = []
    for row, kind in zip(frame.to_dict("records"), kinds, strict=True):
        rows.append(
            tuple(
                fmt.count(row[name], kind=str(kind), min_cell=threshold(result))
                if name in counted
                else _cell(row, name=name, ledger=names is LEDGER)
                for name in shown
            )
        )
    columns = tuple(
        Column(label=phrase(text), align="right" if name in counted else "left")
        for name, text in shown.items()
    )
    caption = phrase("Counts of rows, not of people.") if len(rows) else phrase("None.")
    return Table(
        title=phrase(title),
        columns=columns,
        rows=tuple(rows),
        caption=caption,
        notes=release_notes(result),
        marked=marked,
    )
