"""Data quality: rows set aside on the way from export to analysis, per table."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from rjeval.figures.bars import Cells, bars_height, draw_cells
from rjeval.figures.drawing import Drawing, attach
from rjeval.figures.sheet import sheet
from rjeval.figures.wording import (
    SUPPRESSED,
    closing_notes,
    count,
    display,
    for_release,
    joined,
    listed,
    merged_labels,
)
from rjeval.language import mark, phrase
from rjeval.results import DataQuality

#: Columns of rows set aside, and what they are called.
SET_ASIDE = {
    "n_quarantined": mark("Refused by a rule"),
    "n_duplicates": mark("Exact duplicates"),
    "n_filtered": mark("Filtered by the design"),
}


def plot_quality(
    quality: DataQuality,
    *,
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Draw how many rows of each table were refused, duplicate or filtered.

    Parameters
    ----------
    quality : DataQuality
        From :func:`rjeval.summarise_quality`.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in.
    labels : mapping, optional
        Labels for tables, over those of the study.

    Returns
    -------
    Axes
        Bars of rows from 0. Rows are not people. A kind that no table has is left out, and
        tables without rows set aside are named in the caption.

    Raises
    ------
    DisclosureError
        Inside a report, where the account has not been released.
    """
    words = merged_labels(quality, labels)
    frame = quality.frame
    kinds = [name for name in SET_ASIDE if name in frame.columns and (frame[name] != 0).any()]
    kinds = kinds or ["n_quarantined"]
    untouched = (frame[kinds] == 0).all(axis=1)
    clean = [display(name, words) for name in frame.loc[untouched, "table"]]
    frame = frame[~untouched]
    tables = [str(name) for name in frame["table"]]
    names = [
        phrase("{table} ({n} rows read)", table=display(table, words), n=count(n))
        for table, n in zip(tables, frame["n_read"], strict=True)
    ]
    values = frame[kinds].to_numpy(dtype=float)
    texts = [[phrase(SUPPRESSED) if pd.isna(v) else count(v) for v in row] for row in values]
    cells = Cells(tables, names, [phrase(SET_ASIDE[kind]) for kind in kinds], values, texts)
    with sheet(ax, (quality,), height=bars_height(cells)) as axes:
        only = f": {cells.series[0].lower()}" if len(cells.series) == 1 else ""
        draw_cells(axes, cells, what=phrase("Rows set aside") + only)
        attach(axes, _drawing(quality, cells, clean))
    return axes


def _drawing(quality: DataQuality, cells: Cells, clean: list[str]) -> Drawing:
    parts = [
        f"{name}: "
        + ", ".join(f"{what.lower()} {text}" for what, text in zip(cells.series, row, strict=True))
        for name, row in zip(cells.names, cells.texts, strict=True)
    ]
    unharmed = phrase("No rows set aside: {tables}.", tables=", ".join(clean)) if clean else ""
    return Drawing(
        title=phrase("Rows set aside before the analysis"),
        subtitle=phrase("Every row read is accepted, refused, a duplicate or filtered"),
        alt=joined(
            (
                phrase("Bars of rows set aside per table. {tables}.", tables=listed(parts))
                if parts
                else "",
                unharmed,
            )
        ),
        caption=joined(
            (
                phrase("Rows of the exports, not people."),
                unharmed,
                closing_notes(quality),
            )
        ),
        data=quality.frame.copy(),
        for_release=for_release(quality),
        nothing=unharmed if not parts else "",
    )
