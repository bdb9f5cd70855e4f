"""Where several files make a table, the file of each row is kept, and shown to nobody."""

from __future__ import annotations

import pandas as pd
import pytest

import rjeval as rj
from rjeval.errors import DesignError
from rjeval.ingest import large_tables
from rjeval.ingest.held_tables import SOURCE_FILE
from rjeval.ingest.previous import changes_since
from rjeval.ingest.quality_page import quality_page

EXPORTS = """
[exports.referral]
file = "referrals_*.csv"
columns = {referral_id="Ref", person_id="Person", referral_date="Referred", exit_status="Outcome"}
"""
HEADER = "Ref,Person,Referred,Outcome\n"
#: Rows of the second file sort between those of the first; one is an exact duplicate.
FILES = {
    "referrals_2022__csv": HEADER + "A,1,2022-01-05,open\nD,4,2022-01-05,open\nX,9,,open\n",
    "referrals_2023__csv": HEADER + "C,3,2022-01-05,open\nB,2,2022-01-05,open\n"
    "A,1,2022-01-05,open\nY,9,,open\n",
}


@pytest.fixture(params=["in memory", "as a stream"])
def exports(request, study, monkeypatch):
    monkeypatch.setattr(large_tables, "LARGE_BYTES", 0 if "stream" in request.param else 1 << 40)
    return study.read(EXPORTS, **FILES)


def test_each_stored_row_has_its_file_and_so_has_each_refused_one(study, exports, tmp_path):
    rj.save_exports(exports, tmp_path / "processed")
    stored = pd.read_parquet(tmp_path / "processed" / "referral.parquet")
    files = dict(zip(stored["referral_id"], stored[SOURCE_FILE], strict=True))
    first, second = "referrals_2022.csv", "referrals_2023.csv"
    assert files == {"A": first, "B": second, "C": second, "D": first}
    assert isinstance(stored[SOURCE_FILE].dtype, pd.CategoricalDtype)
    refused = exports.quarantine["referral"]
    assert refused[["file", "row"]].to_numpy().tolist() == [[first, 3], [second, 4]]


def test_no_estimator_sees_it_and_it_can_be_asked_for(study, exports, tmp_path):
    rj.save_exports(exports, tmp_path / "processed")
    back = rj.load_exports(tmp_path / "processed", design=study.design(EXPORTS))
    assert SOURCE_FILE not in back.tables["referral"].columns
    assert SOURCE_FILE not in exports.tables["referral"].columns
    pd.testing.assert_frame_equal(back.tables["referral"], exports.tables["referral"])
    assert back.row_files["referral"].tolist() == [
        "referrals_2022.csv",
        "referrals_2023.csv",
        "referrals_2023.csv",
        "referrals_2022.csv",
    ]


def test_nothing_that_is_shown_names_the_column(study, exports, tmp_path):
    rj.save_exports(exports, tmp_path / "processed")
    shown = [repr(exports), exports._repr_html_(), quality_page(exports, title="A study")]
    shown += [str(one) for one in changes_since(exports, tmp_path / "processed")]
    shown += [exports.ledger.to_string(), exports.quality.to_string()]
    assert not [text for text in shown if SOURCE_FILE in text]


def test_one_file_needs_no_such_column(study, tmp_path):
    exports = study.read(referrals__csv=FILES["referrals_2022__csv"])
    rj.save_exports(exports, tmp_path / "processed")
    stored = pd.read_parquet(tmp_path / "processed" / "referral.parquet")
    assert SOURCE_FILE not in stored.columns
    assert not exports.row_files


def test_a_covariate_may_not_take_its_name(study):
    taken = EXPORTS.replace('exit_status="Outcome"', f'exit_status="Outcome", {SOURCE_FILE}="Ref"')
    with pytest.raises(DesignError, match="maps a column _source_file"):
        study.read(taken, **FILES)
