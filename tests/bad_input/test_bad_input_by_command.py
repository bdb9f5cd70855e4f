"""Seventy kinds of broken input through `rjeval check`: exit code, one sentence, no value.

Each case writes a study folder, runs the command and reads what a person would read. Exit codes
are those of the errors page: 0 sound, 10 the design, 11 the data, 15 rows refused.
"""

from __future__ import annotations

import csv
import errno
import gzip
import io
import os
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from rjeval.cli.main import main

CANARY = "CANARY7391"
HEADER = "Ref,Person,Referred,Outcome\n"
ROWS = "A,1,2022-01-05,open\nB,2,2022-01-06,open\n"
GOOD = HEADER + ROWS
STUDY = """
[study]
title = "Bad input"
period_start = 2022-01-01
period_end = 2022-12-31
extract_date = 2024-12-31
why_no_recidivism = "This test is about reading."
"""
COLUMNS = """
[exports.referral.columns]
referral_id = "Ref"
person_id = "Person"
referral_date = "Referred"
exit_status = "Outcome"
"""
#: A container of the kind that a workbook under a password lies in: signature, then a stream.
PROTECTED = (
    bytes.fromhex("d0cf11e0a1b11ae1")
    + bytes(504)
    + "EncryptedPackage".encode("utf-16-le")
    + bytes(992)
)


def study(*, file="r.csv", more="", after="", columns=COLUMNS):
    """The text of a design that maps one file; ``more`` stands in the map, ``after`` below it."""
    return f'{STUDY}\n[exports.referral]\nfile = "{file}"\n{more}\n{columns}\n{after}\n'


