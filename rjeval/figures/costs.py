"""What the programme cost: bars by category, a bar for each year."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from rjeval.figures.bars import Cells, bars_height, draw_cells
from rjeval.figures.drawing import Drawing, attach
from rjeval.figures.sheet import sheet
from rjeval.figures.style import SERIES
from rjeval.figures.wording import (
    SUPPRESSED,
    closing_notes,
    display,
    for_release,
    joined,
    listed,
    merged_labels,
)
from rjeval.language import phrase
from rjeval.results import CostTotals

_SHOWN = ("category", "year", "amount", "suppressed", "bound")


def plot_costs(
    costs: CostTotals, *, ax: Axes | None = None, labels: Mapping[str, str] | None = None
) -> Axes:
    """Draw the programme's costs by category and year.

    Parameters
    ----------
    costs : CostTotals
        From :func:`rjeval.sum_costs`.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in.
    labels : mapping, optional
        Labels for categories, over those of the study.

    Returns
    -------
    Axes
        One row per category, from 0, with one bar per year; of many years the latest, as many
        as can be told apart, and the caption says so.

    Raises
    ------
    DisclosureError
        Inside a report, where the costs have not been released.
    """
    years = sorted(costs.frame["year"].unique())
    drawn = years[-len(SERIES) :]
    table = costs.frame[costs.frame["year"].isin(drawn)]
    cells = _cells(table, costs, merged_labels(costs, labels))
    unit = f", {costs.currency}" if costs.currency else ""
    with sheet(ax, (costs,), height=bars_height(cells)) as axes:
        draw_cells(axes, cells, what=phrase("Cost") + unit)
        attach(axes, _drawing(costs, table, cells, fewer=len(drawn) < len(years)))
    return axes


def _cells(table: pd.DataFrame, costs: CostTotals, words: Mapping[str, str]) -> Cells:
    keys, years = list(dict.fromkeys(table["category"])), sorted(table["year"].unique())
    values = table.pivot(index="category", columns="year", values="amount").loc[keys, years]
    numbers = values.to_numpy(dtype=float)
    texts = [[_amount(one, costs.currency) for one in row] for row in numbers]
    return Cells(keys, [display(key, words) for key in keys], list(map(str, years)), numbers, texts)


def _amount(value: float, currency: str) -> str:
    return phrase(SUPPRESSED) if np.isnan(value) else f"{currency} {value:,.0f}".strip()


def _drawing(costs: CostTotals, table: pd.DataFrame, cells: Cells, *, fewer: bool) -> Drawing:
    parts = [
        f"{name}: "
        + ", ".join(f"{year} {text}" for year, text in zip(cells.series, texts, strict=True))
        for name, texts in zip(cells.names, cells.texts, strict=True)
    ]
    prices = phrase("Prices of {year}.", year=costs.price_year) if costs.price_year else ""
    return Drawing(
        title=phrase("What the programme cost"),
        alt=phrase("Bars of costs by category and year. {costs}.", costs=listed(parts)),
        caption=joined(
            (
                phrase(
                    "Sums of recorded entries, by the year in which their period began, not "
                    "discounted; pay is one sum."
                ),
                prices,
                phrase("Earlier years are left out.") if fewer else "",
                closing_notes(costs),
            )
        ),
        data=table[[name for name in _SHOWN if name in table.columns]].copy(),
        for_release=for_release(costs),
    )
