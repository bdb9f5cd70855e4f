"""The axis of rows of points: limits, ticks, reference line and what lies on its sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter, NullLocator

from rjeval.figures.style import QUIET, TEXT_PT

_SIDES_PT = 24.0
#: Intervals that reach beyond these ratios end in an arrow.
FARTHEST_RATIO = 50.0
_TICKS = (
    (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50),
    (0.1, 0.2, 0.25, 0.33, 0.5, 0.67, 1, 1.5, 2, 3, 4, 5),
    (0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.4, 1.6, 1.8, 2),
    (0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2),
    (0.9, 0.92, 0.94, 0.96, 0.98, 1, 1.02, 1.04, 1.06, 1.08, 1.1),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The common axis.

    Parameters
    ----------
    label : str
        What the axis measures.
    ratio : bool
        Logarithmic, with the reference line at 1.
    reference : float or None
        Where the reference line stands.
    sides : (str, str)
        What lies left and right of the reference line.
    percent : bool
        Write ticks as percentages.
    from_zero : bool
        Start the axis at 0.
    bars : bool
        Draw bars from 0 under the intervals.
    """

    label: str
    ratio: bool = False
    reference: float | None = None
    sides: tuple[str, str] = ("", "")
    percent: bool = False
    from_zero: bool = False
    bars: bool = False


def axis_limits(values: Sequence[float], scale: Scale) -> tuple[float, float]:
    """Return the limits that hold all values, the reference line and a little room."""
    known = [v for v in values if np.isfinite(v)]
    if scale.ratio:
        known = [min(max(v, 1 / FARTHEST_RATIO), FARTHEST_RATIO) for v in known]
        low, high = min(0.9, *known, 0.9), max(1.1, *known, 1.1)
        room = (high / low) ** 0.04
        return float(low / room), float(high * room)
    if scale.from_zero:
        highest = 1.04 * max([1e-9, *known])
        return 0.0, min(1.0, max(0.1, highest)) if scale.percent else highest
    anchor = scale.reference if scale.reference is not None else (known or [0.0])[0]
    low, high = min(anchor, *known, anchor), max(anchor, *known, anchor)
    room = 0.05 * (high - low or 1.0)
    return float(low - room), float(high + room)


def draw_axis(axes: Axes, scale: Scale, *, limits: tuple[float, float], total: float) -> None:
    """Draw axis and reference line for rows that are ``total`` points high together."""
    axes.set_ylim(total, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    if scale.ratio:
        axes.set_xscale("log")
        ticks = ratio_ticks(limits)
        axes.set_xticks(ticks, [f"{t:g}" for t in ticks])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    axes.set_xlim(*limits)
    if scale.percent:
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{100 * v:g}%"))
    axes.grid(axis="x", gid="rj/grid")
    if scale.reference is not None:
        axes.axvline(scale.reference, color=QUIET, linewidth=1.1, zorder=1, gid="rj/reference")
    sides = any(scale.sides)
    axes.set_xlabel(scale.label, labelpad=4 + (TEXT_PT * 1.4 if sides else 0), gid="rj/xlabel")
    if sides and scale.reference is not None:
        _draw_sides(axes, scale, at=scale.reference)


def ratio_ticks(limits: tuple[float, float]) -> list[float]:
    """Return plain ratios inside the limits, at least four where there are so many."""
    chosen = [[float(t) for t in ticks if limits[0] <= t <= limits[1]] for ticks in _TICKS]
    return next((c for c in chosen if len(c) >= 4), chosen[-1])


def _draw_sides(axes: Axes, scale: Scale, *, at: float) -> None:
    """Say under the axis what lies on either side of the reference line."""
    left, right = scale.sides
    for text, ha, shift in ((f"← {left}", "right", -5), (f"{right} →", "left", 5)):
        axes.annotate(
            text,
            xy=(at, 0.0),
            xycoords=axes.get_xaxis_transform(),
            xytext=(shift, -_SIDES_PT),
            textcoords="offset points",
            ha=ha,
            va="center",
            fontsize=TEXT_PT,
            color=QUIET,
            gid=f"rj/side/{ha}",
        )
