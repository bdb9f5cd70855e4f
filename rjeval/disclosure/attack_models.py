"""What estimates, and counts beside them, give away of a few people with other tables of a report.

Ways that an intruder would try. The events of one arm are those of a model less those of the
other arms; those of one level of incident are those of a group less the other levels. A share
that rose less a share that fell, with its interval and its pairs, gives the people who rose, fell
and stayed. A predicted share of favourable answers times the people who answered gives those who
were not satisfied. A mean on a harm index gives the few serious incidents that weigh most in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.attack_files import Exhibit, RawTable
from rjeval.disclosure.differencing import Finding
from rjeval.languages.reading import pattern_of, tongues

_NUMBER = re.compile(r"^\d{1,3}(?:,\d{3})+$|^\d+$")
_SPAN = re.compile(
    r"([−+-]?\d+(?:\.\d+)?)[^\d−+-]+\(([−+-]?\d+(?:\.\d+)?)\D*? (?:to|a) ([−+-]?[\d.]+)"
)
_PERCENT = re.compile(r"^(\d+(?:\.\d+)?)%$")
_N = re.compile(r"\bn = (\d[\d,]*)")
_EVENTS = "events = {n}"
_NET, _PAIRS = re.compile(r"^Rose less fell", re.IGNORECASE), "Pairs"
_FAVOURABLE = "Favourable"
#: Headings of a table of one count of events for each group.
_GROUPS = ("Group", "With event")
_WINDOW = "Window (days)"
_LEVELS, _NOBODY = ("Worst level", "People"), "No incident"
_STEP, _UNCHECKED = "Step", "Never checked"
_NEVER = re.compile(r"^Left out: records never checked", re.IGNORECASE)
_SHARE_SERIOUS = "How serious: share"
_MEAN_HARM = "How serious: mean"
#: Sentences of a caption that are long enough to name a definition.
LEAST_LETTERS = 40
#: Quantile of the usual interval.
Z = 1.96
#: An interval may have been widened before it was shown: this part of it is sure.
NARROWER = 0.9

#: Tables of events by group, with what they say.
Groups = Sequence[tuple[RawTable, dict[str, float | None]]]


def attack_models(exhibits: Sequence[Exhibit], *, rule: DisclosureRule) -> Iterator[Finding]:
    """Yield what models and the tables beside them tell of a few people."""
    tables = [(one.name, table) for one in exhibits for table in one.tables]
    groups = [(table, _by_group(table)) for _, table in tables]
    groups = [(table, events) for table, events in groups if events]
    never = next((found for _, table in tables if (found := _never_checked(table))), None)
    for name, table in tables:
        where = f"{name}: {table.caption[:60] or 'table'}"
        beside = (
            *_by_arms(table, groups, rule=rule),
            *_by_levels(table, groups, rule=rule),
            *_unchecked(table, never, rule=rule),
        )
        for why in beside:
            yield Finding(rule="with another table", where=where, why=why)
        inside = (*_moved(table, rule=rule), *_not_favourable(table, rule=rule), *_weighed(table))
        for why in inside:
            yield Finding(rule="inside an estimate", where=where, why=why)


def _by_group(table: RawTable) -> dict[str, float | None]:
    """Return the events of each group, ``None`` where they are hidden."""
    if not set(_GROUPS) <= set(table.header) or _WINDOW in table.header:
        return {}
    name, at = (table.header.index(one) for one in _GROUPS)
    rows = [row for row in table.rows if len(row) == len(table.header)]
    return {row[name]: _count(row[at]) if _NUMBER.match(row[at]) else None for row in rows}


def _follows(whole: float, shown: Sequence[float], *, rule: DisclosureRule) -> bool:
    """Whether the one hidden part of a whole is small and known too narrowly."""
    spread = (rule.round_to - 1) / 2 * (len(shown) + 1)
    return whole - sum(shown) < rule.min_cell and 2 * spread < rule.min_cell - 1


def _by_arms(table: RawTable, groups: Groups, *, rule: DisclosureRule) -> Iterator[str]:
    """Find the events of a hidden group as those of a model less those of the others."""
    told = next((one.search(table.caption) for one in _events() if one.search(table.caption)), None)
    for other, events in groups if told else ():
        shown = [n for n in events.values() if n is not None]
        one_hidden = len(shown) == len(events) - 1 and _definitions(table) & _definitions(other)
        if told and one_hidden and _follows(_count(told["n"]), shown, rule=rule):
            yield "the events of a hidden group are those of the model less the others'"


def _by_levels(table: RawTable, groups: Groups, *, rule: DisclosureRule) -> Iterator[str]:
    """Find people at a hidden level of incident as a group's events less the other levels'."""
    if not set(_LEVELS) <= set(table.header):
        return
    level, at = (table.header.index(one) for one in _LEVELS)
    for other, events in groups:
        for group, whole in events.items():
            own = [row for row in table.rows if row[0] == group and row[level] != _NOBODY]
            shown = [_count(row[at]) for row in own if _NUMBER.match(row[at])]
            same = _definitions(table) & _definitions(other)
            if same and whole and len(shown) == len(own) - 1 and _follows(whole, shown, rule=rule):
                yield "people at a hidden level are the group's events less the other levels'"


def _never_checked(table: RawTable) -> float | None:
    """Return how many of all were never checked, where a flow shows it."""
    if len(table.header) < 2 or table.header[0] != _STEP:
        return None
    found = [row[1] for row in table.rows if _NEVER.match(row[0]) and len(row) > 1]
    return _count(found[0]) if found and _NUMBER.match(found[0]) else None


def _unchecked(table: RawTable, whole: float | None, *, rule: DisclosureRule) -> Iterator[str]:
    """Find people never checked in a hidden group as those of the flow less the other groups'."""
    if whole is None or not {_GROUPS[0], _WINDOW, _UNCHECKED} <= set(table.header):
        return
    window, at = table.header.index(_WINDOW), table.header.index(_UNCHECKED)
    days = [_count(row[window]) for row in table.rows if _NUMBER.match(row[window])]
    # Later windows leave out people who could not have been followed so long.
    cells = [row[at] for row, day in zip(table.rows, days, strict=False) if day == min(days)]
    shown = [_count(cell) for cell in cells if _NUMBER.match(cell)]
    if len(shown) == len(cells) - 1 and _follows(whole, shown, rule=rule):
        yield "people never checked in a hidden group are the flow's less the other groups'"


