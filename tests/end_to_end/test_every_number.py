"""The three forms of each document hold the same numbers, and the log counts what is not shown.

Whether the numbers of the page are those of the released results is asked in
``test_number_sources.py``.
"""

from __future__ import annotations

import html
import json
import re
from collections import Counter

import docx
import pypdf
import pytest

from rjeval.report.build import FILE_NAMES

NUMBER = re.compile(r"(?<![\w.])[−-]?\d[\d,]*(?:\.\d+)?")
#: The section that counts cells of the page's own tables, not people.
LOG = '<h2 id="suppression-log">'


@pytest.fixture(scope="module", params=FILE_NAMES.values())
def name(request) -> str:
    return request.param


def words_of(markup: str) -> str:
    """Words of a page; buttons, which only a screen has, are no part of the document."""
    return html.unescape(re.sub(r"<button.*?</button>|<[^>]+>", " ", markup))


@pytest.fixture(scope="module")
def main_part(report, name) -> str:
    """The page without its contents and head."""
    text = (report / f"{name}.html").read_text(encoding="utf-8")
    return text[text.index("<main") : text.index("</main>")]


@pytest.fixture(scope="module")
def page(main_part) -> str:
    """Words of the page; the pictures' words are apart."""
    return words_of(main_part)


def tokens(text: str) -> Counter[str]:
    return Counter(NUMBER.findall(text))


def test_the_suppression_log_counts_the_cells_of_the_page(main_part, name):
    before, _, log = main_part.partition(LOG)
    assert bool(log) is (name != "fact_sheet")
    bodies = "".join(re.findall(r"<tbody>.*?</tbody>", before, re.DOTALL))
    rows = [
        re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)
        for row in re.findall(r"<tr>(.*?)</tr>", bodies, re.DOTALL)
    ]
    cells = [words_of(one).strip() for row in rows for one in row[1:]]
    if log:
        small = sum(bool(re.match(r"(<|fewer than )\d", one)) for one in cells)
        told = re.search(r"Of ([\d,]+) cells of tables, ([\d,]+) are not", words_of(log))
        assert [int(one.replace(",", "")) for one in told.groups()] == [len(cells), small]


def test_the_word_file_holds_the_numbers_of_the_page(report, page, name):
    document = docx.Document(str(report / f"{name}.docx"))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    words = [paragraph.text for paragraph in document.paragraphs]
    assert tokens(" ".join([*cells, *words])) == tokens(page)


def test_the_pdf_holds_the_numbers_of_the_page(report, page, name):
    pages = [one.extract_text() for one in pypdf.PdfReader(report / f"{name}.pdf").pages]
    total = len(pages)
    body = " ".join(
        re.sub(rf"Made with rjeval [\d.]+\s*{number} / {total}", " ", text)
        for number, text in enumerate(pages, start=1)
    )
    missing = set(tokens(page)) - set(tokens(body.replace("-\n", "")))
    assert missing == set()


def test_notebooks_of_the_demonstration_are_those_of_the_project(study, root):
    for path in (study / "notebooks").glob("*.ipynb"):
        ours = json.loads((root / "notebooks" / path.name).read_text(encoding="utf-8"))
        assert json.loads(path.read_text(encoding="utf-8")) == ours
