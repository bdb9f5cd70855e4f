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
from rjeval.language import mark, phrase
from rjeval.results import MoneyTotals

AMOUNTS = {"amount_owed": mark("Agreed"), "amount_paid": mark("Paid")}
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
        draw_cells(axes, cells, what=phrase("Restitution") + unit)
        attach(axes, _drawing(totals, cells))
    return axes


def _cells(totals: MoneyTotals, words: Mapping[str, str]) -> Cells:
    keys, names, texts = [], [], []
    for row in totals.frame.to_dict("records"):
        key = str(row[totals.by]) if totals.by else "all"
        keys.append(key)
        people = phrase("number suppressed")
        if not pd.isna(row["n_people"]):
            people = count(row["n_people"])
        names.append(phrase("{group} (people: {n})", group=display(key, words), n=people))
        share = share_with_interval(row, totals.conf_level)
        owed, paid = (_amount(row[name], totals.currency) for name in AMOUNTS)
        texts.append([owed, paid if paid == phrase(SUPPRESSED) else f"{paid}, {share}"])
    values = totals.frame[list(AMOUNTS)].to_numpy(dtype=float)
    return Cells(keys, names, [phrase(name) for name in AMOUNTS.values()], values, texts)


def _amount(value: float, currency: str) -> str:
    if pd.isna(value):
        return phrase(SUPPRESSED)
    return f"{currency} {value:,.0f}".strip()


def _drawing(totals: MoneyTotals, cells: Cells) -> Drawing:
    parts = [
        phrase("{group}: agreed {owed}, paid {paid}", group=name, owed=owed, paid=paid)
        for name, (owed, paid) in zip(cells.names, cells.texts, strict=True)
    ]
    columns = [totals.by] if totals.by else []
    columns += [name for name in _SIDECAR if name in totals.frame.columns]
    return Drawing(
        title=phrase("Restitution agreed and paid"),
        subtitle=phrase("The share paid is the ratio of the sums"),
        alt=phrase("Bars of restitution agreed and paid. {groups}.", groups=listed(parts)),
        caption=joined(
            (
                phrase(
                    "Sums over people; the share paid is the ratio of the sums, with its {level} "
                    "confidence interval.",
                    level=level_text(totals.conf_level),
                ),
                closing_notes(totals),
            )
        ),
        data=totals.frame[columns].copy(),
        for_release=for_release(totals),
    )
