"""Which figures changed since an earlier report, number by number, and why.

Only released numbers are compared, those of the earlier report with those of this one, so
nothing stands here that was not published in one of them.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rjeval.report.record import EarlierReport, PrintedTable, Record

UNCHANGED = "unchanged"
#: What may lie behind a change, as the manifests tell it.
_OTHER_DATA = "other data: the exports changed"
_MORE, _FEWER = "data grew", "fewer people"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One headline number then and now, and why it differs."""

    label: str
    then: str
    now: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """All that changed since an earlier report."""

    date: str
    headlines: tuple[Change, ...]
    tables: tuple[Change, ...]
    causes: tuple[str, ...]

    @property
    def message(self) -> str:
        """One sentence for the terminal and the document."""
        changed = [one for one in self.headlines if one.why != UNCHANGED]
        if not changed and not self.tables:
            return f"Since the report of {self.date} no figure has changed."
        tables = f"tables with other numbers: {len(self.tables)}"
        why = f" ({'; '.join(self.causes)})" if self.causes else ""
        return (
            f"Since the report of {self.date}, headline figures changed: {len(changed)}, "
            f"unchanged: {len(self.headlines) - len(changed)}; {tables}{why}."
        )


def compare_reports(
    earlier: EarlierReport, *, record: Record, manifest: Mapping[str, Any]
) -> Changes:
    """Compare an earlier report with this one, number by number.

    Parameters
    ----------
    earlier : EarlierReport
    record : Record
        What this report says.
    manifest : mapping
        What stands behind this report.

    Returns
    -------
    Changes
    """
    causes = _causes(earlier.manifest, manifest)
    headlines = tuple(_measures(earlier, record, causes=causes, manifest=manifest))
    tables = tuple(_tables(earlier.record.tables, record.tables, causes=causes))
    return Changes(
        date=str(earlier.manifest.get("extract_date") or "an earlier day"),
        headlines=headlines,
        tables=tables,
        causes=tuple(causes),
    )


