"""How far people came: the share that reached each stage, of those at the stage before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from rjeval.figures.bars import Cells, bars_height, draw_cells
from rjeval.figures.drawing import Drawing, attach
from rjeval.figures.forest import Entry, Point, draw_forest, forest_height
from rjeval.figures.forest_axis import Scale
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
    percent,
    share_with_interval,
)
from rjeval.language import phrase
from rjeval.results import StageRates


def plot_stages(
    rates: StageRates,
    *,
    people: bool = False,
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Draw the share of people who reached each stage, of those who reached the one before.

    Parameters
    ----------
    rates : StageRates
        From :func:`rjeval.stage_rates`.
    people : bool
        Draw how many people reached each stage, from everybody at the first one on, with the
        share of the stage before beside the number; for rates without groups.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in.
    labels : mapping, optional
        Labels for stages and groups, over those of the study.

    Returns
    -------
    Axes
        One row per stage, in one block per group; bars from 0 with Wilson intervals and the
        counts behind them. Of ``people``, one bar per stage from 0.

    Raises
    ------
    DisclosureError
        Inside a report, where the rates have not been released.
    ValueError
        ``people`` of rates by group.
    """
    words = merged_labels(rates, labels)
    if people:
        return _draw_people(rates, words, ax=ax)
    entries: list[Entry] = []
    parts: list[str] = []
    rows = rates.frame.to_dict("records")
    heading = None
    for row in rows:
        group = display(row[rates.by], words) if rates.by else ""
        if group != heading and group:
            entries.append(Entry(key=group, label=group))
        heading = group
        entries.append(_entry(row, rates, words))
        label = entries[-1].label.replace("\n", ", ")
        parts.append(f"{group + ': ' if group else ''}{label}, {entries[-1].points[0].text}")
    interval = phrase("{level} Wilson confidence intervals", level=level_text(rates.conf_level))
    with sheet(ax, (rates,), height=forest_height(entries)) as axes:
        scale = Scale(
            label=phrase("Of those who reached the stage before"),
            percent=True,
            from_zero=True,
            bars=True,
        )
        draw_forest(axes, entries, scale)
        drawing = Drawing(
            title=phrase("How far people came"),
            subtitle=phrase("Share who reached each stage, with {interval}", interval=interval),
            alt=joined((phrase("Bars of the share who reached each stage."), f"{listed(parts)}.")),
            caption=joined(
                (
                    phrase(
                        "Each share is of those who reached the stage before; {interval}.",
                        interval=interval,
                    ),
                    closing_notes(rates),
                )
            ),
            data=rates.frame.copy(),
            for_release=for_release(rates),
        )
        attach(axes, drawing)
    return axes


def _draw_people(rates: StageRates, words: Mapping[str, str], *, ax: Axes | None) -> Axes:
    """Draw bars of people, from everybody at the first stage on."""
    if rates.by:
        raise ValueError("plot_stages draws people of rates without groups only.")
    frame = rates.frame
    keys = [str(frame["base_stage"].iloc[0]), *map(str, frame["stage"])]
    values = np.array([frame["n_base"].iloc[0], *frame["n"]], dtype=float)
    shares = [np.nan, *frame["estimate"]]
    texts = [_people(n, share) for n, share in zip(values, shares, strict=True)]
    names = [display(key, words) for key in keys]
    cells = Cells(keys, names, [""], values[:, np.newaxis], [[text] for text in texts])
    told = listed(f"{name} {text}" for name, text in zip(names, texts, strict=True))
    with sheet(ax, (rates,), height=bars_height(cells)) as axes:
        draw_cells(axes, cells, what=phrase("People"))
        drawing = Drawing(
            title=phrase("How far people came"),
            subtitle=phrase("People who reached each stage (of those at the stage before)"),
            alt=phrase("Bars of the people who reached each stage: {stages}.", stages=told),
            caption=joined(
                (
                    phrase(
                        "People by their first referral; in brackets the share of those who "
                        "reached the stage before."
                    ),
                    closing_notes(rates),
                )
            ),
            data=frame.copy(),
            for_release=for_release(rates),
        )
        attach(axes, drawing)
    return axes


def _people(n: float, share: float) -> str:
    """Return a count with its share; where all came on, the count says so by itself."""
    if np.isnan(n):
        return phrase(SUPPRESSED)
    return count(n) if np.isnan(share) or share == 1 else f"{count(n)} ({percent(share)})"


def _entry(row: Mapping[Any, Any], rates: StageRates, words: Mapping[str, str]) -> Entry:
    stage, base = display(row["stage"], words), display(row["base_stage"], words).lower()
    whole = count(row["n_base"])
    people = phrase("of {whole} {stage}", whole=whole, stage=base)
    if not pd.isna(row["n"]):
        people = phrase("{n} of {whole} {stage}", n=count(row["n"]), whole=whole, stage=base)
    if pd.isna(row["n_base"]):
        people = phrase("of those {stage}", stage=base)
    text = phrase("nobody came so far") if row["n_base"] == 0 else ""
    point = Point(
        estimate=float(row["estimate"]),
        low=float(row["conf_low"]),
        high=float(row["conf_high"]),
        text=text or share_with_interval(row, rates.conf_level, short=True),
    )
    key = f"{row[rates.by]}/{row['stage']}" if rates.by else str(row["stage"])
    return Entry(key=key, label=f"{stage}\n{people}", points=(point,))
