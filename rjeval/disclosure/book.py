"""Collect the counts of a result into linked cells, then settle which are shown and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.cells import LinkedCells
from rjeval.disclosure.large import LARGE, NOTE, sparse_relations, suppress_large
from rjeval.disclosure.rounding import controlled_rounding, round_counts
from rjeval.disclosure.suppression import STEPWISE, suppress_and_say, suppress_cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of each cell: ``shown`` is rounded, NaN where hidden; ``kinds`` say why.

    ``notes`` say where the table was too large for the least loss.
    """

    shown: np.ndarray
    kinds: np.ndarray
    notes: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class CellBook:
    """Counts noted down one by one, and the sums between them.

    Parameters
    ----------
    rule : DisclosureRule
    """

    rule: DisclosureRule
    values: list[float] = field(default_factory=list)
    sensitive: list[bool] = field(default_factory=list)
    implicit: list[bool] = field(default_factory=list)
    fixed: list[bool] = field(default_factory=list)
    anchored: list[bool] = field(default_factory=list)
    rank: list[int] = field(default_factory=list)
    relations: list[dict[int, float]] = field(default_factory=list)

    def add(
        self, value: float, *, zero_is_safe: bool = False, rank: int = 0, anchored: bool = False
    ) -> int:
        """Note a count that is meant to be printed; return its number.

        An ``anchored`` count is rounded by itself, because other tables show it too.
        """
        small = value < self.rule.min_cell and not (zero_is_safe and value == 0)
        number = self._note(value, sensitive=small, implicit=False, rank=rank)
        self.anchored[number] = anchored
        return number

    def add_implicit(self, value: float, *, sensitive: bool) -> int:
        """Note a count that is never printed but follows from printed ones."""
        return self._note(value, sensitive=sensitive, implicit=True, rank=0)

    def add_rest(self, value: float, *, zero_is_safe: bool = False) -> int:
        """Note "all others" of a group: never printed, sensitive where small."""
        small = value < self.rule.min_cell and not (zero_is_safe and value == 0)
        return self.add_implicit(value, sensitive=small)

    def add_known(self, value: float) -> int:
        """Note a total that the reader is taken to know; a small one is taken as unknown."""
        if value < 2 * self.rule.min_cell - 1:
            return self.add_implicit(value, sensitive=value < self.rule.min_cell)
        number = self._note(value, sensitive=False, implicit=False, rank=0)
        self.fixed[number] = self.anchored[number] = True
        return number

    def add_shown(self, value: float) -> int:
        """Note a count that is shown already, in another part of the table; it stays shown."""
        number = self._note(value, sensitive=False, implicit=False, rank=0)
        self.fixed[number] = self.anchored[number] = True
        return number

    def add_known_parts(self, values: Sequence[float]) -> list[int]:
        """Note parts of a known total as their own table would show them: known, or unknown."""
        own = CellBook(rule=self.rule)
        parts = [own.add(value) for value in values]
        own.relate(own.add_known(sum(values)), parts)
        kinds = suppress_cells(own._linked())
        numbers = []
        for value, part in zip(values, parts, strict=True):
            if kinds[part]:
                numbers.append(self.add_implicit(value, sensitive=value < self.rule.min_cell))
            else:
                numbers.append(self._note(value, sensitive=False, implicit=False, rank=0))
                self.fixed[numbers[-1]] = True
        return numbers

    def relate(self, total: int, parts: Sequence[int]) -> None:
        """Say that the parts add up to the total; people in no part become an unseen cell."""
        if not parts:
            return
        row = dict.fromkeys(parts, 1.0)
        row[total] = -1.0
        gap = self.values[total] - sum(self.values[part] for part in parts)
        if gap < 0:
            return
        if gap > 0:
            row[self.add_implicit(gap, sensitive=False)] = 1.0
        self.relations.append(row)

    def settle(self) -> Settled:
        """Suppress and round all cells noted."""
        if not self.values:
            return Settled(shown=np.empty(0), kinds=np.empty(0, dtype=object))
        if len(self.values) * len(self.relations) > LARGE:
            return self._settle_large()
        cells = self._linked()
        kinds, stepwise = suppress_and_say(cells)
        hidden = (kinds != "") | cells.implicit
        anchored = np.asarray(self.anchored)
        shown = controlled_rounding(
            cells.values, cells.relations, hidden=hidden, anchored=anchored, rule=self.rule
        )
        return Settled(shown=shown, kinds=kinds, notes=(STEPWISE,) * stepwise)

    def _linked(self, *, with_relations: bool = True) -> LinkedCells:
        """Return the cells noted; relations as a full matrix, or none."""
        rows = self.relations if with_relations else []
        relations = np.zeros((len(rows), len(self.values)))
        for i, row in enumerate(rows):
            relations[i, list(row)] = list(row.values())
        return LinkedCells(
            values=np.asarray(self.values, dtype=float),
            relations=relations,
            sensitive=np.asarray(self.sensitive),
            implicit=np.asarray(self.implicit),
            fixed=np.asarray(self.fixed),
            rank=np.asarray(self.rank),
            threshold=self.rule.min_cell,
        )

    def _settle_large(self) -> Settled:
        """Suppress part by part, round cell by cell, and say so."""
        cells = self._linked(with_relations=False)
        linked = sparse_relations(self.relations, n_cells=len(cells.values))
        kinds = suppress_large(cells, relations=linked)
        shown = round_counts(cells.values, self.rule)
        hidden = (kinds != "") | cells.implicit
        return Settled(shown=np.where(hidden, np.nan, shown), kinds=kinds, notes=(NOTE,))

    def _note(self, value: float, *, sensitive: bool, implicit: bool, rank: int) -> int:
        self.values.append(float(value))
        self.sensitive.append(bool(sensitive))
        self.implicit.append(implicit)
        self.fixed.append(False)
        self.anchored.append(False)
        self.rank.append(rank)
        return len(self.values) - 1
