"""Sentences of the design that would print a small count of people are refused, by key."""

from __future__ import annotations

from pathlib import Path

import pytest

import rjeval as rj
from rjeval.design.disclosure import profile_rule
from rjeval.design.study import StudyDesign
from rjeval.errors import DisclosureError
from rjeval.report.design_texts import check_design_texts


def study(**texts: object) -> StudyDesign:
    return StudyDesign(title="A study", root=Path(), **texts)


@pytest.mark.parametrize(
    ("texts", "key"),
    [
        ({"limits": ("A limit.", "Four people returned on day 0.")}, "limits, sentence 2"),
        ({"sources_note": "Records of 7 clients are missing."}, "sources_note"),
        ({"why_no_recidivism": "Only nine young people were checked."}, "why_no_recidivism"),
    ],
)
def test_a_small_count_is_refused_with_its_key(texts: dict[str, object], key: str) -> None:
    with pytest.raises(DisclosureError, match=key) as caught:
        check_design_texts(study(**texts))
    assert "returned" not in str(caught.value)


def test_the_sentences_of_a_report_are_read_before_they_are_printed() -> None:
    with pytest.raises(DisclosureError, match="limits"):
        rj.claims(design=study(limits=("Two harmed parties withdrew.",)), kind="limits")


@pytest.mark.parametrize(
    "text",
    [
        "About one person in ten was never checked.",
        "One row is a release.",
        "For a few people the records end at their 18th birthday.",
        "Rates need at least 20 people.",
        "12 people left.",
    ],
)
def test_other_sentences_pass(text: str) -> None:
    check_design_texts(study(limits=(text,)))


def test_an_internal_report_may_say_it() -> None:
    check_design_texts(study(limits=("Four people left.",), disclosure=profile_rule("internal")))


def test_the_studies_of_this_project_pass(root) -> None:
    for path in [root / "study.toml", *(root / "tests/studies").glob("*/study.toml")]:
        check_design_texts(rj.read_design(path.parent))
