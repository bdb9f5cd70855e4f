"""Weights, delayed entry with competing exits, pairs, residuals, prediction, frequency: as R."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rjeval as rj

#: Closed forms on both sides.
CLOSED = 1e-8
#: Maxima found by two programs, both converged to the last digits.
ITERATED = 1e-8
DATA = Path(__file__).parent / "data"
ROSSI = "fin + age + race + wexp + mar + paro + prio"


@pytest.fixture(scope="module")
def extra(reference):
    return reference("survival_extra")


@pytest.fixture(scope="module")
def weighted(rossi_frame, follow_up):
    frame = rossi_frame.assign(
        w=0.5 + (rossi_frame["age"] % 3) / 2, school=rossi_frame["educ"].clip(upper=5)
    )
    return follow_up(frame, time="week", event="arrest")


def at_time(frame, group, column, time):
    block = frame[(frame[column].astype(str) == group) & (frame["time_days"] <= time)]
    return block.iloc[-1]


def test_weighted_kaplan_meier_has_a_valid_error(weighted, extra):
    want = extra["weighted_km"]
    curves = rj.kaplan_meier(weighted, by="fin", weights="w")
    for i, stratum in enumerate(want["stratum"]):
        got = at_time(curves.frame, stratum.split("=")[-1], "fin", want["time"][i])
        assert got["estimate"] == pytest.approx(want["surv"][i], rel=CLOSED)
        assert got["std_error"] == pytest.approx(want["se"][i], rel=CLOSED)
        assert got["conf_low"] == pytest.approx(want["low"][i], rel=CLOSED)
        assert got["conf_high"] == pytest.approx(want["high"][i], rel=CLOSED)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_weighted_cox_is_robust(weighted, extra, ties):
    want = extra[f"weighted_cox_{ties}"]
    cox = rj.cox_regression(weighted, ROSSI, weights="w", ties=ties)
    assert cox.frame["estimate"].to_numpy() == pytest.approx(want["coef"], rel=ITERATED)
    assert cox.frame["std_error"].to_numpy() == pytest.approx(want["se"], rel=ITERATED)
    assert cox.fit["loglik"] == pytest.approx(want["loglik"], rel=ITERATED)
    assert [cox.fit["concordance"], cox.fit["concordance_std_error"]] == pytest.approx(
        want["concordance"], rel=ITERATED
    )


def test_cox_with_strata_weights_and_clusters_at_once(weighted, extra):
    want = extra["strata_cluster_cox"]
    cox = rj.cox_regression(
        weighted, "fin + age + prio", strata="race", weights="w", cluster="educ"
    )
    assert cox.frame["estimate"].to_numpy() == pytest.approx(want["coef"], rel=ITERATED)
    assert cox.frame["std_error"].to_numpy() == pytest.approx(want["se"], rel=ITERATED)
    assert [cox.fit["concordance"], cox.fit["concordance_std_error"]] == pytest.approx(
        want["concordance"], rel=ITERATED
    )


def test_cox_with_an_offset(weighted, extra):
    want = extra["offset_cox"]
    frame = weighted.frame.assign(known=0.09 * weighted.frame["prio"])
    cox = rj.cox_regression(replace(weighted, frame=frame), "fin + age", offset="known")
    assert cox.frame["estimate"].to_numpy() == pytest.approx(want["coef"], rel=ITERATED)
    assert cox.frame["std_error"].to_numpy() == pytest.approx(want["se"], rel=ITERATED)
    assert cox.fit["loglik"] == pytest.approx(want["loglik"], rel=ITERATED)


def test_proportional_hazards_within_strata(weighted, extra):
    cox = rj.cox_regression(weighted, "fin + age + prio", strata="race")
    got = rj.proportional_hazards_test(cox).frame["statistic"].to_numpy()
    assert got == pytest.approx(extra["zph_strata"], rel=1e-6)


def test_pairs_of_groups_with_holm(weighted, extra):
    want = extra["pairwise"]
    got = rj.pairwise_log_rank_test(weighted, by="school").frame
    labels = [f"{b} - {a}" for a, b in zip(want["first"], want["second"], strict=True)]
    assert got["term"].tolist() == labels
    assert got["statistic"].to_numpy() == pytest.approx(want["chisq"], rel=CLOSED)
    assert got["p_value"].to_numpy() == pytest.approx(want["p"], rel=CLOSED)
    assert got["p_adjusted"].to_numpy() == pytest.approx(want["holm"], rel=CLOSED)


def test_incidence_with_delayed_entry(follow_up, extra):
    frame = pd.read_csv(DATA / "mgus2" / "mgus2.csv")
    progressed = frame["pstat"] == 1
    frame = frame.assign(
        etime=np.where(progressed, frame["ptime"], frame["futime"]),
        progressed=progressed,
        died=~progressed & (frame["death"] == 1),
        entry=np.where(frame["id"] % 2 == 0, 12, 0),
    )
    frame = frame[frame["etime"] > frame["entry"]].reset_index(drop=True)
    outcome = follow_up(
        frame, time="etime", event="progressed", entry="entry", competing=frame["died"]
    )
    want = extra["late_incidence"]
    for cause, state in (("reoffence", 1), ("competing", 2)):
        curves = rj.cumulative_incidence(outcome, by="sex", cause=cause)
        for i, stratum in enumerate(want["stratum"]):
            got = at_time(curves.frame, stratum.split("=")[-1], "sex", want["time"][i])
            assert got["estimate"] == pytest.approx(want["pstate"][i][state], rel=CLOSED)
            assert got["std_error"] == pytest.approx(want["se"][i][state], rel=CLOSED)


#: R's side is maximised by optim with numeric slopes.
NUMERIC = 2e-5


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("case", ["full", "separated"])
def test_firth_with_profile_intervals(rossi_frame, follow_up, case, ties):
    want = json.loads((DATA / "survival_extra" / "firth.json").read_text())[f"{case}_{ties}"]
    frame, formula = rossi_frame, "fin + age + prio"
    if case == "separated":
        frame = rossi_frame.iloc[::4].reset_index(drop=True)
        never = (frame["arrest"] == 0) & (frame["prio"] == 0)
        frame, formula = frame.assign(never=never.astype(int)), "fin + never"
    outcome = follow_up(frame, time="week", event="arrest")
    cox = rj.cox_regression(outcome, formula, penalty="firth", ties=ties)
    got = cox.frame
    assert got["estimate"].to_numpy() == pytest.approx(want["coef"], rel=NUMERIC)
    assert got["conf_low"].to_numpy() == pytest.approx(want["low"], rel=NUMERIC)
    assert got["conf_high"].to_numpy() == pytest.approx(want["high"], rel=NUMERIC)
    assert np.square(got["statistic"].to_numpy()) == pytest.approx(want["lr"], rel=NUMERIC)
    assert cox.fit["loglik"] == pytest.approx(want["loglik"], rel=1e-9)
    assert cox.fit["loglik_null"] == pytest.approx(want["loglik_null"], rel=1e-9)


@pytest.mark.parametrize(
    "kind", ["martingale", "deviance", "score", "dfbeta", "schoenfeld", "scaled_schoenfeld"]
)
def test_residuals(rossi, extra, kind):
    got = rj.cox_residuals(rossi, ROSSI, kind=kind)
    want = np.asarray(extra["residuals"][kind])
    if kind.endswith("schoenfeld"):
        # Tied events have no order of their own: compare the sums of each week.
        week = np.sort(rossi.frame.loc[rossi.reoffended, "time_days"].to_numpy())
        for days in np.unique(week):
            mine, theirs = got[week == days].sum(axis=0), want[week == days].sum(axis=0)
            assert mine == pytest.approx(theirs, rel=1e-7, abs=1e-9)
        return
    assert got == pytest.approx(want, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_predicted_survival_of_two_profiles(rossi, extra, ties):
    want = extra[f"prediction_{ties}"]
    given = {"age": 25, "race": 1, "wexp": 0, "mar": 0, "paro": 1, "prio": 3}
    profiles = pd.DataFrame([{"fin": 0, **given}, {"fin": 1, **given}], index=["without", "with"])
    curves = rj.predict_survival(rossi, ROSSI, profiles=profiles, ties=ties)
    for p, label in enumerate(profiles.index):
        for i, week in enumerate(want["time"]):
            got = at_time(curves.frame, label, "profile", week)
            assert got["estimate"] == pytest.approx(want["surv"][i][p], rel=CLOSED)
            assert got["std_error"] == pytest.approx(want["se"][i][p], rel=CLOSED)
            assert got["conf_low"] == pytest.approx(want["low"][i][p], rel=CLOSED)
            assert got["conf_high"] == pytest.approx(want["high"][i][p], rel=CLOSED)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_baseline_hazard_of_a_man_with_noughts(rossi, extra, ties):
    want = extra[f"prediction_{ties}"]
    names = ["fin", "age", "race", "wexp", "mar", "paro", "prio"]
    nought = pd.DataFrame([dict.fromkeys(names, 0)], index=["nought"])
    curve = rj.predict_survival(rossi, ROSSI, profiles=nought, ties=ties).frame
    for week, hazard in zip(want["base_time"], want["base_hazard"], strict=True):
        got = at_time(curve, "nought", "profile", week)["estimate"]
        assert -np.log(got) == pytest.approx(hazard, rel=1e-7)


def test_standardised_curves_are_averages_of_predictions(rossi, extra):
    want = extra["standardised"]
    curves = rj.standardised_survival(rossi, ROSSI, by="fin", at_days=want["time"])
    for arm in ("0", "1"):
        block = curves.frame[curves.frame["fin"] == arm]
        assert block["estimate"].to_numpy()[1:] == pytest.approx(want[f"fin{arm}"], rel=CLOSED)


@pytest.fixture(scope="module")
def bladder():
    frame = pd.read_csv(DATA / "bladder" / "bladder2.csv")
    return rj.time_to_event(frame, time="stop", event="event", entry="start", id="id", unit=None)


def test_mean_number_of_recurrences_with_people_as_clusters(bladder, extra):
    want = extra["mean_cumulative"]
    curves = rj.mean_cumulative_function(bladder, by="rx")
    for i, stratum in enumerate(want["stratum"]):
        got = at_time(curves.frame, stratum.split("=")[-1], "rx", want["time"][i])
        assert got["estimate"] == pytest.approx(want["cumhaz"][i], rel=CLOSED)
        assert got["std_error"] == pytest.approx(want["se"][i], rel=CLOSED)


def test_negative_binomial_rates(bladder, extra):
    want = extra["negative_binomial"]
    got = rj.negative_binomial_regression(bladder, "rx + size + number")
    assert got.frame["estimate"].to_numpy() == pytest.approx(want["coef"], rel=1e-7)
    assert got.frame["std_error"].to_numpy() == pytest.approx(want["se"], rel=1e-6)
    assert got.fit["theta"] == pytest.approx(want["theta"], rel=1e-6)
    # MASS takes this error one step before the last, of steps that stop at 1e-4.
    assert got.fit["theta_std_error"] == pytest.approx(want["theta_se"], rel=3e-4)
    assert got.fit["loglik"] == pytest.approx(want["loglik"], rel=1e-10)
    assert got.n == want["n"]


def test_curve_between_checks_equals_turnbull_in_r(rossi_frame, follow_up):
    want = json.loads((DATA / "survival_extra" / "turnbull.json").read_text())
    every = np.where(rossi_frame["educ"] % 2 == 1, 8, 13)
    week = rossi_frame["week"].to_numpy()
    found = np.ceil(week / every) * every
    arrested = rossi_frame["arrest"].to_numpy() == 1
    frame = rossi_frame.assign(
        found=np.where(arrested, found, np.maximum(np.floor(week / every) * every, 0.001)),
        clear=np.where(arrested, found - every, 0),
    )
    outcome = follow_up(frame, time="found", event="arrest")
    curve = rj.interval_survival(outcome, last_clear="clear").frame
    for week, survival in zip(want["time"], want["surv"], strict=True):
        got = curve[curve["time_days"] <= week].iloc[-1]["estimate"]
        # survfit's iteration stops at steps of 5e-5, far from the maximum.
        assert got == pytest.approx(survival, abs=2e-3)
    for week, survival in zip(want["exact_time"], want["exact_surv"], strict=True):
        got = curve[curve["time_days"] <= week].iloc[-1]["estimate"]
        assert got == pytest.approx(survival, abs=1e-7)


def test_curve_between_checks_equals_turnbull_in_surpyval(rossi_frame, follow_up):
    want = json.loads((DATA / "survival_extra" / "turnbull_surpyval.json").read_text())
    every = np.where(rossi_frame["educ"] % 2 == 1, 8, 13)
    week, arrested = rossi_frame["week"].to_numpy(), rossi_frame["arrest"].to_numpy() == 1
    found = np.ceil(week / every) * every
    last = np.maximum(np.floor(week / every) * every, 0.001)
    frame = rossi_frame.assign(
        found=np.where(arrested, found, last), clear=np.where(arrested, found - every, 0)
    )
    outcome = follow_up(frame, time="found", event="arrest")
    curve = rj.interval_survival(outcome, last_clear="clear").frame
    for week, survival in zip(want["time"], want["surv"], strict=True):
        got = curve[curve["time_days"] <= week].iloc[-1]["estimate"]
        assert got == pytest.approx(survival, abs=1e-7)


RECID = "workprg + priors + tserved + felon + alcohol + drugs + black + married + educ + age"
#: R's survreg stops when the log-likelihood gains less than 1e-9 of itself.
STOPPED = 1e-5


@pytest.mark.parametrize("distribution", ["weibull", "exponential", "lognormal", "loglogistic"])
@pytest.mark.parametrize("name", ["rossi", "recid"])
def test_parametric_models(request, reference, name, distribution):
    key = f"aft_{distribution}" if name == "rossi" else distribution
    want = reference(name)[key]
    formula = ROSSI if name == "rossi" else RECID
    got = rj.parametric_regression(
        request.getfixturevalue(name), formula, distribution=distribution
    )
    errors = np.array([term["se"] for term in want["terms"]])
    coefficients = np.array([term["coef"] for term in want["terms"]])
    assert (np.abs(got.frame["estimate"].to_numpy() - coefficients) / errors).max() < STOPPED
    assert got.frame["std_error"].to_numpy() == pytest.approx(errors, rel=STOPPED)
    assert got.fit["loglik"] == pytest.approx(want["loglik"], rel=1e-10)
