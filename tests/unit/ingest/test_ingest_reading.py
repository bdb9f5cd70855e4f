"""Files are read as text, whatever their encoding, delimiter, banner or footers; all is stated."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

from rjeval.errors import ExportError
from rjeval.ingest.text_tables import decode

HEADER = "Ref,Person,Referred,Outcome\n"
ROWS = "A,1,2022-01-05,open\nB,2,2022-01-06,open\n"


def account(exports, table="referral"):
    return next(one for one in exports.accounts if one.table == table)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_found_and_stated(study, encoding):
    text = "Ref,Person,Referred,Outcome,Büro\nA,1,2022-01-05,open,Peñasco\n"
    exports = study.read(REFERRAL_WITH_OFFICE, referrals__csv=text.encode(encoding))
    assert exports.tables["referral"]["site_id"].tolist() == ["Peñasco"]
    stated = exports.ledger[exports.ledger["rule"] == "encoding"]["detail"].item()
    assert encoding.split("-sig")[0] in stated


REFERRAL_WITH_OFFICE = """
[exports.referral]
file = "referrals.csv"
[exports.referral.columns]
referral_id = "Ref"
person_id = "Person"
referral_date = "Referred"
site_id = "Büro"
"""


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found_by_the_columns_asked_for(study, delimiter):
    text = (HEADER + ROWS).replace(",", delimiter)
    assert len(study.read(referrals__csv=text).tables["referral"]) == 2


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_systems_are_read(study, newline):
    text = (HEADER + ROWS).replace("\n", newline)
    assert len(study.read(referrals__csv=text.encode()).tables["referral"]) == 2


def test_header_is_found_under_a_banner_with_quoted_line_breaks(study):
    banner = '"Programme report\nrun by the office",,,\n\nStatus: final,,,\n'
    exports = study.read(referrals__csv=banner + " Ref ,Person,Referred,Outcome\n" + ROWS)
    assert exports.tables["referral"]["referral_id"].tolist() == ["A", "B"]
    assert account(exports).n_read == 2


def test_blank_lines_footers_and_repeated_headers_are_counted_not_lost(study, lines):
    text = HEADER + "A,1,2022-01-05,open\n,,,\n" + HEADER + "B,2,2022-01-06,open\n"
    exports = study.read(
        referrals__csv=text + "Grand Total,2,,\nThis report holds 2 rows\n,,,\nConfidential\n",
        exports=FOOTED,
    )
    assert exports.tables["referral"]["referral_id"].tolist() == ["A", "B"]
    one = account(exports)
    assert (one.n_read, one.n_accepted, one.n_filtered) == (8, 2, 6)
    counts = {
        rule: lines(exports.ledger, rule).get(("referral", ""))
        for rule in (
            "blank_rows_removed",
            "repeated_header_removed",
            "declared_footer_removed",
            "detected_footer_removed",
        )
    }
    assert counts == {
        "blank_rows_removed": 2,
        "repeated_header_removed": 1,
        "declared_footer_removed": 1,
        "detected_footer_removed": 2,
    }


FOOTED = """
[exports.referral]
file = "referrals.csv"
footer = ["This report"]
[exports.referral.columns]
referral_id = "Ref"
person_id = "Person"
referral_date = "Referred"
exit_status = "Outcome"
"""


#: Lines below the data -> whether they are taken for no data.
BELOW = {
    "a grand total of several columns": ("Grand Total,2,7,", True),
    "a sub-total": ("Subtotal,1,,", True),
    "sub-total with money": ('Sub-total,"$1,024.50",,', True),
    "a count": ("Count,2,,", True),
    "a confidentiality line": ("Confidential: do not forward,,,", True),
    "a page number": ("Page 3 of 9,,,", True),
    "a time stamp of the report": ("Generated on 2024-03-01,,,", True),
    "a person whose id begins like a total": ("Total-7,2,2022-01-09,open", False),
    "a count that is a person": ("Count,2,2022-01-09,open", False),
    "a row in which all cells are numbers": ("12,2,7,3", False),
}


@pytest.mark.parametrize("case", BELOW)
def test_lines_of_sums_and_notes_are_told_from_rows(study, lines, case):
    line, removed = BELOW[case]
    exports = study.read(UNREAD_DATES, referrals__csv=HEADER + ROWS + line + "\n")
    assert account(exports).n_read == 3
    assert account(exports).n_filtered == removed
    found = lines(exports.ledger, "detected_footer_removed")
    assert found == ({("referral", ""): 1} if removed else {})


UNREAD_DATES = """
[exports.referral]
file = "referrals.csv"
unmapped = ["referral_date"]
[exports.referral.columns]
referral_id = "Ref"
person_id = "Person"
referral_date = "Referred"
"""


def test_grouped_reports_lose_their_sums_and_keep_their_rows(study, lines):
    """Groups with a blank repeated key, a sub-total below each, a total and a note at the end."""
    text = (
        "Referrals by person,,,\n,,,\n"
        + HEADER
        + "A,1,2022-01-05,open\nB,,2022-01-06,open\nSubtotal,2,,\n"
        + "C,2,2022-01-07,open\nSubtotal,1,,\nGrand Total,3,,\n"
        + "Confidential Information - Do Not Distribute,,,\n"
    )
    grouped = UNREAD_DATES.replace("unmapped", 'repeat_down = ["Person"]\nunmapped')
    exports = study.read(grouped, referrals__csv=text)
    assert exports.tables["referral"]["person_id"].tolist() == ["1", "1", "2"]
    assert lines(exports.ledger, "detected_footer_removed") == {("referral", ""): 4}


def test_blank_columns_and_an_unnamed_one_are_passed_over(study):
    text = ",Ref,,Person,Referred,\n,A,,1,2022-01-05,\n,B,,2,2022-01-06,note\n"
    exports = study.read(UNREAD_DATES, referrals__csv=text)
    assert exports.tables["referral"]["referral_id"].tolist() == ["A", "B"]


def test_rows_with_too_many_cells_are_quarantined_in_place(study):
    text = HEADER + "A,1,2022-01-05,open\nB,2,2022-01-06,open,stray\nC,3,2022-01-07,open,,\n"
    exports = study.read(referrals__csv=text + "D,4,2022-01-08\n")
    assert exports.tables["referral"]["referral_id"].tolist() == ["A", "C", "D"]
    assert exports.quarantine["referral"][["rule", "row"]].values.tolist() == [["V02", 2]]


def test_quoted_delimiters_and_line_breaks_stay_in_their_cell(study):
    text = HEADER + '"A,1","x\ny",2022-01-05,open\n'
    found = study.read(referrals__csv=text).tables["referral"]
    assert found["referral_id"].tolist() == ["A,1"]


def test_nearly_missing_texts_are_not_taken_for_missing(study):
    # pandas reads NA, null and None as missing by itself; a person may be called so
    text = HEADER + "NA,null,2022-01-05,open\nNone,nan,2022-01-06,open\n"
    found = study.read(referrals__csv=text).tables["referral"]
    assert found["referral_id"].tolist() == ["NA", "None"]
    assert found["person_id"].tolist() == ["null", "nan"]


def test_a_workbook_keeps_zeros_of_text_and_gives_real_dates(study, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Clinic tracker", None, None, None])
    sheet.append(["Ref", "Person", "Referred", "Outcome"])
    sheet.append(["00123", 7, pd.Timestamp(2022, 3, 4).to_pydatetime(), "open"])
    sheet.append(["00124", 8.0, "2022-03-05", "open"])
    sheet.append([None, None, None, None])
    (tmp_path / "raw").mkdir()
    book.save(tmp_path / "raw" / "referrals.xlsx")
    exports = study.read(REFERRAL_BOOK)
    found = exports.tables["referral"]
    assert found["referral_id"].tolist() == ["00123", "00124"]
    assert found["person_id"].tolist() == ["7", "8"]
    assert found["referral_date"].dt.strftime("%Y-%m-%d").tolist() == ["2022-03-04", "2022-03-05"]


REFERRAL_BOOK = """
[exports.referral]
file = "referrals.xlsx"
[exports.referral.columns]
referral_id = "Ref"
person_id = "Person"
referral_date = "Referred"
exit_status = "Outcome"
"""


def test_several_files_and_several_maps_feed_one_table(study):
    exports = study.read(
        """
