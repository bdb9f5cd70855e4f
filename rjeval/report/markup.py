"""The document as plain HTML for pandoc, which makes the PDF's and the DOCX's source from it."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from rjeval.report.blocks import Block, Document, Figure, Note, Prose, Table, Tiles

_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
#: A paragraph that leads to what follows and must stay with it.
_LEAD = re.compile(r"<p>[^<]*:</p>")
#: The last paragraph before a table, a figure or a note stays with it.
_LAST = re.compile(r"<p>(?:(?!<p>|</p>).)*</p>\s*\Z", re.DOTALL)
#: Rows of a table that stays on one page.
MOST_ROWS_KEPT = 16
#: An item of a tight list, which Word would set as small as a table.
_TIGHT = re.compile(r"<li>((?:(?!<li>|<p>|</li>).)*)</li>", re.DOTALL)
_ITEM = re.compile(r"<li>(.*?)</li>", re.DOTALL)
#: A column of running text gets at most the width of so many letters.
WIDEST_COLUMN = 34
#: Letters that a cell's margins and a bold heading take.
CELL_PADDING = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPage:
    """How much stands side by side on a page of a Word file.

    Parameters
    ----------
    tiles_abreast : int
    picture_width : str
        Such as ``8.7cm``; empty: as wide as the page allows.
    """

    tiles_abreast: int = 3
    picture_width: str = ""


def plain_markup(document: Document, *, image_suffix: str, word: WordPage | None = None) -> str:
    """Return the body with figures as files named ``figure-1.svg`` (or ``.png``) and so on.

    ``word`` gives each column of a table a share of the page by its contents, and each item of
    a list a paragraph, for Word, which would otherwise make columns alike and lists small.
    """
    blocks = document.blocks
    leads = [isinstance(one, Table | Figure | Note) for one in blocks[1:]] + [False]
    return "\n".join(
        _block(block, image_suffix, word=word, leads=lead)
        for block, lead in zip(blocks, leads, strict=True)
    )


def column_shares(table: str) -> list[int]:
    """Return a percentage of the page per column of a table, by its longest texts and words.

    Examples
    --------
    >>> column_shares("<tr><th>Arm</th><th>n</th></tr><tr><td>Restorative</td><td>5</td></tr>")
    [75, 25]
    """
    rows = [[html.unescape(cell) for cell in _CELL.findall(row)] for row in _ROW.findall(table)]
    wanted = []
    for texts in zip(*rows, strict=False):
        longest = max(len(text) for text in texts)
        word = max((len(part) for text in texts for part in text.split()), default=0)
        wanted.append(max(word, min(longest, WIDEST_COLUMN)) + CELL_PADDING)
    return [round(100 * one / sum(wanted)) for one in wanted]


def _block(block: Block, suffix: str, *, word: WordPage | None, leads: bool) -> str:
    match block:
        case Prose():
            words = _TIGHT.sub(r"<li><p>\1</p></li>", block.html) if word else block.html
            words = _LEAD.sub(lambda one: _styled("Lead", one.group(0)), words)
            return _LAST.sub(lambda one: _styled("Lead", one.group(0)), words) if leads else words
        case Table():
            columns = _column_group(block.html) if word else ""
            opening = f">\n<caption>{block.caption}</caption>{columns}"
            table = block.html.replace(">", opening, 1)
            table += _styled("Notes", block.notes) if block.notes else ""
            small = len(_ROW.findall(block.html)) <= MOST_ROWS_KEPT
            return f'<div class="keep">{table}</div>' if small else table
        case Figure():
            alt = html.escape(block.alt, quote=True)
            wide = f' width="{word.picture_width}"' if word and word.picture_width else ""
            image = f'<img src="figure-{block.number}{suffix}" alt="{alt}"{wide}>'
            return f"<figure>{image}<figcaption>{block.caption}</figcaption></figure>"
        case Tiles():
            return _styled("Tiles", _tile_rows(block.html, word) if word else block.html)
        case Note():
            return _styled("Missing", f"<p>{html.escape(block.text)}</p>")


def _column_group(table: str) -> str:
    columns = "".join(f'<col style="width: {share}%">' for share in column_shares(table))
    return f"<colgroup>{columns}</colgroup>"


def _tile_rows(tiles: str, word: WordPage) -> str:
    """Return tiles as a table without a heading, for Word."""
    cells = [f"<td>{one.replace('</span> ', '</span><br>')}</td>" for one in _ITEM.findall(tiles)]
    cells += ["<td></td>"] * (-len(cells) % word.tiles_abreast)
    rows = [
        f"<tr>{''.join(cells[start : start + word.tiles_abreast])}</tr>"
        for start in range(0, len(cells), word.tiles_abreast)
    ]
    return f"<table><tbody>{''.join(rows)}</tbody></table>"


def _styled(style: str, inside: str) -> str:
    """Mark a block that becomes a call in Typst, or a paragraph style in Word, of that name."""
    return f'<div class="{style.lower()}" data-custom-style="{style}">{inside}</div>'
