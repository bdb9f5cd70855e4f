"""Rare answers are shown with their neighbours, never across the line of satisfaction."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rjeval.design.disclosure import PROFILES
from rjeval.disclosure.merging import merge_levels
from rjeval.disclosure.published import cells_by_row
from rjeval.results import RatingShares

LEVELS = ("very bad", "bad", "neither", "good", "very good")
STRICT = PROFILES["public_strict"]


def shares(*rows: tuple[int, ...]) -> RatingShares:
    frame = pd.DataFrame(rows, columns=[f"n_level_{i + 1}" for i in range(5)])
    frame.insert(0, "item_id", [f"item{i}" for i in range(len(rows))])
    frame["mean"] = 4.0
    return RatingShares(
        frame=frame, by="", role="harmed_party", levels=LEVELS, top=2, conf_level=0.95
    )


@pytest.mark.parametrize(
    ("rows", "levels", "counts"),
    [
        # enough of each: nothing is merged
        ([(12, 15, 20, 40, 50)], LEVELS, [[12, 15, 20, 40, 50]]),
        # 4 very bad join 15 bad, their only neighbour
        (
            [(4, 15, 20, 40, 50)],
            ("very bad or bad", "neither", "good", "very good"),
            [[19, 20, 40, 50]],
        ),
        # 4 + 5 are still too few, so the whole unfavourable side becomes one
        (
            [(4, 5, 12, 40, 50)],
            ("very bad to neither", "good", "very good"),
            [[21, 40, 50]],
        ),
        # rare on the favourable side; the line between 3 and 4 stays
        (
            [(20, 20, 20, 30, 2)],
            ("very bad", "bad", "neither", "good or very good"),
            [[20, 20, 20, 32]],
        ),
        # one rare cell in one row merges the categories of all rows alike
        (
            [(12, 15, 20, 40, 50), (4, 15, 20, 40, 50)],
            ("very bad or bad", "neither", "good", "very good"),
            [[27, 20, 40, 50], [19, 20, 40, 50]],
        ),
    ],
)
def test_merging_by_hand(rows, levels, counts):
    merged = merge_levels(shares(*rows), STRICT)
    names = [f"n_level_{i + 1}" for i in range(len(levels))]
    assert merged.levels == levels
    assert merged.frame[names].to_numpy().tolist() == counts
    assert merged.frame["mean"].isna().all() == (levels != LEVELS)


def test_the_internal_profile_merges_nothing():
    given = shares((1, 2, 3, 4, 5))
    assert merge_levels(given, PROFILES["internal"]) is given


@pytest.mark.parametrize("seed", range(40))
def test_two_tables_of_the_same_answers_merge_into_groups_of_each_other(seed):
    """By other rows beside it an item merges otherwise; no answers may follow by subtraction."""
    rng = np.random.default_rng(seed)
    own, other = (tuple(int(n) for n in rng.integers(0, 40, size=5)) for _ in range(2))
    ends = []
    for rows in ([own], [own, other]):
        merged = merge_levels(shares(*rows), STRICT)
        names = [f"n_level_{i + 1}" for i in range(len(merged.levels))]
        ends.append(set(merged.frame[names].iloc[0].cumsum().tolist()))
    assert ends[1] <= ends[0], "each border of the coarser table is one of the finer"


def test_counts_of_merged_answers_are_told_apart_by_their_names():
    """``n_level_2`` of a merged table is not that of a table of all levels."""
    fine, coarse = shares((12, 15, 20, 40, 50)), merge_levels(shares((4, 15, 20, 40, 50)), STRICT)
    cells = [
        cell
        for result in (fine, coarse)
        for cell in cells_by_row(result.frame, subject="s", levels=result.levels)[0]
        if cell.measure == "n_level_2"
    ]
    assert [dict(cell.categories)["answer"] for cell in cells] == ["bad", "neither"]
