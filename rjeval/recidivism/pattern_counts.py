"""Cox regression from counts: covariate patterns x days, in place of rows, with exact ties.

People who share all covariates differ only in when and how they left, so a table of exits per
pattern and day holds all that the partial likelihood needs. A count of 3 stands for 3 rows:
Efron's ``d`` tied events are numbers of people, not of cells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rjeval.recidivism.day_axis import whole_days
from rjeval.recidivism.risk_sets import RiskSets
from rjeval.recidivism.tie_series import TieSeries

#: Rows from which counting first is worth the table of patterns by days.
MANY_ROWS = 200_000
#: Longest table of patterns by days (two such tables of 8 bytes are held), and its share of rows.
MAX_CELLS, CELLS_PER_ROW = 1 << 23, 2
#: Most distinct whole numbers of one covariate that are taken for a discrete one.
MAX_LEVELS = 1 << 10
#: Rows looked at first: a covariate with fractions shows them there.
MANY_ENOUGH = 1000


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PatternSets(RiskSets):
    """Risk sets whose rows are covariate patterns.

    ``exits`` and ``events`` are numbers of people, of shape (patterns, event times): those who
    left at or after an event time and before the next, and those with the event at it.
    """

    exits: np.ndarray
    events: np.ndarray

    def sum_at_risk(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return, for each event time, the sum over the people at risk and over the events."""
        left = values @ self.exits
        return np.cumsum(left[..., ::-1], axis=-1)[..., ::-1], values @ self.events

    def sums_at_risk(self, risk: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the same of ``risk`` times each column; shape (times, columns)."""
        at_risk, of_events = self.sum_at_risk(columns * risk)
        return np.ascontiguousarray(at_risk.T), np.ascontiguousarray(of_events.T)

    def observed(self, columns: np.ndarray) -> np.ndarray:
        """Return the sums of each column over the events of each time."""
        return np.asarray((columns @ self.events).T)

    def observed_total(self, values: np.ndarray) -> float:
        """Return the sum over all events."""
        return float((values @ self.events).sum())

    def spread_over_rows(self, per_time: np.ndarray) -> np.ndarray:
        """Return, for each pattern, the sum of ``per_time`` over its people's times at risk."""
        return self.exits @ np.cumsum(per_time)

    def take_from_events(self, values: np.ndarray, per_time: np.ndarray) -> None:
        """Subtract in place, from each pattern, ``per_time`` at its events."""
        values -= self.events @ per_time


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Patterns:
    """Distinct rows of some covariates, how many people share each, and its risk sets."""

    frame: pd.DataFrame
    n: np.ndarray
    n_event: np.ndarray
    sets: PatternSets


def count_patterns(
    frame: pd.DataFrame, names: list[str], *, time: np.ndarray, event: np.ndarray
) -> Patterns | None:
    """Return patterns and counts; ``None`` where covariates or times do not allow it.

    Covariates must be categories, booleans or whole numbers without missing values, times whole
    days, and patterns few enough for a table by days.
    """
    if any(_fractions(frame[name].iloc[:MANY_ENOUGH]) for name in names):
        return None
    days = whole_days(time)
    if days is None or not event.any():
        return None
    pattern = np.zeros(time.size, dtype=np.int32)
    width, levels = 1, []
    for name in names:
        found = _levels(frame[name])
        if found is None or width * found[1].size >= MAX_CELLS:
            return None
        code, values = found
        pattern *= values.size
        pattern += code
        width *= values.size
        levels.append(values)
    n = np.bincount(pattern, minlength=width)
    used = np.flatnonzero(n)
    length = int(days.max()) + 1
    if used.size * length > min(MAX_CELLS, max(1 << 16, CELLS_PER_ROW * time.size)):
        return None
    place = np.zeros(width, dtype=np.int32)
    place[used] = np.arange(used.size)
    key = place[pattern]
    key *= length
    key += days
    exits = np.bincount(key, minlength=used.size * length).reshape(used.size, length)
    events = np.bincount(key[event], minlength=used.size * length).reshape(used.size, length)
    codes = np.unravel_index(used, [one.size for one in levels])
    shown = {
        name: _restored(values, code, like=frame[name])
        for name, values, code in zip(names, levels, codes, strict=True)
    }
    return Patterns(
        frame=pd.DataFrame(shown),
        n=n[used],
        n_event=events.sum(axis=1),
        sets=lay_out_patterns(exits, events),
    )


def lay_out_patterns(exits: np.ndarray, events: np.ndarray) -> PatternSets:
    """Return the risk sets of numbers who left, and who had the event, by pattern and day."""
    n_patterns = len(exits)
    deaths = events.sum(axis=0)
    times = np.flatnonzero(deaths)
    # Whoever leaves before the first event is never at risk.
    left = np.add.reduceat(exits, times, axis=1).astype(float)
    return PatternSets(
        order=np.arange(n_patterns),
        times=times.astype(float),
        first=None,
        after=np.full(n_patterns, times.size),
        event_at=np.empty(0, dtype=np.intp),
        n_tied=deaths[times],
        starts=np.zeros(times.size, dtype=np.intp),
        weight=np.ones(n_patterns),
        left_at=np.empty(0, dtype=np.intp),
        left_starts=np.empty(0, dtype=np.intp),
        exits=left,
        events=events[:, times].astype(float),
        series=TieSeries.of(deaths[times]),
    )


def _fractions(column: pd.Series) -> bool:
    if not pd.api.types.is_float_dtype(column.dtype):
        return False
    values = column.to_numpy(dtype=float)
    return not bool((np.floor(values) == values).all())


def _levels(column: pd.Series) -> tuple[np.ndarray, np.ndarray] | None:
    """Return each row's code and the value behind each code; ``None`` where not discrete."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        code = np.asarray(column.array.codes)
        return (code, np.arange(len(column.dtype.categories))) if code.min() >= 0 else None
    if not isinstance(column.dtype, np.dtype) or column.dtype.kind not in "biuf":
        return None
    values = column.to_numpy()
    low, high = values.min(), values.max()
    if not (np.isfinite(low) and np.isfinite(high)) or float(high) - float(low) >= MAX_LEVELS:
        return None
    low = int(np.floor(low))
    code = values.astype(np.int32)
    if values.dtype.kind == "f" and not (code == values).all():
        return None
    code -= low
    return code, np.arange(low, int(high) + 1)


def _restored(values: np.ndarray, code: np.ndarray, *, like: pd.Series) -> object:
    if isinstance(like.dtype, pd.CategoricalDtype):
        return pd.Categorical.from_codes(values[code], dtype=like.dtype)
    return values[code].astype(like.dtype)
