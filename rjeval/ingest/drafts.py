"""One table while it is being cleaned: every row read, and what became of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rjeval.analysis_data import TableAccount
from rjeval.ingest.column_tables import ColumnTable
from rjeval.schemas.columns import Table

#: Columns that quarantine puts before the row as it was read.
WHY_COLUMNS = ("rule", "column", "file", "row")


def as_it_is(values: pd.Series) -> pd.Series:
    """Return a column itself: it stays in memory."""
    return values


@dataclass(slots=True)
class Draft:
    """Rows of one table on their way through the rules.

    ``frame`` is typed and ``text`` as read, with the same index 0, 1, ...; of a table too large
    for memory both are read column by column. ``refused`` holds the id of the first rule that
    refused a row, ``""`` where none did; ``double`` marks exact duplicates of an earlier row,
    ``tolerated`` refused rows that the study goes on without; ``keep`` sets a changed column down
    where the others lie.
    """

    table: Table
    frame: pd.DataFrame | ColumnTable
    text: pd.DataFrame | ColumnTable
    file: pd.Categorical
    row: np.ndarray
    n_read: int
    n_filtered: int
    files: tuple[str, ...]
    refused: np.ndarray
    refused_column: np.ndarray
    double: np.ndarray
    tolerated: np.ndarray
    keep: Callable[[pd.Series], Any] = as_it_is

    def refuse(self, rows: np.ndarray | pd.Index, *, rule: str, column: str) -> int:
        """Put rows into quarantine unless they are there already; return how many were new."""
        places = np.asarray(rows, dtype=np.int64)
        new = places[(self.refused[places] == "") & ~self.double[places]]
        self.refused[new] = rule
        self.refused_column[new] = column
        return len(new)

    def blank(self, rows: np.ndarray | pd.Index, column: str) -> None:
        """Make cells of a column missing."""
        mask = np.zeros(len(self.frame), dtype=bool)
        mask[np.asarray(rows, dtype=np.int64)] = True
        blanked = self.frame[column].mask(mask)
        self.frame = self.frame.assign(**{column: self.keep(blanked)})

    @property
    def kept(self) -> np.ndarray:
        """Boolean array: rows that are neither refused nor duplicates."""
        return (self.refused == "") & ~self.double

    def accepted(self) -> pd.DataFrame | ColumnTable:
        """Return the accepted rows, still with their places as index."""
        kept = self.kept
        if kept.all():
            return self.frame
        return self.frame[kept] if isinstance(self.frame, pd.DataFrame) else self.frame.only(kept)

    def quarantine(self) -> pd.DataFrame:
        """Return the refused rows as read, with the rule, the column, the file and its row."""
        mask = (self.refused != "") & ~self.double
        why = pd.DataFrame(
            {
                "rule": self.refused[mask],
                "column": self.refused_column[mask],
                "file": np.asarray(self.file[mask], dtype=object),
                "row": self.row[mask],
            }
        )
        rows = self.text[mask].reset_index(drop=True).add_prefix("read_")
        return pd.concat([why, rows], axis=1)

    def account(self) -> TableAccount:
        """Return the sum that must hold: read = accepted + refused + duplicates + set aside."""
        return TableAccount(
            table=self.table.name,
            n_read=self.n_read,
            n_accepted=int(self.kept.sum()),
            n_quarantined=int(((self.refused != "") & ~self.double).sum()),
            n_duplicates=int(self.double.sum()),
            n_filtered=self.n_filtered,
            files=self.files,
        )

    def __repr__(self) -> str:
        return f"Draft({self.account()!r})"
