"""Reasons of exit become kinds: censored, reoffence, competing; and levels are counted."""

from __future__ import annotations

import itertools
from functools import lru_cache

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.recidivism.day_axis import COUNTED
from rjeval.terms import COMPETING_EXITS, ExitReason


def kinds_of(outcome: TimeToEvent) -> np.ndarray:
    """Return 0 censored, 1 reoffence, 2 competing exit for each row."""
    codes = outcome.day_codes
    if codes is not None:
        return codes.kind
    column = outcome.frame["exit_reason"]
    if not isinstance(column.dtype, pd.CategoricalDtype):
        kind = np.where(outcome.reoffended, 1, np.where(outcome.competing, 2, 0))
        return kind.astype(np.int8)
    code = category_codes(column)
    found: np.ndarray | None = None
    for value, first, end in _runs_of_kinds(tuple(column.dtype.categories)):
        here = code == first if end == first + 1 else code >= first
        if end > first + 1 and end < len(column.dtype.categories):
            here &= code < end
        # 0 or 1, then 2 in place of 1 for competing exits.
        own = np.left_shift(here.view(np.int8), value - 1, out=here.view(np.int8))
        found = own if found is None else np.bitwise_or(found, own, out=found)
    return np.zeros(code.size, dtype=np.int8) if found is None else found


@lru_cache(maxsize=64)
def _runs_of_kinds(reasons: tuple[str, ...]) -> tuple[tuple[int, int, int], ...]:
    """Return the runs of reasons of one kind that are events: kind, first place, end."""
    kinds = [1 if one == ExitReason.REOFFENCE else 2 * (one in COMPETING_EXITS) for one in reasons]
    runs, start = [], 0
    for kind, members in itertools.groupby(kinds):
        end = start + len(list(members))
        if kind:
            runs.append((kind, start, end))
        start = end
    return tuple(runs)


def competing_exits(outcome: TimeToEvent) -> tuple[str, ...]:
    """Return the competing exits that occur, by name."""
    column = outcome.frame["exit_reason"]
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return tuple(sorted(set(column[outcome.competing].map(str))))
    names = column.dtype.categories
    found = count_codes(category_codes(column), len(names)) > 0
    return tuple(sorted({str(name) for name in names[found] if name in COMPETING_EXITS}))


def category_codes(column: pd.Series) -> np.ndarray:
    """Return the codes of a categorical column, -1 where it is missing."""
    return np.asarray(column.array.codes)


def count_codes(code: np.ndarray, size: int) -> np.ndarray:
    """Return how often each code from 0 occurs; quick for few codes in narrow integers."""
    if code.dtype != np.int8:
        return np.bincount(code[code >= 0], minlength=size)
    found = np.zeros(size, dtype=np.intp)
    for start in range(0, code.size, COUNTED):  # a part stays in the cache
        part = code[start : start + COUNTED]
        known = part.size if part.min() >= 0 else np.count_nonzero(part >= 0)
        for one in range(1, size):
            found[one] += np.count_nonzero(part == one)
        found[0] += known
    found[0] -= found[1:].sum()
    return found
