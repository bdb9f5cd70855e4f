"""Packed files, workbooks of other kinds, Parquet and statistics files give the same table."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from rjeval.design.exports import ExportMap
from rjeval.errors import ExportError
from rjeval.ingest import unpack as unpacking
from rjeval.ingest.readers import read_any

HEADER = "Ref,Person,Referred,Outcome\n"
TEXT = HEADER + "007,1,2022-01-05,open\n008,2,2022-01-06,open\n"
EXPECTED = ["007", "008"]


def exports(file):
    return f"""
[exports.referral]
file = "{file}"
[exports.referral.columns]
referral_id = "Ref"
person_id = "Person"
referral_date = "Referred"
exit_status = "Outcome"
"""


def zipped(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


def opendocument():
    """The least that an OpenDocument spreadsheet needs."""
    space = "urn:oasis:names:tc:opendocument:xmlns"
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
            "</table:table-cell>"
            for cell in line.split(",")
        )
        + "</table:table-row>"
        for line in TEXT.splitlines()
    )
    content = (
        f'<office:document-content xmlns:office="{space}:office:1.0" '
        f'xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="One">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{space}:manifest:1.0"><manifest:file-entry '
        'manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.'
        'spreadsheet"/></manifest:manifest>'
    )
    return zipped(
        mimetype="application/vnd.oasis.opendocument.spreadsheet",
        content__xml=content,
        **{"META-INF/manifest__xml": manifest},
    )


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("referrals.csv.gz", gzip.compress(TEXT.encode())),
        ("referrals.zip", zipped(referrals__csv=TEXT)),
        ("referrals2.zip", zipped(**{"__MACOSX/x__csv": "clutter", "deep/r__csv": TEXT})),
        ("referrals.ods", opendocument()),
        ("referrals.tsv", TEXT.replace(",", "\t").encode()),
    ],
    ids=["gz", "zip", "zip in a folder", "ods", "tsv"],
)
def test_each_kind_of_file_gives_the_same_rows(study, file, content):
    study.write(**{file: content})
    found = study.read(exports(file)).tables["referral"]
    assert found["referral_id"].tolist() == EXPECTED
    assert found["referral_date"].dt.day.tolist() == [5, 6]


def typed_frame():
    return pd.DataFrame(
        {
            "Ref": ["007", "008"],
            "Person": [1.0, 2.0],
            "Referred": pd.to_datetime(["2022-01-05", "2022-01-06"]),
            "Outcome": ["open", "open"],
        }
    )


def test_parquet_is_read_as_text(study, tmp_path):
    (tmp_path / "raw").mkdir()
    typed_frame().assign(Outcome=lambda f: f["Outcome"].astype("category")).to_parquet(
        tmp_path / "raw" / "r.parquet"
    )
    found = study.read(exports("r.parquet")).tables["referral"]
    assert found["referral_id"].tolist() == EXPECTED
    assert found["person_id"].tolist() == ["1", "2"]
    assert found["referral_date"].dt.day.tolist() == [5, 6]


@pytest.mark.parametrize(("file", "writer"), [("r.sav", "write_sav"), ("r.dta", "write_dta")])
def test_statistics_files_are_read_by_their_labels(study, tmp_path, file, writer):
    import pyreadstat

    (tmp_path / "raw").mkdir()
    frame = typed_frame().assign(Outcome=[1.0, 2.0], Referred=["2022-01-05", "2022-01-06"])
    getattr(pyreadstat, writer)(
        frame,
        str(tmp_path / "raw" / file),
        variable_value_labels={"Outcome": {1: "Completed", 2: "Open"}},
    )
    found = study.read(exports(file)).tables["referral"]
    assert found["person_id"].tolist() == ["1", "2"]
    assert found["exit_status"].tolist() == ["completed", "open"]


FILES = Path(__file__).parent / "files"


@pytest.mark.parametrize("file", ["referrals.xls", "referrals.ods"])
def test_old_workbooks_are_read_by_sheet_under_a_banner_and_without_totals(study, lines, file):
    """What stands in the files is told in their README; they come from other programs."""
    study.write(**{file: (FILES / file).read_bytes()})
    named = exports(file).replace("[exports.referral.c", 'sheet = "Referrals"\n[exports.referral.c')
    found = study.read(named)
    referral = found.tables["referral"]
    assert referral["referral_id"].tolist() == EXPECTED
    assert referral["person_id"].tolist() == ["1", "2"]
    assert referral["referral_date"].dt.strftime("%Y-%m-%d").tolist() == [
        "2022-01-05",
        "2022-01-06",
    ]
    assert referral["exit_status"].tolist() == ["open", "completed"]
    assert lines(found.ledger, "detected_footer_removed") == {("referral", ""): 1}
    assert lines(found.ledger, "blank_rows_removed") == {("referral", ""): 1}
    assert (found.accounts[0].n_read, found.accounts[0].n_filtered) == (4, 2)
    with pytest.raises(ExportError, match="has no column 'Ref'"):
        study.read(exports(file))  # the first sheet, where none is named, is another table


def test_a_sas_data_set_is_read_packed(tmp_path):
    """Fisher's irises as everybody knows them: 50 of each, first 5.1 3.5 1.4 0.2."""
    spec = ExportMap(table="person", file="iris.sas7bdat.gz")
    raw = read_any(FILES / "iris.sas7bdat.gz", spec)
    assert raw.frame.shape == (150, 5)
    assert raw.frame.iloc[0].tolist()[:4] == ["5.1", "3.5", "1.4", "0.2"]
    assert raw.frame.iloc[:, 4].value_counts().tolist() == [50, 50, 50]
    assert [rule for rule, _ in raw.notes] == ["unpacked", "typed_file"]


