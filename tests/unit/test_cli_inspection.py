"""A report that would give something away is not put in its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rjeval.cli import inspection
from rjeval.design.disclosure import profile_rule
from rjeval.design.study import StudyDesign
from rjeval.disclosure.attack import AttackReport
from rjeval.disclosure.differencing import Finding
from rjeval.errors import DisclosureError

DESIGN = StudyDesign(title="A study", root=Path())
FINDING = Finding(rule="small count", where="annual_report.html, table 3", why="a count of people")


@pytest.fixture
def found(monkeypatch):
    """Let the attack and the comparison of releases find what a test says."""

    def arrange(in_files: tuple[Finding, ...], between: list[Finding]) -> None:
        attack = AttackReport(findings=in_files, n_files=3, n_tables=1, n_texts=1)
        monkeypatch.setattr(inspection, "attack_report", lambda *_, **__: attack)
        monkeypatch.setattr(inspection, "check_release", lambda *_, **__: between)
        monkeypatch.setattr(inspection, "person_tokens", lambda exports: frozenset())
        monkeypatch.setattr(inspection.rj, "load_exports", lambda *_, **__: None, raising=False)

    return arrange


def inspect(tmp_path, design=DESIGN):
    inspection.inspect_report(tmp_path, design=design, log=tmp_path)


def test_nothing_found_lets_the_report_through(found, tmp_path):
    found((), [])
    inspect(tmp_path)


@pytest.mark.parametrize("findings", [((FINDING,), []), ((), [FINDING])])
def test_a_finding_stops_the_report_and_names_the_place(found, tmp_path, findings):
    found(*findings)
    with pytest.raises(DisclosureError, match=r"1 findings.*annual_report\.html, table 3") as stop:
        inspect(tmp_path)
    assert "nothing was published" in stop.value.hint


def test_many_findings_are_named_in_part(found, tmp_path):
    found(tuple(replace(FINDING, where=f"table {i}") for i in range(5)), [])
    with pytest.raises(DisclosureError, match="and 2 more"):
        inspect(tmp_path)


def test_an_internal_review_is_not_inspected(found, tmp_path):
    found((FINDING,), [])
    inspect(tmp_path, replace(DESIGN, disclosure=profile_rule("internal")))
