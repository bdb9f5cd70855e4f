"""How many numbers of a document are not shown, table by table: its suppression log."""

from __future__ import annotations

import html
import re

from rjeval.language import mark, phrase
from rjeval.report.record import PrintedTable, Record

#: A count hidden because it is small, as tables print it.
_SMALL = re.compile(r"<\d+")
#: A number hidden to protect another, or that does not apply.
_DASH = "–"


def suppression_markup(record: Record) -> tuple[str, str]:
    """Return the words and the table of a document's suppression log, as HTML.

    Counted are cells of tables as they are printed. A dash stands for a number that is hidden,
    and for one that does not apply, so the second count is the most that can be hidden.
    """
    rows = [(number, table.title, *_counts(table)) for number, table in enumerate(record.tables, 1)]
    hidden = [row for row in rows if row[3] or row[4]]
    n_cells, n_small, n_dash = (sum(int(row[place]) for row in rows) for place in (2, 3, 4))
    words = (
        f'<h2 id="suppression-log">{html.escape(phrase("Numbers that are not shown"))}</h2><p>'
        + html.escape(
            phrase(
                "Of {cells:,} cells of tables, {small:,} are not shown because the count is "
                "small, and {dash:,} either to protect another number or because none applies.",
                cells=n_cells,
                small=n_small,
                dash=n_dash,
            )
        )
        + "</p>"
    )
    if not hidden:
        return words, ""
    head = (mark("Table"), mark("In all"), mark("Small"), mark("Protecting, or none"))
    cells = "\n".join(
        f'<tr><th scope="row">{number}. {html.escape(title)}</th><td>{_cells(total)}</td>'
        f"<td>{_cells(small)}</td><td>{_cells(dash)}</td></tr>"
        for number, title, total, small, dash in hidden
    )
    heads = "".join(f'<th scope="col">{html.escape(phrase(one))}</th>' for one in head)
    title = html.escape(phrase("Suppression log. Tables in which a cell is not shown."))
    return words, (
        f'<table class="rj"><caption>{title}</caption>\n<thead>\n<tr>{heads}</tr>\n'
        f"</thead><tbody>\n{cells}\n</tbody></table>"
    )


def _cells(number: int) -> str:
    """Return a count of cells, which nobody can take for a count of people."""
    return phrase("{n:,} cell" if number == 1 else "{n:,} cells", n=number)


def _counts(table: PrintedTable) -> tuple[int, int, int]:
    """Cells of a table, those hidden as small, and those with a dash."""
    texts = [text for _, text in table.cells()]
    small = sum(_SMALL.match(text) is not None for text in texts)
    return len(texts), small, sum(text == _DASH for text in texts)
