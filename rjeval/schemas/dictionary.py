"""The data dictionary for people: Markdown, HTML, and a template workbook to start from.

All three are written from the same entries that the checks use, so they cannot disagree.
"""

from __future__ import annotations

import html
import io
from pathlib import Path
from typing import TYPE_CHECKING

from rjeval.errors import ExportError
from rjeval.schemas.columns import Column, Table
from rjeval.schemas.tables import TABLES

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

HEADINGS = ("Column", "What it is", "Type", "Unit or values", "Wanted", "Privacy")
LEVEL_WORDS = {"R": "required", "C": "conditional", "O": "optional"}
PRIVACY_WORDS = {
    "-": "–",
    "Q": "quasi-identifier",
    "S": "sensitive",
    "QS": "quasi-identifier, sensitive",
    "D": "direct identifier: must be absent",
}
KIND_WORDS = {
    "id": "id (text, case kept)",
    "text": "text",
    "category": "one of",
    "multi": "any of",
    "int": "whole number",
    "number": "number",
    "bool": "true or false",
    "date": "date (YYYY-MM-DD)",
}
INTRODUCTION = (
    "A study may collect any of these tables; what is absent is not collected, never zero. "
    "Ids are opaque text: no names, no numbers that an office gave to a person. Direct "
    "identifiers (names, full dates of birth, addresses, telephone and identity numbers) must "
    "be absent from every file. Missing answers are told apart: not collected, declined, not "
    "applicable, unknown."
)
#: Rows of the template that carry drop-downs and formats.
TEMPLATE_ROWS = 2000


def _row(table: Table, column: Column) -> tuple[str, ...]:
    """Return what is said of a column, in the order of ``HEADINGS``."""
    if column.allowed:
        values = ", ".join(column.allowed)
    else:
        values = column.unit if column.kind != "date" else ""
    if column.kind in ("int", "number") and (column.low is not None or column.high is not None):
        values = f"{values} ({_range(column)})"
    about = f"{column.title}. {column.description}".strip()
    wanted = LEVEL_WORDS[column.level] + (
        ", key"
        if column.name in table.key
        else ", a row without it is refused"
        if column.needed
        else ""
    )
    return (
        column.name,
        about,
        KIND_WORDS[column.kind],
        values,
        wanted,
        PRIVACY_WORDS[column.privacy],
    )


def _range(column: Column) -> str:
    low = "" if column.low is None else f"from {column.low:g}"
    high = "" if column.high is None else f"to {column.high:g}"
    return f"{low} {high}".strip()


def _links(table: Table) -> str:
    kept = [(name, parent) for name, parent, _ in table.parents if parent in TABLES]
    if not kept:
        return ""
    return "Belongs to: " + ", ".join(f"{parent} (by {name})" for name, parent in kept) + "."


def dictionary_markdown() -> str:
    """Return the data dictionary as Markdown.

    Examples
    --------
    >>> print(dictionary_markdown().splitlines()[0])
    # Data dictionary
    """
    parts = ["# Data dictionary", "", INTRODUCTION, ""]
    for table in TABLES.values():
        parts += [f"## `{table.name}`: {table.title}", "", f"{table.grain.capitalize()}."]
        if _links(table):
            parts += ["", _links(table)]
        parts += ["", "| " + " | ".join(HEADINGS) + " |", "|" + "---|" * len(HEADINGS)]
        for column in table.columns:
            cells = [cell.replace("|", "\\|") for cell in _row(table, column)]
            parts.append(f"| `{cells[0]}` | " + " | ".join(cells[1:]) + " |")
        parts.append("")
    return "\n".join(parts)


STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;"
    "color:#1a1a1a}table{border-collapse:collapse;width:100%;margin:1rem 0}"
    "th,td{border-bottom:1px solid #ccc;padding:.35rem .6rem;text-align:left;vertical-align:top}"
    "code{background:#f2f2f2;padding:0 .2rem}nav ul{columns:3}"
)


def dictionary_html() -> str:
    """Return the data dictionary as one self-contained HTML page."""
    links = "".join(
        f'<li><a href="#{name}">{html.escape(table.title)}</a></li>'
        for name, table in TABLES.items()
    )
    body = "".join(_section(table) for table in TABLES.values())
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Data dictionary</title><style>{STYLE}</style></head><body><main>"
        f"<h1>Data dictionary</h1><p>{html.escape(INTRODUCTION)}</p>"
        f'<nav aria-label="Tables"><ul>{links}</ul></nav>{body}</main></body></html>\n'
    )


