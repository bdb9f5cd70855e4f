"""Two reports of one study: what a few new people would show is refused or hidden, never told."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

from rjeval.cli.main import main
from rjeval.disclosure.ledger import read_ledger

DISCLOSURE = 13
STUDY = """
[study]
title = "Two years"
extract_date = 2025-06-30

[arms]
levels = ["control", "rj"]
reference = "control"
comparison_type = "rct_control"
tier = "5"

[[recidivism]]
name = "rearrest"
event = "rearrest"
clock = "random_date"
windows_days = [365]
reporting_lag_days = 0
durations_given = true

[exports.follow_up]
file = "rows.csv"

[exports.follow_up.columns]
person_id = "id"
arm = "arm"
time_days = "days"
exit_reason = "exit"

[exports.follow_up.constants]
observable_days = "365"
"""
CELLS = (
    "import rjeval as rj\n"
    "design = rj.read_design()\n"
    'exports = rj.load_exports(design.root / "data/processed", design=design)\n'
    "cohort = rj.select_cohort(exports, design=design)\n"
    "outcome = rj.measure_time_to_event(cohort, exports, design=design)\n"
    "rule = design.disclosure\n"
    "rj.tabulate_flow(rj.release(rj.trace_flow(cohort), rule=rule))",
    'rates = rj.fixed_window_rates(outcome, by="arm", at_days=[365])\n'
    "rj.tabulate_rates(rj.release(rates, rule=rule))",
)


def rows(folder: Path, **people: tuple[int, int]) -> None:
    """Write the export: people and, of these, people with a new arrest, by arm."""
    lines = ["id,arm,days,exit"]
    for arm, (size, events) in people.items():
        for number in range(size):
            event = number < events
            day, reason = (
                (30 + 7 * (number % 40), "reoffence") if event else (365, "end_of_follow_up")
            )
            lines.append(f"{arm}-{number:05},{arm},{day},{reason}")
    (folder / "data" / "raw" / "rows.csv").write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """A study whose first report is out."""
    folder = tmp_path_factory.mktemp("two-years")
    (folder / "data" / "raw").mkdir(parents=True)
    (folder / "study.toml").write_text(STUDY)
    (folder / "notebooks").mkdir()
    notebook = {
        "cells": [
            {"cell_type": "code", "metadata": {}, "source": one, "outputs": []} for one in CELLS
        ],
        "metadata": {"rjeval": {"title": "Rates", "order": 1}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (folder / "notebooks" / "01_rates.ipynb").write_text(json.dumps(notebook))
    rows(folder, control=(100, 30), rj=(120, 25))
    assert main(["report", str(folder)]) == 0
    return folder


def ledger(study: Path) -> Path:
    return study / "reports" / "releases.json"


def page(study: Path) -> str:
    (one,) = (study / "reports").rglob("annual_report.html")
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", one.read_text())).split())


def standing(study: Path) -> dict[str, bytes]:
    return {
        str(one.relative_to(study)): one.read_bytes()
        for one in (study / "reports").rglob("*")
        if one.is_file()
    }


def test_a_report_is_entered_once_however_often_it_is_made(published) -> None:
    before = ledger(published).read_bytes()
    assert main(["report", str(published)]) == 0
    assert main(["report", str(published), "--again"]) == 0
    assert ledger(published).read_bytes() == before
    (entry,) = read_ledger(ledger(published))
    assert entry["document"] == "annual"
    assert entry["as_of"] == "2025-06-30"
    values = {cell["value"] for cell in entry["cells"]}
    assert {220.0, 100.0, 30.0, 120.0, 25.0} <= values


def test_three_more_people_stop_the_report_and_change_nothing(published, capsys) -> None:
    before = standing(published)
    rows(published, control=(100, 30), rj=(123, 28))
    assert main(["report", str(published)]) == DISCLOSURE
    said = capsys.readouterr().err
    assert "fewer than 11 people came or left since the report of 2025-06-30" in said
    assert not set(re.findall(r"\d+", said.replace("2025-06-30", ""))) - {"11"}
    assert standing(published) == before


def test_a_few_more_in_one_arm_are_hidden_and_many_in_the_other_are_shown(published) -> None:
    rows(published, control=(180, 60), rj=(123, 28))
    assert main(["report", str(published)]) == 0
    said = page(published)
    assert re.search(r"Control 365 180 60 33%", said)
    assert re.search(
        r"Restorative justice 365 – – not shown: changed by fewer than 11 since an earlier", said
    )
    assert re.search(r"Referrals assessed 305 – –", said)  # an arm would follow from the other
    first, second = read_ledger(ledger(published))
    assert first["data"] != second["data"]


def test_where_the_report_cannot_be_put_in_place_nothing_is_entered(published, monkeypatch) -> None:
    def refuse(fresh: Path, folder: Path) -> None:
        raise OSError(28, "No space left on device")

    before = standing(published)
    rows(published, control=(400, 150), rj=(500, 190))
    monkeypatch.setattr("rjeval.report.placing._swap", refuse)
    assert main(["report", str(published)]) != 0
    assert standing(published) == before
