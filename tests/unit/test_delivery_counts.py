"""Counts of people, worked by hand: everybody once, nobody left out."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rjeval.analysis_data import Cohort, Exports
from rjeval.delivery.counts import count_by_quarter, count_people
from rjeval.delivery.tally import NOT_RECORDED, banded
from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.border import release
from rjeval.errors import DataError


def _exports(**tables):
    empty = pd.DataFrame()
    return Exports(tables=tables, accounts=(), ledger=empty, quality=empty)


@pytest.fixture
def exports():
    """Five referrals of four people in three cases; person b came twice, later from a school."""
    referral = pd.DataFrame(
        {
            "referral_id": ["r1", "r2", "r3", "r4", "r5"],
            "person_id": ["a", "b", "b", "c", "d"],
            "case_id": ["k1", "k3", "k1", "k2", "k2"],
            "site_id": ["north", "south", "north", "south", "south"],
            "referral_source": ["police", "school", "police", None, "police"],
            "referral_date": pd.to_datetime(
                ["2023-01-05", "2023-11-20", "2023-01-05", "2023-06-30", "2023-07-01"]
            ),
            "age_at_referral": pd.array([14, 16, 15, 17, pd.NA], dtype="Int64"),
        }
    )
    person = pd.DataFrame(
        {"person_id": ["a", "b", "c", "d"], "gender": ["man", "woman", "man", "man"]}
    )
    return _exports(referral=referral, person=person)


def _as_dict(result):
    return result.frame.set_index(list(result.dimensions))["n"].to_dict()


def test_a_person_referred_twice_counts_once_as_first_referred(exports):
    result = count_people(exports, "referral_source")
    assert _as_dict(result) == {"police": 3, NOT_RECORDED: 1}
    assert result.frame["share"].tolist() == [0.75, 0.25]
    assert result.what == "people"


def test_referrals_count_each(exports):
    result = count_people(exports, "referral_source", unit="referrals")
    assert _as_dict(result) == {"police": 3, "school": 1, NOT_RECORDED: 1}


def test_cases_count_once_each(exports):
    assert _as_dict(count_people(exports, "site_id", unit="cases")) == {"south": 2, "north": 1}


def test_cases_cannot_be_counted_by_what_differs_within_them(exports):
    with pytest.raises(DataError, match="differs between people of one case in 1 of 3 cases"):
        count_people(exports, "referral_source", unit="cases")


def test_columns_of_the_person_stand_beside_the_referral(exports):
    assert _as_dict(count_people(exports, ("site_id", "gender"))) == {
        ("north", "man"): 1,
        ("north", "woman"): 1,
        ("south", "man"): 2,
    }


def test_ages_in_bands_with_missing_counted(exports):
    result = count_people(exports, "age_at_referral", bands={"age_at_referral": (12, 15, 17, 26)})
    assert _as_dict(result) == {"12-14": 1, "15-16": 1, "17-25": 1, NOT_RECORDED: 1}


def test_bands_lose_nobody_outside_their_edges():
    shown = banded(pd.Series([9, 12, 14, 15, 30]), edges=(12, 15, 16))
    assert shown.tolist() == ["under 12", "12-14", "12-14", "15", "16 and over"]


@pytest.mark.parametrize("edges", [(12,), (15, 12), (12, 12)])
def test_bands_need_increasing_edges(edges):
    with pytest.raises(ValueError, match="increasing"):
        banded(pd.Series([1.0]), edges=edges)


def test_a_cohort_counts_those_analysed_unless_asked_for_all():
    frame = pd.DataFrame(
        {
            "referral_id": list("123"),
            "person_id": list("abc"),
            "case_id": list("xyz"),
            "arm": ["rj", "rj", "comparison"],
            "index_date": pd.to_datetime(["2023-01-01"] * 3),
            "exclusion_reason": [None, "not eligible", None],
        }
    )
    cohort = Cohort(frame=frame, arms=("comparison", "rj"))
    assert _as_dict(count_people(cohort, "arm")) == {"comparison": 1, "rj": 1}
    assert _as_dict(count_people(cohort, "arm", among="assessed")) == {"rj": 2, "comparison": 1}
    result = count_by_quarter(cohort)
    assert _as_dict(result) == {"2023 Q1": 3}
    assert result.title == "Referrals assessed, by quarter"
    assert "also those left out of the cohort" in result.notes[0]
    assert count_by_quarter(cohort, among="included").notes == ()
    with pytest.raises(ValueError, match="included"):
        count_people(cohort, "arm", among="everyone")


def test_quarters_without_referrals_are_shown_as_zero(exports):
    assert _as_dict(count_by_quarter(exports)) == {
        "2023 Q1": 2,
        "2023 Q2": 1,
        "2023 Q3": 1,
        "2023 Q4": 1,
    }
    gap = exports.tables["referral"].iloc[[0, 1]]
    assert _as_dict(count_by_quarter(_exports(referral=gap)))["2023 Q2"] == 0


def test_quarters_cross_the_year_and_count_missing_dates():
    days = pd.to_datetime(["2022-12-31", "2023-01-01", None])
    frame = pd.DataFrame(
        {"referral_id": list("123"), "person_id": list("abc"), "referral_date": days}
    )
    result = count_by_quarter(_exports(referral=frame))
    assert _as_dict(result) == {"2022 Q4": 1, "2023 Q1": 1, NOT_RECORDED: 1}


def test_dates_of_long_ago_do_not_make_a_table_of_empty_quarters():
    """One date of 1944 and one of 2031 among 200 of 2012: each tail is one row."""
    days = [pd.Timestamp("1944-05-05"), pd.Timestamp("2031-01-01")]
    days += [pd.Timestamp("2012-01-01")] * 100 + [pd.Timestamp("2012-08-01")] * 100
    frame = pd.DataFrame({"referral_id": [str(i) for i in range(202)], "referral_date": days})
    assert _as_dict(count_by_quarter(_exports(referral=frame))) == {
        "before 2012 Q1": 1,
        "2012 Q1": 100,
        "2012 Q2": 0,
        "2012 Q3": 100,
        "after 2012 Q3": 1,
    }


def test_quarters_without_any_date():
    frame = pd.DataFrame({"referral_id": ["1"], "referral_date": pd.to_datetime([None])})
    with pytest.raises(DataError, match="No referral has a referral_date"):
        count_by_quarter(_exports(referral=frame))


def test_quarters_by_a_second_column(exports):
    result = _as_dict(count_by_quarter(exports, by="site_id"))
    assert result["2023 Q1", "north"] == 2
    assert sum(result.values()) == 5


def test_programme_by_result_serves_a_diversion_export_without_people_table():
    """The shape of a prosecutor's diversion file: programme by result, no arms, no persons."""
    referral = pd.DataFrame(
        {
            "referral_id": list("12345"),
            "person_id": list("abcda"),
            "case_id": list("vwxyz"),
            "program_id": ["drug", "drug", "theft", "theft", "drug"],
            "exit_status": ["completed", "open", "completed", None, "partial"],
            "referral_date": pd.date_range("2012-01-01", periods=5, freq="D"),
        }
    )
    result = count_people(_exports(referral=referral), ("program_id", "exit_status"))
    assert _as_dict(result) == {
        ("drug", "completed"): 1,
        ("drug", "open"): 1,
        ("theft", "completed"): 1,
        ("theft", NOT_RECORDED): 1,
    }


