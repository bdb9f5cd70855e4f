"""People with several rows are counted once; Turnbull's curve has intervals when asked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rjeval as rj

#: Error of a standard error from 1,000 samples is some 2 %; twice that and a little more.
CHANCE = 0.08


@pytest.fixture
def whole():
    frame = pd.DataFrame({"day": np.arange(1, 121), "new": [1, 0, 1] * 40})
    return rj.time_to_event(frame.assign(site=["a", "b"] * 60), time="day", event="new")


def test_a_model_of_split_rows_counts_people(whole):
    one, cut = (rj.cox_regression(data, "site") for data in (whole, rj.split_at(whole, [40, 80])))
    assert (cut.n, cut.n_events) == (one.n, one.n_events) == (120, 80)
    pd.testing.assert_frame_equal(cut.level_counts, one.level_counts)


@pytest.fixture
def checked():
    """Two hundred people checked on days 90 and 180: 60 found first, then 50 of those left."""
    frame = pd.DataFrame(
        {
            "found": [90] * 60 + [180] * 140,
            "new": [1] * 60 + [1] * 50 + [0] * 90,
            "clear": [0] * 60 + [90] * 140,
        }
    )
    return rj.time_to_event(frame, time="found", event="new")


def test_intervals_of_checks_at_fixed_days_are_those_of_shares(checked):
    curve = rj.interval_survival(checked, last_clear="clear", n_bootstrap=1000, seed=5).frame
    share = np.array([0.70, 0.45])
    error = np.sqrt(share * (1 - share) / 200)
    assert curve["estimate"].iloc[1:].to_numpy() == pytest.approx(share)
    assert curve["std_error"].iloc[1:].to_numpy() == pytest.approx(error, rel=CHANCE)
    assert curve["conf_low"].iloc[1:].to_numpy() == pytest.approx(share - 1.96 * error, abs=0.01)
    assert curve["conf_high"].iloc[1:].to_numpy() == pytest.approx(share + 1.96 * error, abs=0.01)


def test_the_seed_decides_and_without_samples_there_is_no_interval(checked):
    first, again, other = (
        rj.interval_survival(checked, last_clear="clear", n_bootstrap=50, seed=seed).frame
        for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first, again)
    assert not first["conf_low"].equals(other["conf_low"])
    bare = rj.interval_survival(checked, last_clear="clear")
    assert bare.frame["conf_low"].iloc[1:].isna().all()
    assert bare.conf_type == "none"
