"""Large files: nothing is left of a run that dies, faults are told, rules read single columns."""

from __future__ import annotations

import io
import signal
import subprocess
import sys

import pandas as pd
import pytest

import rjeval as rj
from rjeval.errors import ExportError, IdentifierError
from rjeval.ingest import large_tables, spill, text_stream
from rjeval.ingest.column_tables import ColumnTable
from rjeval.ingest.previous import changes_since
from rjeval.ingest.text_stream import TextStream

HEADER = "Ref,Person,Referred,Outcome"
CANARY = "ZQX-CANARY"


def rows(count: int, *, outcome: str = "open") -> str:
    lines = [f"R{i:04d},P{i % 300},2022-01-{1 + i % 28:02d},{outcome}" for i in range(count)]
    return "\n".join([HEADER, *lines, ""])


@pytest.fixture(autouse=True)
def stream(monkeypatch):
    """Every file counts as large, and is cut small."""
    monkeypatch.setattr(large_tables, "LARGE_BYTES", 0)
    monkeypatch.setattr(text_stream, "CHUNK_ROWS", 200)


@pytest.fixture
def folder(study):
    return study.folder / "data" / "processed"


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_full_disk_while_reading_is_one_sentence_and_leaves_nothing(study, folder, monkeypatch):
    rj.save_exports(study.read(referrals__csv=rows(500)), folder)
    before = contents(study.folder)

    class Full(io.BytesIO):
        def write(self, _):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(spill, "_unnamed", lambda _: Full())
    with pytest.raises(ExportError) as caught:
        study.read(referrals__csv=rows(500))
    assert str(caught.value).startswith(
        "The study folder has no room for the work on a large file: No space left on device."
    )
    assert contents(study.folder) == before


def test_a_full_disk_while_writing_leaves_the_earlier_set(study, folder, monkeypatch):
    rj.save_exports(study.read(referrals__csv=rows(500)), folder)
    before = contents(folder)
    other = study.read(referrals__csv=rows(400))

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pyarrow.parquet.ParquetWriter.write_table", full)
    with pytest.raises(ExportError, match=r"^processed cannot be written: No space"):
        rj.save_exports(other, folder)
    assert contents(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["processed"]


KILLED = """
import os, signal, sys
import rjeval as rj
from rjeval.ingest import held_tables, large_tables, settling
from rjeval.ingest.spill import Spill
study, moment = sys.argv[1:]
large_tables.LARGE_BYTES = 0
die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
if moment == "reading":
    large_tables.assemble_large.__globals__["settle_table"] = die
else:
    held_tables.pq.ParquetWriter.close = die
exports = rj.read_exports(study + "/raw", design=rj.read_design(study))
rj.save_exports(exports, study + "/data/processed")
"""


@pytest.mark.parametrize("moment", ["reading", "writing"])
def test_a_run_killed_half_way_leaves_the_earlier_set_and_no_readable_row(study, folder, moment):
    """Killed by the system (SIGKILL) when the rows are set down, and when they are written."""
    rj.save_exports(study.read(referrals__csv=rows(500)), folder)
    before = contents(folder)
    study.write(referrals__csv=rows(500, outcome="died"))
    known = set(study.folder.rglob("*"))
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(study.folder), moment], check=False, capture_output=True
    )
    assert ended.returncode == -signal.SIGKILL
    assert contents(folder) == before
    left = sorted(path for path in study.folder.rglob("*") if path not in known)
    if moment == "reading":
        assert left == []
    else:  # a folder that none but its owner may open, until the next run clears it away
        assert left[0].stat().st_mode & 0o777 == 0o700
        assert all(path.is_relative_to(left[0]) for path in left)
        rj.load_exports(folder, design=study.design())
        assert not left[0].exists()