def _weighed(table: RawTable) -> Iterator[str]:
    """Find a mean on the harm index beside a hidden share of those whose worst was serious."""
    shares = [row for row in table.rows if row[0].startswith(_SHARE_SERIOUS)]
    means = [row for row in table.rows if row[0].startswith(_MEAN_HARM)]
    for share, mean in zip(shares, means, strict=False):
        pairs = zip(share[1:], mean[1:], strict=False)
        if any(re.search(r"\d", b) and not re.search(r"\d", a) for a, b in pairs):
            yield "A mean on the harm index tells how many had the incidents that weigh most"


def _moved(table: RawTable, *, rule: DisclosureRule) -> Iterator[str]:
    """Find the few who rose, fell or stayed from the share that rose less the share that fell."""
    net = next((i for i, heading in enumerate(table.header) if _NET.match(heading)), None)
    if net is None or _PAIRS not in table.header:
        return
    for row in (one for one in table.rows if len(one) == len(table.header)):
        found, pairs = _SPAN.search(row[net]), row[table.header.index(_PAIRS)]
        if found is None or not _NUMBER.match(pairs):
            continue
        gap, low, high = (_signed(text) / 100 for text in found.groups())
        n = _count(pairs)
        spread = ((high - low) / (2 * Z)) ** 2 * n
        most, least = spread + gap**2, spread * NARROWER**2 + gap**2
        rose, fell, stayed = (most + gap) / 2 * n, (most - gap) / 2 * n, (1 - least) * n
        if min(rose, fell, stayed) < rule.min_cell - 1:
            yield "how many rose and fell follows from the shares' difference and its interval"


def _not_favourable(table: RawTable, *, rule: DisclosureRule) -> Iterator[str]:
    """Find the few who were not satisfied, or who were, from predicted shares and their people."""
    size = _N.search(table.caption)
    if size is None or _FAVOURABLE not in table.header:
        return
    at = table.header.index(_FAVOURABLE)
    cells = [_PERCENT.match(row[at]) for row in table.rows if len(row) == len(table.header)]
    shares = [float(cell[1]) / 100 for cell in cells if cell]
    if shares and min(min(shares), 1 - max(shares)) * _count(size[1]) < rule.min_cell - 2:
        yield "A predicted share times its people gives a few answers"


@cache
def _events() -> tuple[re.Pattern[str], ...]:
    """Return how captions count events, in each language."""
    spoken = [_EVENTS, *(one.phrases.get(_EVENTS, _EVENTS) for one in tongues())]
    return tuple(re.compile(pattern_of(text, {"n": r"\d[\d,]*"})) for text in dict.fromkeys(spoken))


def _definitions(table: RawTable) -> set[str]:
    """Return the sentences of a caption that may name what counts as an event."""
    return {one for one in re.split(r"\.\s+", table.caption) if len(one) >= LEAST_LETTERS}


def _count(text: str) -> float:
    return float(text.replace(",", ""))


def _signed(text: str) -> float:
    return float(text.replace("−", "-"))
