"""Every number of the demonstration's three documents is released, a definition or a convention.

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
from contextlib import suppress
from dataclasses import fields, is_dataclass
from pathlib import Path

import docx
import numpy as np
import pandas as pd
import pypdf
import pytest

import rjeval as rj
from rjeval.errors import EstimationError, WithheldError
from rjeval.report.build import FILE_NAMES
from rjeval.report.collected import why_not_collected
from rjeval.report.notebook import read_notebooks
from rjeval.report.verdict_claims import more_people
from rjeval.results import Contrast, CostTotals, ModelEstimates, Result

NUMBER = re.compile(r"(?<![\w.])[−-]?\d[\d,]*(?:\.\d+)?")
#: Dates, quarters, rules, encodings and numbers of captions.
NO_NUMBER = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{4} Q\d|\d{4}-\d{4}|utf-8|cp\d+|\bV\d+\b|(Table|Figure) \d+|"
    r"doi:\S+|\b[0-9a-f]{16,}\b|SHA-256|\b\d+(\.\d+){2,}\b|RJ-1"
)
#: Share of arbitrary percentages that the check must find strange: the annual evaluation alone
#: holds some hundreds of shares, so that more than half of all tenths are among them by chance.
LEAST_CAUGHT = {"annual_report": 2 / 5, "fact_sheet": 1 / 2, "methods_appendix": 1 / 2}
#: Numbers that no result holds: parts of speech, months on axes, limits named in prose.
CONVENTIONS = {
    *range(11),  # ordinals, "one in ten", degrees of freedom, tiers
    100,  # of every 100
    0.001,  # smallest p-value printed
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


#: The section that counts cells of the page's own tables, not people.
LOG = '<h2 id="suppression-log">'
DOCUMENTS = {name: kind for kind, name in FILE_NAMES.items()}


@pytest.fixture(scope="module", params=DOCUMENTS)
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


@pytest.fixture(scope="module")
def alternatives(report, name) -> str:
    text = (report / f"{name}.html").read_text(encoding="utf-8")
    return html.unescape(" ".join(re.findall(r'alt="([^"]*)"', text)))


@pytest.fixture(scope="module")
def released(study, name) -> list[Result]:
    """All released results of a document, from its own notebooks."""
    design = rj.read_design(study)
    before = Path.cwd()
    os.chdir(study)
    results: list[Result] = []
    try:
        for notebook in read_notebooks(study / "notebooks", kind=DOCUMENTS[name]):
            names: dict[str, object] = {}
            for cell in notebook.cells:
                if cell.kind == "code" and not why_not_collected(design, cell.requires):
                    _run_assignments(cell.source, names)
            for one in names.values():
                # Relative rates come as one contrast per stage.
                several = one.values() if isinstance(one, dict) else [one]
                results += [each for each in several if isinstance(each, Result)]
    finally:
        os.chdir(before)
    return [one for one in results if one.released is not None]


def _run_assignments(source: str, names: dict[str, object]) -> None:
    tree = ast.parse(source)
    tree.body = [node for node in tree.body if not isinstance(node, ast.Expr)]
    # What a refused cell would have given is missing in the report and here alike.
    with suppress(EstimationError, WithheldError, NameError):
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
        printed = [column for column in value if column != "std_error"]
        return [x for column in printed for x in _of(value[column].tolist())]
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
        if hasattr(one, "constant"):  # hazards over time are drawn as ratios
            values += [float(np.exp(x)) for x in one.constant.values()]
            estimates = one.frame[["estimate", "conf_low", "conf_high"]].to_numpy(dtype=float)
            values += np.exp(estimates).ravel().tolist()
        for column in one.frame.select_dtypes("number"):
            values.append(float(one.frame[column].sum()))
        if isinstance(one, CostTotals):  # the table adds up what it shows
            for by in ("category", "year"):
                values += one.frame.groupby(by)["amount"].sum().tolist()
        if hasattr(one, "n_invited") and one.n_invited:
            values.append(one.n_responded / one.n_invited)
        for counts, base in (("n_", "n"), ("n_", "n_mature"), ("n_", "n_invited")):
            if base in one.frame:
                for column in [c for c in one.frame if c.startswith(counts)]:
                    values += (one.frame[column] / one.frame[base]).tolist()
    design = (study / "study.toml").read_text(encoding="utf-8")
    values += [*numbers(design), *_people_needed(released, rj.read_design(study))]
    known = np.array([x for x in values if np.isfinite(x)] + sorted(CONVENTIONS), dtype=float)
    shares = known[np.abs(known) <= 1]
    return np.unique(np.abs(np.concatenate([known, 100 * shares])))


def _people_needed(released, design) -> list[float]:
    """People that the verdicts ask for, worked out from the released differences, in tens."""
    planning, found = design.aims.planning, []
    for one in released:
        if isinstance(one, Contrast) and one.method.startswith("proportions"):
            for row in one.frame.query("term == 'risk_difference'").to_dict("records"):
                arms = one.arms[one.arms["at_days"] == row["at_days"]]
                n = float(arms["n"].sum())
                more = more_people(
                    n=n,
                    low=row["conf_low"],
                    high=row["conf_high"],
                    planned=planning.risk_difference,
                    power=planning.power,
                )
                found += [n, 10 * np.ceil(more / 10)]
    return found


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


def test_each_number_of_the_page_is_released_or_declared(main_part, pool):
    assert _unexplained(words_of(main_part.split(LOG)[0]), pool) == []


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


def test_each_number_of_the_text_alternatives_is_released_or_declared(alternatives, pool):
    assert _unexplained(alternatives, pool) == []


def test_most_strange_numbers_would_be_found(pool, name):
    """The check is worth something: few arbitrary percentages of one decimal pass by chance."""
    arbitrary = [f"{tenth / 10:.1f}" for tenth in range(1000)]
    assert len(_unexplained(" ".join(arbitrary), pool)) > LEAST_CAUGHT[name] * len(arbitrary)


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
