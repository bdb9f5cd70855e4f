"""Large delimited text, chunk by chunk: looked through once, then read block by block.

What comes out is what ``text_tables`` gives for the whole file at once, cut into chunks.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv

from rjeval.design.exports import ExportMap
from rjeval.errors import ExportError
from rjeval.ingest import text_rows
from rjeval.ingest.files import RawTable, unreadable_file
from rjeval.ingest.headers import SEARCHED_LINES
from rjeval.ingest.text_rows import csv_options, open_quote, put_back, unreadable
from rjeval.ingest.text_tables import (
    BOMS,
    HEAD_CHARACTERS,
    Layout,
    find_layout,
    no_text,
    not_encoded,
    with_nul,
)
from rjeval.schemas.frames import TEXT

#: Bytes that are looked at, or decoded, at a time.
LOOK_BYTES = 1 << 22
#: Most rows of one chunk.
CHUNK_ROWS = 250_000
UTF8 = ("utf-8", "utf-8-sig")


@dataclass(frozen=True, slots=True)
class _Look:
    """What a first look through a file shows."""

    encoding: str
    n_quotes: int


class TextStream:
    """One large file as a stream of chunks.

    Raises
    ------
    ExportError
        As :func:`rjeval.ingest.text_tables.read_text_table` does.
    """

    def __init__(self, path: Path, spec: ExportMap) -> None:
        self.path, self.spec = path, spec
        #: Whether a row of another width holds line breaks.
        self.swallowed = False

    @cached_property
    def look(self) -> _Look:
        """Encoding and number of quotation marks, from a look through the whole file."""
        with _opened(self.path) as stream:
            mark = stream.read(3)
        declared = next((n for m, n in BOMS.items() if mark.startswith(m)), self.spec.encoding)
        file = self.path.name
        try:
            return _Look(declared or "utf-8", _look_through(self.path, declared or "utf-8"))
        except (UnicodeDecodeError, LookupError):
            if declared:
                raise not_encoded(file, declared) from None
        try:
            return _Look("cp1252", _look_through(self.path, "cp1252"))
        except (UnicodeDecodeError, ExportError):
            raise no_text(file) from None

    @cached_property
    def head(self) -> str:
        """The first lines, as text: as many as the header is looked for in."""
        with _opened(self.path) as stream:
            decoder = codecs.getincrementaldecoder(self.look.encoding)()
            head = ""
            while len(head) < HEAD_CHARACTERS or head.count("\n") <= SEARCHED_LINES:
                block = stream.read(LOOK_BYTES)
                head += decoder.decode(block, final=not block)
                if not block:
                    break
        head = head.removeprefix("\ufeff")
        short = head[:HEAD_CHARACTERS]
        return short if short.count("\n") > SEARCHED_LINES else head

    @cached_property
    def layout(self) -> Layout:
        """Where the rows begin, and what the columns are called."""
        file = self.path.name
        return find_layout(self.head, self.spec, file=file, encoding=self.look.encoding)

    def chunks(self) -> Iterator[RawTable]:
        """Read the rows; the first chunk is empty, so that there is one."""
        position, last = 0, ""
        n_quotes = self.look.n_quotes - self.head[: self.layout.start].count('"')
        odd: list[tuple[int, str]] = []
        for frame in self._blocks(odd, quoted=n_quotes > 0):
            last = "".join(map(str, frame.iloc[-1])) if len(frame) else last
            whole, ragged = _with_odd(frame, odd, position, delimiter=self.layout.delimiter)
            if len(whole) or not position:
                yield from self._cut(whole, ragged, position)
            position += len(whole)
        if n_quotes % 2 and (self.swallowed or "\n" in last):
            raise open_quote(self.path.name)

    def _cut(
        self, whole: pd.DataFrame, ragged: tuple[int, ...], position: int
    ) -> Iterator[RawTable]:
        for start in range(0, max(len(whole), 1), CHUNK_ROWS):
            frame = whole.iloc[start : start + CHUNK_ROWS].reset_index(drop=True)
            inside = (place - start for place in ragged)
            yield RawTable(
                file=self.path.name,
                frame=frame.set_axis(list(self.layout.names), axis=1),
                header_row=self.layout.header_row,
                notes=self.layout.notes,
                ragged=tuple(place for place in inside if 0 <= place < len(frame)),
                doubled=self.layout.doubled,
                first=position + start,
            )

    def _blocks(self, odd: list[tuple[int, str]], *, quoted: bool) -> Iterator[pd.DataFrame]:
        """Rows of the header's width, block by block; the others are put into ``odd``."""
        width = len(self.layout.names)
        empty = pd.DataFrame({i: pd.Series(dtype=TEXT) for i in range(width)})

        def keep(row: pacsv.InvalidRow) -> str:
            odd.append((int(row.number or 1) - 1, row.text))
            self.swallowed |= "\n" in row.text
            return "skip"

        options = csv_options(
            (self.layout.delimiter, width, quoted),
            block=text_rows.BLOCK_BYTES,
            threads=False,
            keep=keep,
        )
        yield empty
        with self._rows() as rows:
            if not rows.more():
                return
            try:
                for batch in pacsv.open_csv(rows, **options):
                    table = pa.Table.from_batches([batch])
                    frame = table.to_pandas(types_mapper=lambda _: TEXT)
                    yield frame.set_axis(range(width), axis=1)
            except pa.ArrowInvalid:
                raise unreadable(self.path.name) from None
        yield empty

    def _rows(self) -> _Rows:
        return _Rows(_opened(self.path), self.look.encoding, self.layout.start)


