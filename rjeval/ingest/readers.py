"""Which reader a file needs, by its suffix (inside an archive, by the suffix within)."""

from __future__ import annotations

from pathlib import Path

from rjeval.design.exports import ExportMap
from rjeval.ingest.files import RawTable
from rjeval.ingest.text_tables import read_text_table
from rjeval.ingest.typed_files import STATISTICS, read_typed_file
from rjeval.ingest.unpack import unpack
from rjeval.ingest.workbooks import read_workbook

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
