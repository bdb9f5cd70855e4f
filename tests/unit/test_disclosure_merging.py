"""Rare answers are shown with their neighbours, never across the line of satisfaction."""

from __future__ import annotations

import pandas as pd
import pytest

from rjeval.design.disclosure import PROFILES
from rjeval.disclosure.merging import merge_levels
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