def changes_markup(changes: Changes) -> tuple[str, str, str]:
    """Return the words, the table of headlines and the table of tables, as HTML (or empty)."""
    words = (
        '<h2 id="changes-since">Changes since the last report</h2>'
        f"<p>{html.escape(changes.message)}</p>"
    )
    first = _table(
        "Headline figures then and now",
        ("Figure", f"Report of {changes.date}", "This report", "Why"),
        [(one.label, one.then, one.now, one.why) for one in changes.headlines],
    )
    second = _table(
        "Tables whose numbers changed",
        ("Table", "Numbers then", "Changed", "Why"),
        [(one.label, one.then, one.now, one.why) for one in changes.tables],
    )
    return words, first, second


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{html.escape(one)}</th>' for one in heads)
    body = "\n".join(
        f'<tr><th scope="row">{html.escape(row[0])}</th>'
        + "".join(f"<td>{html.escape(text)}</td>" for text in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f'<table class="rj"><caption>{html.escape(title)}</caption>\n<thead>\n<tr>{head}</tr>\n'
        f"</thead><tbody>\n{body}\n</tbody></table>"
    )


def _measures(
    earlier: EarlierReport, record: Record, *, causes: Sequence[str], manifest: Mapping[str, Any]
) -> Iterator[Change]:
    before = {str(one["id"]): one for one in earlier.record.measures}
    after = {str(one["id"]): one for one in record.measures}
    for name in dict.fromkeys([*after, *before]):
        was, now = before.get(name), after.get(name)
        shown = now or was or {}
        yield Change(
            label=str(shown["label"]),
            then=_said(was),
            now=_said(now),
            why=_why(was, now, causes=causes, manifests=(earlier.manifest, manifest)),
        )


def _why(
    was: Mapping[str, Any] | None,
    now: Mapping[str, Any] | None,
    *,
    causes: Sequence[str],
    manifests: tuple[Mapping[str, Any], Mapping[str, Any]],
) -> str:
    if was is None:
        return "new: not in the earlier report"
    if now is None:
        return "no longer given"
    reasons = []
    if was.get("definition_id") != now.get("definition_id"):
        reasons.append(_other_definition(str(now["id"]), *manifests))
    if _said(was) == _said(now) and not reasons:
        return UNCHANGED
    people = (was.get("n") or was.get("value"), now.get("n") or now.get("value"))
    if people[0] and people[1] and people[0] != people[1]:
        word = _MORE if float(people[1]) > float(people[0]) else _FEWER
        reasons.append(f"{word}: {people[0]:,.0f}, now {people[1]:,.0f}")
        return "; ".join(reasons)
    rest = [one for one in causes if not (reasons and one.startswith("definition"))]
    return "; ".join([*reasons, *rest]) or "no reason is on record"


def _other_definition(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Name the labels of a definition that differ, as they were and as they are."""
    short = name.split(":")[0]
    was = before.get("definitions", {}).get(short, {})
    now = after.get("definitions", {}).get(short, {})
    parts = [
        f"{label.lower()} was {was.get(label, 'not given')}, is {text}"
        for label, text in now.items()
        if was.get(label) != text
    ]
    return f"definition changed: {'; '.join(parts)}" if parts else "definition changed"


def _said(measure: Mapping[str, Any] | None) -> str:
    if measure is None:
        return "–"
    if measure["value"] is None:
        return "not shown"
    if measure["unit"] == "count":
        return f"{measure['value']:,.0f}"
    text = f"{100 * measure['value']:.1f}%"
    if measure["conf_low"] is not None:
        text += f" (95% CI {100 * measure['conf_low']:.1f}–{100 * measure['conf_high']:.1f}%"
        text += f"; n = {measure['n']:,.0f})" if measure["n"] is not None else ")"
    return text


def _causes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Say which inputs of the two reports differ."""
    causes = []
    was, now = before.get("definitions", {}), after.get("definitions", {})
    changed = [name for name in now if name in was and was[name] != now[name]]
    if changed:
        causes.append(f"definition changed: {', '.join(changed)}")
    if before.get("inputs") != after.get("inputs"):
        causes.append(_OTHER_DATA)
    if before.get("disclosure") != after.get("disclosure"):
        causes.append("the disclosure rule changed")
    if before.get("design_fingerprint") != after.get("design_fingerprint"):
        causes.append("the design changed (study.toml)")
    versions = [
        f"{name} {before.get('versions', {}).get(name, 'none')} to {version}"
        for name, version in after.get("versions", {}).items()
        if before.get("versions", {}).get(name) != version
    ]
    if versions or before.get("code") != after.get("code"):
        causes.append("version changed" + (f": {', '.join(versions)}" if versions else ""))
    return causes


def _tables(
    before: Iterable[PrintedTable], after: Iterable[PrintedTable], *, causes: Sequence[str]
) -> Iterator[Change]:
    """Yield the tables with other numbers, how many of them, and why."""
    old = _by_title(before)
    for key, table in _by_title(after).items():
        was = old.get(key)
        if was is None:
            continue
        then, now = dict(was.cells()), dict(table.cells())
        changed = sum(then[place] != now[place] for place in then.keys() & now.keys())
        changed += len(then.keys() ^ now.keys())
        if not changed:
            continue
        definition = ["definition changed"] if was.definition != table.definition else []
        other = [one for one in causes if not one.startswith("definition")]
        yield Change(
            label=table.title,
            then=_numbers(len(then)),
            now=_numbers(changed),
            why="; ".join([*definition, *other]) or "no reason is on record",
        )


def _numbers(how_many: int) -> str:
    """Return a count of numbers, which nobody can take for a count of people."""
    return f"{how_many:,} number{'' if how_many == 1 else 's'}"


def _by_title(tables: Iterable[PrintedTable]) -> dict[tuple[str, int], PrintedTable]:
    """Tables by title and, of those that share one, by their order."""
    seen: dict[str, int] = {}
    found = {}
    for table in tables:
        seen[table.title] = seen.get(table.title, 0) + 1
        found[table.title, seen[table.title]] = table
    return found
