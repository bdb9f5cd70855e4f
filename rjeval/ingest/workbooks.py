"""Workbooks to a frame of text: cells as shown, numbers without a decimal tail, dates as ISO."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pandas as pd

from rjeval.design.exports import ExportMap
from rjeval.errors import ExportError
from rjeval.ingest.files import RawTable, read_bytes
from rjeval.ingest.headers import SEARCHED_LINES, find_header, name_columns, wanted_columns
from rjeval.schemas.frames import TEXT


def read_workbook(path: Path, spec: ExportMap) -> RawTable:
    """Read one sheet of a workbook as text.

    Raises
    ------
    ExportError
        The file is no workbook, is protected, or has no such sheet or header.
    """
    sheet, lines = _cells(path, spec.sheet)
    rows = [[_as_text(cell) for cell in line] for line in lines]
    searched = rows[:SEARCHED_LINES]
    if spec.header_row is None:
        position = find_header(searched, wanted_columns(spec))
    else:
        position = spec.header_row - 1
    if not 0 <= position < len(rows):
        raise ExportError(
            f"{path.name}: the sheet has no header in line {position + 1}.",
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
        ("sheet", f"{path.name}: sheet {sheet} of the workbook"),
        ("header", f"{path.name}: line {position + 1}{'' if spec.header_row else ', detected'}"),
    )
    ragged = tuple(i for i, one in enumerate(wide) if one)
    return RawTable(
        file=path.name,
        frame=frame,
        header_row=position + 1,
        notes=notes,
        ragged=ragged,
        doubled=doubled,
    )


def _cells(path: Path, wanted: str) -> tuple[int, list[list[Any]]]:
    from python_calamine import CalamineWorkbook

    data = read_bytes(path)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = book.sheet_names
    except Exception:  # calamine raises a family of its own, and plain errors on damaged files
        raise ExportError(
            f"{path.name} cannot be opened as a workbook.",
            hint="It may be protected by a password or damaged; save it again as .xlsx or CSV.",
        ) from None
    if wanted and wanted not in names:
        raise ExportError(
            f"{path.name} has no sheet of the name declared in study.toml; it has {len(names)}.",
            hint="Correct sheet, or leave it out to read the first sheet.",
        )
    chosen = wanted or names[0]
    rows = book.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    if not rows:
        raise ExportError(f"{path.name}: the sheet is empty.", hint="Export it again.")
    return names.index(chosen) + 1, rows


def _as_text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime) and cell.time() == dt.time(0):
        return cell.date().isoformat()
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    return "" if cell is None else str(cell)
