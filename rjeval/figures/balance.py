"""Baseline figures: love plot of standardised differences, bars of what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from rjeval.figures.drawing import Drawing, attach
from rjeval.figures.forest import Entry, Point, draw_forest, forest_height
from rjeval.figures.forest_axis import Scale
from rjeval.figures.sheet import sheet
from rjeval.figures.style import QUIET
from rjeval.figures.wording import (
    SUPPRESSED,
    closing_notes,
    display,
    for_release,
    joined,
    listed,
    merged_labels,
    percent,
)
from rjeval.language import mark, phrase
from rjeval.results import BaselineTable

#: Standardised differences beyond this are worth a look (Austin 2009, doi:10.1002/sim.3697).
NOTABLE = 0.10
MISSING = "missing"


def plot_balance(
    baseline: BaselineTable,
    adjusted: BaselineTable | None = None,
    *,
    names: tuple[str, str] = (mark("Unadjusted"), mark("Adjusted")),
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Draw standardised differences between arms as a love plot.

    Parameters
    ----------
    baseline : BaselineTable
        From :func:`rjeval.describe_cohort`.
    adjusted : BaselineTable, optional
        The same characteristics after weighting or matching.
    names : (str, str)
        What the two are called.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in.
    labels : mapping, optional
        Labels for characteristics and levels, over those of the study.

    Returns
    -------
    Axes
        One row per characteristic: its difference largest in size, over its levels. Dashed
        lines at -0.1 and 0.1. Levels "missing" are left out.

    Raises
    ------
    DisclosureError
        Inside a report, where a table has not been released.
    ValueError
        For a table of one group, which has no differences.
    """
    tables = [baseline] if adjusted is None else [baseline, adjusted]
    if len(baseline.groups) < 2:
        raise ValueError("A love plot needs a baseline table of two groups or more.")
    words = merged_labels(baseline, labels)
    names = (phrase(names[0]), phrase(names[1]))
    largest = [_largest(table.frame) for table in tables]
    entries = [
        Entry(
            key=variable,
            label=display(variable, words),
            points=tuple(
                Point(
                    estimate=found.get(variable, np.nan),
                    text=_difference(found.get(variable, np.nan)),
                    series=i,
                )
                for i, found in enumerate(largest)
            ),
        )
        for variable in largest[0]
    ]
    with sheet(ax, tables, height=forest_height(entries)) as axes:
        scale = Scale(label=phrase("Standardised difference (largest over levels)"), reference=0.0)
        draw_forest(axes, entries, scale, names=names if adjusted is not None else ())
        low, high = axes.get_xlim()
        axes.set_xlim(min(low, -1.3 * NOTABLE), max(high, 1.3 * NOTABLE))
        for mark in (-NOTABLE, NOTABLE):
            axes.axvline(mark, color=QUIET, linewidth=0.9, linestyle=(0, (4, 3)), gid="rj/notable")
        attach(axes, _balance_drawing(tables, entries, names=names))
    return axes


def _largest(frame: pd.DataFrame) -> dict[str, float]:
    """Return the difference largest in size per characteristic; NaN where all are hidden."""
    found: dict[str, float] = {}
    kept = frame[frame["level"].astype(str) != MISSING]
    for variable, block in kept.groupby("variable", sort=False):
        values = block["smd"].to_numpy(dtype=float)
        known = values[np.isfinite(values)]
        found[str(variable)] = float(known[np.abs(known).argmax()]) if known.size else np.nan
    return found


def _difference(value: float) -> str:
    return (
        phrase(SUPPRESSED) if np.isnan(value) else f"{round(value, 2) + 0.0:.2f}".replace("-", "−")
    )


def _balance_drawing(
    tables: list[BaselineTable], entries: list[Entry], *, names: tuple[str, str]
) -> Drawing:
    parts = [
        f"{entry.label} {phrase(' then ').join(point.text for point in entry.points)}"
        for entry in entries
    ]
    data = pd.DataFrame(
        [
            {"variable": entry.key, "table": names[point.series], "smd": point.estimate}
            for entry in entries
            for point in entry.points
        ]
    )
    what = phrase("Love plot of standardised differences")
    if len(tables) > 1:
        what += f", {names[0].lower()}{phrase(' then ')}{names[1].lower()}"
    return Drawing(
        title=phrase("How alike the arms are at the start"),
        subtitle=phrase("Dashed lines: differences beyond 0.1 are worth a look"),
        alt=f"{what}: {listed(parts)}.",
        caption=joined(
            (
                phrase(
                    "Standardised difference between arms, per characteristic the one largest in "
                    "size over its levels; it does not depend on the size of the study."
                ),
                closing_notes(*tables),
            )
        ),
        data=data,
        for_release=for_release(*tables),
    )


