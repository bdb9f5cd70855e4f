"""Parquet, Stata, SPSS and SAS files to a frame of text, so that all files take one path."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from rjeval.errors import ExportError
from rjeval.ingest.files import RawTable
from rjeval.ingest.headers import name_columns
from rjeval.ingest.unpack import Packet
from rjeval.language import note
from rjeval.schemas.frames import TEXT

#: Suffix -> reader of pyreadstat.
STATISTICS = {
    ".dta": "read_dta",
    ".sav": "read_sav",
    ".zsav": "read_sav",
    ".por": "read_por",
    ".sas7bdat": "read_sas7bdat",
    ".xpt": "read_xport",
}


def read_typed_file(packet: Packet) -> RawTable:
    """Read a file that brings its own types, and turn every cell into text.

    Labelled values are taken by their labels, dates as ISO, whole numbers without a tail.

    Raises
    ------
    ExportError
        The file is damaged or not of the kind that its name says.
    """
    try:
        frame = _parquet(packet) if packet.suffix == ".parquet" else _statistics(packet)
    except Exception:  # both libraries raise families of their own, and plain errors
        raise ExportError(
            f"{packet.file} cannot be read as a {packet.suffix} file.",
            hint="It may be damaged or of another kind; export it again as CSV.",
        ) from None
    names, doubled = name_columns([str(name) for name in frame.columns])
    ready = [column_as_text(frame.iloc[:, place]) for place in range(frame.shape[1])]
    text = pd.DataFrame(dict(zip(names, ready, strict=True)))
    said = note("{file}: {kind} file, cells turned into text", file=packet.file, kind=packet.suffix)
    notes = (("typed_file", said),)
    return RawTable(
        file=packet.file,
        frame=text.reset_index(drop=True),
        header_row=0,
        notes=(*packet.notes, *notes),
        doubled=doubled,
    )


def _parquet(packet: Packet) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    return pq.read_table(pa.BufferReader(packet.data)).to_pandas()


def _statistics(packet: Packet) -> pd.DataFrame:
    import pyreadstat

    reader = getattr(pyreadstat, STATISTICS[packet.suffix])
    labelled = packet.suffix in (".dta", ".sav", ".zsav", ".por")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table{packet.suffix}"
        path.write_bytes(packet.data)
        more = {"apply_value_formats": True, "formats_as_category": False} if labelled else {}
        frame, _ = reader(str(path), **more)
    return frame


def column_as_text(column: pd.Series) -> pd.Series:
    """Return a column as text; missing as an empty cell."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        whole = column.dt.strftime("%Y-%m-%d %H:%M:%S").str.removesuffix(" 00:00:00")
        return whole.astype(TEXT).fillna("")
    if pd.api.types.is_bool_dtype(column.dtype):
        return column.map({True: "true", False: "false"}).astype(TEXT).fillna("")
    return column.map(cell_as_text, na_action="ignore").astype(TEXT).fillna("")


def cell_as_text(cell: Any) -> str:
    """Return one cell as text.

    Examples
    --------
    >>> [cell_as_text(one) for one in (7.0, 7.5, True, None, "007")]
    ['7', '7.5', 'true', '', '007']
    """
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
