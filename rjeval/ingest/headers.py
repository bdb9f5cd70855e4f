"""Where the column names stand, and whether they are those that a map asks for."""

from __future__ import annotations

import difflib
import re
import string
from collections.abc import Iterable, Sequence

from rjeval.design.exports import ExportMap
from rjeval.errors import ExportError

#: Lines searched for the header.
SEARCHED_LINES = 60
#: Name in a template that stands for the number of the data row.
ROW_NUMBER = "#"
#: Begins the name that a column without one is given.
UNNAMED = "column "


def tidy(name: str) -> str:
    """Return a column name without marks of encoding, outer blanks or doubled inner blanks.

    Examples
    --------
    >>> tidy("  Age At  Release ")
    'Age At Release'
    """
    return re.sub(r"\s+", " ", name.replace("\ufeff", "").replace("\xa0", " ")).strip()


def wanted_columns(spec: ExportMap) -> tuple[str, ...]:
    """Return the file columns that a map asks for, each once."""
    names = [*spec.columns.values(), *spec.keep_where, *spec.repeat_down]
    for template in spec.templates.values():
        parts = (part[1] for part in string.Formatter().parse(template))
        names.extend(part for part in parts if part and part != ROW_NUMBER)
    return tuple(dict.fromkeys(tidy(name) for name in names))


def find_header(lines: Sequence[Sequence[str]], wanted: Iterable[str]) -> int:
    """Return the position of the line that holds most of the wanted names.

    Where several do equally well, the first; where nothing is wanted by name or no line holds
    any, the first line with a value in it.
    """
    names = set(wanted)
    hits = [len(names & {tidy(cell) for cell in line}) for line in lines]
    if hits and max(hits) > 0:
        return hits.index(max(hits))
    return next((i for i, line in enumerate(lines) if any(cell.strip() for cell in line)), 0)


def name_columns(cells: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Return unique column names, and the names that stood there more than once.

    A blank name becomes ``column N``; the second ``x`` becomes ``x (2)``.
    """
    names: list[str] = []
    seen: dict[str, int] = {}
    for number, cell in enumerate(cells, start=1):
        name = tidy(cell) or f"{UNNAMED}{number}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names, tuple(name for name, count in seen.items() if count > 1)


def require_columns(
    spec: ExportMap, names: Sequence[str], *, doubled: Sequence[str], file: str
) -> None:
    """Refuse a file that lacks a mapped column, or holds it twice.

    Raises
    ------
    ExportError
        Naming the column as the map has it, and the nearest name in the file.
    """
    for name in wanted_columns(spec):
        if name not in names:
            raise ExportError(
                f"{file} has no column '{name}', which [exports.{spec.table}] asks for.",
                hint=_guess(name, names),
            )
        if name in doubled:
            raise ExportError(
                f"{file} holds the column '{name}' more than once, and [exports.{spec.table}] "
                "asks for it (rule V04).",
                hint="Remove or rename one of them in the export; which is meant cannot be known.",
            )


def _guess(name: str, names: Sequence[str]) -> str:
    folded = {one.casefold(): one for one in names}
    near = difflib.get_close_matches(name.casefold(), folded, n=1)
    if near:
        return f"Did you mean '{folded[near[0]]}'?"
    return f"The file has {len(names)} columns; correct the name in study.toml."
