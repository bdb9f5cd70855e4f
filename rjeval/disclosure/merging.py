"""Neighbouring answer categories are merged until each can be shown: better than silence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rjeval.design.disclosure import DisclosureRule
from rjeval.results import RatingShares


def merge_levels(result: RatingShares, rule: DisclosureRule) -> RatingShares:
    """Return the same shares with neighbouring categories merged, alike in each row.

    The share in the top categories stays what it was: categories above and below its line are
    never merged with each other. Categories merge from the rarer end until each group holds
    ``min_cell`` answers in each row; where even the whole side is rarer, it stays one group.
    """
    names = [f"n_level_{i + 1}" for i in range(len(result.levels))]
    if not rule.suppresses or not set(names) <= set(result.frame.columns):
        return result
    counts = result.frame[names].to_numpy(dtype=float)
    split = len(names) - result.top
    low = _groups(counts[:, :split], rule.min_cell)
    high = [
        [place + split for place in group] for group in _groups(counts[:, split:], rule.min_cell)
    ]
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
        notes=(*result.notes, "Neighbouring answers with few people are shown together."),
    )


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
    joint = "or" if len(group) == 2 else "to"
    return f"{levels[group[0]]} {joint} {levels[group[-1]]}"
