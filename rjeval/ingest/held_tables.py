"""Clean tables in the order of their keys, in memory or set down, with the file of each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from rjeval.ingest.column_tables import ColumnTable, Loader
from rjeval.ingest.drafts import Draft
from rjeval.ingest.spill import Spill, Stored, store_column

#: Column of a stored table that holds the file of each row, where several files make the table.
SOURCE_FILE = "_source_file"
#: Rows of one group of a Parquet file, as pyarrow writes a frame.
GROUP_ROWS = 1 << 20


class LargeTable:
    """Accepted rows of one table that were set down.

    Parameters
    ----------
    draft : Draft
        After all rules.
    spill : Spill
    """

    def __init__(self, draft: Draft, spill: Spill) -> None:
        self.draft, self.spill = draft, spill
        self.kept = np.flatnonzero(draft.kept)

    @property
    def columns(self) -> ColumnTable:
        """The rows in the order of the file, one column at a time."""
        accepted = self.draft.accepted()

        def numbered(name: str) -> Loader:
            return lambda: accepted[name].reset_index(drop=True)

        loaders = {name: numbered(name) for name in map(str, accepted.columns)}
        return ColumnTable(loaders, pd.RangeIndex(len(accepted)))

    @cached_property
    def order(self) -> np.ndarray:
        """Places of the rows in the order of their key."""
        keys = sorting_keys(self.draft)
        return key_order(self.columns[keys], keys)

    @property
    def files(self) -> pd.Series | None:
        """File of each row in the order of the key; ``None`` where there is but one."""
        return row_files(self.draft, self.kept[self.order])

    def frame(self) -> pd.DataFrame:
        """Read the whole table, in the order of its key."""
        return self.columns.whole().take(self.order).reset_index(drop=True)

    def write(self, path: Path) -> None:
        """Write the table, group of rows by group of rows."""
        ordered = self._ordered()
        writer = None
        for number in range(max(-(-len(self.kept) // GROUP_ROWS), 1)):
            rows = pd.DataFrame({name: column.run(number) for name, column in ordered.items()})
            group = pa.Table.from_pandas(rows, preserve_index=False)
            if writer is None:
                writer = pq.ParquetWriter(path, group.schema)
            writer.write_table(group, row_group_size=GROUP_ROWS)
        if writer is not None:
            writer.close()

    def _ordered(self) -> dict[str, Stored]:
        """Set the columns down in the order of the key, in runs of one group of rows."""
        ready, columns = {}, self.columns
        settled = bool(np.all(self.order[1:] > self.order[:-1]))
        for name in columns:
            ready[name] = self._put(columns[name] if settled else columns[name].take(self.order))
        if self.files is not None:
            ready[SOURCE_FILE] = self._put(self.files)
        return ready

    def _put(self, values: pd.Series) -> Stored:
        return store_column(self.spill, values.reset_index(drop=True), rows=GROUP_ROWS)


def sorting_keys(draft: Draft) -> list[str]:
    """Return the columns by which a table's rows are ordered."""
    keys = draft.table.key or draft.table.needed
    return [name for name in keys if name in draft.frame.columns]


def key_order(frame: pd.DataFrame, keys: list[str]) -> np.ndarray:
    """Return the places of rows numbered from 0 in the order of their key; missing keys last."""
    if len(keys) == 1 and in_order(frame[keys[0]]):
        return np.arange(len(frame))
    ordered = frame.sort_values(keys, kind="stable", na_position="last")
    return ordered.index.to_numpy()


def in_order(values: pd.Series) -> bool:
    """Return whether ids lie in order already, none missing, as most exports give them."""
    if not isinstance(values.dtype, pd.StringDtype):
        return False
    given = pa.array(values)
    if given.null_count or len(given) < 2:
        return not given.null_count
    return bool(pc.all(pc.less_equal(given.slice(0, len(given) - 1), given.slice(1))).as_py())


def row_files(draft: Draft, places: np.ndarray) -> pd.Series | None:
    """Return the file of each row at these places, if several files make the table."""
    return pd.Series(draft.file[places]) if len(draft.files) > 1 else None


class HeldTables(Mapping[str, pd.DataFrame]):
    """Tables by name; one that was set down is read when it is asked for.

    Parameters
    ----------
    tables : mapping of table name to frame or LargeTable
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame | LargeTable]) -> None:
        self._tables = dict(tables)

    def __getitem__(self, name: str) -> pd.DataFrame:
        held = self._tables[name]
        return held.frame() if isinstance(held, LargeTable) else held

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __contains__(self, name: object) -> bool:
        return name in self._tables

    def __repr__(self) -> str:
        return f"HeldTables({', '.join(self._tables)})"

    def large(self, name: str) -> LargeTable | None:
        """Return a table that was set down, ``None`` for one in memory."""
        held = self._tables[name]
        return held if isinstance(held, LargeTable) else None


def by_column(tables: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame | ColumnTable:
    """Return a table so that one column of it may be read at a time, in no certain order."""
    large = tables.large(name) if isinstance(tables, HeldTables) else None
    return tables[name] if large is None else large.columns
