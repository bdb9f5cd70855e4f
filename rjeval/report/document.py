"""One model of the document: prose, tables, figures and notes, with numbered captions."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from rjeval.design.study import StudyDesign
from rjeval.errors import ReportError
from rjeval.language import mark, phrase, spoken
from rjeval.languages.reading import retell
from rjeval.report.blocks import Block, Document, Figure, Note, Prose, Table, Tiles
from rjeval.report.execution import ExecutedNotebook
from rjeval.report.kernel import Display
from rjeval.report.left_out import with_notes
from rjeval.report.packaged import shipped_paragraphs
from rjeval.report.pandoc import prose_to_html
from rjeval.report.reading import told_cells
from rjeval.report.refusal_texts import REFUSALS
from rjeval.report.wording import held_tier

KIND_TITLES = {
    "annual": mark("Annual evaluation"),
    "factsheet": mark("Fact sheet"),
    "methods": mark("Methods appendix"),
}
#: Media type of measures that a cell hands to the report, beside what it shows.
MEASURES_MIME = "application/vnd.rjeval.measures+json"
#: Media type of the places that a checklist names, beside what it shows.
CHECKLIST_MIME = "application/vnd.rjeval.checklist+json"
#: Key of metadata by which figures mark a sentence that stands in the place of one.
NOT_DRAWN = "rjeval-not-drawn"
_TILES = re.compile(r'<ul class="rj-tiles">(.*)</ul>', re.DOTALL)
_NUMBER = re.compile(r"^<strong>[^<]*</strong> ")
_CAPTION = re.compile(r"<caption[^>]*>(.*?)</caption>", re.DOTALL)
_FETCHED = re.compile(r"(?:src|srcset|poster|data)\s*=\s*[\"'](?!data:)", re.IGNORECASE)


def assemble_document(
    executed: Iterable[ExecutedNotebook], *, design: StudyDesign, kind: str
) -> Document:
    """Put executed notebooks into their reading order as one document.

    Raises
    ------
    ReportError
        A cell displayed something that has no caption, no text alternative, or did not come
        from rjeval's own tables and figures, which are made from released results only.
    """
    ordered = sorted(executed, key=lambda one: (one.notebook.order, one.notebook.name))
    raw = [block for one in ordered for block in _raw_blocks(one)]
    texts = iter(prose_to_html([block for block in raw if isinstance(block, str)]))
    blocks = [Prose(html=next(texts)) if isinstance(block, str) else block for block in raw]
    for block in blocks:
        if isinstance(block, Prose) and _FETCHED.search(block.html):
            raise ReportError(
                "A text cell shows an image that lies outside the report.",
                hint="Show figures by rj.plot_*, or describe the image in words.",
            )
    blocks = list(_gathered(blocks))
    return Document(
        title=design.title,
        subtitle=phrase(KIND_TITLES[kind]),
        kind=kind,
        facts=_facts(design),
        author=design.author,
        date=design.extract_date.isoformat() if design.extract_date else "",
        synthetic=design.synthetic,
        blocks=tuple(_number_captions(blocks)),
        measures=tuple(_measures(ordered)),
    )


def insert_section(
    document: Document, parts: Iterable[str], *, where: str, last: bool = False
) -> Document:
    """Return a document with a section of its own behind its first chapter, or at its end.

    Parameters
    ----------
    document : Document
    parts : iterable of str
        HTML of words, and of tables with their captions, in order; empty ones are left out.
    where : str
        What made them, for a message.
    last : bool
        Whether the section closes the document.
    """
    made: list[Block] = []
    for part in parts:
        if part:
            made.append(_table(part, where) if part.startswith("<table") else Prose(html=part))
    blocks = list(document.blocks)
    chapters = [n for n, one in enumerate(blocks) if isinstance(one, Prose) and "<h2" in one.html]
    place = chapters[1] if len(chapters) > 1 and not last else len(blocks)
    bare = [_without_number(one) for one in [*blocks[:place], *made, *blocks[place:]]]
    return replace(document, blocks=tuple(_number_captions(bare)))


def in_language(markdown: str) -> str:
    """Return Markdown with each shipped paragraph in the language in use.

    A paragraph that neither rjeval ships nor the language knows is the author's own and stays.
    One that stands in that language already takes the programme's words alone.
    """
    phrases = spoken().phrases
    known = shipped_paragraphs() | phrases.keys()
    known |= {phrases[one] for one in shipped_paragraphs() if one in phrases}
    parts = markdown.split("\n\n")
    return "\n\n".join(phrase(one.strip()) if one.strip() in known else one for one in parts)


def _without_number(block: Block) -> Block:
    if isinstance(block, Table):
        return replace(block, caption=_NUMBER.sub("", block.caption))
    if isinstance(block, Figure):
        return replace(block, caption=html.unescape(_NUMBER.sub("", block.caption)))
    return block


def _gathered(blocks: Iterable[Block]) -> Iterator[Block]:
    """Put all tiles where the first ones stand."""
    tiles = [block for block in blocks if isinstance(block, Tiles)]
    items = "".join(_TILES.sub(r"\1", one.html) for one in tiles)
    for block in blocks:
        if not isinstance(block, Tiles):
            yield block
        elif block is tiles[0]:
            yield Tiles(html=f'<ul class="rj-tiles">{items}</ul>')


def _measures(executed: Iterable[ExecutedNotebook]) -> Iterator[Mapping[str, Any]]:
    """Yield the records that cells hand over for the export of performance measures."""
    for notebook in executed:
        for cell in notebook.cells:
            for display in cell.displays:
                yield from json.loads(display.data.get(MEASURES_MIME, "[]"))


def _facts(design: StudyDesign) -> tuple[tuple[str, str], ...]:
    period = ""
    if design.period_start and design.period_end:
        period = phrase(
            "{low} to {high}",
            low=design.period_start.isoformat(),
            high=design.period_end.isoformat(),
        )
    extract = design.extract_date.isoformat() if design.extract_date else ""
    facts = (
        (phrase("Programme"), design.programme),
        (phrase("Referrals from"), period),
        (phrase("Data extracted"), extract),
        (phrase("Strength of the design"), phrase("tier {tier} of 5", tier=held_tier(design.arms))),
        (phrase("Prepared by"), design.author),
    )
    return tuple((name, text) for name, text in facts if text)


def _raw_blocks(executed: ExecutedNotebook) -> Iterator[Block | str]:
    """Blocks of one notebook; prose still as Markdown text."""
    for one in with_notes(list(told_cells(executed.cells)), spoken=in_language):
        if isinstance(one, Note):
            yield one
            continue
        if one.not_given:
            why = retell(one.not_given, among=REFUSALS).rstrip(".")
            yield Note(text=phrase("Not given: {why}.", why=why))
        if one.cell.kind == "markdown":
            yield in_language(one.cell.source)
        for display in one.displays:
            where = f"{executed.notebook.name}, code cell {one.cell.number}"
            block = _block(display, where)
            if block is not None:
                yield block


def _block(display: Display, where: str) -> Block | str | None:
    data = display.data
    if "image/svg+xml" in data:
        return _figure(data, display.metadata, where)
    if any(name.startswith("image/") for name in data):
        raise ReportError(
            f"{where}: shows an image that did not come from rjeval's figures.",
            hint="Draw released results by rj.plot_*, which carries caption and text alternative.",
        )
    if MEASURES_MIME in data:
        return Tiles(html="".join(data["text/html"]))
    if "text/html" in data:
        places = tuple(json.loads(data.get(CHECKLIST_MIME, "[]")))
        return replace(_table("".join(data["text/html"]), where), places=places)
    if display.metadata.get("text/markdown", {}).get(NOT_DRAWN):
        return Note(text="".join(data["text/markdown"]))
    if "text/markdown" in data:
        return "".join(data["text/markdown"])
    return None


def _figure(data: dict[str, str], metadata: dict[str, dict[str, str]], where: str) -> Figure:
    words = metadata.get("image/svg+xml", {})
    alt, caption = words.get("alt", "").strip(), words.get("caption", "").strip()
    if not alt or not caption:
        raise ReportError(
            f"{where}: shows a figure without a caption or without a text alternative.",
            hint="Draw released results by rj.plot_*, which carries both.",
        )
    png = base64.b64decode(data.get("image/png", ""))
    return Figure(svg=data["image/svg+xml"], png=png, caption=caption, alt=alt, number=0)


def _table(markup: str, where: str) -> Table:
    found = _CAPTION.search(markup)
    if '<table class="rj">' not in markup or found is None:
        raise ReportError(
            f"{where}: shows a table that did not come from rjeval's tables.",
            hint="Pass the result through rj.release(...) and rj.tabulate_*.",
        )
    start, _, rest = _CAPTION.sub("", markup).partition("<table")
    body, _, notes = rest.partition("</table>")
    return Table(
        html=f"<table{body}</table>",
        caption=found.group(1).strip(),
        notes=(start + notes).strip(),
    )


def _number_captions(blocks: Iterable[Block]) -> Iterator[Block]:
    n_tables = n_figures = 0
    for block in blocks:
        if isinstance(block, Table):
            n_tables += 1
            caption = f"<strong>{phrase('Table {n}.', n=n_tables)}</strong> {block.caption}"
            yield replace(block, caption=caption)
        elif isinstance(block, Figure):
            n_figures += 1
            lead = phrase("Figure {n}.", n=n_figures)
            caption = f"<strong>{lead}</strong> {html.escape(block.caption)}"
            yield replace(block, caption=caption, number=n_figures)
        else:
            yield block
