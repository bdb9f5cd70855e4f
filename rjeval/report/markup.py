"""The document as plain HTML for pandoc, which makes the PDF's and the DOCX's source from it."""

from __future__ import annotations

import html

from rjeval.report.document import Block, Document, Figure, Note, Prose, Table


def plain_markup(document: Document, *, image_suffix: str) -> str:
    """Return the body with figures as files named ``figure-1.svg`` (or ``.png``) and so on."""
    return "\n".join(_block(block, image_suffix) for block in document.blocks)


def _block(block: Block, suffix: str) -> str:
    match block:
        case Prose():
            return block.html
        case Table():
            table = block.html.replace(">", f">\n<caption>{block.caption}</caption>", 1)
            return table + (_styled("Notes", block.notes) if block.notes else "")
        case Figure():
            alt = html.escape(block.alt, quote=True)
            image = f'<img src="figure-{block.number}{suffix}" alt="{alt}">'
            return f"<figure>{image}<figcaption>{block.caption}</figcaption></figure>"
        case Note():
            return _styled("Missing", f"<p>{html.escape(block.text)}</p>")


def _styled(style: str, inside: str) -> str:
    """Mark a block that becomes a call in Typst, or a paragraph style in Word, of that name."""
    return f'<div class="{style.lower()}" data-custom-style="{style}">{inside}</div>'
