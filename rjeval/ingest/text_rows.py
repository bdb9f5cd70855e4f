"""Rows of delimited text: read as text only; rows of another width are kept in their places."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv

from rjeval.errors import ExportError
from rjeval.schemas.frames import TEXT

#: Bytes per block of the CSV reader; a single cell must fit into a block.
BLOCK_BYTES = 1 << 24


def cells_of(lines: Iterator[str] | io.StringIO, delimiter: str) -> Iterator[list[str]]:
    """Return the cells of each line."""
    csv.field_size_limit(1 << 26)
    return csv.reader(lines, delimiter=delimiter)


def open_quote(file: str) -> ExportError:
    """Return the error of a quotation mark that swallows the rows below it."""
    return ExportError(
        f"{file} has a quotation mark that is opened and never closed (V02).",
        hint="The rows below it cannot be told apart; export the file again.",
    )


def unreadable(file: str) -> ExportError:
    """Return the error of a file that the reader of rows gives up on."""
    return ExportError(
        f"{file} is not a readable delimited table below its header (V02).",
        hint="Look for an unclosed quotation mark, or a single cell larger than 16 MB.",
    )


def csv_options(
    shape: tuple[str, int, bool],
    *,
    block: int,
    threads: bool,
    keep: Callable[[pacsv.InvalidRow], str],
) -> dict[str, object]:
    """Return what the CSV reader is told: all cells are text, odd rows are handed to ``keep``.

    ``shape`` is the delimiter, the number of columns, and whether any cell is quoted.
    """
    delimiter, width, quoted = shape
    names = [str(i) for i in range(width)]
    return {
        "read_options": pacsv.ReadOptions(
            column_names=names, use_threads=threads, block_size=block
        ),
        "parse_options": pacsv.ParseOptions(
            delimiter=delimiter, newlines_in_values=quoted, invalid_row_handler=keep
        ),
        "convert_options": pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    }


def put_back(
    frame: pd.DataFrame, odd: list[tuple[int, str]], *, delimiter: str
) -> tuple[pd.DataFrame, tuple[int, ...]]:
    """Put rows of another width back in their places; return also the places of the longer ones.

    Missing cells are filled as empty. ``odd`` holds the place of each such row among all rows,
    and its text.
    """
    width = frame.shape[1]
    places = [place for place, _ in odd]
    cells = [next(iter(cells_of(io.StringIO(t), delimiter)), []) for _, t in odd]
    fitted = [[*line[:width], *[""] * (width - len(line))] for line in cells]
    extra = pd.DataFrame(fitted, columns=frame.columns, index=places).astype(TEXT)
    kept = np.delete(np.arange(len(frame) + len(extra)), places)
    plain = frame.set_axis(kept, axis=0)
    whole = pd.concat([plain, extra]).sort_index() if len(plain) else extra
    too_long = [any(c.strip() for c in line[width:]) for line in cells]
    ragged = tuple(place for place, long in zip(places, too_long, strict=True) if long)
    return whole.reset_index(drop=True), ragged


class TextRows:
    """The rows below the header; ragged rows are kept, in their place."""

    def __init__(self, data: bytes, delimiter: str, width: int, file: str) -> None:
        self.data, self.delimiter, self.width, self.file = data, delimiter, width, file
        self.odd: list[tuple[int, str]] = []

    def parse(self) -> tuple[pd.DataFrame, tuple[int, ...]]:
        """Return all rows, and the places of those with more cells than the header."""
        if not self.data.strip():
            return self._empty(), ()
        frame = self._read(threads=True)
        self._refuse_open_quote(frame)
        if not self.odd:
            return frame, ()
        self.odd.clear()
        return self._with_odd_rows(self._read(threads=False))

    def _refuse_open_quote(self, frame: pd.DataFrame) -> None:
        """Refuse a quotation mark that is never closed: it swallows all rows below it."""
        if self.data.count(b'"') % 2 == 0:
            return
        swallowed = any("\n" in text for _, text in self.odd)
        if len(frame):
            swallowed |= any("\n" in str(cell) for cell in frame.iloc[-1])
        if swallowed:
            raise open_quote(self.file)

    def _empty(self) -> pd.DataFrame:
        return pd.DataFrame({i: pd.Series(dtype=TEXT) for i in range(self.width)})

    def _read(self, *, threads: bool) -> pd.DataFrame:
        block = min(max(BLOCK_BYTES, 1), len(self.data) + 1)
        try:
            table = pacsv.read_csv(
                pa.BufferReader(self.data),
                **csv_options(
                    (self.delimiter, self.width, b'"' in self.data),
                    block=block,
                    threads=threads,
                    keep=self._keep,
                ),
            )
        except pa.ArrowInvalid:
            raise unreadable(self.file) from None
        return table.to_pandas(types_mapper=lambda _: TEXT)

    def _keep(self, row: pacsv.InvalidRow) -> str:
        self.odd.append((row.number if row.number is not None else -1, row.text))
        return "skip"

    def _with_odd_rows(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[int, ...]]:
        first = min(number for number, _ in self.odd) if self.odd else 0
        base = 1 if first >= 1 else 0
        odd = [(number - base, text) for number, text in self.odd]
        return put_back(frame, odd, delimiter=self.delimiter)
