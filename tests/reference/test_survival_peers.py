"""The survival core against scikit-survival and comprisk: oracles beside R, written by others."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rjeval as rj

DATA = Path(__file__).parent / "data"
#: Closed forms differ by the order of sums only; iterated ones by where each stops.
CLOSED, ITERATED = 1e-10, 1e-7
COX = "fin + age + race + wexp + mar + paro + prio"
CAUSES = {1: "reoffence", 2: "competing"}


@pytest.fixture(scope="module")
def want():
    return json.loads((DATA / "survival_peers" / "reference.json").read_text())


def mgus2_frame():
    frame = pd.read_csv(DATA / "mgus2" / "mgus2.csv")
    progressed = frame["pstat"] == 1
    return frame.assign(
        etime=np.where(progressed, frame["ptime"], frame["futime"]),
        progressed=progressed,
        died=~progressed & (frame["death"] == 1),
        male=(frame["sex"] == "M").astype(int),
    )


@pytest.fixture(scope="module")
def mgus2(follow_up):
    frame = mgus2_frame()
    return follow_up(frame, time="etime", event="progressed", competing=frame["died"])


@pytest.fixture(scope="module")
def complete(follow_up):
    frame = mgus2_frame().dropna(subset=["age", "mspike", "hgb"]).reset_index(drop=True)
    return follow_up(frame, time="etime", event="progressed", competing=frame["died"])


def stepped(curve, times, column="estimate"):
    """A curve's value at each time, from the last row at or before it."""
    place = np.searchsorted(curve["time_days"].to_numpy(), np.asarray(times), side="right") - 1
    return curve[column].to_numpy()[place]


def test_kaplan_meier_with_its_log_log_interval(rossi, want):
    expected = want["rossi"]["kaplan_meier"]
    curve = rj.kaplan_meier(rossi).frame
    for column, name in (("estimate", "surv"), ("conf_low", "low"), ("conf_high", "high")):
        got = stepped(curve, expected["time"], column)
        assert got == pytest.approx(expected[name], rel=CLOSED)


def test_log_rank(rossi, want):
    expected = want["rossi"]["log_rank"]
    got = rj.log_rank_test(rossi, by="fin").frame.iloc[0]
    assert got["statistic"] == pytest.approx(expected["statistic"], rel=CLOSED)
    assert got["p_value"] == pytest.approx(expected["p_value"], rel=CLOSED)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_cox(rossi, want, ties):
    expected = want["rossi"]["cox"][ties]
    got = rj.cox_regression(rossi, COX, ties=ties).frame.set_index("term")["estimate"]
    assert {name: got[name] for name in expected} == pytest.approx(expected, rel=ITERATED)


@pytest.mark.parametrize("cause", [1, 2])
@pytest.mark.parametrize("sex", ["F", "M"])
def test_incidence_of_competing_causes_by_both(mgus2, want, sex, cause):
    curve = rj.cumulative_incidence(mgus2, by="sex", cause=CAUSES[cause]).frame
    curve = curve[curve["sex"] == sex]
    one = want["mgus2"]["incidence_scikit_survival"][sex]
    assert stepped(curve, one["time"]) == pytest.approx(one[f"cause_{cause}"], rel=CLOSED)
    other = want["mgus2"]["incidence_comprisk"][f"{sex} {cause}"]
    assert stepped(curve, other["time"]) == pytest.approx(other["cif"], rel=CLOSED)


@pytest.mark.parametrize("cause", [1, 2])
def test_gray(mgus2, want, cause):
    expected = want["mgus2"]["gray"][str(cause)]
    got = rj.gray_test(mgus2, by="sex", cause=CAUSES[cause]).frame.iloc[0]
    assert got["statistic"] == pytest.approx(expected["statistic"], rel=CLOSED)
    assert got["p_value"] == pytest.approx(expected["p_value"], rel=CLOSED)


@pytest.mark.parametrize("cause", [1, 2])
def test_fine_gray(complete, want, cause):
    expected = want["mgus2"]["fine_gray"][str(cause)]
    got = rj.fine_gray_regression(complete, "age + male + mspike", cause=CAUSES[cause])
    assert got.frame["estimate"].to_numpy() == pytest.approx(expected["coef"], rel=ITERATED)
    assert got.fit["loglik"] == pytest.approx(expected["loglik"], rel=CLOSED)


def test_cause_specific_cox(complete, want):
    expected = want["mgus2"]["cause_specific_breslow"]
    got = rj.cox_regression(complete, "age + male + mspike", ties="breslow").frame
    assert got["estimate"].to_numpy() == pytest.approx(expected["coef"], rel=ITERATED)
    assert got["std_error"].to_numpy() == pytest.approx(expected["se"], rel=ITERATED)
