"""Text becomes values by declared rules only: dates, categories, numbers, missing answers."""

from __future__ import annotations

import pandas as pd
import pytest

from rjeval.errors import DesignError
from rjeval.ingest.dates import parse_dates
from rjeval.ingest.values import fold, number_if_all
from rjeval.schemas.frames import TEXT

HEADER = "Ref,Person,Referred,Outcome\n"


def dates(texts, *formats):
    return parse_dates(pd.Series(texts, dtype=TEXT), formats)


def iso(parsed):
    return [None if pd.isna(d) else d.date().isoformat() for d in parsed.values]


def test_iso_is_read_as_iso_whatever_else_is_declared():
    # 2020-06-05 under a day-first reading would be 6 May (pandas 3.1) or 5 June (pandas 2.3)
    assert iso(dates(["2020-06-05"], "%d/%m/%Y", "%Y-%d-%m")) == ["2020-06-05"]


def test_declared_format_settles_day_and_month_and_the_count_is_stated():
    found = dates(["05/06/2020", "31/12/2020", "07/07/2020"], "%d/%m/%Y")
    assert iso(found) == ["2020-06-05", "2020-12-31", "2020-07-07"]
    # 05/06 could be swapped; 31/12 cannot; 07/07 reads the same either way
    assert found.n_swappable == 1


def test_a_date_that_no_declared_format_reads_is_marked_and_never_guessed():
    found = dates(["31/12/2020", "2020-02-30", "45123", "soon", None], "%m/%d/%Y")
    assert found.bad.tolist() == [True, True, True, True, False]
    assert iso(found) == [None] * 5


def test_two_formats_that_read_a_text_differently_are_counted():
    found = dates(["01/02/2020", "13/02/2020"], "%d/%m/%Y", "%m/%d/%Y")
    assert iso(found) == ["2020-02-01", "2020-02-13"]
    assert found.n_ambiguous == 1


def test_time_of_day_is_cut_and_counted():
    found = dates(
        ["2020-01-31 23:59:00", "2020-01-31T00:00:00Z", "01/31/2020 12:00:00 AM", "2020-01-31"],
        "%m/%d/%Y %I:%M:%S %p",
    )
    assert iso(found) == ["2020-01-31"] * 4
    assert found.n_cut == 3


@pytest.mark.parametrize("text", ["1900-01-01", "9999-12-31", "01/01/1900", "12/31/9999"])
def test_sentinel_dates_become_missing_and_are_counted(text):
    found = dates([text], "%m/%d/%Y")
    assert iso(found) == [None]
    assert (found.n_sentinel, found.bad.tolist()) == (1, [False])


def test_years_that_no_programme_knows_are_marked():
    assert dates(["0202-05-01", "1846-05-01"]).bad.all()


@pytest.mark.parametrize(
    "text", ["Not Filed", "not_filed", "NOT–FILED", " not-filed ", "nót  filed", "Not/Filed"]
)
def test_folding_ignores_case_blanks_dashes_and_accents(text):
    assert fold(text) == "not_filed"


def test_a_leading_zero_keeps_a_covariate_text():
    assert number_if_all(pd.Series(["012", "7"], dtype=TEXT)) is None
    assert number_if_all(pd.Series(["12", "-7.5", None], dtype=TEXT)).tolist()[:2] == [12.0, -7.5]


def test_categories_are_normalised_then_mapped_and_counted(study, lines):
    exports = study.read(
        referrals__csv=HEADER
        + "A,1,2022-01-05,Completed \nB,2,2022-01-06,COMPLETED\nC,3,2022-01-07,Finished\n",
        exports=STATUSES,
    )
    assert exports.tables["referral"]["exit_status"].tolist() == ["completed"] * 3
    assert lines(exports.ledger, "category_normalised") == {("referral", "exit_status"): 2}
    assert lines(exports.ledger, "value_mapped") == {("referral", "exit_status"): 1}


STATUSES = """
[exports.referral]
file = "referrals.csv"
missing = ["n/a"]
[exports.referral.columns]
referral_id = "Ref"
person_id = "Person"
referral_date = "Referred"
exit_status = "Outcome"
[exports.referral.values.exit_status]
Finished = "completed"
"""


