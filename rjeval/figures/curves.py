"""Survival and incidence curves: interval bands, labels at line ends, numbers at risk beneath."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.text import OffsetFrom
from matplotlib.ticker import FuncFormatter, MaxNLocator

from rjeval.figures.curve_words import NEAR_DAYS, curve_drawing, since_text, with_differences
from rjeval.figures.drawing import attach
from rjeval.figures.placing import spread, text_height, wrap
from rjeval.figures.risk_table import at_risk, draw_risk_table
from rjeval.figures.sheet import area_points, sheet
from rjeval.figures.style import TEXT_PT, SeriesStyle, series_style
from rjeval.figures.timeline import day_text, draw_time_axis
from rjeval.figures.wording import display, merged_labels, share_digits, share_with_interval
from rjeval.results import Contrast, Curves

_HEIGHT_IN = 2.7
_LABEL_PT = 118.0
_NAME_PT = 92.0
_LABEL_GAP_PT = 14.0
_HANG_PT = 12.0


@dataclass(frozen=True, slots=True)
class Series:
    """One curve as it is drawn: its rows, turned to incidence where that was asked for."""

    key: str
    name: str
    style: SeriesStyle
    rows: pd.DataFrame


def plot_survival(
    curves: Curves,
    *,
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
    risk_table: bool = True,
    cumulative: bool = False,
    contrast: Contrast | None = None,
) -> Axes:
    """Draw the share of people without the event over follow-up.

    Parameters
    ----------
    curves : Curves
        From :func:`rjeval.kaplan_meier`. A released result is drawn as markers on its grid
        days, joined by straight guide lines; an unreleased one as steps, marked not for release.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in.
    labels : mapping, optional
        Labels for groups, over those of the study.
    risk_table : bool
        Print numbers at risk under the axis.
    cumulative : bool
        Draw the share *with* the event (one minus survival) instead.
    contrast : Contrast, optional
        From :func:`rjeval.risk_difference` on the same definition: its differences are printed
        above the curves, with their intervals.

    Returns
    -------
    Axes
        Shows itself in a notebook; :func:`rjeval.figures.drawing.describe_axes` gives alternative
        text and caption.

    Raises
    ------
    DisclosureError
        Inside a report, where the curves have not been released.
    ValueError
        For curves of another kind, more than six of them, or a contrast of another definition.

    Notes
    -----
    Pointwise intervals, on the scale named in the caption. The y axis spans 0 to 100 % for
    survival and starts at 0 for incidence. Nothing is estimated here.
    """
    _require(curves, ("survival",), "plot_survival")
    _require_same_definition(curves, contrast)
    return _plot(
        curves, contrast, ax=ax, labels=labels, risk_table=risk_table, cumulative=cumulative
    )


def plot_incidence(
    curves: Curves,
    *,
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
    risk_table: bool = True,
    contrast: Contrast | None = None,
) -> Axes:
    """Draw the share of people with the event over follow-up.

    Parameters
    ----------
    curves : Curves
        From :func:`rjeval.cumulative_incidence`, which accounts for competing events, or from
        :func:`rjeval.kaplan_meier`; then one minus survival is drawn and the caption says so.
    ax, labels, risk_table, contrast
        As in :func:`plot_survival`.

    Returns
    -------
    Axes
    """
    _require(curves, ("survival", "cumulative_incidence"), "plot_incidence")
    _require_same_definition(curves, contrast)
    return _plot(curves, contrast, ax=ax, labels=labels, risk_table=risk_table, cumulative=True)


def _require(curves: Curves, kinds: tuple[str, ...], function: str) -> None:
    if curves.kind not in kinds:
        raise ValueError(f"{function} draws {' or '.join(kinds)} curves, not {curves.kind}.")


def _require_same_definition(curves: Curves, contrast: Contrast | None) -> None:
    if contrast is not None and contrast.definition != curves.definition:
        raise ValueError(
            "Curves and contrast rest on different definitions of reoffending; "
            "they cannot stand in one figure."
        )


def _plot(
    curves: Curves,
    contrast: Contrast | None,
    *,
    ax: Axes | None,
    labels: Mapping[str, str] | None,
    risk_table: bool,
    cumulative: bool,
) -> Axes:
    words = merged_labels(curves, labels)
    on_grid = curves.released is not None and curves.released.profile != "internal"
    results = (curves,) if contrast is None else (curves, contrast)
    with sheet(ax, results, height=_HEIGHT_IN) as axes:
        series = _series(curves, words, cumulative=cumulative)
        for one in series:
            _draw_curve(axes, one, on_grid=on_grid)
        days, unit = draw_time_axis(axes, curves)
        axes.set_xlabel(since_text(curves, unit), gid="rj/xlabel")
        _draw_value_axis(axes, series, cumulative=cumulative)
        _label_ends(axes, series, curves)
        if risk_table:
            names = [(s.key, wrap(s.name, _NAME_PT, size=TEXT_PT), s.style.colour) for s in series]
            counts = [at_risk(s.rows, days, on_grid=on_grid) for s in series]
            draw_risk_table(axes, names, counts, days=days)
        rows = {s.name: s.rows for s in series}
        drawing = curve_drawing(curves, rows, words=words, cumulative=cumulative, on_grid=on_grid)
        if contrast is not None:
            drawing = with_differences(drawing, curves, contrast, words=words)
        attach(axes, drawing)
    return axes


def _series(curves: Curves, words: Mapping[str, str], *, cumulative: bool) -> list[Series]:
    frame = curves.frame
    if curves.by:
        keys = [str(key) for key in curves.groups["group"]]
        blocks = [frame[frame[curves.by].astype(str) == key] for key in keys]
        names = [display(key, words) for key in keys]
    else:
        keys, blocks, names = ["all"], [frame], ["Everyone"]
    flip = cumulative and curves.kind == "survival"
    return [
        Series(key, name, series_style(i, len(keys)), _shown(block, flip=flip))
        for i, (key, name, block) in enumerate(zip(keys, names, blocks, strict=True))
    ]


def _shown(block: pd.DataFrame, *, flip: bool) -> pd.DataFrame:
    rows = block.reset_index(drop=True).copy()
    if flip:
        low, high = 1 - rows["conf_high"], 1 - rows["conf_low"]
        rows = rows.assign(estimate=1 - rows["estimate"], conf_low=low, conf_high=high)
    return rows


def _draw_curve(axes: Axes, series: Series, *, on_grid: bool) -> None:
    rows = series.rows[series.rows["estimate"].notna()]
    look, days = series.style, rows["time_days"].to_numpy(dtype=float)
    low, high = rows["conf_low"].to_numpy(dtype=float), rows["conf_high"].to_numpy(dtype=float)
    axes.fill_between(
        days,
        low,
        high,
        step=None if on_grid else "post",
        facecolor=to_rgba(look.colour, 0.13),
        edgecolor=to_rgba(look.colour, 0.55),
        linewidth=0.5,
        gid=f"rj/band/{series.key}",
        zorder=1.5,
    )
    axes.plot(
        days,
        rows["estimate"].to_numpy(dtype=float),
        drawstyle="default" if on_grid else "steps-post",
        color=look.colour,
        linestyle=look.line,
        linewidth=1.2 if on_grid else 1.8,
        marker=look.marker if on_grid else "",
        markersize=5,
        gid=f"rj/line/{series.key}",
        zorder=3,
        clip_on=False,
    )


def _draw_value_axis(axes: Axes, series: list[Series], *, cumulative: bool) -> None:
    top = 1.0
    if cumulative:
        highest = np.nanmax([0.05, *(v for s in series for v in _bounds(s.rows))])
        top = min(1.0, float(np.ceil(highest * 1.04 * 20) / 20))
    axes.set_ylim(0, top)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{100 * v:g}%"))
    axes.grid(axis="y", gid="rj/grid")


def _bounds(rows: pd.DataFrame) -> list[float]:
    values = rows[["estimate", "conf_high"]].to_numpy(dtype=float).ravel()
    return [float(v) for v in values if np.isfinite(v)]


def _label_ends(axes: Axes, series: list[Series], curves: Curves) -> None:
    """Write name, last value and interval beside each line's end, joined by a thin leader."""
    height, top = area_points(axes)[1], axes.get_ylim()[1]
    ends = [_end(one.rows) for one in series]
    texts = [_end_text(one, end, curves) for one, end in zip(series, ends, strict=True)]
    wanted = [(end[1] / top if end else 0.0) * height for end in ends]
    tall = [text_height(text, TEXT_PT) + 3 for text in texts]
    places = spread(wanted, tall, low=-_HANG_PT, high=height)
    for one, end, text, at in zip(series, ends, texts, places, strict=True):
        leader = {
            "arrowstyle": "-",
            "color": one.style.colour,
            "linewidth": 0.7,
            "linestyle": (0, (1, 1.5)),
            "relpos": (0, 0.5),
            "shrinkA": 1,
            "shrinkB": 3,
        }
        axes.annotate(
            text,
            xy=end or (0, 0),
            xytext=(_LABEL_GAP_PT, at - height / 2),
            textcoords=OffsetFrom(axes.patch, (1.0, 0.5), unit="points"),
            annotation_clip=False,
            arrowprops=leader if end else None,
            va="center",
            ha="left",
            fontsize=TEXT_PT,
            color=one.style.colour,
            linespacing=1.15,
            gid=f"rj/label/{one.key}",
        )


def _end(rows: pd.DataFrame) -> tuple[float, float] | None:
    """Return the last shown day and value of a curve, ``None`` where all is hidden."""
    shown = rows[rows["estimate"].notna()]
    if shown.empty:
        return None
    return float(shown["time_days"].iloc[-1]), float(shown["estimate"].iloc[-1])


def _end_text(series: Series, end: tuple[float, float] | None, curves: Curves) -> str:
    name = wrap(series.name, _LABEL_PT, size=TEXT_PT)
    rows = series.rows if end is None else series.rows[series.rows["estimate"].notna()]
    if rows.empty:
        return f"{name}\nnobody at risk"
    value = share_with_interval(
        rows.iloc[-1].to_dict(), curves.conf_level, digits=share_digits(curves.frame), short=True
    )
    early = end is not None and end[0] < curves.horizon_days - NEAR_DAYS
    place = f"\nat {day_text(end[0], unit=curves.unit)}" if end and early else ""
    return f"{name}\n{wrap(value, _LABEL_PT, size=TEXT_PT)}{place}"
