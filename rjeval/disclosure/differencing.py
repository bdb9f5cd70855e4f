"""What two releases tell together: tables that share a margin, and the same table a year on.

Tables of the same things at the same date are joined into one linear system of rounded counts;
each hidden cell's range follows by linear programming. The same cell at two dates is compared:
a change by fewer than the threshold would speak of the few people who came or left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

import numpy as np

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.cells import LP_SLACK
from rjeval.disclosure.published import PublishedCell

Key = tuple[str, str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a release gives away: which rule, where, in words without the number."""

    rule: str
    where: str
    why: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.where}: {self.why}"


def key_of(cell: PublishedCell) -> Key:
    """Return what makes two published cells the same count."""
    return (cell.subject, cell.measure, cell.categories)


def values_of(cells: Iterable[PublishedCell]) -> dict[Key, set[float]]:
    """Return all values that were published of each count."""
    values: dict[Key, set[float]] = defaultdict(set)
    for cell in cells:
        if cell.value is not None:
            values[key_of(cell)].add(cell.value)
    return dict(values)


def by_a_few(value: float | None, before: Set[float], *, rule: DisclosureRule) -> bool:
    """Whether a count differs by fewer than the threshold from one that was published before.

    A count that was published with this very value tells nothing new.
    """
    if value is None or value in before:
        return False
    return any(abs(value - one) < rule.min_cell for one in before)


def changed_by_a_few(
    new: Sequence[PublishedCell], old: Sequence[PublishedCell], *, rule: DisclosureRule
) -> list[Finding]:
    """Find counts that differ between two releases by fewer than the threshold."""
    before = values_of(old)
    why = f"changed by fewer than {rule.min_cell} since an earlier release"
    return [
        Finding(rule="differencing", where=cell.name, why=why)
        for cell in new
        if by_a_few(cell.value, before.get(key_of(cell), set()), rule=rule)
    ]


def shown_elsewhere(cells: Sequence[PublishedCell]) -> list[Finding]:
    """Find counts that one table of the same date hides and another shows."""
    groups: dict[Key, list[PublishedCell]] = defaultdict(list)
    for cell in cells:
        groups[key_of(cell)].append(cell)
    return [
        Finding(rule="hidden once, shown once", where=same[0].name, why="shown in another table")
        for same in groups.values()
        if any(cell.value is None for cell in same) and any(cell.value is not None for cell in same)
    ]


def learnt_from_margins(cells: Sequence[PublishedCell], *, rule: DisclosureRule) -> list[Finding]:
    """Find hidden counts whose range follows too narrowly from all tables of the same things.

    Shown counts are taken as known within their rounding, hidden ones within what their reason
    says. A hidden cell is found out where its range is narrower than ``min_cell - 1`` or, with
    a reason that tells its size, narrower than what the reason tells.
    """
    found: list[Finding] = []
    families: dict[tuple[str, str], dict[Key, PublishedCell]] = defaultdict(dict)
    for cell in cells:
        family = families[(cell.subject, cell.measure)]
        kept = family.get(key_of(cell))
        if kept is None or kept.value is None:
            family[key_of(cell)] = cell
    for family in families.values():
        found += _learnt_in_family(list(family.values()), rule=rule)
    return found


def _learnt_in_family(cells: list[PublishedCell], *, rule: DisclosureRule) -> list[Finding]:
    relations = _margins(cells)
    hidden = [i for i, cell in enumerate(cells) if cell.value is None]
    if not hidden or not len(relations):
        return []
    low, high = _known(cells, rule=rule)
    found = []
    for target in hidden:
        least, most = bounded_range(relations, low=low, high=high, target=target)
        told = min(high[target] - low[target], rule.min_cell - 1)
        if most - least < told - LP_SLACK:
            why = "follows too narrowly from totals that are shown"
            found.append(Finding(rule="derivable", where=cells[target].name, why=why))
    return found


def _known(
    cells: Sequence[PublishedCell], *, rule: DisclosureRule
) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest value of each cell by what is printed for it alone."""
    spread = float(rule.round_to - 1)  # controlled rounding moves a count by less than the base
    limit = float(rule.min_cell)
    low, high = np.zeros(len(cells)), np.full(len(cells), np.inf)
    for i, cell in enumerate(cells):
        if cell.value is not None:
            low[i], high[i] = max(cell.value - spread, 0.0), cell.value + spread
        elif cell.kind == "primary":
            high[i] = limit - 1
        elif cell.kind == "complementary":
            low[i] = limit
    return low, high


def _margins(cells: Sequence[PublishedCell]) -> np.ndarray:
    """Return the sums that hold between tables: fewer categories are totals of more of them."""
    place = {cell.categories: i for i, cell in enumerate(cells)}
    dimensions = {cell.categories: frozenset(d for d, _ in cell.categories) for cell in cells}
    rows = []
    for total, at in place.items():
        for wider in {d for d in dimensions.values() if dimensions[total] < d}:
            if len(wider - dimensions[total]) != 1:
                continue
            parts = [
                i
                for categories, i in place.items()
                if dimensions[categories] == wider and set(total) <= set(categories)
            ]
            if parts:
                row = np.zeros(len(cells))
                row[parts], row[at] = 1.0, -1.0
                rows.append(row)
    return np.array(rows) if rows else np.zeros((0, len(cells)))


def bounded_range(
    relations: np.ndarray, *, low: np.ndarray, high: np.ndarray, target: int
) -> tuple[float, float]:
    """Return the range of a cell that relations and bounds of all cells leave open."""
    from scipy.optimize import linprog

    objective = np.zeros(relations.shape[1])
    objective[target] = 1.0
    bounds = np.column_stack([low, high])
    zero = np.zeros(len(relations))
    ends = []
    for sign in (1.0, -1.0):
        answer = linprog(sign * objective, A_eq=relations, b_eq=zero, bounds=bounds)
        ends.append(sign * answer.fun if answer.status == 0 else -sign * np.inf)
    return ends[0], ends[1]
