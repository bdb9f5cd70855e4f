"""The demonstration in Spanish: no English left but the study's own, and the same numbers."""

from __future__ import annotations

import html as escapes
import re
from base64 import b64decode
from html.parser import HTMLParser
from pathlib import Path

import docx
import pypdf
import pytest

from rjeval.design.read import read_design
from rjeval.language import spoken
from rjeval.languages.files import read_shipped
from rjeval.schemas.tables import TABLES

DOCUMENTS = ("annual_report", "fact_sheet", "methods_appendix")
#: Parts of study.toml whose texts are the programme's own are left out; see conftest.
FORMS = ("html", "pdf", "docx")
#: Names of software, of people and of codes, and values of the demonstration's data.
NAMES = frozenset(
    {"numpy", "pandas", "scipy", "lifelines", "statsmodels", "ibis", "framework", "ibisframework"}
    | {"matplotlib", "rjeval", "toml", "wald", "newcombe", "usd", "autumn", "no", "capacity", "pay"}
    | {"case", "training", "es"}
)
#: Identifiers, files, formats of dates, sources and sums of a hash, which no language changes.
_NAMES = re.compile(
    r"\S+\.(?:csv|xlsx|toml|json)\b|\w+(?:_\w+)+|%\S+|doi:\S+|10\.\d+/\S+|"
    r"\b[0-9a-f]{64}\b|utf-8\S*|cp1252|\b[RV]\d+\b|zip3"
)
_SVG = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=\s]+)")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


class Page(HTMLParser):
    """Everything that a reader reads or hears, and the cells of each table."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tables: list[list[str]] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag, attrs):
        self._inside.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag in ("td", "th"):
            self.tables[-1].append("")
        self.texts += [text for name, text in attrs if name in ("alt", "aria-label") and text]
        if tag in ("br", "img", "meta", "link", "input", "hr", "col"):
            self._inside.pop()

    def handle_endtag(self, tag):
        while self._inside and self._inside.pop() != tag:
            continue

    def handle_data(self, data):
        if {"script", "style"} & set(self._inside):
            return
        if {"td", "th"} & set(self._inside):
            self.tables[-1][-1] += data
        self.texts.append(data)


def read(path: Path) -> Page:
    page = Page()
    text = path.read_text(encoding="utf-8")
    page.feed(_SVG.sub("", text))
    for drawing in _SVG.findall(text):
        drawn = re.sub(r"<style\b.*?</style>", "", b64decode(drawing).decode(), flags=re.DOTALL)
        page.texts += [escapes.unescape(one) for one in re.findall(r">([^<>]+)<", drawn)]
    return page


@pytest.fixture(scope="session")
def spanish_words() -> frozenset[str]:
    """Every word that the Spanish of rjeval holds."""
    shipped = read_shipped("es")
    told = [*shipped.labels.values(), *shipped.phrases.values()]
    return frozenset(_words(re.sub(r"\{[^}]*\}", " ", " ".join(told))))


def _words(text: str) -> set[str]:
    """Words of two letters and more; single ones are signs and marks of notes."""
    return set(re.findall(r"[^\W\d_]{2,}", text.lower()))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_text_is_left_in_english(
    name, form, spanish, study, spanish_words, read_texts, own_texts
):
    """Each word is one of a Spanish text of rjeval, the study's own, or a name."""
    own = own_texts(study)
    known = spanish_words | NAMES
    known |= {part for table in TABLES.values() for part in (table.name, *table.names)}
    left = []
    for text in read_texts(spanish / f"{name}.{form}"):
        unknown = _words(_NAMES.sub(" ", own.sub(" ", text))) - known
        if unknown:
            left.append(f"{sorted(unknown)}: {text[:200]}")
    assert not left, "\n".join(left)


def test_an_english_text_among_spanish_ones_would_be_found(report, spanish_words, read_texts):
    """The same search finds English in nearly every sentence of the English report."""
    texts = [one for one in read_texts(report / "annual_report.html") if len(one.split()) > 5]
    assert len(texts) > 200
    found = [one for one in texts if _words(_NAMES.sub(" ", one)) - spanish_words - NAMES]
    assert len(found) > 0.95 * len(texts)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_tables_hold_the_numbers_of_the_english_report(name, spanish, report):
    ours, theirs = (read(folder / f"{name}.html").tables for folder in (spanish, report))
    assert len(ours) == len(theirs) > 0
    for number, (mine, english) in enumerate(zip(ours, theirs, strict=True), start=1):
        assert len(mine) == len(english)
        for told, said in zip(mine, english, strict=True):
            assert _NUMBER.findall(told) == _NUMBER.findall(said), f"table {number}"


def test_a_screen_reader_is_told_the_language(spanish):
    for name in DOCUMENTS:
        assert '<html lang="es"' in (spanish / f"{name}.html").read_text(encoding="utf-8")
        pdf = pypdf.PdfReader(spanish / f"{name}.pdf")
        assert str(pdf.trailer["/Root"]["/Lang"]).startswith("es")
        word = docx.Document(str(spanish / f"{name}.docx"))
        assert 'w:val="es"' in word.styles.element.xml


def test_the_pdf_and_word_documents_are_spanish_too(spanish):
    pdf = "\n".join(
        one.extract_text() for one in pypdf.PdfReader(spanish / "annual_report.pdf").pages
    )
    word = docx.Document(str(spanish / "annual_report.docx"))
    said = "\n".join(one.text for one in word.paragraphs)
    for text in (pdf, said):
        assert "Reincidencia" in text
        assert "Tabla 1." in text
        assert "Figura 1." in text
        assert not re.search(r"\b(Table|Figure) \d", text)
    assert "DATOS SINTÉTICOS" in word.sections[0].header.paragraphs[0].text


def test_measures_keep_their_ids_in_every_language(spanish, report):
    ours, theirs = (
        (folder / "performance_measures.csv").read_text(encoding="utf-8").splitlines()
        for folder in (spanish, report)
    )
    ids = [[line.split(",")[0] for line in lines] for lines in (ours, theirs)]
    assert ids[0] == ids[1]
    names = [re.findall(r"\b[a-z_]+-[0-9a-f]{8}\b", "\n".join(lines)) for lines in (ours, theirs)]
    assert names[0] == names[1]
    assert names[0]


def test_an_english_study_that_is_read_next_is_english(spanish, study):
    assert read_design(study).title.startswith("Evaluation")
    assert not spoken().phrases
