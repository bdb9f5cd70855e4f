"""Delimited text to a frame of text: encoding, delimiter and header detected and stated."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv

from rjeval.design.exports import ExportMap
from rjeval.errors import ExportError
from rjeval.ingest.files import RawTable
from rjeval.ingest.headers import SEARCHED_LINES, find_header, name_columns, wanted_columns
from rjeval.ingest.unpack import Packet
from rjeval.schemas.frames import TEXT

DELIMITERS = (",", ";", "\t", "|")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
UTF8_MARK = b"\xef\xbb\xbf"
BOMS = {UTF8_MARK: "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
#: Characters in which the header is looked for, if they hold enough lines.
HEAD_CHARACTERS = 1 << 21
#: Bytes per block of the CSV reader; a single cell must fit into a block.
BLOCK_BYTES = 1 << 24


def read_text_table(packet: Packet, spec: ExportMap) -> RawTable:
    """Read one delimited file as text, to the header that the map asks for.

    Raises
    ------
    ExportError
        Empty, not text, not in the declared encoding, or without a header.
    """
    text, encoding = decode(packet.data, spec.encoding, file=packet.file)
    delimiter = spec.delimiter or find_delimiter(text, wanted_columns(spec))
    head = _head(text)
    lines = list(islice(_reader(io.StringIO(head, newline=""), delimiter), SEARCHED_LINES))
    position = _header_position(lines, spec, file=packet.file)
    start, header = _start_of_rows(head, delimiter, position)
    names, doubled = name_columns(header)
    body = _Body(_rows_of(packet.data, text, start, encoding), delimiter, len(names), packet.file)
    frame, ragged = body.parse()
    frame.columns = pd.Index(names)
    notes = (
        *packet.notes,
        ("encoding", f"{packet.file}: {encoding}{'' if spec.encoding else ', detected'}"),
        ("delimiter", f"{packet.file}: {_how(NAMES.get(delimiter, 'other'), spec.delimiter)}"),
        ("header", f"{packet.file}: line {position + 1}{'' if spec.header_row else ', detected'}"),
    )
    return RawTable(
        file=packet.file,
        frame=frame,
        header_row=position + 1,
        notes=notes,
        ragged=ragged,
        doubled=doubled,
    )


def _rows_of(data: bytes, text: str, start: int, encoding: str) -> bytes:
    """Return the rows below the header as UTF-8; large files that are so are not copied twice."""
    if encoding in ("utf-8", "utf-8-sig"):
        return data.removeprefix(UTF8_MARK)[len(text[:start].encode("utf-8")) :]
    return text[start:].encode("utf-8")


def _how(found: str, declared: str) -> str:
    return found if declared else f"{found}, detected"


def decode(data: bytes, declared: str, *, file: str) -> tuple[str, str]:
    """Return the text of a file and the encoding that it was read in.

    A byte-order mark decides, then the declared encoding, then UTF-8, then Windows-1252.
    """
    encoding = next((name for mark, name in BOMS.items() if data.startswith(mark)), declared)
    try:
        text = data.decode(encoding or "utf-8")
    except (UnicodeDecodeError, LookupError):
        if encoding:
            raise ExportError(
                f"{file} is not {encoding} text, the encoding declared or marked for it (V03).",
                hint='Leave encoding out to have it detected, or try encoding = "cp1252".',
            ) from None
        return _windows(data, file), "cp1252"
    if "\x00" in text:
        raise ExportError(
            f"{file} holds NUL bytes, so it is not a text table.",
            hint="It may be a workbook or a damaged file; export it again as CSV.",
        )
    return text.removeprefix("\ufeff"), encoding or "utf-8"


def _windows(data: bytes, file: str) -> str:
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text:
        raise ExportError(
            f"{file} is neither UTF-8 nor Windows-1252 text (V03).",
            hint="Save it as CSV UTF-8, or declare its encoding in study.toml.",
        )
    return text


def _head(text: str) -> str:
    """Return enough of a text to find its header in."""
    head = text[:HEAD_CHARACTERS]
    return head if head.count("\n") > SEARCHED_LINES else text


def _reader(lines: Iterator[str] | io.StringIO, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(1 << 26)
    return csv.reader(lines, delimiter=delimiter)


def find_delimiter(text: str, wanted: tuple[str, ...]) -> str:
    """Return the delimiter under which most wanted names stand in one line, then most cells."""
    names = set(wanted)
    head = text[: 1 << 18]

    def fit(delimiter: str) -> tuple[int, int]:
        lines = list(islice(_reader(io.StringIO(head, newline=""), delimiter), SEARCHED_LINES))
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

    header = next(islice(_reader(counted(), delimiter), position, None), [])
    return taken, header


class _Body:
    """The rows below the header; ragged rows are kept, in their place."""

    def __init__(self, data: bytes, delimiter: str, width: int, file: str) -> None:
        self.data, self.delimiter, self.width, self.file = data, delimiter, width, file
        self.odd: list[tuple[int, str]] = []

    def parse(self) -> tuple[pd.DataFrame, tuple[int, ...]]:
        if not self.data.strip():
            return self._empty(), ()
        frame = self._read(threads=True)
        self._refuse_open_quote(frame)
        if not self.odd:
            return frame, ()
        self.odd.clear()
        return self._with_odd_rows(self._read(threads=False))

    def _refuse_open_quote(self, frame: pd.DataFrame) -> None:
        """Refuse a quotation mark that is never closed: it swallows all rows below it."""
        if self.data.count(b'"') % 2 == 0:
            return
        swallowed = any("\n" in text for _, text in self.odd)
        if len(frame):
            swallowed |= any("\n" in str(cell) for cell in frame.iloc[-1])
        if swallowed:
            raise ExportError(
                f"{self.file} has a quotation mark that is opened and never closed (V02).",
                hint="The rows below it cannot be told apart; export the file again.",
            )

    def _empty(self) -> pd.DataFrame:
        return pd.DataFrame({i: pd.Series(dtype=TEXT) for i in range(self.width)})

    def _read(self, *, threads: bool) -> pd.DataFrame:
        names = [str(i) for i in range(self.width)]
        try:
            table = pacsv.read_csv(
                pa.BufferReader(self.data),
                read_options=pacsv.ReadOptions(
                    column_names=names,
                    use_threads=threads,
                    block_size=min(max(BLOCK_BYTES, 1), len(self.data) + 1),
                ),
                parse_options=pacsv.ParseOptions(
                    delimiter=self.delimiter,
                    newlines_in_values=b'"' in self.data,
                    invalid_row_handler=self._keep,
                ),
                convert_options=pacsv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    strings_can_be_null=False,
                ),
            )
        except pa.ArrowInvalid:
            raise ExportError(
                f"{self.file} is not a readable delimited table below its header (V02).",
                hint="Look for an unclosed quotation mark, or a single cell larger than 16 MB.",
            ) from None
        return table.to_pandas(types_mapper=lambda _: TEXT)

    def _keep(self, row: pacsv.InvalidRow) -> str:
        self.odd.append((row.number if row.number is not None else -1, row.text))
        return "skip"

    def _with_odd_rows(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[int, ...]]:
        first = min(number for number, _ in self.odd) if self.odd else 0
        base = 1 if first >= 1 else 0
        places = [number - base for number, _ in self.odd]
        cells = [next(iter(_reader(io.StringIO(t), self.delimiter)), []) for _, t in self.odd]
        fitted = [[*line[: self.width], *[""] * (self.width - len(line))] for line in cells]
        extra = pd.DataFrame(fitted, columns=frame.columns, index=places).astype(TEXT)
        total = len(frame) + len(extra)
        kept = sorted(set(range(total)) - set(places))
        plain = frame.set_axis(kept, axis=0)
        whole = pd.concat([plain, extra]).sort_index() if len(plain) else extra
        too_long = [any(c.strip() for c in line[self.width :]) for line in cells]
        ragged = tuple(place for place, long in zip(places, too_long, strict=True) if long)
        return whole.reset_index(drop=True), ragged
