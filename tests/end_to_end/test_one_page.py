"""The fact sheet is one page, as PDF and as a Word file, in English and in Spanish."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import docx
import pypdf
import pytest
from docx.enum.section import WD_SECTION
from docx.shared import Cm

from rjeval.cli.main import main
from rjeval.language import spoken, use_language


@pytest.fixture(scope="module", params=["en", "es"])
def sheet(request, study, report, tmp_path_factory) -> Path:
    """Folder of the fact sheet in one language."""
    if request.param == "en":
        return report
    folder = tmp_path_factory.mktemp("sheet") / "study"
    shutil.copytree(study, folder, ignore=shutil.ignore_patterns("reports"))
    design = folder / "study.toml"
    told = f'[report]\nlanguage = "{request.param}"\n\n[disclosure]'
    text = design.read_text(encoding="utf-8").replace("[disclosure]", told, 1)
    design.write_text(text, encoding="utf-8")
    before = spoken()
    try:
        assert main(["report", str(folder), "--kind", "factsheet"]) == 0
    finally:
        use_language(before)
    (manifest,) = (folder / "reports").rglob("manifest.json")
    return manifest.parent


def test_the_pdf_is_one_page(sheet):
    assert len(pypdf.PdfReader(sheet / "fact_sheet.pdf").pages) == 1


def test_the_word_file_has_a_head_and_two_columns_below(sheet):
    word = docx.Document(str(sheet / "fact_sheet.docx"))
    assert [one.start_type for one in word.sections] == [WD_SECTION.NEW_PAGE, WD_SECTION.CONTINUOUS]
    assert word.sections[-1]._sectPr.xpath("./w:cols/@w:num") == ["2"]
    assert all(Cm(6) < one.width < Cm(9) for one in word.inline_shapes)


def test_a_word_processor_sets_the_word_file_on_one_page(sheet, tmp_path):
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is not installed, so no word processor set the Word file")
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    options = ["--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    command = [program, profile, *options, str(sheet / "fact_sheet.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert len(pypdf.PdfReader(tmp_path / "fact_sheet.pdf").pages) == 1
