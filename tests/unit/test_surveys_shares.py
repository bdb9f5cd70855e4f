"""Shares, bounds and response rates, worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.analysis_data import Exports, Ratings
from rjeval.errors import DataError, EstimationError, GuardError
from rjeval.surveys.proportions import wilson_interval

LEVELS = ("1", "2", "3", "4", "5")


def flat(values, **more):
    frame = pd.DataFrame({"rating": values, **more})
    return rj.ratings(frame, rating="rating", levels=LEVELS)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (5, 5, 56.6, 100),
        (9, 9, 70.1, 100),
        (12, 12, 75.8, 100),
        (18, 18, 82.4, 100),
        (41, 43, 84.5, 98.7),
        (43, 43, 91.8, 100),
    ],
)
def test_wilson_limits_equal_published_ones(k, n, low, high):
    _, lower, upper = wilson_interval(k, n)
    assert (round(100 * float(lower), 1), round(100 * float(upper), 1)) == (low, high)


def test_wilson_of_one_success_in_ten_by_hand():
    # z = 1.959964: centre (0.1 + 0.192073) / 1.384146, half (1.959964 * 0.136438) / 1.384146
    _, low, high = wilson_interval(1, 10)
    assert (round(float(low), 4), round(float(high), 4)) == (0.0179, 0.4042)


def test_shares_count_top_two_categories_and_bound_the_silent():
    # 10 asked: 4 of 8 answers are a 4 or a 5; 2 silent. Bounds 4/10 and 6/10; mean 26/8.
    shares = rj.satisfaction_shares(flat(["1", "2", "3", "3", "4", "4", "4", "5", None, None]))
    row = shares.to_frame().iloc[0]
    assert (row["n"], row["n_top"], row["estimate"]) == (8, 4, 0.5)
    assert [row[f"n_level_{i}"] for i in range(1, 6)] == [1, 1, 2, 3, 1]
    assert (row["bound_low"], row["bound_high"], row["mean"]) == (0.4, 0.6, 26 / 8)
    assert shares.levels == LEVELS


def test_shares_by_group_leave_out_people_without_group_and_say_so():
    given = flat(["5", "5", "1", "4", "1"], site=["a", "a", "a", "b", None])
    shares = rj.satisfaction_shares(given, by="site")
    frame = shares.to_frame()
    assert list(frame["site"]) == ["a", "b"]
    assert list(frame["n_top"]) == [2, 1]
    assert any("without a recorded site" in note for note in shares.notes)


def test_weighted_share_uses_the_effective_number_of_answers():
    # Weights 1.5, .5, .5, .5: share (1.5 + .5)/3 = 2/3, effective n = 9 / 3 = 3.
    frame = pd.DataFrame({"rating": ["5", "4", "1", "1"], "w": [1.5, 0.5, 0.5, 0.5]})
    given = rj.ratings(frame, rating="rating", levels=LEVELS, weight="w")
    row = rj.satisfaction_shares(given).to_frame().iloc[0]
    _, low, high = wilson_interval(2, 3)
    assert row["estimate"] == pytest.approx(2 / 3)
    assert (row["conf_low"], row["conf_high"]) == (pytest.approx(low), pytest.approx(high))
    assert (row["n"], row["n_top"]) == (4, 2)


def test_whole_weights_count_people():
    frame = pd.DataFrame({"rating": ["5", "1"], "w": [30, 10]})
    given = rj.ratings(frame, rating="rating", levels=LEVELS, weight="w")
    row = rj.satisfaction_shares(given).to_frame().iloc[0]
    assert (row["n"], row["n_top"], row["estimate"]) == (40, 30, 0.75)


def invited(n_answered, n_silent, state="not_collected"):
    """Ratings whose denominator is known."""
    values = ["5"] * n_answered + [None] * n_silent
    frame = flat(values).frame.assign(
        missing_state=[None] * n_answered + [state] * n_silent, status="completed"
    )
    return Ratings(
        frame=frame,
        role="harmed_party",
        levels=LEVELS,
        primary_item="rating",
        n_invited=n_answered + n_silent,
        n_responded=n_answered,
    )


def test_under_thirty_per_cent_response_there_is_no_headline_but_bounds():
    shares = rj.satisfaction_shares(invited(29, 71))
    row = shares.to_frame().iloc[0]
    assert np.isnan(row[["estimate", "conf_low", "conf_high", "mean"]].astype(float)).all()
    assert (row["bound_low"], row["bound_high"]) == (0.29, 1.0)
    assert any("No headline" in note for note in shares.notes)


def test_at_thirty_per_cent_there_is_a_headline_with_a_caveat():
    shares = rj.satisfaction_shares(invited(30, 70))
    assert shares.to_frame()["estimate"][0] == 1.0
    assert any("fewer than half answered" in note for note in shares.notes)


def test_half_answered_needs_no_caveat():
    assert rj.satisfaction_shares(invited(50, 50)).notes == ()


def test_an_item_that_does_not_apply_is_no_non_response():
    row = rj.satisfaction_shares(invited(20, 80, state="not_applicable")).to_frame().iloc[0]
    assert (row["estimate"], row["bound_low"], row["bound_high"]) == (1.0, 1.0, 1.0)


def test_a_flat_table_of_several_roles_is_not_pooled():
    frame = pd.DataFrame({"rating": ["1", "2"], "role": ["harmed_party", "supporter"]})
    with pytest.raises(GuardError, match="2 roles, which are never pooled"):
        rj.ratings(frame, rating="rating", levels=["1", "2"], top=1)
    with pytest.raises(GuardError, match="never pooled"):
        rj.rating_items(frame, items=["rating"], levels=["1", "2"], top=1)
    one = rj.ratings(frame.iloc[:1], rating="rating", levels=["1", "2"], top=1)
    assert len(one.frame) == 1


def test_an_unknown_group_or_item_is_refused():
    with pytest.raises(EstimationError, match="no column nowhere"):
        rj.satisfaction_shares(flat(["1"]), by="nowhere")
    with pytest.raises(EstimationError, match="Nobody was asked"):
        rj.satisfaction_shares(flat(["1"]), item="other")


def exports(**tables):
    return Exports(tables=tables, accounts=(), ledger=pd.DataFrame(), quality=pd.DataFrame())


def invitations(statuses, **more):
    n = len(statuses)
    return pd.DataFrame(
        {
            "invitation_id": [f"q{i}" for i in range(n)],
            "party_id": [f"p{i}" for i in range(n)],
            "case_id": [f"c{i}" for i in range(n)],
            "role": "harmed_party",
            "wave": "post",
            "status": statuses,
            **more,
        }
    )


def test_response_counts_everybody_eligible_and_divides_by_those_invited():
    statuses = ["completed"] * 4 + [
        "partial",
        "refused",
        "no_contact",
        "not_invited",
        "unsafe_to_contact",
    ]
    rates = rj.response_rates(exports(survey_invitation=invitations(statuses)))
    row = rates.to_frame().iloc[0]
    counts = ["n_eligible", "n_invited", "n_completed", "n_partial", "n_refused", "n_no_contact"]
    assert list(row[counts]) == [9, 7, 4, 1, 1, 1]
    assert (row["n_not_invited"], row["estimate"]) == (2, 5 / 7)
    _, low, high = wilson_interval(5, 7)
    assert (row["conf_low"], row["conf_high"]) == (pytest.approx(low), pytest.approx(high))


def test_response_keeps_roles_and_waves_apart_and_in_order():
    table = invitations(["completed"] * 4)
    table["role"] = ["responsible_party", "harmed_party", "harmed_party", "harmed_party"]
    table["wave"] = ["post", "post", "pre", "post"]
    frame = rj.response_rates(exports(survey_invitation=table)).to_frame()
    assert list(zip(frame["role"], frame["wave"], frame["n_eligible"], strict=True)) == [
        ("harmed_party", "pre", 1),
        ("harmed_party", "post", 2),
        ("responsible_party", "post", 1),
    ]


def test_response_by_arm_goes_through_the_case_and_names_what_has_none():
    table = invitations(["completed", "refused", "completed"])
    referral = pd.DataFrame({"case_id": ["c0", "c1", "c2", "c2"], "arm": ["rj", "rj", "rj", "x"]})
    rates = rj.response_rates(exports(survey_invitation=table, referral=referral), by="arm")
    frame = rates.to_frame()
    assert (list(frame["arm"]), list(frame["n_eligible"])) == (["rj"], [2])
    assert any("no single arm" in note for note in rates.notes)


@pytest.mark.parametrize(
    ("answered", "silent", "said"), [(29, 71, "below 30%"), (49, 51, "below 50%"), (50, 50, None)]
)
def test_low_response_is_noted(answered, silent, said):
    table = invitations(["completed"] * answered + ["no_contact"] * silent)
    notes = rj.response_rates(exports(survey_invitation=table)).notes
    assert notes == () if said is None else said in notes[0]


def test_response_needs_the_list_of_people_invited():
    with pytest.raises(DataError, match="survey_invitation"):
        rj.response_rates(exports())
    with pytest.raises(DataError, match="has a column nowhere"):
        rj.response_rates(exports(survey_invitation=invitations(["completed"])), by="nowhere")
