"""The document as a PDF, set by Typst: bookmarks, page numbers, embedded fonts, no browser."""

from __future__ import annotations

import json
from importlib.resources import as_file, files
from pathlib import Path

from rjeval.errors import ReportError
from rjeval.report.document import SYNTHETIC, Document
from rjeval.report.markup import plain_markup
from rjeval.report.pandoc import run_pandoc

_TO_TYPST = ("--from=html", "--to=typst", "--wrap=none", "--shift-heading-level-by=-1")


def write_pdf(document: Document, file: Path, *, scratch: Path, made: str) -> None:
    """Write the PDF; ``scratch`` already holds the figures as ``figure-N.svg``.

    Raises
    ------
    ReportError
        Typst refused the document.
    """
    import typst

    templates = files("rjeval.report") / "templates"
    with as_file(templates / "typst.lua") as filter_file:
        body = run_pandoc(
            plain_markup(document, image_suffix=".svg"),
            [*_TO_TYPST, "--lua-filter", str(filter_file)],
        )
    layout = (templates / "report.typ").read_text(encoding="utf-8")
    body = body.replace("align(center)[#table(", "align(left)[#table(")
    (scratch / "report.typ").write_text(f"{layout}\n{body}", encoding="utf-8")
    (scratch / "facts.json").write_text(json.dumps(_facts(document, made)), encoding="utf-8")
    try:
        typst.compile(str(scratch / "report.typ"), output=str(file), ignore_system_fonts=True)
    except (typst.TypstError, RuntimeError) as error:
        raise ReportError(f"Typst refused the document: {str(error).splitlines()[0]}.") from None


def _facts(document: Document, made: str) -> dict[str, object]:
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "running": document.title,
        "author": document.author or "",
        "synthetic": document.synthetic,
        "synthetic_text": SYNTHETIC,
        "rows": [list(row) for row in document.facts],
        "made": made,
    }
