"""The synthetic programme has the shape that the data dictionary and the demonstration ask for."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

from rjeval.schemas.tables import TABLES
from rjeval.simulate.programme import simulate_programme

WRITTEN = (
    "person",
    "referral",
    "harmed_party",
    "session",
    "records_check",
    "followup_event",
    "exposure",
    "survey_invitation",
    "survey_response",
    "agreement",
    "obligation",
    "payment",
)


@pytest.fixture(scope="module")
def programme():
    return simulate_programme()


def test_demonstration_has_the_announced_size(programme):
    referral = programme.tables["referral"]
    arms = referral["arm"].value_counts()
    assert len(referral) == 600
    assert 300 < arms["rj"] < 400
    assert 180 < arms["comparison"] < 260
    assert referral["site_id"].nunique() == 2
    assert referral["referral_date"].min() >= pd.Timestamp("2021-07-01")
    assert referral["referral_date"].max() <= pd.Timestamp("2024-06-30")


def test_cases_hold_one_to_three_people_in_one_arm(programme):
    referral = programme.tables["referral"].dropna(subset=["arm"])
    by_case = referral.groupby("case_id")
    assert set(by_case.size().unique()) == {1, 2, 3}
    assert by_case["arm"].nunique().eq(1).all()
    assert by_case["incident_date"].nunique().eq(1).all()


def test_nobody_is_in_both_arms(programme):
    arms = programme.tables["referral"].dropna(subset=["arm"]).groupby("person_id")["arm"]
    assert arms.nunique().eq(1).all()


def test_some_people_are_referred_twice(programme):
    assert 5 <= programme.tables["referral"]["person_id"].duplicated().sum() <= 18


@pytest.mark.parametrize("name", WRITTEN)
def test_columns_and_categories_are_those_of_the_dictionary(programme, name):
    table, frame = TABLES[name], programme.tables[name]
    assert set(frame.columns) <= set(table.names)
    assert set(table.needed) <= set(frame.columns)
    for column in table.columns:
        if column.name in frame and column.kind in ("category", "multi") and column.allowed:
            values = frame[column.name].dropna().str.split(";").explode()
            assert set(values) <= set(column.allowed), column.name
        if column.name in frame and column.kind == "date":
            assert pd.api.types.is_datetime64_any_dtype(frame[column.name]), column.name


@pytest.mark.parametrize("name", WRITTEN)
def test_keys_are_unique_and_met(programme, name):
    table, frame = TABLES[name], programme.tables[name]
    if table.key:
        assert not frame.duplicated(list(table.key)).any()
    for column, parent, parent_column in table.parents:
        if parent in programme.tables:
            known = programme.tables[parent][parent_column]
            assert frame[column].dropna().isin(known).all()


def test_dates_are_in_order(programme):
    referral = programme.tables["referral"]
    steps = ["incident_date", "arrest_or_citation_date", "referral_date", "offered_date"]
    for early, late in itertools.pairwise(steps):
        both = referral[[early, late]].dropna()
        assert (both[early] <= both[late]).all()
    enrolled = referral.dropna(subset=["enrolled_date"])
    assert (enrolled["enrolled_date"] > enrolled["offered_date"]).all()
    assert (enrolled["exit_date"] > enrolled["enrolled_date"]).all()
    assert (referral["exit_date"] >= referral["referral_date"]).all()


def test_before_is_answered_before_the_conference_and_after_after_it(programme):
    tables = programme.tables
    held = tables["session"].query("session_type in ('conference', 'circle') and status == 'held'")
    conference = held.groupby("case_id")["held_date"].min()
    answers = tables["survey_response"].merge(tables["survey_invitation"], on="invitation_id")
    day = answers["case_id"].map(conference)
    pre = answers["wave"] == "pre"
    assert (answers["answered_date"] < day)[pre].all()
    assert (answers["answered_date"] >= day)[~pre].all()


def test_response_is_realistic(programme):
    asked = programme.tables["survey_invitation"]
    rates = asked.groupby(["role", "wave"])["status"].apply(lambda one: one.eq("completed").mean())
    assert rates.between(0.45, 0.70).all()


def test_index_offence_appears_again_in_the_records(programme):
    tables = programme.tables
    keys = tables["referral"].drop_duplicates("person_id")["incident_key"]
    again = tables["followup_event"]["incident_key"].isin(keys)
    assert again.sum() > 0


def test_first_offence_is_never_under_custody(programme):
    """Custody never hides the first reoffence, or the planted hazard would not be the true one."""
    tables = programme.tables
    first = tables["referral"].drop_duplicates("person_id")[["person_id", "referral_date"]]
    events = tables["followup_event"].merge(first, on="person_id")
    events = events[
        (events["offence_date"] > events["referral_date"])
        & events["event_kind"].eq("new_offence")
        & events["level"].isin(["misdemeanor", "felony"])
    ]
    day = events.groupby("person_id")["offence_date"].min().rename("first").reset_index()
    spells = tables["exposure"].dropna(subset=["to"]).merge(day, on="person_id")
    assert not ((spells["from"] <= spells["first"]) & (spells["first"] <= spells["to"])).any()


def test_no_event_after_death_or_departure(programme):
    tables = programme.tables
    gone = tables["exposure"].query("state in ('deceased', 'left_jurisdiction')")
    events = tables["followup_event"].merge(gone, on="person_id")
    assert (events["offence_date"] <= events["from"]).all()


def test_some_minors_have_no_adult_records_and_no_events_after_18(programme):
    tables = programme.tables
    uncovered = tables["records_check"].query("not adult_covered")["person_id"].unique()
    referral = tables["referral"].drop_duplicates("person_id").set_index("person_id")
    assert len(uncovered) > 0
    assert (referral.loc[uncovered, "age_at_referral"] < 18).all()
    events = tables["followup_event"]
    late = events[events["person_id"].isin(uncovered)]
    born = tables["person"].set_index("person_id")["birth_year"]
    assert (late["offence_date"].dt.year - late["person_id"].map(born) <= 18).all()


def test_agreements_come_from_conferences_and_completion_means_all_is_done(programme):
    tables = programme.tables
    agreement, obligation = tables["agreement"], tables["obligation"]
    held = tables["session"].query("session_type in ('conference', 'circle') and status == 'held'")
    referral = tables["referral"].set_index("referral_id")
    assert agreement["referral_id"].map(referral["case_id"]).isin(held["case_id"]).all()
    completed = agreement.loc[agreement["status"] == "completed", "agreement_id"]
    assert (
        obligation.loc[obligation["agreement_id"].isin(completed), "status"].eq("completed").all()
    )
    none = agreement.loc[agreement["status"] == "no_agreement_reached", "agreement_id"]
    assert not obligation["agreement_id"].isin(none).any()


def test_what_is_done_is_paid_and_nobody_pays_more_than_is_owed(programme):
    tables = programme.tables
    owed = tables["obligation"].query("kind == 'restitution_money'").set_index("obligation_id")
    paid = tables["payment"].groupby("obligation_id")["amount"].sum()
    paid = paid.reindex(owed.index, fill_value=0)
    assert (paid <= owed["amount_owed"]).all()
    assert (paid == owed["amount_owed"])[owed["status"] == "completed"].all()
    assert (paid == 0)[owed["status"] == "not_completed"].all()


def test_one_payer_dominates_restitution(programme):
    """One burnt building is most of the money, as the annex of planted defects asks for."""
    owed = programme.tables["obligation"]["amount_owed"].dropna()
    assert owed.max() > owed.sum() / 3


def test_same_seed_gives_the_same_tables_and_another_seed_others():
    one, same = (simulate_programme(n_referrals=120, seed=4) for _ in range(2))
    other = simulate_programme(n_referrals=120, seed=5)
    for name in WRITTEN:
        pd.testing.assert_frame_equal(one.tables[name], same.tables[name])
    assert not one.tables["referral"].equals(other.tables["referral"])


@pytest.mark.parametrize("n", [20, 61, 2_500])
def test_sizes(n):
    programme = simulate_programme(n_referrals=n, seed=1)
    assert n * 0.96 <= len(programme.tables["referral"]) <= n


def test_too_small_a_programme_is_refused():
    with pytest.raises(ValueError, match="at least 20"):
        simulate_programme(n_referrals=5)


def test_its_repr_shows_counts_only(programme):
    text = repr(programme)
    assert "synthetic" in text
    assert not any(one in text for one in programme.tables["person"]["person_id"])
