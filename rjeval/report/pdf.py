"""The document as a PDF, set by Typst: bookmarks, page numbers, embedded fonts, no browser."""

from __future__ import annotations

import json
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from rjeval.errors import ReportError
from rjeval.language import phrase, spoken
from rjeval.report.blocks import SYNTHETIC, Document
from rjeval.report.markup import plain_markup
from rjeval.report.pandoc import run_pandoc

#: Sizes of a fact sheet that are tried until it fits on one page.
ONE_PAGE_SCALES = (1.0, 0.95, 0.9, 0.86, 0.82, 0.78, 0.74)
_TO_TYPST = ("--from=html", "--to=typst", "--wrap=none", "--shift-heading-level-by=-1")


def write_pdf(document: Document, file: Path, *, scratch: Path, made: str) -> None:
    """Write the PDF; ``scratch`` already holds the figures as ``figure-N.svg``.

    Raises
    ------
    ReportError
        Typst refused the document.
    """
    templates = files("rjeval.report") / "templates"
    with as_file(templates / "typst.lua") as filter_file:
        body = run_pandoc(
            plain_markup(document, image_suffix=".svg"),
            [*_TO_TYPST, "--lua-filter", str(filter_file)],
        )
    layout = (templates / "report.typ").read_text(encoding="utf-8")
    body = body.replace("align(center)[#table(", "align(left)[#table(")
    (scratch / "report.typ").write_text(f"{layout}\n{body}", encoding="utf-8")
    compact = document.kind == "factsheet"
    for scale in ONE_PAGE_SCALES if compact else (1.0,):
        facts = _facts(document, made) | {"compact": compact, "scale": scale}
        (scratch / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
        if not compact or _n_pages(scratch / "report.typ") == 1:
            break
    _compile(scratch / "report.typ", output=str(file))


def _n_pages(source: Path) -> int:
    """Count the pages by drawing them very small."""
    pages = _compile(source, format="png", ppi=10.0)
    return len(pages) if isinstance(pages, list) else 1


def _compile(source: Path, **options: Any) -> Any:
    import typst

    try:
        return typst.compile(str(source), ignore_system_fonts=True, **options)
    except (typst.TypstError, RuntimeError) as error:
        raise ReportError(f"Typst refused the document: {str(error).splitlines()[0]}.") from None


def _facts(document: Document, made: str) -> dict[str, object]:
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "running": document.title,
        "author": document.author or "",
        "synthetic": document.synthetic,
        "synthetic_text": phrase(SYNTHETIC),
        "synthetic_short": phrase(SYNTHETIC).split(":")[0],
        "lang": spoken().code.split("-")[0],
        "region": spoken().code.partition("-")[2].lower() or None,
        "rows": [list(row) for row in document.facts],
        "made": made,
    }