def _with_odd(
    frame: pd.DataFrame, odd: list[tuple[int, str]], position: int, *, delimiter: str
) -> tuple[pd.DataFrame, tuple[int, ...]]:
    """Put those odd rows back that lie inside a block, or right below it; take them off the list.

    ``position`` is the place of the block's first row in the file.
    """
    end, mine = position + len(frame), 0
    while mine < len(odd) and odd[mine][0] <= end:
        end, mine = end + 1, mine + 1
    if not mine:
        return frame, ()
    taken = [(place - position, text) for place, text in odd[:mine]]
    del odd[:mine]
    return put_back(frame, taken, delimiter=delimiter)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise unreadable_file(path, error) from None


def _look_through(path: Path, encoding: str) -> int:
    """Decode a whole file, so that an error shows; return the number of quotation marks."""
    decoder = codecs.getincrementaldecoder(encoding)()
    n_quotes = 0
    with _opened(path) as stream:
        while True:
            block = stream.read(LOOK_BYTES)
            text = decoder.decode(block, final=not block)
            if "\x00" in text:
                raise with_nul(path.name)
            n_quotes += text.count('"')
            if not block:
                return n_quotes


class _Rows(io.RawIOBase):
    """The bytes of the rows as UTF-8, without what stands above them."""

    def __init__(self, stream: BinaryIO, encoding: str, start: int) -> None:
        self.stream = stream
        self.decoder = codecs.getincrementaldecoder(encoding)()
        self.ready = b""
        text = ""
        while len(text) < start + 1:
            block = stream.read(LOOK_BYTES)
            text += self.decoder.decode(block, final=not block)
            text = text.removeprefix("\ufeff")
            if not block:
                break
        self.ready = text[start:].encode("utf-8")
        self.plain = encoding in UTF8
        if self.plain:  # a character that the last block cut in two
            self.ready += self.decoder.getstate()[0]

    def more(self) -> bool:
        """Whether anything but blanks is left."""
        while not self.ready.strip():
            if not self._fill(LOOK_BYTES):
                return False
        return True

    def _fill(self, size: int) -> bool:
        block = self.stream.read(size)
        text = block if self.plain else self.decoder.decode(block, final=not block).encode()
        self.ready += text
        return bool(block)

    def readable(self) -> bool:
        """As a file says it."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return ``size`` bytes, fewer at the end only; without a size, what comes next."""
        end = size if size >= 0 else LOOK_BYTES
        while len(self.ready) < end and self._fill(end - len(self.ready)):
            pass
        given, self.ready = self.ready[:end], self.ready[end:]
        return given

    def close(self) -> None:
        """Close the file."""
        self.stream.close()
        super().close()
