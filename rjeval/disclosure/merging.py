"""Categories are merged until each can be shown: neighbours of a scale, or the rarest kinds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.nesting import is_total
from rjeval.language import mark, note, phrase, read_label
from rjeval.languages.bands import level_identifier
from rjeval.results import CountTable, RatingShares

#: How many categories that are shown together are named in their row; all are in a note.
MOST_NAMES = 3


def merge_levels(result: RatingShares, rule: DisclosureRule) -> RatingShares:
    """Return the same shares with neighbouring categories merged, alike in each row.

    The share in the top categories stays what it was: categories above and below its line are
    never merged with each other. Categories merge from the end of each side, one more at a time,
    until each group holds ``min_cell`` answers in each row; where even the whole side is rarer, it
    stays one group. So whatever two tables of the same answers merge, the groups of one are
    made up of whole groups of the other, and their difference tells of nobody.
    """
    names = [f"n_level_{i + 1}" for i in range(len(result.levels))]
    if not rule.suppresses or not set(names) <= set(result.frame.columns):
        return result
    counts = result.frame[names].to_numpy(dtype=float)
    split = len(names) - result.top
    low = _from_the_end(counts[:, :split], rule.min_cell)
    mirrored = _from_the_end(counts[:, split:][:, ::-1], rule.min_cell)
    last = len(names) - 1
    high = [[last - place for place in reversed(group)] for group in reversed(mirrored)]
    groups = [*low, *high]
    if len(groups) == len(names):
        return result
    frame = result.frame.drop(columns=names)
    for number, group in enumerate(groups, start=1):
        frame[f"n_level_{number}"] = counts[:, group].sum(axis=1)
    if "mean" in frame:
        frame["mean"] = np.nan  # scores of merged categories are unknown
    return replace(
        result,
        frame=frame,
        levels=tuple(_name(result.levels, group) for group in groups),
        top=len(high),
        notes=(*result.notes, mark("Neighbouring answers with few people are shown together.")),
    )


def merge_scale(
    result: CountTable, frame: pd.DataFrame, *, rule: DisclosureRule
) -> tuple[CountTable, pd.DataFrame]:
    """Return a table of counts with neighbouring levels of its scale merged, alike in each row.

    The top level joins the one below only where that alone has ``min_cell`` people in each row:
    other results show the top by itself, from which a rarer rest would follow.
    """
    if not rule.suppresses or len(result.scale) < 2:
        return result, frame
    *others, last = result.dimensions
    level = frame[last].astype(str)
    cells = frame[level.isin(result.scale)]
    keys = [cells[name].astype(str) for name in others] or [pd.Series("", index=cells.index)]
    table = cells["n"].groupby([*keys, level[cells.index]]).sum().unstack(fill_value=0)
    counts = table.reindex(columns=list(result.scale), fill_value=0).to_numpy(dtype=float)
    top = counts.shape[1] - 1
    groups = [*_groups(counts[:, :top], rule.min_cell), [top]]
    below = counts[:, groups[-2]].sum(axis=1).min()
    if counts[:, top].min() < rule.min_cell <= below:
        groups[-2:] = [groups[-2] + groups[-1]]
    if len(groups) > top:
        return result, frame
    read = [read_label(one) for one in result.scale]
    after = [one.lower() for one in read]
    names = [_name((*after[: g[0]], read[g[0]], *after[g[0] + 1 :]), g) for g in groups]
    named = {
        result.scale[place]: name if len(group) > 1 else result.scale[place]
        for name, group in zip(names, groups, strict=True)
        for place in group
    }
    merged = frame.assign(**{last: level.map(named).fillna(level)})
    merged = merged.groupby([*others, last], sort=False, observed=True).sum().reset_index()
    scale = tuple(dict.fromkeys(named.values()))
    notes = (*result.notes, mark("Neighbouring levels with few people are shown together."))
    return replace(result, scale=scale, notes=notes), merged[frame.columns]


def merge_rare(
    result: CountTable, frame: pd.DataFrame, *, rule: DisclosureRule
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return a table of counts with rare levels of its last dimension shown as one, and a note.

    Only of a dimension without an order. The smallest levels go first, by their people over all
    rows, until those shown together and each of the rest have ``min_cell``; nothing is merged
    where that would take all of them. What is merged is named, in the order of the alphabet,
    because names of categories are no secret, unlike their sizes.
    """
    last = result.dimensions[-1]
    if not rule.suppresses or last not in result.unordered:
        return frame, ()
    level = frame[last].astype(str)
    fixed = level.map(is_total).to_numpy(dtype=bool)
    if "structural" in frame:
        fixed |= frame["structural"].fillna(False).to_numpy(dtype=bool)
    sizes = frame.loc[~fixed].groupby(level[~fixed], sort=False)["n"].sum()
    rare = _rarest(sizes, rule.min_cell)
    if not rare:
        return frame, ()
    names = sorted(read_label(level_identifier(last, one), result.labels) for one in rare)
    told = ", ".join(names)
    if len(names) <= MOST_NAMES:
        name = phrase(mark("Other ({names})"), names=told)
    else:
        name = phrase(mark("Other ({n} categories)"), n=len(names))
    own = level.isin(rare).to_numpy() & ~fixed
    kept = frame.loc[~own]
    others = frame.loc[own].assign(**{last: name})
    keys = list(result.dimensions)
    others = others.groupby(keys, sort=False, observed=True).sum().reset_index()[frame.columns]
    merged = pd.concat([kept, others], ignore_index=True)
    return merged, (note("Rare categories are shown together: {names}.", names=told),)


def _rarest(sizes: pd.Series, least: int) -> list[str]:
    """Return the levels to be shown as one; none where nothing can be merged."""
    order = sizes.sort_index().sort_values(kind="stable")
    taken = int((order < least).sum())
    while 0 < taken < len(order) and (taken < 2 or order.iloc[:taken].sum() < least):
        taken += 1
    if taken in (0, len(order)):
        return []
    return [str(one) for one in order.index[:taken]]


def _from_the_end(counts: np.ndarray, least: int) -> list[list[int]]:
    """Merge the first columns, one more at a time, until all groups reach the threshold."""
    size = counts.shape[1]
    for first in range(1, size):
        groups = [list(range(first)), *([place] for place in range(first, size))]
        if min(counts[:, group].sum(axis=1).min() for group in groups) >= least:
            return groups
    return [list(range(size))] if size else []


def _groups(counts: np.ndarray, least: int) -> list[list[int]]:
    """Merge the rarest group with its rarer neighbour until all rows reach the threshold."""
    groups = [[place] for place in range(counts.shape[1])]
    while len(groups) > 1:
        smallest = [counts[:, group].sum(axis=1).min() for group in groups]
        rare = int(np.argmin(smallest))
        if smallest[rare] >= least:
            break
        sides = [place for place in (rare - 1, rare + 1) if 0 <= place < len(groups)]
        partner = min(sides, key=lambda place: smallest[place])
        first, second = sorted((rare, partner))
        groups[first : second + 1] = [groups[first] + groups[second]]
    return groups


def _name(levels: tuple[str, ...], group: list[int]) -> str:
    if len(group) == 1:
        return levels[group[0]]
    template = mark("{first} or {last}") if len(group) == 2 else mark("{first} to {last}")
    return phrase(template, first=levels[group[0]], last=levels[group[-1]])
