"""Words of a file as passages with their places: Markdown, notebooks' text cells, Word files."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from rjeval.errors import ReportError

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
#: Parts of a Word file that hold notes of their own, and what a note is called.
_NOTES = (("word/footnotes.xml", "footnote"), ("word/endnotes.xml", "endnote"))
_FENCED = re.compile(r"^(```|~~~).*?^\1[^\S\n]*$", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ROWS = re.compile(r"(?:^[^\S\n]*\|.*(?:\n|\Z))+", re.MULTILINE)
_RULE = re.compile(r"[\s|:+-]+")
_HEADING = re.compile(r"^(#{1,6}\s.*)$", re.MULTILINE)
_CODE = re.compile(r"`[^`\n]*`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Words of a file that stand together, and where: ``""``, ``cell 3`` or ``table 1, row 2``.

    ``in_table`` says that numbers may stand beside them in other columns.
    """

    place: str
    text: str
    in_table: bool = False


def read_passages(file: Path) -> list[Passage]:
    """Return the words of a notebook's text cells, a Word file, or plain or Markdown text.

    Of Word files also headings, tables, footnotes and endnotes; of Markdown tables cell by cell.

    Raises
    ------
    ReportError
        The file cannot be read.
    """
    try:
        if file.suffix == ".ipynb":
            cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
            return [
                passage
                for number, one in enumerate(cells, start=1)
                if one["cell_type"] == "markdown"
                for passage in _of_markdown("".join(one["source"]), place=f"cell {number}")
            ]
        if file.suffix == ".docx":
            with zipfile.ZipFile(file) as parts:
                return list(_of_word(parts))
        return list(_of_markdown(file.read_text(encoding="utf-8"), place=""))
    except OSError as error:
        raise ReportError(f"{file.name} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, zipfile.BadZipFile, ElementTree.ParseError):
        raise ReportError(
            f"{file.name} is not readable text.",
            hint="Give a notebook, a .docx, or text in UTF-8.",
        ) from None


def read_words(file: Path) -> str:
    """Return the words of a file as one text; see :func:`read_passages`."""
    return "\n\n".join(one.text for one in read_passages(file))


def _of_markdown(text: str, *, place: str) -> Iterator[Passage]:
    """Text first, without code and with each heading by itself; then the cells of each table."""
    text = _CODE.sub(" ", _COMMENT.sub("", _FENCED.sub("", text)))
    tables = _ROWS.findall(text)
    plain = _HEADING.sub(r"\n\n\1\n\n", _ROWS.sub("\n\n", text)).strip()
    if plain:
        yield Passage(place=place, text=plain)
    for number, table in enumerate(tables, start=1):
        lines = [one for one in table.splitlines() if not _RULE.fullmatch(one)]
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
        yield from _of_rows(rows, place=_joined(place, f"table {number}"))


def _of_rows(rows: list[list[str]], *, place: str) -> Iterator[Passage]:
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row, start=1):
            if cell.strip():
                where = _joined(place, f"row {number}, column {column}")
                yield Passage(place=where, text=cell, in_table=True)


def _joined(*places: str) -> str:
    return ", ".join(one for one in places if one)


def _of_word(parts: zipfile.ZipFile) -> Iterator[Passage]:
    body = _tree(parts.read("word/document.xml")).find(f"{_WORD}body")
    if body is None:
        raise ValueError("no body")
    outside = [text for one in body if one.tag != f"{_WORD}tbl" for text in _paragraphs(one)]
    if outside:
        yield Passage(place="", text="\n\n".join(outside))
    for number, table in enumerate(body.findall(f"{_WORD}tbl"), start=1):
        rows = [
            [" ".join(_paragraphs(cell)) for cell in row.findall(f"{_WORD}tc")]
            for row in table.iter(f"{_WORD}tr")
        ]
        yield from _of_rows(rows, place=f"table {number}")
    for name, called in _NOTES:
        if name in parts.namelist():
            notes = _tree(parts.read(name))
            texts = [" ".join(_paragraphs(one)) for one in notes]
            for number, text in enumerate(filter(str.strip, texts), start=1):
                yield Passage(place=f"{called} {number}", text=text)


def _tree(data: bytes) -> ElementTree.Element:
    """Return the tree of a part; Word writes no document type, in which entities could multiply."""
    if b"<!DOCTYPE" in data:
        raise ValueError("a document type")
    return ElementTree.fromstring(data)  # noqa: S314 - no entities without a document type


def _paragraphs(node: ElementTree.Element) -> list[str]:
    """Return the texts of the paragraphs in a part of a Word file, each once; blank ones not."""
    found = [node] if node.tag == f"{_WORD}p" else []
    todo = list(node)
    while todo:
        one = todo.pop(0)
        if one.tag == _FALLBACK:
            continue
        if one.tag == f"{_WORD}p":
            found.append(one)
        todo = [*one, *todo]
    return [text for text in (" ".join(_run_text(one).split()) for one in found) if text]


def _run_text(paragraph: ElementTree.Element) -> str:
    """Return the words of a paragraph; those of a box drawn in it are paragraphs of their own."""
    text = ""
    for one in paragraph:
        if one.tag == f"{_WORD}t":
            text += one.text or ""
        elif one.tag in (f"{_WORD}br", f"{_WORD}tab", f"{_WORD}cr"):
            text += " "
        elif one.tag not in (f"{_WORD}p", _FALLBACK):
            text += _run_text(one)
    return text