def test_unmapped_end_of_a_referral_costs_the_cell_where_no_rate_rests_on_it(study, lines):
    exports = study.read(
        STATUSES,
        referrals__csv=HEADER + "A,1,2022-01-05,Successful\nB,2,2022-01-06,N/A\n",
    )
    assert exports.tables["referral"]["exit_status"].isna().tolist() == [True, True]
    assert exports.quality["severity"].tolist() == ["W"]
    assert lines(exports.quality, "V08") == {("referral", "exit_status"): 1}
    assert lines(exports.ledger, "missing_code") == {("referral", "exit_status"): 1}


def test_unmapped_category_that_decides_nothing_costs_the_cell(study, lines):
    exports = study.read(
        """
[exports.person]
file = "people.csv"
columns = { person_id = "Person", gender = "Gender", prior_arrests = "Priors" }
values.gender = { Male = "man" }
""",
        people__csv='Person,Gender,Priors\n1,Male,"1,024"\n2,Klingon,-3\n3,Woman,some\n4,,\n',
    )
    person = exports.tables["person"]
    assert person["gender"].fillna("-").tolist() == ["man", "-", "woman", "-"]
    assert person["prior_arrests"].fillna(-1).tolist() == [1024, -1, -1, -1]
    assert lines(exports.quality, "V08") == {("person", "gender"): 1}
    assert lines(exports.quality, "V07") == {("person", "prior_arrests"): 1}
    assert lines(exports.quality, "V54") == {("person", "prior_arrests"): 1}
    assert set(exports.quality["severity"]) == {"W"}


def test_the_four_missing_states_stay_apart(study, lines):
    exports = study.read(
        """
[exports.survey_response]
file = "answers.csv"
missing_states = { "Don't know" = "unknown", "Refused" = "declined" }
columns = { invitation_id = "Form", item_id = "Item", value = "Answer" }
values.value = { Agree = "4" }
""",
        answers__csv="Form,Item,Answer\nF,a,Agree\nF,b,don't know\nF,c,Refused\nF,d,5\nF,e,\n",
    )
    answers = exports.tables["survey_response"]
    assert answers["value"].fillna(-1).tolist() == [4, -1, -1, 5, -1]
    assert answers["missing_state"].fillna("").tolist() == ["", "unknown", "declined", "", ""]


def test_several_choices_in_one_cell_are_parted_and_sorted(study):
    exports = study.read(
        """
[exports.person]
file = "people.csv"
columns = { person_id = "Person", race_ethnicity = "Race" }
delimiters = { race_ethnicity = "|" }
values.race_ethnicity = { Latino = "Hispanic_Latino" }
""",
        people__csv="Person,Race\n1,White|Latino\n2,black\n3,White|Elvish\n",
    )
    found = exports.tables["person"]["race_ethnicity"].fillna("-").tolist()
    assert found == ["Hispanic_Latino;White", "Black", "-"]


def test_ids_keep_their_case_and_their_zeros(study):
    exports = study.read(
        referrals__csv=HEADER + "007, aB ,2022-01-05,open\n0070,Ab,2022-01-06,open\n"
    )
    assert exports.tables["referral"]["referral_id"].tolist() == ["007", "0070"]
    assert exports.tables["referral"]["person_id"].tolist() == ["aB", "Ab"]


def test_yes_and_no_are_booleans_and_blank_is_neither(study):
    exports = study.read(
        """
[exports.person]
file = "people.csv"
columns = { person_id = "Person", first_entry = "First time" }
values.first_entry = { "sure" = "true" }
""",
        people__csv="Person,First time\n1,Y\n2,No\n3,\n4,Sure\n",
    )
    found = exports.tables["person"]["first_entry"]
    assert str(found.dtype) == "boolean"
    assert found.fillna(False).tolist() == [True, False, False, True]
    assert found.isna().tolist() == [False, False, True, False]


def test_two_digit_years_turn_at_the_declared_pivot():
    texts = ["01/02/30", "01/02/31", "01/02/68", "01/02/69"]
    assert iso(dates(texts, "%m/%d/%y", "pivot=30")) == [
        "2030-01-02",
        "1931-01-02",
        "1968-01-02",
        "1969-01-02",
    ]
    # without a declared pivot: 68 and less is this century, as strptime has it
    assert iso(dates(texts, "%m/%d/%y"))[1:] == ["2031-01-02", "2068-01-02", "1969-01-02"]


