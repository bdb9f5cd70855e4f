"""One flat file of 7,214 defendants feeds five tables; outcomes equal plain counts of the file.

Where our definition and the published ``two_year_recid`` differ, the reasons are counted here:
offences after 730 days, offences below a misdemeanour, and people whom the published file holds
only because they were rearrested.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rjeval as rj

pytestmark = pytest.mark.real
STUDY = Path(__file__).parents[1] / "studies" / "compas"
LAST_WITH_TWO_YEARS = pd.Timestamp(2014, 4, 1)
ORDINANCES = ("(MO3)", "(CO3)")


@pytest.fixture(scope="module")
def folder(real_data):
    return real_data / "compas"


@pytest.fixture(scope="module")
def raw(folder):
    """The file as it is, with the days from screening to the first new offence."""
    frame = pd.read_csv(folder / "two_years.csv")
    screened = pd.to_datetime(frame["compas_screening_date"])
    offence = pd.to_datetime(frame["r_offense_date"])
    return frame.assign(screened=screened, days=(offence - screened).dt.days)


@pytest.fixture(scope="module")
def design():
    return rj.read_design(STUDY)


@pytest.fixture(scope="module")
def exports(folder, design):
    return rj.read_exports(folder, design=design)


@pytest.fixture(scope="module")
def cohort(exports, design):
    return rj.select_cohort(exports, design=design)


@pytest.fixture(scope="module")
def outcome(cohort, exports, design):
    return rj.measure_time_to_event(cohort, exports, design=design)


def test_each_row_feeds_five_tables_and_is_accounted_for(exports, raw):
    accounts = {one.table: one for one in exports.accounts}
    assert {name: one.n_read for name, one in accounts.items()} == {
        "person": 7214,
        "referral": 7214,
        "records_check": 7214,
        "followup_event": 7214,
        "exposure": 2 * 7214,
    }
    assert accounts["followup_event"].n_accepted == int(raw["r_offense_date"].notna().sum())


def test_people_kept_are_those_screened_two_years_before_the_records_end(cohort, raw):
    assert len(cohort.included) == int((raw["screened"] <= LAST_WITH_TWO_YEARS).sum())
    reasons = cohort.frame["exclusion_reason"].value_counts().to_dict()
    assert reasons == {"outside_study_period": int((raw["screened"] > LAST_WITH_TWO_YEARS).sum())}


def test_first_rearrest_equals_plain_counts_of_the_file(outcome, raw):
    kept = raw[raw["screened"] <= LAST_WITH_TWO_YEARS]
    counts = ~kept["r_charge_degree"].isin(ORDINANCES) & kept["days"].between(1, 730)
    expected = np.where(counts, kept["days"], 730.0)
    by_person = outcome.frame.set_index("person_id")["time_days"].loc[kept["person_id"]]
    assert (by_person.to_numpy() == expected).all()
    assert int(outcome.reoffended.sum()) == int(counts.sum())
    assert outcome.definition.coverage_to == date(2016, 4, 1)


def test_everybody_kept_is_mature_for_both_windows(outcome):
    rates = rj.fixed_window_rates(outcome, by="arm", at_days=[365, 730]).frame
    assert (rates["n_mature"] == len(outcome.frame)).all()
    assert rates["n_unchecked"].eq(0).all()


def test_every_difference_from_the_published_outcome_has_its_reason(folder, raw, outcome):
    reference = json.loads((folder / "reference.json").read_text())
    published = raw["two_year_recid"].eq(1)
    near = raw["days_b_screening_arrest"].between(-30, 30) & raw["score_text"].ne("N/A")
    assert int(near.sum()) == reference["n_filtered"]
    assert int((published & near).sum()) == reference["two_year_recid_n"]
    mine = raw["person_id"].isin(outcome.frame["person_id"][outcome.reoffended])
    late_screening = raw["screened"] > LAST_WITH_TWO_YEARS
    late_offence = raw["days"] > 730
    ordinance = raw["r_charge_degree"].isin(ORDINANCES)
    missed = published & ~mine
    assert (late_screening | late_offence | ordinance)[missed].all()
    assert not (mine & ~published & raw["days"].gt(730)).any()
    assert (
        int((mine & ~published).sum()) <= 1
    )  # one rearrest after 373 days that the published outcome does not count


def test_people_screened_late_were_chosen_by_their_outcome(raw):
    """Why the study ends on 2014-04-01: after it nearly everybody in the file was rearrested."""
    late = raw[raw["screened"] > LAST_WITH_TWO_YEARS]
    early = raw[raw["screened"] <= LAST_WITH_TWO_YEARS]
    assert late["two_year_recid"].mean() > 0.99
    assert early["two_year_recid"].mean() < 0.40


def test_street_time_never_lengthens_the_time_to_a_rearrest(cohort, exports, design, outcome):
    street = rj.measure_time_to_event(cohort, exports, design=design, definition="street_time")
    both = outcome.frame.merge(street.frame, on="person_id", suffixes=("", "_street"))
    again = both["exit_reason"].eq("reoffence") & both["exit_reason_street"].eq("reoffence")
    assert again.any()
    assert (both["time_days_street"] <= both["time_days"])[again].all()


def test_nothing_shown_names_a_person(cohort, outcome):
    shown = repr(cohort) + repr(outcome) + outcome._repr_html_()
    assert "P0" not in shown
