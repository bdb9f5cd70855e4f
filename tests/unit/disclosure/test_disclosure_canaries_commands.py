"""Each command meets a study that holds tokens where people would be: none is said or left behind.

Two studies: one whose rows are as they should be, with a token in each id; and one in which, row
by row, each cell of each file is a token where a code, a day or a number should be, so that all
that can be refused is refused.
"""

from __future__ import annotations

import csv
import io
import logging
import re
import shutil
import tempfile
import zipfile
from pathlib import Path

import pytest

from rjeval.cli.main import _COMMANDS, main
from rjeval.disclosure.attack_files import open_file

CANARY = "ZQCANARY"
#: Commands by what they are given; ``{study}`` and ``{out}`` are folders.
COMMANDS = {
    "init": ["init", "{out}/new"],
    "map": ["map", "{files}"],
    "check": ["check", "{study}", "--html", "{out}/check.html"],
    "prepare": ["prepare", "{study}"],
    "report": ["report", "{study}", "--kind", "factsheet"],
    "lock": ["lock", "{study}"],
    "attack": ["attack", "{study}/data/raw", "--study", "{study}"],
    "lint-text": ["lint-text", "{study}/note.md"],
    "dictionary": ["dictionary", "--out", "{out}/dictionary.md"],
    "words": ["words", "--out", "{out}/words.toml"],
    "keygen": ["keygen", "{out}/key"],
    "twin": ["twin", "{out}/twin", "{study}"],
    "export-microdata": ["export-microdata", "{out}/rows.csv", "{study}"],
    "simulate": ["simulate", "{out}/simulated", "--size", "20"],
}
#: Makes the report of a study of its own, from data that no one can touch.
OF_ITS_OWN = {"demo"}
#: Commands that stop at rows that cannot be read.
STOPPED = ("map", "check", "prepare", "report", "lock", "twin", "export-microdata")
#: Data at rest: what people are in, by its nature.
AT_REST = ("data/raw/", "data/processed/")


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> Path:
    """A study of 60 referrals in which each client's id is a token."""
    folder = tmp_path_factory.mktemp("canaries") / "study"
    assert main(["simulate", str(folder), "--size", "60", "--seed", "2"]) == 0
    for file in (folder / "data" / "raw").glob("*.csv"):
        content = file.read_bytes()
        file.write_bytes(re.sub(rb"\b0035e(?=[A-Za-z])", f"{CANARY}0035e".encode(), content))
    tracker = folder / "data" / "raw" / "rj_clinic_tracker.xlsx"
    _rewritten(tracker)
    (folder / "note.md").write_text(f"The note on {CANARY}77 proves that all youth agreed.\n")
    return folder


def _rewritten(workbook: Path) -> None:
    """Put the token before each client's id in a workbook's strings."""
    with zipfile.ZipFile(workbook) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(workbook, "w") as archive:
        for name, content in parts.items():
            changed = re.sub(rb">0035e(?=[A-Za-z])", f">{CANARY}0035e".encode(), content)
            archive.writestr(name, changed)


@pytest.fixture(scope="module")
def broken(clean, tmp_path_factory) -> Path:
    """The same study, in which each column of each file holds a token in one row more."""
    folder = tmp_path_factory.mktemp("broken") / "study"
    shutil.copytree(clean, folder)
    for file in (folder / "data" / "raw").glob("*.csv"):
        text = file.read_bytes().decode("cp1252", errors="surrogateescape")
        mark = ";" if text.splitlines()[0].count(";") > text.splitlines()[0].count(",") else ","
        first = next(csv.reader([text.splitlines()[1]], delimiter=mark))
        rows = io.StringIO()
        writer = csv.writer(rows, delimiter=mark, lineterminator="\n")
        for place in range(len(first)):
            planted = f"{CANARY}{place:02}"
            writer.writerow([planted if at == place else cell for at, cell in enumerate(first)])
        more = rows.getvalue().encode("cp1252", errors="surrogateescape")
        file.write_bytes(file.read_bytes().rstrip(b"\r\n") + b"\n" + more)
    return folder


def run(command: str, study: Path, out: Path, *more: str) -> int:
    given = []
    for word in COMMANDS[command]:
        if word == "{files}":
            given += [str(one) for one in sorted((study / "data" / "raw").iterdir())]
        else:
            given.append(word.format(study=study, out=out))
    try:
        return main([*given, *more])
    except SystemExit as stop:
        return int(stop.code or 0)


def left_behind(folder: Path) -> list[str]:
    """Return files that hold a token, opened as an intruder would, but for data at rest."""
    found = []
    for file in sorted(folder.rglob("*")):
        place = file.relative_to(folder).as_posix()
        if not file.is_file() or any(one in f"{place}/" for one in AT_REST):
            continue
        exhibit = open_file(file, name=place)
        texts = [*exhibit.texts, *exhibit.hidden_texts]
        texts += [" ".join(row) for table in exhibit.tables for row in table.rows]
        if CANARY.encode() in file.read_bytes() or any(CANARY in text for text in texts):
            found.append(place)
    return found


@pytest.mark.parametrize(
    ("command", "state", "debug"),
    [(one, "clean", ()) for one in COMMANDS] + [(one, "broken", ("--debug",)) for one in STOPPED],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_no_command_says_or_leaves_a_cell(
    command, state, debug, request, tmp_path, monkeypatch, capfd, caplog
) -> None:
    study: Path = request.getfixturevalue(state)
    capfd.readouterr()
    scratch, out = tmp_path / "scratch", tmp_path / "out"
    scratch.mkdir()
    out.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.chdir(tmp_path)
    caplog.set_level(logging.DEBUG)
    run(command, study, out, *debug)
    said = capfd.readouterr()
    for channel, text in (("output", said.out), ("errors", said.err), ("log", caplog.text)):
        assert CANARY not in text, f"{command}: a cell stands in the {channel}"
    assert left_behind(out) == []
    assert [one for one in left_behind(study) if one != "note.md"] == []
    assert left_behind(scratch) == []


def test_what_is_broken_is_refused(broken, tmp_path, capfd) -> None:
    """The second study does reach the error paths: rows are refused, and the report is not made."""
    assert run("prepare", broken, tmp_path) != 0
    assert "were not understood" in capfd.readouterr().err


def test_every_command_is_tried() -> None:
    assert {*COMMANDS} | OF_ITS_OWN == set(_COMMANDS)
