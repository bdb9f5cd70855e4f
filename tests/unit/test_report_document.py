"""The document: what may stand in it, numbered captions, one self-contained page."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from rjeval.design.study import StudyDesign
from rjeval.errors import ReportError
from rjeval.report.blocks import SYNTHETIC, Figure, Note, Table
from rjeval.report.document import assemble_document
from rjeval.report.execution import ExecutedCell, ExecutedNotebook
from rjeval.report.html import render_html
from rjeval.report.kernel import Display
from rjeval.report.left_out import with_notes
from rjeval.report.markup import column_shares
from rjeval.report.notebook import Cell, Notebook
from rjeval.report.pandoc import prose_to_html
from rjeval.report.pdf import write_pdf
from rjeval.report.repeated_notes import tell_notes_once

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'
WORDS = {"alt": 'Two bars, 3 & 4, "equal"', "caption": "Two bars < three."}
TABLE = (
    '<table class="rj">\n<caption>Rates &amp; counts</caption>\n'
    "<thead><tr><th>Arm</th></tr></thead><tbody><tr><td>5</td></tr></tbody></table>\n"
    "<p class='rj-note'>Rounded.</p>"
)
DESIGN = StudyDesign(title="Valley & Hill", root=Path(), synthetic=True, programme="P")


def figure(**changes: object) -> Display:
    data = {"image/svg+xml": SVG, "image/png": base64.b64encode(b"png").decode()}
    metadata = {"image/svg+xml": WORDS}
    return Display(**{"data": data, "metadata": metadata} | changes)


def html_output(text: str) -> Display:
    return Display(data={"text/html": text}, metadata={})


def executed(*cells: tuple, order: float = 1, name: str = "01_a.ipynb") -> ExecutedNotebook:
    """A notebook as executed, from (source or displays or reason) cells."""
    done = []
    for number, (kind, content) in enumerate(cells, start=1):
        cell = Cell(
            kind="markdown" if kind == "prose" else "code",
            source=content if kind == "prose" else "code",
            number=number,
            requires=(),
        )
        displays = tuple(content) if kind == "shown" else ()
        reason = content if kind == "missing" else ""
        refused = content if kind in ("refused", "follows") else ""
        done.append(
            ExecutedCell(
                cell=cell,
                displays=displays,
                not_collected=reason or (content if kind == "inapplicable" else ""),
                applies=kind != "inapplicable",
                not_given=refused,
                follows=kind == "follows",
            )
        )
    read = Notebook(path=Path(name), cells=(), order=order, kinds=("annual",), digest="")
    return ExecutedNotebook(notebook=read, cells=tuple(done), seconds=0)


def assemble(*notebooks: ExecutedNotebook):
    return assemble_document(notebooks, design=DESIGN, kind="annual")


def test_captions_are_numbered_in_reading_order():
    late = executed(("shown", [html_output(TABLE), figure()]), order=2, name="01_late.ipynb")
    first = executed(("shown", [html_output(TABLE)]), order=0, name="05_summary.ipynb")
    document = assemble(late, first)
    captions = [block.caption for block in document.blocks if isinstance(block, Table)]
    assert captions == [
        "<strong>Table 1.</strong> Rates &amp; counts",
        "<strong>Table 2.</strong> Rates &amp; counts",
    ]
    (drawn,) = document.figures
    assert drawn.number == 1
    assert drawn.caption == "<strong>Figure 1.</strong> Two bars &lt; three."


def test_consecutive_missing_parts_merge_into_one_sentence():
    document = assemble(
        executed(
            ("missing", "no sessions"),
            ("missing", "no sessions"),
            ("missing", "no survey"),
            ("prose", "Words."),
            ("missing", "no costs"),
        )
    )
    notes = [block.text for block in document.blocks if isinstance(block, Note)]
    assert notes == ["Not collected: no sessions; no survey.", "Not collected: no costs."]


def test_what_does_not_apply_is_not_called_uncollected():
    document = assemble(executed(("inapplicable", "one group"), ("missing", "no survey")))
    notes = [block.text for block in document.blocks if isinstance(block, Note)]
    assert notes == ["Not collected: no survey.", "Does not apply: one group."]


def test_a_refused_estimate_leaves_one_sentence_and_no_words_that_lead_nowhere():
    document = assemble(
        executed(
            ("prose", "# Chapter"),
            ("prose", "## Rates"),
            ("refused", "Too few people."),
            ("prose", "In words:"),
            ("follows", "Too few people."),
            ("prose", "## Difference"),
            ("follows", "Too few people."),
            ("prose", "## Curve"),
            ("prose", "The same as a table."),
            ("follows", "Too few people."),
            ("prose", "The curve:"),
            ("shown", [html_output(TABLE)]),
        )
    )
    texts = [re.sub(r"<[^>]+>", "", getattr(one, "html", "")) for one in document.blocks]
    assert texts[:2] == ["Chapter", "Rates"]
    assert document.blocks[2] == Note(text="Not given: Too few people.")
    assert texts[3:5] == ["Curve", "The curve:"]
    assert isinstance(document.blocks[5], Table)
    assert len(document.blocks) == 6


REFUSED = [
    ("a data frame", html_output('<table class="dataframe"><caption>x</caption></table>')),
    ("a table without caption", html_output('<table class="rj"><tr><td>1</td></tr></table>')),
    ("a repr of people", html_output("<table><caption>Cohort</caption></table>")),
    ("a plain picture", Display(data={"image/png": "aaaa"}, metadata={})),
    ("a figure without words", figure(metadata={})),
    ("a figure without alt", figure(metadata={"image/svg+xml": {"caption": "x", "alt": " "}})),
]


@pytest.mark.parametrize("display", [d for _, d in REFUSED], ids=[n for n, _ in REFUSED])
def test_only_rjevals_own_tables_and_figures_get_in(display):
    with pytest.raises(ReportError, match=r"01_a\.ipynb, code cell 1: shows a"):
        assemble(executed(("shown", [display])))


def test_an_image_from_elsewhere_in_prose_is_refused():
    with pytest.raises(ReportError, match="outside the report"):
        assemble(executed(("prose", "![logo](https://example.org/logo.png)")))


def test_raw_html_in_prose_is_text():
    (block,) = assemble(executed(("prose", '<script src="x.js"></script>'))).blocks
    assert "<script" not in block.html


@pytest.mark.parametrize("opened", ["```", "::: note", "> quote", "- item", "---\na: 1", "<div>"])
def test_what_a_cell_leaves_open_ends_with_the_cell(opened):
    first, second = prose_to_html([f"{opened}\nopen", "after"])
    assert second == "<p>after</p>"
    assert first.count("<div") == first.count("</div")


def test_the_word_between_two_cells_is_refused():
    with pytest.raises(ReportError, match="keeps for itself"):
        prose_to_html(["one", "rjevalbetweenblocks"])


def test_text_reprs_are_left_out():
    shown = [Display(data={"text/plain": "Cohort(assessed=3)"}, metadata={})]
    assert assemble(executed(("shown", shown))).blocks == ()


@pytest.fixture
def page() -> str:
    return render_html(
        assemble(
            executed(
                ("prose", "# Chapter\n\nText with a [link](https://example.org).\n\n## Part"),
                ("shown", [html_output(TABLE), figure()]),
                ("missing", "no survey"),
            )
        )
    )


def test_the_page_fetches_nothing(page):
    for found in re.findall(r'(?:src|srcset|poster|data|action)="([^"]*)"', page):
        assert found.startswith("data:")
    assert not re.search(r"<link|@import|url\(|fetch\(|XMLHttpRequest|<iframe", page)


def test_the_page_has_language_title_contents_and_label(page):
    assert '<html lang="en-GB">' in page
    assert "<title>Valley &amp; Hill: Annual evaluation</title>" in page
    assert SYNTHETIC in page
    assert '<li class="level-2"><a href="#chapter">Chapter</a></li>' in page
    assert '<h2 id="chapter">' in page


def test_each_figure_and_table_of_the_page_is_described(page):
    assert 'alt="Two bars, 3 &amp; 4, &quot;equal&quot;"' in page
    assert "<figcaption><strong>Figure 1.</strong>" in page
    assert "<caption><span><strong>Table 1.</strong>" in page
    assert "Not collected: no survey." in page


def test_a_document_of_real_data_bears_no_synthetic_label():
    from dataclasses import replace

    plain = replace(DESIGN, synthetic=False)
    document = assemble_document([executed(("prose", "x"))], design=plain, kind="annual")
    assert "SYNTHETIC" not in render_html(document)
    assert document.running_title == "Valley & Hill"


def test_columns_of_a_word_table_share_the_whole_width():
    table = (
        "<tr><th>Characteristic</th><th>n</th><th>Share</th></tr><tr><td>a b</td><td>1</td></tr>"
    )
    shares = column_shares(table)
    assert sum(shares) == pytest.approx(100, abs=2)
    assert shares == sorted(shares, reverse=True) or shares[0] == max(shares)


def test_a_figure_stands_between_its_words_with_the_sentence_that_leads_to_it(tmp_path):
    tall = SVG.replace("<svg ", '<svg width="400" height="420" viewBox="0 0 400 420" ')
    drawn = Display(data=figure().data | {"image/svg+xml": tall}, metadata=figure().metadata)
    document = assemble(
        executed(
            ("prose", "# One\n\n" + "Before the figure.\n\n" * 20 + "It leads to the figure."),
            ("shown", [drawn]),
            ("prose", "After the figure. " * 30),
            ("prose", "# Two"),
        )
    )
    (tmp_path / "figure-1.svg").write_text(tall, encoding="utf-8")
    write_pdf(document, tmp_path / "a.pdf", scratch=tmp_path, made="rjeval")
    first, second = [page.extract_text() for page in PdfReader(tmp_path / "a.pdf").pages]
    assert "Before the figure." in first
    assert "leads" not in first
    told = [second.index(one) for one in ("It leads", "Two bars < three.", "After the figure.")]
    assert told == sorted(told)


def test_a_note_of_many_tables_is_told_once_and_then_by_its_letter():
    long = "The share of people whose records were checked differs between the arms of the study."
    noted = TABLE.replace("<p class='rj-note'>Rounded.</p>", f'<p class="rj-note">{long}</p>')
    document = assemble(executed(*[("shown", [html_output(noted)])] * 3))
    first, *later = [one.notes for one in tell_notes_once(document).blocks]
    assert first == f'<p class="rj-note"><sup>a</sup> {long}</p>'
    told = '<p class="rj-note">Notes of earlier tables that hold here too: a (Table 1).</p>'
    assert later == [told, told]
    two = assemble(executed(*[("shown", [html_output(noted)])] * 2))
    assert tell_notes_once(two) == two


def test_a_figure_keeps_its_bytes():
    (drawn,) = assemble(executed(("shown", [figure()]))).figures
    assert isinstance(drawn, Figure)
    assert (drawn.svg, drawn.png, drawn.alt) == (SVG, b"png", WORDS["alt"])


def left_out(kind: str, source: str, reason: str, *, applies: bool = False) -> ExecutedCell:
    cell = Cell(kind=kind, source=source, number=1, requires=())
    return ExecutedCell(cell=cell, not_collected=reason, applies=applies)


def shown(source: str) -> ExecutedCell:
    kind = "markdown" if source.startswith("#") or source.endswith(".") else "code"
    cell = Cell(kind=kind, source=source, number=1, requires=())
    return ExecutedCell(cell=cell, displays=(html_output(TABLE),) if kind == "code" else ())


def told(*cells: ExecutedCell) -> list[str]:
    found = with_notes(cells, spoken=str)
    return [one.text if isinstance(one, Note) else one.cell.source for one in found]


def test_nothing_is_said_of_a_part_that_does_not_apply_where_the_section_shows_others():
    assert told(
        shown("## Who they were"),
        left_out("markdown", "The difference.", "one group"),
        shown("table()"),
        left_out("code", "figure()", "one group"),
        shown("## Next"),
    ) == ["## Who they were", "table()", "## Next"]


def test_sections_left_out_with_their_heading_are_named_at_the_end_of_the_chapter():
    assert told(
        shown("# One"),
        left_out("markdown", "## Difference\n\nBetween arms.", "one group"),
        left_out("code", "gap()", "one group"),
        left_out("markdown", "## Costs", "no export of costs", applies=True),
        left_out("code", "costs()", "no export of costs", applies=True),
        left_out("markdown", "## Subgroups", "one group"),
        left_out("code", "groups()", "one group"),
        shown("## Kept"),
        shown("table()"),
        shown("# Two"),
    ) == [
        "# One",
        "## Kept",
        "table()",
        "Not collected: no export of costs (left out here: Costs).",
        "Does not apply: one group (left out here: Difference; Subgroups).",
        "# Two",
    ]


def test_a_chapter_without_data_says_so_once():
    assert told(
        shown("# Surveys"),
        left_out("code", "load()", "no survey", applies=True),
        left_out("markdown", "## Who answered", "no survey", applies=True),
        left_out("code", "answered()", "no survey", applies=True),
    ) == ["# Surveys", "Not collected: no survey."]


def test_nothing_is_said_of_what_another_cell_shows_without():
    def needs(one: ExecutedCell, word: str) -> ExecutedCell:
        return replace(one, cell=replace(one.cell, requires=(word,)))

    assert told(
        shown("## Flow"),
        needs(shown("flow()"), "without:recidivism"),
        needs(left_out("code", "longer_flow()", "no measure", applies=True), "recidivism"),
        shown("table()"),
    ) == ["## Flow", "flow()", "table()"]


def test_a_section_that_keeps_its_heading_says_there_why_it_is_empty():
    assert told(
        shown("## Sessions"),
        left_out("markdown", "How they met.", "no sessions", applies=True),
        left_out("code", "sessions()", "no sessions", applies=True),
        shown("## Next"),
    ) == ["## Sessions", "Not collected: no sessions.", "## Next"]
