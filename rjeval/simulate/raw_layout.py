"""How each table looks in the exports of the systems that hold it: files, headers, codes, dates.

``study.toml`` of the demonstration study declares the same, read the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

#: Marks every file as made up; begins the footer line of the CRM and the banner of the workbook.
SYNTHETIC = "SYNTHETIC DATA - no real people"
FOOTER = ("Grand Total", "Confidential Information - Do Not Distribute")


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFile:
    """One exported file or sheet.

    Parameters
    ----------
    file, sheet : str
        A sheet only for the workbook.
    columns : mapping of dictionary column to header
    values : mapping of dictionary column to (value, text in the file) pairs
    dates : str
        ``strftime`` format; empty for real dates in a workbook's cells.
    money : tuple of str
        Columns written as ``$1,250.00``.
    """

    file: str
    columns: Mapping[str, str]
    sheet: str = ""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    dates: str = "%Y-%m-%d"
    encoding: str = "utf-8"
    delimiter: str = ","
    footer: tuple[str, ...] = ()
    money: tuple[str, ...] = ()


YES_NO = {"True": "Yes", "False": "No"}


def as_raw(table: pd.DataFrame, *, layout: RawFile) -> pd.DataFrame:
    """Return a clean table as the text that its system would export."""
    raw = {
        header: _as_money(table[column])
        if column in layout.money
        else _as_text(table[column], codes=layout.values.get(column), dates=layout.dates)
        for column, header in layout.columns.items()
    }
    return pd.DataFrame(raw, index=table.index)


def _as_money(values: pd.Series) -> pd.Series:
    return values.map("${:,.2f}".format).astype(object).where(values.notna(), "")


def _as_text(values: pd.Series, *, codes: Mapping[str, str] | None, dates: str) -> pd.Series:
    missing = values.isna()
    if pd.api.types.is_datetime64_any_dtype(values):
        text = values.dt.strftime(dates or "%Y-%m-%d")
    elif pd.api.types.is_float_dtype(values):
        text = values.map("{:.0f}".format)
    else:
        text = values.astype(str)
    if codes:
        text = text.map(lambda one: codes.get(one, one))
    return text.astype(object).where(~missing, "")
