"""Risk differences equal the printed Make-it-Right trial and R's prop.test."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rjeval as rj

#: Closed forms on both sides.
CLOSED = 1e-8


def trial(follow_up, *, months, k1, n1, k0, n0):
    """A trial rebuilt from its printed counts: the events lie at the end of the window."""
    arm = pd.Categorical(["control"] * n0 + ["rj"] * n1, categories=["control", "rj"])
    event = np.r_[np.ones(k0), np.zeros(n0 - k0), np.ones(k1), np.zeros(n1 - k1)]
    frame = pd.DataFrame({"month": float(months), "event": event, "group": arm})
    return follow_up(frame, time="month", event="event", observable=float(months))


def line(contrast, term):
    return contrast.frame.set_index("term").loc[term]


@pytest.mark.parametrize(("key", "months"), [("mir_re6", 6), ("mir_re12", 12)])
def test_make_it_right_contrasts(follow_up, reference, key, months):
    want = reference("rj_published")[key]
    counts = {name: want[name] for name in ("k1", "n1", "k0", "n0")}
    outcome = trial(follow_up, months=months, **counts)
    wald = rj.risk_difference(outcome, by="group", at_days=months)
    gap = line(wald, "risk_difference")
    assert gap["estimate"] == pytest.approx(want["rd"], rel=CLOSED)
    assert [gap["conf_low"], gap["conf_high"]] == pytest.approx(want["rd_wald"], rel=CLOSED)
    assert line(wald, "number_needed")["estimate"] == pytest.approx(want["nnt"], rel=CLOSED)
    for term, name in (("risk_ratio", "rr"), ("odds_ratio", "or")):
        row = line(wald, term)
        assert row["estimate"] == pytest.approx(want[name], rel=CLOSED)
        interval = [row["conf_low"], row["conf_high"]]
        assert interval == pytest.approx(want[f"{name}_ci"], rel=CLOSED)
    score = line(
        rj.risk_difference(outcome, by="group", at_days=months, method="newcombe"),
        "risk_difference",
    )
    assert [score["conf_low"], score["conf_high"]] == pytest.approx(want["rd_newcombe"], rel=CLOSED)
    assert score["p_value"] == pytest.approx(want["p"], rel=CLOSED)


def test_make_it_right_rates_with_wilson_intervals(follow_up, reference):
    want = reference("rj_published")["mir_re6"]
    counts = {name: want[name] for name in ("k1", "n1", "k0", "n0")}
    rates = rj.fixed_window_rates(trial(follow_up, months=6, **counts), by="group", at_days=6)
    low, high = rates.frame["conf_low"], rates.frame["conf_high"]
    assert rates.frame["estimate"].tolist() == pytest.approx([want["p0"], want["p1"]], rel=CLOSED)
    assert [low[0], high[0]] == pytest.approx(want["wilson0"], rel=CLOSED)
    assert [low[1], high[1]] == pytest.approx(want["wilson1"], rel=CLOSED)


def test_the_printed_effect_of_make_it_right(follow_up):
    # As printed: 24 of 99 against 19 of 44 re-arrested within six months, -18.9 points.
    outcome = trial(follow_up, months=6, k1=24, n1=99, k0=19, n0=44)
    gap = line(rj.risk_difference(outcome, by="group", at_days=6), "risk_difference")
    assert round(gap["estimate"], 3) == -0.189


def test_recid_difference_at_24_months(recid, reference):
    want = reference("recid")["r24_by_workprg"]
    gap = line(rj.risk_difference(recid, by="workprg", at_days=24), "risk_difference")
    assert gap["estimate"] == pytest.approx(want["diff"], rel=CLOSED)
    assert [gap["conf_low"], gap["conf_high"]] == pytest.approx(want["ci"], rel=CLOSED)


def test_without_censoring_the_curve_gives_the_same_difference(recid):
    mature = rj.risk_difference(recid, by="workprg", at_days=24)
    curve = rj.risk_difference(recid, by="workprg", at_days=24, source="kaplan_meier")
    for column in ("estimate", "std_error", "conf_low", "conf_high"):
        got, want = curve.frame[column].to_numpy(), mature.frame[column].to_numpy()
        assert got == pytest.approx(want, rel=CLOSED, nan_ok=True)


def test_difference_of_kaplan_meier_milestones(rossi, reference):
    points = reference("rossi")["km_fin"]["plain"]
    at = {row["stratum"]: row for row in points if row["time"] == 26}
    gap = line(
        rj.risk_difference(rossi, by="fin", at_days=26, source="kaplan_meier"), "risk_difference"
    )
    assert gap["estimate"] == pytest.approx(at["fin=0"]["surv"] - at["fin=1"]["surv"], rel=CLOSED)
    assert gap["std_error"] == pytest.approx(
        np.hypot(at["fin=0"]["se"], at["fin=1"]["se"]), rel=CLOSED
    )


def make_it_right_periods(reference):
    mir = reference("rj_published")
    parts = []
    for arm, last in ((0, "0"), (1, "1")):
        n, early = mir["mir_re6"][f"n{last}"], mir["mir_re6"][f"k{last}"]
        late = mir["mir_re12"][f"k{last}"]
        month = np.r_[np.full(early, 6), np.full(n - early, 12)]
        event = np.r_[np.ones(late), np.zeros(n - late)]
        parts.append(pd.DataFrame({"month": month, "event": event, "treated": arm}))
    return pd.concat(parts, ignore_index=True)


def test_make_it_right_in_discrete_time(follow_up, reference):
    want = reference("rj_published")["mir_discrete_time"]["cloglog"]
    outcome = follow_up(make_it_right_periods(reference), time="month", event="event")
    model = rj.grouped_time_regression(outcome, "treated", period_ends=[6, 12])
    got = model.frame.set_index("term")
    first, later, arm = (term for term in want["terms"])
    assert got.loc["period[0-6]", "estimate"] == pytest.approx(first["coef"], rel=1e-6)
    assert got.loc["period[6-12]", "estimate"] == pytest.approx(
        first["coef"] + later["coef"], rel=1e-6
    )
    assert got.loc["treated", "estimate"] == pytest.approx(arm["coef"], rel=1e-6)
    assert got.loc["treated", "std_error"] == pytest.approx(arm["se"], rel=1e-5)
    assert model.fit["loglik"] == pytest.approx(want["loglik"], rel=1e-9)
    assert model.fit["person_periods"] == want["n"]
