"""Follow-up days on an axis: months where the study counts in real time, marks at 12 and 24 months.

A month is 365/12 days here, so that 12 months fall on day 365 and 24 on day 730.
"""

from __future__ import annotations

from matplotlib.axes import Axes

from rjeval.figures.style import RULE
from rjeval.language import phrase
from rjeval.results import Curves, HazardsOverTime

MONTH_DAYS = 365 / 12
_MONTH_STEPS = (1, 3, 6, 12, 24, 60)
_DAY_STEPS = (7, 14, 30, 60, 90)
_LONG_DAYS = 120
_MOST_TICKS = 9


def milestones(curves: Curves | HazardsOverTime) -> list[int]:
    """Return the days at which numbers are quoted.

    The definition's windows, or 12 and 24 months, or the horizon where it is shorter.
    """
    if curves.unit is None:
        return [int(curves.horizon_days)]
    windows = curves.definition.windows_days if curves.definition else (365, 730)
    inside = [day for day in sorted(windows) if day <= curves.horizon_days + 1]
    return inside or [int(curves.horizon_days)]


def day_text(day: float, *, unit: str | None = "days") -> str:
    """Return a follow-up time in words.

    Examples
    --------
    >>> day_text(365), day_text(90)
    ('12 months', '90 days')
    """
    if unit is None:
        return phrase("time {day:g}", day=day)
    months = day / MONTH_DAYS
    if day >= _LONG_DAYS and abs(months - round(months)) * MONTH_DAYS <= 2:
        return phrase("{n} months", n=round(months))
    return phrase("{days:,.0f} days", days=day)


def ticks(curves: Curves | HazardsOverTime) -> tuple[list[float], list[str], str]:
    """Return tick positions in days, their labels, and the name of the unit."""
    horizon = curves.horizon_days
    if curves.unit is None:
        return [], [], phrase("time units as given")
    if horizon >= _LONG_DAYS:
        months = horizon / MONTH_DAYS
        step = next((s for s in _MONTH_STEPS if months / s < _MOST_TICKS), 120)
        marks = range(0, int(months + 0.1) + 1, step)
        return [m * MONTH_DAYS for m in marks], [str(m) for m in marks], phrase("months")
    step = next((s for s in _DAY_STEPS if horizon / s < _MOST_TICKS), 30)
    days = range(0, int(horizon) + 1, step)
    return [float(d) for d in days], [str(d) for d in days], phrase("days")


def draw_time_axis(axes: Axes, curves: Curves | HazardsOverTime) -> tuple[list[float], str]:
    """Put ticks and milestone marks on the x axis; return the ticks and the name of the unit."""
    positions, texts, unit = ticks(curves)
    axes.set_xlim(0, curves.horizon_days)
    if positions:
        axes.set_xticks(positions, texts)
    else:
        axes.locator_params(axis="x", nbins=_MOST_TICKS - 1)
        positions = [float(t) for t in axes.get_xticks() if 0 <= t <= curves.horizon_days]
        axes.set_xticks(positions)
    for day in milestones(curves):
        axes.axvline(day, color=RULE, linewidth=0.9, zorder=0.5, gid=f"rj/milestone/{day}")
    return positions, unit
