"""Release counts by category and the baseline table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.book import CellBook, Settled
from rjeval.disclosure.bounds import PROTECTING, below_text
from rjeval.disclosure.margins import relate_margins, within_shown_sizes
from rjeval.disclosure.merging import merge_rare, merge_scale
from rjeval.disclosure.nesting import is_total, relate_levels
from rjeval.disclosure.rounding import round_count, significant
from rjeval.disclosure.stamp import stamped
from rjeval.results import BaselineTable, CountTable
from rjeval.results.base import SUPPRESSION_KINDS


def release_counts(result: CountTable, *, frame: pd.DataFrame, rule: DisclosureRule) -> CountTable:
    """Release counts by one or more categories; see :func:`rjeval.release`.

    Rare levels of kinds without an order are shown together: the smallest first, until they and
    each of the rest reach the threshold. All totals are taken as known, whether the table prints
    them or not. Combinations that a two-way table leaves out are zeros, and are added and hidden
    like other small cells. A boolean column ``structural`` marks zeros that could not have been
    otherwise.

    A table of three or more categories is nested (each category within those before it, with the
    totals of each level over those after it) or, where it has other totals, crossed: then all
    totals over any categories are linked. Combinations that it leaves out do not occur.

    Raises
    ------
    DisclosureError
        A crossed table has more than some 440 cells with its totals.
    """
    result, frame = merge_scale(result, frame, rule=rule)
    frame, merged = merge_rare(result, frame, rule=rule)
    frame = _complete(frame, dimensions=result.dimensions)
    structural = frame["structural"].fillna(False).astype(bool) if "structural" in frame else None
    book = CellBook(rule=rule)
    totals = frame[list(result.dimensions)].map(is_total).to_numpy(dtype=bool)
    free = np.zeros(len(frame), dtype=bool) if structural is None else structural.to_numpy()
    places = [
        book.add(float(value), rank=int(rank), zero_is_safe=bool(safe), anchored=bool(grand))
        for value, rank, safe, grand in zip(
            frame["n"],
            totals.sum(axis=1) + _said_elsewhere(frame, result),
            free.tolist(),
            np.all(totals, axis=1).tolist(),
            strict=True,
        )
    ]
    if len(result.dimensions) > 2:
        wholes = relate_levels(book, frame, places=places, dimensions=result.dimensions)
    else:
        within = bool(result.scale)
        wholes = relate_margins(
            book, frame, places=places, dimensions=result.dimensions, within=within
        )
    settled = book.settle()
    exact = frame["n"].to_numpy(dtype=float)
    frame["n"] = settled.shown[places]
    kinds = settled.kinds[places]
    if "share" in frame:
        frame["share"] = _shares(settled, wholes=wholes, count=frame["n"].to_numpy(), rule=rule)
    frame["suppressed"] = kinds
    if result.scale:
        frame = within_shown_sizes(result, frame, exact=exact, rule=rule)
    frame["bound"] = [_bound_of(kind, rule=rule) for kind in frame["suppressed"]]
    hidden = int((settled.kinds != "").sum())
    return stamped(result, frame, rule=rule, n_suppressed=hidden, notes=merged + settled.notes)


def _said_elsewhere(frame: pd.DataFrame, result: CountTable) -> np.ndarray:
    """1 where a cell is the top of a scale, which other results show: hiding it helps nobody."""
    if not result.scale:
        return np.zeros(len(frame), dtype=int)
    return (frame[result.dimensions[-1]].astype(str) == result.scale[-1]).to_numpy(dtype=int)


def _bound_of(kind: str, *, rule: DisclosureRule) -> str:
    if kind == "primary":
        return below_text(rule)
    return PROTECTING if kind else ""


def _complete(frame: pd.DataFrame, *, dimensions: tuple[str, ...]) -> pd.DataFrame:
    """Add the combinations of two categories that the table leaves out, with 0 people."""
    frame = frame.copy().reset_index(drop=True)
    if len(dimensions) != 2 or frame.empty:
        return frame
    levels = [pd.unique(frame[name].astype(object)).tolist() for name in dimensions]
    grid = pd.MultiIndex.from_product(levels, names=list(dimensions)).to_frame(index=False)
    full = grid.merge(
        frame.astype(dict.fromkeys(dimensions, object)), on=list(dimensions), how="left"
    )
    inner = ~full[list(dimensions)].map(is_total).any(axis=1)
    full = full[full["n"].notna() | inner].reset_index(drop=True)
    full["n"] = full["n"].fillna(0)
    return full[[*frame.columns]]


def _shares(
    settled: Settled, *, wholes: np.ndarray, count: np.ndarray, rule: DisclosureRule
) -> np.ndarray:
    """Shares of the rounded whole; none where the whole is hidden or too small."""
    whole = settled.shown[wholes]
    enough = whole >= rule.min_denominator
    return np.where(enough, count / np.where(enough, whole, np.nan), np.nan)


def release_baseline(
    result: BaselineTable, *, frame: pd.DataFrame, rule: DisclosureRule
) -> BaselineTable:
    """Release the baseline table; see :func:`rjeval.release`.

    Within each variable the levels by groups are one linked table. Means need
    ``min_denominator`` people and some spread; a mean of a yes/no variable is held to the rule
    for counts. A standardised difference is hidden where a level of its variable is.
    """
    frame = frame.copy().reset_index(drop=True)
    book = CellBook(rule=rule)
    groups = [g for g in result.groups if f"n_{g}" in frame]
    sizes = {
        g: book.add(float(result.group_sizes.get(g, 0)), rank=2, anchored=True) for g in groups
    }
    pooled = next((g for g in groups if is_total(g)), None)
    if pooled is not None:
        book.relate(sizes[pooled], [sizes[g] for g in groups if g != pooled])
    places: dict[tuple[int, str], int] = {}
    for _, block in frame[frame["kind"] == "count"].groupby("variable", sort=False, observed=True):
        _note_variable(book, block, places=places, sizes=sizes, pooled=pooled)
    settled = book.settle()
    shown_sizes = {g: settled.shown[i] for g, i in sizes.items()}
    for group in groups:
        _fill_group(frame, group, places=places, settled=settled, sizes=shown_sizes, rule=rule)
    _fill_means(frame, groups=groups, true_sizes=result.group_sizes, rule=rule)
    kinds = _row_kinds(frame, groups=groups, places=places, settled=settled)
    if "smd" in frame:
        thin = frame["variable"].isin(list(frame.loc[kinds != "", "variable"]))
        frame["smd"] = np.where(thin, np.nan, frame["smd"].astype(float).round(2))
    frame["suppressed"] = kinds
    frame["bound"] = ""
    known = {g: int(n) for g, n in shown_sizes.items() if np.isfinite(n)}
    hidden = int((settled.kinds != "").sum())
    return stamped(
        result, frame, rule=rule, n_suppressed=hidden, notes=settled.notes, group_sizes=known
    )


def _note_variable(
    book: CellBook,
    block: pd.DataFrame,
    *,
    places: dict[tuple[int, str], int],
    sizes: dict[str, int],
    pooled: str | None,
) -> None:
    """Note the levels of one variable by group; each group's levels add up to its size."""
    for group, size in sizes.items():
        column = block[f"n_{group}"].astype(float)
        for row, value in column.items():
            places[(int(str(row)), group)] = book.add(value, rank=int(group == pooled))
        members = [places[(int(str(row)), group)] for row in column.index]
        if len(members) > 1:
            book.relate(size, members)
        else:
            book.relate(size, [*members, book.add_rest(book.values[size] - float(column.iloc[0]))])
    if pooled is not None:
        for row in block.index:
            parts = [places[(int(row), g)] for g in sizes if g != pooled]
            book.relate(places[(int(row), pooled)], parts)


