"""Bars of counts: by category, or by quarter as columns in time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from rjeval.figures.bars import Cells, bars_height, draw_cells
from rjeval.figures.count_words import TOTALS, counts_drawing, value_text
from rjeval.figures.drawing import attach
from rjeval.figures.sheet import sheet
from rjeval.figures.wording import display, merged_labels
from rjeval.language import phrase
from rjeval.results import CountTable


def plot_counts(
    counts: CountTable,
    *,
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
    share: bool = False,
) -> Axes:
    """Draw counts as bars: columns in time for quarters, months or years, else horizontal bars.

    Parameters
    ----------
    counts : CountTable
        One dimension, or two: then the second one makes side-by-side bars. Rows of totals are
        not drawn.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in.
    labels : mapping, optional
        Labels for categories, over those of the study.
    share : bool
        Draw the column ``share`` instead of the counts.

    Returns
    -------
    Axes
        Bars from zero, in the order of the result. A suppressed cell has no bar, and says so in
        its place.

    Raises
    ------
    DisclosureError
        Inside a report, where the counts have not been released.
    ValueError
        For three dimensions or more, or for ``share`` of a table that has none.
    """
    if len(counts.dimensions) not in (1, 2):
        raise ValueError(f"plot_counts draws one or two dimensions, not {len(counts.dimensions)}.")
    if share and "share" not in counts.frame.columns:
        raise ValueError("This table of counts has no shares; draw the counts.")
    words = merged_labels(counts, labels)
    cells = _cells(counts, words, share=share)
    what = phrase(counts.what)
    what = what[:1].upper() + what[1:]
    if share:
        whole = phrase(counts.denominator) if counts.denominator else ""
        what = phrase("Share of {whole}", whole=whole) if whole else phrase("Share")
    with sheet(ax, (counts,), height=bars_height(cells)) as axes:
        draw_cells(axes, cells, what=what, share=share)
        attach(axes, counts_drawing(counts, words, share=share))
    return axes


def _cells(counts: CountTable, words: Mapping[str, str], *, share: bool) -> Cells:
    frame, first = counts.frame, counts.dimensions[0]
    second = counts.dimensions[1] if len(counts.dimensions) == 2 else None
    for name in counts.dimensions:
        frame = frame[~frame[name].astype(str).str.strip().str.lower().isin(list(TOTALS))]
    keys = list(dict.fromkeys(frame[first].astype(str)))
    groups = list(dict.fromkeys(frame[second].astype(str))) if second else [""]
    values = np.full((len(keys), len(groups)), np.nan)
    texts = [["" for _ in groups] for _ in keys]
    for row in frame.to_dict("records"):
        i, j = keys.index(str(row[first])), groups.index(str(row[second])) if second else 0
        values[i, j] = row["share" if share else "n"]
        texts[i][j] = value_text(row, share=share)
    names = [display(key, words) for key in keys]
    series = [display(group, words) if second else "" for group in groups]
    return Cells(keys, names, series, values, texts)
