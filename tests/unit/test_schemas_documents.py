"""The dictionary as documents: nothing left out, and a filled-in template reads back."""

from __future__ import annotations

import re

import openpyxl
import pytest

import rjeval as rj
from rjeval.errors import ExportError
from rjeval.schemas.dictionary import (
    dictionary_html,
    dictionary_markdown,
    template_exports,
    write_template,
)
from rjeval.schemas.tables import TABLES

STUDY = '[study]\ntitle = "From a template"\nwhy_no_recidivism = "A test."\n'


def test_markdown_names_every_table_column_and_value():
    text = dictionary_markdown()
    for table in TABLES.values():
        start = text.index(f"## `{table.name}`:")
        section = text[start:].split("\n## ")[0]
        for column in table.columns:
            (line,) = re.findall(rf"^\| `{column.name}` \|.*$", section, re.MULTILINE)
            assert column.title in line
            assert all(value in line for value in column.allowed)
            assert line.count("|") - line.count("\\|") == 7


def test_the_page_stands_alone_and_names_every_table():
    page = dictionary_html()
    assert not re.search(r"(src|href)=\"http", page)
    for name, table in TABLES.items():
        assert f'<section id="{name}">' in page
        assert f'<a href="#{name}">' in page
        for column in table.columns:
            assert f"<code>{column.name}</code>" in page


def test_the_template_has_headers_notes_and_drop_downs(tmp_path):
    write_template(tmp_path / "template.xlsx")
    book = openpyxl.load_workbook(tmp_path / "template.xlsx")
    assert book.sheetnames == ["read me", "values", *TABLES]
    assert book["values"].sheet_state == "hidden"
    for name, table in TABLES.items():
        sheet = book[name]
        assert [cell.value for cell in sheet[1]] == list(table.names)
        assert all(cell.comment for cell in sheet[1])
        wanted = sum(
            (bool(c.allowed) and c.kind == "category") or c.kind == "bool" for c in table.columns
        )
        assert len(sheet.data_validations.dataValidation) == wanted


def test_a_drop_down_offers_the_code_list(tmp_path):
    write_template(tmp_path / "template.xlsx", tables=("session",))
    book = openpyxl.load_workbook(tmp_path / "template.xlsx")
    table = TABLES["session"]
    for rule in book["session"].data_validations.dataValidation:
        letter = str(rule.sqref).split("2:")[0]
        name = book["session"][f"{letter}1"].value
        offered = [
            row[0].value for row in book["values"][rule.formula1.split("!")[1].replace("$", "")]
        ]
        column = table.column(name)
        assert offered == list(column.allowed or ("true", "false"))


def test_a_filled_in_template_is_read_by_its_own_map(tmp_path):
    tables = ("person", "session")
    raw = tmp_path / "raw"
    raw.mkdir()
    write_template(raw / "template.xlsx", tables=tables)
    book = openpyxl.load_workbook(raw / "template.xlsx")
    book["person"].append(["007", 2001, "woman", "Black;White"])
    book["session"].append(["S1", "C1", "conference", None, "2022-03-04", "held", "video"])
    book.save(raw / "template.xlsx")
    (tmp_path / "study.toml").write_text(STUDY + template_exports("template.xlsx", tables=tables))
    exports = rj.read_exports(raw, design=rj.read_design(tmp_path))
    assert exports.tables["person"]["person_id"].tolist() == ["007"]
    assert exports.tables["session"]["mode"].tolist() == ["video"]
    assert len(exports.quality[exports.quality["severity"] == "E"]) == 0


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path):
    with pytest.raises(ExportError, match=r"^template.xlsx cannot be written: No such file"):
        write_template(tmp_path / "nowhere" / "template.xlsx", tables=("person",))
