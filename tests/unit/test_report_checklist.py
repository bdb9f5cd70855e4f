"""The checklist says what the run made: there, not collected, not given, or taken out."""

from __future__ import annotations

import json
from pathlib import Path

from rjeval.design.study import StudyDesign
from rjeval.report.blocks import Table
from rjeval.report.checklist_places import SECTIONS, fill_checklist, sections_of
from rjeval.report.document import CHECKLIST_MIME, assemble_document
from rjeval.report.execution import ExecutedCell, ExecutedNotebook
from rjeval.report.kernel import Display
from rjeval.report.notebook import Cell, Notebook, read_notebooks
from rjeval.tables.checklist import CONSORT, RECORD, STROBE, tabulate_checklist

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
DESIGN = StudyDesign(title="Valley", root=Path(), limits=("Few people.",))


def cell(source: str, **state: object) -> ExecutedCell:
    kind = "markdown" if source.startswith("#") else "code"
    one = Cell(kind=kind, source=source, number=1, requires=())
    return ExecutedCell(cell=one, **state)


def notebook(name: str, kind: str, *cells: ExecutedCell) -> ExecutedNotebook:
    book = Notebook(
        path=Path(name),
        cells=tuple(one.cell for one in cells),
        order=1.0,
        kinds=(kind,),
        digest="",
    )
    return ExecutedNotebook(notebook=book, cells=cells, seconds=0.0)


def rows(*cells: ExecutedCell) -> dict[str, str]:
    """Filled checklist of a run whose annual evaluation has these cells."""
    table = tabulate_checklist(DESIGN)
    displays = (Display(data=table._repr_mimebundle_(), metadata={}),)
    methods = notebook("m.ipynb", "methods", cell("# Checklist"), cell("c()", displays=displays))
    annual = notebook("a.ipynb", "annual", *cells)
    books = {"annual": [annual.notebook], "methods": [methods.notebook]}
    sections = sections_of(books, [annual, methods], design=DESIGN)
    document = assemble_document([methods], design=DESIGN, kind="methods")
    (filled,) = [one for one in fill_checklist(document, sections).blocks if isinstance(one, Table)]
    found = {}
    for row in filled.html.split("<tr>")[2:]:
        number = row.split("</th>")[0].rpartition(">")[2]
        found[number] = row.rpartition("</td>")[0].rpartition(">")[2]
    return found


FLOW = "## From referral to the cohort"


def test_a_section_that_was_made_is_named_as_it_is():
    assert rows(cell("# Summary"), cell("## Limits"))["18"] == "Annual evaluation: Summary"
    assert rows(cell("## Limits"))["19"] == "Annual evaluation: Limits"


def test_a_section_without_data_says_so():
    missing = cell(FLOW), cell("flow()", not_collected="no export of referrals was provided")
    assert rows(*missing)["13"] == (
        "Annual evaluation: From referral to the cohort (not collected: no export of referrals was "
        "provided)"
    )


def test_a_section_whose_numbers_were_refused_says_why():
    refused = cell(FLOW), cell("flow()", not_given="There is nobody in the follow-up data.")
    assert rows(*refused)["13"].endswith("(not given: There is nobody in the follow-up data)")


def test_a_section_that_the_researcher_took_out_is_not_claimed():
    assert rows(cell("# Summary"))["13"].endswith(
        "(taken out of the study&#x27;s notebooks, or renamed)"
    )


def test_what_only_the_programme_can_write_stays_with_it():
    assert rows(cell("# Summary"))["2"] == "the programme writes this"


def test_each_section_that_the_checklist_follows_is_in_a_shipped_notebook():
    headings = {
        one.source.partition("\n")[0].lstrip("# ")
        for kind in ("annual", "methods", "factsheet")
        for book in read_notebooks(NOTEBOOKS, kind=kind)
        for one in book.cells
        if one.kind == "markdown" and one.source.startswith("#")
    }
    assert headings >= SECTIONS
    named = "; ".join(one.where for one in (*STROBE, *RECORD, *CONSORT))
    for heading in headings:
        if f": {heading};" in f"{named};":
            assert heading in SECTIONS, heading


def test_the_table_hands_over_its_places_row_by_row():
    table = tabulate_checklist(DESIGN)
    handed = json.loads(table._repr_mimebundle_()[CHECKLIST_MIME])
    assert len(handed) == len(table.rows)
    assert all(
        bool(place) is (row[2] != "the programme writes this")
        for place, row in zip(handed, table.rows, strict=True)
    )
