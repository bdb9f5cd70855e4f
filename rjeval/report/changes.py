"""Which figures changed since an earlier report, number by number, and why.

Only released numbers are compared, those of the earlier report with those of this one, so
nothing stands here that was not published in one of them.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rjeval.language import join_notes, mark, note, phrase
from rjeval.languages.reading import retell
from rjeval.report.record import EarlierReport, PrintedTable, Record

UNCHANGED = mark("unchanged")
#: What may lie behind a change, as the manifests tell it.
_OTHER_DATA = mark("other data: the exports changed")
_MORE = mark("data grew: {n:,.0f}, now {now:,.0f}")
_FEWER = mark("fewer people: {n:,.0f}, now {now:,.0f}")
_NO_REASON = mark("no reason is on record")
_REDEFINED = mark("definition changed")


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
            return note("Since the report of {day} no figure has changed.", day=self.date)
        parts = {
            "day": self.date,
            "n": len(changed),
            "same": len(self.headlines) - len(changed),
            "tables": len(self.tables),
        }
        if not self.causes:
            return note(
                "Since the report of {day}, headline figures changed: {n}, unchanged: {same}; "
                "tables with other numbers: {tables}.",
                **parts,
            )
        return note(
            "Since the report of {day}, headline figures changed: {n}, unchanged: {same}; "
            "tables with other numbers: {tables} ({why}).",
            **parts,
            why=join_notes(self.causes, between="; "),
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
        date=str(earlier.manifest.get("extract_date") or note("an earlier day")),
        headlines=headlines,
        tables=tables,
        causes=tuple(causes),
    )


def changes_markup(changes: Changes) -> tuple[str, str, str]:
    """Return the words, the table of headlines and the table of tables, as HTML (or empty)."""
    words = (
        f'<h2 id="changes-since">{html.escape(phrase("Changes since the last report"))}</h2>'
        f"<p>{html.escape(phrase(changes.message))}</p>"
    )
    first = _table(
        phrase("Headline figures then and now"),
        (
            phrase("Figure"),
            phrase("Report of {day}", day=changes.date),
            phrase("This report"),
            phrase("Why"),
        ),
        [(one.label, one.then, one.now, one.why) for one in changes.headlines],
    )
    second = _table(
        phrase("Tables whose numbers changed"),
        (phrase("Table"), phrase("Numbers then"), phrase("Changed"), phrase("Why")),
        [(one.label, one.then, one.now, one.why) for one in changes.tables],
    )
    return words, first, second


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{html.escape(one)}</th>' for one in heads)
    body = "\n".join(
        f'<tr><th scope="row">{html.escape(row[0])}</th>'
        + "".join(f"<td>{html.escape(text)}</td>" for text in map(phrase, row[1:]))
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
        return mark("new: not in the earlier report")
    if now is None:
        return mark("no longer given")
    reasons: list[str] = []
    if was.get("definition_id") != now.get("definition_id"):
        reasons.append(_other_definition(str(now["id"]), *manifests))
    if _said(was) == _said(now) and not reasons:
        return UNCHANGED
    people = (was.get("n") or was.get("value"), now.get("n") or now.get("value"))
    if people[0] and people[1] and people[0] != people[1]:
        grew = float(people[1]) > float(people[0])
        told = _MORE if grew else _FEWER
        reasons.append(note(told, n=people[0], now=people[1]))
        return join_notes(reasons, between="; ")
    rest = [one for one in causes if not (reasons and one.startswith("definition"))]
    return join_notes([*reasons, *rest], between="; ") or _NO_REASON


def _other_definition(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Name the labels of a definition that differ, as they were and as they are."""
    short = name.split(":")[0]
    was = before.get("definitions", {}).get(short, {})
    now = after.get("definitions", {}).get(short, {})
    parts = [
        note(
            "{label} was {before}, is {now}",
            label=phrase(label).lower(),
            before=retell(was[label]) if label in was else phrase("not given"),
            now=retell(text),
        )
        for label, text in now.items()
        if was.get(label) != text
    ]
    if not parts:
        return _REDEFINED
    return note("definition changed: {why}", why=join_notes(parts, between="; "))


def _said(measure: Mapping[str, Any] | None) -> str:
    if measure is None:
        return "–"
    if measure["value"] is None:
        return mark("not shown")
    if measure["unit"] == "count":
        return f"{measure['value']:,.0f}"
    parts = {"share": 100 * measure["value"]}
    if measure["conf_low"] is None:
        return note("{share:.1f}%", **parts)
    parts |= {"low": 100 * measure["conf_low"], "high": 100 * measure["conf_high"]}
    if measure["n"] is None:
        return note("{share:.1f}% (95% CI {low:.1f}–{high:.1f}%)", **parts)
    return note(
        "{share:.1f}% (95% CI {low:.1f}–{high:.1f}%; n = {n:,.0f})", **parts, n=measure["n"]
    )


def _causes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Say which inputs of the two reports differ."""
    causes: list[str] = []
    was, now = before.get("definitions", {}), after.get("definitions", {})
    changed = [name for name in now if name in was and was[name] != now[name]]
    if changed:
        causes.append(note("definition changed: {why}", why=", ".join(changed)))
    if before.get("inputs") != after.get("inputs"):
        causes.append(_OTHER_DATA)
    if before.get("disclosure") != after.get("disclosure"):
        causes.append(note("the disclosure rule changed"))
    if before.get("design_fingerprint") != after.get("design_fingerprint"):
        causes.append(note("the design changed (study.toml)"))
    earlier = before.get("versions", {})
    versions = [
        note(
            "{name} {before} to {now}",
            name=name,
            before=earlier.get(name, note("none")),
            now=version,
        )
        for name, version in after.get("versions", {}).items()
        if earlier.get(name) != version
    ]
    if versions or before.get("code") != after.get("code"):
        told = note("version changed: {versions}", versions=join_notes(versions))
        causes.append(told if versions else note("version changed"))
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
        definition = [_REDEFINED] if was.definition != table.definition else []
        other = [one for one in causes if not one.startswith("definition")]
        yield Change(
            label=table.title,
            then=_numbers(len(then)),
            now=_numbers(changed),
            why=join_notes([*definition, *other], between="; ") or _NO_REASON,
        )


def _numbers(how_many: int) -> str:
    """Return a count of numbers, which nobody can take for a count of people."""
    return note("{n:,} number" if how_many == 1 else "{n:,} numbers", n=how_many)


def _by_title(tables: Iterable[PrintedTable]) -> dict[tuple[str, int], PrintedTable]:
    """Tables by title and, of those that share one, by their order."""
    seen: dict[str, int] = {}
    found = {}
    for table in tables:
        seen[table.title] = seen.get(table.title, 0) + 1
        found[table.title, seen[table.title]] = table
    return found