[[exports.referral]]
file = "site*.csv"
constants = { program_id = "P1" }
columns = { referral_id = "Ref", person_id = "Person", referral_date = "Referred" }
[[exports.referral]]
file = "other.csv"
constants = { program_id = "P2" }
columns = { person_id = "Who", referral_date = "When" }
templates = { referral_id = "{Who}-{When}" }
dates = { referral_date = ["%d.%m.%Y"] }
""",
        site1__csv="Ref,Person,Referred\nA,1,2022-01-05\n",
        site2__csv="Person,Ref,Referred\n2,B,2022-01-06\n",
        other__csv="Who,When\n3,07.01.2022\n4,\n",
    )
    found = exports.tables["referral"]
    assert found["referral_id"].tolist() == ["3-07.01.2022", "A", "B"]
    assert found["program_id"].tolist() == ["P2", "P1", "P1"]
    assert account(exports).files == ("site1.csv", "site2.csv", "other.csv")
    assert exports.quarantine["referral"]["file"].tolist() == ["other.csv"]


def test_one_file_feeds_several_tables_and_keep_where_is_counted(study):
    exports = study.read(
        """
[exports.person]
file = "tracker.csv"
columns = { person_id = "Person" }
[exports.exposure]
file = "tracker.csv"
columns = { person_id = "Person", from = "In", to = "Out" }
constants = { state = "custody" }
keep_where = { In = ["*"] }
""",
        tracker__csv="Person,In,Out\n1,2022-01-01,2022-01-09\n1,,\n2,,\n",
    )
    assert len(exports.tables["exposure"]) == 1
    assert account(exports, "exposure").n_filtered == 2
    assert (account(exports, "person").n_accepted, account(exports, "person").n_duplicates) == (
        2,
        1,
    )


def test_a_grouped_layout_is_filled_down(study, lines):
    exports = study.read(
        FOOTED.replace('footer = ["This report"]', 'repeat_down = ["Person"]'),
        referrals__csv=HEADER + "A,1,2022-01-05,open\nB,,2022-01-06,open\nC,2,2022-01-07,open\n",
    )
    assert exports.tables["referral"]["person_id"].tolist() == ["1", "1", "2"]
    assert lines(exports.ledger, "repeated_down") == {("referral", "Person"): 1}


def test_a_declared_count_that_differs_is_reported(study, lines):
    exports = study.read(
        FOOTED.replace('footer = ["This report"]', "expected_rows = 5"),
        referrals__csv=HEADER + ROWS,
    )
    assert lines(exports.quality, "V05") == {("referral", ""): 3}


def test_a_header_without_rows_is_a_table_without_rows(study):
    exports = study.read(referrals__csv=HEADER)
    assert len(exports.tables["referral"]) == 0
    assert account(exports).n_read == 0


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(ExportError, match="NUL bytes"):
        decode(b"a,b\x00c", "", file="x.csv")
    with pytest.raises(ExportError, match=r"x\.csv is not utf-8 text"):
        decode(b"\xff\xfa", "utf-8", file="x.csv")


def test_extra_columns_of_the_map_travel_as_covariates(study, lines):
    exports = study.read(
        """
[exports.person]
file = "people.csv"
columns = { person_id = "Person", school_days = "Days", town = "Town", seen = "Seen" }
dates = { seen = ["%d/%m/%Y"] }
""",
        people__csv="Person,Days,Town,Seen,Unused\n1,180,[Upper Town],03/02/2022,x\n2,,Lower,,y\n",
    )
    person = exports.tables["person"]
    assert person["school_days"].tolist()[0] == 180.0
    assert person["town"].tolist() == ["Upper Town", "Lower"]
    assert person["seen"].dt.month.tolist()[0] == 2
    assert "Unused" not in person.columns
    assert lines(exports.ledger, "covariate_as_number") == {("person", "school_days"): 1}
