"""Bars of counts: by category, or by quarter as columns in time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter, StrMethodFormatter

from rjeval.figures.count_words import TOTALS, counts_drawing, value_text
from rjeval.figures.drawing import attach
from rjeval.figures.placing import POINTS_PER_INCH, text_height, text_width, wrap
from rjeval.figures.sheet import area_points, sheet
from rjeval.figures.style import SMALL_PT, TEXT_PT, series_style
from rjeval.figures.wording import display, merged_labels
from rjeval.results import CountTable

_TIME = re.compile(r"^(\d{4})[-\s]?(?:Q([1-4])|(\d{2}))?$")
_UNDATED = "not_recorded"
_COLUMN_HEIGHT_IN = 2.3
_BAR_PT = 14.0
_GAP_PT = 9.0
_NAME_PT = 150.0


@dataclass(frozen=True, slots=True)
class Cells:
    """Counts as they are drawn: one row per category, one column per series; NaN is hidden."""

    categories: list[str]
    series: list[str]
    values: np.ndarray
    texts: list[list[str]]


def plot_counts(
    counts: CountTable,
    *,
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
    share: bool = False,
) -> Axes:
    """Draw counts as bars: columns in time for quarters, months or years, else horizontal bars.

    Parameters
    ----------
    counts : CountTable
        One dimension, or two: then the second one makes side-by-side bars. Rows of totals are
        not drawn.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in.
    labels : mapping, optional
        Labels for categories, over those of the study.
    share : bool
        Draw the column ``share`` instead of the counts.

    Returns
    -------
    Axes
        Bars from zero. A suppressed cell has no bar, and says so in its place.

    Raises
    ------
    DisclosureError
        Inside a report, where the counts have not been released.
    ValueError
        For three dimensions or more, or for ``share`` of a table that has none.
    """
    if len(counts.dimensions) not in (1, 2):
        raise ValueError(f"plot_counts draws one or two dimensions, not {len(counts.dimensions)}.")
    if share and "share" not in counts.frame.columns:
        raise ValueError("This table of counts has no shares; draw the counts.")
    words = merged_labels(counts, labels)
    cells = _cells(counts, words, share=share)
    timed = _is_time(cells.categories)
    names = [wrap(display(c, words), _NAME_PT, size=TEXT_PT) for c in cells.categories]
    heights = [
        max(_BAR_PT * max(1, len(cells.series)), text_height(name, TEXT_PT)) + _GAP_PT
        for name in names
    ]
    height = _COLUMN_HEIGHT_IN if timed else max(sum(heights), 20.0) / POINTS_PER_INCH
    with sheet(ax, (counts,), height=height) as axes:
        if timed:
            _draw_columns(axes, cells)
        else:
            _draw_bars(axes, cells, names, heights)
        _draw_value_axis(axes, counts, timed=timed, share=share)
        if len(cells.series) > 1:
            _draw_key(axes)
        attach(axes, counts_drawing(counts, words, share=share))
    return axes


def _cells(counts: CountTable, words: Mapping[str, str], *, share: bool) -> Cells:
    frame, first = counts.frame, counts.dimensions[0]
    second = counts.dimensions[1] if len(counts.dimensions) == 2 else None
    for name in counts.dimensions:
        frame = frame[~frame[name].astype(str).str.strip().str.lower().isin(list(TOTALS))]
    keys = list(dict.fromkeys(frame[first].astype(str)))
    groups = list(dict.fromkeys(frame[second].astype(str))) if second else [""]
    if _is_time(keys):
        keys.sort(key=lambda key: (key == _UNDATED, key))
    values = np.full((len(keys), len(groups)), np.nan)
    texts = [["" for _ in groups] for _ in keys]
    for row in frame.to_dict("records"):
        i, j = keys.index(str(row[first])), groups.index(str(row[second])) if second else 0
        values[i, j] = row["share" if share else "n"]
        texts[i][j] = value_text(row, share=share)
    return Cells(keys, [display(g, words) if second else "" for g in groups], values, texts)


def _is_time(keys: list[str]) -> bool:
    dated = [key for key in keys if key != _UNDATED]
    return bool(dated) and all(_TIME.match(key) for key in dated)


def _draw_columns(axes: Axes, cells: Cells) -> None:
    places, k = np.arange(len(cells.categories)), len(cells.series)
    wide = 0.8 / k
    axes.set_xlim(-0.6, len(places) - 0.4)
    room = area_points(axes)[0] / (len(places) + 0.2) * wide * 1.1
    shown = np.isfinite(cells.values)
    texts = [
        t
        for row, is_shown in zip(cells.texts, shown, strict=True)
        for t, s in zip(row, is_shown, strict=True)
        if s
    ]
    longest = max((text_width(text, SMALL_PT) for text in texts), default=0.0)
    for j, name in enumerate(cells.series):
        look = series_style(j, k)
        at = places + (j - (k - 1) / 2) * wide
        axes.bar(
            at,
            cells.values[:, j],
            width=wide * 0.94,
            color=look.colour,
            hatch=look.hatch,
            edgecolor="white",
            linewidth=0.5,
            label=name,
            gid=f"rj/bars/{j}",
        )
        for i, x in enumerate(at):
            hidden = not shown[i, j]
            text = "–" if hidden and cells.texts[i][j] else cells.texts[i][j]
            if hidden or longest <= room:
                _number(axes, text, (x, 0.0 if hidden else cells.values[i, j]), gid=f"{i}/{j}")
    _time_ticks(axes, cells.categories)


def _number(axes: Axes, text: str, at: tuple[float, float], *, gid: str) -> None:
    axes.annotate(
        text,
        xy=at,
        xytext=(0, 2.5),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=SMALL_PT,
        gid=f"rj/value/{gid}",
    )


def _time_ticks(axes: Axes, keys: list[str]) -> None:
    """Label quarters, with the year under the first one of each year."""
    texts, last = [], ""
    for key in keys:
        found = _TIME.match(key)
        year, quarter, month = found.groups() if found else ("no\ndate", None, None)
        part = f"Q{quarter}" if quarter else month or year
        texts.append(f"{part}\n{year}" if part != year and year != last else part)
        last = year
    step = 1 if len(keys) <= 20 else int(np.ceil(len(keys) / 20))
    axes.set_xticks(range(0, len(keys), step), texts[::step])
    axes.tick_params(axis="x", length=0)


def _draw_bars(axes: Axes, cells: Cells, names: list[str], heights: list[float]) -> None:
    k, total = len(cells.series), sum(heights)
    middles = np.cumsum(heights) - np.array(heights) / 2
    axes.set_ylim(total or 1.0, 0)
    axes.set_yticks(middles, names)
    axes.tick_params(axis="y", length=0)
    for label in axes.get_yticklabels():
        label.set_fontsize(TEXT_PT)
        label.set_linespacing(1.15)
    for j, name in enumerate(cells.series):
        look = series_style(j, k)
        at = middles + (j - (k - 1) / 2) * _BAR_PT
        axes.barh(
            at,
            cells.values[:, j],
            height=_BAR_PT - 1.5,
            color=look.colour,
            hatch=look.hatch,
            edgecolor="white",
            linewidth=0.5,
            label=name,
            gid=f"rj/bars/{j}",
        )
        for i, y in enumerate(at):
            value = cells.values[i, j]
            axes.annotate(
                cells.texts[i][j],
                xy=(value if np.isfinite(value) else 0.0, y),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=SMALL_PT,
                gid=f"rj/value/{i}/{j}",
            )


def _draw_value_axis(axes: Axes, counts: CountTable, *, timed: bool, share: bool) -> None:
    axis = axes.yaxis if timed else axes.xaxis
    highest = axes.get_ylim()[1] if timed else axes.get_xlim()[1]
    (axes.set_ylim if timed else axes.set_xlim)(0, highest * (1.04 if timed else 1.0))
    axis.set_major_locator(MaxNLocator(nbins=5, integer=not share, steps=[1, 2, 5, 10]))
    formatter = PercentFormatter(xmax=1.0, decimals=0) if share else StrMethodFormatter("{x:,.0f}")
    axis.set_major_formatter(formatter)
    axes.grid(axis="y" if timed else "x", gid="rj/grid")
    what = counts.what[:1].upper() + counts.what[1:]
    text = f"Share of {counts.denominator}" if share else what
    (axes.set_ylabel if timed else axes.set_xlabel)(text, gid="rj/value-axis")


def _draw_key(axes: Axes) -> None:
    key = axes.legend(
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=3,
        frameon=False,
        fontsize=TEXT_PT,
        borderpad=0.2,
    )
    key.set_gid("rj/key")
