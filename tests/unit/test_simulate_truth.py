"""A large clean simulation gives back what was planted, found by other programs than ours."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rjeval.simulate.people import EXTRACT_DAY, ORIGIN
from rjeval.simulate.programme import simulate_programme
from rjeval.simulate.truth import Truth, planted_risks, shared_uniform

#: A draw further than this many standard errors from its truth has a chance under 1 in 2,000.
STANDARD_ERRORS = 3.5
#: Cases share outcomes, so independent-data standard errors are a little too small.
DESIGN_EFFECT = 1.1
EXTRACT = pd.Timestamp(ORIGIN) + pd.Timedelta(days=EXTRACT_DAY)
N = 20_000


@pytest.fixture(scope="module")
def programme():
    return simulate_programme(n_referrals=N, seed=11)


@pytest.fixture(scope="module")
def people(programme):
    """One row per checked person: days to the first qualifying offence, by pandas alone."""
    tables = programme.tables
    first = tables["referral"].drop_duplicates("person_id").dropna(subset=["arm"])
    frame = first.merge(tables["person"], on="person_id")
    checks = tables["records_check"].groupby("person_id")["adult_covered"].all()
    frame["covered"] = frame["person_id"].map(checks)
    events = tables["followup_event"].merge(frame[["person_id", "referral_date"]], on="person_id")
    counts = (
        events["event_kind"].eq("new_offence")
        & events["level"].isin(["misdemeanor", "felony"])
        & (events["offence_date"] > events["referral_date"])
    )
    offence = events[counts].groupby("person_id")["offence_date"].min()
    gone = tables["exposure"][tables["exposure"]["state"].isin(["deceased", "left_jurisdiction"])]
    left = gone.set_index("person_id")["from"]
    last = frame["person_id"].map(left).fillna(EXTRACT)
    end = frame["person_id"].map(offence)
    frame["event"] = end.notna()
    frame["days"] = (end.fillna(last) - frame["referral_date"]).dt.days
    return frame[frame["covered"].eq(True)]


def test_planted_hazard_ratio_is_recovered_by_an_outside_cox_model(people, programme):
    from statsmodels.duration.hazard_regression import PHReg

    truth = programme.truth
    design = np.column_stack(
        [
            people["arm"] == "rj",
            people["age_at_referral"],
            people["prior_arrests"],
            people["site_id"] == "penasco",
        ]
    ).astype(float)
    fit = PHReg(people["days"], design, status=people["event"].astype(int), ties="efron").fit()
    planted = [
        np.log(truth.hazard_ratio),
        truth.log_hazard_age,
        truth.log_hazard_prior,
        truth.log_hazard_site,
    ]
    assert np.abs((fit.params - planted) / fit.bse).max() < STANDARD_ERRORS * DESIGN_EFFECT


def test_raw_contrast_is_larger_than_the_adjusted_one(programme):
    at = 730
    raw = programme.risk("rj", at_days=at) - programme.risk("comparison", at_days=at)
    same = [programme.risk(arm, at_days=at, standardised=True) for arm in ("rj", "comparison")]
    assert raw < same[0] - same[1] < 0


@pytest.mark.parametrize("at_days", [365, 730])
@pytest.mark.parametrize("arm", ["rj", "comparison"])
def test_planted_risks_are_the_shares_of_mature_people(people, programme, arm, at_days):
    reach = (EXTRACT - people["referral_date"]).dt.days
    mature = people[(people["arm"] == arm) & (reach >= at_days + 30)]
    share = (mature["event"] & (mature["days"] <= at_days)).mean()
    error = np.sqrt(share * (1 - share) / len(mature)) * DESIGN_EFFECT
    assert abs(share - programme.risk(arm, at_days=at_days)) < STANDARD_ERRORS * error


def test_two_year_risk_lies_where_the_demonstration_needs_it(programme):
    assert 0.18 < programme.risk("rj", at_days=730) < 0.30
    assert 0.25 < programme.risk("comparison", at_days=730) < 0.40


@pytest.mark.parametrize("role", ["harmed_party", "responsible_party"])
@pytest.mark.parametrize("item", ["overall_satisfaction", "would_recommend"])
def test_planted_satisfaction_shift_is_recovered_by_an_outside_model(programme, role, item):
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    tables, truth = programme.tables, programme.truth
    asked = tables["survey_invitation"].query("role == @role and wave == 'post'")
    frame = tables["survey_response"].query("item_id == @item").dropna(subset=["value"])
    frame = frame.merge(asked[["invitation_id", "case_id"]], on="invitation_id")
    site = tables["referral"].drop_duplicates("case_id").set_index("case_id")["site_id"]
    design = pd.DataFrame(
        {
            "video": (frame["mode_experienced"] == "video").astype(float),
            "site": (frame["case_id"].map(site) == "penasco").astype(float),
        }
    )
    fit = OrderedModel(frame["value"].astype(int), design, distr="logit").fit(
        method="bfgs", disp=False
    )
    shift = truth.mode_shift_harmed if role == "harmed_party" else truth.mode_shift_responsible
    planted = np.array([shift, truth.site_shift])
    error = fit.bse.to_numpy()[:2] * DESIGN_EFFECT
    assert np.abs((fit.params.to_numpy()[:2] - planted) / error).max() < STANDARD_ERRORS


def test_fear_falls_as_planted(programme):
    tables = programme.tables
    answers = tables["survey_response"].merge(tables["survey_invitation"], on="invitation_id")
    fear = answers[(answers["item_id"] == "fear") & (answers["role"] == "harmed_party")]
    mean = fear.groupby("wave")["value"].mean()
    assert mean["post"] < mean["pre"] - 0.3


def test_risk_of_identical_people_is_the_closed_form():
    truth = Truth(hazard_ratio=0.5, shape=1.0, departure_rate=0.0, baseline_risk=0.36)
    people = pd.DataFrame(
        {"arm": ["rj", "comparison"], "age": [17, 17], "prior": [0, 0], "site": [0, 0]}
    )
    risks = planted_risks(people, truth).set_index(["arm", "at_days"])["risk"]
    # Survival over 730 days is .64; half the hazard takes its root, half the time as well.
    assert risks["comparison", 730] == pytest.approx(0.36)
    assert risks["comparison", 365] == pytest.approx(0.20)
    assert risks["rj", 730] == pytest.approx(0.20)
    assert risks["rj", 365] == pytest.approx(1 - np.sqrt(0.8))


def test_departures_lower_the_risk_as_competing_events_do():
    people = pd.DataFrame({"arm": ["rj"], "age": [17], "prior": [0], "site": [0]})
    stay = planted_risks(people, Truth(departure_rate=0.0))["risk"].max()
    leave = planted_risks(people, Truth(departure_rate=0.5))["risk"].max()
    assert leave < stay


def test_shared_draws_have_the_planted_correlation_and_uniform_margins():
    rng = np.random.default_rng(5)
    groups = np.repeat(np.arange(50_000), 2)
    draws = shared_uniform(rng, groups, correlation=0.3).reshape(-1, 2)
    assert np.corrcoef(draws.T)[0, 1] == pytest.approx(0.3, abs=0.02)
    assert np.quantile(draws, [0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9], abs=0.01)


def test_planted_truth_can_be_replaced():
    programme = simulate_programme(n_referrals=3_000, seed=2, truth=Truth(hazard_ratio=2.0))
    assert programme.risk("rj", at_days=730, standardised=True) > programme.risk(
        "comparison", at_days=730, standardised=True
    )
