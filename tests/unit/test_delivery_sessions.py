"""Meetings and waiting times, worked by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from rjeval.analysis_data import Cohort, Exports
from rjeval.delivery.sessions import (
    BEFORE_REFERRAL,
    NONE_HELD,
    count_sessions,
    first_conference,
    time_to_conference,
)
from rjeval.delivery.stages import count_stages, stage_rates
from rjeval.delivery.tally import NOT_RECORDED
from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.border import release
from rjeval.errors import DataError

DAY_0 = pd.Timestamp("2024-01-01")


def _day(number):
    return DAY_0 + pd.to_timedelta(number, unit="D")


@pytest.fixture
def exports():
    """Six cases; k1 met twice, k2 only prepared, k3 cancelled, k6 is the comparison arm."""
    session = pd.DataFrame(
        [
            ("s1", "k1", "prep_responsible", "held", "in_person", 5),
            ("s2", "k1", "conference", "postponed", "video", None),
            ("s3", "k1", "conference", "held", "video", 31),
            ("s4", "k1", "circle", "held", "in_person", 50),
            ("s5", "k2", "prep_harmed", "held", "in_person", 9),
            ("s6", "k3", "conference", "cancelled", "in_person", None),
            ("s7", "k4", "panel", "held", "in_person", 30),
            ("s8", "k5", "conference", "held", "video", 181),
        ],
        columns=["session_id", "case_id", "session_type", "status", "mode", "held_date"],
    )
    session["held_date"] = _day(session["held_date"])
    referral = pd.DataFrame(
        {
            "referral_id": list("1234567"),
            "person_id": list("abcdefg"),
            "case_id": ["k1", "k1", "k2", "k3", "k4", "k5", "k6"],
            "site_id": ["north", "north", "north", "south", "south", "south", "south"],
            "arm": ["rj"] * 6 + ["comparison"],
            "referral_date": DAY_0,
            "eligible": ["yes"] * 7,
            "responsible_consent": ["yes", "yes", "no", "yes", "yes", "withdrawn", "yes"],
            "harmed_consent": ["yes", "yes", None, "yes", "surrogate", "yes", "no"],
            "exit_status": ["completed", "partial", None, "open", "completed", None, None],
        }
    )
    empty = pd.DataFrame()
    tables = {"session": session, "referral": referral}
    return Exports(tables=tables, accounts=(), ledger=empty, quality=empty)


def _as_dict(result):
    return dict(zip(result.frame[result.dimensions[0]], result.frame["n"], strict=True))


def test_each_case_counts_once_by_its_first_meeting_held(exports):
    assert _as_dict(count_sessions(exports)) == {"video": 2, "in_person": 1}


def test_planned_meetings_by_what_became_of_them(exports):
    result = count_sessions(exports, "status", unit="meetings")
    assert _as_dict(result) == {"held": 4, "cancelled": 1, "postponed": 1}
    assert result.what == "meetings planned"


def test_preparation_counts_where_asked_for(exports):
    result = count_sessions(exports, "session_type", types=("prep_responsible", "prep_harmed"))
    assert _as_dict(result) == {"prep_harmed": 1, "prep_responsible": 1}


def test_site_comes_from_the_referral(exports):
    """Sites and modes stand from the most frequent to the least."""
    frame = count_sessions(exports, ("site_id", "mode")).frame
    assert frame[["site_id", "mode", "n"]].values.tolist() == [
        ["south", "video", 1],
        ["south", "in_person", 1],
        ["north", "video", 1],
    ]


def test_a_column_that_differs_within_a_case_is_refused(exports):
    with pytest.raises(DataError, match="person_id differs between people of one case"):
        count_sessions(exports, "person_id")


def test_waiting_time_counts_people_and_those_who_never_came(exports):
    result = time_to_conference(exports)
    assert _as_dict(result) == {
        "0-30 days": 1,
        "31-60 days": 2,
        "61-90 days": 0,
        "91-180 days": 0,
        "over 180 days": 1,
        NONE_HELD: 2,
    }
    assert result.frame["share"].tolist() == [1 / 6, 2 / 6, 0, 0, 1 / 6, 2 / 6]


def test_waiting_time_of_all_arms_where_asked_for(exports):
    assert _as_dict(time_to_conference(exports, arm=None))[NONE_HELD] == 3


def test_conference_before_referral_is_an_error_not_a_short_wait(exports):
    session = exports.tables["session"].copy()
    session.loc[session["session_id"] == "s7", "held_date"] = _day(-3)
    tables = {**exports.tables, "session": session}
    damaged = Exports(tables=tables, accounts=(), ledger=exports.ledger, quality=exports.quality)
    result = _as_dict(time_to_conference(damaged))
    assert result[BEFORE_REFERRAL] == 1
    assert result["0-30 days"] == 0


@pytest.mark.parametrize(
    ("days", "band"),
    [
        (0, "0-30 days"),
        (30, "0-30 days"),
        (31, "31-60 days"),
        (60, "31-60 days"),
        (61, "61-90 days"),
        (90, "61-90 days"),
        (91, "91-180 days"),
        (180, "91-180 days"),
        (181, "over 180 days"),
    ],
)
def test_edges_of_the_bands(exports, days, band):
    session = exports.tables["session"].copy()
    session.loc[session["session_id"] == "s7", "held_date"] = _day(days)
    referral = exports.tables["referral"].query("case_id == 'k4'")
    one = Exports(
        tables={"session": session, "referral": referral},
        accounts=(),
        ledger=exports.ledger,
        quality=exports.quality,
    )
    assert _as_dict(time_to_conference(one))[band] == 1


def test_held_without_a_date_is_not_recorded_and_not_none_held(exports):
    session = exports.tables["session"].copy()
    session.loc[session["session_id"] == "s7", "held_date"] = pd.NaT
    tables = {**exports.tables, "session": session}
    damaged = Exports(tables=tables, accounts=(), ledger=exports.ledger, quality=exports.quality)
    result = _as_dict(time_to_conference(damaged))
    assert (result[NOT_RECORDED], result[NONE_HELD]) == (1, 2)
    assert _as_dict(count_stages(damaged))["completed"] == 2


def test_a_cohort_without_referral_dates_takes_them_from_the_exports(exports):
    frame = exports.tables["referral"].drop(columns=["referral_date"])
    frame = frame.assign(index_date=_day(100), exclusion_reason=None)
    frame.loc[frame["person_id"] == "e", "exclusion_reason"] = "left out"
    cohort = Cohort(frame=frame, arms=("rj",))
    result = _as_dict(time_to_conference(exports, cohort))
    assert sum(result.values()) == 5
    assert result["0-30 days"] == 0


def test_first_conference_skips_preparation_and_what_was_not_held(exports):
    assert first_conference(exports).to_dict() == {"k1": _day(31), "k4": _day(30), "k5": _day(181)}


def test_sessions_that_were_not_collected_are_said_so():
    empty = pd.DataFrame()
    none = Exports(tables={}, accounts=(), ledger=empty, quality=empty)
    with pytest.raises(DataError, match="did not collect the table session"):
        count_sessions(none)


def test_unknown_unit_is_refused(exports):
    with pytest.raises(ValueError, match="unit must be"):
        count_sessions(exports, unit="rows")


def test_furthest_stage_of_each_person(exports):
    """a completed; b, f conferenced; c, g stopped after eligibility; d consented; e completed."""
    result = count_stages(exports)
    assert _as_dict(result) == {
        "referred": 0,
        "eligible": 2,
        "consented": 1,
        "conferenced": 2,
        "completed": 2,
    }
    assert result.frame["n"].sum() == 7


def test_stages_that_a_study_does_not_record_are_left_out(exports):
    referral = exports.tables["referral"][["referral_id", "person_id", "exit_status"]]
    one = Exports(
        tables={"referral": referral}, accounts=(), ledger=exports.ledger, quality=exports.quality
    )
    assert _as_dict(count_stages(one)) == {"referred": 5, "completed": 2}


def test_a_study_without_stages_has_no_funnel(exports):
    referral = exports.tables["referral"][["referral_id", "person_id", "case_id"]]
    one = Exports(
        tables={"referral": referral}, accounts=(), ledger=exports.ledger, quality=exports.quality
    )
    for count in (count_stages, stage_rates):
        with pytest.raises(DataError, match="no funnel"):
            count(one)


def test_stages_of_a_cohort_are_those_it_holds(exports):
    """The cohort's own yes/no stages give the same counts as the exports they came from."""
    yes, no, unknown = True, False, None
    frame = exports.tables["referral"][["referral_id", "person_id", "case_id", "arm"]].assign(
        index_date=DAY_0,
        exclusion_reason=None,
        eligible=pd.array([yes] * 7, dtype="boolean"),
        offered=pd.array([unknown] * 7, dtype="boolean"),
        responsible_consented=pd.array([yes, yes, no, yes, yes, yes, yes], dtype="boolean"),
        harmed_consented=pd.array([yes, yes, unknown, yes, yes, yes, no], dtype="boolean"),
        conferenced=pd.array([yes, yes, no, no, yes, yes, no], dtype="boolean"),
        completed=pd.array([yes, no, no, no, yes, unknown, no], dtype="boolean"),
    )
    cohort = Cohort(frame=frame, arms=("rj",))
    assert _as_dict(count_stages(cohort)) == _as_dict(count_stages(exports))


