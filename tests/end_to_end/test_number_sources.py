"""Every number of a document stands where its own result puts it, in its unit, in its row.

The notebooks are executed once more in this process. What each cell shows is compared, text by
text, with the page; and each number of it is looked up in the released results that this cell
was given: of a table in the row of its own, as a percentage only among shares. A number planted on
the page is not what its cell shows; one that a cell makes up is held by none of its results.
"""

from __future__ import annotations

import ast
import html
import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

import rjeval as rj
from rjeval.errors import EstimationError, WithheldError
from rjeval.figures.drawing import drawing_of
from rjeval.report.build import FILE_NAMES
from rjeval.report.collected import why_not_collected
from rjeval.report.notebook import Notebook, read_notebooks
from rjeval.report.sentences import Claims
from rjeval.report.verdict_claims import more_people
from rjeval.results import Contrast, CostTotals, ModelEstimates, Result
from rjeval.tables.checklist import Checklist
from rjeval.tables.objectives import Tiles
from rjeval.tables.table import Table
from rjeval.terms import label

NUMBER = re.compile(r"(?<![\w.])[−-]?\d[\d,]*(?:\.\d+)?")
#: Dates, quarters, rules, encodings, hashes and versions, which are no measurements.
NO_NUMBER = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{4} Q\d|\d{4}-\d{4}|utf-8|cp\d+|\bV\d+\b|doi:\S+|\b[0-9a-f]{16,}\b|"
    r"SHA-256|\b\d+(\.\d+){2,}\b|RJ-1|autumn \d{4}|Autumn \d{4}"
)
PERCENT = re.compile(r"\s?(?:–[\d.]+)?%")
#: Parts of speech and limits that no result holds: "of every 100", levels, months on axes.
CONVENTIONS = {
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    9,
    10,
    11,
    12,
    15,
    18,
    20,
    21,
    24,
    60,
    95,
    99,
    100,
    0.001,
    0.1,
    0.25,
}
NONE: set[float] = {0, 95}
#: Share of numbers planted on the page that must be found.
LEAST_FOUND = 0.9
#: Numbers planted on a page, one at a time; in the place of each number for the look-up.
PLANTED, PLANTED_EACH = 60, 5
#: The same where a cell would make a number up: by the look-up alone. The methods appendix is
#: for the most part design and versions, whose numbers are in study.toml by the dozen.
LEAST_LOOKED_UP = {"annual_report": 0.75, "fact_sheet": 0.75, "methods_appendix": 0.5}
DOCUMENTS = {name: kind for kind, name in FILE_NAMES.items()}


@dataclass(frozen=True)
class Shown:
    """What a cell shows, and the released results that it was given.

    ``rows`` and ``words`` are all its texts; ``told`` stands on the page word for word, as often as
    it is shown, ``notes`` at least once.
    """

    kind: str
    rows: tuple[str, ...]
    words: str
    given: tuple[Result, ...]
    plotted: pd.DataFrame | None = None
    told: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    alt: str = ""