def zipped(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


def locked_zip():
    """A zip whose only member says that it is under a password."""
    data = bytearray(zipped(r__csv=GOOD))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def broken_zip():
    """A zip whose member does not have the sum that it should have."""
    data = bytearray(zipped(r__csv=GOOD * 20))
    data[30 + len("r.csv") + 12] ^= 0xFF
    return bytes(data)


def book(*rows, merge="", sheet="Sheet", formula=False):
    whole = openpyxl.Workbook()
    page = whole.active
    page.title = sheet
    for row in rows:
        page.append(row)
    if merge:
        page.merge_cells(merge)
    if formula:
        page["E2"] = "=1+1"
    buffer = io.BytesIO()
    whole.save(buffer)
    return buffer.getvalue()


HEAD = ["Ref", "Person", "Referred", "Outcome"]
FIRST = ["A", "1", "2022-01-05", "open"]
B = {"file": "b.xlsx"}

#: Kind -> (file name, its bytes or text, design, exit code, what is said).
CASES = {
    # --- files
    "no file": (None, b"", study(), 11, r"\[exports\.referral\]: r\.csv is not in raw"),
    "another name": ("R2.csv", GOOD, study(), 11, r"r\.csv is not in raw.*\n.*Did you mean R2"),
    "0 bytes": ("r.csv", b"", study(), 11, r"r\.csv is empty \(0 rows, no header\)"),
    "white space only": ("r.csv", b" \n\t\r\n", study(), 11, r"r\.csv is empty"),
    "a mark of encoding only": ("r.csv", b"\xef\xbb\xbf", study(), 11, "has no column 'Ref'"),
    "NUL bytes": ("r.csv", GOOD.replace("A,", "A\0,"), study(), 11, r"r\.csv holds NUL bytes"),
    "NUL bytes only": ("r.csv", b"\0" * 4096, study(), 11, r"r\.csv holds NUL bytes"),
    "a picture": ("r.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), study(), 11, r"r\.csv"),
    "a PDF": ("r.csv", b"%PDF-1.7\n" + CANARY.encode(), study(), 11, "has no column 'Ref'"),
    "a page of the web": (
        "r.csv",
        f"<!DOCTYPE html><html><body>Please log in {CANARY}</body></html>",
        study(),
        11,
        "has no column 'Ref'",
    ),
    "a workbook under the name of a CSV": ("r.csv", book(HEAD, FIRST), study(), 11, r"r\.csv"),
    "a path out of the folder": (
        "r.csv",
        GOOD,
        study(file="../r.csv"),
        11,
        r"\[exports\.referral\] file leaves the raw folder",
    ),
    "an absolute path": (
        "r.csv",
        GOOD,
        study(file="/etc/hostname"),
        11,
        r"\[exports\.referral\] file leaves the raw folder",
    ),
    # --- text
    "UTF-16 cut in the middle of a sign": (
        "r.csv",
        GOOD.encode("utf-16")[:-1],
        study(),
        11,
        r"r\.csv is not utf-16 text",
    ),
    "UTF-16 without its mark": ("r.csv", GOOD.encode("utf-16-le"), study(), 11, "NUL bytes"),
    "neither UTF-8 nor Windows": (
        "r.csv",
        GOOD.encode().replace(b"A", b"\x81\x8d"),
        study(),
        11,
        "neither UTF-8 nor Windows-1252 text",
    ),
    "the wrong encoding declared": (
        "r.csv",
        GOOD.replace("A,", "Ä,").encode("cp1252"),
        study(more='encoding = "utf-8"'),
        11,
        r"r\.csv is not utf-8 text, the encoding declared",
    ),
    "an encoding that does not exist": (
        "r.csv",
        GOOD,
        study(more='encoding = "klingon"'),
        10,
        "encoding 'klingon' does not exist",
    ),
    "a delimiter of two signs": ("r.csv", GOOD, study(more='delimiter = "::"'), 10, "delimiter"),
    "the wrong delimiter declared": (
        "r.csv",
        GOOD,
        study(more='delimiter = ";"'),
        11,
        "has no column 'Ref'",
    ),
    "a quotation mark never closed": (
        "r.csv",
        HEADER + f'A,"{CANARY},2022-01-05,open\nB,2,2022-01-06,open\n',
        study(),
        11,
        "quotation mark that is opened and never closed",
    ),
    "a header in no line": ("r.csv", GOOD, study(more="header_row = 40"), 11, "header_row = 40"),
    "a header in line 0": ("r.csv", GOOD, study(more="header_row = 0"), 11, "header_row = 0"),
    "no header at all": ("r.csv", ROWS, study(), 11, "has no column 'Ref'"),
    "a column misspelt": (
        "r.csv",
        GOOD.replace("Outcome", "Out come"),
        study(),
        11,
        r"has no column 'Outcome'.*\n.*Did you mean 'Out come'\?",
    ),
    "a column twice": (
        "r.csv",
        "Ref,Person,Person,Referred,Outcome\nA,1,2,2022-01-05,open\n",
        study(),
        11,
        r"holds the column 'Person' more than once.*V04",
    ),
    "a table of something else": ("r.csv", f"Town\n{CANARY}\n", study(), 11, "no column 'Ref'"),
    # --- packed files
    "a gzip cut short": (
        "r.csv.gz",
        gzip.compress(GOOD.encode() * 50)[:-20],
        study(file="r.csv.gz"),
        11,
        r"r\.csv\.gz is damaged or cut short",
    ),
    "a gzip with a wrong sum": (
        "r.csv.gz",
        gzip.compress(GOOD.encode())[:-8] + bytes(8),
        study(file="r.csv.gz"),
        11,
        r"r\.csv\.gz is damaged",
    ),
    "a gzip that is none": ("r.csv.gz", GOOD, study(file="r.csv.gz"), 11, "is damaged"),
    "a gzip of nothing": (
        "r.csv.gz",
        gzip.compress(b""),
        study(file="r.csv.gz"),
        11,
        "holds an empty file",
    ),
    "a gzip bomb": (
        "r.csv.gz",
        gzip.compress(gzip.compress(bytes(1 << 20)) + bytes((1 << 26) + (1 << 20)), 9),
        study(file="r.csv.gz"),
        11,
        "grows more than 200 times when unpacked",
    ),
    "a zip bomb": (
        "r.zip",
        zipped(r__csv=b"0" * ((1 << 26) + (1 << 20))),
        study(file="r.zip"),
        11,
        "grows more than 200 times when unpacked",
    ),
    "a zip that is none": ("r.zip", GOOD, study(file="r.zip"), 11, "is damaged"),
    "a zip cut short": ("r.zip", zipped(r__csv=GOOD)[:-30], study(file="r.zip"), 11, "is damaged"),
    "a zip with a broken member": (
        "r.zip",
        broken_zip(),
        study(file="r.zip"),
        11,
        r"r\.zip is damaged",
    ),
    "a zip of two tables": (
        "r.zip",
        zipped(a__csv=GOOD, b__csv=GOOD),
        study(file="r.zip"),
        11,
        "holds 2 files; an archive may hold one table only",
    ),
    "an empty zip": ("r.zip", zipped(), study(file="r.zip"), 11, "holds 0 files"),
    "a zip under a password": (
        "r.zip",
        locked_zip(),
        study(file="r.zip"),
        11,
        r"r\.zip is protected by a password",
    ),
    # --- workbooks and files with types
    "a workbook that is none": ("b.xlsx", GOOD, study(**B), 11, "cannot be opened as a workbook"),
    "a workbook cut short": (
        "b.xlsx",
        book(HEAD, FIRST)[:2000],
        study(**B),
        11,
        "cannot be opened as a workbook",
    ),
    "a workbook under a password": (
        "b.xlsx",
        PROTECTED,
        study(**B),
        11,
        r"b\.xlsx is protected by a password",
    ),
    "an old workbook that is none": (
        "b.xls",
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4000),
        study(file="b.xls"),
        11,
        "cannot be opened as a workbook",
    ),
    "a zip that is no workbook": (
        "b.xlsx",
        zipped(hello__txt="x"),
        study(**B),
        11,
        "cannot be opened as a workbook",
    ),
    "an OpenDocument sheet that is none": (
        "b.ods",
        zipped(mimetype="x"),
        study(file="b.ods"),
        11,
        "cannot be opened as a workbook",
    ),
    "a sheet that is not there": (
        "b.xlsx",
        book(HEAD, FIRST, sheet=CANARY),
        study(**B, more='sheet = "Two"'),
        11,
        "has no sheet of the name declared in study.toml; it has 1",
    ),
    "an empty sheet": ("b.xlsx", book(), study(**B), 11, "the sheet is empty"),
    "a sheet without the header": ("b.xlsx", book([CANARY]), study(**B), 11, "no column 'Ref'"),
    "a sheet whose header is declared too low": (
        "b.xlsx",
        book(HEAD, FIRST),
        study(**B, more="header_row = 9"),
        11,
        "no header in line 9",
    ),
    "a Parquet file that is none": (
        "r.parquet",
        GOOD,
        study(file="r.parquet"),
        11,
        "as a .parquet",
    ),
    "a Stata file that is none": ("r.dta", GOOD, study(file="r.dta"), 11, "as a .dta file"),
    "an SPSS file that is none": ("r.sav", GOOD, study(file="r.sav"), 11, "as a .sav file"),
    "a SAS file that is none": ("r.xpt", GOOD, study(file="r.xpt"), 11, "as a .xpt file"),
    "a SAS data set that is none": (
        "r.sas7bdat",
        GOOD,
        study(file="r.sas7bdat"),
        11,
        "as a .sas7bdat file",
    ),
    # --- identifiers
    "a column of names": (
        "r.csv",
        f"Ref,Person,Referred,Outcome,Last Name\nA,1,2022-01-05,open,{CANARY}\n",
        study(),
        11,
        r"column 'Last Name' holds a direct identifier \(name\) in 1 of 1 rows",
    ),
    "telephone numbers in a remark": (
        "r.csv",
        "Ref,Person,Referred,Outcome,Remark\nA,1,2022-01-05,open,call 303-555-0187\n",
        study(),
        11,
        r"column 'Remark' holds a direct identifier \(telephone\) in 1 of 1 rows",
    ),
    # --- the design
    "a design that is no TOML": ("r.csv", GOOD, "[study\n", 10, "study.toml"),
    "a design with NUL bytes": ("r.csv", GOOD, study() + "\0", 10, "study.toml"),
    "no map": ("r.csv", GOOD, STUDY, 10, "names no export"),
    "an unknown table": (
        "r.csv",
        GOOD,
        study().replace("exports.referral", "exports.refferal"),
        10,
        "no table of that name",
    ),
    "a needed column not mapped": (
        "r.csv",
        GOOD,
        study(columns='columns = { referral_id = "Ref" }'),
        10,
        "does not map person_id, referral_date, which the table needs",
    ),
    "a code mapped to nowhere": (
        "r.csv",
        GOOD,
        study(after='[exports.referral.values.exit_status]\nopen = "opened"'),
        10,
        "maps to 'opened', which the data dictionary does not have",
    ),
    "a state of missing answers that is none": (
        "r.csv",
        GOOD,
        study(more='missing_states = { x = "lost" }'),
        10,
        "missing_states has a state that does not exist",
    ),
    "a date format without any directive": (
        "r.csv",
        GOOD,
        study(after='[exports.referral.dates]\nreferral_date = ["dd/mm/yyyy"]'),
        10,
        "holds a format without any directive",
    ),
    "a template that names no column": (
        "r.csv",
        GOOD,
        study(
            columns='columns = { person_id = "Person", referral_date = "Referred" }\n'
            'templates = { referral_id = "{Nobody}" }'
        ),
        11,
        "has no column 'Nobody'",
    ),
    "a pivot that is no year": (
        "r.csv",
        GOOD,
        study(after='[exports.referral.dates]\nreferral_date = ["pivot=soon"]'),
        10,
        "format without any directive",
    ),
    "a time zone that does not exist": (
        "r.csv",
        GOOD,
        study(after='[exports.referral.dates]\nreferral_date = ["zone=Mars/Olympus"]'),
        10,
        "time zone 'Mars/Olympus', which does not exist",
    ),
    # --- values
    "dates in another format": (
        "r.csv",
        GOOD.replace("2022-01-05", "05.01.2022"),
        study(),
        11,
        "referral.referral_date: 1 of 2 rows hold 1 different texts that no declared format reads",
    ),
    "an arm that nobody declared": (
        "r.csv",
        HEADER + f"A,1,2022-01-05,{CANARY}\n",
        study(columns=COLUMNS.replace("exit_status", "arm")),
        11,
        "referral.arm: 1 of 1 rows hold 1 spelling that no code list and no map knows",
    ),
}


@pytest.fixture
def run(tmp_path, capsys):
    """Write the folder, run a command on it, and return exit code and what was said."""

    def of(name, content, design, command="check"):
        (tmp_path / "study.toml").write_text(design, encoding="utf-8")
        raw = tmp_path / "data" / "raw"
        raw.mkdir(parents=True, exist_ok=True)
        if name is not None:
            (raw / name).write_bytes(content.encode() if isinstance(content, str) else content)
        code = main([command, str(tmp_path)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return of


@pytest.mark.parametrize("case", CASES)
def test_each_broken_input_is_one_sentence_and_its_exit_code(run, case):
    name, content, design, code, message = CASES[case]
    given, out, err = run(name, content, design)
    assert given == code, err
    first, *rest = err.strip().splitlines()
    assert first.startswith("Error: "), err
    assert first.endswith("."), err
    assert len(rest) <= 1, "one sentence, and one on what to do"
    assert rest, "what to do must be said"
    assert re.search(message, err, re.DOTALL), err
    for forbidden in (CANARY, "Traceback", "555-0187", "unexpected"):
        assert forbidden not in out + err


#: Kind -> (file name, bytes or text, design, exit code, rows accepted and refused, what is said).
READ = {
    "header only": ("r.csv", HEADER, study(), 0, (0, 0), "none"),
    "UTF-16 with its mark": ("r.csv", GOOD.encode("utf-16"), study(), 0, (2, 0), "none"),
    "UTF-16, the other way round": (
        "r.csv",
        b"\xfe\xff" + GOOD.encode("utf-16-be"),
        study(),
        0,
        (2, 0),
        "none",
    ),
    "ragged rows": (
        "r.csv",
        HEADER + f"A\n\nB,2\nC,3,2022-01-05,open,{CANARY}\nD,4,2022-01-06,open\n",
        study(),
        15,
        (1, 3),
        "V02  error",
    ),
    "10,000 columns": (
        "r.csv",
        f"Ref,Person,Referred,Outcome,{','.join(f'c{i}' for i in range(10_000))}\n"
        f"A,1,2022-01-05,open{',x' * 10_000}\n",
        study(),
        0,
        (1, 0),
        "none",
    ),
    "a formula never worked out": (
        "b.xlsx",
        book(HEAD, ["=A9", "1", "2022-01-05", "open"], FIRST),
        study(**B),
        15,
        (1, 1),
        "V01  error",
    ),
    "merged cells": (
        "b.xlsx",
        book(HEAD, FIRST, ["B", None, "2022-01-06", "open"], merge="B2:B3"),
        study(**B),
        15,
        (1, 1),
        "V01  error",
    ),
    "merged cells, declared": (
        "b.xlsx",
        book(HEAD, FIRST, ["B", None, "2022-01-06", "open"], merge="B2:B3"),
        study(**B, more='repeat_down = ["Person"]'),
        0,
        (2, 0),
        "V107 remark",
    ),
    "ids that a spreadsheet spoilt": (
        "r.csv",
        HEADER + "1.23E+11,1,2022-01-05,open\n2-Jan,2,2022-01-05,open\nC,3,2022-01-05,open\n",
        study(),
        15,
        (1, 2),
        "export the column as text",
    ),
    "the same id twice": (
        "r.csv",
        HEADER + "A,1,2022-01-05,open\nA,2,2022-01-06,open\nB,3,2022-01-06,open\n",
        study(),
        15,
        (1, 2),
        "V11  error",
    ),
    "a date after the extract": (
        "r.csv",
        HEADER + "A,1,2022-01-05,open\nB,2,2025-01-06,open\n",
        study(),
        15,
        (1, 1),
        "V23  error",
    ),
    "a row twice": ("r.csv", GOOD + ROWS, study(), 0, (2, 0), "none"),
    "fewer rows than declared": (
        "r.csv",
        GOOD,
        study(more="expected_rows = 5"),
        0,
        (2, 0),
        "V05  warning",
    ),
    "a code that nobody mapped and that decides nothing": (
        "r.csv",
        GOOD.replace("B,2,2022-01-06,open", f"B,2,2022-01-06,{CANARY}"),
        study(),
        0,
        (2, 0),
        "V08  warning",
    ),
    "text decoded twice": (
        "r.csv",
        "Ref,Person,Referred,Outcome,Town\nA,1,2022-01-05,open,PeÃ±asco\n",
        study(columns=COLUMNS + 'town = "Town"\n'),
        0,
        (1, 0),
        "V03  warning",
    ),
    "control signs in cells": (
        "r.csv",
        HEADER + "A\x01,1,2022-01-05,open\nB\x1b[31m,2,2022-01-06,open\n",
        study(),
        0,
        (2, 0),
        "none",
    ),
}


@pytest.mark.parametrize("case", READ)
def test_what_can_be_read_in_part_is_read_and_the_rest_told(run, case):
    name, content, design, code, rows, message = READ[case]
    given, out, err = run(name, content, design)
    assert given == code, err
    account = re.search(r"^  referral +([\d,]+) +([\d,]+) +([\d,]+)", out, re.MULTILINE)
    assert (int(account[2]), int(account[3])) == rows
    rules = out[out.index("Rules that failed") :]
    assert message in rules, out
    for forbidden in (CANARY, "Traceback", "unexpected", "\x1b"):
        assert forbidden not in out + err


def test_a_cell_of_fifty_megabytes_is_one_sentence(run):
    content = GOOD.encode() + b"C," + CANARY.encode() * 5_000_000 + b",2022-01-07,open\n"
    assert len(content) >= 50_000_000
    code, out, err = run("r.csv", content, study())
    assert code == 11
    assert re.search(r"^Error: r\.csv is not a readable delimited table.*\n.*16 MB", err)
    assert CANARY not in out + err


def test_a_link_out_of_the_folder_is_not_followed(run, tmp_path):
    (tmp_path / "secret.csv").write_text(GOOD.replace("A,", f"{CANARY},"), encoding="utf-8")
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "data" / "raw" / "r.csv").symlink_to(tmp_path / "secret.csv")
    code, out, err = run(None, "", study())
    assert code == 11
    assert err.startswith("Error: r.csv is a link that leads out of the raw folder.\n")
    assert CANARY not in out + err


def test_a_link_in_a_ring_is_one_sentence(run, tmp_path):
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    (raw / "r.csv").symlink_to(raw / "s.csv")
    (raw / "s.csv").symlink_to(raw / "r.csv")
    code, _, err = run(None, "", study())
    assert code == 11
    assert "r.csv is not in raw" in err


def processed(folder):
    """All bytes of the clean set."""
    home = folder / "data" / "processed"
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for path in sorted(home.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def prepared(run, tmp_path):
    """A study that was prepared once, whose export has changed since."""
    assert run("r.csv", GOOD, study(), "prepare")[0] == 0
    before = processed(tmp_path)
    assert "manifest.json" in before
    (tmp_path / "data" / "raw" / "r.csv").write_text(GOOD + "C,3,2022-01-07,open\n")
    return before


@pytest.mark.parametrize("place", ["to_parquet", "to_csv", "fsync", "rename"])
def test_a_full_disk_is_one_sentence_and_leaves_what_stood_there(
    prepared, tmp_path, monkeypatch, capsys, place
):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    owner = {"fsync": os, "rename": Path}.get(place, pd.DataFrame)
    with monkeypatch.context() as patch:
        patch.setattr(owner, place, full)
        capsys.readouterr()
        assert main(["prepare", str(tmp_path)]) == 11
    err = capsys.readouterr().err
    assert err.startswith("Error: processed cannot be written: No space left on device.\n")
    assert "what stood there is unchanged" in err
    assert processed(tmp_path) == prepared
    assert [one.name for one in (tmp_path / "data").iterdir() if one.name.startswith(".")] == []
    assert main(["prepare", str(tmp_path)]) == 0
    assert processed(tmp_path) != prepared


#: A run that is killed outright at one moment of its writing.
KILLED = """
import os, signal, sys
from rjeval.cli.main import main
from rjeval.ingest import store
setattr(store, sys.argv[2], lambda *_: os.kill(os.getpid(), signal.SIGKILL))
main(["prepare", sys.argv[1]])
"""


@pytest.mark.parametrize("moment", ["_write", "_swap"])
def test_a_run_killed_half_way_leaves_what_stood_there(prepared, tmp_path, moment, capsys):
    given = [sys.executable, "-c", KILLED, str(tmp_path), moment]
    done = subprocess.run(given, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert processed(tmp_path) == prepared
    assert main(["check", str(tmp_path)]) == 0
    assert "3 accepted rows, 2 last time" in capsys.readouterr().out
    assert main(["prepare", str(tmp_path)]) == 0
    assert processed(tmp_path) != prepared
    assert [one.name for one in (tmp_path / "data").iterdir() if one.name.startswith(".")] == []


#: Cells that a spreadsheet would run, and such as it would not.
FORMULAS = (
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
)
HARMLESS = ("-12.5", "-7", "a=b", "x+y")


def test_cells_that_a_spreadsheet_would_run_come_out_inert_everywhere(run, tmp_path):
    """Refused rows, codes that nobody mapped, and names of files: each can hold a formula."""
    lines = [["Ref", "Person", "Referred", "Outcome"]]
    lines += [[f"R{i}", text, "", text] for i, text in enumerate((*FORMULAS, *HARMLESS))]
    lines += [[text, "P", "2022-01-05", "open"] for text in FORMULAS]
    buffer = io.StringIO()
    csv.writer(buffer).writerows(lines)
    code, _, err = run("=r.csv", buffer.getvalue(), study(file="=r.csv"), "prepare")
    assert code == 0, err
    written = sorted((tmp_path / "data" / "processed").rglob("*.csv"))
    assert {one.name for one in written} >= {"referral.csv", "unmapped.csv", "ledger.csv"}
    cells = set()
    for path in written:
        with path.open(encoding="utf-8", newline="") as stream:
            cells |= {cell for line in csv.reader(stream) for cell in line}
    running = re.compile(r"^\s*([=+@]|-(?!\d+(\.\d+)?$))|^[\t\r]")
    assert [one for one in cells if running.search(one)] == []
    assert {"'" + text.strip() for text in FORMULAS} <= {one.strip() for one in cells}
    assert set(HARMLESS) <= cells


def test_the_template_workbook_holds_no_formula(tmp_path):
    """Its cells come from the dictionary; none of them may begin as a formula does."""
    file = tmp_path / "template.xlsx"
    assert main(["dictionary", "--out", str(file)]) == 0
    for page in openpyxl.load_workbook(file).worksheets:
        for row in page.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert not str(cell.value or "").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_at_least_seventy_kinds_are_tried():
    assert len(CASES) + len(READ) >= 70
