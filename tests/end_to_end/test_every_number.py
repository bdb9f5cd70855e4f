"""Every number that the demonstration prints is a released number, a definition or a convention.

The notebooks are executed once more, here in this process, to get hold of the released results;
then each number of the page is looked up among them, at the precision at which it is printed.
The other two forms must hold exactly the numbers of the page.
"""

from __future__ import annotations

import ast
import html
import json
import os
import re
from collections import Counter
from dataclasses import fields, is_dataclass
from pathlib import Path

import docx
import numpy as np
import pandas as pd
import pypdf
import pytest

import rjeval as rj
from rjeval.report.collected import why_not_collected
from rjeval.report.notebook import read_notebooks
from rjeval.results import ModelEstimates, Result

NUMBER = re.compile(r"(?<![\w.])[−-]?\d[\d,]*(?:\.\d+)?")
#: Dates, quarters, rules, encodings and numbers of captions.
NO_NUMBER = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{4} Q\d|\d{4}-\d{4}|utf-8|cp\d+|\bV\d+\b|(Table|Figure) \d+"
)
#: Numbers that no result holds: parts of speech, months on axes, limits named in prose.
#: Share of arbitrary percentages that the check must find to be strange.
LEAST_CAUGHT = 0.5
CONVENTIONS = {
    *range(11),  # ordinals, "one in ten", degrees of freedom, tiers
    100,  # of every 100
    0.1,  # standardised difference usually called balanced
    0.25,  # and not
    18,  # adulthood
    95,  # per cent of an interval
    3,
    6,
    9,
    12,
    15,
    21,
    24,  # months on axes and in words
    99,
}


@pytest.fixture(scope="module")
def page(report) -> str:
    """Words of the page without its contents, head and pictures; the pictures' words included."""
    text = (report / "annual_report.html").read_text(encoding="utf-8")
    main_part = text[text.index("<main") : text.index("</main>")]
    return html.unescape(re.sub(r"<[^>]+>", " ", main_part))


@pytest.fixture(scope="module")
def alternatives(report) -> str:
    text = (report / "annual_report.html").read_text(encoding="utf-8")
    return html.unescape(" ".join(re.findall(r'alt="([^"]*)"', text)))


@pytest.fixture(scope="module")
def released(study) -> list[Result]:
    """All released results of the annual evaluation, from its own notebooks."""
    design = rj.read_design(study)
    before = Path.cwd()
    os.chdir(study)
    results: list[Result] = []
    try:
        for notebook in read_notebooks(study / "notebooks", kind="annual"):
            names: dict[str, object] = {}
            for cell in notebook.cells:
                if cell.kind == "code" and not why_not_collected(design, cell.requires):
                    _run_assignments(cell.source, names)
            results += [one for one in names.values() if isinstance(one, Result)]
    finally:
        os.chdir(before)
    return [one for one in results if one.released is not None]


def _run_assignments(source: str, names: dict[str, object]) -> None:
    tree = ast.parse(source)
    tree.body = [node for node in tree.body if not isinstance(node, ast.Expr)]
    exec(compile(tree, "cell", "exec"), names)


def numbers(text: str) -> list[float]:
    """Numbers of a text; dates, identifiers and file names are taken out first."""
    found = NUMBER.findall(NO_NUMBER.sub(" ", text))
    return [float(one.replace(",", "").replace("−", "-").rstrip(".")) for one in found]


def tokens(text: str) -> Counter[str]:
    return Counter(NUMBER.findall(text))


def _of(value: object) -> list[float]:
    """All numbers of a result: of its frames, of its fields, of the texts that it carries."""
    if isinstance(value, bool | np.bool_):
        return []
    if isinstance(value, int | float | np.number):
        return [float(value)]
    if isinstance(value, str):
        return numbers(value)
    if isinstance(value, pd.DataFrame):
        return [x for column in value for x in _of(value[column].tolist())]
    if isinstance(value, dict):
        return [x for pair in value.items() for one in pair for x in _of(one)]
    if isinstance(value, list | tuple):
        return [x for one in value for x in _of(one)]
    if is_dataclass(value):
        return [x for field in fields(value) for x in _of(getattr(value, field.name))]
    return []


@pytest.fixture(scope="module")
def pool(released, study) -> np.ndarray:
    """Numbers that may be printed: values, percentages of shares, ratios, design, conventions."""
    values = [x for one in released for x in _of(one)]
    for one in released:
        if isinstance(one, ModelEstimates):
            values += _of(one.exponentiated())
        for column in one.frame.select_dtypes("number"):
            values.append(float(one.frame[column].sum()))
        if hasattr(one, "n_invited") and one.n_invited:
            values.append(one.n_responded / one.n_invited)
        for counts, base in (("n_", "n"), ("n_", "n_mature"), ("n_", "n_invited")):
            if base in one.frame:
                for column in [c for c in one.frame if c.startswith(counts)]:
                    values += (one.frame[column] / one.frame[base]).tolist()
    design = (study / "study.toml").read_text(encoding="utf-8")
    values += numbers(design)
    known = np.array([x for x in values if np.isfinite(x)] + sorted(CONVENTIONS), dtype=float)
    return np.unique(np.abs(np.concatenate([known, 100 * known])))


def _unexplained(text: str, pool: np.ndarray) -> list[str]:
    """Numbers of a text that no number of the pool rounds to, at the decimals printed."""
    strange = []
    for token in NUMBER.findall(NO_NUMBER.sub(" ", text)):
        plain = token.replace(",", "").lstrip("−-").rstrip(".")
        decimals = len(plain.partition(".")[2])
        step = 10.0**-decimals
        if np.abs(pool - float(plain)).min() > 0.5 * step + 1e-9:
            strange.append(token)
    return strange


def test_each_number_of_the_page_is_released_or_declared(page, pool):
    assert _unexplained(page, pool) == []


def test_each_number_of_the_text_alternatives_is_released_or_declared(alternatives, pool):
    assert _unexplained(alternatives, pool) == []


def test_most_strange_numbers_would_be_found(pool):
    """The check is worth something: few arbitrary percentages of one decimal pass by chance."""
    arbitrary = [f"{tenth / 10:.1f}" for tenth in range(1000)]
    assert len(_unexplained(" ".join(arbitrary), pool)) > LEAST_CAUGHT * len(arbitrary)


def test_the_word_file_holds_the_numbers_of_the_page(report, page):
    document = docx.Document(str(report / "annual_report.docx"))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    words = [paragraph.text for paragraph in document.paragraphs]
    assert tokens(" ".join([*cells, *words])) == tokens(page)


def test_the_pdf_holds_the_numbers_of_the_page(report, page):
    pages = [one.extract_text() for one in pypdf.PdfReader(report / "annual_report.pdf").pages]
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