def test_days_of_a_spreadsheet_are_dates_only_where_declared():
    # 2023-01-01 is day 44927 of Excel's calendar
    assert iso(dates(["44927", "44927.75"], "excel")) == ["2023-01-01", "2023-01-01"]
    assert dates(["44927"], "%m/%d/%Y").bad.tolist() == [True]
    assert dates(["12", "00044", "99999"], "excel").bad.all()


def test_moments_with_a_time_zone_are_counted():
    found = dates(["2022-01-05T23:30:00Z", "2022-01-05 23:30:00+02:00", "2022-01-05 23:30:00"])
    assert iso(found) == ["2022-01-05"] * 3
    assert (found.n_zoned, found.n_cut) == (2, 3)


def test_a_moment_in_a_declared_zone_is_the_day_that_it_was_there():
    """Worked by hand: Chicago is 6 hours behind UTC in winter and 5 in summer."""
    texts = [
        "2022-01-05T03:30:00Z",  # 4 January, 21:30
        "2022-07-05T05:30:00Z",  # 5 July, 00:30
        "2022-07-05T04:30:00+00:00",  # 4 July, 23:30
        "2022-01-05 23:30:00",  # names no zone: as written
        "2022-01-05",
    ]
    found = dates(texts, "zone=America/Chicago")
    assert iso(found) == ["2022-01-04", "2022-07-05", "2022-07-04", "2022-01-05", "2022-01-05"]
    assert (found.n_moved, found.n_zoned) == (2, 0)
    with pytest.raises(DesignError, match="time zone 'Mars/Olympus', which does not exist"):
        dates(texts, "zone=Mars/Olympus")


def test_the_ledger_says_how_many_days_a_time_zone_moved(study, lines):
    exports = study.read(
        STATUSES.replace(
            'missing = ["n/a"]', 'dates.referral_date = ["zone=America/Chicago"]'
        ).replace('[exports.referral.values.exit_status]\nFinished = "completed"\n', ""),
        referrals__csv=HEADER + "A,1,2022-01-05T03:30:00Z,open\nB,2,2022-01-05T12:00:00Z,open\n",
    )
    days = exports.tables["referral"]["referral_date"].dt.day.tolist()
    assert days == [4, 5]
    assert lines(exports.ledger, "time_zone_applied") == {("referral", "referral_date"): 1}


def test_several_formats_in_one_column_are_all_read_and_the_rest_is_refused(study, lines):
    exports = study.read(
        STATUSES.replace(
            'missing = ["n/a"]',
            'unmapped = ["referral_date"]\ndates.referral_date = ["%d-%b-%Y", "%m/%d/%Y", "excel"]',
        ).replace('[exports.referral.values.exit_status]\nFinished = "completed"\n', ""),
        referrals__csv=HEADER
        + "A,1,05-Jan-2022,open\nB,2,01/06/2022,open\nC,3,2022-01-07,open\n"
        + "D,4,44569,open\nE,5,2022/01/09,open\n",
    )
    assert exports.tables["referral"]["referral_date"].dt.day.tolist() == [5, 6, 7, 8]
    assert exports.quarantine["referral"][["rule", "row"]].values.tolist() == [["V21", 5]]
    assert lines(exports.ledger, "day_month_settled") == {("referral", "referral_date"): 1}


def test_money_is_read_with_its_sign_and_its_thousands(study):
    exports = study.read(
        """
[exports.payment]
file = "paid.csv"
columns = { payment_id = "No", obligation_id = "Task", amount = "Paid" }
""",
        paid__csv='No,Task,Paid\n1,a,"$1,250.50"\n2,a,£40\n3,a, 12.5 \n'
        '4,a,"1.250,50"\n5,a,twelve\n',
    )
    assert exports.tables["payment"]["amount"].tolist() == [1250.5, 40.0, 12.5]
    # a comma for the decimal point and a word are no numbers, and money decides
    assert exports.quarantine["payment"][["rule", "row"]].values.tolist() == [
        ["V07", 4],
        ["V07", 5],
    ]
