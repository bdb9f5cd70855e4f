"""The forms of a document: which are wanted, which lie there already, and writing them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rjeval.errors import ReportError
from rjeval.language import phrase
from rjeval.report.blocks import Document
from rjeval.report.docx import write_docx
from rjeval.report.html import render_html
from rjeval.report.pdf import write_pdf
from rjeval.report.repeated_notes import tell_notes_once
from rjeval.report.scratch import scratch_folder

#: What a document can be written as.
FORMATS = ("html", "pdf", "docx")
#: The only form whose figures are pixels.
PIXELS = "docx"


@dataclass(frozen=True, slots=True)
class Forms:
    """What a document is written as, and whether anything of it does not lie there yet."""

    written: tuple[str, ...]
    missing: bool


def choose_forms(
    formats: Iterable[str], standing: Mapping[str, Any], *, key: str, name: str
) -> Forms:
    """Return the forms asked for, with those that lie there and are still current.

    Parameters
    ----------
    formats : iterable of {"html", "pdf", "docx"}
    standing : mapping
        The document's entry in the manifest of the report that lies there; may be empty.
    key : str
        Hash of all inputs that the document has now.
    name : str
        Name of its files.

    Raises
    ------
    ReportError
        No form, or one that there is not.
    """
    asked = set(formats)
    if not asked or not asked <= set(FORMATS):
        raise ReportError(f"formats must be one or more of {', '.join(FORMATS)}.")
    current = standing.get("outputs", {}) if standing.get("key") == key else {}
    there = {one for one in FORMATS if f"{name}.{one}" in current}
    written = tuple(one for one in FORMATS if one in asked | there)
    return Forms(written=written, missing=bool(asked - there))


def write_forms(
    document: Document,
    files: Mapping[str, Path],
    *,
    template: Path | None,
    measure: Callable[[str], AbstractContextManager[None]],
) -> None:
    """Write a document as each of ``files`` (form to path), PDF and DOCX side by side."""
    document = tell_notes_once(document)
    made = phrase("Made with rjeval {version}", version=version("rjeval"))
    if "html" in files:
        with measure("html"):
            files["html"].write_text(render_html(document), encoding="utf-8")
    writers: dict[str, Callable[..., None]] = {
        "pdf": write_pdf,
        "docx": partial(write_docx, template=template),
    }
    others = {one: file for one, file in files.items() if one in writers}
    if not others:
        return
    with (
        measure("pdf and docx"),
        scratch_folder() as scratch,
        ThreadPoolExecutor(max_workers=2) as pool,
    ):
        for figure in document.figures:
            svg, png = f"figure-{figure.number}.svg", f"figure-{figure.number}.png"
            (scratch / svg).write_text(figure.svg, encoding="utf-8")
            (scratch / png).write_bytes(figure.png)
        jobs = [
            # Each thread speaks the language of this one.
            pool.submit(
                copy_context().run,
                partial(writers[one], document, file, scratch=scratch, made=made),
            )
            for one, file in others.items()
        ]
        for job in jobs:
            job.result()
