"""Lines, bands and end labels of curves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.text import OffsetFrom
from matplotlib.ticker import FuncFormatter, MaxNLocator

from rjeval.figures.curve_words import NEAR_DAYS
from rjeval.figures.placing import spread, text_height, wrap
from rjeval.figures.sheet import area_points
from rjeval.figures.style import TEXT_PT, SeriesStyle, series_style
from rjeval.figures.timeline import day_text
from rjeval.figures.wording import display, share_digits, share_with_interval
from rjeval.language import phrase
from rjeval.results import Curves

_TALL_PT = 140.0
_LABEL_PT = 118.0
_LABEL_GAP_PT = 14.0
_HANG_PT = 12.0


@dataclass(frozen=True, slots=True)
class Series:
    """One curve as it is drawn: its rows, turned to incidence where that was asked for."""

    key: str
    name: str
    style: SeriesStyle
    rows: pd.DataFrame


def curve_series(curves: Curves, words: Mapping[str, str], *, cumulative: bool) -> list[Series]:
    """Return the curves of a result, one per group, in its order."""
    frame = curves.frame
    if curves.by:
        keys = [str(key) for key in curves.groups["group"]]
        blocks = [frame[frame[curves.by].astype(str) == key] for key in keys]
        names = [display(key, words) for key in keys]
    else:
        keys, blocks, names = ["all"], [frame], [phrase("Everyone")]
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


def draw_curve(axes: Axes, series: Series, *, on_grid: bool) -> None:
    """Draw line and interval band: steps, or markers joined by guides on a released grid."""
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


def draw_value_axis(axes: Axes, series: list[Series], *, cumulative: bool) -> None:
    """Draw the y axis from 0, to 100 % for survival and to the highest limit for incidence."""
    top = 1.0
    if cumulative:
        highest = np.nanmax([0.05, *(v for s in series for v in _bounds(s.rows))])
        top = min(1.0, float(np.ceil(highest * 1.04 * 20) / 20))
    axes.set_ylim(0, top)
    axes.yaxis.set_major_locator(
        MaxNLocator(nbins=6 if area_points(axes)[1] > _TALL_PT else 4, steps=[1, 2, 2.5, 5, 10])
    )
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{100 * v:g}%"))
    axes.grid(axis="y", gid="rj/grid")


def _bounds(rows: pd.DataFrame) -> list[float]:
    values = rows[["estimate", "conf_high"]].to_numpy(dtype=float).ravel()
    return [float(v) for v in values if np.isfinite(v)]


def label_ends(axes: Axes, series: list[Series], curves: Curves) -> None:
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
        return f"{name}\n{phrase('nobody at risk')}"
    value = share_with_interval(
        rows.iloc[-1].to_dict(), curves.conf_level, digits=share_digits(curves.frame), short=True
    )
    early = end is not None and end[0] < curves.horizon_days - NEAR_DAYS
    place = ""
    if end and early:
        place = "\n" + phrase("at {time}", time=day_text(end[0], unit=curves.unit))
    return f"{name}\n{wrap(value, _LABEL_PT, size=TEXT_PT)}{place}"
