"""What the programme cost, by category and year, and for each person served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from rjeval.analysis_data import Exports
from rjeval.delivery.tally import NOT_RECORDED, table_of
from rjeval.design.study import StudyDesign
from rjeval.errors import DataError, WithheldError
from rjeval.language import mark
from rjeval.results import CostTotals, ReleaseStamp, StageRates, UnitCosts

#: Categories that are somebody's pay: they are one sum, so that no salary stands alone.
PAY = ("personnel", "fringe", "facilitator_contract")
PAY_GROUP = "pay"
IN_KIND = mark("Contributions in kind are counted at the value recorded.")
AVERAGE = mark(
    "The whole cost over the people who came so far: an average, not what one more person costs."
)
#: Stages, beside the first, for which a cost per person is told; digits to which it is told.
COSTED = ("conferenced", "completed")
DIGITS = 3
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
    Sums of the entries as recorded, without discounting. For the cost of each person served see
    :func:`rjeval.unit_costs`.
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
        period_start=_day(known["period_start"].min()),
        period_end=_day(known["period_end"].max()) if _all_end(known) else "",
        notes=notes,
        labels=dict(labels or {}),
    )


def unit_costs(costs: CostTotals, stages: StageRates, *, design: StudyDesign) -> UnitCosts:
    r"""Return what the programme cost for each person referred, met in a conference, completed.

    Parameters
    ----------
    costs : CostTotals
        From :func:`sum_costs`; all years, categories and contributions in kind count.
    stages : StageRates
        From :func:`rjeval.stage_rates`, without groups.
    design : StudyDesign
        Its period, which must be that of the costs.

    Returns
    -------
    UnitCosts
        One row each for ``referred`` and, where recorded and shown, ``conferenced`` and
        ``completed``. Of released results it rests on what is shown, and is released.

    Raises
    ------
    DataError
        The costs are of another period than the referrals, or rates are by group.
    WithheldError
        A sum of costs is hidden, so that a whole of them would give it away.

    Notes
    -----
    :math:`c_s = \sum C / n_s`: the whole cost over the people who reached the stage, both to three
    significant digits. It is an average, not what one more person would cost, and it holds what
    was spent on people who never came so far.
    """
    if stages.by:
        raise DataError("A cost per person needs rates of stages without groups.")
    asked = (design.period_start, design.period_end)
    if (costs.period_start, costs.period_end) != tuple(one and one.isoformat() for one in asked):
        raise DataError(
            "The costs are of another period than the referrals, so there is no cost per person.",
            hint="Give costs for the days from [study] period_start to period_end.",
        )
    if costs.frame["amount"].isna().any():
        raise WithheldError(
            "A sum of costs is hidden, and a cost per person would give it away.",
            hint="Costs of fewer years or categories may be shown as a whole.",
        )
    people = _people(stages.frame)
    whole = _significant(float(costs.frame["amount"].sum()))
    each = [_significant(whole / n) for n in people["n"]]
    return UnitCosts(
        frame=people.assign(amount=whole, estimate=each, suppressed="", bound=""),
        currency=costs.currency,
        price_year=costs.price_year,
        period_start=costs.period_start,
        period_end=costs.period_end,
        notes=(*costs.notes, AVERAGE),
        labels={**costs.labels, **stages.labels},
        released=_released(costs, stages),
    )


def _released(costs: CostTotals, stages: StageRates) -> ReleaseStamp | None:
    """Return the stamp of both; notes on shares do not concern sums."""
    if costs.released is None or stages.released is None:
        return None
    return replace(stages.released, notes=costs.released.notes)


def _people(frame: pd.DataFrame) -> pd.DataFrame:
    """Return how many people were referred and reached the stages that costs are told for."""
    first = frame.iloc[[0]][["base_stage", "n_base"]]
    first = first.set_axis(["stage", "n"], axis="columns")
    later = frame.loc[frame["stage"].isin(COSTED), ["stage", "n"]]
    people = pd.concat([first, later], ignore_index=True).astype({"n": float})
    return people[people["n"] > 0].reset_index(drop=True)


def _significant(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _day(value: pd.Timestamp) -> str:
    return str(value.date().isoformat())


def _all_end(rows: pd.DataFrame) -> bool:
    return "period_end" in rows.columns and bool(rows["period_end"].notna().all())


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
