"""Forest plot: model estimates with their intervals, ratios on a log axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter, NullLocator

from rjeval.figures.drawing import attach
from rjeval.figures.estimate_words import estimates_drawing, number_with_interval, scale_name
from rjeval.figures.placing import POINTS_PER_INCH, text_height, wrap
from rjeval.figures.sheet import sheet
from rjeval.figures.style import QUIET, RULE, SMALL_PT, TEXT_PT, SeriesStyle, series_style
from rjeval.figures.term_words import term_text
from rjeval.figures.wording import SUPPRESSED, merged_labels
from rjeval.results import ModelEstimates

_TERM_PT = 150.0
_ROW_GAP_PT = 9.0
_MODEL_PT = 15.0
_KEY_PT = 250.0
#: Intervals that reach beyond these ratios end in an arrow.
_FARTHEST = 50.0
_TICKS = (
    (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50),
    (0.1, 0.2, 0.25, 0.33, 0.5, 0.67, 1, 1.5, 2, 3, 4, 5),
    (0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.4, 1.6, 1.8, 2),
    (0.9, 0.92, 0.94, 0.96, 0.98, 1, 1.02, 1.04, 1.06, 1.08, 1.1),
)
_DIRECTIONS = {
    "cox": "← less reoffending        more reoffending →",
    "ordinal": "← lower ratings        higher ratings →",
    "linear": "← lower ratings        higher ratings →",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One term: its key, its wrapped label and where it stands, in points from the top."""

    term: str
    text: str
    middle: float
    height: float


def plot_estimates(
    *estimates: ModelEstimates,
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
    names: Sequence[str] | None = None,
) -> Axes:
    """Draw the estimates of one or several models as a forest plot.

    Parameters
    ----------
    *estimates : ModelEstimates
        Models on one kind of scale: all ratios, or all differences. Terms are rows, in the
        order in which they first appear; thresholds are left out.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in.
    labels : mapping, optional
        Labels for terms, variables and levels, over those of the study.
    names : sequence of str, optional
        Names of the models; else outcome and formula tell them apart.

    Returns
    -------
    Axes
        Ratios on a log axis with a reference line at 1, differences on a linear one with 0.

    Raises
    ------
    DisclosureError
        Inside a report, where a model has not been released.
    ValueError
        No model, ratios mixed with differences, or another number of names than of models.
    """
    _check(estimates, names)
    ratio = bool(estimates[0].scale)
    words = merged_labels(estimates[0], labels)
    frames = [model.exponentiated() for model in estimates]
    called = list(names or [_model_name(model, words) for model in estimates])
    rows = _rows(estimates, words)
    total = rows[-1].middle + rows[-1].height / 2 if rows else POINTS_PER_INCH
    with sheet(ax, estimates, height=total / POINTS_PER_INCH) as axes:
        limits = _limits(frames, ratio=ratio)
        _draw_axis(axes, estimates, limits=limits, total=total)
        for i, frame in enumerate(frames):
            _draw_model(axes, rows, frame, position=i, count=len(estimates), limits=limits)
            if len(estimates) > 1:
                look = series_style(i, len(estimates))
                axes.plot(
                    [],
                    [],
                    look.marker,
                    color=look.colour,
                    label=wrap(called[i], _KEY_PT, size=TEXT_PT),
                    gid=f"rj/key/{i}",
                )
        _draw_labels(axes, rows)
        if len(estimates) > 1:
            _draw_key(axes)
        attach(axes, estimates_drawing(estimates, called, words=words))
    return axes


def _check(estimates: Sequence[ModelEstimates], names: Sequence[str] | None) -> None:
    if not estimates:
        raise ValueError("plot_estimates needs at least one model.")
    if len({bool(model.scale) for model in estimates}) > 1:
        raise ValueError("Ratios and differences cannot share an axis; draw them apart.")
    if names is not None and len(names) != len(estimates):
        raise ValueError(f"{len(estimates)} models were given, but {len(names)} names.")
    series_style(0, len(estimates))


def _model_name(model: ModelEstimates, words: Mapping[str, str]) -> str:
    return f"{words.get(model.outcome, model.outcome)} ~ {model.formula}"


def _rows(estimates: Sequence[ModelEstimates], words: Mapping[str, str]) -> list[Row]:
    rows: list[Row] = []
    top = 0.0
    references = {k: v for model in estimates for k, v in model.reference_levels.items()}
    terms = dict.fromkeys(term for model in estimates for term in model.coefficients()["term"])
    for term in (str(t) for t in terms if str(t).lower() not in ("intercept", "(intercept)")):
        name, against = term_text(term, references=references, labels=words)
        lines = [wrap(line, _TERM_PT, size=TEXT_PT) for line in (name, against) if line]
        text = "\n".join(lines)
        height = max(text_height(text, TEXT_PT), _MODEL_PT * len(estimates)) + _ROW_GAP_PT
        rows.append(Row(term, text, top + height / 2, height))
        top += height
    return rows


