"""Rows that are parts of people's follow-up, empty strata and groups that leave early: as R."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rjeval as rj

#: Closed forms on both sides.
CLOSED = 1e-8
#: Maxima found by two programs, both converged to the last digits.
ITERATED = 1e-8
DATA = Path(__file__).parent / "data" / "survival_hostile"


@pytest.fixture(scope="module")
def hostile(reference):
    return reference("survival_hostile")


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(DATA / "intervals.csv").assign(
        new=lambda d: (d["kind"] == 1).astype(int),
        gone=lambda d: np.where(d["kind"] == 2, "death", ""),
    )


def rows_of(table, *, event="new"):
    return rj.time_to_event(
        table,
        time="stop",
        event=event,
        entry="start",
        id="id",
        competing="gone" if event == "new" else None,
        covariates=["arm", "x", "z", "w"],
    )


def at_days(frame, arm, times):
    """Rows of an arm's curve that hold at each of R's times."""
    own = frame[frame["arm"] == arm]
    place = np.searchsorted(own["time_days"].to_numpy(), times, side="right") - 1
    return own.iloc[place]


def test_weights_that_change_within_a_person_have_an_error_over_people(table, hostile):
    curves = rj.kaplan_meier(rows_of(table), by="arm", weights="w").frame
    for arm, want in hostile["km"].items():
        got = at_days(curves, arm, want["time"])
        assert got["estimate"].to_numpy() == pytest.approx(want["surv"], rel=CLOSED, abs=CLOSED)
        some = got["estimate"].to_numpy() > 0  # R writes 0 where survival is 0
        assert got["std_error"].to_numpy()[some] == pytest.approx(
            np.array(want["se"])[some], rel=CLOSED, abs=CLOSED
        )


def test_incidence_from_rows_has_an_error_over_people(table, hostile):
    whole = rows_of(table[~table["id"].isin(hostile["broken"])])
    curves = rj.cumulative_incidence(whole, by="arm").frame
    for arm, want in hostile["aj"].items():
        got = at_days(curves, arm, want["time"])
        assert got["estimate"].to_numpy() == pytest.approx(want["incidence"], rel=CLOSED)
        assert got["std_error"].to_numpy() == pytest.approx(want["se"], rel=CLOSED, abs=CLOSED)


@pytest.mark.parametrize(
    ("event", "weights", "key"), [("new", "w", "weighted"), ("incident", None, "incidents")]
)
def test_rows_of_a_person_are_a_cluster_without_being_told(table, hostile, event, weights, key):
    want = hostile[key]
    cox = rj.cox_regression(rows_of(table, event=event), "x + z", weights=weights)
    assert cox.std_error_kind == "cluster-robust by person_id"
    assert cox.frame["estimate"].to_numpy() == pytest.approx(want["coef"], rel=ITERATED)
    assert cox.frame["std_error"].to_numpy() == pytest.approx(want["se"], rel=ITERATED)
    assert [cox.fit["concordance"], cox.fit["concordance_std_error"]] == pytest.approx(
        want["concordance"], rel=ITERATED
    )


@pytest.fixture(scope="module")
def last_rows(table):
    return table.drop_duplicates("id", keep="last").reset_index(drop=True)


def people_of(frame):
    return rj.time_to_event(
        frame, time="stop", event="new", competing="gone", covariates=["arm", "site"]
    )


def test_a_stratum_without_events_adds_nothing_to_grays_test(last_rows, hostile):
    found = rj.gray_test(people_of(last_rows), by="arm", strata="site").frame
    assert found["statistic"].item() == pytest.approx(hostile["gray"]["statistic"], rel=CLOSED)
    assert found["df"].item() == hostile["gray"]["df"]


def test_a_group_that_left_before_the_first_event_takes_no_part(last_rows, hostile):
    one = last_rows["id"] == 1
    early = last_rows.assign(
        arm=last_rows["arm"].mask(one, "a0"),
        stop=last_rows["stop"].mask(one, 1),
        new=last_rows["new"].mask(one, 0),
        gone=last_rows["gone"].mask(one, ""),
    )
    outcome = people_of(early)
    found = rj.log_rank_test(outcome, by="arm").frame
    assert found["statistic"].item() == pytest.approx(
        hostile["left_early"]["statistic"], rel=CLOSED
    )
    assert found["df"].item() == hostile["left_early"]["df"]
    # cmprsk gives -1 (a singular matrix); the group adds a row of noughts, so nothing
    with_it, without = (
        rj.gray_test(people_of(frame), by="arm").frame for frame in (early, early[~one])
    )
    assert with_it["df"].item() == without["df"].item() == 2
    pairs = rj.pairwise_log_rank_test(outcome, by="arm")
    untested = pairs.frame["p_value"].isna()
    assert pairs.frame.loc[untested, "term"].str.contains("a0").all()
    assert untested.sum() == 3
