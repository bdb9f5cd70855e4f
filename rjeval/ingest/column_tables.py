"""A table too large for memory, seen as a frame of which single columns are read when asked for.

It gives what the rules ask of a frame: a column, some columns, some rows. Anything else that a
frame can do works too, on the whole frame, which is then read; no rule on a large table needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

Loader = Callable[[], pd.Series]


class ColumnTable:
    """Columns by name, each read anew when it is asked for.

    Parameters
    ----------
    loaders : mapping of column name to function
        Each returns the column with the index 0, 1, ...
    index : Index
        Labels of the rows.
    """

    def __init__(self, loaders: Mapping[str, Loader], index: pd.Index) -> None:
        self._loaders, self.index = dict(loaders), index

    @property
    def columns(self) -> pd.Index:
        """Names of the columns."""
        return pd.Index(list(self._loaders), dtype=object)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.index), len(self._loaders)

    def __len__(self) -> int:
        return len(self.index)

    def __repr__(self) -> str:
        return f"ColumnTable({len(self)} rows, {len(self._loaders)} columns)"

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaders)

    def __contains__(self, name: object) -> bool:
        return name in self._loaders

    def __getitem__(self, key: Any) -> Any:
        """Return a column by name, a frame of several, or the rows where a mask is true."""
        if isinstance(key, str):
            return self._loaders[key]().set_axis(self.index)
        if isinstance(key, list) and all(isinstance(one, str) for one in key):
            return pd.DataFrame({name: self[name] for name in key}, index=self.index)
        mask = np.asarray(key, dtype=bool)
        ready = {name: self[name][mask] for name in self._loaders}
        return pd.DataFrame(ready, index=self.index[mask])

    @property
    def loc(self) -> _Rows:
        """Rows of one column: ``table.loc[rows, "column"]``."""
        return _Rows(self)

    def duplicated(self, subset: list[str], keep: Any = "first") -> pd.Series:
        """Return the rows that repeat an earlier one in these columns."""
        return self[list(subset)].duplicated(keep=keep)

    def assign(self, **loaders: Loader) -> ColumnTable:
        """Return the table with columns put in place of others, or added."""
        return ColumnTable({**self._loaders, **loaders}, self.index)

    def only(self, mask: np.ndarray) -> ColumnTable:
        """Return the rows where a mask is true, with their labels."""
        if mask.all():
            return self

        def narrowed(loader: Loader) -> Loader:
            return lambda: loader()[mask].reset_index(drop=True)

        loaders = {name: narrowed(one) for name, one in self._loaders.items()}
        return ColumnTable(loaders, self.index[mask])

    def whole(self) -> pd.DataFrame:
        """Read all columns."""
        return self[list(self._loaders)]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.whole(), name)


class _Rows:
    """Rows of one column of a table, by mask or by label."""

    def __init__(self, table: ColumnTable) -> None:
        self.table = table

    def __getitem__(self, key: tuple[Any, str]) -> pd.Series:
        rows, name = key
        return self.table[name].loc[rows]
