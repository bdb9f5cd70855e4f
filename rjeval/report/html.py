"""The document as one self-contained HTML file, which fetches nothing."""

from __future__ import annotations

import base64
import html
import re
from importlib.resources import files
from string import Template

from rjeval.language import phrase, spoken
from rjeval.report.blocks import SYNTHETIC, Block, Document, Figure, Note, Prose, Table, Tiles

_HEADING = re.compile(r'<h([23]) id="([^"]+)"[^>]*>(.*?)</h\1>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
#: Rows from which on a reader may sort a table.
LONG_TABLE = 10


def render_html(document: Document) -> str:
    """Return the whole page."""
    body = "\n".join(_block(block) for block in document.blocks)
    facts = "".join(
        f"<div><dt>{html.escape(name)}</dt><dd>{html.escape(text)}</dd></div>"
        for name, text in document.facts
    )
    banner = _banner() if document.synthetic else ""
    templates = files("rjeval.report") / "templates"
    return Template((templates / "page.html").read_text(encoding="utf-8")).substitute(
        title=html.escape(document.title),
        subtitle=html.escape(document.subtitle),
        lang=spoken().code,
        skip=phrase("Skip to the report"),
        contents_word=phrase("Contents"),
        enlarged=phrase("Enlarged figure"),
        close=phrase("Close"),
        script=(templates / "page.js").read_text(encoding="utf-8"),
        style=(templates / "page.css").read_text(encoding="utf-8"),
        banner=banner,
        facts=facts,
        contents=_contents(body),
        body=body,
    )


def _banner() -> str:
    words = html.escape(phrase(SYNTHETIC))
    name = html.escape(phrase("About these data"), quote=True)
    return f'<aside class="synthetic" aria-label="{name}">{words}</aside>'


def _block(block: Block) -> str:
    match block:
        case Prose():
            return block.html
        case Table():
            return _table(block)
        case Figure():
            return _figure(block)
        case Tiles():
            return block.html
        case Note():
            return f'<p class="missing">{html.escape(block.text)}</p>'


def _table(block: Table) -> str:
    name = html.escape(_TAG.sub("", block.caption), quote=True)
    # Rows under a heading that stands once would lose it by sorting.
    sortable = block.html.count("<tr>") > LONG_TABLE and "<tr><td" not in block.html
    opening = " data-sortable>" if sortable else ">"
    table = block.html.replace(
        ">", f"{opening}\n<caption><span>{block.caption}</span></caption>", 1
    )
    notes = f'<div class="notes">{block.notes}</div>' if block.notes else ""
    return (
        f'<div class="table"><div class="wide" tabindex="0" role="region" aria-label="{name}">'
        f"{table}</div>{notes}</div>"
    )


def _figure(block: Figure) -> str:
    data = base64.b64encode(block.svg.encode()).decode()
    alt = html.escape(block.alt, quote=True)
    enlarge = html.escape(phrase("Enlarge figure {number}", number=block.number))
    return (
        f'<figure id="figure-{block.number}"><img src="data:image/svg+xml;base64,{data}" '
        f'alt="{alt}"><figcaption>{block.caption}</figcaption>'
        f'<button type="button" hidden>{enlarge}</button></figure>'
    )


def _contents(body: str) -> str:
    """Two levels of headings as a nested list of links."""
    items: list[str] = []
    for level, anchor, text in _HEADING.findall(body):
        link = f'<a href="#{anchor}">{_TAG.sub("", text)}</a>'
        items.append(f'<li class="level-{level}">{link}</li>')
    return f"<ol>{''.join(items)}</ol>"