def test_stages_by_site(exports):
    frame = count_stages(exports, by="site_id").frame
    conferenced = frame[frame["furthest_stage"] == "conferenced"]
    assert dict(zip(conferenced["site_id"], conferenced["n"], strict=True)) == {
        "north": 1,
        "south": 1,
    }


def test_rates_of_stages_rest_on_the_stage_before(exports):
    """Seven eligible; five consented (with those who went on); four conferenced; two completed.

    Wilson of 2 of 4 at z = 1.959964: centre (.5 + 3.841459/8) / (1 + 3.841459/4) = .5, half
    width 1.959964/1.960365 * sqrt(.25/4 + 3.841459/64) = .349961.
    """
    frame = stage_rates(exports).frame
    assert frame[["stage", "base_stage", "n_base", "n"]].values.tolist() == [
        ["eligible", "referred", 7, 7],
        ["consented", "eligible", 7, 5],
        ["conferenced", "consented", 5, 4],
        ["completed", "conferenced", 4, 2],
    ]
    last = frame.iloc[-1]
    assert last["estimate"] == 0.5
    assert last["conf_low"] == pytest.approx(0.150039, abs=2e-6)
    assert last["conf_high"] == pytest.approx(0.849961, abs=2e-6)


def test_rates_of_stages_by_site_add_up_to_those_of_all(exports):
    by_site = stage_rates(exports, "site_id").frame.groupby("stage")[["n_base", "n"]].sum()
    overall = stage_rates(exports).frame.set_index("stage")[["n_base", "n"]]
    pd.testing.assert_frame_equal(by_site.loc[overall.index], overall)


