"""Icon array: of every 100 people, about how many had the event, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from rjeval.figures.drawing import Drawing, attach
from rjeval.figures.placing import POINTS_PER_INCH, text_height, wrap
from rjeval.figures.sheet import PAD_IN, area_points, sheet
from rjeval.figures.style import INK, PAPER, SERIES, TEXT_PT, WIDTH_IN
from rjeval.figures.timeline import day_text
from rjeval.figures.wording import (
    closing_notes,
    count,
    display,
    for_release,
    hidden_text,
    joined,
    level_text,
    merged_labels,
    with_article,
)
from rjeval.language import phrase
from rjeval.results import FixedWindowRates

MOST_GROUPS = 3
_SIDE = 10
_STEP_PT = 12.5
_DOT_PT = 9.0
_GAP_PT = 22.0


@dataclass(frozen=True, slots=True)
class Panel:
    """One group: its name, its three counts of 100, and the row they come from."""

    key: str
    name: str
    about: int | None
    low: int
    high: int
    row: Mapping[Any, Any]


def plot_icons(
    rates: FixedWindowRates,
    *,
    at_days: float | None = None,
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Draw a rate as 100 people, some of them filled.

    Parameters
    ----------
    rates : FixedWindowRates
        From :func:`rjeval.fixed_window_rates`, of up to three groups.
    at_days : number, optional
        The window; else the first of the result.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in.
    labels : mapping, optional
        Labels for groups, over those of the study.

    Returns
    -------
    Axes
        Per group 100 circles: filled up to the estimate, ringed up to the upper limit of the
        interval, faint beyond. Whole people, rounded to the nearest.

    Raises
    ------
    DisclosureError
        Inside a report, where the rates have not been released.
    ValueError
        No such window, or more than three groups.
    """
    days = rates.frame["at_days"].iloc[0] if at_days is None else at_days
    frame = rates.frame[rates.frame["at_days"] == days]
    if frame.empty:
        raise ValueError(f"The rates have no window of {days:g} days.")
    if len(frame) > MOST_GROUPS:
        raise ValueError(f"An icon array shows up to {MOST_GROUPS} groups, not {len(frame)}.")
    words = merged_labels(rates, labels)
    panels = [_panel(row, rates, words) for row in frame.to_dict("records")]
    given = (WIDTH_IN - 2 * PAD_IN) * POINTS_PER_INCH if ax is None else area_points(ax)[0]
    wide = (given - 2 - (len(panels) - 1) * _GAP_PT) / len(panels)
    texts = [wrap(_panel_text(panel, rates), wide, size=TEXT_PT) for panel in panels]
    head = max(text_height(text, TEXT_PT) for text in texts) + 6
    total = head + _SIDE * _STEP_PT
    with sheet(ax, (rates,), height=total / POINTS_PER_INCH) as axes:
        axes.set_axis_off()
        axes.set_xlim(-1, given - 1)
        axes.set_ylim(total, 0)
        for i, (panel, text) in enumerate(zip(panels, texts, strict=True)):
            left = i * (wide + _GAP_PT)
            _write(axes, text, (left, 0.0), gid=f"rj/label/{panel.key}")
            _draw_people(axes, panel, left=left, top=head)
        attach(axes, _drawing(rates, panels, frame, days=float(days)))
    return axes


def _panel(row: Mapping[Any, Any], rates: FixedWindowRates, words: Mapping[str, str]) -> Panel:
    key = str(row[rates.by]) if rates.by else "all"
    if pd.isna(row["estimate"]):
        return Panel(key, display(key, words), None, 0, 0, row)
    about, low, high = (_whole(row[c]) for c in ("estimate", "conf_low", "conf_high"))
    return Panel(key, display(key, words), about, low, high, row)


def _whole(share: float) -> int:
    """Return a share as whole people of 100: the percentage shown, halves rounded up."""
    shown = Decimal(f"{100 * share:.1f}")
    return int(shown.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _panel_text(panel: Panel, rates: FixedWindowRates) -> str:
    people = (
        ""
        if pd.isna(panel.row["n_mature"])
        else f", n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{count(panel.row['n_mature'])}"
    )
    if panel.about is None:
        return f"{panel.name}: {hidden_text(panel.row)}{people}"
    text = phrase(
        "{group}: about {about} of 100 ({level} CI {low} to {high})",
        group=panel.name,
        about=panel.about,
        level=level_text(rates.conf_level),
        low=panel.low,
        high=panel.high,
    )
    return text + people


def _write(axes: Axes, text: str, at: tuple[float, float], *, gid: str) -> None:
    axes.text(
        *at, text, va="top", ha="left", fontsize=TEXT_PT, color=INK, linespacing=1.15, gid=gid
    )


def _draw_people(axes: Axes, panel: Panel, *, left: float, top: float) -> None:
    if panel.about is None:
        return
    order = np.arange(100)
    x = left + (order % _SIDE) * _STEP_PT + _STEP_PT / 2
    y = top + (order // _SIDE) * _STEP_PT + _STEP_PT / 2
    filled, ringed = order < panel.about, (order >= panel.about) & (order < panel.high)
    colour = SERIES[0].colour
    for name, chosen, face, edge, width in (
        ("filled", filled, colour, colour, 0.8),
        ("ringed", ringed, PAPER, colour, 1.3),
        ("faint", ~filled & ~ringed, "#e6e6e6", "#e6e6e6", 0.8),
    ):
        axes.scatter(
            x[chosen],
            y[chosen],
            s=_DOT_PT**2,
            facecolor=face,
            edgecolor=edge,
            linewidth=width,
            clip_on=False,
            gid=f"rj/icons/{panel.key}/{name}",
        )


def _drawing(
    rates: FixedWindowRates, panels: list[Panel], frame: pd.DataFrame, *, days: float
) -> Drawing:
    event = with_article(rates.definition.event_text if rates.definition else "event")
    window = day_text(days)
    return Drawing(
        title=phrase(
            "Of every 100 people, about how many had {event} within {window}",
            event=event,
            window=window,
        ),
        subtitle=phrase("Filled: the estimate. Rings: up to the upper limit of the interval"),
        alt=joined(
            (
                phrase(
                    "Icon array of 100 people per group, with {event} within {window}.",
                    event=event,
                    window=window,
                ),
                *(f"{_panel_text(panel, rates)}." for panel in panels),
            )
        ),
        caption=joined(
            (
                phrase(
                    "People who could be followed for the whole window, in whole people of 100; "
                    "{level} Wilson confidence intervals.",
                    level=level_text(rates.conf_level),
                ),
                closing_notes(rates),
            )
        ),
        data=frame.copy(),
        for_release=for_release(rates),
    )
