"""Reports of real studies: whole where there are data, "not collected" elsewhere, no more said."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path

import pypdf
import pytest

from rjeval.cli.main import main
from rjeval.report.lint import lint_text
from rjeval.terms import DesignTier

STUDIES = Path(__file__).resolve().parents[1] / "studies"
#: Words of W1 that a study without a comparison group may not use.
STRONG = {"W1", "W7", "W8"}


def make(name: str, folder: Path, raw: Path | None) -> str:
    """Make a study's report and return the words of its page."""
    study = folder / name
    shutil.copytree(STUDIES / name, study)
    given = ["--raw", str(raw)] if raw else []
    assert main(["report", str(study), *given]) == 0
    (page,) = (study / "reports").rglob("annual_report.html")
    pages = pypdf.PdfReader(page.with_suffix(".pdf")).pages
    assert len(pages) >= 4
    assert page.with_suffix(".docx").stat().st_size > 0
    text = page.read_text(encoding="utf-8")
    assert "SYNTHETIC" not in text
    return html.unescape(re.sub(r"<[^>]+>", " ", text[text.index("<main") :]))


@pytest.fixture(scope="module")
def make_it_right(tmp_path_factory) -> str:
    return make("make_it_right", tmp_path_factory.mktemp("mir"), None)


def test_a_randomised_trial_may_say_that_assignment_reduced(make_it_right):
    assert "was reduced, on average, by assignment to Restorative justice" in make_it_right
    assert "People were assigned at random and are analysed as assigned." in make_it_right


def test_the_printed_effect_of_the_trial_lies_in_the_interval(make_it_right):
    """The evaluation prints −.189 for six months; counts here are rounded to 5."""
    found = re.search(
        r"difference −(\d+\.\d) percentage points, 95% CI −(\d+\.\d) to −(\d+\.\d)", make_it_right
    )
    estimate, low, high = (-float(one) for one in found.groups())
    assert estimate == pytest.approx(-18.9, abs=1.5)
    assert low < -18.9 < high


def test_sections_without_tables_say_so(make_it_right):
    assert "Not collected: no survey is declared." in make_it_right
    assert "the study brings durations, not dates" in make_it_right


REAL = [
    ("compas", "the study has one group, so there is no comparison (left out here: Difference"),
    ("iowa", "the study brings durations, not dates"),
    ("cook_diversion", "Not collected: The export ends with each programme's result"),
]


@pytest.mark.real
@pytest.mark.parametrize(("name", "said"), REAL, ids=[one[0] for one in REAL])
def test_a_real_study_is_reported_and_says_what_it_lacks(name, said, real_data, tmp_path):
    words = make(name, tmp_path, real_data / name)
    assert said in words
    assert "Every row accounted for" in words
    assert "There is no comparison group, so nothing is said about an effect." in words
    findings = lint_text(words, tier=DesignTier.ONE_GROUP)
    assert [one for one in findings if one.rule in STRONG] == []