def plot_missing(
    baseline: BaselineTable,
    *,
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Draw the share of people whose answer is missing, per characteristic and group.

    Parameters
    ----------
    baseline : BaselineTable
        From :func:`rjeval.describe_cohort`.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in.
    labels : mapping, optional
        Labels for characteristics and groups, over those of the study.

    Returns
    -------
    Axes
        Bars from 0. After a release, a few missing answers are said as a bound, not drawn.
        Characteristics known for everybody are named in the caption; where all are, a sentence
        stands in the figure's place.

    Raises
    ------
    DisclosureError
        Inside a report, where the table has not been released.
    """
    words = merged_labels(baseline, labels)
    groups = [g for g in baseline.groups if f"n_{g}" in baseline.frame.columns]
    entries = [
        Entry(
            key=str(variable),
            label=display(variable, words),
            points=tuple(
                _missing(block, group, baseline, series=i) for i, group in enumerate(groups)
            ),
        )
        for variable, block in baseline.frame.groupby("variable", sort=False)
    ]
    whole = [one.label for one in entries if all(point.estimate == 0 for point in one.points)]
    entries = [one for one in entries if one.label not in whole] or entries
    names = [display(group, words) for group in groups]
    with sheet(ax, (baseline,), height=forest_height(entries)) as axes:
        scale = Scale(
            label=phrase("People without an answer"), percent=True, from_zero=True, bars=True
        )
        draw_forest(axes, entries, scale, names=names if len(names) > 1 else ())
        attach(axes, _missing_drawing(baseline, entries, names=names, whole=whole))
    return axes


def _missing(block: pd.DataFrame, group: str, baseline: BaselineTable, *, series: int) -> Point:
    """Return the share missing of one characteristic in one group."""
    size = baseline.group_sizes.get(group)
    numbers = block[block["kind"] == "mean"]
    row = block[block["level"].astype(str) == MISSING]
    absent: float
    if not size:
        absent = np.nan
    elif len(numbers):
        absent = max(0.0, size - float(numbers[f"n_{group}"].iloc[0]))
    else:
        absent = float(row[f"n_{group}"].iloc[0]) if len(row) else 0.0
    stamp = baseline.released
    if stamp is not None and (np.isnan(absent) or 0 < absent < stamp.min_cell):
        text = phrase(SUPPRESSED)
        if not np.isnan(absent):
            text = phrase("fewer than {least}", least=stamp.min_cell)
        return Point(estimate=np.nan, text=text, series=series)
    share = absent / size if size else np.nan
    return Point(estimate=share, text=percent(share), series=series)


def _missing_drawing(
    baseline: BaselineTable, entries: list[Entry], *, names: list[str], whole: list[str]
) -> Drawing:
    rows: list[dict[str, Any]] = [
        {"variable": e.key, "group": names[p.series], "share_missing": p.estimate, "text": p.text}
        for e in entries
        for p in e.points
    ]
    parts = [
        f"{entry.label} "
        + ", ".join(f"{names[point.series]} {point.text}" for point in entry.points)
        for entry in entries
    ]
    known = phrase("Known for everybody: {what}.", what="; ".join(whole)) if whole else ""
    return Drawing(
        title=phrase("What is missing"),
        subtitle=phrase("Share of people without an answer, by characteristic"),
        alt=joined(
            (
                phrase(
                    "Bars of the share of people without an answer: {shares}.",
                    shares=listed(parts),
                ),
                known,
            )
        ),
        caption=joined(
            (phrase("Missing answers as a share of each group."), known, closing_notes(baseline))
        ),
        data=pd.DataFrame(rows),
        for_release=for_release(baseline),
        nothing=""
        if any(point.estimate != 0 for one in entries for point in one.points)
        else phrase("Nothing is missing: each characteristic is known for everybody."),
    )
