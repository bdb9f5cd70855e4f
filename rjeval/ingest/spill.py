"""Columns set down in an unnamed file, so that one at a time is in memory.

The file has no name from the moment it is made: nobody else can open it, and the system frees
it when the process ends, however it ends.
"""

from __future__ import annotations

import gc
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyarrow as pa

from rjeval.errors import ExportError

#: Bytes of columns that may be read or set down before memory is tidied.
TIDY_BYTES = 1 << 27


@dataclass(frozen=True, slots=True)
class Segment:
    """Where a run of cells of one column lies."""

    offset: int
    length: int
    n_rows: int


class Spill:
    """An unnamed file of columns.

    Parameters
    ----------
    folder : Path
        On whose disk the file lies, or on the system's where nothing may be written there; the
        folder's entries do not change.
    """

    def __init__(self, folder: Path) -> None:
        try:
            self._file = _unnamed(folder)
        except OSError as error:
            raise _no_room(error) from None
        weakref.finalize(self, self._file.close)
        gc.freeze()  # what is there before the work begins is not looked through each time
        weakref.finalize(self, gc.unfreeze)
        self._end = self._moved = 0

    def put(self, values: pd.Series, *, packed: bool = False) -> Segment:
        """Set a run of cells down; packed where they are seldom read again.

        Raises
        ------
        ExportError
            The disk is full.
        """
        array = pa.array(values, from_pandas=True)
        chunks = array.chunks if isinstance(array, pa.ChunkedArray) else [array]
        schema = pa.schema([pa.field("cells", array.type)])
        options = pa.ipc.IpcWriteOptions(compression="lz4" if packed else None)
        start = self._end
        try:
            self._file.seek(start)
            sink = pa.PythonFile(self._file, mode="w")
            with pa.ipc.new_stream(sink, schema, options=options) as writer:
                for chunk in chunks:
                    writer.write_batch(pa.record_batch([chunk], schema=schema))
            self._file.flush()
            self._end = self._file.tell()
        except OSError as error:
            raise _no_room(error) from None
        self._tidy(self._end - start)
        return Segment(start, self._end - start, len(values))

    def get(self, segments: Sequence[Segment], dtype: object) -> pd.Series:
        """Return a column from its runs, numbered from 0."""
        self._tidy(sum(one.length for one in segments))
        chunks: list[pa.Array] = []
        for one in segments:
            self._file.seek(one.offset)
            with pa.ipc.open_stream(pa.py_buffer(self._file.read(one.length))) as reader:
                chunks += reader.read_all().column(0).chunks
        whole = chunks[0] if len(chunks) == 1 else pa.chunked_array(chunks).combine_chunks()
        return whole.to_pandas(types_mapper=_mapper(dtype)).astype(dtype, copy=False)

    def _tidy(self, n_bytes: int) -> None:
        """Give back what earlier columns took: pandas ties a column and its ``.str`` in a knot."""
        self._moved += n_bytes
        if self._moved > TIDY_BYTES:
            self._moved = 0
            gc.collect()
            pa.default_memory_pool().release_unused()


def _unnamed(folder: Path) -> BinaryIO:
    try:
        return tempfile.TemporaryFile(dir=folder)
    except (PermissionError, FileNotFoundError):
        return tempfile.TemporaryFile()


def _mapper(dtype: object) -> object:
    extension = isinstance(dtype, pd.api.extensions.ExtensionDtype)
    plain = not extension or isinstance(dtype, pd.CategoricalDtype)
    return (lambda _: None) if plain else (lambda _: dtype)


def _no_room(error: OSError) -> ExportError:
    return ExportError(
        f"The study folder has no room for the work on a large file: "
        f"{error.strerror or 'output error'}.",
        hint="Free some space (six times the size of the exports will do), or check the rights on "
        "the folder; what was prepared before is unchanged.",
    )


@dataclass(frozen=True, slots=True)
class Stored:
    """A column that was set down; calling it reads it."""

    spill: Spill
    segments: tuple[Segment, ...]
    dtype: object

    def __call__(self) -> pd.Series:
        """Return the column."""
        return self.spill.get(self.segments, self.dtype)

    def run(self, number: int) -> pd.Series:
        """Return one run of the column's cells."""
        return self.spill.get(self.segments[number : number + 1], self.dtype)


def store_column(spill: Spill, values: pd.Series, *, rows: int = 0) -> Stored:
    """Set a column down, in runs of ``rows`` cells where asked."""
    step = rows or max(len(values), 1)
    runs = [values.iloc[i : i + step] for i in range(0, max(len(values), 1), step)]
    return Stored(spill, tuple(spill.put(one) for one in runs), values.dtype)