def test_an_identifier_stops_the_stream_and_its_place_is_told(study):
    lines = rows(1000).splitlines()
    lines[701] = lines[701].replace("open", "jane@example.org")
    with pytest.raises(IdentifierError) as caught:
        study.read(referrals__csv="\n".join(lines))
    assert str(caught.value).startswith(
        "referrals.csv, rows 601 to 800: column 'Outcome' holds a direct identifier (e-mail) in "
        "1 of 200 rows"
    )
    assert "jane" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    {
        "quotation mark left open": (
            rows(300) + f'R9,P9,2022-01-05,"{CANARY}\nR10,P1,2022-01-05,open\n',
            r"^referrals.csv has a quotation mark that is opened and never closed \(V02\)",
        ),
        "NUL bytes": (rows(300) + f"{CANARY}\x00\n", "^referrals.csv holds NUL bytes"),
        "no text at all": (
            rows(300).encode() + b"\x81\x8d\x8f\n",
            "^referrals.csv is neither UTF-8 nor Windows-1252 text",
        ),
        "a column lacks": (rows(300).replace("Outcome", "End"), "has no column 'Outcome'"),
    }.values(),
    ids=lambda one: "",
)
def test_what_is_wrong_with_a_large_file_is_one_sentence(study, content, message):
    with pytest.raises(ExportError, match=message) as caught:
        study.read(referrals__csv=content)
    assert CANARY not in str(caught.value)


def test_another_declared_encoding_is_refused(study):
    exports = """
[exports.referral]
file = "referrals.csv"
encoding = "utf-8"
columns = {referral_id="Ref", person_id="Person", referral_date="Referred", exit_status="Outcome"}
"""
    with pytest.raises(ExportError, match="is not utf-8 text, the encoding declared"):
        study.read(exports, referrals__csv=(rows(300) + "é").encode("cp1252"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_encoding_gives_the_same_rows(study, encoding, monkeypatch):
    """The blocks are cut in the middle of characters and of rows."""
    monkeypatch.setattr(text_stream, "LOOK_BYTES", 37)
    text = rows(120).replace("R0007", "Ré007")
    found = study.read(referrals__csv=text.encode(encoding)).tables["referral"]
    assert len(found) == 120
    assert "Ré007" in set(found["referral_id"])


def test_a_header_alone_gives_no_rows(study):
    assert len(study.read(referrals__csv=HEADER + "\n").tables["referral"]) == 0


def test_chunks_know_where_they_stand(study):
    study.write(referrals__csv=rows(450))
    design = study.design()
    chunks = list(TextStream(study.folder / "raw" / "referrals.csv", design.exports[0]).chunks())
    assert [(one.first, len(one.frame)) for one in chunks if len(one.frame)] == [
        (0, 200),
        (200, 200),
        (400, 50),
    ]


def test_no_step_of_a_large_table_reads_it_whole(study, folder, monkeypatch):
    """Reading, rules, storing and comparing ask for single columns, whatever the rule."""

    def refuse(*_):
        raise AssertionError("the whole table was read")

    monkeypatch.setattr(ColumnTable, "whole", refuse)
    exports = study.read(referrals__csv=rows(500))
    rj.save_exports(exports, folder)
    assert changes_since(exports, folder) == ()
    assert repr(exports) == "Exports(referral=500 rows)"
    assert len(pd.read_parquet(folder / "referral.parquet")) == 500


def test_a_table_is_read_as_a_stream_from_its_size_on(study, monkeypatch):
    text = rows(500)
    for limit, large in ((len(text) - 1, True), (len(text), False)):
        monkeypatch.setattr(large_tables, "LARGE_BYTES", limit)
        tables = study.read(referrals__csv=text).tables
        assert (tables.large("referral") is not None) is large


def test_a_row_that_breaks_the_frame_is_put_back_in_its_place(study):
    lines = rows(450).splitlines()
    lines[250] += ",one cell more"
    exports = study.read(referrals__csv="\n".join(lines))
    refused = exports.quarantine["referral"]
    assert refused[["rule", "row", "read_referral_id"]].to_numpy().tolist() == [
        ["V02", 250, "R0249"]
    ]
