"""Restitution: money owed and paid, side by side."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from rjeval.figures.bars import Cells, bars_height, draw_cells
from rjeval.figures.drawing import Drawing, attach
from rjeval.figures.sheet import sheet
from rjeval.figures.wording import (
    SUPPRESSED,
    closing_notes,
    count,
    display,
    for_release,
    joined,
    level_text,
    listed,
    merged_labels,
    share_with_interval,
)
from rjeval.results import MoneyTotals

AMOUNTS = {"amount_owed": "Agreed", "amount_paid": "Paid"}
#: What may stand beside the figure; never what single people owe or paid.
_SIDECAR = (
    "n_people",
    "n_obligations",
    "amount_owed",
    "amount_paid",
    "estimate",
    "conf_low",
    "conf_high",
    "suppressed",
    "bound",
)


def plot_money(
    totals: MoneyTotals,
    *,
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Draw restitution agreed and paid, with the share paid.

    Parameters
    ----------
    totals : MoneyTotals
        From :func:`rjeval.restitution_totals`.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in.
    labels : mapping, optional
        Labels for groups, over those of the study.

    Returns
    -------
    Axes
        Two bars per group, from 0; the name of the group holds the number of people, the text
        of the paid bar the share paid with its interval.

    Raises
    ------
    DisclosureError
        Inside a report, where the totals have not been released.
    """
    words = merged_labels(totals, labels)
    cells = _cells(totals, words)
    unit = f", {totals.currency}" if totals.currency else ""
    with sheet(ax, (totals,), height=bars_height(cells)) as axes:
        draw_cells(axes, cells, what=f"Restitution{unit}")
        attach(axes, _drawing(totals, cells))
    return axes


def _cells(totals: MoneyTotals, words: Mapping[str, str]) -> Cells:
    keys, names, texts = [], [], []
    for row in totals.frame.to_dict("records"):
        key = str(row[totals.by]) if totals.by else "all"
        keys.append(key)
        people = "number suppressed" if pd.isna(row["n_people"]) else count(row["n_people"])
        names.append(f"{display(key, words)} (people: {people})")
        share = share_with_interval(row, totals.conf_level)
        owed, paid = (_amount(row[name], totals.currency) for name in AMOUNTS)
        texts.append([owed, paid if paid == SUPPRESSED else f"{paid}, {share}"])
    values = totals.frame[list(AMOUNTS)].to_numpy(dtype=float)
    return Cells(keys, names, list(AMOUNTS.values()), values, texts)


def _amount(value: float, currency: str) -> str:
    if pd.isna(value):
        return SUPPRESSED
    return f"{currency} {value:,.0f}".strip()


def _drawing(totals: MoneyTotals, cells: Cells) -> Drawing:
    parts = [
        f"{name}: agreed {owed}, paid {paid}"
        for name, (owed, paid) in zip(cells.names, cells.texts, strict=True)
    ]
    columns = [totals.by] if totals.by else []
    columns += [name for name in _SIDECAR if name in totals.frame.columns]
    return Drawing(
        title="Restitution agreed and paid",
        subtitle="The share paid is the ratio of the sums",
        alt=f"Bars of restitution agreed and paid. {listed(parts)}.",
        caption=joined(
            (
                "Sums over people; the share paid is the ratio of the sums, with its "
                f"{level_text(totals.conf_level)} confidence interval.",
                closing_notes(totals),
            )
        ),
        data=totals.frame[columns].copy(),
        for_release=for_release(totals),
    )
