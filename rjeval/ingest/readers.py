"""Which reader a file needs, by its suffix (inside an archive, by the suffix within)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from rjeval.design.exports import ExportMap
from rjeval.ingest.files import RawTable
from rjeval.ingest.text_tables import decode, find_delimiter, read_text_table
from rjeval.ingest.typed_files import STATISTICS, read_typed_file
from rjeval.ingest.unpack import unpack
from rjeval.ingest.workbooks import read_workbook, sheets_of, workbook_rows

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def read_any(path: Path, spec: ExportMap) -> RawTable:
    """Read a file as text: delimited text, workbook, Parquet, Stata, SPSS or SAS, also packed.

    Raises
    ------
    ExportError
        Whatever is wrong with the file, in one sentence.
    """
    packet = unpack(path)
    if packet.suffix in WORKBOOKS:
        return read_workbook(packet, spec)
    if packet.suffix in STATISTICS or packet.suffix == ".parquet":
        return read_typed_file(packet)
    return read_text_table(packet, spec)


def sheet_names(path: Path) -> list[str]:
    """Return the names of a workbook's sheets."""
    return sheets_of(unpack(path))


def first_lines(path: Path, sheet: str) -> Iterator[list[str]]:
    """Return the lines of a file as cells, before anything is known of its columns."""
    packet = unpack(path)
    if packet.suffix in WORKBOOKS:
        yield from workbook_rows(packet, sheet)
    elif packet.suffix not in STATISTICS and packet.suffix != ".parquet":
        text, _ = decode(packet.data, "", file=packet.file)
        delimiter = find_delimiter(text, ())
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
