"""The pandas types of the dictionary's columns, and frames brought to them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from rjeval.schemas.columns import Column, Table

#: Text with NaN for missing, as pandas 3 has it by default.
TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
#: pandas type of each kind of column.
DTYPES: dict[str, object] = {
    "id": TEXT,
    "text": TEXT,
    "category": TEXT,
    "multi": TEXT,
    "int": "Int64",
    "number": "float64",
    "bool": "boolean",
    "date": "datetime64[ns]",
}


def dtype_of(column: Column) -> object:
    """Return the pandas type of a column."""
    return DTYPES[column.kind]


def among(values: pd.Series, known: pd.Series | set[str]) -> pd.Series:
    """Return where ids stand among known ids; missing ids do not.

    What ``isin`` gives, without a Python object per known id.
    """
    listed = pa.array(list(known) if isinstance(known, set) else known, type=pa.large_string())
    given = pa.array(values, type=pa.large_string())
    found = pc.and_(pc.is_valid(given), pc.is_in(given, value_set=listed.drop_null()))
    return pd.Series(found.to_numpy(zero_copy_only=False), index=values.index)


def conform(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with all columns of the table, typed and in order, then the others.

    A column of the dictionary that is absent becomes wholly missing: not collected.
    """
    ready: dict[str, pd.Series] = {}
    for column in table.columns:
        if column.name in frame.columns:
            ready[column.name] = conform_column(frame[column.name], column)
        else:
            ready[column.name] = missing_column(column, frame.index)
    for name in frame.columns:
        if name not in ready:
            ready[name] = conform_column(frame[name], None)
    return pd.DataFrame(ready, index=frame.index)


def conform_column(values: pd.Series, column: Column | None) -> pd.Series:
    """Return a column in the type of its entry; one that has no entry as text, if it is text."""
    if column is not None:
        return values.astype(dtype_of(column))  # type: ignore[call-overload]
    return values.astype(TEXT) if _is_text(values) else values


def missing_column(column: Column, index: pd.Index) -> pd.Series:
    """Return a wholly missing column: not collected."""
    return pd.Series(index=index, dtype=dtype_of(column))  # type: ignore[call-overload]


def _is_text(series: pd.Series) -> bool:
    return series.dtype == object or isinstance(series.dtype, pd.StringDtype)
