"""Numbers at risk under a curve, aligned with its time axis; counts are the result's own."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation, Transform

from rjeval.figures.placing import POINTS_PER_INCH, text_height
from rjeval.figures.rendering import figure_of
from rjeval.figures.style import INK, QUIET, TEXT_PT
from rjeval.figures.wording import count
from rjeval.language import phrase

_ROW_GAP_PT = 4.0
_TOP_PT = 36.0
_NAME_GAP_PT = -20.0
#: A released curve is known on grid days only; a count may stand under a mark this near.
GRID_TOLERANCE_DAYS = 3.0


def at_risk(rows: pd.DataFrame, days: list[float], *, on_grid: bool) -> list[float | None]:
    """Return the number at risk just before each day, read from the rows of one curve.

    Between two rows nobody enters or leaves, so the number at risk is that of the next row;
    after the last row nobody is left (12 months are day 365: a last row up to three days
    earlier, such as week 52, stands for it). On a released grid only rows near the day are
    read, and ``None`` stands where there is no such row. NaN is a suppressed count.
    """
    times = rows["time_days"].to_numpy(dtype=float)
    counts = rows["n_at_risk"].to_numpy(dtype=float)
    found: list[float | None] = []
    if not times.size:
        return [None] * len(days)
    for day in days:
        if on_grid:
            near = np.flatnonzero(np.abs(times - day) <= GRID_TOLERANCE_DAYS)
            found.append(float(counts[near[0]]) if near.size else None)
        else:
            nearly = day - GRID_TOLERANCE_DAYS if day > times[-1] else day
            later = int(np.searchsorted(times, nearly - 1e-9))
            found.append(float(counts[later]) if later < times.size else 0.0)
    return found


def draw_risk_table(
    axes: Axes,
    names: list[tuple[str, str, str]],
    numbers: list[list[float | None]],
    *,
    days: list[float],
) -> None:
    """Write the table under the Axes.

    Parameters
    ----------
    names : list of (key, wrapped name, colour)
    numbers : list of list
        One list per name, one number per day.
    days : list of float
        Where the columns stand.
    """
    below = _TOP_PT
    _write(axes, 0.0, below, phrase("Number at risk"), gid="rj/risk/title", across=True, ha="left")
    below += TEXT_PT * 1.25 + _ROW_GAP_PT
    for (key, name, colour), row in zip(names, numbers, strict=True):
        height = text_height(name, TEXT_PT)
        _write(
            axes, _NAME_GAP_PT, below, name, gid=f"rj/risk/name/{key}", color=colour, across=True
        )
        for day, number in zip(days, row, strict=True):
            if number is not None:
                gid = f"rj/risk/{key}/{day:.0f}"
                _write(axes, day, below + (height - TEXT_PT * 1.25) / 2, count(number), gid=gid)
        below += height + _ROW_GAP_PT


def _write(
    axes: Axes,
    x: float,
    below: float,
    text: str,
    *,
    gid: str,
    color: str = INK,
    across: bool = False,
    ha: str = "",
) -> None:
    """Write text ``below`` points under the Axes, at a day, or at points from their left edge."""
    scale = figure_of(axes).dpi_scale_trans
    dx = x / POINTS_PER_INCH if across else 0.0
    base: Transform = axes.transAxes if across else axes.get_xaxis_transform()
    axes.text(
        0.0 if across else x,
        0.0,
        text,
        transform=base + ScaledTranslation(dx, -below / POINTS_PER_INCH, scale),
        ha=ha or ("right" if across else "center"),
        va="top",
        fontsize=TEXT_PT,
        color=QUIET if gid == "rj/risk/title" else color,
        linespacing=1.15,
        gid=gid,
    )
