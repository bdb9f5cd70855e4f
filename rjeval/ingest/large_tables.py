"""Tables too large for memory: read chunk by chunk, then judged column by column.

Chunks are mapped, protected and set down; from there on each step that needs all rows of the
table (types, duplicates, keys, rules, order) reads the columns that it needs, whole. So what comes
out is what the way through memory gives, row for row and count for count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from rjeval.design.exports import ExportMap
from rjeval.design.study import StudyDesign
from rjeval.ingest.assembly import covariate_numbers, start_draft, typed_columns
from rjeval.ingest.column_tables import ColumnTable, Loader
from rjeval.ingest.drafts import Draft
from rjeval.ingest.files import RawTable
from rjeval.ingest.ledger import Ledger
from rjeval.ingest.readers import WORKBOOKS
from rjeval.ingest.rows import MappedRows
from rjeval.ingest.settling import BadCells, settle_table
from rjeval.ingest.spill import Segment, Spill, Stored, store_column
from rjeval.ingest.typed_files import STATISTICS
from rjeval.schemas.columns import Table
from rjeval.schemas.frames import TEXT, conform_column, missing_column

#: Bytes of a table's text files together from which they are read as a stream.
LARGE_BYTES = 1 << 28
#: Files that are always read whole: they are no text, or must be unpacked first.
NO_TEXT = (*WORKBOOKS, *STATISTICS, ".parquet", ".gz", ".zip")


def is_text(path: Path, spec: ExportMap) -> bool:
    """Return whether a file can be read as a stream: text, and no cell copied down its column."""
    return path.suffix.lower() not in NO_TEXT and not spec.repeat_down


def are_large(files: Sequence[tuple[Path, ExportMap]], design: StudyDesign) -> bool:
    """Return whether a table's files are read as a stream.

    Dates that are shifted (``[privacy] shift_dates``) are shifted in memory, however many.
    """
    size = sum(path.stat().st_size for path, spec in files if is_text(path, spec))
    return size > LARGE_BYTES and not design.privacy.shift_dates


def spill_rows(
    chunks: Iterable[RawTable], take: Callable[[RawTable], MappedRows], *, spill: Spill
) -> MappedRows:
    """Map each chunk of a file with ``take`` and set its rows down."""
    text: dict[str, list[Segment]] = {}
    states: dict[str, list[Segment]] = {}
    rows: list[np.ndarray] = []
    ragged: list[np.ndarray] = []
    n_read = n_filtered = 0
    for raw in chunks:
        part = take(raw)
        blank = pd.Series(index=part.text.index, dtype=TEXT)
        for name in map(str, part.text.columns):
            text.setdefault(name, []).append(spill.put(part.text[name], packed=True))
        for name in dict.fromkeys([*states, *map(str, part.states.columns)]):
            before = [spill.put(pd.Series(index=range(len(one)), dtype=TEXT)) for one in rows]
            found = part.states[name] if name in part.states.columns else blank
            states.setdefault(name, before).append(spill.put(found))
        rows.append(part.row)
        ragged.append(part.ragged)
        n_read, n_filtered = n_read + part.n_read, n_filtered + part.n_filtered
    row = np.concatenate(rows)
    return MappedRows(
        spec=part.spec,
        file=part.file,
        text=_table(spill, text, len(row)),
        row=row,
        ragged=np.concatenate(ragged),
        states=_table(spill, states, len(row)),
        n_read=n_read,
        n_filtered=n_filtered,
    )


def _table(spill: Spill, columns: dict[str, list[Segment]], n_rows: int) -> ColumnTable:
    loaders = {name: Stored(spill, tuple(runs), TEXT) for name, runs in columns.items()}
    return ColumnTable(loaders, pd.RangeIndex(n_rows))


def assemble_large(
    table: Table,
    parts: Sequence[MappedRows],
    *,
    design: StudyDesign,
    ledger: Ledger,
    spill: Spill,
) -> Draft:
    """Return a table's draft as :func:`rjeval.ingest.assembly.assemble` does, column by column."""

    def keep(values: pd.Series) -> Stored:
        return store_column(spill, values)

    pieces, bads = [], []
    for part in parts:
        piece: dict[str, Loader] = {}
        bad: BadCells = {}
        for name, values, wrong in typed_columns(table, part, ledger):
            piece[name] = keep(values)
            if wrong is not None and wrong[1].any():
                bad[name] = wrong
        pieces.append(piece)
        bads.append(bad)
    lengths = [len(part.row) for part in parts]
    index = pd.RangeIndex(sum(lengths))
    given = _together(pieces, lengths)
    for name in [one for one in given if table.column(one) is None]:
        numbers = covariate_numbers(given[name](), name, table, ledger)
        if numbers is not None:
            given[name] = keep(numbers)
    frame = ColumnTable(_conformed(table, given, index), index)
    text = ColumnTable(_together([_loaders(part.text) for part in parts], lengths), index)
    draft = start_draft(table, frame, text, parts=parts)
    draft.keep = keep
    settle_table(draft, bads, parts=parts, design=design, ledger=ledger)
    return draft


def _loaders(table: pd.DataFrame | ColumnTable) -> dict[str, Loader]:
    return {name: partial(table.__getitem__, name) for name in map(str, table.columns)}


def _together(pieces: Sequence[dict[str, Loader]], lengths: Sequence[int]) -> dict[str, Loader]:
    """Columns of several files, one below the other; missing where a file lacks one."""

    def joined(name: str) -> Loader:
        def load() -> pd.Series:
            frames = [
                pd.DataFrame({name: one[name]()})
                if name in one
                else pd.DataFrame(index=pd.RangeIndex(length))
                for one, length in zip(pieces, lengths, strict=True)
            ]
            return (
                frames[0][name] if len(frames) == 1 else pd.concat(frames, ignore_index=True)[name]
            )

        return load

    return {name: joined(name) for name in dict.fromkeys(n for one in pieces for n in one)}


def _conformed(table: Table, given: dict[str, Loader], index: pd.Index) -> dict[str, Loader]:
    """All columns of a table in order and typed, then the others."""

    def typed(name: str) -> Loader:
        column, loader = table.column(name), given.get(name)
        if loader is not None:
            return lambda: conform_column(loader(), column)
        return lambda: missing_column(column, index)  # type: ignore[arg-type]

    return {name: typed(name) for name in dict.fromkeys([*table.names, *given])}