def test_a_sas_transport_file_is_read(study, tmp_path):
    import pyreadstat

    (tmp_path / "raw").mkdir()
    frame = typed_frame().assign(Referred=["2022-01-05", "2022-01-06"])
    pyreadstat.write_xport(frame, str(tmp_path / "raw" / "r.xpt"), file_format_version=5)
    found = study.read(exports("r.xpt")).tables["referral"]
    assert found["referral_id"].tolist() == EXPECTED
    assert found["referral_date"].dt.day.tolist() == [5, 6]


def test_real_dates_of_statistics_files_stay_days(study, tmp_path):
    import pyreadstat

    (tmp_path / "raw").mkdir()
    frame = typed_frame()
    frame["Referred"] = [one.date() for one in frame["Referred"]]
    pyreadstat.write_sav(frame, str(tmp_path / "raw" / "r.sav"))
    pyreadstat.write_dta(frame, str(tmp_path / "raw" / "r.dta"))
    for file in ("r.sav", "r.dta"):
        found = study.read(exports(file)).tables["referral"]
        assert found["referral_date"].dt.day.tolist() == [5, 6], file


def test_packed_files_of_a_glob_are_one_table_and_each_row_knows_its_file(study):
    one, two = TEXT, HEADER + "009,3,,open\n"
    study.write(**{"q1.csv.gz": gzip.compress(one.encode()), "q2.zip": zipped(q2__csv=two)})
    found = study.read(exports("q*"))
    assert found.accounts[0].files == ("q1.csv.gz", "q2.zip")
    assert found.tables["referral"]["referral_id"].tolist() == EXPECTED
    assert found.quarantine["referral"][["file", "row"]].values.tolist() == [["q2.zip", 1]]


BROKEN = {
    "a gzip cut short": (
        "r.csv.gz",
        gzip.compress(TEXT.encode())[:-9],
        r"^r.csv.gz is damaged or cut short",
    ),
    "a gzip that is none": ("r.csv.gz", TEXT.encode(), r"^r.csv.gz is damaged"),
    "a gzip of nothing": ("r.csv.gz", gzip.compress(b""), r"^r.csv.gz holds an empty file"),
    "a zip that is none": ("r.zip", TEXT.encode(), r"^r.zip is damaged"),
    "a zip of two tables": (
        "r.zip",
        zipped(a__csv=TEXT, b__csv=TEXT),
        r"^r.zip holds 2 files; an archive may hold one table only",
    ),
    "an empty zip": ("r.zip", zipped(), r"^r.zip holds 0 files"),
    "a Parquet file that is none": ("r.parquet", TEXT.encode(), r"^r.parquet cannot be read as"),
    "a Stata file that is none": ("r.dta", TEXT.encode(), r"^r.dta cannot be read as a .dta file"),
    "an SPSS file that is none": ("r.sav", TEXT.encode(), r"^r.sav cannot be read as a .sav file"),
    "a SAS file that is none": ("r.xpt", TEXT.encode(), r"^r.xpt cannot be read as a .xpt file"),
    "an old workbook that is none": ("r.xls", TEXT.encode(), r"^r.xls cannot be opened"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_damaged_files_are_one_sentence(study, case):
    file, content, message = BROKEN[case]
    study.write(**{file: content})
    with pytest.raises(ExportError, match=re.compile(message)) as caught:
        study.read(exports(file))
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("file", ["r.csv.gz", "r.zip"])
def test_an_archive_that_grows_out_of_bounds_is_not_read(study, file, monkeypatch):
    monkeypatch.setattr(unpacking, "FLOOR_BYTES", 1000)
    bomb = b"0" * 1_000_000
    content = gzip.compress(bomb) if file.endswith("gz") else zipped(r__csv=bomb.decode())
    study.write(**{file: content})
    with pytest.raises(ExportError, match="grows more than 200 times when unpacked"):
        study.read(exports(file))
