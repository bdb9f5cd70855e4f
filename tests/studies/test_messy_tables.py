"""Government tables as they were published: header found, banners and notes set aside, values.

Expectations stand in ``expected.json`` beside the files, written by hand from the tables.
"""

from __future__ import annotations

import json

import pytest

from rjeval.design.exports import ExportMap
from rjeval.errors import ExportError
from rjeval.ingest.headers import require_columns
from rjeval.ingest.identifiers import refuse_identifiers
from rjeval.ingest.ledger import Ledger
from rjeval.ingest.readers import read_any
from rjeval.ingest.rows import map_rows
from rjeval.ingest.values import number_if_all, type_column
from rjeval.schemas.columns import Column

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def folder(real_data):
    return real_data / "messy"


@pytest.fixture(scope="module")
def expected(folder):
    return json.loads((folder / "expected.json").read_text())


def read(path, **more):
    spec = ExportMap(table="cost", file=path.name, **more)
    raw = read_any(path, spec)
    refuse_identifiers(raw, ())
    names = [str(name) for name in raw.frame.columns]
    require_columns(spec, names, doubled=raw.doubled, file=raw.file)
    ledger = Ledger()
    return raw, map_rows(raw, spec, ledger), ledger


def number(rows, name):
    column = Column(name=name, kind="number", title=name)
    typed = type_column(rows.text[name], column, rows.spec, Ledger())
    assert not typed.bad.any()
    return typed.values


def test_a_table_under_ten_lines_of_banner(folder, expected):
    want = expected["bjs_p19t01"]
    names = ("Total", "Federal/b", "State", "Male", "Female")
    raw, rows, ledger = read(
        folder / want["path"],
        columns={"year": "Year/a", **{name: name for name in names}},
        keep_where={"Year/a": [str(year) for year in want["data_rows_years"]]},
    )
    assert raw.header_row == want["header_line_0based"] + 1
    assert [int(year) for year in rows.text["year"]] == want["data_rows_years"]
    total = dict(zip(rows.text["year"], number(rows, "Total"), strict=True))
    assert total["2009"] == want["checks"]["2009 Total"]
    assert number(rows, "Male").tolist()[6] == want["checks"]["2015 Male"]
    assert number(rows, "Female").tolist()[-1] == want["checks"]["2019 Female"]
    # every line is accounted for: 11 years, and the sub-table and notes below them
    assert rows.n_read == len(raw.frame)
    assert rows.n_read - rows.n_filtered == len(want["data_rows_years"])
    notes = ledger.ledger_frame().set_index("rule")["n_rows"]
    assert notes["detected_footer_removed"] == 4  # Note:, a/, b/, Source:
    assert notes["keep_where"] == 3  # "Percent change" and its two lines


def test_a_table_with_dates_as_headers_in_windows_text(folder, expected):
    want = expected["moj_A1_4i"]
    raw, rows, ledger = read(
        folder / want["path"],
        header_row=want["header_line_0based"] + 1,
        columns={"group": "column 1", "first": "30-Jun-15", "last": "30-Jun-23"},
    )
    assert ("encoding", f"{want['path']}: cp1252, detected") in raw.notes
    assert raw.frame.shape[1] == want["date_columns"] + 1
    assert rows.text["group"].tolist()[0] == "Males and females"
    assert number(rows, "first").tolist()[0] == want["checks"]["Males and females 30-Jun-15"]
    assert number(rows, "last").tolist()[0] == want["checks"]["Males and females 30-Jun-23"]
    notes = ledger.ledger_frame().set_index("rule")["n_rows"]
    assert notes["detected_footer_removed"] == 4  # three long notes and a web address
    assert notes["repeated_header_removed"] == 2  # one above the men, one above the women


def test_a_table_with_a_mark_a_blank_in_a_header_and_coded_nulls(folder, expected):
    want = expected["md_chart"]
    raw, rows, _ = read(
        folder / want["path"],
        missing=("NULL",),
        columns={name: name for name in ("cluster_id", "census_id", "county", "early_edu")},
    )
    assert raw.frame.shape == (want["rows"], want["cols"])
    assert rows.text["county"].notna().all()
    tokens = sum(raw.frame[name].str.strip().eq("NULL").sum() for name in raw.frame.columns)
    assert tokens == want["null_tokens"]
    assert rows.text["census_id"].str.contains(" ").any()  # a blank inside an id is kept
    assert number_if_all(rows.text["early_edu"]) is not None


def test_a_doubled_header_is_refused_where_it_is_asked_for(folder, expected):
    want = expected["compas_dup"]
    raw, rows, _ = read(folder / want["path"], columns={"sex": "sex"})
    assert sorted(raw.doubled) == want["duplicate_headers"]
    assert rows.n_read == want["rows"]
    with pytest.raises(ExportError, match=r"holds the column 'decile_score' more than once"):
        read(folder / want["path"], columns={"score": "decile_score"})
