"""Totals of tables of one or two categories: what is printed, known from elsewhere, or unknown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.book import CellBook
from rjeval.disclosure.nesting import is_total
from rjeval.disclosure.populations import near_window, widen_counts
from rjeval.disclosure.rounding import round_counts
from rjeval.results import CountTable


def relate_margins(
    book: CellBook,
    frame: pd.DataFrame,
    *,
    places: list[int],
    dimensions: tuple[str, ...],
    within: bool,
) -> np.ndarray:
    """Link cells with their totals, printed or not; return the whole that each share is of.

    That is everybody, or (``within``) everybody at the same level of the first of two categories.
    """
    values = {name: frame[name].astype(str).to_numpy() for name in dimensions}
    totals = {name: np.array([is_total(v) for v in values[name]]) for name in dimensions}
    place = np.asarray(places)
    grand = np.logical_and.reduce([totals[name] for name in dimensions])
    inner = ~np.logical_or.reduce([totals[name] for name in dimensions])
    whole = _margin(book, cells=place[inner], printed=place[grand])
    if within:
        _relate_above(book, values, place=place, inner=inner, dimensions=dimensions)
    wholes = np.full(len(frame), whole)
    for name in dimensions if len(dimensions) == 2 else ():
        other = dimensions[1 - dimensions.index(name)]
        levels = pd.unique(values[name][~totals[name]])
        lines = [place[inner & (values[name] == level)] for level in levels]
        printed = [place[(values[name] == level) & totals[other]] for level in levels]
        margins = _relate_lines(book, lines=lines, printed=printed, whole=whole)
        for level, margin in zip(levels, margins, strict=True):
            if within and name == dimensions[0]:
                wholes[values[name] == level] = margin
    return wholes


def _relate_above(
    book: CellBook,
    values: dict[str, np.ndarray],
    *,
    place: np.ndarray,
    inner: np.ndarray,
    dimensions: tuple[str, ...],
) -> None:
    """Link the levels of a scale above its lowest: how many these are, other results show.

    People with any incident are the events of curves and means, so that one level of incident
    must not follow from the others.
    """
    level = values[dimensions[-1]]
    above = inner & (level != level[inner][0])
    groups = values[dimensions[0]] if len(dimensions) == 2 else np.full(len(level), "")
    for group in pd.unique(groups[above]):
        cells = [int(one) for one in place[above & (groups == group)]]
        book.relate(book.add_known(sum(book.values[one] for one in cells)), cells)


def _relate_lines(
    book: CellBook, *, lines: list[np.ndarray], printed: list[np.ndarray], whole: int
) -> list[int]:
    """Link rows (or columns) with their totals, and these with the whole; return the totals."""
    sums = [sum(book.values[int(cell)] for cell in line) for line in lines]
    if all(len(one) for one in printed):
        margins = [int(one[0]) for one in printed]
    else:
        margins = book.add_known_parts(sums)
    for margin, line in zip(margins, lines, strict=True):
        book.relate(margin, [int(cell) for cell in line])
    book.relate(whole, margins)
    return margins


def _margin(book: CellBook, *, cells: Sequence[int] | np.ndarray, printed: np.ndarray) -> int:
    """Return the total of some cells: printed, or taken to be known to the reader."""
    members = [int(cell) for cell in cells]
    if len(printed):
        total = int(printed[0])
    else:
        total = book.add_known(sum(book.values[m] for m in members))
    book.relate(total, members)
    return total


def within_shown_sizes(
    result: CountTable, frame: pd.DataFrame, *, exact: np.ndarray, rule: DisclosureRule
) -> pd.DataFrame:
    """Return levels of a scale within groups that are shown as wider ones than they are.

    Shares are of the size that other results show, and the lowest level is hidden: with the
    others it would add up to the true size, which lies a few people under the one shown. Where
    those above the lowest lie a few from the events of a window, the commonest of them is hidden
    with it, because all of them together are the events of all follow-up.
    """
    names = frame[list(result.dimensions)].astype(str)
    by = result.dimensions[0] if len(result.dimensions) > 1 else ""
    group = names[by] if by else pd.Series("", index=frame.index)
    inner = ~names.map(is_total).any(axis=1)
    size = group.map(pd.Series(np.where(inner, exact, 0.0)).groupby(group.to_numpy()).sum())
    wide = widen_counts(result, size, by=by, labels=group, rule=rule)
    wider = (wide > size.to_numpy(dtype=float)) & inner.to_numpy()
    level = names[result.dimensions[-1]]
    is_lowest = (level == level[inner].iloc[0]).to_numpy()
    above = pd.Series(np.where(inner & ~is_lowest, exact, 0.0), index=frame.index)
    events = group.map(above.groupby(group.to_numpy()).sum())
    near = near_window(result, events, by=by, labels=group, rule=rule) & inner.to_numpy()
    commonest = (above == group.map(above.groupby(group.to_numpy()).max())).to_numpy() & near
    gone = (is_lowest & (wider | near)) | (commonest & ~is_lowest)
    frame = frame.copy()
    if "share" in frame:
        share = frame["n"].to_numpy(dtype=float) / round_counts(wide, rule)
        frame["share"] = np.where(wider & frame["share"].notna(), share, frame["share"])
        frame["share"] = frame["share"].mask(gone)
    frame["n"] = frame["n"].mask(gone)
    frame["suppressed"] = frame["suppressed"].mask(
        gone & (frame["suppressed"] == "").to_numpy(), "complementary"
    )
    return frame
