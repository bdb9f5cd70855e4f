"""Splines and cured shares equal the maxima that R finds from the likelihoods."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.errors import EstimationError, GuardError, TooFewEventsError

#: lifelines' optimiser stops a little before the maximum.
OPTIMISED = 1e-6
#: R's second derivatives of the cure model are numerical.
NUMERICAL = 1e-4
CURE = Path(__file__).parent / "data" / "survival_flexible" / "cure.csv"


@pytest.fixture
def cured():
    return rj.time_to_event(pd.read_csv(CURE), time="day", event="new", observable=None)


@pytest.mark.parametrize(("n_knots", "name"), [(1, "one"), (2, "two")])
def test_a_spline_baseline_is_at_the_maximum(rossi, reference, n_knots, name):
    want = reference("survival_flexible")[name]
    got = rj.spline_regression(rossi, "fin + age + prio", n_knots=n_knots)
    own = got.coefficients()
    assert own["estimate"].to_numpy() == pytest.approx(want["coef"], rel=OPTIMISED)
    assert own["std_error"].to_numpy() == pytest.approx(want["se"], rel=OPTIMISED)
    assert got.fit["loglik"] == pytest.approx(want["loglik"], rel=OPTIMISED)
    assert any("Exploratory" in note for note in got.notes)


def test_a_spline_gives_about_the_hazard_ratios_of_cox(rossi):
    spline = rj.spline_regression(rossi, "fin + age + prio", n_knots=2).coefficients()
    cox = rj.cox_regression(rossi, "fin + age + prio").frame
    gap = (spline["estimate"] - cox["estimate"]) / cox["std_error"]
    assert np.abs(gap).max() < 0.1


def test_without_knots_it_would_be_weibull(rossi):
    with pytest.raises(EstimationError) as caught:
        rj.spline_regression(rossi, "fin", n_knots=0)
    assert "weibull" in caught.value.hint


def test_cured_shares_are_at_the_maximum(cured, reference):
    want = reference("survival_flexible")
    got = rj.cured_fraction(cured, by="arm")
    assert got.frame["term"].tolist() == ["never[a]", "never[b]"]
    for i, arm in enumerate("ab"):
        line = got.frame.iloc[i]
        assert line["estimate"] == pytest.approx(want[f"cure_{arm}"]["cured"], rel=OPTIMISED)
        assert line["std_error"] == pytest.approx(want[f"cure_{arm}"]["se"], rel=NUMERICAL)
    loglik = want["cure_a"]["loglik"] + want["cure_b"]["loglik"]
    assert got.fit["loglik"] == pytest.approx(loglik, rel=OPTIMISED)


def test_the_true_cured_shares_lie_in_their_intervals(cured):
    frame = rj.cured_fraction(cured, by="arm").frame
    assert ((frame["conf_low"] < [0.55, 0.70]) & (frame["conf_high"] > [0.55, 0.70])).all()


def test_no_cured_share_without_a_plateau(cured):
    # Nobody is cured here: all reoffend at a constant rate, and the records stop at two years.
    day = -900 * np.log((np.arange(300) + 0.5) / 300)
    frame = pd.DataFrame({"day": np.minimum(day, 730), "new": day <= 730})
    with pytest.raises(GuardError, match="no long plateau"):
        rj.cured_fraction(rj.time_to_event(frame, time="day", event="new"))
    few = cured.frame[cured.frame["exit_reason"] != "reoffence"]
    some = cured.frame[cured.frame["exit_reason"] == "reoffence"].head(14)
    with pytest.raises(TooFewEventsError, match="14 events"):
        rj.cured_fraction(replace(cured, frame=pd.concat([few, some])))


#: R's search uses values of the likelihood only.
SEARCHED = 1e-4


def with_age(outcome):
    age = 15 + (np.arange(1, len(outcome.frame) + 1) * 7) % 23
    return replace(outcome, frame=outcome.frame.assign(age=age))


def test_odds_of_never_reoffending_are_at_the_maximum(cured, reference):
    want = reference("survival_flexible")["cure_covariates"]
    got = rj.cure_regression(with_age(cured), "arm + age")
    assert got.frame["term"].tolist() == [
        "(Intercept)",
        "arm[b]",
        "age",
        "time((Intercept))",
        "time(arm[b])",
        "time(age)",
        "Log(shape)",
    ]
    gap = got.frame["estimate"].to_numpy() - np.array(want["coef"])
    assert np.abs(gap / np.array(want["se"])).max() < SEARCHED
    assert got.frame["std_error"].to_numpy() == pytest.approx(want["se"], rel=1e-3)
    assert got.fit["loglik"] == pytest.approx(want["loglik"], rel=1e-9)


def test_the_true_odds_lie_in_the_interval_and_without_a_plateau_there_are_none(cured):
    line = rj.cure_regression(with_age(cured), "arm + age").frame.iloc[1]
    # True shares 0.55 and 0.70.
    truth = np.log(0.70 / 0.30) - np.log(0.55 / 0.45)
    assert line["conf_low"] < truth < line["conf_high"]
    early = cured.frame.assign(time_days=np.minimum(cured.frame["time_days"], 400.0))
    with pytest.raises(GuardError, match="no long plateau"):
        rj.cure_regression(replace(cured, frame=early), "arm")
    few = cured.frame[cured.frame["exit_reason"] != "reoffence"]
    some = cured.frame[cured.frame["exit_reason"] == "reoffence"].head(20)
    with pytest.raises(TooFewEventsError):
        rj.cure_regression(replace(cured, frame=pd.concat([few, some])), "arm")
