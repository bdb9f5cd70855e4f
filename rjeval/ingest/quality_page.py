"""The account of a study's exports as one self-contained page for those who hold the data."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from importlib.resources import files

from rjeval.analysis_data import Exports
from rjeval.ingest.blocks import Block
from rjeval.ingest.gaps import find_gaps, find_patterns, list_unknown
from rjeval.ingest.previous import Change

SEVERITY = {"E": "error", "W": "warning", "I": "remark"}
MEANING = {
    "E": "what rests on these rows is blocked; rows in quarantine are left out",
    "W": "travels into the report",
    "I": "for your information",
}
ACCOUNT = ("Table", "Read", "Accepted", "Quarantined", "Exact duplicates", "Set aside")
RULES = ("Rule", "How grave", "Where", "Rows failed", "Of rows", "What is wrong", "What it blocks")
MISSING = ("Table", "Column", "Missing", "Of accepted rows", "Share")
PATTERNS = ("Table", "Missing together", "Rows", "Share")
UNKNOWN = ("Table", "Column", "Code in the file", "Codes", "Rows")
LEDGER = ("Table", "Column", "Change", "Detail", "Rows")
FACTS = ("Table", "Column", "What", "Detail")
NOT_RUN = ("Rule", "Why it could not run")


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
    style = (files("rjeval.ingest") / "quality_page.css").read_text("utf-8")
    sections = _sections(exports, blocks, changes)
    contents = "".join(f'<li><a href="#{key}">{name}</a></li>' for key, name, _ in sections)
    body = "".join(
        f'<section id="{key}"><h2>{name}</h2>{content}</section>' for key, name, content in sections
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(head)}</title><style>{style}</style></head><body><main>"
        f'<header><p class="kind">Quality of the exports</p><h1>{html.escape(title)}</h1>'
        '<p class="note">Counts of rows, for those who hold the data. They are not rounded and no '
        "small count is hidden: <strong>not for release</strong>.</p></header>"
        f"{_summary(exports, blocks)}<nav><ol>{contents}</ol></nav>{body}</main></body></html>\n"
    )


def _sections(
    exports: Exports, blocks: Sequence[Block], changes: Sequence[Change]
) -> list[tuple[str, str, str]]:
    """Return the sections that have something to say: anchor, heading, content."""
    gaps = find_gaps(exports)
    patterns = find_patterns(exports, gaps)
    facts, not_run, changed = _ledger(exports)
    missing = [(g.table, g.column, g.n_missing, g.n_rows, _Share(g.share)) for g in gaps]
    together = [
        (p.table, ", ".join(p.columns) or "nothing: whole rows", p.n_rows, _Share(p.share))
        for p in patterns
    ]
    unknown = [
        (c.table, c.column, c.text or "rare or sensitive, not shown", c.n_codes, c.n_rows)
        for c in list_unknown(exports.unmapped)
    ]
    found = [
        ("stops", "What stops this study", _listed(blocks)),
        ("rows", "Every row accounted for", _table(ACCOUNT, _accounts(exports))),
        ("rules", "Rules that failed", _table(RULES, _rules(exports)) or "<p>None.</p>"),
        ("codes", "Codes that no list and no map knows", _table(UNKNOWN, unknown)),
        ("drift", "What is not as it was last time", _listed(changes)),
        ("missing", "What is missing", _table(MISSING, missing) or "<p>Nothing.</p>"),
        ("together", "What is missing together", _table(PATTERNS, together)),
        ("cleaning", "What cleaning changed", _table(LEDGER, changed) or "<p>Nothing.</p>"),
        ("reading", "How the files were read", _table(FACTS, facts)),
        ("idle", "Rules that could not run", _table(NOT_RUN, not_run)),
    ]
    return [one for one in found if one[2]]


def _summary(exports: Exports, blocks: Sequence[Block]) -> str:
    """Return the sums at the top, and in one sentence whether the study can go on."""
    failed = exports.quality[exports.quality["n_failed"] > 0]["severity"].value_counts()
    errors = int(failed.get("E", 0))
    kind, verdict = "good", "No error rule failed."
    if errors:
        kind, verdict = "fair", "Some rows are refused; the study can go on without them."
    if blocks:
        kind, verdict = "bad", "The study is stopped until the map or the files are mended."
    sums = (
        (sum(one.n_read for one in exports.accounts), "rows read"),
        (sum(one.n_accepted for one in exports.accounts), "accepted"),
        (sum(one.n_quarantined for one in exports.accounts), "quarantined"),
        (sum(one.n_duplicates for one in exports.accounts), "exact duplicates"),
        (errors, "errors"),
        (int(failed.get("W", 0)), "warnings"),
    )
    cells = "".join(f"<div><dt>{name}</dt><dd>{count:,}</dd></div>" for count, name in sums)
    return f'<p class="verdict {kind}">{verdict}</p><dl class="sums">{cells}</dl>'


def _accounts(exports: Exports) -> list[tuple[object, ...]]:
    return [
        (one.table, one.n_read, one.n_accepted, one.n_quarantined, one.n_duplicates, one.n_filtered)
        for one in exports.accounts
    ]


def _rules(exports: Exports) -> list[tuple[object, ...]]:
    return [
        (
            row["rule"],
            _Mark(str(row["severity"])),
            ".".join(str(row[key]) for key in ("table", "column") if row[key]),
            row["n_failed"],
            row["n_rows"],
            row["reason"],
            row["blocks"],
        )
        for row in exports.quality.to_dict("records")
    ]


def _ledger(exports: Exports) -> tuple[list[tuple[object, ...]], ...]:
    """Return how files were read, which rules could not run, and what cleaning changed."""
    facts: list[tuple[object, ...]] = []
    not_run: list[tuple[object, ...]] = []
    changed: list[tuple[object, ...]] = []
    for row in exports.ledger.to_dict("records"):
        words = str(row["rule"]).replace("_", " ")
        if row["rule"] == "rule_not_run":
            not_run.append((row["column"], row["detail"]))
        elif row["n_rows"]:
            changed.append((row["table"], row["column"], words, row["detail"], row["n_rows"]))
        else:
            facts.append((row["table"], row["column"], words, row["detail"]))
    return facts, not_run, changed


class _Share(float):
    """A share that is shown with a bar."""


class _Mark(str):
    """A severity that is shown as a mark."""


def _table(headings: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> str:
    if not rows:
        return ""
    head = "".join(
        f'<th scope="col"{_side(value)}>{one}</th>'
        for one, value in zip(headings, rows[0], strict=True)
    )
    body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="wide">{table}</div>'


def _side(value: object) -> str:
    """Return the class of a heading: numbers and their headings stand to the right."""
    return ' class="number"' if isinstance(value, int | _Share) else ""


def _cell(value: object) -> str:
    if isinstance(value, _Share):
        width = f"{100 * value:.1f}"
        return f'<td class="number share" style="--share:{width}%">{width} %</td>'
    if isinstance(value, _Mark):
        name = SEVERITY.get(value, "")
        return f'<td><span class="mark {name}" title="{MEANING.get(value, "")}">{name}</span></td>'
    if isinstance(value, int):
        return f'<td class="number">{value:,}</td>'
    return f"<td>{html.escape(str(value))}</td>"


def _listed(lines: Iterable[object]) -> str:
    items = "".join(f"<li>{html.escape(str(one))}</li>" for one in lines)
    return f"<ul>{items}</ul>" if items else ""
