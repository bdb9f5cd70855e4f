"""What was refused of the outcomes stands beside a report's limits, in counts that may be shown."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import rjeval as rj
from rjeval.design import DisclosureRule, StudyDesign
from rjeval.ingest.blocks import TOLERATED
from rjeval.results import DataQuality

RULE = DisclosureRule()
DESIGN = StudyDesign(title="A study", root=Path())
COLUMNS = ["rule", "severity", "table", "column", "n_failed", "n_rows", "reason", "blocks"]


@pytest.fixture
def said():
    """Sentences on an account {table: (read, refused)} and on rows that were left unread."""

    def of(rows, unread=()):
        frame = pd.DataFrame(
            [(name, n, n - k, k, 0, 0) for name, (n, k) in rows.items()],
            columns=[
                "table",
                "n_read",
                "n_accepted",
                "n_quarantined",
                "n_duplicates",
                "n_filtered",
            ],
        )
        rules = pd.DataFrame(
            [("V08", "E", *where, k, n, "Why.", TOLERATED) for where, k, n in unread],
            columns=COLUMNS,
        )
        ledger = pd.DataFrame(columns=["table", "column", "rule", "detail", "n_rows"])
        quality = DataQuality(frame=frame, rules=rules, ledger=ledger)
        return rj.claims(rj.release(quality, rule=RULE), design=DESIGN).sentences

    return of


def test_refused_rows_of_outcomes_are_counted_and_others_are_not_named(said):
    (one,) = said({"followup_event": (1000, 40), "person": (500, 50)})
    assert one.startswith("40 of 1,000 follow-up rows (events in the records) were refused")


def test_a_small_number_is_bounded(said):
    (one,) = said({"survey_response": (1000, 4)})
    assert one.startswith("Fewer than 11 of 1,000 survey answers were refused")


def test_rows_that_a_study_goes_on_without_are_said_to_shift_rates(said):
    refused, unread = said(
        {"followup_event": (1000, 30)}, [(("followup_event", "disposition"), 30, 1000)]
    )
    assert refused.startswith("30 of 1,000")
    assert "followup_event.disposition" in unread
    assert "30 rows" in unread
    assert "rates may be too low or too high" in unread


def test_nothing_refused_is_said_too(said):
    assert said({"followup_event": (1000, 0)}) == (
        "No row of follow-up and no survey answer was refused.",
    )


def test_the_summary_of_every_report_says_it(root):
    notebook = (root / "notebooks" / "05_summary.ipynb").read_text(encoding="utf-8")
    assert "rj.claims(quality, design=design)" in notebook
