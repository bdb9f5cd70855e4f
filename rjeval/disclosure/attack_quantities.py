"""One labelled quantity with two values: two roundings of one count, which narrow it down."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from rjeval.disclosure.attack_files import Exhibit, RawTable
from rjeval.disclosure.differencing import Finding

_COUNT = re.compile(r"^\d{1,3}(?:,\d{3})+$|^\d+$")
_NUMBERED = re.compile(r"^Table \d+\.\s*")
_SIZE = re.compile(r"^(.*\S) \(n = ([\d,]+)\)$")
_ROLE = re.compile(r"Role: ([^.]+)\. ([\d,]+) of ([\d,]+) invited people answered")
_STEP = re.compile(r"^step$", re.IGNORECASE)
_LEFT_OUT = re.compile(r"^left out", re.IGNORECASE)

#: Headings of a table of response by role and wave; any other splits the roles into groups.
WHOLE_ROLES = frozenset({"Role", "When", "Eligible", "Invited", "Answered", "Response", "95% CI"})

Values = dict[tuple[object, ...], dict[str, str]]


def attack_quantities(exhibits: Sequence[Exhibit]) -> Iterator[Finding]:
    """Yield labelled quantities that have two values anywhere in a report.

    The same cell of the same table in two documents; a stage of the flow in two tables; the size
    of a group in a heading (``rj (n = 330)``), which must be that of a stage of the flow; those
    invited and answering in a caption, which must be those of the table of response.
    """
    values: Values = defaultdict(dict)
    allowed: dict[tuple[str, str], set[str]] = defaultdict(set)
    claimed: list[tuple[tuple[str, str], str, str]] = []
    for exhibit in exhibits:
        named = Counter((_caption(table), table.header) for table in exhibit.tables)
        for table in exhibit.tables:
            for key, value in _cells(table, alone=named[_caption(table), table.header] == 1):
                values[key].setdefault(value, exhibit.name)
            for known, value in _sources(table):
                allowed[known].add(value)
            claimed += [(known, value, exhibit.name) for known, value in _claims(table)]
    why = "one labelled quantity has two values"
    for found in values.values():
        for name in list(found.values())[1:]:
            yield Finding(rule="two values", where=name, why=why)
    for known, value, name in claimed:
        if known in allowed and value not in allowed[known]:
            yield Finding(rule="two values", where=name, why=why)


def _rows(table: RawTable) -> Iterator[tuple[str, ...]]:
    yield from (row for row in table.rows if len(row) == len(table.header))


def _caption(table: RawTable) -> str:
    return _NUMBERED.sub("", table.caption)


def _cells(table: RawTable, *, alone: bool) -> Iterator[tuple[tuple[object, ...], str]]:
    """Yield counts of a table, with the caption, the place and the headings that name them."""
    flow = bool(table.header) and bool(_STEP.match(table.header[0].strip()))
    for number, row in enumerate(_rows(table)):
        for heading, text in zip(table.header[1:], row[1:], strict=True):
            if not _COUNT.match(text):
                continue
            if flow and not _LEFT_OUT.match(row[0]):
                yield ("stage", row[0], heading), text
            elif alone and table.caption:
                yield (_caption(table), table.header, number, row[0], heading), text


def _sources(table: RawTable) -> Iterator[tuple[tuple[str, str], str]]:
    """Sizes of groups at the stages of a flow; invited and answering in a table of response."""
    heads = [heading.strip() for heading in table.header]
    if heads and _STEP.match(heads[0]):
        for row in _rows(table):
            for heading, text in zip(heads[1:], row[1:], strict=True):
                if not _LEFT_OUT.match(row[0]) and _COUNT.match(text):
                    yield ("size", heading), text
    if {"Role", "Invited", "Answered"} <= set(heads) <= WHOLE_ROLES:
        for row in _rows(table):
            role = row[heads.index("Role")].lower()
            for name in ("Invited", "Answered"):
                text = row[heads.index(name)]
                if _COUNT.match(text):
                    yield (name, role), text


def _claims(table: RawTable) -> Iterator[tuple[tuple[str, str], str]]:
    """Sizes in headings, and those invited and answering in captions."""
    for heading in table.header:
        size = _SIZE.match(heading.strip())
        if size:
            yield ("size", size[1]), size[2]
    for role, answered, invited in _ROLE.findall(table.caption):
        yield ("Answered", role.lower()), answered
        yield ("Invited", role.lower()), invited
