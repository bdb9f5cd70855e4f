"""The demonstration, made once by the command that a newcomer types; and what readers read."""

from __future__ import annotations

import html
import re
import shutil
import tomllib
import zipfile
from base64 import b64decode
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pypdf
import pytest

from rjeval.cli.main import main
from rjeval.language import spoken, use_language

_SVG = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=\s]+)")
_VOID = frozenset({"br", "img", "meta", "link", "input", "hr", "col"})
#: Attributes of HTML that a reader, or a machine that reads aloud, is told.
_SPOKEN = frozenset({"alt", "title", "aria-label", "aria-description", "placeholder", "summary"})
#: Parts of study.toml whose texts are the programme's own.
OWN_PARTS = ("study", "labels", "recidivism", "survey", "objectives", "subgroups")


@pytest.fixture(scope="session")
def study(tmp_path_factory) -> Path:
    """Study folder of the demonstration after its report was made."""
    folder = tmp_path_factory.mktemp("demo") / "rjeval-demo"
    assert main(["demo", str(folder)]) == 0
    return folder


@pytest.fixture(scope="session")
def report(study) -> Path:
    """Folder of its documents."""
    (manifest,) = (study / "reports").rglob("manifest.json")
    return manifest.parent


@pytest.fixture(scope="session")
def spanish(study, tmp_path_factory) -> Path:
    """Folder of the three documents of the demonstration in Spanish."""
    folder = tmp_path_factory.mktemp("es") / "study"
    shutil.copytree(study, folder, ignore=shutil.ignore_patterns("reports"))
    design = folder / "study.toml"
    text = design.read_text(encoding="utf-8")
    design.write_text(
        text.replace("[disclosure]", '[report]\nlanguage = "es"\n\n[disclosure]', 1),
        encoding="utf-8",
    )
    before = spoken()
    try:
        assert main(["report", str(folder), "--kind", "all"]) == 0
    finally:
        use_language(before)
    (manifest,) = (folder / "reports").rglob("manifest.json")
    return manifest.parent


@pytest.fixture(scope="session")
def read_texts() -> Callable[[Path], list[str]]:
    """Return every text of a document: words, hidden words, words in figures, properties."""
    return _texts


@pytest.fixture(scope="session")
def own_texts() -> Callable[[Path], re.Pattern[str]]:
    """Return the expression of a study's own texts, as they may be wrapped in print."""
    return _own


class _Page(HTMLParser):
    """Texts of a page, and attributes that are read aloud or shown."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.texts += [text for name, text in attrs if name in _SPOKEN and text]
        if tag == "meta" and given.get("name") in ("description", "author", "keywords"):
            self.texts.append(given.get("content") or "")
        if tag not in _VOID:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            continue

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self._inside):
            self.texts.append(data)


def _texts(path: Path) -> list[str]:
    read = {".html": _of_html, ".docx": _of_docx, ".pdf": _of_pdf}[path.suffix]
    return [one for one in dict.fromkeys(" ".join(text.split()) for text in read(path)) if one]


def _of_html(path: Path) -> Iterator[str]:
    """Words and attributes of a page; of figures also the letters that are drawn as outlines."""
    text = path.read_text(encoding="utf-8")
    page = _Page()
    page.feed(_SVG.sub("", text))
    yield from page.texts
    for packed in _SVG.findall(text):
        drawn = re.sub(r"<style\b.*?</style>", "", b64decode(packed).decode(), flags=re.DOTALL)
        # Matplotlib notes each line of text that it draws in a comment.
        yield html.unescape(" ".join(re.findall(r"<!-- (.*?) -->", drawn)))
        drawn = re.sub(r"<dc:(?:format|title)>(?:image/svg\+xml|rjeval)</dc:\w+>", "", drawn)
        yield from map(html.unescape, re.findall(r">([^<>]+)<", drawn))
        yield from map(html.unescape, re.findall(r'aria-label="([^"]*)"', drawn))


def _of_docx(path: Path) -> Iterator[str]:
    """Paragraphs of each part of a Word file, descriptions of pictures, and its properties."""
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            xml = parts.read(name).decode() if name.endswith(".xml") else ""
            if name.startswith("word/"):
                xml = xml.replace("<w:br />", "<w:t> </w:t>").replace("<w:br/>", "<w:t> </w:t>")
                for paragraph in re.findall(r"<w:p[ >].*?</w:p>", xml, re.DOTALL):
                    runs = re.findall(r"<w:t(?: [^>]*)?>(.*?)</w:t>", paragraph, re.DOTALL)
                    yield html.unescape("".join(runs))
                for told in re.findall(r'<wp:docPr [^>]*?descr="([^"]*)"', xml):
                    yield html.unescape(told)
            elif name == "docProps/core.xml":
                yield from re.findall(r"<(?:dc:(?!language)\w+|cp:keywords)[^>]*>([^<]+)<", xml)


def _of_pdf(path: Path) -> Iterator[str]:
    """Pages, bookmarks, properties, and what the tags say of figures."""
    file = pypdf.PdfReader(path)
    for page in file.pages:
        yield re.sub(r"-\n(?=[a-z])", "", page.extract_text())
    for name in ("/Title", "/Subject", "/Keywords"):
        yield str((file.metadata or {}).get(name, ""))
    yield from _bookmarks(file.outline)
    yield from _tags(file.trailer["/Root"].get("/StructTreeRoot"), set())


def _bookmarks(outline: list[Any]) -> Iterator[str]:
    for one in outline:
        if isinstance(one, list):
            yield from _bookmarks(one)
        else:
            yield str(one.title)


def _tags(node: Any, seen: set[int]) -> Iterator[str]:
    node = getattr(node, "get_object", lambda: node)()
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, list):
        for one in node:
            yield from _tags(one, seen)
    elif isinstance(node, dict):
        yield from (str(node[name]) for name in ("/Alt", "/ActualText", "/E") if name in node)
        yield from _tags(node.get("/K"), seen)


def _own(study: Path) -> re.Pattern[str]:
    given = tomllib.loads((study / "study.toml").read_text(encoding="utf-8"))
    found: set[str] = set()
    todo = [given[part] for part in OWN_PARTS if part in given]
    while todo:
        one = todo.pop()
        if isinstance(one, str):
            found |= {one, *(part.strip(" .") for part in one.split("`"))}
        elif isinstance(one, dict):
            todo += one.values()
        elif isinstance(one, list):
            todo += one
    ordered = sorted((one for one in found if one.strip()), key=len, reverse=True)
    spaced = (r"\s+".join(map(re.escape, one.split())) for one in ordered)
    return re.compile(rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)", re.IGNORECASE)
