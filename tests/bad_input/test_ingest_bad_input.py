"""Broken input: one sentence, the right class and exit code, never a value of the data."""

from __future__ import annotations

import gzip
import re
import traceback
import warnings

import openpyxl
import pytest

import rjeval as rj
from rjeval.errors import DataError, DesignError, ExportError, IdentifierError, ValidationError
from rjeval.ingest.blocks import refuse_blocks
from rjeval.ingest.exports import examine_exports

CANARY = "CANARY7391"
HEADER = "Ref,Person,Referred,Outcome\n"
GOOD = HEADER + "A,1,2022-01-05,open\nB,2,2022-01-06,open\n"
STUDY = """
[study]
title = "Bad input"
period_start = 2022-01-01
period_end = 2022-12-31
extract_date = 2024-12-31
why_no_recidivism = "This test is about reading."
"""
MAP = """
[exports.referral]
file = "referrals.csv"
[exports.referral.columns]
referral_id = "Ref"
person_id = "Person"
referral_date = "Referred"
exit_status = "Outcome"
"""


@pytest.fixture
def examine(tmp_path):
    """Read a file, and return also what stops the study."""

    def run(content=None, exports=MAP, name="referrals.csv"):
        (tmp_path / "study.toml").write_text(STUDY + exports, encoding="utf-8")
        raw = tmp_path / "raw"
        raw.mkdir(exist_ok=True)
        if content is not None:
            data = content.encode() if isinstance(content, str) else content
            (raw / name).write_bytes(data)
        return examine_exports(raw, design=rj.read_design(tmp_path))

    return run


@pytest.fixture
def read(examine):
    """Read a file as a study does."""

    def run(*given):
        exports, blocks = examine(*given)
        refuse_blocks(blocks)
        return exports

    return run


def workbook(rows, tmp_path, *, sheet="Sheet"):
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    return (tmp_path / "x.xlsx").read_bytes()


