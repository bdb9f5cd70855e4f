"""Diverging stacked bars of ratings: one row per item and group, one role at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from rjeval.figures.drawing import attach
from rjeval.figures.placing import (
    POINTS_PER_INCH,
    key_columns,
    row_by_row,
    text_height,
    text_width,
    wrap,
)
from rjeval.figures.rating_scale import level_looks, level_shares, share_below
from rjeval.figures.rating_words import ratings_drawing, top_header
from rjeval.figures.sheet import sheet
from rjeval.figures.style import INK, QUIET, SMALL_PT, TEXT_PT
from rjeval.figures.wording import (
    count,
    display,
    merged_labels,
    share_digits,
    share_with_interval,
)
from rjeval.language import phrase
from rjeval.results import RatingShares

_BAR_PT = 17.0
_GAP_PT = 5.0
_BLOCK_GAP_PT = 10.0
_ITEM_PT = 300.0
_GROUP_PT = 100.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its row of the result, its label and where it stands, in points from the top."""

    row: Mapping[Any, Any]
    key: str
    label: str
    middle: float


@dataclass(frozen=True, slots=True)
class Heading:
    """The wording of one item above its bars."""

    text: str
    middle: float


def plot_ratings(
    shares: RatingShares,
    *,
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Draw how ratings are shared out, as bars that diverge from the middle category.

    Parameters
    ----------
    shares : RatingShares
        From :func:`rjeval.satisfaction_shares`: the items of one role.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in.
    labels : mapping, optional
        Labels for groups and categories, over those of the study.

    Returns
    -------
    Axes
        Low categories to the left of the line, high ones to the right, half of a middle
        category on each side; the share in the top categories with its interval on the right.

    Raises
    ------
    DisclosureError
        Inside a report, where the shares have not been released.

    Notes
    -----
    A row in which a category is suppressed is not drawn; its top share is still printed where
    it may be shown. Roles are never pooled: draw one figure per role.
    """
    words = merged_labels(shares, labels)
    bars, headings, total = _places(shares, words)
    with sheet(ax, (shares,), height=total / POINTS_PER_INCH) as axes:
        colours = level_looks(len(shares.levels), shares.top)
        reach = _reach(shares, bars)
        axes.set_ylim(total, 0)
        axes.set_xlim(-reach[0], reach[1])
        for bar in bars:
            _draw_bar(axes, bar, shares, colours)
            _label_bar(axes, bar, shares)
        for heading in headings:
            _write(axes, heading.text, 0.0, heading.middle, 0, gid="rj/item", weight="bold")
        _draw_axis(axes)
        _draw_key(axes, shares, colours, words)
        _write_header(axes, shares, words)
        attach(axes, ratings_drawing(shares, words))
    return axes


def _places(
    shares: RatingShares, words: Mapping[str, str]
) -> tuple[list[Bar], list[Heading], float]:
    bars: list[Bar] = []
    headings: list[Heading] = []
    top = 0.0
    for item_id, block in shares.frame.groupby("item_id", sort=False):
        text = wrap(str(block["item"].iloc[0]), _ITEM_PT, size=TEXT_PT, weight="bold")
        height = text_height(text, TEXT_PT)
        headings.append(Heading(text, top + height / 2))
        top += height + 3
        for row in block.to_dict("records"):
            group = display(row[shares.by], words) if shares.by else ""
            size = f"n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{count(row['n'])}"
            label = wrap(f"{group} ({size})" if group else size, _GROUP_PT, size=TEXT_PT)
            tall = max(_BAR_PT, text_height(label, TEXT_PT))
            key = f"{item_id}/{row[shares.by]}" if shares.by else str(item_id)
            bars.append(Bar(row, key, label, top + tall / 2))
            top += tall + _GAP_PT
        top += _BLOCK_GAP_PT
    return bars, headings, top


def _reach(shares: RatingShares, bars: Sequence[Bar]) -> tuple[float, float]:
    lefts = [share_below(level_shares(bar.row, len(shares.levels)), shares.top) for bar in bars]
    known = [left for left in lefts if np.isfinite(left)]
    if not known:
        return 0.5, 1.0
    return min(1.0, max(0.15, *known, 0.15) + 0.03), min(1.0, 1 - min(known) + 0.03)


def _draw_bar(axes: Axes, bar: Bar, shares: RatingShares, looks: Sequence[tuple[str, str]]) -> None:
    parts = level_shares(bar.row, len(shares.levels))
    ends = [bar.middle - _BAR_PT / 2 - 2, bar.middle + _BAR_PT / 2 + 2]
    axes.plot([0, 0], ends, color=QUIET, linewidth=1.0, zorder=0.9, gid=f"rj/reference/{bar.key}")
    if not np.isfinite(parts).all():
        text = phrase("no answers" if bar.row["n"] == 0 else "distribution suppressed")
        _write(axes, text, None, bar.middle, 6, gid=f"rj/hidden/{bar.key}")
        return
    left = -share_below(parts, shares.top)
    width_pt = axes.get_window_extent().width * POINTS_PER_INCH / axes.figure.dpi
    span = np.ptp(axes.get_xlim())
    for i, (part, (colour, hatch)) in enumerate(zip(parts, looks, strict=True)):
        axes.barh(
            bar.middle,
            part,
            left=left,
            height=_BAR_PT,
            color=colour,
            edgecolor="white",
            linewidth=0.8,
            hatch=hatch,
            gid=f"rj/bar/{bar.key}/{i + 1}",
        )
        text = f"{100 * part:.0f}%"
        if text_width(text, SMALL_PT) + 6 < part / span * width_pt * 0.85:
            ink = "white" if _is_dark(colour) else INK
            axes.text(
                left + part / 2,
                bar.middle,
                text,
                ha="center",
                va="center_baseline",
                fontsize=SMALL_PT,
                color=ink,
                bbox={"facecolor": colour, "edgecolor": "none", "pad": 1.0} if hatch else None,
                gid=f"rj/share/{bar.key}/{i + 1}",
            )
        left += part


def _is_dark(colour: str) -> bool:
    red, green, blue = to_rgb(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.45


def _label_bar(axes: Axes, bar: Bar, shares: RatingShares) -> None:
    _write(axes, bar.label, 0.0, bar.middle, -8, gid=f"rj/label/{bar.key}", ha="right")
    digits = share_digits(shares.frame)
    row = {**bar.row, "bound": ""}
    text = share_with_interval(row, shares.conf_level, digits=digits, short=True)
    if pd.isna(bar.row["estimate"]) and not shares.is_released:
        text = phrase("no headline")
    _write(axes, text, 1.0, bar.middle, 10, gid=f"rj/top/{bar.key}")


def _write(
    axes: Axes,
    text: str,
    x: float | None,
    y: float,
    shift: float,
    *,
    gid: str,
    ha: str = "left",
    weight: str = "normal",
) -> None:
    """Write at a row; ``x`` is a fraction of the Axes, or the dividing line where ``None``."""
    axes.annotate(
        text,
        xy=(0.0 if x is None else x, y),
        xycoords=axes.transData if x is None else axes.get_yaxis_transform(),
        xytext=(shift, 0),
        textcoords="offset points",
        ha=ha,
        va="center",
        multialignment=ha,
        fontsize=TEXT_PT,
        fontweight=weight,
        linespacing=1.15,
        gid=gid,
    )


def _draw_axis(axes: Axes) -> None:
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(100 * value):.0f}%"))
    axes.set_xlabel(
        phrase("Share of answers, low ratings left of the line, high ratings right of it")
    )


def _draw_key(
    axes: Axes,
    shares: RatingShares,
    looks: Sequence[tuple[str, str]],
    words: Mapping[str, str],
) -> None:
    patches = [
        Patch(
            facecolor=colour,
            hatch=hatch,
            edgecolor="white",
            label=wrap(display(level, words), _ITEM_PT - 40, size=SMALL_PT),
        )
        for level, (colour, hatch) in zip(shares.levels, looks, strict=True)
    ]
    columns = key_columns([str(p.get_label()) for p in patches], size=SMALL_PT, width=_ITEM_PT)
    key = axes.legend(
        handles=row_by_row(patches, columns),
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=columns,
        frameon=False,
        fontsize=SMALL_PT,
        handlelength=1.4,
        columnspacing=1.2,
        borderaxespad=0.3,
        borderpad=0.2,
    )
    key.set_gid("rj/key")


def _write_header(axes: Axes, shares: RatingShares, words: Mapping[str, str]) -> None:
    text = wrap(top_header(shares, words), 96, size=SMALL_PT)
    axes.annotate(
        text,
        xy=(1.0, 1.0),
        xycoords="axes fraction",
        xytext=(10, 5),
        textcoords="offset points",
        va="bottom",
        fontsize=SMALL_PT,
        color=QUIET,
        linespacing=1.15,
        gid="rj/header",
    )
