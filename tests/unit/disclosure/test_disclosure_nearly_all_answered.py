"""Where all but a few answered, no table of the survey says how many did not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.border import release
from rjeval.disclosure.bounds import wilson_interval
from rjeval.results import RatingShares, ResponseRates

RULE = DisclosureRule()
ANSWERED, NOT_INVITED = 55, 20


def response(silent: int) -> ResponseRates:
    invited = ANSWERED + silent
    low, high = wilson_interval(ANSWERED, invited)
    row = {
        "role": "harmed_party",
        "wave": "post",
        "n_eligible": invited + NOT_INVITED,
        "n_invited": invited,
        "n_completed": ANSWERED,
        "n_partial": 0,
        "n_refused": silent,
        "n_no_contact": 0,
        "n_not_invited": NOT_INVITED,
        "estimate": ANSWERED / invited,
        "conf_low": float(low),
        "conf_high": float(high),
    }
    return ResponseRates(frame=pd.DataFrame([row]), by="", conf_level=0.95)


def shares(silent: int) -> RatingShares:
    invited, top = ANSWERED + silent, 40
    low, high = wilson_interval(top, ANSWERED)
    row = {"item_id": "overall", "item": "Satisfied", "n": ANSWERED, "n_top": top}
    row |= {"estimate": top / ANSWERED, "conf_low": float(low), "conf_high": float(high)}
    row |= {"n_level_1": 15, "n_level_2": top}
    row |= {"bound_low": top / invited, "bound_high": (top + silent) / invited}
    return RatingShares(
        frame=pd.DataFrame([row]),
        by="",
        role="harmed_party",
        levels=("no", "yes"),
        top=1,
        conf_level=0.95,
        n_invited=invited,
        n_responded=ANSWERED,
    )


def test_the_same_is_said_of_all_small_numbers_of_people_who_did_not_answer() -> None:
    """From 0 to 10 silent, nothing differs, and those who answered stay with their shares."""
    shown = [release(response(silent), shares(silent), rule=RULE) for silent in range(11)]
    for rates, ratings in shown[1:]:
        pd.testing.assert_frame_equal(rates.frame, shown[0][0].frame)
        pd.testing.assert_frame_equal(ratings.frame, shown[0][1].frame)
        assert (ratings.n_invited, ratings.n_responded) == (None, 55)
        assert "how many did not is not shown" in rj.tabulate_shares(ratings).caption
    row = shown[0][0].frame.iloc[0]
    assert row[["n_invited", "n_eligible", "n_refused", "estimate"]].isna().all()
    assert (row["n_completed"], row["bound"]) == (55, "more than 84%")
    assert shown[0][1].frame.loc[0, "estimate"] == pytest.approx(40 / 55)


@pytest.mark.parametrize("silent", range(11))
def test_the_bound_is_true(silent: int) -> None:
    bound = release(response(silent), rule=RULE).frame.loc[0, "bound"]
    percent = float(bound.removeprefix("more than ").rstrip("%"))
    assert 100 * ANSWERED / (ANSWERED + silent) > percent


def test_more_who_did_not_answer_are_told() -> None:
    rates, ratings = release(response(20), shares(20), rule=RULE)
    assert rates.frame.loc[0, ["n_invited", "n_refused", "n_completed"]].tolist() == [75, 20, 55]
    assert (ratings.n_invited, ratings.n_responded) == (75, 55)
    assert np.isfinite(ratings.frame.loc[0, "bound_low"])
