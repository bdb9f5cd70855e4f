"""Building a report: whole or not at all, hashed, in three forms that say what they are."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pypdf
import pytest

import rjeval as rj
from rjeval.errors import DisclosureError, ReportError
from rjeval.report.build import make_report

STUDY = """
[study]
title = "Valley & Hill: a test"
programme = "Valley"
author = "A. Author"
synthetic = true
extract_date = 2024-06-30
[exports.person]
file = "people.csv"
"""
FIGURE = """
class Drawing:
    def _repr_mimebundle_(self, **_):
        space = "http://www.w3.org/2000/svg"
        svg = f"<svg xmlns='{space}' width='40' height='20'><rect width='9' height='9'/></svg>"
        png = (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
            "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        )
        words = {"alt": "One square.", "caption": "A square & more."}
        return {"image/svg+xml": svg, "image/png": png}, {"image/svg+xml": words}
Drawing()
"""
TABLE = """
class Table:
    def _repr_html_(self):
        head = "<thead><tr><th>Arm</th><th>n</th></tr></thead>"
        rows = "".join(f"<tr><td>Arm {i}</td><td>{i}</td></tr>" for i in range(90))
        return f'<table class="rj"><caption>Many rows</caption>{head}<tbody>{rows}</tbody></table>'
Table()
"""


def write_notebook(folder: Path, *sources: str, name: str = "01_only") -> None:
    cells = [{"cell_type": "markdown", "metadata": {}, "source": "# Chapter\n\nSome *words*."}]
    cells += [{"cell_type": "code", "metadata": {}, "source": one} for one in sources]
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "notebooks").mkdir(parents=True, exist_ok=True)
    text = json.dumps(content).replace(r"\.\.", r"\.")
    (folder / "notebooks" / f"{name}.ipynb").write_text(text, encoding="utf-8")


@pytest.fixture
def study(tmp_path):
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    write_notebook(folder, TABLE, FIGURE)
    return make_report(rj.read_design(folder))


def test_the_report_lies_under_study_and_extract_date(made):
    assert made.folder.parts[-3:] == ("reports", "valley-hill-a-test", "2024-06-30")
    names = [path.name for path in made.files]
    assert names == [
        "annual_report.docx",
        "annual_report.html",
        "annual_report.json",
        "annual_report.pdf",
        "manifest.json",
    ]


def test_the_manifest_holds_hashes_versions_rule_and_seed(made):
    manifest = json.loads((made.folder / "manifest.json").read_text(encoding="utf-8"))
    page = (made.folder / "annual_report.html").read_bytes()
    document = manifest["documents"]["annual"]
    assert document["outputs"]["annual_report.html"] == hashlib.sha256(page).hexdigest()
    assert manifest["disclosure"]["profile"] == "public_strict"
    assert manifest["seed"] == 1
    assert set(document["notebooks"]) == {"01_only.ipynb"}
    assert {"python", "rjeval", "typst", "matplotlib"} <= set(manifest["versions"])
    assert str(made.folder.parent.parent.parent) not in json.dumps(manifest)


def test_the_pdf_has_title_language_bookmarks_numbers_and_repeated_headers(made):
    pdf = pypdf.PdfReader(made.folder / "annual_report.pdf")
    assert pdf.metadata.title == "Valley & Hill: a test: Annual evaluation"
    assert pdf.metadata.author == "A. Author"
    assert pdf.trailer["/Root"]["/Lang"] == "en-GB"
    assert [mark.title for mark in pdf.outline] == ["Chapter", "Numbers that are not shown"]
    pages = [page.extract_text() for page in pdf.pages]
    assert len(pages) >= 2
    for number, text in enumerate(pages, start=1):
        assert "SYNTHETIC DATA" in text
        assert f"{number} / {len(pages)}" in text
    tables = [text for text in pages if "Arm 1" in text or "Arm 89" in text]
    assert len(tables) >= 2
    assert all("Arm n" in text.replace("\n", " ") for text in tables)


def test_every_font_of_the_pdf_is_embedded(made):
    pdf = pypdf.PdfReader(made.folder / "annual_report.pdf")
    embedded, other = set(), set()
    for page in pdf.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = inner["/FontDescriptor"].get_object()
            has_file = {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)
            (embedded if has_file else other).add(inner["/BaseFont"])
    assert embedded
    assert not other


def test_the_word_file_has_real_styles_captions_alt_text_and_running_lines(made):
    import docx

    file = made.folder / "annual_report.docx"
    document = docx.Document(str(file))
    styles = {paragraph.style.name for paragraph in document.paragraphs}
    assert {"Title", "Subtitle", "Heading 1", "Table Caption", "Image Caption"} <= styles
    assert document.core_properties.title == "Valley & Hill: a test"
    header = document.sections[0].header.paragraphs[0].text
    assert header == "Valley & Hill: a test · SYNTHETIC DATA"
    with zipfile.ZipFile(file) as parts:
        words = parts.read("word/document.xml").decode()
        assert 'descr="One square."' in words
        assert "w:tblHeader" in words
        assert " PAGE " in parts.read("word/footer1.xml").decode()
    assert len(document.inline_shapes) == 1


def test_a_failing_cell_leaves_the_earlier_report_and_nothing_else(study):
    write_notebook(study, "1 + 1")
    design = rj.read_design(study)
    first = make_report(design)
    before = {path.name: path.read_bytes() for path in first.files}
    write_notebook(study, "1 / 0")
    with pytest.raises(ReportError, match=r"01_only\.ipynb, code cell 1: the cell raised Zero"):
        make_report(design)
    assert {path.name: path.read_bytes() for path in first.folder.iterdir()} == before
    assert [path.name for path in first.folder.parent.iterdir()] == ["2024-06-30"]


def test_the_same_study_gives_the_same_bytes(study):
    write_notebook(study, TABLE, FIGURE)
    design = rj.read_design(study)
    pages = []
    for out in ("one", "two"):
        done = make_report(design, out=study / out)
        pages.append((done.folder / "annual_report.html").read_bytes())
    assert pages[0] == pages[1]


def test_a_killed_run_leaves_the_earlier_report(study):
    write_notebook(study, "1 + 1")
    first = make_report(rj.read_design(study))
    before = {path.name: path.read_bytes() for path in first.files}
    write_notebook(study, "open('started', 'w').close()\nimport time; time.sleep(600)")
    code = (
        "import rjeval as rj; from rjeval.report.build import make_report; "
        "make_report(rj.read_design())"
    )
    run = subprocess.Popen([sys.executable, "-c", code], cwd=study)
    try:
        deadline = time.monotonic() + 60
        while not (study / "started").exists():
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()
    assert {path.name: path.read_bytes() for path in first.folder.iterdir()} == before


def test_a_read_only_place_is_one_sentence(study, monkeypatch):
    def refuse(parent: object) -> str:
        raise PermissionError(13, "Permission denied")

    write_notebook(study, "1")
    monkeypatch.setattr("rjeval.report.placing._fresh_folder", refuse)
    with pytest.raises(ReportError, match="cannot be written: Permission denied"):
        make_report(rj.read_design(study))


def test_a_report_that_fails_inspection_is_not_put_in_its_place(study):
    def refuse(folder: Path) -> None:
        assert (folder / "annual_report.html").is_file()
        raise DisclosureError("An id was found.")

    write_notebook(study, "1 + 1")
    with pytest.raises(DisclosureError):
        make_report(rj.read_design(study), inspect=refuse)
    assert [path for path in (study / "reports").rglob("*") if path.is_file()] == []


def test_unchanged_inputs_make_nothing_and_changed_notebooks_make_anew(study):
    write_notebook(study, "1 + 1")
    design = rj.read_design(study)
    assert make_report(design).made == ("annual",)
    assert make_report(design).made == ()
    assert make_report(design, again=True).made == ("annual",)
    write_notebook(study, "2 + 2")
    assert make_report(design).made == ("annual",)


def test_only_the_forms_asked_for_are_written_and_current_ones_are_kept(study):
    write_notebook(study, FIGURE)
    design = rj.read_design(study)

    def forms(report):
        return {path.suffix for path in report.files if path.stem == "annual_report"} - {".json"}

    page = make_report(design, formats=["html"])
    assert forms(page) == {".html"}
    alone = (page.folder / "annual_report.html").read_bytes()
    assert make_report(design, formats=["html"]).made == ()
    both = make_report(design, formats=["pdf"])
    assert (both.made, forms(both)) == (("annual",), {".html", ".pdf"})
    assert forms(make_report(design)) == {".html", ".pdf", ".docx"}
    assert (page.folder / "annual_report.html").read_bytes() == alone  # with and without pixels
    assert make_report(design, formats=["docx", "html"]).made == ()
    write_notebook(study, FIGURE, "1 + 1")
    assert forms(make_report(design, formats=["html"])) == {".html"}  # none is older than another
    for wrong in ([], ["odt"]):
        with pytest.raises(ReportError, match="formats"):
            make_report(design, formats=wrong)


def test_a_document_changed_by_hand_is_made_anew(study):
    write_notebook(study, "1 + 1")
    design = rj.read_design(study)
    first = make_report(design)
    (first.folder / "annual_report.html").write_text("changed", encoding="utf-8")
    assert make_report(design).made == ("annual",)


def test_a_run_killed_between_the_two_renames_is_mended(study):
    write_notebook(study, "1 + 1")
    design = rj.read_design(study)
    first = make_report(design)
    first.folder.rename(first.folder.with_name(".2024-06-30-earlier"))
    write_notebook(study, "1 / 0")
    with pytest.raises(ReportError):
        make_report(design)
    assert (first.folder / "annual_report.html").is_file()


def test_a_place_that_is_a_file_is_one_sentence(study):
    write_notebook(study, "1")
    (study / "taken").write_text("", encoding="utf-8")
    with pytest.raises(ReportError, match="cannot be written"):
        make_report(rj.read_design(study), out=study / "taken")