def _fill_group(
    frame: pd.DataFrame,
    group: str,
    *,
    places: dict[tuple[int, str], int],
    settled: Settled,
    sizes: dict[str, float],
    rule: DisclosureRule,
) -> None:
    """Fill in rounded counts of one group and shares of its rounded size."""
    column = [
        settled.shown[places[(i, group)]] if (i, group) in places else np.nan
        for i in range(len(frame))
    ]
    means = (frame["kind"] == "mean").to_numpy()
    kept = np.array(
        [round_count(v, rule) if v >= 0 else np.nan for v in frame[f"n_{group}"].fillna(-1)]
    )
    frame[f"n_{group}"] = np.where(means, kept, column)
    size = sizes[group] if sizes[group] >= rule.min_denominator else np.nan
    if f"share_{group}" in frame:
        frame[f"share_{group}"] = frame[f"n_{group}"].where(~means) / size


def _fill_means(
    frame: pd.DataFrame, *, groups: list[str], true_sizes: dict[str, int], rule: DisclosureRule
) -> None:
    """Means and standard deviations to three digits, where enough people differ."""
    for group in [g for g in groups if f"mean_{g}" in frame]:
        mean = frame[f"mean_{group}"].to_numpy(dtype=float)
        spread = frame[f"sd_{group}"].to_numpy(dtype=float)
        size = float(true_sizes.get(group, 0))
        fine = (size >= max(rule.min_denominator, rule.min_cell)) & (spread > 0)
        with np.errstate(invalid="ignore"):
            binary = np.isclose(spread**2, mean * (1 - mean) * size / max(size - 1, 1), rtol=1e-3)
            yes = mean * size
            fine &= ~(binary & ((yes < rule.min_cell) | (size - yes < rule.min_cell)))
        frame[f"mean_{group}"] = np.where(fine, significant(mean), np.nan)
        frame[f"sd_{group}"] = np.where(fine, significant(spread), np.nan)


def _row_kinds(
    frame: pd.DataFrame,
    *,
    groups: list[str],
    places: dict[tuple[int, str], int],
    settled: Settled,
) -> np.ndarray:
    """Why a row of the baseline table has a hidden number, ``""`` where it has none."""
    means = [f"mean_{g}" for g in groups if f"mean_{g}" in frame]
    blank = frame[means].isna().any(axis=1).to_numpy()
    kinds = []
    for i in range(len(frame)):
        found = {str(settled.kinds[places[(i, g)]]) for g in groups if (i, g) in places}
        if not found and means and blank[i]:
            found = {"denominator"}
        kinds.append(next((k for k in SUPPRESSION_KINDS[1:] if k in found), ""))
    return np.array(kinds, dtype=object)