def _section(table: Table) -> str:
    head = "".join(f'<th scope="col">{one}</th>' for one in HEADINGS)
    rows = ""
    for column in table.columns:
        name, *cells = (html.escape(cell) for cell in _row(table, column))
        rows += f'<tr><th scope="row"><code>{name}</code></th>'
        rows += "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
    links = f"<p>{html.escape(_links(table))}</p>" if _links(table) else ""
    return (
        f'<section id="{table.name}"><h2><code>{table.name}</code>: {html.escape(table.title)}'
        f"</h2><p>{html.escape(table.grain.capitalize())}.</p>{links}"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></section>"
    )


def write_template(path: str | Path, *, tables: tuple[str, ...] = ()) -> None:
    """Write a workbook to fill in: one sheet per table, allowed values as drop-downs.

    Parameters
    ----------
    path : str or Path
        For example ``template.xlsx``.
    tables : tuple of str
        Tables wanted; all where empty.

    Raises
    ------
    ExportError
        The file cannot be written.
    """
    from openpyxl import Workbook

    book = Workbook()
    _cover(book)
    lists = book.create_sheet("values")
    for name in tables or tuple(TABLES):
        _sheet(book.create_sheet(name), TABLES[name], lists)
    lists.sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    try:
        Path(path).write_bytes(buffer.getvalue())
    except OSError as error:
        raise ExportError(
            f"{Path(path).name} cannot be written: {error.strerror or 'output error'}.",
            hint="Check the folder, and that the file is closed elsewhere.",
        ) from None


def _cover(book: Workbook) -> None:
    sheet = book.active
    sheet.title = "read me"
    sheet.append(["Template of the data dictionary"])
    sheet.append([INTRODUCTION])
    sheet.append(["One sheet per table; delete the sheets that you do not collect."])
    sheet.append(["Headers in bold are required; a note on each header says what it holds."])
    sheet.append(["Dates as YYYY-MM-DD; several values of one cell parted by ;"])
    sheet.column_dimensions["A"].width = 120


def _sheet(sheet: Worksheet, table: Table, lists: Worksheet) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "A2"
    for number, column in enumerate(table.columns, start=1):
        letter = get_column_letter(number)
        cell = sheet.cell(row=1, column=number, value=column.name)
        cell.font = Font(bold=column.level == "R" or column.needed)
        _, about, kind, values, wanted, _ = _row(table, column)
        cell.comment = Comment(f"{about}\n{kind}: {values}\n{wanted}", "rjeval", 140, 320)
        sheet.column_dimensions[letter].width = max(12, len(column.name) + 3)
        _format(sheet, letter, column)
        choices = ("true", "false") if column.kind == "bool" else column.allowed
        if choices and column.kind != "multi":
            _drop_down(sheet, letter, _listed(lists, choices))


def _format(sheet: Worksheet, letter: str, column: Column) -> None:
    """Text stays text (zeros kept), dates are shown as ISO."""
    if column.kind in ("int", "number"):
        return
    form = "yyyy-mm-dd" if column.kind == "date" else "@"
    sheet.column_dimensions[letter].number_format = form


def _listed(lists: Worksheet, choices: tuple[str, ...]) -> str:
    """Put a code list on the hidden sheet, and return its place."""
    from openpyxl.utils import get_column_letter

    number = lists.max_column + 1
    for row, choice in enumerate(choices, start=1):
        lists.cell(row=row, column=number, value=choice)
    letter = get_column_letter(number)
    return f"values!${letter}$1:${letter}${len(choices)}"


def _drop_down(sheet: Worksheet, letter: str, place: str) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation(type="list", formula1=place, allow_blank=True, showErrorMessage=True)
    rule.error = "This value is not in the data dictionary."
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{TEMPLATE_ROWS + 1}")


def template_exports(file: str, *, tables: tuple[str, ...] = ()) -> str:
    """Return the ``[exports]`` part of a ``study.toml`` that reads a filled-in template.

    Examples
    --------
    >>> print(template_exports("template.xlsx", tables=("facilitator",)))
    [exports.facilitator]
    file = "template.xlsx"
    sheet = "facilitator"
    columns.facilitator_id = "facilitator_id"
    columns.kind = "kind"
    columns.trained_date = "trained_date"
    columns.hours_training = "hours_training"
    columns.languages = "languages"
    <BLANKLINE>
    """
    parts = []
    for name in tables or tuple(TABLES):
        parts += [f"[exports.{name}]", f'file = "{file}"', f'sheet = "{name}"']
        parts += [f'columns.{one} = "{one}"' for one in TABLES[name].names]
        parts.append("")
    return "\n".join(parts)
