"""A draft of the ``[exports]`` part of ``study.toml`` for files that nobody has mapped yet.

It says which table each file is, which column is which (with a score from 0 to 100), which date
formats and codes occur. What it is unsure of is left as a comment with the alternatives. Values
that fewer than 11 rows hold are never written out. An outside comparison group looks just like
person and referral together; it is never proposed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from rapidfuzz import fuzz

from rjeval.design.exports import ExportMap
from rjeval.errors import ExportError
from rjeval.ingest.files import RawTable
from rjeval.ingest.guesses import guess_header
from rjeval.ingest.headers import SEARCHED_LINES, UNNAMED
from rjeval.ingest.identifiers import looks_like, named_like
from rjeval.ingest.known_codes import codes_of
from rjeval.ingest.matching import (
    FITTING,
    MOST_VALUES,
    SURE,
    FileColumn,
    Matches,
    assign,
    fit,
    holds,
    look_at_column,
    may_be_given,
    parted,
    plain,
    sure_columns,
)
from rjeval.ingest.readers import WORKBOOKS, first_lines, read_any, sheet_names
from rjeval.ingest.values import fold
from rjeval.schemas.columns import Column, Table
from rjeval.schemas.tables import TABLES

#: Values are written out only if at least this many rows hold them.
SHOWN_ROWS = 11
#: Further tables that one file is looked at for.
MOST_TABLES = 8
#: Score from which a code is written as mapped, and from which a value is offered at all.
SURE_CODE, OFFERED_CODE = 90, 65


#: Said of a file in which no column is surely one of the dictionary.
NO_TABLE = (
    "# No table fits well: the file may hold totals instead of one row per person, meeting or "
    "event, or other names than are known. All lines below are guesses."
)


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
    fields = [look_at_column(raw, str(name)) for name in raw.frame.columns]
    able = [one for one in TABLES.values() if one.name != "comparison_person"]
    best, *others = sorted(able, key=lambda table: -fit(table, fields))
    where = f", sheet {sheet}" if sheet else ""
    lines = [f"# {path.name}{where}: {len(raw.frame)} rows, {len(fields)} columns."]
    block = _block(best, fields, spec=spec, raw=raw)
    if not sure_columns(assign(best, fields)):
        lines.append(NO_TABLE)
        block = [f"# {line}" for line in block]
    next_best = f"next `{others[0].name}`, `{others[1].name}`"
    lines += [f"# Most like `{best.name}`; {next_best}.", *block, *_warnings(raw, fields)]
    for table in [one for one in others if holds(one, fields)][:MOST_TABLES]:
        lines.append(f"# The same file also holds what `{table.name}` needs:")
        lines += [f"# {line}" for line in _block(table, fields, spec=spec, raw=raw)]
    return "\n".join([*lines, ""])


def _block(table: Table, fields: list[FileColumn], *, spec: ExportMap, raw: RawTable) -> list[str]:
    """Return the lines of one map."""
    lines = [f"[[exports.{table.name}]]", f"file = {_quoted(spec.file)}"]
    if spec.sheet:
        lines.append(f"sheet = {_quoted(spec.sheet)}")
    if raw.header_row:
        lines.append(f"header_row = {raw.header_row}")
    return [*lines, *_columns(table, fields, raw.doubled)]


def _columns(table: Table, fields: list[FileColumn], doubled: tuple[str, ...]) -> list[str]:
    found = assign(table, fields)
    lines: list[str] = []
    dates: list[str] = []
    values: list[str] = []
    for column in table.columns:
        if column.name not in found:
            continue
        (points, one), *others = found[column.name]
        mark = "" if points >= SURE else "# unsure: "
        more = f"; or {', '.join(repr(o.name) for _, o in others)}" if others else ""
        if one.name in doubled:
            mark, more = "# decide: ", f"{more}; stands in the file more than once"
        more += _misfit(column, one)
        lines.append(f"{mark}columns.{column.name} = {_quoted(one.name)}  # {points:.0f}{more}")
        lines += [] if mark else _fill_line(column, one)
        dates += _date_line(column, one, mark)
        values += [] if mark else _value_lines(column, one)
    lines += _lacking(table, found)
    mapped = {matches[0][1].name for matches in found.values()}
    rest = [_quoted(one.name) for one in fields if one.name not in mapped]
    if rest:
        lines.append(f"# not mapped: {', '.join(rest)}")
    return [*lines, *_missing_line(fields), *dates, *values]


def _misfit(column: Column, one: FileColumn) -> str:
    """Return how much of a file column the dictionary's column cannot hold, if much."""
    share = one.share(column)
    if share is None or share >= FITTING or column.kind not in ("int", "number"):
        return ""
    return f"; only {100 * share:.0f}% of its texts are in range"


