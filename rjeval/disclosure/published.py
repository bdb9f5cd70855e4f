"""The cells of released results as anybody can read them: subject, measure, categories, value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from rjeval.disclosure.nesting import TOTALS
from rjeval.errors import DisclosureError

#: Columns that say something of a cell, not which cell it is.
ABOUT = frozenset({"suppressed", "bound", "step", "item", "severity", "reason", "detail"})
#: Kinds of row, as against kinds of thing counted.
ROW_KINDS = frozenset({"stage", "exclusion", "count", "mean"})
#: Numbers that tell one cell from another.
DAYS = frozenset({"at_days", "time_days"})
#: Attributes that tell what a result counts.
_NAMED = (
    "kind",
    "cause",
    "method",
    "what",
    "role",
    "standing",
    "model",
    "outcome",
    "formula",
    "horizon_days",
)
#: Parts of a subject that name a cell in a message: its type and what it counts.
NAMED_PARTS = 2
#: Further tables that results carry beside their own.
SIDE_TABLES = ("groups", "arms")
#: Counts by level of a scale.
LEVEL = "n_level_"
#: Counts that results carry beside their tables.
SCALARS = ("n", "n_events", "n_invited", "n_responded")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCell:
    """One count that a reader sees, or sees to be hidden.

    Parameters
    ----------
    subject : str
        What is counted, in whom, under which definition.
    measure : str
        Column of the result: ``n``, ``n_event``.
    categories : tuple of (dimension, level)
        Sorted; totals have fewer of them.
    value : float or None
        Rounded count, ``None`` where hidden.
    kind : str
        Why it is hidden, as far as the reader is told.
    """

    subject: str
    measure: str
    categories: tuple[tuple[str, str], ...]
    value: float | None
    kind: str = ""

    @property
    def name(self) -> str:
        """The cell in words."""
        where = ", ".join(f"{dimension} {level}" for dimension, level in self.categories)
        what = "; ".join(self.subject.split("; ")[:NAMED_PARTS])
        return f"{what}, {where or 'total'} ({self.measure})"


def published_cells(results: Iterable[Any]) -> list[PublishedCell]:
    """Return all counts of released results.

    Raises
    ------
    DisclosureError
        If a result was not released.
    """
    cells: list[PublishedCell] = []
    for result in results:
        if result.released is None:
            raise DisclosureError(
                f"{type(result).__name__} was not released, so it cannot be recorded as published.",
                hint="Pass it through rj.release first.",
            )
        cells += _all_cells(result, subject=subject_of(result))
    return cells


def _all_cells(result: Any, *, subject: str) -> list[PublishedCell]:
    levels = getattr(result, "levels", ())
    cells = [c for row in cells_by_row(result.frame, subject=subject, levels=levels) for c in row]
    for name in SIDE_TABLES:
        side = getattr(result, name, None)
        if isinstance(side, pd.DataFrame) and len(side):
            cells += _cells_of(side, subject=f"{subject}, {name}")
    for name, part in parts_of(result).items():
        cells += _all_cells(part, subject=f"{subject}, {name}")
    return cells + scalar_cells(result, subject=subject)


def parts_of(result: Any) -> dict[str, Any]:
    """Return the results that a result carries: the contrasts of means and of a grid."""
    parts = dict(getattr(result, "contrasts", None) or {})
    if getattr(result, "contrast", None) is not None:
        parts["contrast"] = result.contrast
    return parts


def scalar_cells(result: Any, *, subject: str) -> list[PublishedCell]:
    """Return the counts that stand beside a result's table: people of a model, people invited."""
    subject = f"{subject}, beside the table"
    return [
        PublishedCell(subject=subject, measure=name, categories=(), value=float(value))
        for name in SCALARS
        if isinstance(value := getattr(result, name, None), int)
    ]


def subject_of(result: Any) -> str:
    """Return what a result counts: its type, title, role and definition."""
    parts = [type(result).__name__]
    parts += [str(getattr(result, name)) for name in _NAMED if getattr(result, name, "")]
    if result.definition is not None:
        parts += [text for _, text in result.definition.six_labels() if "records to" not in text]
    return "; ".join(dict.fromkeys(parts))


def _cells_of(frame: pd.DataFrame, *, subject: str) -> list[PublishedCell]:
    return [cell for row in cells_by_row(frame, subject=subject) for cell in row]


def cells_by_row(
    frame: pd.DataFrame, *, subject: str, levels: Sequence[str] = ()
) -> list[list[PublishedCell]]:
    """Return the counts of each row of a released table.

    Counts by level of a scale (``n_level_1``) are told apart by its ``levels``: where tables merge
    levels differently, the same column counts different answers.
    """
    named = {f"{LEVEL}{number}": str(level) for number, level in enumerate(levels, start=1)}
    counts = [name for name in frame.columns if name == "n" or str(name).startswith("n_")]
    keys = [name for name in frame.columns if _is_key(frame, str(name), counts=counts)]
    rows = []
    for row in frame.to_dict("records"):
        pairs = sorted((str(k), _level(row[k])) for k in keys)
        categories = tuple(pair for pair in pairs if pair[1].lower() not in TOTALS)
        cells = []
        for name in counts:
            value = None if pd.isna(row[name]) else float(row[name])
            kind = str(row.get("suppressed", "")) if value is None else ""
            cells.append(
                PublishedCell(
                    subject=subject,
                    measure=str(name),
                    categories=_with_level(categories, named.get(str(name))),
                    value=value,
                    kind=kind if value is not None or name in ("n", "n_event") else "",
                )
            )
        rows.append(cells)
    return rows


def _with_level(
    categories: tuple[tuple[str, str], ...], level: str | None
) -> tuple[tuple[str, str], ...]:
    return categories if level is None else tuple(sorted((*categories, ("answer", level))))


def _is_key(frame: pd.DataFrame, name: str, *, counts: list[str]) -> bool:
    if name in ABOUT or name in counts:
        return False
    if name == "kind" and set(frame[name]) <= ROW_KINDS:
        return False
    return name in DAYS or not pd.api.types.is_numeric_dtype(frame[name])


def _level(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
