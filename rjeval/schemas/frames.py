"""The pandas types of the dictionary's columns, and frames brought to them."""

from __future__ import annotations

import numpy as np
import pandas as pd

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


def conform(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with all columns of the table, typed and in order, then the others.

    A column of the dictionary that is absent becomes wholly missing: not collected.
    """
    ready: dict[str, pd.Series] = {}
    for column in table.columns:
        kind = dtype_of(column)
        if column.name in frame.columns:
            ready[column.name] = frame[column.name].astype(kind)  # type: ignore[call-overload]
        else:
            ready[column.name] = pd.Series(index=frame.index, dtype=kind)  # type: ignore[call-overload]
    for name in frame.columns:
        if name not in ready:
            given = frame[name]
            ready[name] = given.astype(TEXT) if _is_text(given) else given
    return pd.DataFrame(ready, index=frame.index)


def _is_text(series: pd.Series) -> bool:
    return series.dtype == object or isinstance(series.dtype, pd.StringDtype)