def _lacking(table: Table, found: Matches) -> list[str]:
    """Return what a table needs and the file lacks, with how it may be given all the same."""
    lacking = [column for column in table.columns if column.needed and column.name not in found]
    if not lacking:
        return []
    lines = [f"# needed and not found: {', '.join(column.name for column in lacking)}"]
    sure = sure_columns(found)
    parent = next((c for c in table.columns if c.kind == "id" and c.name in sure), None)
    for column in lacking:
        if column.kind == "id" and column.name in table.key:
            told = found[parent.name][0][1].name if parent else "#"
            noun = column.name.removesuffix("_id").replace("_", "-")
            why = "from another id" if parent else "the file names nobody: its rows are numbered"
            lines.append(
                f"# decide: templates.{column.name} = {_quoted(f'{{{told}}}-{noun}')}  # {why}"
            )
        elif may_be_given(table, column):
            allowed = f"one of {', '.join(column.allowed)}" if column.allowed else "YYYY-MM-DD"
            lines.append(
                f'# decide: constants.{column.name} = ""  # the same in all rows: {allowed}'
            )
    return lines


def _fill_line(column: Column, one: FileColumn) -> list[str]:
    """Return what a blank may mean, where a needed cell is blank and its row would be refused."""
    n_blank = one.n_rows - int(one.counts.sum())
    if not column.needed or column.kind == "id" or not n_blank:
        return []
    many = f"{n_blank:,} of {one.n_rows:,} rows, which are refused unless this says what it means"
    return [f'# decide: fill.{column.name} = ""  # blank in {many}']


def _missing_line(fields: list[FileColumn]) -> list[str]:
    """Return the texts of a fixed list that stand for "no answer" in this file."""
    found = sorted({text for one in fields for text in one.missing})
    return [f"missing = {json.dumps(found, ensure_ascii=False)}"] if found else []


def _date_line(column: Column, one: FileColumn, mark: str) -> list[str]:
    if column.kind != "date" or one.dates is None or not one.dates[0]:
        return []
    chosen, rivals = one.dates
    line = f"dates.{column.name} = {json.dumps(list(chosen))}"
    if rivals:
        return [f"# decide: {line}  # every text also reads as {', '.join(rivals)}"]
    return [mark + line]


def _value_lines(column: Column, one: FileColumn) -> list[str]:
    """Return the codes that need a value, those in few rows only counted."""
    wordy = column.kind == "number" and one.share(column) is None
    counts = parted(one.counts) if column.kind == "multi" else one.counts
    if not (column.allowed or wordy) or len(counts) > MOST_VALUES:
        return []
    known = {fold(value) for value in column.allowed}
    open_codes = [str(text) for text in counts.index if fold(str(text)) not in known]
    shown = [text for text in open_codes if counts[text] >= SHOWN_ROWS]
    lines = [_code_line(column, text) for text in shown]
    if rare := len(open_codes) - len(shown):
        lines.append(f"# values.{column.name}: {rare} further codes, each in fewer than 11 rows")
    if lines and column.allowed:
        lines.append(f"# allowed for {column.name}: {', '.join(column.allowed)}")
    return lines


def _code_line(column: Column, text: str) -> str:
    near, points = "", 0.0
    for value in column.allowed:
        best = max(fuzz.token_sort_ratio(plain(text), plain(word)) for word in codes_of(value))
        if best > points:
            near, points = value, best
    line = (
        f"values.{column.name}.{_quoted(text)} = {_quoted(near if points >= OFFERED_CODE else '')}"
    )
    return line if points >= SURE_CODE else f"# decide: {line}"


def _warnings(raw: RawTable, fields: list[FileColumn]) -> list[str]:
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
