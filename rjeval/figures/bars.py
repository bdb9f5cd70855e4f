"""Bars side by side, horizontal or as columns in time; a hidden cell says so in its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter, StrMethodFormatter

from rjeval.figures.placing import (
    POINTS_PER_INCH,
    key_columns,
    row_by_row,
    text_height,
    text_width,
    wrap,
)
from rjeval.figures.sheet import area_points
from rjeval.figures.style import SMALL_PT, TEXT_PT, series_style
from rjeval.language import phrase

_TIME = re.compile(r"^(?:(before|after) )?(\d{4})[-\s]?(?:Q([1-4])|(\d{2}))?$")
_COLUMN_HEIGHT_IN = 2.3
_BAR_PT = 14.0
_GAP_PT = 9.0
_NAME_PT = 150.0
_KEY_PT = 280.0
_MANY_COLUMNS = 16
#: Category of the rows that have no date; it is drawn after the dated ones.
UNDATED = "not_recorded"


@dataclass(frozen=True, slots=True)
class Cells:
    """What is drawn: one row per category, one column per series; NaN is hidden.

    ``keys`` are the categories as they are, ``names`` as people read them.
    """

    keys: list[str]
    names: list[str]
    series: list[str]
    values: np.ndarray
    texts: list[list[str]]


def is_time(keys: list[str]) -> bool:
    """Return whether the categories are years, quarters or months.

    Examples
    --------
    >>> is_time(["2023 Q4", "2024 Q1"]), is_time(["in_person", "video"])
    (True, False)
    """
    dated = [key for key in keys if key != UNDATED]
    return bool(dated) and all(_TIME.match(key) for key in dated)


def bars_height(cells: Cells) -> float:
    """Return the height that the bars need, in inches."""
    if is_time(cells.keys):
        return _COLUMN_HEIGHT_IN
    return max(sum(_rows(cells)[1]), 20.0) / POINTS_PER_INCH


def draw_cells(axes: Axes, cells: Cells, *, what: str, share: bool = False) -> None:
    """Draw the cells, their axis from zero and, for several series, their key."""
    if not cells.keys:
        _draw_nothing(axes)
        return
    timed = is_time(cells.keys)
    if timed:
        draw_columns(axes, cells)
    else:
        draw_bars(axes, cells)
    _draw_value_axis(axes, what, timed=timed, share=share)
    if len(cells.series) > 1:
        draw_bar_key(axes, cells.series)


def _draw_nothing(axes: Axes) -> None:
    axes.set_axis_off()
    axes.set_ylim(0, 1)
    axes.text(0, 0.5, phrase("None."), fontsize=TEXT_PT, va="center", gid="rj/nothing")


def _rows(cells: Cells) -> tuple[list[str], list[float]]:
    """Return the wrapped names of the categories and the height of each one's row, in points."""
    names = [wrap(name, _NAME_PT, size=TEXT_PT) for name in cells.names]
    bars = _BAR_PT * max(1, len(cells.series))
    return names, [max(bars, text_height(name, TEXT_PT)) + _GAP_PT for name in names]


def draw_columns(axes: Axes, cells: Cells) -> None:
    """Draw columns in time; their numbers stand above them where there is room."""
    places, k = np.arange(len(cells.keys)), len(cells.series)
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
            label=wrap(name, _KEY_PT - 40, size=TEXT_PT),
            gid=f"rj/bars/{j}",
        )
        for i, x in enumerate(at):
            hidden = not shown[i, j]
            text = "–" if hidden and cells.texts[i][j] else cells.texts[i][j]
            if hidden or longest <= room:
                _number(axes, text, (x, 0.0 if hidden else cells.values[i, j]), gid=f"{i}/{j}")
    _time_ticks(axes, cells.keys)


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
    """Label quarters, with the year under the first one of each year; years alone where many."""
    many = len(keys) > _MANY_COLUMNS
    texts, last = [], ""
    for key in keys:
        found = _TIME.match(key)
        edge, year, quarter, month = found.groups() if found else ("", "", None, None)
        part = phrase("Q{quarter}", quarter=quarter) if quarter else month or ""
        if not found:
            texts.append(
                "\n\n" + phrase("no date") if many else phrase("no date").replace(" ", "\n")
            )
        elif edge:
            word = phrase("before" if edge == "before" else "after")
            texts.append(f"\n{word}" if many else f"{word}\n{f'{part} {year}'.strip()}")
        elif many or not part:
            texts.append(year if year != last else "")
        else:
            texts.append(f"{part}\n{year}" if year != last else part)
        last = "" if edge else year
    shown = [(place, text) for place, text in enumerate(texts) if text]
    axes.set_xticks([place for place, _ in shown], [text for _, text in shown])
    axes.tick_params(axis="x", length=0)


def draw_bars(axes: Axes, cells: Cells) -> None:
    """Draw horizontal bars side by side, each with its number at its end."""
    names, heights = _rows(cells)
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
            label=wrap(name, _KEY_PT - 40, size=TEXT_PT),
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


def draw_bar_key(axes: Axes, names: list[str]) -> None:
    """Name the series above the bars."""
    columns = key_columns(names, size=TEXT_PT, width=_KEY_PT)
    handles, labels = axes.get_legend_handles_labels()
    key = axes.legend(
        row_by_row(handles, columns),
        row_by_row(labels, columns),
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=columns,
        frameon=False,
        fontsize=TEXT_PT,
        borderpad=0.2,
    )
    key.set_gid("rj/key")


def _draw_value_axis(axes: Axes, what: str, *, timed: bool, share: bool) -> None:
    axis = axes.yaxis if timed else axes.xaxis
    highest = axes.get_ylim()[1] if timed else axes.get_xlim()[1]
    (axes.set_ylim if timed else axes.set_xlim)(0, highest * (1.04 if timed else 1.0))
    axis.set_major_locator(MaxNLocator(nbins=5, integer=not share, steps=[1, 2, 5, 10]))
    formatter = PercentFormatter(xmax=1.0, decimals=0) if share else StrMethodFormatter("{x:,.0f}")
    axis.set_major_formatter(formatter)
    axes.grid(axis="y" if timed else "x", gid="rj/grid")
    (axes.set_ylabel if timed else axes.set_xlabel)(what, gid="rj/value-axis")
