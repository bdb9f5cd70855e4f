"""Rows of points with intervals: what forest, contrast, sensitivity and change figures share.

A row has a label on the left, one or more points on a common axis, and their numbers in words
on the right.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from rjeval.figures.forest_axis import Scale, axis_limits, draw_axis
from rjeval.figures.placing import (
    POINTS_PER_INCH,
    key_columns,
    row_by_row,
    text_height,
    wrap,
)
from rjeval.figures.style import INK, QUIET, RULE, TEXT_PT, SeriesStyle, series_style

LABEL_PT = 150.0
_VALUE_PT = 130.0
_ROW_GAP_PT = 9.0
_POINT_PT = 15.0
_BAR_PT = 11.0
_KEY_PT = 250.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One estimate of a row; NaN where it is hidden, and then ``text`` says so."""

    estimate: float
    low: float = float("nan")
    high: float = float("nan")
    text: str = ""
    series: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row; a heading where it has no points."""

    key: str
    label: str
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    entry: Entry
    label: str
    middle: float
    height: float


def forest_height(entries: Sequence[Entry]) -> float:
    """Return the height that the rows need, in inches."""
    places = _places(entries)
    total = places[-1].middle + places[-1].height / 2 if places else POINTS_PER_INCH
    return total / POINTS_PER_INCH


def draw_forest(
    axes: Axes, entries: Sequence[Entry], scale: Scale, *, names: Sequence[str] = ()
) -> None:
    """Draw the rows.

    Parameters
    ----------
    names : sequence of str
        Names of the series, in order; one name or none needs no key.
    """
    places = _places(entries)
    count = max(1, len(names))
    values = [v for e in entries for p in e.points for v in (p.estimate, p.low, p.high)]
    limits = axis_limits(values, scale)
    draw_axis(axes, scale, limits=limits, total=forest_height(entries) * POINTS_PER_INCH)
    for place in places:
        _draw_label(axes, place, heading=not place.entry.points)
        for i, point in enumerate(place.entry.points):
            dodge = i - (len(place.entry.points) - 1) / 2
            y = place.middle + dodge * _POINT_PT
            key = f"{place.entry.key}/{point.series}"
            look = series_style(point.series, count)
            _draw_value(axes, point, y, colour=look.colour if count > 1 else INK, key=key)
            if np.isfinite(point.estimate):
                _draw_point(axes, point, y, look=look, limits=limits, key=key, bars=scale.bars)
    for above, place in itertools.pairwise(places):
        if above.entry.points:
            y = place.middle - place.height / 2
            axes.axhline(y, color=RULE, linewidth=0.6, zorder=0.4)
    if count > 1:
        _draw_key(axes, names, bars=scale.bars)


def _places(entries: Sequence[Entry]) -> list[_Place]:
    places: list[_Place] = []
    top = 0.0
    for entry in entries:
        weight, width = ("normal", LABEL_PT) if entry.points else ("bold", 2 * LABEL_PT)
        lines = [wrap(line, width, size=TEXT_PT, weight=weight) for line in entry.label.split("\n")]
        label = "\n".join(lines)
        values = [wrap(point.text, _VALUE_PT, size=TEXT_PT) for point in entry.points]
        tall = sum(max(_POINT_PT, text_height(value, TEXT_PT)) for value in values)
        height = max(text_height(label, TEXT_PT), tall) + _ROW_GAP_PT
        places.append(_Place(entry, label, top + height / 2, height))
        top += height
    return places


def _draw_label(axes: Axes, place: _Place, *, heading: bool) -> None:
    axes.annotate(
        place.label,
        xy=(0.0, place.middle),
        xycoords=axes.get_yaxis_transform(),
        xytext=(0 if heading else -10, 0),
        textcoords="offset points",
        va="center",
        ha="left" if heading else "right",
        multialignment="left" if heading else "right",
        fontsize=TEXT_PT,
        fontweight="bold" if heading else "normal",
        linespacing=1.15,
        gid=f"rj/term/{place.entry.key}",
    )


def _draw_value(axes: Axes, point: Point, y: float, *, colour: str, key: str) -> None:
    axes.annotate(
        wrap(point.text, _VALUE_PT, size=TEXT_PT),
        xy=(1.0, y),
        xycoords=axes.get_yaxis_transform(),
        xytext=(10, 0),
        textcoords="offset points",
        va="center",
        fontsize=TEXT_PT,
        color=colour,
        linespacing=1.15,
        gid=f"rj/value/{key}",
    )


def _draw_point(
    axes: Axes,
    point: Point,
    y: float,
    *,
    look: SeriesStyle,
    limits: tuple[float, float],
    key: str,
    bars: bool,
) -> None:
    """Draw a point and its interval; an end beyond the axis becomes an arrow at its edge."""
    colour = look.colour
    if bars:
        axes.barh(
            y,
            point.estimate,
            height=_BAR_PT,
            color=colour,
            hatch=look.hatch,
            edgecolor="white",
            linewidth=0.5,
            zorder=2,
            gid=f"rj/bars/{key}",
        )
        colour = INK
    low, high = max(point.low, limits[0]), min(point.high, limits[1])
    if np.isfinite(point.low) and np.isfinite(point.high):
        line = axes.plot([low, high], [y, y], color=colour, zorder=3, gid=f"rj/interval/{key}")
        line[0].set_linewidth(1.4 if bars else 1.6)
        if bars:
            line[0].set_path_effects([withStroke(linewidth=2.8, foreground="white")])
        for end, beyond, arrow in (
            (limits[0], point.low < limits[0], "<"),
            (limits[1], point.high > limits[1], ">"),
        ):
            if beyond:
                axes.plot([end], [y], arrow, color=colour, markersize=6, clip_on=False, zorder=3)
    if not bars:
        x = min(max(point.estimate, limits[0]), limits[1])
        dot = axes.plot([x], [y], look.marker, color=colour, zorder=4, gid=f"rj/point/{key}")
        dot[0].set_markersize(6.5)


def _draw_key(axes: Axes, names: Sequence[str], *, bars: bool) -> None:
    handles: list[Artist] = []
    for i, name in enumerate(names):
        look = series_style(i, len(names))
        text = wrap(name, _KEY_PT, size=TEXT_PT)
        if bars:
            handles.append(
                Patch(facecolor=look.colour, hatch=look.hatch, edgecolor="white", label=text)
            )
        else:
            handles += axes.plot([], [], look.marker, color=look.colour, label=text)
    columns = key_columns(names, size=TEXT_PT, width=_KEY_PT + 30)
    key = axes.legend(
        handles=row_by_row(handles, columns),
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        frameon=False,
        fontsize=TEXT_PT,
        borderpad=0.2,
        ncols=columns,
    )
    key.set_gid("rj/key")


def shade_interval(axes: Axes, point: Point) -> None:
    """Shade the interval of one point over all rows, as a yardstick for the others."""
    if not (np.isfinite(point.low) and np.isfinite(point.high)):
        return
    low, high = axes.get_xlim()
    axes.axvspan(
        max(point.low, low), min(point.high, high), color="#eaf0f6", zorder=0.2, gid="rj/primary"
    )


def join_points(axes: Axes, entries: Sequence[Entry]) -> None:
    """Join the first and the last point of each row by a thin line."""
    for place in _places(entries):
        points = [p for p in place.entry.points if np.isfinite(p.estimate)]
        if len(points) < 2 or len(points) != len(place.entry.points):
            continue
        half = (len(points) - 1) / 2 * _POINT_PT
        axes.plot(
            [points[0].estimate, points[-1].estimate],
            [place.middle - half, place.middle + half],
            color=QUIET,
            linewidth=0.9,
            zorder=2,
            gid=f"rj/join/{place.entry.key}",
        )
