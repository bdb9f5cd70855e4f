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
    """Let the attack find what a test says; return what was entered in the ledger."""
    entered: list[str] = []

    def arrange(in_files: tuple[Finding, ...]) -> list[str]:
        attack = AttackReport(findings=in_files, n_files=3, n_tables=1, n_texts=1)
        monkeypatch.setattr(inspection, "attack_report", lambda *_, **__: attack)
        monkeypatch.setattr(
            inspection, "record_release", lambda *_, document, **__: entered.append(document)
        )
        monkeypatch.setattr(inspection, "read_log", lambda _: [])
        monkeypatch.setattr(inspection, "_origin", lambda *_, **__: None)
        monkeypatch.setattr(inspection, "person_tokens", lambda exports: frozenset())
        monkeypatch.setattr(inspection.rj, "load_exports", lambda *_, **__: None, raising=False)
        return entered

    return arrange


def inspect(tmp_path, design=DESIGN):
    with inspection.Secrets(design) as secrets:
        secrets.gather()
        inspection.inspect_report(
            tmp_path, design=design, kind="annual", log=tmp_path, secrets=secrets
        )


def test_nothing_found_lets_the_report_through_and_into_the_ledger(found, tmp_path):
    entered = found(())
    inspect(tmp_path)
    assert entered == ["annual"]


def test_a_finding_stops_the_report_and_names_the_place(found, tmp_path):
    entered = found((FINDING,))
    with pytest.raises(DisclosureError, match=r"1 findings.*annual_report\.html, table 3") as stop:
        inspect(tmp_path)
    assert "nothing was published" in stop.value.hint
    assert entered == []


def test_many_findings_are_named_in_part(found, tmp_path):
    found(tuple(replace(FINDING, where=f"table {i}") for i in range(5)))
    with pytest.raises(DisclosureError, match="and 2 more"):
        inspect(tmp_path)


def test_an_internal_review_is_not_inspected(found, tmp_path):
    entered = found((FINDING,))
    inspect(tmp_path, replace(DESIGN, disclosure=profile_rule("internal")))
    assert entered == []
