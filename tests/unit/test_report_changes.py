"""What changed since an earlier report: more data, another definition, nothing; in the real run."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

import rjeval as rj
from rjeval.errors import ReportError
from rjeval.report.build import make_report
from rjeval.report.changes import changes_markup, compare_reports
from rjeval.report.record import EarlierReport, PrintedTable, Record, read_earlier

STUDY = """
[study]
title = "Valley"
extract_date = 2024-06-30
[[recidivism]]
name = "refiling"
waiting_period_days = {wait}
[exports.person]
file = "people.csv"
"""
#: A notebook that reads a file of prepared numbers and shows them as tiles and as a table.
CELL = """
import json
import pathlib
import rjeval as rj

design = rj.read_design()
n, rate = json.loads(pathlib.Path("data/processed/numbers.json").read_text())


class Shown:
    def _repr_mimebundle_(self, **_):
        kind = "application/vnd.rjeval.measures+json"
        one = {"id": "refiling:365:rj", "label": "New filing", "unit": "share", "n": n}
        one |= {"value": rate, "conf_low": rate / 2, "conf_high": rate * 2}
        one |= {"definition_id": str(design.primary.waiting_period_days)}
        return {"text/html": "<ul class='rj-tiles'></ul>", kind: json.dumps([one])}


Shown()
"""
TABLE = """
class Table:
    def _repr_html_(self):
        head = "<thead><tr><th>Arm</th><th>People</th></tr></thead>"
        row = f"<tr><th>Arm</th><td>{n}</td></tr>"
        caption = f"Rates. {design.primary.sentence()}"
        body = f"<caption>{caption}</caption>{head}<tbody>{row}</tbody>"
        return f'<table class="rj">{body}</table>'


Table()
"""


def lay(folder: Path, *, n: int, wait: int) -> None:
    (folder / "notebooks").mkdir(parents=True, exist_ok=True)
    (folder / "data" / "processed").mkdir(parents=True, exist_ok=True)
    (folder / "study.toml").write_text(STUDY.format(wait=wait), encoding="utf-8")
    numbers = folder / "data" / "processed" / "numbers.json"
    numbers.write_text(json.dumps([n, 0.125]), encoding="utf-8")
    # The hash of what was prepared is that of its manifest and of its tables.
    (folder / "data" / "processed" / "manifest.json").write_text(str(n), encoding="utf-8")
    (folder / "data" / "processed" / "numbers.parquet").write_text(str(n), encoding="utf-8")
    cells = [{"cell_type": "markdown", "metadata": {}, "source": "# Summary"}]
    cells += [{"cell_type": "code", "metadata": {}, "source": one} for one in (CELL, TABLE)]
    cells += [{"cell_type": "markdown", "metadata": {}, "source": "# Second chapter"}]
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "notebooks" / "01_only.ipynb").write_text(json.dumps(content), encoding="utf-8")


def make(folder: Path, out: str, *, since: Path | None = None, n: int = 200, wait: int = 0):
    lay(folder, n=n, wait=wait)
    return make_report(rj.read_design(folder), out=folder / out, since=since)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Four runs of one study: the first, one unchanged, one of more data, one redefined."""
    folder = tmp_path_factory.mktemp("study")
    first = make(folder, "first")
    return {
        "first": first,
        "same": make(folder, "same", since=first.folder),
        "grown": make(folder, "grown", since=first.folder, n=260),
        "redefined": make(folder, "redefined", since=first.folder, wait=183),
    }


def words(report) -> str:
    text = (report.folder / "annual_report.html").read_text(encoding="utf-8")
    return " ".join(re.sub(r"<[^>]+>", " ", text[text.index("<main") :]).split())


def test_without_an_earlier_report_nothing_is_said_of_changes(runs):
    assert runs["first"].changes == ""
    assert "Changes since" not in words(runs["first"])


def test_nothing_changed_is_said_so(runs):
    assert runs["same"].changes == "Since the report of 2024-06-30 no figure has changed."
    assert "New filing 12.5% (95% CI 6.2–25.0%; n = 200)" in words(runs["same"])
    assert "n = 200) unchanged" in words(runs["same"])


