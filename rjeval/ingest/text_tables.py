"""Delimited text to a frame of text: encoding, delimiter and header detected and stated."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import pandas as pd

from rjeval.design.exports import ExportMap
from rjeval.errors import ExportError
from rjeval.ingest.files import RawTable
from rjeval.ingest.headers import SEARCHED_LINES, find_header, name_columns, wanted_columns
from rjeval.ingest.text_rows import TextRows, cells_of
from rjeval.ingest.unpack import Packet
from rjeval.language import mark, note

DELIMITERS = (",", ";", "\t", "|")
NAMES = {
    ",": mark("comma"),
    ";": mark("semicolon"),
    "\t": mark("tab"),
    "|": mark("bar"),
}
OTHER_DELIMITER = mark("another character")
UTF8_MARK = b"\xef\xbb\xbf"
BOMS = {UTF8_MARK: "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
#: Characters in which the header is looked for, if they hold enough lines.
HEAD_CHARACTERS = 1 << 21


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a delimited file is laid out; its rows begin after ``start`` characters."""

    encoding: str
    delimiter: str
    start: int
    header_row: int
    names: tuple[str, ...]
    doubled: tuple[str, ...]
    notes: tuple[tuple[str, str], ...]


def read_text_table(packet: Packet, spec: ExportMap) -> RawTable:
    """Read one delimited file as text, to the header that the map asks for.

    Raises
    ------
    ExportError
        Empty, not text, not in the declared encoding, or without a header.
    """
    text, encoding = decode(packet.data, spec.encoding, file=packet.file)
    layout = find_layout(_head(text), spec, file=packet.file, encoding=encoding)
    rows = _rows_of(packet.data, text, layout.start, encoding)
    frame, ragged = TextRows(rows, layout.delimiter, len(layout.names), packet.file).parse()
    frame.columns = pd.Index(list(layout.names))
    return RawTable(
        file=packet.file,
        frame=frame,
        header_row=layout.header_row,
        notes=(*packet.notes, *layout.notes),
        ragged=ragged,
        doubled=layout.doubled,
    )


def find_layout(head: str, spec: ExportMap, *, file: str, encoding: str) -> Layout:
    """Return how a file is laid out, from its first lines.

    Raises
    ------
    ExportError
        The declared header row is not among the first lines.
    """
    delimiter = spec.delimiter or find_delimiter(head, wanted_columns(spec))
    lines = list(islice(cells_of(io.StringIO(head, newline=""), delimiter), SEARCHED_LINES))
    position = _header_position(lines, spec, file=file)
    start, header = _start_of_rows(head, delimiter, position)
    names, doubled = name_columns(header)
    notes = (
        ("encoding", f"{file}: {_how(encoding, spec.encoding)}"),
        ("delimiter", _delimiter_said(file, delimiter, declared=bool(spec.delimiter))),
        ("header", header_said(file, position + 1, declared=bool(spec.header_row))),
    )
    return Layout(
        encoding=encoding,
        delimiter=delimiter,
        start=start,
        header_row=position + 1,
        names=tuple(names),
        doubled=doubled,
        notes=notes,
    )


def _rows_of(data: bytes, text: str, start: int, encoding: str) -> bytes:
    """Return the rows below the header as UTF-8; large files that are so are not copied twice."""
    if encoding in ("utf-8", "utf-8-sig"):
        return data.removeprefix(UTF8_MARK)[len(text[:start].encode("utf-8")) :]
    return text[start:].encode("utf-8")


def _how(found: str, declared: str) -> str:
    return found if declared else note("{what}, detected", what=found)


def _delimiter_said(file: str, delimiter: str, *, declared: bool) -> str:
    name = note(NAMES.get(delimiter, OTHER_DELIMITER))
    if declared:
        return note("{file}: between cells {name}", file=file, name=name)
    return note("{file}: between cells {name}, detected", file=file, name=name)


def header_said(file: str, line: int, *, declared: bool) -> str:
    """Return what the ledger says of the line with the names of the columns."""
    if declared:
        return note("{file}: line {line}", file=file, line=line)
    return note("{file}: line {line}, detected", file=file, line=line)


def decode(data: bytes, declared: str, *, file: str) -> tuple[str, str]:
    """Return the text of a file and the encoding that it was read in.

    A byte-order mark decides, then the declared encoding, then UTF-8, then Windows-1252.
    """
    encoding = next((name for start, name in BOMS.items() if data.startswith(start)), declared)
    try:
        text = data.decode(encoding or "utf-8")
    except (UnicodeDecodeError, LookupError):
        if encoding:
            raise not_encoded(file, encoding) from None
        return _windows(data, file), "cp1252"
    if "\x00" in text:
        raise with_nul(file)
    return text.removeprefix("\ufeff"), encoding or "utf-8"


def _windows(data: bytes, file: str) -> str:
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text:
        raise no_text(file)
    return text


def not_encoded(file: str, encoding: str) -> ExportError:
    """Return the error of a file that is not in the encoding declared or marked for it."""
    return ExportError(
        f"{file} is not {encoding} text, the encoding declared or marked for it (V03).",
        hint='Leave encoding out to have it detected, or try encoding = "cp1252".',
    )


def with_nul(file: str) -> ExportError:
    """Return the error of a file with NUL bytes."""
    return ExportError(
        f"{file} holds NUL bytes, so it is not a text table.",
        hint="It may be a workbook or a damaged file; export it again as CSV.",
    )


def no_text(file: str) -> ExportError:
    """Return the error of a file in none of the encodings that are tried."""
    return ExportError(
        f"{file} is neither UTF-8 nor Windows-1252 text (V03).",
        hint="Save it as CSV UTF-8, or declare its encoding in study.toml.",
    )


def _head(text: str) -> str:
    """Return enough of a text to find its header in."""
    head = text[:HEAD_CHARACTERS]
    return head if head.count("\n") > SEARCHED_LINES else text


def find_delimiter(text: str, wanted: tuple[str, ...]) -> str:
    """Return the delimiter under which most wanted names stand in one line, then most cells."""
    names = set(wanted)
    head = text[: 1 << 18]

    def fit(delimiter: str) -> tuple[int, int]:
        lines = list(islice(cells_of(io.StringIO(head, newline=""), delimiter), SEARCHED_LINES))
        hits = max((len(names & {c.strip() for c in line}) for line in lines), default=0)
        widths = sorted(len(line) for line in lines)
        return hits, widths[len(widths) // 2] if widths else 0

    return max(DELIMITERS, key=fit)


def _header_position(lines: list[list[str]], spec: ExportMap, *, file: str) -> int:
    if spec.header_row is None:
        return find_header(lines, wanted_columns(spec))
    if not 1 <= spec.header_row <= len(lines):
        raise ExportError(
            f"{file}: header_row = {spec.header_row}, but the header must stand in the first "
            f"{len(lines)} lines.",
            hint="Count lines from 1, or leave header_row out to have the header found.",
        )
    return spec.header_row - 1


def _start_of_rows(text: str, delimiter: str, position: int) -> tuple[int, list[str]]:
    """Return where the rows start, in characters, and the cells of the header."""
    taken = 0

    def counted() -> Iterator[str]:
        nonlocal taken
        for line in io.StringIO(text, newline=""):
            taken += len(line)
            yield line

    header = next(islice(cells_of(counted(), delimiter), position, None), [])
    return taken, header
