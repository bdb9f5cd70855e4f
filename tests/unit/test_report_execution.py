"""Notebooks in fresh kernels: order, skipping, failures in one sentence, nothing left running."""

from __future__ import annotations

import ast
import json
import os
import time
from pathlib import Path

import pytest

from rjeval.design.exports import ExportMap
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import ArmsDesign, StudyDesign
from rjeval.errors import ReportError
from rjeval.report.collected import why_not_collected
from rjeval.report.execution import execute_notebooks
from rjeval.report.kernel import Kernel
from rjeval.report.notebook import read_notebook, read_notebooks

CANARY = "Zzyzx-4711"


def notebook(folder: Path, name: str, *cells: tuple, **own: object) -> Path:
    """Write a notebook from (kind, source[, requirement...]) cells."""
    raw = [
        {
            "cell_type": kind,
            "metadata": {"rjeval": {"requires": list(requires)}} if requires else {},
            "source": source,
        }
        for kind, source, *requires in cells
    ]
    path = folder / f"{name}.ipynb"
    content = {"cells": raw, "metadata": {"rjeval": own}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.fixture
def design(tmp_path):
    exports = (ExportMap(table="referral", file="r.csv", columns={"case_id": "c"}),)
    return StudyDesign(title="A study", root=tmp_path, exports=exports)


def execute(design, *paths, **options):
    return execute_notebooks([read_notebook(path) for path in paths], design=design, **options)


def test_cells_share_one_fresh_kernel_in_the_study_folder_and_in_report_mode(design, tmp_path):
    path = notebook(
        tmp_path,
        "a",
        ("code", "import os\nhere = os.getcwd()"),
        ("code", "(here, os.environ['RJEVAL_REPORT'], os.environ['OMP_NUM_THREADS'])"),
    )
    (done,) = execute(design, path)
    shown = done.cells[1].displays[0].data["text/plain"]
    assert ast.literal_eval(shown) == (str(tmp_path), "1", "1")
    again = notebook(tmp_path, "b", ("code", "'here' in globals()"))
    (fresh,) = execute(design, again)
    assert fresh.cells[0].displays[0].data["text/plain"] == "False"


def test_several_notebooks_come_back_in_their_order(design, tmp_path):
    slow = notebook(tmp_path, "01", ("code", "import time; time.sleep(0.5)\n1"))
    quick = notebook(tmp_path, "02", ("code", "2"))
    done = execute(design, slow, quick)
    assert [one.notebook.name for one in done] == ["01.ipynb", "02.ipynb"]


def test_a_failing_cell_names_notebook_cell_and_kind_but_no_value(design, tmp_path):
    path = notebook(
        tmp_path,
        "03_third",
        ("markdown", "# Prose"),
        ("code", "1"),
        ("code", f"raise KeyError('{CANARY}')"),
    )
    with pytest.raises(ReportError) as stop:
        execute(design, path)
    assert stop.value.notebook == "03_third.ipynb"
    assert stop.value.cell == 2
    assert stop.value.message == "03_third.ipynb, code cell 2: the cell raised KeyError."
    assert CANARY not in str(stop.value)


def test_an_error_of_rjeval_speaks_for_itself(design, tmp_path):
    source = (
        "from rjeval.errors import ExportError\nraise ExportError('Too few.', hint='Pool years.')"
    )
    path = notebook(tmp_path, "a", ("code", source))
    with pytest.raises(ReportError) as stop:
        execute(design, path)
    assert stop.value.message == "a.ipynb, code cell 1: Too few."
    assert stop.value.hint == "Pool years."


def test_one_failure_stops_the_other_notebooks(design, tmp_path):
    bad = notebook(tmp_path, "01", ("code", "1/0"))
    endless = notebook(tmp_path, "02", ("code", "import time; time.sleep(600)"))
    began = time.monotonic()
    with pytest.raises(ReportError, match=r"01\.ipynb"):
        execute(design, bad, endless)
    assert time.monotonic() - began < 60


def test_a_cell_that_takes_too_long_is_stopped_and_named(design, tmp_path):
    path = notebook(tmp_path, "a", ("code", "import time; time.sleep(600)"))
    with pytest.raises(ReportError, match=r"code cell 1: The cell took longer"):
        execute(design, path, cell_seconds=0.5)


def test_a_dying_kernel_is_said(design, tmp_path):
    path = notebook(tmp_path, "a", ("code", "import os; os._exit(3)"))
    with pytest.raises(ReportError, match=r"code cell 1: The notebook's kernel died"):
        execute(design, path)


def test_a_stopped_kernel_leaves_no_process(tmp_path):
    with Kernel(tmp_path) as kernel:
        shown = kernel.run("import os; os.getpid()", seconds=30).displays[0].data["text/plain"]
    with pytest.raises(ProcessLookupError):
        os.kill(int(shown), 0)


def test_what_the_study_lacks_is_skipped_with_its_reason(design, tmp_path):
    path = notebook(
        tmp_path,
        "a",
        ("code", "1/0", "session"),
        ("code", "1/0", "comparison"),
        ("code", "7", "referral"),
    )
    (done,) = execute(design, path)
    reasons = [one.not_collected for one in done.cells]
    assert reasons == [
        "no export of sessions was provided",
        "the study has one group, so there is no comparison",
        "",
    ]
    assert [one.applies for one in done.cells] == [True, False, True]
    assert done.cells[2].displays[0].data["text/plain"] == "7"


def test_progress_counts_each_cell(design, tmp_path):
    seen = []
    path = notebook(tmp_path, "a", ("markdown", "x"), ("code", "1"))
    execute(design, path, progress=lambda *told: seen.append(told))
    assert seen == [("a.ipynb", 1, 2), ("a.ipynb", 2, 2)]


DEFINITION = RecidivismDefinition(name="one")
REASONS = [
    ("recidivism", {}, "the study declares no measure of reoffending"),
    ("recidivism", {"why_no_recidivism": "No check was possible."}, "No check was possible"),
    ("recidivism", {"recidivism": (DEFINITION,)}, ""),
    (
        "recidivism:2",
        {"recidivism": (DEFINITION,)},
        "the study declares one measure of reoffending only",
    ),
    ("without:recidivism", {}, ""),
    ("without:recidivism", {"recidivism": (DEFINITION,)}, "another cell is shown instead"),
    ("comparison", {"arms": ArmsDesign(levels=("comparison", "rj"))}, ""),
    ("surveys:harmed_party", {}, "no survey of harmed parties is declared"),
    ("model:recidivism", {}, "the study declares no model of recidivism"),
    ("covariates", {"covariates": ("age_at_index",)}, ""),
    ("dates", {}, ""),
    (
        "dates",
        {"recidivism": (RecidivismDefinition(durations_given=True),)},
        "the study brings durations, not dates",
    ),
    ("referral.case_id", {}, ""),
    ("referral.site_id", {}, "the export of referrals has no site id"),
]


@pytest.mark.parametrize(("word", "changes", "reason"), REASONS)
def test_each_requirement_has_its_reason(design, word, changes, reason):
    from dataclasses import replace

    assert why_not_collected(replace(design, **changes), [word]) == reason


def test_notebooks_of_a_kind_are_read_in_the_order_of_their_names(tmp_path):
    notebook(tmp_path, "02_b", ("markdown", "b"))
    notebook(tmp_path, "01_a", ("markdown", "a"), order=7)
    notebook(tmp_path, "03_c", ("markdown", "c"), kinds=["factsheet"])
    found = read_notebooks(tmp_path, kind="annual")
    assert [(one.name, one.order) for one in found] == [("01_a.ipynb", 7.0), ("02_b.ipynb", 2.0)]


def test_a_folder_without_notebooks_says_what_to_do(tmp_path):
    with pytest.raises(ReportError, match="No notebook for a report of kind 'annual'"):
        read_notebooks(tmp_path, kind="annual")


def test_a_file_that_is_no_notebook_is_named(tmp_path):
    (tmp_path / "x.ipynb").write_text("not json", encoding="utf-8")
    with pytest.raises(ReportError, match=r"x\.ipynb is not a Jupyter notebook"):
        read_notebooks(tmp_path, kind="annual")


@pytest.mark.parametrize("kind", ["EstimationError", "GuardError", "WithheldError", "DataError"])
def test_a_refused_estimate_is_told_in_its_place_and_the_rest_goes_on(design, tmp_path, kind):
    source = f"from rjeval.errors import {kind}\nraise {kind}('Too few.', hint='Pool.')\nrates = 1"
    path = notebook(
        tmp_path,
        "a",
        ("code", source),
        ("code", "table = rates + 1"),
        ("code", "table"),
        ("code", "rates = 5"),
        ("code", "rates"),
    )
    (done,) = execute(design, path)
    assert [(one.not_given, one.follows) for one in done.cells] == [
        ("Too few.", False),
        ("Too few.", True),
        ("Too few.", True),
        ("", False),
        ("", False),
    ]
    assert done.cells[4].displays[0].data["text/plain"] == "5"


@pytest.mark.parametrize("kind", ["DisclosureError", "ReportError", "ExportError", "DesignError"])
def test_what_is_no_refusal_still_stops_the_report(design, tmp_path, kind):
    path = notebook(tmp_path, "a", ("code", f"import rjeval.errors as e\nraise e.{kind}('No.')"))
    with pytest.raises(ReportError, match="code cell 1: No"):
        execute(design, path)


REFUSALS = [
    (
        "rj, 365 days: 7 mature people, at least 20 are needed.",
        "rj, 365 days: too few mature people, at least 20 are needed.",
    ),
    (
        "33 events for 6 coefficients: Cox regression needs at least 5 per coefficient.",
        "Too few events for 6 coefficients: Cox regression needs at least 5 per coefficient.",
    ),
    (
        "9 of 31 answers (29%) lack a variable of the formula; leaving out more than 20% is "
        "refused.",
        "Some of the answers lack a variable of the formula; leaving out more than 20% is refused.",
    ),
    (
        "horizon_days is 730, but follow-up of the shortest-followed group ends at 612.",
        "horizon_days is 730, but follow-up of the shortest-followed group ends earlier.",
    ),
    (
        "Among 14 answers nobody is in the top 2 categories.",
        "Among the answers nobody is in the top 2 categories.",
    ),
    (
        "age is missing for 53% of 41 people; more than half is not imputed.",
        "age is missing for only a part of the people; more than half is not imputed.",
    ),
]


@pytest.mark.parametrize(("message", "safe"), REFUSALS)
def test_a_refusal_keeps_its_limits_and_loses_its_counts_of_people(message, safe):
    from rjeval.report.refusal import without_counts

    assert without_counts(message) == safe
