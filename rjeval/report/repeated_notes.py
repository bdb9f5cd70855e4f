"""Notes that stand under many tables are told once in full, then by their letter."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from string import ascii_lowercase

from rjeval.language import phrase
from rjeval.report.blocks import Block, Document, Table

_NOTE = re.compile(r'<p class="rj-note">(.*?)</p>', re.DOTALL)
#: From so many tables on a note is told once; one shorter than this stays where it is.
LEAST_TABLES, LEAST_LETTERS = 3, 55
#: Notes that explain signs in the cells stay with them.
_SIGNS = ("&lt;", "–:")


def tell_notes_once(document: Document) -> Document:
    """Return a document in which a note of three tables or more stands in full under the first.

    The later tables name it by its letter and by the table under which it stands.
    """
    tables = [block for block in document.blocks if isinstance(block, Table)]
    lettered = _lettered(tables)
    first: dict[str, int] = {}
    blocks: list[Block] = []
    number = 0
    for block in document.blocks:
        if not isinstance(block, Table):
            blocks.append(block)
            continue
        number += 1
        blocks.append(replace(block, notes=_notes(block.notes, lettered, first, number=number)))
    return replace(document, blocks=tuple(blocks))


def _lettered(tables: list[Table]) -> dict[str, str]:
    """Return a letter for each note that many tables share, in the order in which they come."""
    found = Counter(text for table in tables for text in dict.fromkeys(_NOTE.findall(table.notes)))
    shared = [
        text
        for text, n in found.items()
        if n >= LEAST_TABLES and len(text) >= LEAST_LETTERS and not text.startswith(_SIGNS)
    ]
    return dict(zip(shared, ascii_lowercase, strict=False))


def _notes(notes: str, lettered: dict[str, str], first: dict[str, int], *, number: int) -> str:
    again: dict[int, list[str]] = {}

    def told(found: re.Match[str]) -> str:
        text = found.group(1)
        if text not in lettered:
            return found.group(0)
        if text in first:
            again.setdefault(first[text], []).append(lettered[text])
            return ""
        first[text] = number
        return f'<p class="rj-note"><sup>{lettered[text]}</sup> {text}</p>'

    own = _NOTE.sub(told, notes)
    if not again:
        return own
    where = "; ".join(
        f"{', '.join(letters)} ({phrase('Table {n}', n=table)})" for table, letters in again.items()
    )
    return own + '<p class="rj-note">{}</p>'.format(
        phrase("Notes of earlier tables that hold here too: {notes}.", notes=where)
    )