FILES = {
    "missing": (None, MAP, ExportError, r"^\[exports.referral\]: referrals.csv is not in raw\."),
    "empty": (b"", MAP, ExportError, r"^referrals.csv is empty \(0 rows, no header\)\."),
    "blank lines only": (b"\n \n\r\n", MAP, ExportError, r"^referrals.csv is empty"),
    "a byte-order mark and nothing else": (
        b"\xef\xbb\xbf",
        MAP,
        ExportError,
        r"^referrals.csv has no column 'Ref'",
    ),
    "another table": (
        f"Town,People\n{CANARY},7\n",
        MAP,
        ExportError,
        r"^referrals.csv has no column 'Ref', which \[exports.referral\] asks for\.",
    ),
    "a column missing": (
        GOOD.replace("Outcome", "Outcomes"),
        MAP,
        ExportError,
        r"^referrals.csv has no column 'Outcome'.*\nDid you mean 'Outcomes'\?",
    ),
    "a column twice": (
        f"Ref,Person,Referred,Outcome,Outcome\nA,{CANARY},2022-01-05,open,open\n",
        MAP,
        ExportError,
        r"^referrals.csv holds the column 'Outcome' more than once.*V04",
    ),
    "binary": (b"PK\x03\x04" + bytes(range(256)) * 4, MAP, ExportError, r"^referrals.csv "),
    "gzip under the name of a CSV": (
        gzip.compress(GOOD.encode()),
        MAP,
        ExportError,
        r"^referrals.csv ",
    ),
    "NUL bytes": (
        GOOD.replace("A,1", "A\x00,1"),
        MAP,
        ExportError,
        r"^referrals.csv holds NUL bytes, so it is not a text table\.",
    ),
    "declared encoding is wrong": (
        GOOD.replace("A,1", "Ä,1").encode("cp1252"),
        MAP.replace("[exports.referral.columns]", 'encoding = "utf-8"\n[exports.referral.columns]'),
        ExportError,
        r"^referrals.csv is not utf-8 text.*V03",
    ),
    "declared encoding does not exist": (
        GOOD,
        MAP.replace("[exports.referral.columns]", 'encoding = "utf-9"\n[exports.referral.columns]'),
        DesignError,
        r"^\[exports.referral\] encoding 'utf-9' does not exist\.",
    ),
    "neither UTF-8 nor Windows-1252": (
        GOOD.encode().replace(b"A,1", b"\x81\x8d,1"),
        MAP,
        ExportError,
        r"^referrals.csv is neither UTF-8 nor Windows-1252 text",
    ),
    "header line beyond the file": (
        GOOD,
        MAP.replace("[exports.referral.columns]", "header_row = 9\n[exports.referral.columns]"),
        ExportError,
        r"^referrals.csv: header_row = 9, but",
    ),
    "an unclosed quotation mark": (
        HEADER + f'A,"{CANARY},2022-01-05,open\nB,2,2022-01-06,open\n',
        MAP,
        ExportError,
        r"^referrals.csv has a quotation mark that is opened and never closed",
    ),
    "a path out of the folder": (
        GOOD,
        MAP.replace("referrals.csv", "../referrals.csv"),
        ExportError,
        r"^\[exports.referral\] file leaves the raw folder\.",
    ),
    "an unknown table": (
        GOOD,
        MAP.replace("exports.referral", "exports.referrals"),
        DesignError,
        r"^\[exports.referrals\]: the data dictionary has no table of that name\.",
    ),
    "a needed column not mapped": (
        GOOD,
        MAP.replace('referral_date = "Referred"\n', ""),
        DesignError,
        r"^\[exports.referral\] does not map referral_date, which the table needs",
    ),
    "a value that the dictionary does not have": (
        GOOD,
        MAP + '[exports.referral.values.exit_status]\nopen = "opened"\n',
        DesignError,
        r"^\[exports.referral\] values.exit_status maps to 'opened', which the data dictionary",
    ),
    "a state of missing answers that does not exist": (
        GOOD,
        MAP.replace(
            "[exports.referral.columns]",
            'missing_states = { x = "lost" }\n[exports.referral.columns]',
        ),
        DesignError,
        r"^\[exports.referral\] missing_states has a state that does not exist\.",
    ),
    "an identifier": (
        f"Ref,Person,Referred,Outcome,Last Name\nA,1,2022-01-05,open,{CANARY}\n",
        MAP,
        IdentifierError,
        r"^referrals.csv: column 'Last Name' holds a direct identifier \(name\) in 1 of 1 rows",
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_a_broken_file_is_one_sentence_of_the_right_class(read, case):
    content, exports, kind, message = FILES[case]
    with pytest.raises(kind, match=re.compile(message, re.DOTALL)) as caught:
        read(content, exports)
    said = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert CANARY not in said
    assert caught.value.__cause__ is None
    assert caught.value.exit_code == (10 if kind is DesignError else 11)
    assert len(caught.value.message.splitlines()) == 1


def test_a_folder_that_is_not_there(tmp_path, read):
    (tmp_path / "study.toml").write_text(STUDY + MAP)
    with pytest.raises(ExportError, match="There is no folder nowhere for the raw exports"):
        rj.read_exports(tmp_path / "nowhere", design=rj.read_design(tmp_path))


def test_a_link_out_of_the_folder(tmp_path, read):
    (tmp_path / "elsewhere.csv").write_text(GOOD)
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "referrals.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(ExportError, match=r"referrals.csv is a link that leads out"):
        read()


def test_a_file_that_may_not_be_read(read, monkeypatch):
    from pathlib import Path

    plain = Path.read_bytes

    def locked(path):
        if path.suffix == ".csv":
            raise PermissionError(13, "Permission denied")
        return plain(path)

    monkeypatch.setattr(Path, "read_bytes", locked)
    with pytest.raises(ExportError, match=r"^referrals.csv cannot be read: Permission denied\."):
        read(GOOD)


BOOK = MAP.replace("referrals.csv", "book.xlsx")


def test_a_workbook_that_is_none(read):
    with pytest.raises(ExportError, match=r"^book.xlsx cannot be opened as a workbook\."):
        read(GOOD, BOOK, "book.xlsx")


def test_a_workbook_cut_short(read, tmp_path):
    whole = workbook([["Ref", "Person", "Referred", "Outcome"], ["A", "1", "2022", "x"]], tmp_path)
    with pytest.raises(ExportError, match=r"^book.xlsx cannot be opened as a workbook\."):
        read(whole[: len(whole) // 2], BOOK, "book.xlsx")


def test_a_sheet_that_is_not_there(read, tmp_path):
    exports = BOOK.replace("[exports.referral.columns]", 'sheet = "T"\n[exports.referral.columns]')
    with pytest.raises(ExportError, match=r"^book.xlsx has no sheet of the name declared"):
        read(workbook([["Ref"]], tmp_path, sheet=CANARY), exports, "book.xlsx")


def test_an_empty_sheet(read, tmp_path):
    with pytest.raises(ExportError, match=r"^book.xlsx: the sheet is empty"):
        read(workbook([], tmp_path), BOOK, "book.xlsx")


def test_a_formula_that_was_never_worked_out_is_an_empty_cell(read, tmp_path):
    rows = [["Ref", "Person", "Referred", "Outcome"], ["=A9&1", "1", "2022-01-05", "open"]]
    exports = read(workbook(rows, tmp_path), BOOK, "book.xlsx")
    assert exports.quarantine["referral"][["rule", "column"]].values.tolist() == [
        ["V01", "referral_id"]
    ]


def test_merged_cells_hold_their_value_once(read, tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["Ref", "Person", "Referred", "Outcome"],
        ["A", "1", "2022-01-05", "open"],
        ["B", None, "2022-01-06", "open"],
    ):
        book.active.append(row)
    book.active.merge_cells("B2:B3")
    book.save(tmp_path / "x.xlsx")
    content = (tmp_path / "x.xlsx").read_bytes()
    assert len(read(content, BOOK, "book.xlsx").quarantine["referral"]) == 1
    down = BOOK.replace(
        "[exports.referral.columns]", 'repeat_down = ["Person"]\n[exports.referral.columns]'
    )
    exports = read(content, down, "book.xlsx")
    assert exports.tables["referral"]["person_id"].tolist() == ["1", "1"]


def test_a_cell_beyond_all_measure_is_one_sentence(read, monkeypatch):
    from rjeval.ingest import text_rows

    monkeypatch.setattr(text_rows, "BLOCK_BYTES", 1000)
    text = HEADER + f"A,1,2022-01-05,{CANARY * 500}\nB,2,2022-01-06,open\n"
    with pytest.raises(ExportError, match=r"(?s)^referrals.csv is not a readable.*16 MB") as caught:
        read(text)
    assert CANARY not in str(caught.value)


def test_rows_of_any_length_are_kept_or_quarantined(read):
    text = HEADER + "A\n\nB,2\nC,3,2022-01-05,open,x,y,z\nD,4,2022-01-06,open\n"
    exports = read(text)
    (account,) = exports.accounts
    assert (account.n_read, account.n_accepted, account.n_quarantined) == (4, 1, 3)
    assert sorted(exports.quarantine["referral"]["rule"]) == ["V01", "V01", "V02"]


def test_a_folder_under_the_name_of_a_file(read, tmp_path):
    (tmp_path / "raw" / "referrals.csv").mkdir(parents=True)
    with pytest.raises(ExportError, match=r"referrals.csv is not in raw"):
        read()


def test_an_impossible_date_and_an_unmapped_arm_are_quarantined_where_the_study_says_so(read):
    exports = read(
        HEADER + "A,1,2022-02-30,rj\nB,2,2022-01-06,lost\nC,3,2022-01-07,rj\n",
        MAP.replace("exit_status", "arm").replace(
            '.csv"', '.csv"\nunmapped = ["referral_date", "arm"]'
        ),
    )
    refused = exports.quarantine["referral"]
    assert refused[["rule", "column", "row"]].values.tolist() == [
        ["V21", "referral_date", 1],
        ["V08", "arm", 2],
    ]
    assert len(exports.tables["referral"]) == 1


ALL_TABLES = """
[exports.person]
file = "wide.csv"
columns = { person_id = "a", birth_year = "b", gender = "c", race_ethnicity = "d", town = "e" }
[exports.referral]
file = "wide.csv"
columns = { referral_id = "a", person_id = "b", referral_date = "c", arm = "d", eligible = "e" }
[exports.session]
file = "wide.csv"
columns = { session_id = "a", case_id = "b", status = "c", duration_min = "d", held_date = "e" }
[exports.survey_response]
file = "wide.csv"
columns = { invitation_id = "a", item_id = "b", value = "c", answered_date = "d" }
[exports.records_check]
file = "wide.csv"
columns = { check_id = "a", person_id = "b", coverage_to = "c", adult_covered = "d", source = "e" }
[exports.exposure]
file = "wide.csv"
columns = { person_id = "a", from = "b", to = "c", state = "d" }
"""


def test_a_token_in_every_cell_leaves_by_no_door(examine, caplog):
    """Each cell holds the token; no message, repr, ledger or quality line may."""
    rows = "".join(",".join(f"{CANARY}{i}{j}" for j in range(5)) + "\n" for i in range(30))
    text = "a,b,c,d,e\n" + rows + rows[:40] + "\n"
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        exports, blocks = examine(text, ALL_TABLES, "wide.csv")
    with pytest.raises(ValidationError) as stopped:
        refuse_blocks(blocks)
    quality = rj.summarise_quality(exports)
    shown = [
        str(stopped.value),
        repr(blocks),
        repr(exports),
        exports._repr_html_(),
        repr(exports.accounts),
        exports.ledger.to_csv(),
        exports.quality.to_csv(),
        quality.frame.to_csv(),
        repr(quality),
        caplog.text,
        "".join(str(one.message) for one in said),
    ]
    assert [one for one in shown if CANARY in one] == []
    for account in exports.accounts:
        assert account.n_read == 31
    # the refused rows are kept, with their cells, in quarantine only
    assert CANARY in exports.quarantine["referral"].to_csv()


def test_errors_about_data_share_one_root():
    assert issubclass(ExportError, DataError)
    assert issubclass(IdentifierError, DataError)
