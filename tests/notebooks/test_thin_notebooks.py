"""Notebooks stay thin: they call the face, explain in prose, and keep no output and no number."""

from __future__ import annotations

import ast
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

import rjeval
from rjeval.report.collected import TABLE_TEXT
from rjeval.report.document import KIND_TITLES

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LONGEST_CELL = 12
LOGIC = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.For,
    ast.While,
    ast.Try,
    ast.If,
    ast.With,
    ast.ListComp,
    ast.DictComp,
    ast.SetComp,
    ast.GeneratorExp,
)
#: Thresholds of convention that prose may name; results may not be typed.
CONVENTIONS = {"0.10", "0.25"}
WORDS = {
    "comparison",
    "recidivism",
    "dates",
    "calendar",
    "surveys",
    "model",
    "covariates",
    "objectives",
    "without",
    "day",
    "checks",
    "subgroups",
    "equity",
}

#: What these make of released results alone is released.
FROM_RELEASED = {"rj.relative_rates", "rj.unit_costs"}

notebooks = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def code_cells(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in cells(path) if cell["cell_type"] == "code"]


def test_each_kind_of_document_has_notebooks():
    kinds = set()
    for path in NOTEBOOKS:
        own = json.loads(path.read_text(encoding="utf-8"))["metadata"]["rjeval"]
        kinds |= set(own.get("kinds", ["annual"]))
    assert kinds == set(KIND_TITLES)


def test_there_is_one_notebook_for_each_chapter():
    assert [path.stem for path in NOTEBOOKS] == [
        "01_data_quality",
        "02_cohort",
        "03_recidivism",
        "04_satisfaction",
        "05_summary",
        "06_training_community",
        "07_methods",
        "08_factsheet",
    ]


def test_ids_of_cells_are_their_own_and_need_no_luck():
    for path in NOTEBOOKS:
        ids = [cell["id"] for cell in cells(path)]
        assert len(set(ids)) == len(ids)
        assert all(re.fullmatch(r"[a-z0-9-]+", one) for one in ids)


@notebooks
def test_the_file_is_a_valid_notebook_of_version_4_5(path):
    import nbformat

    content = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(content)
    assert (content.nbformat, content.nbformat_minor) == (4, 5)


@notebooks
def test_no_output_and_no_count_is_kept(path):
    for cell in cells(path):
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@notebooks
def test_code_calls_and_does_not_decide(path):
    for source in code_cells(path):
        assert len(source.splitlines()) <= LONGEST_CELL
        for node in ast.walk(ast.parse(source)):
            assert not isinstance(node, LOGIC), type(node).__name__


@notebooks
def test_only_rjeval_is_imported_and_once(path):
    imports = [
        node
        for source in code_cells(path)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert [ast.unparse(node) for node in imports] == ["import rjeval as rj"]


@notebooks
def test_only_the_face_is_used(path):
    for source in code_cells(path):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "rj":
                assert node.attr in rjeval.__all__


@notebooks
def test_each_code_cell_follows_prose(path):
    kinds = [cell["cell_type"] for cell in cells(path)]
    assert kinds[0] == "markdown"
    assert ("code", "code") not in pairwise(kinds)


@notebooks
def test_what_is_shown_was_released_or_says_what_the_design_says(path):
    """A cell that ends in a drawing, table or sentence takes names bound by rj.release."""
    released: set[str] = set()
    for source in code_cells(path):
        for node in ast.parse(source).body:
            if isinstance(node, ast.Assign) and "rj.release(" in ast.unparse(node.value):
                released |= set(ast.unparse(node.targets[0]).strip("()").split(", "))
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.List):
                listed = {ast.unparse(one) for one in node.value.elts}
                if listed <= released | {f"*{one}" for one in released}:
                    released.add(f"*{ast.unparse(node.targets[0])}")
                    released.add(ast.unparse(node.targets[0]))
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                call = node.value
                given = {ast.unparse(one) for one in call.args}
                if ast.unparse(call.func) in FROM_RELEASED and given <= released:
                    released.add(ast.unparse(node.targets[0]))
            if not isinstance(node, ast.Expr):
                continue
            call = node.value
            assert isinstance(call, ast.Call), "a cell shows only what a function of rjeval made"
            name = ast.unparse(call.func)
            assert name.startswith(("rj.plot_", "rj.tabulate_", "rj.claims"))
            if name not in ("rj.tabulate_definition", "rj.tabulate_checklist"):
                assert {ast.unparse(one) for one in call.args} <= released


@notebooks
def test_no_number_is_typed_in_prose(path):
    for cell in cells(path):
        if cell["cell_type"] == "markdown":
            numbers = set(re.findall(r"\d+(?:\.\d+)?", "".join(cell["source"])))
            assert numbers <= CONVENTIONS


@notebooks
def test_requirements_are_words_that_the_report_knows(path):
    for cell in cells(path):
        for word in cell["metadata"].get("rjeval", {}).get("requires", []):
            name = re.split(r"[:.]", word)[0]
            assert name in WORDS | set(TABLE_TEXT)


def test_the_summary_is_read_first_and_executed_last():
    metadata = json.loads((FOLDER / "05_summary.ipynb").read_text(encoding="utf-8"))["metadata"]
    assert metadata["rjeval"]["order"] == 0
