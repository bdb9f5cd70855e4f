"""A study's own notebooks: run by hand they show what the report shows; a cell added is kept."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import rjeval as rj
from rjeval.errors import ReportError
from rjeval.report.build import make_report
from rjeval.report.execution import execute_notebooks
from rjeval.report.kernel import Kernel
from rjeval.report.notebook import read_notebook
from rjeval.results.base import REPORT_MODE

#: What two displays must agree in; drawings carry ids of their own beside their numbers.
COMPARED = ("text/html", "text/markdown", "text/csv")
CHAPTER = "01_data_quality.ipynb"


@pytest.fixture
def own(study, tmp_path) -> Path:
    """The demonstration with one chapter only, so that one kernel suffices."""
    folder = tmp_path / "own"
    shutil.copytree(study, folder, ignore=shutil.ignore_patterns("reports"))
    for path in (folder / "notebooks").glob("*.ipynb"):
        if path.name != CHAPTER:
            path.unlink()
    return folder


def shown(displays) -> list[dict[str, str]]:
    return [{kind: one.data[kind] for kind in COMPARED if kind in one.data} for one in displays]


def add_cell(folder: Path, prose: str, code: str) -> None:
    path = folder / "notebooks" / CHAPTER
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"].append({"cell_type": "markdown", "metadata": {}, "source": prose})
    content["cells"].append({"cell_type": "code", "metadata": {}, "source": code})
    path.write_text(json.dumps(content), encoding="utf-8")


def test_by_hand_in_its_own_folder_a_notebook_shows_what_the_report_shows(own):
    notebook = read_notebook(own / "notebooks" / CHAPTER)
    (executed,) = execute_notebooks([notebook], design=rj.read_design(own))
    in_report = [shown(one.displays) for one in executed.cells if one.displays]
    with Kernel(own / "notebooks", {REPORT_MODE: ""}) as kernel:
        runs = [
            kernel.run(one.source, seconds=120)
            for one in notebook.cells
            if one.kind == "code" and one.source.strip()
        ]
    by_hand = [shown(one.displays) for one in runs if one.error is None and one.displays]
    assert len(by_hand) >= 3
    assert by_hand == in_report


def test_a_cell_that_a_researcher_adds_is_in_the_report_under_its_heading(own):
    add_cell(own, "# Our own look\n\nIn our words.", "rj.tabulate_quality(quality, ledger=True)")
    made = make_report(rj.read_design(own))
    page = (made.folder / "annual_report.html").read_text(encoding="utf-8")
    start = page.index("Our own look</h2>")
    assert "In our words." in page[start:]
    assert "<caption>" in page[start:]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("rj.tabulate_quality(rj.summarise_quality(exports))", "without having been released"),
        ("rj.select_cohort(exports, design=design).frame.head()", "did not come from rjeval"),
    ],
)
def test_a_cell_that_shows_what_is_not_released_stops_the_report(own, code, said):
    add_cell(own, "# Our own look", code)
    with pytest.raises(ReportError, match=said):
        make_report(rj.read_design(own))
    assert not list((own / "reports").rglob("*.html"))
