"""What the programme cost, by category and year."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from rjeval.analysis_data import Exports
from rjeval.delivery.tally import NOT_RECORDED, table_of
from rjeval.errors import DataError
from rjeval.language import mark
from rjeval.results import CostTotals

#: Categories that are somebody's pay: they are one sum, so that no salary stands alone.
PAY = ("personnel", "fringe", "facilitator_contract")
PAY_GROUP = "pay"
IN_KIND = mark("Contributions in kind are counted at the value recorded.")
NO_AMOUNT = mark("Entries without an amount or a period are left out.")


def sum_costs(exports: Exports, *, labels: Mapping[str, str] | None = None) -> CostTotals:
    """Sum the programme's costs by category and by the year in which their period began.

    Parameters
    ----------
    exports : Exports
        With the table ``cost``.
    labels : mapping, optional

    Returns
    -------
    CostTotals
        Categories by size over all years. Personnel, fringe benefits and contracts of
        facilitators are one category, ``pay``. A category without an entry in a year has the
        amount 0.

    Raises
    ------
    DataError
        The table is missing or has no amount, or amounts are in several currencies or in prices
        of several years, which cannot be added up.

    Notes
    -----
    Sums of the entries as recorded, without discounting. A cost per person served is not given:
    it needs costs and people of the same period, which the entries alone do not tell.
    """
    rows = table_of(exports, "cost")
    known = rows[rows["amount"].notna() & rows["period_start"].notna()]
    if known.empty:
        raise DataError(
            "No cost has an amount and a period, so there is no sum of costs.",
            hint="Map amount and period_start under [exports.cost].",
        )
    notes = (NO_AMOUNT,) if len(known) < len(rows) else ()
    if "cash_or_inkind" in known.columns and known["cash_or_inkind"].eq("in_kind").any():
        notes = (*notes, IN_KIND)
    return CostTotals(
        frame=_sums(known),
        currency=_only(known, "currency", what="in several currencies"),
        price_year=_only(known, "price_year", what="in prices of several years"),
        notes=notes,
        labels=dict(labels or {}),
    )


def _only(rows: pd.DataFrame, name: str, *, what: str) -> str:
    """Return the one value of a column that all entries must share; empty where it is unknown."""
    values = list(rows[name].dropna().unique()) if name in rows.columns else []
    if len(values) > 1:
        raise DataError(
            f"Costs are given {what}, so they cannot be added up.",
            hint=f"Convert them to one before the export, and map it as {name}.",
        )
    return str(values[0]) if len(values) else ""


def _sums(rows: pd.DataFrame) -> pd.DataFrame:
    category = pd.Series(NOT_RECORDED, index=rows.index, dtype=object)
    if "category" in rows.columns:
        category = rows["category"].astype(object).where(rows["category"].notna(), NOT_RECORDED)
    category = category.astype(str)
    entries = pd.DataFrame(
        {
            "category": category.where(~category.isin(PAY), PAY_GROUP),
            "year": pd.to_datetime(rows["period_start"]).dt.year.astype(int),
            "amount": rows["amount"].astype(float),
        }
    )
    cells = entries.groupby(["category", "year"])["amount"]
    table = pd.DataFrame(
        {
            "n_entries": cells.size(),
            "amount": cells.sum(),
            "largest": cells.max(),
            "second": cells.apply(_second),
        }
    )
    sizes = entries.groupby("category")["amount"].sum().sort_values(ascending=False, kind="stable")
    full = pd.MultiIndex.from_product(
        [sizes.index, sorted(entries["year"].unique())], names=["category", "year"]
    )
    return table.reindex(full, fill_value=0).reset_index()


def _second(amounts: pd.Series) -> float:
    return float(amounts.nlargest(2).iloc[-1]) if len(amounts) > 1 else 0.0
