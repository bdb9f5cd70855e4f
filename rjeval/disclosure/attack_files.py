"""Open every file of a report as an intruder would: texts, tables, drawings, hidden properties."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from xml.etree.ElementTree import Element  # the type only; texts are parsed with limits below

from rjeval.disclosure.attack_pages import page_text

_IMAGE = re.compile(r"data:image/(svg\+xml|png);base64,([A-Za-z0-9+/=\s]+)")
#: Files that hold rows by their nature; none belongs in a report.
ROW_FILES = frozenset(
    {".parquet", ".xlsx", ".xls", ".pkl", ".feather", ".db", ".sqlite", ".duckdb"}
)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """A table as printed."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(slots=True, kw_only=True)
class Exhibit:
    """What can be read in one file, or in one part of it."""

    name: str
    texts: list[str] = field(default_factory=list)
    hidden_texts: list[str] = field(default_factory=list)
    tables: list[RawTable] = field(default_factory=list)
    drawings: list[str] = field(default_factory=list)
    unread: str = ""


def open_file(path: Path, *, name: str) -> Exhibit:
    """Return what a file holds; a kind that cannot be read says so in ``unread``."""
    exhibit = Exhibit(name=name)
    reader = _READERS.get(path.suffix.lower())
    if path.suffix.lower() in ROW_FILES:
        exhibit.unread = "row file"
    elif reader is not None:
        try:
            reader(path.read_bytes(), exhibit)
        except (ValueError, KeyError, OSError, SyntaxError, zipfile.BadZipFile):
            exhibit.unread = "damaged"
    return exhibit


class _Page(HTMLParser):
    """Collects tables, visible text, comments, scripts and attributes of a page."""

    def __init__(self, exhibit: Exhibit) -> None:
        super().__init__(convert_charrefs=True)
        self.exhibit = exhibit
        self.caption: list[str] = []
        self.header: list[str] = []
        self.rows: list[list[str]] = []
        self.cell: list[str] | None = None
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside.append(tag)
        for name, value in attrs:
            shown = name in ("alt", "title", "aria-label")
            if value and not value.startswith("data:image"):
                (self.exhibit.texts if shown else self.exhibit.hidden_texts).append(value)
        if tag == "table":
            self.caption, self.header, self.rows = [], [], []
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.cell = []
        if tag in ("br", "img", "meta", "link", "input", "hr", "col"):
            self.inside.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            continue
        if tag in ("td", "th") and self.cell is not None and self.rows:
            self.rows[-1].append(" ".join("".join(self.cell).split()))
            self.cell = None
        elif tag == "table":
            rows = [tuple(row) for row in self.rows if row]
            if rows:
                caption = " ".join("".join(self.caption).split())
                table = RawTable(caption=caption, header=rows[0], rows=tuple(rows[1:]))
                self.exhibit.tables.append(table)

    def handle_data(self, data: str) -> None:
        if "script" in self.inside or "style" in self.inside:
            self.exhibit.hidden_texts.append(data)
            return
        if self.cell is not None:
            self.cell.append(data)
        elif "caption" in self.inside:
            self.caption.append(data)
        if data.strip():
            self.exhibit.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.exhibit.hidden_texts.append(data)


def _read_html(content: bytes, exhibit: Exhibit) -> None:
    page = content.decode("utf-8", errors="replace")
    _Page(exhibit).feed(_IMAGE.sub("data:image/", page))
    for kind, data in _IMAGE.findall(page):
        image = base64.b64decode(data)
        (_read_png if kind == "png" else _read_svg)(image, exhibit)


def _read_svg(content: bytes, exhibit: Exhibit) -> None:
    text = content.decode("utf-8", errors="replace")
    drawn = re.sub(r"<defs\b.*?</defs>", "", text, flags=re.DOTALL)
    exhibit.drawings.append(drawn)
    words = re.findall(r">([^<>]+)<", re.sub(r"<style\b.*?</style>", "", text, flags=re.DOTALL))
    exhibit.texts += [word for word in words if word.strip()]
    exhibit.hidden_texts += re.findall(r"<!--(.*?)-->", text, flags=re.DOTALL)


