"""What was planted comes back through the whole package, mess and all."""

from __future__ import annotations

from shutil import copy

import numpy as np
import pytest

import rjeval as rj
from rjeval.simulate.write import write_study

#: Half width of a 95% interval, in standard errors.
Z_95 = 1.959964
#: A large draw further than this many standard errors from its truth has a chance under 1 in 2,000.
STANDARD_ERRORS = 3.5
LARGE = 6_000


class Study:
    """One synthetic study, read back from its raw files by the package itself."""

    def __init__(self, folder, programme):
        self.truth, self.programme = programme.truth, programme
        self.design = rj.read_design(folder)
        self.exports = rj.read_exports(folder / "data" / "raw", design=self.design)
        self.cohort = rj.select_cohort(self.exports, design=self.design)
        self.outcome = rj.measure_time_to_event(self.cohort, self.exports, design=self.design)

    def hazard(self):
        """Estimate and standard error of the log hazard ratio of the arm."""
        fit = rj.cox_regression(self.outcome, self.design.models.recidivism, cluster="case_id")
        row = fit.frame.set_index("term").loc["arm[rj]"]
        return row["estimate"], row["std_error"]

    def mode(self, role):
        """Estimate and standard error of the latent shift of a conference by video."""
        ratings = rj.score_ratings(self.exports, self.cohort, design=self.design, role=role)
        fit = rj.ordinal_regression(ratings, self.design.models.satisfaction, cluster="case_id")
        row = fit.frame.set_index("term").loc["mode[video]"]
        return row["estimate"], row["std_error"]

    def planted_shift(self, role):
        truth = self.truth
        return truth.mode_shift_harmed if role == "harmed_party" else truth.mode_shift_responsible


@pytest.fixture(scope="module")
def demonstration(root):
    return Study(root, rj.simulate_programme())


@pytest.fixture(scope="module")
def large(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("large")
    programme = rj.simulate_programme(n_referrals=LARGE, seed=7)
    write_study(programme, folder / "data" / "raw")
    copy(root / "study.toml", folder / "study.toml")
    return Study(folder, programme)


def test_planted_hazard_ratio_lies_in_the_interval_of_the_demonstration(demonstration):
    estimate, error = demonstration.hazard()
    assert abs(estimate - np.log(demonstration.truth.hazard_ratio)) < Z_95 * error


@pytest.mark.parametrize("role", ["harmed_party", "responsible_party"])
def test_planted_shift_lies_in_the_interval_of_the_demonstration(demonstration, role):
    estimate, error = demonstration.mode(role)
    assert abs(estimate - demonstration.planted_shift(role)) < Z_95 * error


@pytest.mark.parametrize("at_days", [365, 730])
def test_planted_risks_lie_in_the_intervals_of_the_demonstration(demonstration, at_days):
    rates = rj.fixed_window_rates(demonstration.outcome, by="arm", at_days=at_days).frame
    for row in rates.to_dict("records"):
        truth = demonstration.programme.risk(row["arm"], at_days=at_days)
        assert row["conf_low"] < truth < row["conf_high"]


def test_a_large_study_recovers_the_hazard_ratio(large):
    estimate, error = large.hazard()
    assert error < 0.08
    assert abs(estimate - np.log(large.truth.hazard_ratio)) < STANDARD_ERRORS * error


@pytest.mark.parametrize("role", ["harmed_party", "responsible_party"])
def test_a_large_study_recovers_the_shift(large, role):
    estimate, error = large.mode(role)
    assert abs(estimate - large.planted_shift(role)) < STANDARD_ERRORS * error


@pytest.mark.parametrize("at_days", [365, 730])
def test_a_large_study_recovers_the_risks_of_each_arm(large, at_days):
    curves = rj.cumulative_incidence(large.outcome, by="arm").frame
    curves = curves[curves["cause"] == "reoffence"] if "cause" in curves else curves
    for arm in ("rj", "comparison"):
        reached = curves[(curves["arm"] == arm) & (curves["time_days"] <= at_days)].iloc[-1]
        truth = large.programme.risk(arm, at_days=at_days)
        assert abs(reached["estimate"] - truth) < STANDARD_ERRORS * reached["std_error"]


def test_each_row_of_the_raw_files_is_accounted_for(large):
    """All planted duplicates are found, and every orphan is refused."""
    accounts = {one.table: one for one in large.exports.accounts}
    clean = large.programme.tables
    for name in ("person", "referral", "session", "records_check", "followup_event", "exposure"):
        assert accounts[name].n_accepted == len(clean[name]), name
    for name in ("agreement", "obligation", "payment", "survey_invitation"):
        assert accounts[name].n_accepted == len(clean[name]), name


def test_only_what_was_damaged_differs_from_the_clean_tables(large):
    """Ingest gives back the clean referrals, apart from dates typed into each other's box."""
    read = large.exports.tables["referral"].sort_values("referral_id", ignore_index=True)
    clean = large.programme.tables["referral"].sort_values("referral_id", ignore_index=True)
    for name in ("person_id", "case_id", "site_id", "arm", "exit_status", "harmed_consent"):
        same = read[name].astype(object).where(read[name].notna(), None) == clean[name]
        assert (same | (read[name].isna() & clean[name].isna())).all(), name
    for name in ("incident_date", "referral_date", "offered_date"):
        assert (read[name].eq(clean[name]) | clean[name].isna()).all(), name
    swapped = read["exit_date"].ne(clean["exit_date"]).sum()
    assert 0 < swapped <= 0.011 * len(clean)