def test_a_column_that_is_not_there_is_named_with_those_that_are(exports):
    with pytest.raises(DataError, match="no column shoe_size") as caught:
        count_people(exports, "shoe_size")
    assert "referral_source" in str(caught.value)


@pytest.mark.parametrize("by", [(), ("a", "b", "c"), ("site_id", "site_id")])
def test_one_or_two_different_columns(exports, by):
    with pytest.raises(ValueError, match="one column, or two"):
        count_people(exports, by)


def test_a_table_that_was_not_collected_is_said_so():
    with pytest.raises(DataError, match="did not collect the table referral"):
        count_people(_exports(), "gender")


def test_input_tables_are_not_changed(exports):
    before = exports.tables["referral"].copy()
    count_people(exports, "age_at_referral", bands={"age_at_referral": (12, 15)})
    count_by_quarter(exports, by="site_id")
    pd.testing.assert_frame_equal(exports.tables["referral"], before)


def test_released_counts_hide_small_cells(exports):
    shown = release(count_people(exports, "gender"), rule=DisclosureRule())
    assert shown.frame["n"].isna().all()


people = st.lists(
    st.tuples(
        st.sampled_from("abcdefgh"),
        st.sampled_from(["x", "y", None]),
        st.sampled_from(["u", "v", None]),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(people)
def test_counts_add_up_to_the_number_of_people(rows):
    frame = pd.DataFrame(rows, columns=["person_id", "one", "two"])
    frame["referral_date"] = pd.Timestamp("2024-01-01")
    exports = _exports(referral=frame)
    for by in ("one", ("one", "two")):
        result = count_people(exports, by)
        assert result.frame["n"].sum() == frame["person_id"].nunique()
        assert result.frame["share"].sum() == pytest.approx(1)
