"""A table of finished text: what it says is fixed, only its clothes differ."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pandas as pd

from rjeval.language import mark, phrase

MARK = mark("not for release")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its heading and its side."""

    label: str
    align: str = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of formatted text with title, caption, notes and source.

    Parameters
    ----------
    title : str
    columns : tuple of Column
        The first is the row's heading.
    rows : tuple of tuple of str
    caption : str
        Population, period, definition, interval: what the numbers are.
    notes : tuple of str
    source : str
    marked : bool
        Whether the visible mark "not for release" stands above the table.

    Examples
    --------
    >>> table = Table(
    ...     title="Referrals", columns=(Column(label="Source", align="left"), Column(label="n")),
    ...     rows=(("School", "40"),),
    ... )
    >>> print(table.to_markdown())
    **Referrals**
    <BLANKLINE>
    | Source | n |
    | :--- | ---: |
    | School | 40 |
    <BLANKLINE>
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    notes: tuple[str, ...] = ()
    source: str = ""
    marked: bool = False

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("Each row of a table needs one text per column.")

    def to_frame(self) -> pd.DataFrame:
        """Return the texts as a frame."""
        return pd.DataFrame(list(self.rows), columns=[column.label for column in self.columns])

    def to_html(self) -> str:
        """Return a plain semantic ``<table class="rj">`` with its notes below."""
        head = "".join(
            f'<th scope="col"{_side(column)}>{escape(column.label)}</th>' for column in self.columns
        )
        body = "\n".join(self._html_row(row) for row in self.rows)
        parts = [f'<p class="rj-mark"><strong>{phrase(MARK)}</strong></p>'] if self.marked else []
        parts += [
            '<table class="rj">',
            f"<caption>{escape(self._heading())}</caption>",
            f"<thead>\n<tr>{head}</tr>\n</thead>",
            f"<tbody>\n{body}\n</tbody>",
            "</table>",
        ]
        parts += [f'<p class="rj-note">{escape(note)}</p>' for note in self._footer()]
        return "\n".join(parts)

    def to_markdown(self) -> str:
        """Return a pipe table with its caption above and its notes below."""
        lines = [f"**{phrase(MARK)}**", ""] if self.marked else []
        lines += [f"**{_plain(self.title)}** {_plain(self.caption)}".rstrip(), ""]
        lines.append(_pipes(tuple(column.label for column in self.columns)))
        lines.append(_pipes(tuple(_rule(column) for column in self.columns), escaped=False))
        lines += [_pipes(row) for row in self.rows]
        for note in self._footer():
            lines += ["", _plain(note)]
        return "\n".join([*lines, ""])

    def _heading(self) -> str:
        """Title and caption as one text."""
        if not self.caption:
            return self.title
        return f"{self.title.rstrip('.')}. {self.caption}"

    def _footer(self) -> tuple[str, ...]:
        """Return notes, then the source."""
        if not self.source:
            return self.notes
        return (*self.notes, phrase("Source: {source}", source=self.source))

    def _html_row(self, row: tuple[str, ...]) -> str:
        # A heading without words says nothing to a screen reader: it is a blank cell.
        opening, closing = ('<th scope="row"', "</th>") if row[0] else ("<td", "</td>")
        cells = [f"{opening}{_side(self.columns[0])}>{escape(row[0])}{closing}"]
        cells += [
            f"<td{_side(column)}>{escape(text)}</td>"
            for column, text in zip(self.columns[1:], row[1:], strict=True)
        ]
        return f"<tr>{''.join(cells)}</tr>"

    def _repr_html_(self) -> str:
        return self.to_html()

    def _repr_markdown_(self) -> str:
        return self.to_markdown()


def _side(column: Column) -> str:
    """Attribute that sets a cell's side; the left is the default."""
    return ' style="text-align:right"' if column.align == "right" else ""


def _rule(column: Column) -> str:
    return "---:" if column.align == "right" else ":---"


def _plain(text: str) -> str:
    """Text that Markdown will not read as markup."""
    return text.replace("<", "&lt;").replace("|", "\\|").replace("*", "\\*")


def _pipes(cells: tuple[str, ...], *, escaped: bool = True) -> str:
    texts = [_plain(cell) if escaped else cell for cell in cells]
    return f"| {' | '.join(texts)} |"
