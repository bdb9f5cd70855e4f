"""A draft of the ``[exports]`` part of ``study.toml`` for files that nobody has mapped yet.

It says which table each file is, which column is which (with a score from 0 to 100), which date
formats and codes occur. What it is unsure of is left as a comment with the alternatives. Values
that fewer than 11 rows hold are never written out. An outside comparison group looks just like
person and referral together; it is never proposed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path

import pandas as pd
from rapidfuzz import fuzz

from rjeval.design.exports import ExportMap
from rjeval.errors import ExportError
from rjeval.ingest.files import RawTable
from rjeval.ingest.guesses import guess_dates, guess_header
from rjeval.ingest.headers import SEARCHED_LINES, UNNAMED
from rjeval.ingest.identifiers import looks_like, named_like
from rjeval.ingest.known_names import codes_of, names_of
from rjeval.ingest.readers import WORKBOOKS, first_lines, read_any, sheet_names
from rjeval.ingest.values import FALSE, TRUE, WHOLE, fold
from rjeval.schemas.columns import Column, Table
from rjeval.schemas.tables import TABLES

#: Score from which a match is written, and from which it is shown as a comment.
SURE, UNSURE = 80, 60
#: Values are written out only if at least this many rows hold them.
SHOWN_ROWS = 11
SAMPLE = 300
MOST_VALUES = 25
#: Further tables that one file is looked at for.
MOST_TABLES = 8
#: A number may be written as a few words, such as the answers of a scale.
FEW_CODES = 20
#: Score from which a code is written as mapped, and from which a value is offered at all.
SURE_CODE, OFFERED_CODE = 90, 65


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """One column of a file: its name, a sample of its texts, how often each occurs."""

    name: str
    counts: pd.Series
    n_rows: int
    dates: tuple[tuple[str, ...], tuple[str, ...]] | None
    texts: pd.Series
    shares: dict[object, float | None] = field(default_factory=dict)

    def share(self, column: Column) -> float | None:
        """Return how much of the texts a column could hold, worked out once per kind."""
        key = (column.kind, column.allowed)
        if key not in self.shares:
            self.shares[key] = _content(column, self)
        return self.shares[key]

    def __repr__(self) -> str:
        return f"_Field({self.name})"


def propose_map(files: Sequence[str | Path]) -> str:
    """Return a draft of the ``[exports]`` part of ``study.toml``.

    Parameters
    ----------
    files : sequence of str or Path
        Raw files, of any kind that :func:`rjeval.read_exports` reads; each sheet of a workbook
        counts as a file.

    Returns
    -------
    str
        TOML text to paste into ``study.toml`` and to mend by hand.

    Raises
    ------
    ExportError
        A file cannot be read.
    """
    parts = ["# Draft made from the files; scores run from 0 to 100. Mend it before use.", ""]
    for path in map(Path, files):
        if not path.is_file():
            raise ExportError(f"{path.name} is not a file.", hint="Give the paths of raw files.")
        for sheet in sheet_names(path) if path.suffix.lower() in WORKBOOKS else [""]:
            parts.append(_draft(path, sheet))
    return "\n".join(parts)


def _draft(path: Path, sheet: str) -> str:
    header = guess_header(list(islice(first_lines(path, sheet), SEARCHED_LINES)))
    spec = ExportMap(table="person", file=path.name, sheet=sheet, header_row=header + 1)
    raw = read_any(path, spec)
    fields = [_field(raw, str(name)) for name in raw.frame.columns]
    able = [one for one in TABLES.values() if one.name != "comparison_person"]
    best, *others = sorted(able, key=lambda table: -_fit(table, fields))
    where = f", sheet {sheet}" if sheet else ""
    lines = [
        f"# {path.name}{where}: {len(raw.frame)} rows, {len(fields)} columns.",
        f"# Most like `{best.name}`; next `{others[0].name}`, `{others[1].name}`.",
        *_block(best, fields, spec=spec, raw=raw),
        *_warnings(raw, fields),
    ]
    for table in others[:MOST_TABLES]:
        if _holds(table, fields):
            lines.append(f"# The same file also holds what `{table.name}` needs:")
            lines += [f"# {line}" for line in _block(table, fields, spec=spec, raw=raw)]
    return "\n".join([*lines, ""])


def _block(table: Table, fields: list[_Field], *, spec: ExportMap, raw: RawTable) -> list[str]:
    """Return the lines of one map."""
    lines = [f"[[exports.{table.name}]]", f"file = {_quoted(spec.file)}"]
    if spec.sheet:
        lines.append(f"sheet = {_quoted(spec.sheet)}")
    if raw.header_row:
        lines.append(f"header_row = {raw.header_row}")
    return [*lines, *_columns(table, fields)]


def _holds(table: Table, fields: list[_Field]) -> bool:
    """Return whether a file surely holds all that a table needs, and two columns at least."""
    found = _assign(table, fields)
    sure = {name for name, matches in found.items() if matches[0][0] >= SURE}
    return set(table.needed) <= sure and len(sure) >= 2


def _field(raw: RawTable, name: str) -> _Field:
    text = raw.data[name]
    counts = text[text.ne("")].value_counts()
    sample = pd.Series(counts.index, dtype="string").astype(str).head(SAMPLE)
    dates = guess_dates(sample)
    return _Field(name=name, counts=counts, n_rows=len(text), dates=dates, texts=sample)


def score(table: str, column: Column, one: _Field) -> float:
    """Return how well a file column fits a dictionary column, from 0 to 100."""
    given = _plain(one.name)
    names = names_of(table, column.name)
    name = max(fuzz.token_sort_ratio(given, _plain(known)) for known in names)
    share = one.share(column)
    if share is None:
        return float(name)
    return 0.75 * name + 25 * share if share > 0 else 0.5 * name


@cache
def _plain(name: str) -> str:
    return " ".join(re.findall("[a-z0-9]+", fold(name)))


def _content(column: Column, one: _Field) -> float | None:
    """Return the share of a field's texts that a column could hold; ``None`` tells nothing."""
    texts = one.texts
    if not len(texts) or column.kind in ("id", "text"):
        return None
    if column.kind == "date":
        return 1.0 if one.dates is not None else 0.0
    if column.kind in ("int", "number"):
        form = WHOLE.pattern if column.kind == "int" else NUMBER
        share = float(texts.str.fullmatch(form).mean())
        return share or (None if len(one.counts) <= FEW_CODES else 0.0)
    if column.kind == "bool":
        return float(texts.map(fold).isin(TRUE | FALSE).mean())
    words = {_plain(word) for value in column.allowed for word in codes_of(value)}
    known = float(texts.map(_plain).isin(words).mean())
    return known if known else (None if len(one.counts) <= MOST_VALUES else 0.0)


