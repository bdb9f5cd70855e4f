"""What a document said, number by number, kept beside it so that a later report can compare."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rjeval.errors import ReportError
from rjeval.language import phrase
from rjeval.languages.reading import pattern_of
from rjeval.report.blocks import Document, Table
from rjeval.report.manifest import MANIFEST

_CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedTable:
    """One table as it was printed: title, definition, headings, rows of texts."""

    title: str
    definition: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def cells(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield each text with its row's heading, which of such rows it is, and its column."""
        seen: dict[str, int] = {}
        for row in self.rows:
            place = seen[row[0]] = seen.get(row[0], 0) + 1
            for column, text in zip(self.columns[1:], row[1:], strict=False):
                yield (row[0], str(place), column), text


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Released measures and tables of one document."""

    measures: tuple[Mapping[str, Any], ...]
    tables: tuple[PrintedTable, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierReport:
    """An earlier report: its manifest and what its annual evaluation said."""

    manifest: Mapping[str, Any]
    record: Record
    digest: str


def record_of(document: Document) -> Record:
    """Return what a document says in numbers."""
    tables = [block for block in document.blocks if isinstance(block, Table)]
    return Record(measures=document.measures, tables=tuple(_printed(one) for one in tables))


def record_text(record: Record) -> str:
    """Return a record as JSON."""
    content = {
        "measures": [dict(one) for one in record.measures],
        "tables": [asdict(one) for one in record.tables],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def read_earlier(folder: Path, *, name: str) -> EarlierReport:
    """Read an earlier report from its folder.

    Raises
    ------
    ReportError
        No such report lies there, or one whose numbers nobody may see beside public ones.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        text = (folder / f"{name}.json").read_text(encoding="utf-8")
        given = json.loads(text)
        record = Record(
            measures=tuple(given["measures"]),
            tables=tuple(_table(one) for one in given["tables"]),
        )
        profile = manifest["disclosure"]["profile"]
    except (OSError, ValueError, KeyError, TypeError):
        raise ReportError(
            f"No report to compare with lies in {folder.name}: {MANIFEST} or {name}.json is "
            "missing or cannot be read.",
            hint="Give the folder of an earlier report, reports/<study>/<date>, that holds its "
            "annual evaluation.",
        ) from None
    if profile == "internal":
        raise ReportError(
            f"The report in {folder.name} hides nothing (profile internal), so its numbers may "
            "not stand in another.",
            hint="Compare with a report that was released.",
        )
    return EarlierReport(manifest=manifest, record=record, digest=text)


def _printed(table: Table) -> PrintedTable:
    caption = re.sub(_numbered(), "", _plain(table.caption))
    rows = [tuple(_plain(cell) for cell in _CELL.findall(row)) for row in _ROW.findall(table.html)]
    definition = re.search(_definition(), caption)
    return PrintedTable(
        title=caption.split(". ")[0].rstrip("."),
        definition=definition.group(0) if definition else "",
        columns=rows[0] if rows else (),
        rows=tuple(rows[1:]),
    )


def _numbered() -> str:
    """Return the expression of a caption's number in the language in use."""
    return rf"^{pattern_of(phrase('Table {n}.'), {'n': '[0-9]+'})}\s*"


def _definition() -> str:
    """Return the expression of a definition of reoffending in the language in use."""
    lead, _, _ = phrase("Reoffending: {event} within {days} days of {clock}; {people}.").partition(
        "{"
    )
    return rf"{re.escape(lead)}[^.]*\."


def _table(given: Mapping[str, Any]) -> PrintedTable:
    rows: Sequence[Sequence[str]] = given["rows"]
    return PrintedTable(
        title=str(given["title"]),
        definition=str(given["definition"]),
        columns=tuple(str(one) for one in given["columns"]),
        rows=tuple(tuple(str(text) for text in row) for row in rows if row),
    )


def _plain(markup: str) -> str:
    return html.unescape(_TAG.sub("", markup)).strip()
