"""Curves, tests, restricted means equal R's survfit, survdiff and cmprsk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rjeval as rj

#: Closed forms on both sides: what is left is rounding of sums in another order.
CLOSED = 1e-8
DATA = Path(__file__).parent / "data"


def at_time(frame, group, column, time):
    """The row of a step function in force at a time."""
    block = frame[(frame[column].astype(str) == group) & (frame["time_days"] <= time)]
    return block.iloc[-1]


def stratum_level(stratum):
    return stratum.split("=")[-1]


def compare_curves(curves, expected, column):
    for row in expected:
        got = at_time(curves.frame, stratum_level(row["stratum"]), column, row["time"])
        assert got["estimate"] == pytest.approx(row["surv"], rel=CLOSED)
        assert got["std_error"] == pytest.approx(row["se"], rel=CLOSED)
        if row["lo"] is not None:
            assert got["conf_low"] == pytest.approx(row["lo"], rel=CLOSED)
            assert got["conf_high"] == pytest.approx(row["hi"], rel=CLOSED)


@pytest.mark.parametrize("conf_type", ["log-log", "log", "plain"])
@pytest.mark.parametrize(("key", "by"), [("km_all", None), ("km_fin", "fin")])
def test_rossi_kaplan_meier_with_three_kinds_of_interval(rossi, reference, conf_type, key, by):
    curves = rj.kaplan_meier(rossi, by=by, conf_type=conf_type)
    compare_curves(curves, reference("rossi")[key][conf_type], by or "group")


@pytest.mark.parametrize("conf_type", ["log-log", "log", "plain"])
@pytest.mark.parametrize(
    ("key", "by"), [("km_all", None), ("km_workprg", "workprg"), ("km_super", "super")]
)
def test_recid_kaplan_meier(recid, reference, conf_type, key, by):
    curves = rj.kaplan_meier(recid, by=by, conf_type=conf_type)
    compare_curves(curves, reference("recid")[key][conf_type], by or "group")


def test_rossi_counts_at_risk_are_those_just_before_the_time(rossi, reference):
    curves = rj.kaplan_meier(rossi, by="fin")
    for row in reference("rossi")["km_fin"]["log-log"]:
        block = curves.frame[curves.frame["fin"] == stratum_level(row["stratum"])]
        later = block[block["time_days"] >= row["time"]]
        assert later.iloc[0]["n_at_risk"] == row["n_risk"]


@pytest.mark.parametrize(
    ("name", "key", "options"),
    [
        ("rossi", "logrank_fin", {"by": "fin"}),
        ("rossi", "peto_fin", {"by": "fin", "weighting": "peto"}),
        ("rossi", "logrank_strat_race", {"by": "fin", "strata": "race"}),
        ("recid", "logrank_workprg", {"by": "workprg"}),
        ("recid", "logrank_black", {"by": "black"}),
        ("recid", "peto_black", {"by": "black", "weighting": (1, 0)}),
        ("recid", "logrank_workprg_strat_felon", {"by": "workprg", "strata": "felon"}),
    ],
)
def test_log_rank_family(request, reference, name, key, options):
    expected = reference(name)[key]
    test = rj.log_rank_test(request.getfixturevalue(name), **options)
    row = test.frame.iloc[0]
    assert row["statistic"] == pytest.approx(expected["chisq"], rel=CLOSED)
    assert row["df"] == expected["df"]
    assert row["p_value"] == pytest.approx(expected["p"], rel=CLOSED)
    assert test.groups["observed"].to_numpy() == pytest.approx(expected["obs"], rel=CLOSED)
    assert test.groups["expected"].to_numpy() == pytest.approx(expected["exp"], rel=CLOSED)
    assert test.groups["n"].tolist() == expected["n"]


@pytest.mark.parametrize(
    ("name", "key", "by", "horizon"),
    [
        ("rossi", "rmst_fin_52", "fin", 52),
        ("rossi", "rmst_fin_26", "fin", 26),
        ("recid", "rmst_workprg_70", "workprg", 70),
        ("recid", "rmst_black_60", "black", 60),
    ],
)
def test_restricted_means_and_their_difference(request, reference, name, key, by, horizon):
    expected = reference(name)[key]
    mean = rj.restricted_mean(request.getfixturevalue(name), by=by, horizon_days=horizon)
    for got, want in zip(mean.frame.itertuples(), expected["groups"], strict=True):
        assert got.estimate == pytest.approx(want["rmst"], rel=CLOSED)
        assert got.std_error == pytest.approx(want["se"], rel=CLOSED)
    gap, want = mean.contrast.frame.iloc[0], expected["diff_2_minus_1"]
    assert gap["estimate"] == pytest.approx(want["est"], rel=CLOSED)
    assert gap["std_error"] == pytest.approx(want["se"], rel=CLOSED)
    assert gap["conf_low"] == pytest.approx(want["lo"], rel=CLOSED)
    assert gap["conf_high"] == pytest.approx(want["hi"], rel=CLOSED)
    assert gap["p_value"] == pytest.approx(want["p"], rel=CLOSED)
    ratio = mean.contrast.frame.iloc[1]
    assert ratio["estimate"] == pytest.approx(expected["ratio_2_over_1"], rel=CLOSED)


@pytest.fixture(scope="module")
def mgus2(follow_up):
    frame = pd.read_csv(DATA / "mgus2" / "mgus2.csv")
    progressed = frame["pstat"] == 1
    frame = frame.assign(
        etime=np.where(progressed, frame["ptime"], frame["futime"]), progressed=progressed
    )
    died = ~progressed & (frame["death"] == 1)
    return follow_up(frame, time="etime", event="progressed", competing=died)


def test_mgus2_incidence_and_jackknife_error_equal_survfit(mgus2, reference):
    expected = reference("mgus2")["aalen_johansen_sex"]
    for cause, state in (("reoffence", 1), ("competing", 2)):
        curves = rj.cumulative_incidence(mgus2, by="sex", cause=cause)
        for i, stratum in enumerate(expected["strata"]):
            row = at_time(curves.frame, stratum_level(stratum), "sex", expected["time"][i])
            assert row["estimate"] == pytest.approx(expected["pstate"][i][state], rel=CLOSED)
            assert row["std_error"] == pytest.approx(expected["se"][i][state], rel=CLOSED)


@pytest.mark.parametrize(("key", "by"), [("cuminc_all", None), ("cuminc_sex", "sex")])
def test_mgus2_incidence_and_gray_error_equal_cuminc(mgus2, reference, key, by):
    causes = {"1": "reoffence", "2": "competing"}
    for row in reference("mgus2")[key]["cif"]:
        group, cause = row["curve"].split(" ")
        curves = rj.cumulative_incidence(mgus2, by=by, cause=causes[cause], std_error="gray")
        got = at_time(curves.frame, group if by else "all", by or "group", row["time"])
        assert got["estimate"] == pytest.approx(row["cif"], rel=CLOSED)
        assert got["std_error"] == pytest.approx(row["se"], rel=CLOSED)
        assert got["conf_low"] == pytest.approx(row["lo_loglog"], rel=CLOSED)
        assert got["conf_high"] == pytest.approx(row["hi_loglog"], rel=CLOSED)


def test_rossi_nelson_aalen(rossi, reference):
    curves = rj.nelson_aalen(rossi)
    for row in reference("rossi")["nelson_aalen"]:
        got = at_time(curves.frame, "all", "group", row["time"])
        assert got["estimate"] == pytest.approx(row["cumhaz"], rel=CLOSED)
        assert got["std_error"] == pytest.approx(row["se"], rel=CLOSED)


@pytest.mark.parametrize(("index", "cause"), [(0, "reoffence"), (1, "competing")])
def test_mgus2_gray(mgus2, reference, index, cause):
    expected = reference("mgus2")["cuminc_sex"]["gray_test"][index]
    got = rj.gray_test(mgus2, by="sex", cause=cause).frame.iloc[0]
    assert got["statistic"] == pytest.approx(expected["stat"], rel=CLOSED)
    assert got["p_value"] == pytest.approx(expected["p"], rel=CLOSED)
    assert got["df"] == expected["df"]


@pytest.mark.parametrize("conf_type", ["log-log", "log", "plain"])
def test_median_of_the_make_it_right_curves(follow_up, reference, conf_type):
    mir = reference("rj_published")
    arms = []
    for arm, last in (("arm=0", "0"), ("arm=1", "1")):
        six, twelve = mir["mir_re6"], mir["mir_re12"]
        n, early, late = six[f"n{last}"], six[f"k{last}"], twelve[f"k{last}"]
        month = np.r_[np.full(early, 6), np.full(n - early, 12)]
        event = np.r_[np.ones(late), np.zeros(n - late)]
        arms.append(pd.DataFrame({"month": month, "event": event, "trial_arm": arm}))
    outcome = follow_up(pd.concat(arms, ignore_index=True), time="month", event="event")
    got = rj.survival_quantiles(
        outcome, by="trial_arm", probabilities=[0.5], conf_type=conf_type
    ).frame
    for row, want in zip(got.itertuples(), mir["mir_km"][f"median_{conf_type}"], strict=True):
        for name, value in (("estimate", "median"), ("conf_low", "lo"), ("conf_high", "hi")):
            expected = np.nan if want[value] is None else want[value]
            assert getattr(row, name) == pytest.approx(expected, nan_ok=True)
