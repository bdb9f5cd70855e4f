"""Shares with intervals, from zero: reoffending inside a window, response to a survey."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from rjeval.figures.drawing import Drawing, attach
from rjeval.figures.forest import Entry, Point, draw_forest, forest_height
from rjeval.figures.forest_axis import Scale
from rjeval.figures.sheet import sheet
from rjeval.figures.timeline import day_text
from rjeval.figures.wording import (
    closing_notes,
    count,
    display,
    for_release,
    joined,
    level_text,
    listed,
    merged_labels,
    share_digits,
    share_with_interval,
    with_article,
)
from rjeval.language import mark, phrase
from rjeval.results import FixedWindowRates, ResponseRates


def plot_rates(
    rates: FixedWindowRates,
    *,
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Draw the share of people with the event inside each window, by group.

    Parameters
    ----------
    rates : FixedWindowRates
        From :func:`rjeval.fixed_window_rates`.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in.
    labels : mapping, optional
        Labels for groups, over those of the study.

    Returns
    -------
    Axes
        One block per window; bars from 0, with Wilson intervals and the counts behind them.

    Raises
    ------
    DisclosureError
        Inside a report, where the rates have not been released.
    """
    words = merged_labels(rates, labels)
    digits = share_digits(rates.frame) if rates.is_released else 1
    entries: list[Entry] = []
    parts: list[str] = []
    for days, block in rates.frame.groupby("at_days", sort=True):
        window = phrase("Within {time}", time=day_text(float(str(days))))
        entries.append(Entry(key=f"{days}", label=window))
        for row in block.to_dict("records"):
            name = display(row[rates.by], words) if rates.by else phrase("Everyone")
            people = _of(row["n_event"], row["n_mature"])
            text = share_with_interval(row, rates.conf_level, digits=digits, short=True)
            key = f"{days}/{row[rates.by] if rates.by else 'all'}"
            entries.append(_entry(row, key=key, label=f"{name}\n{people}", text=text))
            parts.append(f"{window}, {name}: {text}, {people}")
    event = with_article(rates.definition.event_text if rates.definition else "event")
    with sheet(ax, (rates,), height=forest_height(entries)) as axes:
        scale = Scale(
            label=phrase("People with {event}", event=event),
            percent=True,
            from_zero=True,
            bars=True,
        )
        draw_forest(axes, entries, scale)
        drawing = Drawing(
            title=phrase("People with {event}, by window", event=event),
            subtitle=_with_intervals(rates.conf_level),
            alt=joined(
                (
                    phrase("Bars of the share of people with {event}.", event=event),
                    f"{listed(parts)}.",
                )
            ),
            caption=joined(
                (
                    phrase(
                        "People who could be followed for the whole window; {level} Wilson "
                        "confidence intervals.",
                        level=level_text(rates.conf_level),
                    ),
                    closing_notes(rates),
                )
            ),
            data=rates.frame.copy(),
            for_release=for_release(rates),
        )
        attach(axes, drawing)
    return axes


def plot_response(
    response: ResponseRates,
    *,
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Draw who answered of those invited, by role and wave.

    Parameters
    ----------
    response : ResponseRates
        From :func:`rjeval.response_rates`.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in.
    labels : mapping, optional
        Labels for roles, waves and groups, over those of the study.

    Returns
    -------
    Axes
        One block per role; bars from 0 with Wilson intervals.

    Raises
    ------
    DisclosureError
        Inside a report, where the rates have not been released.
    """
    words = {
        **{wave: phrase(text) for wave, text in WAVES.items()},
        **merged_labels(response, labels),
    }
    entries: list[Entry] = []
    parts: list[str] = []
    for role, block in response.frame.groupby("role", sort=False):
        entries.append(Entry(key=str(role), label=display(role, words)))
        for row in block.to_dict("records"):
            names = [display(row["wave"], words)]
            names += [display(row[response.by], words)] if response.by else []
            name = ", ".join(names)
            invited = phrase("{n} invited", n=count(row["n_invited"]))
            text = share_with_interval(row, response.conf_level, short=True)
            key = f"{role}/{row['wave']}/{row.get(response.by, '')}"
            entries.append(_entry(row, key=key, label=f"{name}\n{invited}", text=text))
            parts.append(f"{display(role, words)}, {name}: {text}, {invited}")
    with sheet(ax, (response,), height=forest_height(entries)) as axes:
        scale = Scale(
            label=phrase("Answered, of those invited"), percent=True, from_zero=True, bars=True
        )
        draw_forest(axes, entries, scale)
        drawing = Drawing(
            title=phrase("Who answered, of those invited"),
            subtitle=_with_intervals(response.conf_level),
            alt=joined((phrase("Bars of survey response."), f"{listed(parts)}.")),
            caption=joined(
                (
                    phrase(
                        "Completed or partly completed, of those invited; {level} Wilson "
                        "confidence intervals.",
                        level=level_text(response.conf_level),
                    ),
                    closing_notes(response),
                )
            ),
            data=response.frame.copy(),
            for_release=for_release(response),
        )
        attach(axes, drawing)
    return axes


#: What people read for the waves, where a study has no labels of its own.
WAVES = {
    "pre": mark("Before"),
    "post": mark("After"),
    "followup_1m": mark("1 month after"),
    "followup_6m": mark("6 months after"),
    "followup_12m": mark("12 months after"),
}


def _of(part: float, whole: float) -> str:
    if pd.isna(whole):
        return phrase("counts suppressed")
    if pd.isna(part):
        return phrase("of {n} people", n=count(whole))
    return phrase("{n} of {whole}", n=count(part), whole=count(whole))


def _with_intervals(level: float) -> str:
    return phrase("With {level} confidence intervals", level=level_text(level))


def _entry(row: Mapping[Any, Any], *, key: str, label: str, text: str) -> Entry:
    point = Point(
        estimate=float(row["estimate"]),
        low=float(row["conf_low"]),
        high=float(row["conf_high"]),
        text=text,
    )
    return Entry(key=key, label=label, points=(point,))
