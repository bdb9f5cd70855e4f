"""A programme's own Word template: its styles, page, header and footer, and ours where it lacks."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import Inches, Mm, Pt, RGBColor

from rjeval.errors import ReportError
from rjeval.report.document import Document, Note, Prose, Table, Tiles
from rjeval.report.docx import write_docx

BLOCKS = (
    Prose(html='<h2 id="a">Chapter</h2><p>Some words.</p>'),
    Tiles(html='<ul class="rj-tiles"><li><span>Share</span> <strong>12.5%</strong></li></ul>'),
    Table(
        html="<table><thead><tr><th>Arm</th><th>n</th></tr></thead>"
        "<tbody><tr><td>A</td><td>20</td></tr></tbody></table>",
        caption="<strong>Table 1.</strong> People",
        notes="<p>Rounded.</p>",
    ),
    Note(text="Not collected: costs."),
)


def document(*, synthetic: bool = False) -> Document:
    return Document(
        title="Valley",
        subtitle="Annual evaluation",
        facts=(("Programme", "Valley"),),
        author="",
        date="",
        synthetic=synthetic,
        blocks=BLOCKS,
    )


@pytest.fixture
def template(tmp_path) -> Path:
    own = docx.Document()
    own.styles["Heading 1"].font.color.rgb = RGBColor(0xAA, 0x00, 0x11)
    own.styles["Heading 1"].font.size = Pt(31)
    own.styles.add_style("Notes", WD_STYLE_TYPE.PARAGRAPH).font.italic = True
    own.sections[0].page_width, own.sections[0].page_height = Inches(8.5), Inches(11)
    own.sections[0].header.paragraphs[0].text = "Valley Restorative Justice"
    own.save(str(tmp_path / "own.docx"))
    return tmp_path / "own.docx"


def written(folder: Path, **given) -> docx.document.Document:
    write_docx(document(), folder / "report.docx", scratch=folder, made="Made", **given)
    return docx.Document(str(folder / "report.docx"))


def test_styles_page_and_header_are_those_of_the_template(template, tmp_path):
    word = written(tmp_path, template=template)
    heading = next(one for one in word.paragraphs if one.text == "Chapter")
    assert heading.style.name == "Heading 1"
    assert heading.style.font.color.rgb == RGBColor(0xAA, 0x00, 0x11)
    assert heading.style.font.size == Pt(31)
    assert word.sections[0].page_width == Inches(8.5)
    assert word.sections[0].header.paragraphs[0].text == "Valley Restorative Justice"


def test_a_style_of_ours_that_the_template_has_stays_the_templates(template, tmp_path):
    word = written(tmp_path, template=template)
    note = next(one for one in word.paragraphs if one.text == "Rounded.")
    assert note.style.name == "Notes"
    assert note.style.font.italic


def test_styles_that_the_template_lacks_are_added(template, tmp_path):
    word = written(tmp_path, template=template)
    caption = next(one for one in word.paragraphs if one.text.startswith("Table 1."))
    assert caption.style.name == "Table Caption"
    assert word.styles["Missing"].font.italic


def test_without_a_template_page_and_header_are_ours(tmp_path):
    word = written(tmp_path)
    assert word.sections[0].page_width == pytest.approx(Mm(210), abs=Mm(1))
    assert word.sections[0].header.paragraphs[0].text == "Valley"


def test_tiles_are_cells_of_a_table_in_word(tmp_path):
    tiles = written(tmp_path).tables[0]
    assert tiles.rows[0].cells[0].text.split() == ["Share", "12.5%"]


def test_a_template_that_is_no_word_file_is_refused(tmp_path):
    (tmp_path / "own.docx").write_bytes(b"no zip")
    with pytest.raises(ReportError, match=r"own\.docx is not a Word file"):
        written(tmp_path, template=tmp_path / "own.docx")
