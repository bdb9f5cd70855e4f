"""Overlap of two arms: histograms of the propensity, one above the other, mirrored."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from rjeval.figures.drawing import Drawing, attach
from rjeval.figures.sheet import sheet
from rjeval.figures.style import TEXT_PT, series_style
from rjeval.figures.wording import (
    closing_notes,
    count,
    display,
    for_release,
    joined,
    listed,
    merged_labels,
)
from rjeval.language import phrase
from rjeval.results import CountTable

_HEIGHT_IN = 2.9
#: Heights are shares of an arm for this width of propensity, so that wide bins are no taller.
_PER = 0.1


def plot_overlap(
    overlap: CountTable,
    *,
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Draw how the propensities of two arms overlap.

    Parameters
    ----------
    overlap : CountTable
        From :func:`rjeval.propensity_overlap`.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in.
    labels : mapping, optional
        Labels for the arms, over those of the study.

    Returns
    -------
    Axes
        The second arm above the line, the reference below it. The area of a bar is the share of
        its arm in that bin; a hidden bin has a dash in its place.

    Raises
    ------
    DisclosureError
        Inside a report, where the table has not been released.
    ValueError
        For another table.
    """
    if len(overlap.dimensions) != 2 or overlap.dimensions[0] != "propensity":
        raise ValueError("plot_overlap draws the table of propensity_overlap.")
    words = merged_labels(overlap, labels)
    table, by = _table(overlap), overlap.dimensions[1]
    arms = list(dict.fromkeys(table[by]))
    with sheet(ax, (overlap,), height=_HEIGHT_IN) as axes:
        for place, arm in enumerate(arms):
            _draw_arm(axes, table[table[by] == arm], name=display(arm, words), place=place)
        _finish(axes, second=display(arms[1], words))
        attach(axes, _drawing(overlap, table, words))
    return axes


def _table(overlap: CountTable) -> pd.DataFrame:
    """Return the bins with their ends and the share of their arm that each holds."""
    table, by = overlap.frame.reset_index(drop=True).copy(), overlap.dimensions[1]
    table[by] = table[by].astype(str)
    ends = table["propensity"].str.split("-", expand=True).astype(float)
    table["low"], table["high"] = ends[0], ends[1]
    n = table["n"].astype(float)
    known = n.notna().groupby(table[by]).transform("all")
    table["share_of_arm"] = (n / n.groupby(table[by]).transform("sum")).where(known)
    return table


def _draw_arm(axes: Axes, rows: pd.DataFrame, *, name: str, place: int) -> None:
    look, sign = series_style(place, 2), (-1.0, 1.0)[place]
    low, high = rows["low"].to_numpy(), rows["high"].to_numpy()
    height = rows["share_of_arm"].to_numpy(dtype=float) / (high - low) * _PER
    axes.bar(
        low,
        sign * np.nan_to_num(height),
        width=high - low,
        align="edge",
        color=look.colour,
        hatch=look.hatch,
        edgecolor="white",
        linewidth=0.5,
        gid=f"rj/bars/{place}",
    )
    for i in np.flatnonzero(np.isnan(height)):
        at = (float(low[i] + high[i]) / 2, 0.0)
        axes.annotate("–", at, (0, 6 * sign), textcoords="offset points", ha="center", va="center")
    axes.text(
        0.01,
        (0.02, 0.98)[place],
        name,
        transform=axes.transAxes,
        va=("bottom", "top")[place],
        fontsize=TEXT_PT,
        color=look.colour,
        gid=f"rj/label/{place}",
    )


def _finish(axes: Axes, *, second: str) -> None:
    axes.axhline(0.0, color="black", linewidth=0.8, gid="rj/line")
    axes.set_xlim(0.0, 1.0)
    reach = 1.3 * max(abs(end) for end in axes.get_ylim())
    axes.set_ylim(-reach, reach)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(100 * value):.0f}%"))
    axes.set_xlabel(phrase("Propensity to be in the arm {arm}", arm=second))
    axes.set_ylabel(phrase("Share of the arm per 0.1"), gid="rj/value-axis")
    axes.grid(axis="y", gid="rj/grid")


def _drawing(overlap: CountTable, table: pd.DataFrame, words: Mapping[str, str]) -> Drawing:
    by = overlap.dimensions[1]
    parts = []
    for arm, rows in table.groupby(by, sort=False):
        bins = [_bin_text(row) for row in rows.to_dict("records")]
        parts.append(f"{display(arm, words)}: {', '.join(bins)}")
    columns = ["propensity", by, "n", "share_of_arm", "suppressed", "bound"]
    return Drawing(
        title=phrase("Overlap of the arms"),
        subtitle=phrase("Where one arm has no counterpart, the comparison rests on the model"),
        alt=phrase("Mirrored histograms of propensity, in people. {arms}.", arms=listed(parts)),
        caption=joined(
            (
                phrase(
                    "Propensities from a logistic regression of the arm on the characteristics "
                    "named in the design, with main effects; the area of a bar is the share of its "
                    "arm. Neighbouring bins are joined until both arms have enough people in each, "
                    "so a wide bin says that one arm is thin there."
                ),
                closing_notes(overlap),
            )
        ),
        data=table[[name for name in columns if name in table.columns]].copy(),
        for_release=for_release(overlap),
    )


def _bin_text(row: Mapping[Hashable, Any]) -> str:
    low, high = (f"{row[end]:.2f}" for end in ("low", "high"))
    return phrase("{low} to {high}: {n}", low=low, high=high, n=count(row["n"]))
