"""One labelled quantity with two values: two roundings of one count, which narrow it down."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

from rjeval.disclosure.attack_files import Exhibit, RawTable
from rjeval.disclosure.differencing import Finding
from rjeval.languages.reading import in_english, pattern_of, tongues

_COUNT = re.compile(r"^\d{1,3}(?:,\d{3})+$|^\d+$")
_SIZE = re.compile(r"^(.*\S) \(n = ([\d,]+)\)$")
#: How captions are numbered, and how they count those invited and answering.
_NUMBERED = "Table {n}."
_ROLE, _INVITED = "Role: {role}", "{n} of {whole} invited people answered ({share})"
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
    for lead in _captions()[0]:
        if found := lead.match(table.caption):
            return table.caption[found.end() :]
    return table.caption


@cache
def _compiled(languages: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(one) for one in languages)


def _captions() -> tuple[tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]]:
    """Return how captions begin, and how they tell of a role, in each language."""
    spoken = [{}, *(one.phrases for one in tongues())]
    leads, roles = [], []
    for phrases in spoken:
        numbered, role, invited = (phrases.get(one, one) for one in (_NUMBERED, _ROLE, _INVITED))
        leads.append(rf"^{pattern_of(numbered, {'n': '[0-9]+'})}\s*")
        parts = {"n": r"[\d,]+", "whole": r"[\d,]+", "share": "[^)]*"}
        roles.append(rf"{pattern_of(role, {'role': '[^.]+'})}\. {pattern_of(invited, parts)}")
    return _compiled(tuple(leads)), _compiled(tuple(roles))


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
    for found in (one for role in _captions()[1] for one in role.finditer(table.caption)):
        role = in_english(found["role"]).lower()
        yield ("Answered", role), found["n"]
        yield ("Invited", role), found["whole"]