#: Points that a table loses for each column that it needs and the file lacks.
LACKING = 25
NUMBER = r"-?[$£€]?\d[\d,]*(\.\d+)?"


def _assign(table: Table, fields: list[_Field]) -> dict[str, list[tuple[float, _Field]]]:
    """Return the best fields of each column, each field given away once, best pairs first."""
    pairs = [
        (score(table.name, column, one), column.name, one)
        for column in table.columns
        for one in fields
    ]
    pairs = sorted((pair for pair in pairs if pair[0] >= UNSURE), key=lambda pair: -pair[0])
    found: dict[str, list[tuple[float, _Field]]] = {}
    taken: set[str] = set()
    for points, name, one in pairs:
        if name not in found and one.name not in taken:
            found[name] = [(points, one)]
            taken.add(one.name)
        elif name in found and len(found[name]) < 3 and one.name not in taken:
            found[name].append((points, one))
    return found


def _fit(table: Table, fields: list[_Field]) -> float:
    """Return how much of a table a file holds: matched columns, less the needed that lack."""
    found = _assign(table, fields)
    points = sum(max(0.0, matches[0][0] - UNSURE) for matches in found.values())
    lacking = sum(name not in found for name in table.needed)
    return points / max(len(fields), 1) ** 0.5 - LACKING * lacking


def _columns(table: Table, fields: list[_Field]) -> list[str]:
    found = _assign(table, fields)
    lines: list[str] = []
    dates: list[str] = []
    values: list[str] = []
    for column in table.columns:
        if column.name not in found:
            continue
        (points, one), *others = found[column.name]
        mark = "" if points >= SURE else "# unsure: "
        more = f"; or {', '.join(repr(o.name) for _, o in others)}" if others else ""
        lines.append(f"{mark}columns.{column.name} = {_quoted(one.name)}  # {points:.0f}{more}")
        dates += _date_line(column, one, mark)
        values += _value_lines(column, one, mark)
    lacking = [name for name in table.needed if name not in found]
    if lacking:
        lines.append(f"# needed and not found: {', '.join(lacking)}")
    mapped = {matches[0][1].name for matches in found.values()}
    rest = [_quoted(one.name) for one in fields if one.name not in mapped]
    if rest:
        lines.append(f"# not mapped: {', '.join(rest)}")
    return [*lines, *dates, *values]


def _date_line(column: Column, one: _Field, mark: str) -> list[str]:
    if column.kind != "date" or one.dates is None or not one.dates[0]:
        return []
    chosen, rivals = one.dates
    line = f"dates.{column.name} = {json.dumps(list(chosen))}"
    if rivals:
        return [f"# decide: {line}  # every text also reads as {', '.join(rivals)}"]
    return [mark + line]


def _value_lines(column: Column, one: _Field, mark: str) -> list[str]:
    """Return the codes that need a value, those in few rows only counted."""
    wordy = column.kind == "number" and one.share(column) is None
    if not (column.allowed or wordy) or column.kind == "multi" or len(one.counts) > MOST_VALUES:
        return []
    known = {fold(value) for value in column.allowed}
    open_codes = [str(text) for text in one.counts.index if fold(str(text)) not in known]
    shown = [text for text in open_codes if one.counts[text] >= SHOWN_ROWS]
    lines = [_code_line(column, text, mark) for text in shown]
    if rare := len(open_codes) - len(shown):
        lines.append(f"# values.{column.name}: {rare} further codes, each in fewer than 11 rows")
    if lines and column.allowed:
        lines.append(f"# allowed for {column.name}: {', '.join(column.allowed)}")
    return lines


def _code_line(column: Column, text: str, mark: str) -> str:
    near, points = "", 0.0
    for value in column.allowed:
        best = max(fuzz.token_sort_ratio(_plain(text), _plain(word)) for word in codes_of(value))
        if best > points:
            near, points = value, best
    line = (
        f"values.{column.name}.{_quoted(text)} = {_quoted(near if points >= OFFERED_CODE else '')}"
    )
    return mark + line if points >= SURE_CODE else f"# decide: {line}"


def _warnings(raw: RawTable, fields: list[_Field]) -> list[str]:
    """Return what must be removed from the file, and what stands in it twice."""
    lines = []
    data = raw.data
    for one in fields:
        kind = named_like(one.name) if len(one.counts) else ""
        kind = kind or looks_like(data[one.name])[0]
        if kind:
            lines.append(
                f"# REMOVE from the file: {_quoted(one.name)} holds a direct identifier ({kind})"
            )
    lines += [
        f"# twice in the file: {_quoted(name)}"
        for name in raw.doubled
        if not name.startswith(UNNAMED)
    ]
    return lines


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
