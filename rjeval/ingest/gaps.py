"""What is missing in the clean tables: column by column, together, and codes that nobody mapped.

Counts only; the text of a code is given where at least ``SHOWN_ROWS`` rows hold it, its column
is not sensitive, and it does not look like an identifier.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rjeval.analysis_data import Exports
from rjeval.ingest.assembly import EMPTY_COLUMN
from rjeval.ingest.held_tables import by_column
from rjeval.ingest.identifiers import looks_like
from rjeval.schemas.tables import TABLES

#: Fewest rows that hold a code for its text to be shown.
SHOWN_ROWS = 11
#: Patterns that are named per table, the most frequent first.
MOST_PATTERNS = 5
#: Columns with gaps that a pattern can tell apart.
MOST_COLUMNS = 62
SENSITIVE = ("D", "S", "QS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Accepted rows of a table that lack a cell of one column."""

    table: str
    column: str
    n_missing: int
    n_rows: int

    @property
    def share(self) -> float:
        """Share of the accepted rows."""
        return self.n_missing / self.n_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Accepted rows that lack exactly these columns; none where the rows are whole."""

    table: str
    columns: tuple[str, ...]
    n_rows: int
    n_total: int

    @property
    def share(self) -> float:
        """Share of the accepted rows."""
        return self.n_rows / self.n_total


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownCode:
    """A code that no list and no map knows; ``text`` is empty for rare or sensitive ones."""

    table: str
    column: str
    text: str
    n_codes: int
    n_rows: int

    def __str__(self) -> str:
        where = f"{self.table}.{self.column}"
        if self.text:
            return f"{where}: '{self.text}' in {self.n_rows} rows"
        many = "spellings" if self.n_codes != 1 else "spelling"
        rows = "rows" if self.n_rows != 1 else "row"
        return f"{where}: {self.n_codes} {many} in {self.n_rows} {rows}, not shown"


def find_gaps(exports: Exports) -> tuple[Gap, ...]:
    """Return the columns with missing cells, also those that are mapped and wholly empty.

    A column that no map names was not collected, which is no gap.
    """
    found = []
    named = exports.ledger[exports.ledger["rule"].eq(EMPTY_COLUMN)]
    empty = set(zip(named["table"], named["column"], strict=True))
    for name in exports.tables:
        frame = by_column(exports.tables, name)
        for column in map(str, frame.columns):
            if column.endswith("missing_state"):  # blank where nothing is missing
                continue
            n_missing = int(frame[column].isna().sum())
            whole = n_missing == len(frame)
            if n_missing and (not whole or (name, column) in empty):
                gap = Gap(table=name, column=column, n_missing=n_missing, n_rows=len(frame))
                found.append(gap)
    return tuple(found)


def find_patterns(exports: Exports, gaps: tuple[Gap, ...]) -> tuple[Pattern, ...]:
    """Return which columns are missing together, per table, the most frequent first."""
    found: list[Pattern] = []
    for name in exports.tables:
        frame = by_column(exports.tables, name)
        mine = [one for one in gaps if one.table == name and one.n_missing < one.n_rows]
        columns = [one.column for one in mine][:MOST_COLUMNS]
        if not columns:
            continue
        code = np.zeros(len(frame), dtype=np.int64)
        for place, column in enumerate(columns):
            code |= frame[column].isna().to_numpy(dtype=np.int64) << place
        codes, counts = np.unique(code, return_counts=True)
        for place in np.argsort(-counts, kind="stable")[:MOST_PATTERNS]:
            lacking = tuple(c for bit, c in enumerate(columns) if int(codes[place]) >> bit & 1)
            n_rows = int(counts[place])
            found.append(Pattern(table=name, columns=lacking, n_rows=n_rows, n_total=len(frame)))
    return tuple(found)


def list_unknown(unmapped: pd.DataFrame) -> tuple[UnknownCode, ...]:
    """Return the codes that nobody mapped, rare and sensitive ones as one count per column."""
    found: list[UnknownCode] = []
    for (table, column), rows in unmapped.groupby(["table", "column"], sort=False):
        shown = rows[_showable(str(table), str(column), rows)]
        hidden = rows.drop(shown.index)
        ranked = shown.sort_values("n_rows", ascending=False, kind="stable")
        for text, n_rows in zip(ranked["text"], ranked["n_rows"], strict=True):
            found.append(_code(table, column, str(text), (1, int(n_rows))))
        if len(hidden):
            sums = (len(hidden), int(hidden["n_rows"].sum()))
            found.append(_code(table, column, "", sums))
    return tuple(found)


def _code(table: object, column: object, text: str, sums: tuple[int, int]) -> UnknownCode:
    return UnknownCode(
        table=str(table), column=str(column), text=text, n_codes=sums[0], n_rows=sums[1]
    )


def _showable(table: str, column: str, rows: pd.DataFrame) -> pd.Series:
    entry = TABLES[table].column(column) if table in TABLES else None
    if entry is None or entry.privacy in SENSITIVE:
        return pd.Series(False, index=rows.index)
    plain = rows["text"].map(lambda text: not looks_like(pd.Series([text], dtype="string"))[0])
    return rows["n_rows"].ge(SHOWN_ROWS) & plain.astype(bool)