def test_a_rate_of_nobody_is_missing(exports):
    referral = exports.tables["referral"].assign(eligible="no", exit_status=None)
    referral = referral.drop(columns=["responsible_consent", "harmed_consent"])
    one = Exports(
        tables={"referral": referral}, accounts=(), ledger=exports.ledger, quality=exports.quality
    )
    assert stage_rates(one).frame["estimate"].isna().tolist() == [False, True]


def _chain(sizes):
    """A study of two sites whose stages have these sizes: referred, eligible, completed."""
    parts = []
    for site, (referred, eligible, completed) in sizes.items():
        part = pd.DataFrame({"site_id": [site] * referred})
        part["eligible"] = ["yes"] * eligible + ["no"] * (referred - eligible)
        part["exit_status"] = ["completed"] * completed + [None] * (referred - completed)
        parts.append(part)
    rows = pd.concat(parts, ignore_index=True)
    number = [str(i) for i in range(len(rows))]
    rows = rows.assign(referral_id=number, person_id=number, case_id=number)
    empty = pd.DataFrame()
    return Exports(tables={"referral": rows}, accounts=(), ledger=empty, quality=empty)


def test_released_rates_are_those_of_rounded_counts():
    shown = release(stage_rates(_chain({"a": (103, 81, 42)})), rule=DisclosureRule()).frame
    assert shown[["n_base", "n"]].values.tolist() == [[105, 80], [80, 40]]
    assert shown["estimate"].tolist() == [80 / 105, 0.5]


@pytest.mark.parametrize("sizes", [(100, 95, 50), (100, 60, 55), (100, 50, 6)])
def test_a_stage_that_loses_or_keeps_fewer_than_eleven_is_hidden(sizes):
    shown = release(stage_rates(_chain({"a": sizes})), rule=DisclosureRule()).frame
    assert shown["estimate"].isna().any()
    assert (shown.loc[shown["estimate"].isna(), "suppressed"] != "").all()


def test_a_hidden_site_cannot_be_had_from_the_sum_over_sites():
    exports = _chain({"a": (100, 60, 30), "b": (100, 60, 52)})
    shown = release(stage_rates(exports, "site_id"), rule=DisclosureRule()).frame
    completed = shown[shown["stage"] == "completed"]
    assert completed["n"].isna().all()
