"""Table 1: means, shares and standardised differences by hand, from the formula of Austin 2009."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from rjeval.analysis_data import Cohort
from rjeval.cohort.baseline import describe_cohort
from rjeval.errors import DataError

CLOSED = 1e-12


@pytest.fixture
def cohort():
    frame = pd.DataFrame(
        {
            "referral_id": list("abcdefgh"),
            "arm": pd.Categorical(["comparison"] * 4 + ["rj"] * 4, ["comparison", "rj"]),
            "exclusion_reason": pd.array([pd.NA] * 7 + ["not_eligible"], dtype="string"),
            "prior_arrests": [0, 1, 2, 3, 1, 3, 5, 99],
            "gender": pd.Categorical(["man", "man", "woman", None, "man", "woman", "woman", "man"]),
            "first_entry": pd.array([True, False, None, True, True, True, True, True], "boolean"),
        }
    )
    return Cohort(frame=frame, arms=("comparison", "rj"))


def row(table, variable, level=""):
    frame = table.frame
    return frame[(frame["variable"] == variable) & (frame["level"] == level)].iloc[0]


def test_means_and_their_standardised_difference(cohort):
    one = row(describe_cohort(cohort), "prior_arrests")
    # comparison 0, 1, 2, 3: mean 1.5, variance 5/3; rj 1, 3, 5: mean 3, variance 4.
    assert one["kind"] == "mean"
    assert (one["n_comparison"], one["n_rj"]) == (4, 3)
    assert (one["mean_comparison"], one["mean_rj"]) == (1.5, 3.0)
    assert one["sd_rj"] == pytest.approx(2.0, rel=CLOSED)
    assert one["smd"] == pytest.approx(1.5 / math.sqrt((5 / 3 + 4) / 2), rel=CLOSED)


def test_shares_are_of_the_whole_group_and_missing_is_a_level(cohort):
    table = describe_cohort(cohort)
    woman = row(table, "gender", "woman")
    assert (woman["n_comparison"], woman["n_rj"]) == (1, 2)
    p0, p1 = 1 / 4, 2 / 3
    spread = math.sqrt((p0 * (1 - p0) + p1 * (1 - p1)) / 2)
    assert woman["smd"] == pytest.approx((p1 - p0) / spread, rel=CLOSED)
    assert row(table, "gender", "missing")["n_comparison"] == 1
    shares = table.frame[table.frame["variable"] == "gender"]["share_comparison"]
    assert shares.sum() == pytest.approx(1.0, rel=CLOSED)


def test_yes_and_no_are_levels(cohort):
    table = describe_cohort(cohort)
    levels = table.frame.loc[table.frame["variable"] == "first_entry", "level"]
    assert levels.to_list() == ["no", "yes", "missing"]


def test_people_left_out_do_not_count(cohort):
    table = describe_cohort(cohort)
    assert table.group_sizes == {"comparison": 4, "rj": 3}


def test_one_group_has_no_difference(cohort):
    table = describe_cohort(cohort, by=None)
    assert table.groups == ("all",)
    assert table.frame["smd"].isna().all()
    assert row(table, "prior_arrests")["n_all"] == 7


def test_no_difference_where_groups_are_alike_and_none_where_it_cannot_be_told():
    frame = pd.DataFrame(
        {
            "arm": pd.Categorical(["a", "a", "b", "b"]),
            "exclusion_reason": pd.array([pd.NA] * 4, dtype="string"),
            "same": [1.0, 2.0, 1.0, 2.0],
            "apart": [0.0, 0.0, 1.0, 1.0],
        }
    )
    table = describe_cohort(Cohort(frame=frame, arms=("a", "b")), variables=("same", "apart"))
    assert row(table, "same")["smd"] == 0.0
    assert np.isnan(row(table, "apart")["smd"])


def test_unknown_column_is_refused(cohort):
    with pytest.raises(DataError, match="shoe_size"):
        describe_cohort(cohort, variables=("shoe_size",))
    with pytest.raises(DataError, match="site"):
        describe_cohort(cohort, by="site")
