"""Who is in the study: one row per referral, the first reason that applies, the arm as designed."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rjeval.analysis_data import Exports
from rjeval.cohort.eligibility import EXCLUSIONS, select_cohort
from rjeval.cohort.flow import trace_flow
from rjeval.cohort.follow_up import measure_time_to_event
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import ArmsDesign, StudyDesign
from rjeval.errors import DataError, DesignError
from rjeval.terms import AnalysisSet, Clock

NONE = pd.DataFrame()


def exports_of(**tables):
    return Exports(tables=tables, accounts=(), ledger=NONE, quality=NONE)


def design_of(*, levels=("comparison", "rj"), kind="none", **changes):
    definition = RecidivismDefinition(**changes)
    return StudyDesign(
        title="study",
        root=Path(),
        period_start=date(2022, 1, 1),
        period_end=date(2022, 12, 31),
        extract_date=date(2024, 12, 31),
        arms=ArmsDesign(levels=levels, comparison_type=kind),
        recidivism=(definition,),
    )


@pytest.fixture
def referrals():
    """One referral for each way out, and three that stay."""
    rows = [
        # id, person, date, eligible, offered, responsible, harmed, exit, arm
        ("R01", "A", "2022-02-01", "yes", "2022-02-05", "yes", "yes", "completed", "rj"),
        ("R02", "B", "2022-02-01", "no", None, "no", "no", None, "rj"),
        ("R03", "C", "2022-02-01", "undetermined", None, "no", "no", None, "rj"),
        ("R04", "D", None, "yes", "2022-02-05", "yes", "yes", "completed", "rj"),
        ("R05", "E", "2021-12-31", "yes", "2022-02-05", "yes", "yes", "completed", "rj"),
        ("R06", "F", "2022-02-01", "yes", "2022-02-05", "withdrawn", "no", None, "comparison"),
        ("R07", "G", "2022-02-01", "yes", "2022-02-05", "yes", "yes", None, "other"),
        ("R08", "A", "2022-05-01", "yes", "2022-05-05", "yes", "yes", "completed", "rj"),
        ("R09", "H", "2022-03-01", "yes", None, "no", "no_contact", None, "comparison"),
    ]
    names = [
        "referral_id",
        "person_id",
        "referral_date",
        "eligible",
        "offered_date",
        "responsible_consent",
        "harmed_consent",
        "exit_status",
        "arm",
    ]
    frame = pd.DataFrame(rows, columns=names)
    for name in ("referral_date", "offered_date"):
        frame[name] = pd.to_datetime(frame[name])
    return frame.assign(case_id=frame["referral_id"], age_at_referral=16)


def reasons(cohort):
    frame = cohort.frame.set_index("referral_id")["exclusion_reason"]
    return frame.dropna().to_dict()


def test_each_referral_has_the_first_reason_that_applies(referrals):
    cohort = select_cohort(exports_of(referral=referrals), design=design_of())
    assert reasons(cohort) == {
        "R02": "not_eligible",
        "R03": "eligibility_not_determined",
        "R04": "no_clock_date",
        "R05": "outside_study_period",
        "R07": "arm_not_in_study",
        "R08": "repeat_referral",
    }
    assert list(cohort.included["referral_id"]) == ["R01", "R06", "R09"]


@pytest.mark.parametrize(
    ("population", "left_out"),
    [
        (AnalysisSet.OFFERED, {"R09": "not_offered"}),
        (AnalysisSet.CONSENTED, {"R09": "responsible_party_did_not_consent"}),
        (
            AnalysisSet.COMPLETED,
            {
                "R06": "harmed_party_did_not_consent",
                "R09": "responsible_party_did_not_consent",
                "R07": "not_completed",
            },
        ),
    ],
)
def test_population_asks_for_stages(referrals, population, left_out):
    cohort = select_cohort(exports_of(referral=referrals), design=design_of(population=population))
    assert left_out.items() <= reasons(cohort).items()


def test_conferenced_population_reads_the_meetings_held(referrals):
    sessions = pd.DataFrame(
        {
            "case_id": ["R01", "R01", "R06"],
            "session_type": ["prep_harmed", "conference", "conference"],
            "status": ["held", "held", "cancelled"],
            "held_date": pd.to_datetime(["2022-02-10", "2022-03-03", None]),
        }
    )
    tables = exports_of(referral=referrals, session=sessions)
    design = design_of(
        population=AnalysisSet.CONFERENCED, clock=Clock.FIRST_CONFERENCE, levels=("rj",)
    )
    cohort = select_cohort(tables, design=design)
    assert list(cohort.included["referral_id"]) == ["R01"]
    assert cohort.included["index_date"].item() == pd.Timestamp(2022, 3, 3)


def test_conferenced_population_without_meetings_is_refused(referrals):
    with pytest.raises(DataError, match="conferenced"):
        select_cohort(
            exports_of(referral=referrals), design=design_of(population=AnalysisSet.CONFERENCED)
        )


def test_clock_that_no_export_has_is_refused(referrals):
    with pytest.raises(DataError, match="random_date"):
        select_cohort(exports_of(referral=referrals), design=design_of(clock=Clock.RANDOMISED))


def test_consent_clock_falls_back_on_enrolment(referrals):
    enrolled = referrals.assign(
        enrolled_date=referrals["offered_date"], consent_date=pd.NaT, arm="rj"
    )
    design = design_of(clock=Clock.CONSENT, levels=("rj",))
    cohort = select_cohort(exports_of(referral=enrolled), design=design)
    assert cohort.included["index_date"].min() == pd.Timestamp(2022, 2, 5)


def test_first_referral_kept_is_the_first_that_nothing_else_excludes(referrals):
    early = referrals.copy()
    early.loc[early["referral_id"] == "R01", "referral_date"] = pd.Timestamp(2021, 6, 1)
    cohort = select_cohort(exports_of(referral=early), design=design_of())
    assert "R08" in set(cohort.included["referral_id"])
    everyone = select_cohort(
        exports_of(referral=referrals), design=design_of(repeat_referrals="all")
    )
    assert {"R01", "R08"} <= set(everyone.included["referral_id"])


def test_arm_of_a_randomised_trial_is_the_one_drawn(referrals):
    drawn = referrals.assign(random_arm="control")
    drawn.loc[0, "random_arm"] = "rj"
    design = design_of(levels=("control", "rj"), kind="rct_control")
    cohort = select_cohort(exports_of(referral=drawn), design=design)
    assert cohort.included.set_index("referral_id")["arm"].to_dict() == {
        "R01": "rj",
        "R06": "control",
        "R07": "control",
        "R09": "control",
    }
    assert list(cohort.frame["arm"].cat.categories) == ["control", "rj"]


def test_one_arm_study_needs_no_arm_column(referrals):
    cohort = select_cohort(
        exports_of(referral=referrals.drop(columns="arm")), design=design_of(levels=("screened",))
    )
    assert set(cohort.included["arm"]) == {"screened"}
    with pytest.raises(DataError, match="arm"):
        select_cohort(exports_of(referral=referrals.drop(columns="arm")), design=design_of())


def test_person_columns_come_along_and_texts_become_categories(referrals):
    people = pd.DataFrame(
        {"person_id": list("ABCDEFGH"), "gender": ["man", "woman"] * 4, "prior_arrests": range(8)}
    )
    cohort = select_cohort(exports_of(referral=referrals, person=people), design=design_of())
    assert isinstance(cohort.frame["gender"].dtype, pd.CategoricalDtype)
    assert cohort.included["prior_arrests"].to_list() == [0, 5, 7]


@pytest.mark.parametrize(
    ("day", "age"), [("2022-06-30", 17), ("2022-07-01", 18), ("2022-12-31", 18)]
)
def test_age_from_the_year_of_birth_takes_birthdays_on_1_july(day, age):
    frame = pd.DataFrame(
        {
            "referral_id": ["R"],
            "person_id": ["P"],
            "referral_date": pd.to_datetime([day]),
            "birth_year": pd.array([2004], dtype="Int64"),
        }
    )
    cohort = select_cohort(exports_of(referral=frame), design=design_of(levels=("rj",)))
    assert cohort.frame["age_at_index"].item() == age


def test_study_of_durations_takes_its_cohort_from_them():
    table = pd.DataFrame(
        {
            "person_id": ["A", "B"],
            "arm": ["rj", "comparison"],
            "time_days": [10.0, 365.0],
            "exit_reason": ["reoffence", "end_of_follow_up"],
        }
    )
    design = design_of(durations_given=True, windows_days=(365,))
    cohort = select_cohort(exports_of(follow_up=table), design=design)
    outcome = measure_time_to_event(cohort, exports_of(follow_up=table), design=design)
    assert len(cohort.included) == 2
    assert outcome.frame["time_days"].to_list() == [10.0, 365.0]


def test_input_is_never_changed_and_nothing_is_shown(referrals):
    before = referrals.copy(deep=True)
    cohort = select_cohort(exports_of(referral=referrals), design=design_of())
    pd.testing.assert_frame_equal(referrals, before)
    assert "R01" not in repr(cohort) + cohort._repr_html_()


def test_flow_adds_up_in_total_and_per_arm(referrals):
    cohort = select_cohort(exports_of(referral=referrals), design=design_of())
    flow = trace_flow(cohort).frame
    assert flow["step"].iloc[0] == "assessed"
    assert flow["step"].iloc[-1] == "included"
    for column in ("n", "n_comparison", "n_rj"):
        lost = flow.loc[flow["kind"] == "exclusion", column].sum()
        assert flow[column].iloc[0] - lost == flow[column].iloc[-1]
    order = [name for name in EXCLUSIONS if name in set(flow["step"])]
    assert flow.loc[flow["kind"] == "exclusion", "step"].to_list() == order


def test_flow_goes_on_to_those_who_can_be_analysed(referrals):
    checks = pd.DataFrame(
        {
            "person_id": ["A", "F"],
            "match_status": "matched_no_record",
            "coverage_from": pd.Timestamp(2010, 1, 1),
            "coverage_to": pd.to_datetime(["2024-12-31", "2022-02-10"]),
        }
    )
    tables = exports_of(referral=referrals, records_check=checks)
    design = design_of()
    cohort = select_cohort(tables, design=design)
    outcome = measure_time_to_event(cohort, tables, design=design)
    flow = trace_flow(cohort, outcome).frame.set_index("step")["n"]
    assert flow[["included", "never_checked", "no_day_observed", "analysed"]].to_list() == [
        3,
        1,
        1,
        1,
    ]


def test_definition_with_another_clock_selects_anew_within_the_cohort(referrals):
    design = design_of()
    offered = dataclasses.replace(design.primary, name="offer", clock=Clock.OFFERED)
    checks = pd.DataFrame(
        {
            "person_id": list("ABCDEFGH"),
            "match_status": "matched_no_record",
            "coverage_to": pd.Timestamp(2024, 12, 31),
        }
    )
    tables = exports_of(referral=referrals, records_check=checks)
    cohort = select_cohort(tables, design=design)
    outcome = measure_time_to_event(cohort, tables, design=design, definition=offered)
    kept = outcome.frame.set_index("referral_id")["index_date"]
    assert kept.loc["R01"] == pd.Timestamp(2022, 2, 5)
    assert "R09" not in kept.index  # never offered: no clock date


def test_cohort_remembers_the_definition_that_selected_it(referrals):
    design = design_of()
    offered = dataclasses.replace(design.primary, name="offer", clock=Clock.OFFERED)
    checks = pd.DataFrame(
        {
            "person_id": list("ABCDEFGH"),
            "match_status": "matched_no_record",
            "coverage_to": pd.Timestamp(2024, 12, 31),
        }
    )
    tables = exports_of(referral=referrals, records_check=checks)
    cohort = select_cohort(tables, design=design, definition=offered)
    outcome = measure_time_to_event(cohort, tables, design=design)
    assert outcome.definition.name == "offer"
    back = measure_time_to_event(cohort, tables, design=design, definition=design.primary)
    assert back.frame.set_index("referral_id")["index_date"].loc["R01"] == pd.Timestamp(2022, 2, 1)


def test_study_without_a_definition_has_a_cohort_and_no_outcome(referrals):
    design = dataclasses.replace(design_of(), recidivism=(), why_no_recidivism="No records.")
    tables = exports_of(referral=referrals)
    cohort = select_cohort(tables, design=design)
    assert len(cohort.included) == 3
    with pytest.raises(DesignError, match="No records"):
        measure_time_to_event(cohort, tables, design=design)


def test_people_never_checked_know_how_long_they_could_have_been_followed(referrals):
    checks = pd.DataFrame(
        {
            "person_id": ["A"],
            "match_status": "matched_no_record",
            "coverage_to": pd.Timestamp(2022, 12, 31),
        }
    )
    tables = exports_of(referral=referrals, records_check=checks)
    design = design_of(reporting_lag_days=30)
    cohort = select_cohort(tables, design=design)
    outcome = measure_time_to_event(cohort, tables, design=design)
    days = outcome.unchecked.set_index("referral_id")["observable_days"]
    # 2022-12-31 is day 333 after 2022-02-01 and day 305 after 2022-03-01; 30 days of lag go off.
    assert days.to_dict() == {"R06": 303.0, "R09": 275.0}
    assert np.isfinite(outcome.frame["observable_days"]).all()
