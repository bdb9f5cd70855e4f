"""What a document is made of: words, tables, figures, notes, tiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rjeval.language import mark, phrase

SYNTHETIC = mark("SYNTHETIC DATA: invented people, made for demonstration and tests")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """Words, as HTML."""

    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with its numbered caption, and notes below it, as HTML.

    ``places`` holds, of a checklist, the English text of where each row stands.
    """

    html: str
    caption: str
    notes: str = ""
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure as SVG text and PNG bytes, with its numbered caption and its text alternative.

    ``png`` is empty where no form of the document takes it.
    """

    svg: str
    png: bytes
    caption: str
    alt: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One sentence on what the study does not have."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    """A few numbers to be seen first, as an HTML list."""

    html: str


Block = Prose | Table | Figure | Note | Tiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A report before it takes a form."""

    title: str
    subtitle: str
    kind: str = "annual"
    facts: tuple[tuple[str, str], ...]
    author: str
    date: str
    synthetic: bool
    blocks: tuple[Block, ...]
    measures: tuple[Mapping[str, Any], ...] = ()

    @property
    def running_title(self) -> str:
        """What stands at the top of each page."""
        if not self.synthetic:
            return self.title
        return f"{self.title} · {phrase(SYNTHETIC).split(':')[0]}"

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Figure))
