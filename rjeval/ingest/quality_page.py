"""The account of a study's exports as one self-contained page for those who hold the data."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from rjeval.analysis_data import Exports
from rjeval.ingest.blocks import Block
from rjeval.ingest.previous import Change

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;"
    "color:#1a1a1a}table{border-collapse:collapse;width:100%;margin:1rem 0}"
    "th,td{border-bottom:1px solid #ccc;padding:.35rem .6rem;text-align:left;vertical-align:top}"
    ".number{text-align:right;font-variant-numeric:tabular-nums}"
)
SEVERITY = {"E": "error", "W": "warning", "I": "remark"}
ACCOUNT = ("Table", "Read", "Accepted", "Quarantined", "Exact duplicates", "Set aside")
RULES = ("Rule", "How grave", "Where", "Rows failed", "Of rows", "What is wrong", "What it blocks")
MISSING = ("Table", "Column", "Missing", "Of accepted rows", "Share")
LEDGER = ("Table", "Column", "Change", "Detail", "Rows")


def quality_page(
    exports: Exports, *, title: str, blocks: Sequence[Block] = (), changes: Sequence[Change] = ()
) -> str:
    """Return the page: rows, rules, what is missing, what cleaning changed; counts only.

    Parameters
    ----------
    exports : Exports
    title : str
        Of the study.
    blocks : sequence of Block
        What stops the study.
    changes : sequence of Change
        What is not as it was last time.
    """
    head = f"Quality of the exports: {title}"
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(head)}</title><style>{STYLE}</style></head><body><main>"
        f"<h1>{html.escape(head)}</h1><p>Counts of rows, for those who hold the data. They are not "
        "rounded and no small count is hidden: <strong>not for release</strong>.</p>"
        f"{_listed('What stops this study', blocks)}"
        f"<h2>Every row accounted for</h2>{_table(ACCOUNT, _accounts(exports))}"
        f"<h2>Rules that failed</h2>{_table(RULES, _rules(exports))}"
        f"{_listed('What is not as it was last time', changes)}"
        f"<h2>What is missing</h2>{_table(MISSING, _missing(exports))}"
        f"<h2>What reading and cleaning did</h2>{_table(LEDGER, _ledger(exports))}"
        "</main></body></html>\n"
    )


def _accounts(exports: Exports) -> list[tuple[object, ...]]:
    return [
        (one.table, one.n_read, one.n_accepted, one.n_quarantined, one.n_duplicates, one.n_filtered)
        for one in exports.accounts
    ]


def _rules(exports: Exports) -> list[tuple[object, ...]]:
    return [
        (
            row["rule"],
            SEVERITY.get(str(row["severity"]), ""),
            ".".join(str(row[key]) for key in ("table", "column") if row[key]),
            row["n_failed"],
            row["n_rows"],
            row["reason"],
            row["blocks"],
        )
        for row in exports.quality.to_dict("records")
    ]


def _missing(exports: Exports) -> list[tuple[object, ...]]:
    """Return columns with missing cells, per table; only where there are any."""
    rows: list[tuple[object, ...]] = []
    for name, frame in exports.tables.items():
        counts = frame.isna().sum()
        for column, n_missing in counts[counts > 0].items():
            share = f"{100 * n_missing / len(frame):.1f} %"
            rows.append((name, column, int(n_missing), len(frame), share))
    return rows


def _ledger(exports: Exports) -> list[tuple[object, ...]]:
    columns = ["table", "column", "rule", "detail", "n_rows"]
    return [tuple(row[key] for key in columns) for row in exports.ledger.to_dict("records")]


def _table(headings: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    if not rows:
        return "<p>None.</p>"
    head = "".join(f'<th scope="col">{one}</th>' for one in headings)
    body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f'<td class="number">{value:,}</td>'
    return f"<td>{html.escape(str(value))}</td>"


def _listed(heading: str, lines: Iterable[object]) -> str:
    items = "".join(f"<li>{html.escape(str(one))}</li>" for one in lines)
    return f"<h2>{heading}</h2><ul>{items}</ul>" if items else ""
