"""Whether one hazard ratio describes the whole follow-up: its smooth over time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.ticker import NullFormatter, NullLocator

from rjeval.figures.curve_words import since_text
from rjeval.figures.drawing import Drawing, attach
from rjeval.figures.estimate_words import number_with_interval
from rjeval.figures.forest_axis import ratio_ticks
from rjeval.figures.sheet import sheet
from rjeval.figures.style import QUIET, TEXT_PT, series_style
from rjeval.figures.term_words import term_text
from rjeval.figures.timeline import day_text, draw_time_axis
from rjeval.figures.wording import (
    closing_notes,
    count,
    for_release,
    joined,
    level_text,
    listed,
    merged_labels,
)
from rjeval.language import phrase
from rjeval.results import HazardsOverTime

HEIGHT_IN = 2.4
#: Hazard ratios beyond this, or below its inverse, are not drawn.
FARTHEST_RATIO = 20.0


def plot_hazards_check(
    hazards: HazardsOverTime,
    *,
    term: str | None = None,
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
    height: float = HEIGHT_IN,
) -> Axes:
    """Draw a hazard ratio over follow-up, beside the constant one that the model assumes.

    Parameters
    ----------
    hazards : HazardsOverTime
        From :func:`rjeval.hazards_over_time`.
    term : str, optional
        Coefficient, such as ``arm[rj]``; else the first.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in.
    labels : mapping, optional
        Labels for variables and levels, over those of the study.
    height : float
        Height of the plotting area in inches.

    Returns
    -------
    Axes
        Ratios on a log axis, with a line at 1 and a dashed one at the model's own ratio.

    Raises
    ------
    DisclosureError
        Inside a report, where the result has not been released.
    ValueError
        The model has no such term, or it is hidden by disclosure control.
    """
    words = merged_labels(hazards, labels)
    wanted = next(iter(hazards.constant), "") if term is None else term
    rows = _ratios(hazards.frame[hazards.frame["term"] == wanted])
    if rows.empty:
        raise ValueError("The model has no such term, or it is hidden.")
    constant = float(np.exp(hazards.constant[wanted]))
    name, against = term_text(wanted, references=hazards.reference_levels, labels=words)
    with sheet(ax, (hazards,), height=height) as axes:
        _draw(axes, rows, constant=constant)
        _, unit = draw_time_axis(axes, hazards)
        axes.set_xlabel(since_text(hazards, unit), gid="rj/xlabel")
        attach(axes, _drawing(hazards, rows, name=joined((name, against)), constant=constant))
    return axes


def _ratios(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the curve as hazard ratios."""
    columns = ["estimate", "conf_low", "conf_high"]
    shown = rows.reset_index(drop=True)[["time_days", *columns]].copy()
    shown[columns] = np.exp(shown[columns].to_numpy(dtype=float))
    return shown


def _draw(axes: Axes, rows: pd.DataFrame, *, constant: float) -> None:
    look = series_style(0, 1)
    days = rows["time_days"].to_numpy(dtype=float)
    ends = [
        np.clip(rows[name].to_numpy(dtype=float), 1 / FARTHEST_RATIO, FARTHEST_RATIO)
        for name in ("conf_low", "conf_high", "estimate")
    ]
    axes.set_yscale("log")
    axes.fill_between(
        days,
        ends[0],
        ends[1],
        facecolor=to_rgba(look.colour, 0.13),
        edgecolor=to_rgba(look.colour, 0.55),
        linewidth=0.5,
        gid="rj/band/hazards",
        zorder=1.5,
    )
    axes.plot(days, ends[2], color=look.colour, linewidth=1.8, gid="rj/line/hazards", zorder=3)
    axes.axhline(1.0, color=QUIET, linewidth=0.9, zorder=1, gid="rj/reference")
    axes.axhline(
        constant, color=look.colour, linewidth=1.2, linestyle=(0, (4, 2)), gid="rj/line/constant"
    )
    axes.annotate(
        phrase("model: {ratio:.2f}", ratio=constant),
        xy=(1, constant),
        xycoords=("axes fraction", "data"),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        fontsize=TEXT_PT,
        color=look.colour,
        annotation_clip=False,
        gid="rj/label/constant",
    )
    low, high = float(min(ends[0].min(), 1.0)), float(max(ends[1].max(), 1.0))
    limits = (low / 1.1, high * 1.1)
    ticks = ratio_ticks(limits)
    axes.set_ylim(*limits)
    axes.set_yticks(ticks, [f"{one:g}" for one in ticks])
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_ylabel(phrase("Hazard ratio (log scale)"), gid="rj/ylabel")
    axes.grid(axis="y", gid="rj/grid")


def _drawing(
    hazards: HazardsOverTime, rows: pd.DataFrame, *, name: str, constant: float
) -> Drawing:
    level = level_text(hazards.conf_level)
    quoted = rows.iloc[sorted({0, len(rows) // 2, len(rows) - 1})].to_dict("records")
    said = [
        f"{day_text(row['time_days'], unit=hazards.unit)} {number_with_interval(row)}"
        for row in quoted
    ]
    data = rows.assign(constant=constant)
    data.insert(0, "term", name)
    return Drawing(
        title=phrase("Hazard ratio over follow-up"),
        subtitle=phrase(
            "{name}, with {level} confidence interval; dashed: one ratio for all of it",
            name=name,
            level=level,
        ),
        alt=joined(
            (
                phrase("Line of the hazard ratio of {name} over follow-up.", name=name),
                phrase("By time: {values}.", values=listed(said)),
                phrase("The model's one ratio is {ratio:.2f}.", ratio=constant),
            )
        ),
        caption=joined(
            (
                phrase(
                    "Smooth of the scaled Schoenfeld residuals of a Cox model of {formula}; "
                    "n = {n}, events {n_event}; pointwise {level} confidence intervals. A band "
                    "that holds the dashed line throughout gives no reason to doubt one ratio for "
                    "the whole follow-up.",
                    formula=hazards.formula,
                    n=count(hazards.n),
                    n_event=count(float("nan") if hazards.n_events is None else hazards.n_events),
                    level=level,
                ),
                closing_notes(hazards),
            )
        ),
        data=data,
        for_release=for_release(hazards),
    )
