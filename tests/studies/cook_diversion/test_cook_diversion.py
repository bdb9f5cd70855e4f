"""A real diversion export: every row accounted for, and the defects known of it found.

Counts come from ``reference.json`` beside the data (made with R), and from plain counting of
the raw text in this file.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

import rjeval as rj
from rjeval.errors import DesignError

pytestmark = pytest.mark.real
HERE = Path(__file__).parent


def moment(text):
    """The calendar date of a text such as 07/30/2015 12:00:00 AM."""
    month, day, year = text.split(" ")[0].split("/")
    return pd.Timestamp(int(year), int(month), int(day))


@pytest.fixture(scope="module")
def folder(real_data):
    return real_data / "cook_diversion"


@pytest.fixture(scope="module")
def reference(folder):
    return json.loads((folder / "reference.json").read_text())


@pytest.fixture(scope="module")
def rows(folder):
    with (folder / "diversion_received_2011_2015.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def design():
    return rj.read_design(HERE)


@pytest.fixture(scope="module")
def exports(folder, design):
    return rj.read_exports(folder, design=design)


def found(exports, rule, column):
    mine = exports.quality.query("rule == @rule and column == @column")
    return int(mine["n_failed"].sum())


def changed(exports, rule, column):
    mine = exports.ledger.query("table == 'referral' and rule == @rule and column == @column")
    return int(mine["n_rows"].sum())


def test_every_row_is_accounted_for(exports, reference):
    accounts = {one.table: one for one in exports.accounts}
    assert accounts["referral"].n_read == reference["rows"]
    assert accounts["referral"].n_accepted == reference["rows"]
    # one participant may have several diversions; as people they are counted once
    assert accounts["person"].n_accepted + accounts["person"].n_duplicates == reference["rows"]
    assert exports.quarantine == {}


def test_the_file_is_the_one_that_the_reference_was_made_from(exports, reference):
    assert [sha for _, sha, _ in exports.sources] == [reference["sha256"]]


def test_results_and_programmes_have_the_counts_of_the_reference(exports, reference):
    referral = exports.tables["referral"]
    status = referral["exit_status"].value_counts()
    codes = {"0": "open", "1": "completed", "2": "not_completed_noncompliance"}
    assert {code: status[name] for code, name in codes.items()} == reference["result"]
    assert referral["program"].value_counts().to_dict() == reference["program"]


def test_known_defects_are_found_with_their_counts(exports, reference, rows):
    def day(row, name):
        return moment(row[name]) if row[name] else None

    assert found(exports, "V101", "exit_date") == reference["t_zero"]
    assert found(exports, "V102", "referral_date") == reference["ref_before_2010"]
    before_receipt = sum(day(r, "REFERRAL_DATE") < day(r, "RECEIVED_DATE") for r in rows)
    assert before_receipt > 0
    assert found(exports, "V24", "referral_date") == before_receipt
    people = pd.Series([r["CASE_PARTICIPANT_ID"] for r in rows])
    assert found(exports, "V107", "person_id") == people.duplicated(keep=False).sum()


def test_each_change_is_counted(exports, reference, rows):
    assert changed(exports, "blank_filled", "exit_status") == reference["result"]["0"]
    titles = [r["PRIMARY_CHARGE_OFFENSE_TITLE"] for r in rows]
    # "[...] ON SCHOOL GROUNDS" is not a title in brackets
    bracketed = sum(title.startswith("[") and title.endswith("]") for title in titles)
    assert bracketed > 0
    assert changed(exports, "brackets_removed", "offence_title") == bracketed
    with_time = sum(bool(r["DIVERSION_CLOSED_DATE"]) for r in rows)
    assert changed(exports, "time_of_day_cut", "exit_date") == with_time
    assert changed(exports, "time_of_day_cut", "referral_date") == len(rows)


def test_dates_and_ids_are_those_of_the_raw_text(exports, rows):
    referral = exports.tables["referral"].set_index("referral_id")
    for row in rows[::997]:
        mine = referral.loc[f"{row['CASE_PARTICIPANT_ID']}-{row['DIVERSION_COUNT']}"]
        assert mine["case_id"] == row["CASE_ID"]
        assert mine["referral_date"] == moment(row["REFERRAL_DATE"])
        closed = row["DIVERSION_CLOSED_DATE"]
        assert pd.isna(mine["exit_date"]) == (closed == "")
        assert closed == "" or mine["exit_date"] == moment(closed)


def test_the_study_says_why_it_has_no_recidivism(design):
    with pytest.raises(DesignError, match="no arrest, filing or conviction after it"):
        _ = design.primary


def test_it_is_saved_and_loaded_unchanged(exports, design, tmp_path):
    rj.save_exports(exports, tmp_path / "processed")
    back = rj.load_exports(tmp_path / "processed", design=design)
    for name, frame in exports.tables.items():
        pd.testing.assert_frame_equal(back.tables[name], frame)