def _read_png(content: bytes, exhibit: Exhibit) -> None:
    """Text chunks of a PNG: title, description, software, whatever was put there."""
    at = 8
    while at + 12 <= len(content):
        size, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        data = content[at + 8 : at + 8 + size]
        if kind == b"zTXt":
            key, _, packed = data.partition(b"\0")
            data = key + b" " + zlib.decompress(packed[1:])
        if kind in (b"tEXt", b"iTXt", b"zTXt", b"eXIf"):
            exhibit.hidden_texts.append(data.decode("utf-8", errors="replace"))
        at += 12 + size


def _read_docx(content: bytes, exhibit: Exhibit) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            if name.endswith(".png"):
                _read_png(data, exhibit)
            elif name.endswith(".svg"):
                _read_svg(data, exhibit)
            elif name == "word/document.xml":
                _read_word_body(data, exhibit)
            elif name.endswith(".xml") and ("docProps" in name or "comments" in name):
                exhibit.hidden_texts += re.findall(r">([^<>]+)<", data.decode("utf-8"))
            elif name.endswith(".xml") and ("footnotes" in name or "header" in name):
                exhibit.texts += re.findall(r">([^<>]+)<", data.decode("utf-8"))


def _read_word_body(data: bytes, exhibit: Exhibit) -> None:
    from xml.etree import ElementTree

    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ValueError("entities are not read")
    body = ElementTree.fromstring(data)  # noqa: S314  (entities refused above)
    for paragraph in body.iter(f"{_W}p"):
        exhibit.texts.append(_words(paragraph))
    exhibit.hidden_texts += re.findall(r'descr="([^"]*)"', data.decode("utf-8"))
    for table in body.iter(f"{_W}tbl"):
        rows = [
            tuple(_words(cell) for cell in row.iter(f"{_W}tc")) for row in table.iter(f"{_W}tr")
        ]
        if rows:
            exhibit.tables.append(RawTable(caption="", header=rows[0], rows=tuple(rows[1:])))


def _words(element: Element) -> str:
    return "".join(node.text or "" for node in element.iter(f"{_W}t"))


def _read_pdf(content: bytes, exhibit: Exhibit) -> None:
    try:
        from pypdf import PdfReader
    except ModuleNotFoundError:
        exhibit.unread = "needs pypdf"
        return
    reader = PdfReader(io.BytesIO(content))
    exhibit.texts += [page_text(page) for page in reader.pages]
    exhibit.hidden_texts += [str(value) for value in (reader.metadata or {}).values()]


def _read_csv(content: bytes, exhibit: Exhibit) -> None:
    lines = [tuple(row) for row in csv.reader(io.StringIO(content.decode("utf-8-sig")))]
    if lines:
        exhibit.tables.append(RawTable(caption="", header=lines[0], rows=tuple(lines[1:])))


def _read_json(content: bytes, exhibit: Exhibit) -> None:
    stack: list[object] = [json.loads(content)]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            exhibit.hidden_texts += [str(key) for key in item]
            stack += list(item.values())
        elif isinstance(item, list):
            stack += item
        elif isinstance(item, str):
            exhibit.texts.append(item)
            if "<table" in item:
                _Page(exhibit).feed(item)


def _read_text(content: bytes, exhibit: Exhibit) -> None:
    exhibit.texts.append(content.decode("utf-8", errors="replace"))


_READERS: dict[str, Callable[[bytes, Exhibit], None]] = {
    ".html": _read_html,
    ".htm": _read_html,
    ".svg": _read_svg,
    ".png": _read_png,
    ".docx": _read_docx,
    ".pdf": _read_pdf,
    ".csv": _read_csv,
    ".json": _read_json,
    ".ipynb": _read_json,
    ".txt": _read_text,
    ".md": _read_text,
}