def _limits(frames: Sequence[pd.DataFrame], *, ratio: bool) -> tuple[float, float]:
    values = np.concatenate(
        [f[["estimate", "conf_low", "conf_high"]].to_numpy(float).ravel() for f in frames]
    )
    values = values[np.isfinite(values)]
    if ratio:
        values = np.clip(values, 1 / _FARTHEST, _FARTHEST)
        low, high = min(0.9, *values, 0.9), max(1.1, *values, 1.1)
        room = (high / low) ** 0.04
        return float(low / room), float(high * room)
    low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
    room = 0.05 * (high - low or 1.0)
    return float(low - room), float(high + room)


def _draw_axis(
    axes: Axes,
    estimates: Sequence[ModelEstimates],
    *,
    limits: tuple[float, float],
    total: float,
) -> None:
    ratio = bool(estimates[0].scale)
    axes.set_ylim(total, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    if ratio:
        axes.set_xscale("log")
        chosen = [[t for t in ticks if limits[0] <= t <= limits[1]] for ticks in _TICKS]
        ticks = next((c for c in chosen if len(c) >= 4), chosen[-1])
        axes.set_xticks(ticks, [f"{t:g}" for t in ticks])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlim(*limits)
    axes.grid(axis="x", gid="rj/grid")
    axes.axvline(1.0 if ratio else 0.0, color=QUIET, linewidth=1.1, zorder=1, gid="rj/reference")
    name = scale_name(estimates)
    axis = f"{name} (log scale)" if ratio else name
    models = {model.model for model in estimates}
    direction = _DIRECTIONS.get(models.pop(), "") if len(models) == 1 else ""
    axes.set_xlabel(f"{axis}\n{direction}".strip(), gid="rj/xlabel")


def _draw_model(
    axes: Axes,
    rows: Sequence[Row],
    frame: pd.DataFrame,
    *,
    position: int,
    count: int,
    limits: tuple[float, float],
) -> None:
    look = series_style(position, count)
    by_term = {str(row["term"]): row for row in frame.to_dict("records")}
    for place in rows:
        row = by_term.get(place.term)
        if row is None:
            continue
        y = place.middle + (position - (count - 1) / 2) * _MODEL_PT
        text = number_with_interval(row)
        axes.annotate(
            text,
            xy=(1.0, y),
            xycoords=axes.get_yaxis_transform(),
            xytext=(10, 0),
            textcoords="offset points",
            va="center",
            fontsize=TEXT_PT if text != SUPPRESSED else SMALL_PT,
            color=look.colour if count > 1 else "#1a1a1a",
            gid=f"rj/value/{place.term}/{position}",
        )
        if np.isfinite(row["estimate"]):
            _draw_interval(axes, row, y, look=look, limits=limits, gid=f"{place.term}/{position}")


def _draw_interval(
    axes: Axes,
    row: Mapping[Any, Any],
    y: float,
    *,
    look: SeriesStyle,
    limits: tuple[float, float],
    gid: str,
) -> None:
    """Draw a point and its interval; an end beyond the axis becomes an arrow at its edge."""
    low, high = max(row["conf_low"], limits[0]), min(row["conf_high"], limits[1])
    axes.plot(
        [low, high], [y, y], color=look.colour, linewidth=1.6, zorder=3, gid=f"rj/interval/{gid}"
    )
    for end, beyond, arrow in (
        (limits[0], row["conf_low"] < limits[0], "<"),
        (limits[1], row["conf_high"] > limits[1], ">"),
    ):
        if beyond:
            axes.plot([end], [y], arrow, color=look.colour, markersize=6, clip_on=False, zorder=3)
    axes.plot(
        [row["estimate"]],
        [y],
        look.marker,
        color=look.colour,
        markersize=6.5,
        zorder=4,
        gid=f"rj/point/{gid}",
    )


def _draw_labels(axes: Axes, rows: Sequence[Row]) -> None:
    for row in rows:
        axes.annotate(
            row.text,
            xy=(0.0, row.middle),
            xycoords=axes.get_yaxis_transform(),
            xytext=(-10, 0),
            textcoords="offset points",
            va="center",
            ha="right",
            multialignment="right",
            fontsize=TEXT_PT,
            linespacing=1.15,
            gid=f"rj/term/{row.term}",
        )
    for row in rows[1:]:
        axes.axhline(row.middle - row.height / 2, color=RULE, linewidth=0.6, zorder=0.4)


def _draw_key(axes: Axes) -> None:
    key = axes.legend(
        loc="lower left", bbox_to_anchor=(0.0, 1.0), frameon=False, fontsize=TEXT_PT, ncols=1
    )
    key.set_gid("rj/key")
