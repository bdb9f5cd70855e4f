"""What printed tables give away: small counts, and hidden counts that can be worked out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.attack_files import Exhibit, RawTable
from rjeval.disclosure.cells import LP_SLACK
from rjeval.disclosure.differencing import Finding, bounded_range

_COUNT = re.compile(r"^(\d{1,3}(?:,\d{3})+|\d+)(?:\.0)?(?:\s*\((\d+(?:\.\d+)?)%\))?$")
#: A measure with decimals, headings of estimates, and those under which even 4.0 is a count.
_DECIMAL = re.compile(r"^[−-]?\d+\.\d*[1-9]$")
_INTERVAL = re.compile(r"\b(?:CI|IC)\b|^conf_")
_OF_PEOPLE = re.compile(r"^n(?:_|$)|people|persons?\b|count|number|answered|invited", re.I)
#: A count beside its share, whatever else stands in its column.
_WITH_SHARE = re.compile(r"^(\d{1,3}(?:,\d{3})+|\d+)\s*\(\d+(?:\.\d+)?%\)$")
_PERCENT = re.compile(r"^(\d+(?:\.\d+)?)%$")
_HIDDEN = re.compile(r"^(?:–|-|<\s?(\d+)|nan|NaN|)$")
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
#: Headings of columns whose whole numbers are not counts.
NOT_COUNTS = re.compile(
    r"day|window|horizon|\bdf\b|statistic|year|quarter|mean|age|estimate|ratio|difference|"
    r"number needed|\bp\b|step|rank|score|conf_|std_|bound|share|rate|smd|amount|owed|paid|"
    r"hours|cost|label|rule|page|tier|min_cell|round_to|version|seed|degrees",
    re.I,
)
TOTAL = re.compile(r"^(?:all|total|overall|sum|read|n_read|everyone|grand total)\b", re.I)
NUMERATOR = re.compile(
    r"^(?:with event|answered|reached|n_event|n_top|yes|satisfied|paid in full)$", re.I
)
RATE = re.compile(r"^(?:rate|response|share.*|estimate|%|percent)$", re.I)
ROW_LEVEL = re.compile(
    r"^(?:person|referral|case|harmed|party|invitation|check)_id$|^name$|^dob$", re.I
)
#: Headings of the account of rows.
ACCOUNT = frozenset({"accepted", "n_accepted"})
STAGES = re.compile(r"^(?:stage|step)$", re.I)
#: Different days in one column from which on they are people's days.
MAX_DATES = 6


def attack_tables(exhibit: Exhibit, *, rule: DisclosureRule) -> Iterator[Finding]:
    """Yield what the tables of a file give away."""
    for table in exhibit.tables:
        where = f"{exhibit.name}: {table.caption[:60] or 'table'}"
        counted = _count_columns(table)
        for name, why in (
            *_row_level(table),
            *_small_counts(table, counted=counted, rule=rule),
            *_by_rate(table),
            *_flagged_but_shown(table),
            *_by_totals(table, counted=counted, rule=rule),
        ):
            yield Finding(rule=name, where=where, why=why)


def _count_columns(table: RawTable) -> list[int]:
    """Columns of whole numbers that count people or rows."""
    found = []
    decimals = any(_DECIMAL.match(cell) for row in table.rows for cell in row)
    decimals |= any(_INTERVAL.search(heading) for heading in table.header)
    for at, heading in enumerate(table.header):
        cells = [row[at] for row in table.rows if at < len(row)]
        numbers = [cell for cell in cells if _COUNT.match(cell)]
        whole = decimals and numbers and all(cell.endswith(".0") for cell in numbers)
        if whole and not _OF_PEOPLE.search(heading):
            continue  # 1.0 beside 1.3: a measure that happens to be whole
        others = [c for c in cells if not _COUNT.match(c) and not _HIDDEN.match(c)]
        if numbers and not others and not NOT_COUNTS.search(heading):
            found.append(at)
    return found


def _row_level(table: RawTable) -> Iterator[tuple[str, str]]:
    if any(ROW_LEVEL.match(heading.strip()) for heading in table.header):
        yield "rows of people", "a column of ids or names"
    for at in range(len(table.header)):
        days = {d for row in table.rows if at < len(row) for d in _DATE.findall(row[at])}
        if len(days) > MAX_DATES:
            yield "dates", "a column of days"


def _small_counts(
    table: RawTable, *, counted: Sequence[int], rule: DisclosureRule
) -> Iterator[tuple[str, str]]:
    numbers = [(_number(row[at]), row[at]) for row in table.rows for at in counted if at < len(row)]
    beside = [text for row in table.rows for text in row if _WITH_SHARE.match(text)]
    numbers += [(_number(text), text) for text in beside]
    known = [(n, text) for n, text in numbers if n is not None]
    if any(0 < n < rule.min_cell for n, _ in known):
        yield "small count", f"a count under {rule.min_cell} is printed"
    if any(n > 0 and n % rule.round_to for n, _ in known):
        yield "not rounded", f"a count is not a multiple of {rule.round_to}"
    if any("(0%)" in text or "(100%)" in text for _, text in known):
        yield "all or none", "a group with 0% or 100%"
    if table.header and STAGES.match(table.header[0].strip()):
        return  # that everybody passed a stage tells nothing beyond the stage before
    for row in table.rows:
        shares = [cell for cell in row if cell in ("0%", "100%", "0.0%", "100.0%")]
        if shares and any(_number(row[at]) for at in counted if at < len(row)):
            yield "all or none", "a group with 0% or 100%"


def _by_rate(table: RawTable) -> Iterator[tuple[str, str]]:
    """Find a hidden numerator beside its rate and its denominator."""
    tops = [i for i, heading in enumerate(table.header) if NUMERATOR.match(heading.strip())]
    rates = [i for i, heading in enumerate(table.header) if RATE.match(heading.strip())]
    for row in table.rows:
        full = len(row) == len(table.header)
        hidden = full and any(_HIDDEN.match(row[i]) for i in tops)
        if hidden and any(_PERCENT.match(row[i]) or _is_decimal(row[i]) for i in rates):
            yield "rate times n", "a hidden count follows from its rate"


def _flagged_but_shown(table: RawTable) -> Iterator[tuple[str, str]]:
    """Find a sidecar row that says it is hidden and prints its number."""
    if "suppressed" not in table.header:
        return
    flag = table.header.index("suppressed")
    shown = [i for i, name in enumerate(table.header) if name in ("n", "n_event", "estimate")]
    for row in table.rows:
        marked = flag < len(row) and row[flag] not in ("", "nan")
        if marked and any(i < len(row) and not _HIDDEN.match(row[i]) for i in shown[-1:]):
            yield "flagged but shown", "a number stands in a row marked as suppressed"


def _by_totals(
    table: RawTable, *, counted: Sequence[int], rule: DisclosureRule
) -> Iterator[tuple[str, str]]:
    """Hidden counts that follow from totals, by linear programming over the whole table."""
    columns = [at for at in counted if not TOTAL.match(table.header[at].strip())]
    total_column = [at for at in counted if TOTAL.match(table.header[at].strip())]
    rows = [r for r in table.rows if len(r) == len(table.header) and not TOTAL.match(r[0].strip())]
    total_row = [r for r in table.rows if len(r) == len(table.header) and TOTAL.match(r[0].strip())]
    if ACCOUNT.intersection(heading.strip().lower() for heading in table.header):
        return  # rows of exports, not people: read and accepted are shown, rounded
    relations: list[tuple[list[str], str]] = []
    if total_column and len(columns) > 1 and _adds_up(rows, columns, total_column[0], rule=rule):
        relations += [([row[at] for at in columns], row[total_column[0]]) for row in rows]
    if total_row and len(rows) > 1:
        relations += [([row[at] for row in rows], total_row[0][at]) for at in counted]
    for parts, total in relations:
        if _follows(parts, total=total, rule=rule):
            yield "derivable", "a hidden count follows from a total"


def _adds_up(
    rows: Sequence[tuple[str, ...]], columns: Sequence[int], total: int, *, rule: DisclosureRule
) -> bool:
    """Whether no row contradicts that these columns make up the total."""
    for row in rows:
        numbers, whole = [_number(row[at]) for at in columns], _number(row[total])
        known = [n for n in numbers if n is not None]
        slack = rule.round_to * (len(columns) + 1)
        if whole is None:
            continue
        if sum(known) > whole + slack or (
            len(known) == len(columns) and sum(known) < whole - slack
        ):
            return False
    return True


def _follows(parts: Sequence[str], *, total: str, rule: DisclosureRule) -> bool:
    """Whether a hidden part is known within less than the threshold allows."""
    whole = _number(total)
    hidden = [i for i, text in enumerate(parts) if _HIDDEN.match(text)]
    if whole is None or not hidden:
        return False
    numbers = [_number(text) for text in parts]
    printed = [n for n in [*numbers, whole] if n is not None]
    spread = (rule.round_to - 1) / 2 if all(n % rule.round_to == 0 for n in printed) else 0.0
    low, high = np.zeros(len(parts) + 1), np.full(len(parts) + 1, np.inf)
    for i, number in enumerate([*numbers, whole]):
        if number is not None:
            low[i], high[i] = max(number - spread, 0), number + spread
        elif parts[i].startswith("<"):
            high[i] = rule.min_cell - 1
    relation = np.append(np.ones(len(parts)), -1.0)[None, :]
    for target in hidden:
        least, most = bounded_range(relation, low=low, high=high, target=target)
        if most - least < rule.min_cell - 1 - LP_SLACK and least < rule.min_cell:
            return True
    return False


def _number(text: str) -> float | None:
    match = _COUNT.match(text)
    return float(match.group(1).replace(",", "")) if match else None


def _is_decimal(text: str) -> bool:
    return bool(re.fullmatch(r"0?\.\d+|1\.0|0\.0", text))