def test_more_data_are_named_with_both_numbers_of_people(runs):
    said = words(runs["grown"])
    assert "data grew: 200, now 260" in said
    assert "Rates 1 number 1 number other data: the exports changed" in said
    assert "headline figures changed: 1, unchanged: 0; tables with other numbers: 1" in (
        runs["grown"].changes
    )


def test_another_definition_is_named_label_by_label(runs):
    said = words(runs["redefined"])
    assert "definition changed: waiting period was none; reporting lag 30 days, is 183 days" in said
    assert "definition changed: refiling" in runs["redefined"].changes


def test_the_section_follows_the_first_chapter_and_captions_are_numbered_in_order(runs):
    said = words(runs["grown"])
    section = said.rindex("Changes since the last report")
    assert said.rindex("Table 1. Rates") < section < said.rindex("Second chapter")
    assert "Table 2. Headline figures then and now" in said
    assert "Table 3. Tables whose numbers changed" in said


def test_the_same_comparison_again_makes_nothing(runs, tmp_path):
    first = runs["first"]
    again = make(tmp_path, "out", since=first.folder)
    assert (
        make_report(rj.read_design(tmp_path), out=tmp_path / "out", since=first.folder).made == ()
    )
    assert again.made == ("annual",)


def test_a_folder_without_a_report_and_one_that_hid_nothing_are_refused(runs, tmp_path):
    with pytest.raises(ReportError, match="No report to compare with lies in"):
        read_earlier(tmp_path, name="annual_report")
    manifest = json.loads((runs["first"].folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["disclosure"]["profile"] = "internal"
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    text = (runs["first"].folder / "annual_report.json").read_text(encoding="utf-8")
    (tmp_path / "annual_report.json").write_text(text, encoding="utf-8")
    with pytest.raises(ReportError, match="hides nothing"):
        read_earlier(tmp_path, name="annual_report")


def earlier(record: Record, **manifest) -> EarlierReport:
    return EarlierReport(manifest=manifest, record=record, digest="")


MEASURE = {
    "id": "people:included",
    "label": "Included",
    "unit": "count",
    "n": None,
    "value": 535.0,
    "conf_low": None,
    "conf_high": None,
    "definition_id": "",
}


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ({}, {"versions": {"rjeval": "2"}}, "version changed: rjeval none to 2"),
        ({"code": "a"}, {"code": "b"}, "version changed"),
        ({"design_fingerprint": "a"}, {"design_fingerprint": "b"}, "the design changed"),
        ({"disclosure": {"round_to": 5}}, {"disclosure": {}}, "the disclosure rule changed"),
        ({}, {}, "no reason is on record"),
    ],
)
def test_a_number_of_the_same_people_changes_for_what_differs_behind_it(before, after, why):
    rate = MEASURE | {"unit": "share", "n": 100.0, "value": 0.2, "conf_low": 0.1, "conf_high": 0.3}
    was = Record(measures=(rate,), tables=())
    now = Record(measures=(rate | {"value": 0.25},), tables=())
    (change,) = compare_reports(earlier(was, **before), record=now, manifest=after).headlines
    assert change.why.startswith(why)


def test_new_and_dropped_figures_and_hidden_numbers_are_said():
    hidden = MEASURE | {"id": "b", "value": None}
    was = Record(measures=(MEASURE,), tables=())
    now = Record(measures=(hidden,), tables=())
    found = compare_reports(earlier(was), record=now, manifest={})
    assert [(one.then, one.now, one.why) for one in found.headlines] == [
        ("–", "not shown", "new: not in the earlier report"),
        ("535", "–", "no longer given"),
    ]


def test_a_table_that_stayed_is_not_listed_and_rows_of_one_name_are_told_apart():
    table = PrintedTable(
        title="T", definition="", columns=("Arm", "n"), rows=(("A", "1"), ("A", "2"))
    )
    other = replace(table, rows=(("A", "1"), ("A", "3")))
    was = Record(measures=(), tables=(table, table))
    same = compare_reports(earlier(was), record=was, manifest={})
    assert same.tables == ()
    changed = compare_reports(
        earlier(was), record=Record(measures=(), tables=(table, other)), manifest={}
    )
    assert [(one.then, one.now) for one in changed.tables] == [("2 numbers", "1 number")]
    assert "<script" not in "".join(changes_markup(changed))
