"""What changed since the exports were last prepared, in counts: never a value.

Compared are the clean tables on disk and those just read: rows, columns, categories, ranges of
numbers and dates, and what became of the rows that were refused last time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from rjeval.analysis_data import Exports
from rjeval.ingest.column_tables import ColumnTable
from rjeval.ingest.held_tables import SOURCE_FILE, by_column
from rjeval.ingest.store import MANIFEST, UNREAD
from rjeval.schemas.tables import TABLES

#: A table whose accepted rows change by more than this share is named.
ROWS_CHANGED = 0.2
READ = "read_"
Frame = pd.DataFrame | ColumnTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is not as it was: table, column (or none), and a sentence with counts."""

    table: str
    column: str
    what: str

    def __str__(self) -> str:
        where = f"{self.table}.{self.column}" if self.column else self.table
        return f"{where}: {self.what}"


def changes_since(exports: Exports, folder: Path) -> tuple[Change, ...]:
    """Return what changed since a set was saved in a folder; nothing where none was.

    A map may have been mended since, so the earlier set need not fit the design. One that cannot
    be read is passed over: this is a report, not a check.
    """
    found: list[Change] = []
    if (folder / MANIFEST).is_file():
        for name in sorted({*exports.tables, *(path.stem for path in folder.glob("*.parquet"))}):
            now = by_column(exports.tables, name) if name in exports.tables else None
            found += _table_changes(name, now, _earlier(folder, name))
    for name in TABLES:
        found += _came_back(name, exports, _refused(folder, name))
    return tuple(found)


def _earlier(folder: Path, name: str) -> ColumnTable | None:
    """Return a table as it was, of which one column at a time is read."""
    import pyarrow.parquet as pq

    path = folder / f"{name}.parquet"
    try:
        found = pq.ParquetFile(path)
        columns, n_rows = found.schema_arrow.names, found.metadata.num_rows
    except (OSError, ValueError):
        return None
    loaders = {one: partial(_stored_column, path, one) for one in columns if one != SOURCE_FILE}
    return ColumnTable(loaders, pd.RangeIndex(n_rows))


def _stored_column(path: Path, column: str) -> pd.Series:
    return pd.read_parquet(path, columns=[column])[column]


def _refused(folder: Path, name: str) -> pd.DataFrame | None:
    """Return the rows refused last time, of the last run whether or not it was stopped."""
    kind = UNREAD if (folder / UNREAD).is_dir() else "quarantine"
    try:
        return pd.read_csv(folder / kind / f"{name}.csv", dtype=str, keep_default_na=False)
    except (OSError, ValueError):
        return None


def _table_changes(name: str, now: Frame | None, before: Frame | None) -> list[Change]:
    if before is None:
        return [Change(table=name, column="", what="was not collected last time")]
    if now is None:
        return [Change(table=name, column="", what="is no longer collected")]
    found = _row_changes(name, now, before)
    if not len(now) or not len(before):
        return found
    for column in sorted({*map(str, now.columns), *map(str, before.columns)}):
        mine, theirs = _known(now, column), _known(before, column)
        if mine.empty and theirs.empty:
            continue
        if theirs.empty:
            found.append(Change(table=name, column=column, what="is new"))
        elif mine.empty:
            found.append(Change(table=name, column=column, what="has gone"))
        else:
            found += _value_changes(name, column, mine, theirs)
    return found


def _known(frame: Frame, column: str) -> pd.Series:
    """Return the cells of a column that are not missing; none where there is no such column."""
    return frame[column].dropna() if column in frame.columns else pd.Series(dtype=object)


def _row_changes(name: str, now: Frame, before: Frame) -> list[Change]:
    if abs(len(now) - len(before)) <= ROWS_CHANGED * len(before):
        return []
    what = f"{len(now)} accepted rows, {len(before)} last time"
    return [Change(table=name, column="", what=what)]


def _value_changes(name: str, column: str, now: pd.Series, before: pd.Series) -> list[Change]:
    """Return how values lie outside what was seen before; ids and free text are not compared."""
    entry = TABLES[name].column(column) if name in TABLES else None
    if entry is None or now.empty or before.empty:
        return []
    if entry.kind in ("category", "multi"):
        new = int((~now.isin(before.unique())).sum())
        return _counted(name, column, new, "in categories not seen last time")
    if entry.kind in ("int", "number", "date"):
        beyond = int(((now < before.min()) | (now > before.max())).sum())
        return _counted(name, column, beyond, "beyond the range of last time")
    return []


def _counted(name: str, column: str, n_rows: int, where: str) -> list[Change]:
    return [Change(table=name, column=column, what=f"{n_rows} rows {where}")] if n_rows else []


def _came_back(name: str, exports: Exports, refused: pd.DataFrame | None) -> list[Change]:
    """Return what became of the rows refused last time, found again by their key."""
    keys = list(TABLES[name].key)
    read = [f"{READ}{key}" for key in keys]
    if refused is None or not keys or not set(read) <= set(refused.columns):
        return []
    last = refused[read].set_axis(keys, axis=1).drop_duplicates()
    clean = by_column(exports.tables, name) if name in exports.tables else None
    accepted = _met(last, clean, keys)
    still = exports.quarantine.get(name, pd.DataFrame(columns=read))
    waiting = _met(last[~accepted], still.rename(columns=dict(zip(read, keys, strict=True))), keys)
    what = (
        f"of {len(last)} rows refused last time {int(accepted.sum())} came back and were accepted, "
        f"{int(waiting.sum())} were refused again, "
        f"{len(last) - int(accepted.sum()) - int(waiting.sum())} are not in the files"
    )
    return [Change(table=name, column="", what=what)]


def _met(rows: pd.DataFrame, others: Frame | None, keys: list[str]) -> pd.Series:
    """Return which rows have their key among others."""
    if others is None or not set(keys) <= set(others.columns):
        return pd.Series(False, index=rows.index)
    texts = others[keys].astype("string").fillna("")
    mine = rows[keys].astype("string").fillna("")
    near = texts[texts[keys[0]].isin(mine[keys[0]].unique())]
    known = pd.MultiIndex.from_frame(near)
    return pd.Series(pd.MultiIndex.from_frame(mine).isin(known), index=rows.index)