@pytest.fixture(scope="module", params=DOCUMENTS)
def name(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def main_part(report, name) -> str:
    text = (report / f"{name}.html").read_text(encoding="utf-8")
    return text[text.index("<main") : text.index("</main>")].split('<h2 id="suppression-log">')[0]


@pytest.fixture(scope="module")
def shown(study, name) -> list[Shown]:
    design = rj.read_design(study)
    before = Path.cwd()
    os.chdir(study)
    try:
        books = read_notebooks(study / "notebooks", kind=DOCUMENTS[name])
        ordered = sorted(books, key=lambda one: (one.order, one.name))
        return [one for book in ordered for one in _shown(book, design)]
    finally:
        os.chdir(before)


def _shown(book: Notebook, design) -> Iterator[Shown]:
    names: dict[str, Any] = {}
    for cell in book.cells:
        if cell.kind != "code" or why_not_collected(design, cell.requires):
            continue
        tree = ast.parse(cell.source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        # What a refused cell would have given is missing in the report and here alike.
        with suppress(EstimationError, WithheldError, NameError):
            exec(compile(tree, "cell", "exec"), names)
            if last is not None:
                value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
                yield from _told(value, tuple(_given(last.value, names)))


def _given(call: ast.Call, names: dict[str, Any]) -> Iterator[Result]:
    for argument in call.args:
        value = argument.value if isinstance(argument, ast.Starred) else argument
        found = eval(compile(ast.Expression(value), "cell", "eval"), names)
        several = found if isinstance(found, list | tuple) else [found]
        for one in several:
            yield from one.values() if isinstance(one, dict) else [one]


def _told(value: object, given: tuple[Any, ...]) -> Iterator[Shown]:
    results = tuple(one for one in given if isinstance(one, Result))
    if isinstance(value, Checklist):
        return
    if isinstance(value, Table):
        rows = tuple("\t".join(row) for row in value.rows)
        heading = f"{value.title.rstrip('.')}. {value.caption}" if value.caption else value.title
        words = "\n".join((heading, *value.notes))
        yield Shown("table", rows, words, results, told=(heading,), notes=value.notes)
    elif isinstance(value, Claims):
        yield Shown("claims", value.sentences, "", results, told=value.sentences)
    elif isinstance(value, Axes):
        drawing = drawing_of(value)
        words = f"{drawing.alt} {drawing.caption}"
        told = (drawing.caption,)
        yield Shown("figure", (), words, results, drawing.data, told=told, alt=drawing.alt)
    elif isinstance(value, Tiles):
        tiles = tuple(map(_words, re.findall(r"<li>(.*?)</li>", value.to_html(), re.DOTALL)))
        yield Shown("tiles", tiles, "", results, told=tiles)


def _words(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<button.*?</button>|<[^>]+>", " ", markup)).split())


def _plain(text: str) -> str:
    """Return words without markup, typographic quotes and the spaces that tags leave behind."""
    bare = re.sub(r"\*\*|`", "", text).replace("’", "'").replace("‘", "'")
    bare = re.sub(r"[“”]", '"', " ".join(bare.split()))
    return re.sub(r"\s+(?=[.,;:)”])|(?<=[(“])\s+", "", bare)


def _cells(row: str) -> list[str]:
    return [_plain(_words(one)) for one in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)]


def strange_parts(main_part: str, shown: list[Shown]) -> list[str]:
    """Return what of the page is not what its cells show."""
    tables = re.findall(r'<table class="rj"[^>]*>.*?</table>', main_part, re.DOTALL)
    found = [
        [_cells(row) for row in re.findall(r"<tr>.*?</tr>", one.partition("<tbody>")[2], re.DOTALL)]
        for one in tables
        if "STROBE" not in one
    ]
    expected = [
        [[_plain(cell) for cell in row.split("\t")] for row in one.rows]
        for one in shown
        if one.kind == "table"
    ]
    strange = [] if found == expected else ["rows of tables"]
    page = _plain(_words(main_part))
    told = Counter(_plain(text) for one in shown for text in one.told)
    strange += [text for text, n in told.items() if page.count(text) < n]
    notes = {_plain(note) for one in shown for note in one.notes}
    strange += [text for text in notes if text not in page]
    alts = [html.unescape(one) for one in re.findall(r'<img[^>]*alt="([^"]*)"', main_part)]
    if alts != [one.alt for one in shown if one.kind == "figure"]:
        strange.append("text alternatives")
    return strange


def test_each_row_and_sentence_of_the_page_is_what_its_cell_shows(shown, main_part):
    assert strange_parts(main_part, shown) == []


def test_nine_of_ten_numbers_planted_on_the_page_are_found(shown, main_part):
    rng = np.random.default_rng(20_210_701)
    places = list(_places(main_part))
    found = []
    for at in rng.choice(len(places), PLANTED):
        start, token = places[at]
        planted = main_part[:start] + _planted(token, rng) + main_part[start + len(token) :]
        found.append(bool(strange_parts(planted, shown)))
    assert np.mean(found) >= LEAST_FOUND


def _places(main_part: str) -> Iterator[tuple[int, str]]:
    """Yield where numbers stand on the page, outside of tags, pictures and headings."""
    hidden = re.compile(r"<[^>]*>|<svg.*?</svg>|&[#\w]+;|(Table|Figure) \d+", re.DOTALL)
    blank = hidden.sub(lambda one: " " * len(one.group()), main_part)
    blank = NO_NUMBER.sub(lambda one: "x" * len(one.group()), blank)
    yield from ((one.start(), one.group()) for one in NUMBER.finditer(blank))


def _of(value: object) -> list[float]:
    """All numbers of a value: of frames, of fields, of texts."""
    if isinstance(value, bool | np.bool_) or value is None:
        return []
    if isinstance(value, int | float | np.number):
        return [float(value)]
    if isinstance(value, str):
        return [_number(token) for token in NUMBER.findall(NO_NUMBER.sub(" ", value))]
    if isinstance(value, pd.DataFrame):
        return [x for column in value for x in _of(value[column].tolist())]
    if isinstance(value, dict):
        return [x for pair in value.items() for one in pair for x in _of(one)]
    if isinstance(value, list | tuple):
        return [x for one in value for x in _of(one)]
    if is_dataclass(value):
        return [x for field in fields(value) for x in _of(getattr(value, field.name))]
    return []


def _percents(value: object) -> list[float]:
    """Percentages that the texts of a result hold."""
    if isinstance(value, str):
        return [_number(token) for token, percent in _tokens(value) if percent]
    if isinstance(value, pd.DataFrame):
        return [x for column in value for x in _percents(value[column].tolist())]
    if isinstance(value, list | tuple):
        return [x for one in value for x in _percents(one)]
    if is_dataclass(value):
        return [x for field in fields(value) for x in _percents(getattr(value, field.name))]
    return []


def _number(token: str) -> float:
    return float(token.replace(",", "").replace("−", "-").rstrip("."))


@dataclass(frozen=True)
class Pool:
    """Numbers that may stand in one row: as they are, and as percentages."""

    plain: np.ndarray
    shares: np.ndarray

    def holds(self, token: str, *, percent: bool) -> bool:
        plain = token.replace(",", "").lstrip("−-").rstrip(".")
        step = 10.0 ** -len(plain.partition(".")[2])
        known = self.shares if percent else self.plain
        return bool(known.size) and bool(np.abs(known - float(plain)).min() <= 0.5 * step + 1e-9)


def _pool(values: list[float], texts: list[float], *, said: set[float]) -> Pool:
    known = np.array([x for x in values if np.isfinite(x)] or [0.0], dtype=float)
    said = np.array([*texts, *sorted(said)], dtype=float)
    hundredths = 100 * known[np.abs(known) <= 1]
    plain = np.concatenate([known, hundredths, said])
    shares = np.concatenate([hundredths, np.array([95.0, 99.0, *texts])])
    return Pool(plain=np.unique(np.abs(plain)), shares=np.unique(np.abs(shares)))


def _row_values(result: Result, rows: pd.DataFrame) -> list[float]:
    """Numbers of some rows, and what a table works out from them: shares, ratios, sums."""
    values = _of(rows.drop(columns=["std_error"], errors="ignore"))
    if isinstance(result, ModelEstimates) and "estimate" in rows:
        values += (
            np.exp(rows[["estimate", "conf_low", "conf_high"]].to_numpy(float)).ravel().tolist()
        )
    for base in ("n", "n_mature", "n_invited"):
        for column in rows.columns:
            if (
                base in rows
                and column.startswith("n_")
                and pd.api.types.is_numeric_dtype(rows[column])
            ):
                values += (rows[column] / rows[base]).astype(float).tolist()
    return values


def _fields(result: Result) -> list[float]:
    """Numbers of a result beside its frame: sizes, levels, texts, other tables."""
    bare = replace(result, frame=result.frame.iloc[:0])
    values = _of(bare)
    if hasattr(result, "constant"):  # hazards over time are drawn as ratios
        values += [float(np.exp(x)) for x in result.constant.values()]
        curve = result.frame[["estimate", "conf_low", "conf_high"]].to_numpy(dtype=float)
        values += np.exp(curve).ravel().tolist()
    if getattr(result, "n_invited", None):
        values.append(result.n_responded / result.n_invited)
    return values


def _pools(one: Shown, design, text: str) -> Iterator[tuple[str, Pool]]:
    """Yield each text of a cell with the numbers that it may hold."""
    texts = _of(text) if not one.given else []
    texts += [float(days) for measure in design.recidivism for days in measure.windows_days]
    texts += [days / 30.4375 for days in texts]
    texts += _of(design.aims) + _of(design.sensitivity) + _of(design.disclosure)
    planned = (design.aims.planning.power, design.aims.planning.risk_difference)
    texts += [100 * one for one in planned if one]
    texts += [x for result in one.given for x in _percents(result)]
    around = [x for result in one.given for x in _fields(result)] + _people_needed(one, design)
    whole = [x for result in one.given for x in _row_values(result, result.frame)]
    whole += [x for result in one.given for x in result.frame.select_dtypes("number").sum()]
    whole += [float(f"{x:.3g}") for x in whole if np.isfinite(x)]
    if one.plotted is not None:
        whole += _of(one.plotted)
    (single,) = one.given if len(one.given) == 1 else (None,)
    for place, row in enumerate(one.rows):
        own = whole
        if single is not None and len(single.frame) == len(one.rows):
            own = _row_values(single, single.frame.iloc[[place]])
        elif isinstance(single, CostTotals):
            own = _cost_sums(single, row)
        in_table = one.kind == "table" and bool(one.given)
        yield row, _pool([*own, *around], texts, said=NONE if in_table else CONVENTIONS)
    yield one.words, _pool([*whole, *around], texts, said=CONVENTIONS)


def _cost_sums(costs: CostTotals, row: str) -> list[float]:
    """Return the sums of one category, or of each year in the last row, and of all years."""
    frame = costs.frame
    category = next(
        (key for key in frame["category"].unique() if label(key) == row.split("\t")[0]), ""
    )
    cells = frame.loc[frame["category"] == category, "amount"]
    if not category:
        cells = frame.groupby("year")["amount"].sum()
    return [*cells, cells.sum()]


def _people_needed(one: Shown, design) -> list[float]:
    """People that the verdicts ask for, worked out from the released differences, in tens."""
    planning, found = design.aims.planning, []
    for result in one.given:
        if isinstance(result, Contrast) and result.method.startswith("proportions"):
            for row in result.frame.query("term == 'risk_difference'").to_dict("records"):
                n = float(result.arms[result.arms["at_days"] == row["at_days"]]["n"].sum())
                more = more_people(
                    n=n,
                    low=row["conf_low"],
                    high=row["conf_high"],
                    planned=planning.risk_difference,
                    power=planning.power,
                )
                found += [n, 10 * np.ceil(more / 10)]
    return found


def _tokens(text: str) -> Iterator[tuple[str, bool]]:
    cleaned = NO_NUMBER.sub(" ", text)
    for found in NUMBER.finditer(cleaned):
        yield found.group(), bool(PERCENT.match(cleaned, found.end()))


@pytest.fixture(scope="module")
def looked_up(shown, study) -> list[tuple[str, bool, str, Pool]]:
    """Each number with its unit, the text that it stands in and the numbers that it may be."""
    design = rj.read_design(study)
    text = (study / "study.toml").read_text(encoding="utf-8")
    return [
        (token, percent, told, pool)
        for one in shown
        for told, pool in _pools(one, design, text)
        for token, percent in _tokens(told)
    ]


def test_each_number_is_held_by_the_results_of_its_own_cell(looked_up):
    strange = [
        (token, told[:160])
        for token, percent, told, pool in looked_up
        if not pool.holds(token, percent=percent)
    ]
    assert strange == []


def test_numbers_that_a_cell_makes_up_are_found_by_looking_them_up(looked_up, name):
    rng = np.random.default_rng(20_210_701)
    found = [
        not pool.holds(_planted(token, rng), percent=percent)
        for token, percent, _, pool in looked_up
        for _ in range(PLANTED_EACH)
    ]
    assert np.mean(found) > LEAST_LOOKED_UP[name]


def _planted(token: str, rng: np.random.Generator) -> str:
    """Return another number of as many digits and decimals."""
    whole, point, decimals = token.lstrip("−-").replace(",", "").partition(".")
    while True:
        size = int(rng.integers(10 ** (len(whole) - 1) if len(whole) > 1 else 0, 10 ** len(whole)))
        tail = str(rng.integers(0, 10 ** len(decimals))).zfill(len(decimals)) if decimals else ""
        planted = f"{size}{point}{tail}"
        if planted != f"{whole}{point}{decimals}":
            return planted
