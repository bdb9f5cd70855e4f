"""Workbooks to a frame of text: cells as shown, numbers without a decimal tail, dates as ISO."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd

from rjeval.design.exports import ExportMap
from rjeval.errors import ExportError
from rjeval.ingest.files import RawTable
from rjeval.ingest.headers import SEARCHED_LINES, find_header, name_columns, wanted_columns
from rjeval.ingest.text_tables import header_said
from rjeval.ingest.typed_files import cell_as_text
from rjeval.ingest.unpack import Packet
from rjeval.language import note
from rjeval.schemas.frames import TEXT

#: Stream of an OLE container that holds a workbook under a password ([MS-OFFCRYPTO] 2.3.4.4).
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read_workbook(packet: Packet, spec: ExportMap) -> RawTable:
    """Read one sheet of a workbook as text.

    Raises
    ------
    ExportError
        The file is no workbook, is protected, or has no such sheet or header.
    """
    sheet, cells = _cells(packet, spec.sheet)
    rows = [[cell_as_text(cell) for cell in line] for line in cells]
    searched = rows[:SEARCHED_LINES]
    if spec.header_row is None:
        position = find_header(searched, wanted_columns(spec))
    else:
        position = spec.header_row - 1
    if not 0 <= position < len(rows):
        raise ExportError(
            f"{packet.file}: the sheet has no header in line {position + 1}.",
            hint="Count lines from 1, or leave header_row out to have the header found.",
        )
    header = rows[position]
    while header and not header[-1].strip():
        header = header[:-1]
    names, doubled = name_columns(header)
    body = [line[: len(names)] for line in rows[position + 1 :]]
    wide = [any(c.strip() for c in line[len(names) :]) for line in rows[position + 1 :]]
    frame = pd.DataFrame(body, columns=names, dtype=TEXT)
    notes = (
        *packet.notes,
        ("sheet", note("{file}: sheet {sheet} of the workbook", file=packet.file, sheet=sheet)),
        ("header", header_said(packet.file, position + 1, declared=bool(spec.header_row))),
    )
    ragged = tuple(i for i, one in enumerate(wide) if one)
    return RawTable(
        file=packet.file,
        frame=frame,
        header_row=position + 1,
        notes=notes,
        ragged=ragged,
        doubled=doubled,
    )


def sheets_of(packet: Packet) -> list[str]:
    """Return the names of a workbook's sheets, in order."""
    names: list[str] = _open(packet).sheet_names
    return names


def workbook_rows(packet: Packet, sheet: str) -> list[list[str]]:
    """Return a sheet's rows as text, before anything is known of its columns."""
    return [[cell_as_text(cell) for cell in line] for line in _cells(packet, sheet)[1]]


def _open(packet: Packet) -> Any:
    from python_calamine import CalamineWorkbook

    if ENCRYPTED in packet.data:
        raise ExportError(
            f"{packet.file} is protected by a password.",
            hint="Open it, save it without one, and put that copy into the raw folder.",
        )
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(packet.data))
    except Exception:  # calamine raises a family of its own, and plain errors on damaged files
        raise ExportError(
            f"{packet.file} cannot be opened as a workbook.",
            hint="It may be damaged, protected or of another kind; save it again as .xlsx or CSV.",
        ) from None


def _cells(packet: Packet, wanted: str) -> tuple[int, list[list[Any]]]:
    book = _open(packet)
    names = book.sheet_names
    if wanted and wanted not in names:
        raise ExportError(
            f"{packet.file} has no sheet of the name declared in study.toml; it has {len(names)}.",
            hint="Correct sheet, or leave it out to read the first sheet.",
        )
    chosen = wanted or names[0]
    rows = book.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    if not rows:
        raise ExportError(f"{packet.file}: the sheet is empty.", hint="Export it again.")
    return names.index(chosen) + 1, rows
