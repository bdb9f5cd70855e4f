"""Title, alternative text and caption of bars of counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from rjeval.figures.drawing import Drawing
from rjeval.figures.wording import (
    SUPPRESSED,
    closing_notes,
    count,
    display,
    for_release,
    joined,
    listed,
    percent,
)
from rjeval.language import phrase
from rjeval.languages.reading import retell
from rjeval.results import CountTable

#: Category names that mean the sum of the others; they are not drawn.
TOTALS = frozenset({"total", "all", "overall", "sum"})


def value_text(row: Mapping[Any, Any], *, share: bool) -> str:
    """Return a drawn value, or the bound that stands for it.

    Examples
    --------
    >>> value_text({"n": 40}, share=False)
    '40'
    >>> value_text({"n": float("nan"), "bound": "fewer than 11"}, share=False)
    'fewer than 11'
    """
    value = row["share" if share else "n"]
    if pd.isna(value):
        return retell(str(row.get("bound") or SUPPRESSED))
    number = float(str(value))
    return percent(number) if share else count(number)


def counts_drawing(counts: CountTable, words: Mapping[str, str], *, share: bool) -> Drawing:
    """Return words and numbers of a figure of counts."""
    rows = counts.frame.to_dict("records")
    parts = [
        f"{', '.join(display(row[name], words) for name in counts.dimensions)}: "
        f"{value_text(row, share=share)}"
        for row in rows
    ]
    by = phrase(" and ").join(display(name, words).lower() for name in counts.dimensions)
    if share:
        whole = phrase(counts.denominator or "all")
        by = phrase("{by}, as shares of {whole}", by=by, whole=whole)
    what = phrase(counts.what)
    return Drawing(
        title=phrase(counts.title),
        alt=joined((phrase("Bar chart of {what} by {by}.", what=what, by=by), f"{listed(parts)}.")),
        caption=joined(
            (
                phrase("{what} by {by}.", what=f"{what[:1].upper()}{what[1:]}", by=by),
                _total(counts),
                closing_notes(counts),
            )
        ),
        data=counts.frame.copy(),
        for_release=for_release(counts),
    )


def _total(counts: CountTable) -> str:
    """Return n of the whole where nothing is hidden and no total is printed among the rows."""
    frame = counts.frame
    for name in counts.dimensions:
        frame = frame[~frame[name].astype(str).str.strip().str.lower().isin(list(TOTALS))]
    if frame["n"].isna().any():
        return phrase("A cell without a bar is suppressed.")
    return phrase("n = {n} in all.", n=count(frame["n"].sum()))
