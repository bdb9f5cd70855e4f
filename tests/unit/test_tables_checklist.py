"""The checklist: every item of STROBE once, filled where the study has it, open elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import rjeval as rj
from rjeval.design.objectives import Aims, Objective
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import ArmsDesign, StudyDesign
from rjeval.report.record import PrintedTable, Record
from rjeval.report.suppression_log import suppression_markup
from rjeval.tables.checklist import CONSORT, NOT_HERE, PROGRAMME, RECORD, STROBE

BARE = StudyDesign(title="Valley", root=Path())


def where(design: StudyDesign) -> dict[str, str]:
    return {row[0]: row[2] for row in rj.tabulate_checklist(design).rows}


def test_the_twenty_two_items_of_strobe_stand_there_once_and_in_order():
    assert [one.number for one in STROBE] == [str(number) for number in range(1, 23)]
    assert set(where(BARE)) == {one.number for one in (*STROBE, *RECORD)}


def test_what_only_the_programme_knows_is_left_to_it():
    found = where(BARE)
    for number in ("2", "20", "21", "22"):
        assert found[number] == PROGRAMME
    table = rj.tabulate_checklist(BARE)
    n_open = sum(row[2] == PROGRAMME for row in table.rows)
    assert f"Items in all: {len(table.rows)}; left to the programme: {n_open}." in table.caption


def test_items_fill_as_the_study_declares_more():
    assert where(BARE)["3"] == PROGRAMME
    assert where(BARE)["7"] == where(BARE)["16"] == NOT_HERE
    fuller = replace(
        BARE,
        recidivism=(RecidivismDefinition(),),
        arms=ArmsDesign(levels=("comparison", "rj")),
        aims=Aims(objectives=(Objective(measure="a", text="A", target=1),)),
    )
    found = where(fuller)
    assert found["7"].startswith("Methods: Definition")
    assert found["3"] == "Fact sheet: Objectives"
    assert "Difference between the arms" in found["16"]


def test_a_randomised_study_gets_the_items_of_consort_too():
    trial = replace(BARE, arms=ArmsDesign(comparison_type="rct_control"))
    assert {one.number for one in CONSORT} <= set(where(trial))
    assert "doi:10.1136/bmj.c332" in rj.tabulate_checklist(trial).source


def test_the_suppression_log_counts_small_cells_apart_from_dashes():
    shown = PrintedTable(
        title="Whole", definition="", columns=("Arm", "n"), rows=(("A", "20"), ("B", "30"))
    )
    hidden = replace(shown, title="Cut", rows=(("A", "<11"), ("B", "–"), ("C", "20")))
    words, table = suppression_markup(Record(measures=(), tables=(shown, hidden)))
    assert "Of 5 cells of tables, 1 are not shown because the count is small, and 1" in words
    assert '<th scope="row">2. Cut</th><td>3 cells</td><td>1 cell</td><td>1 cell</td>' in table
    assert "Whole" not in table
    assert suppression_markup(Record(measures=(), tables=(shown,)))[1] == ""
