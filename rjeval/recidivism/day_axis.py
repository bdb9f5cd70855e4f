"""Rows of follow-up become counts by day and group: one bincount, whatever the number of rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rjeval.day_codes import DayCodes

#: Longest axis of whole days that is counted directly; beyond it, or with fractions, times are
#: first made unique.
LONGEST_DIRECT_AXIS = 1 << 16
#: Cells of a table that two bytes can number.
SMALL = 1 << 16
#: Rows that are converted, and rows that are counted, at a time: both stay in the cache.
BLOCK, COUNTED = 1 << 15, 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounts:
    """Counts per group and time; what is named ``n_...`` is (groups, times).

    ``times`` are those of any exit. ``n_at_risk`` counts rows with ``entry < time <= exit``, that
    is just before ``time``. ``exits`` is (kinds, groups, start and times), of two kinds where it
    is known that nobody left by a competing exit, and ``at_risk`` (groups, start and times): the
    first place is the start, before any exit.
    """

    times: np.ndarray
    at_risk: np.ndarray
    exits: np.ndarray
    n_entered: np.ndarray

    @property
    def n_at_risk(self) -> np.ndarray:
        """Rows at risk just before each time."""
        return self.at_risk[:, 1:]

    @property
    def n_start(self) -> np.ndarray:
        """Rows of each group at risk from the start."""
        return self.at_risk[:, 0]

    @property
    def n_censored(self) -> np.ndarray:
        """Rows censored at each time."""
        return self.exits[0, :, 1:]

    @property
    def n_event(self) -> np.ndarray:
        """Rows with the event at each time."""
        return self.exits[1, :, 1:]

    @property
    def n_competing(self) -> np.ndarray:
        """Rows with a competing event at each time."""
        if len(self.exits) < 3:
            return np.zeros_like(self.n_event)
        return self.exits[2, :, 1:]


def code_times(time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the sorted distinct times and each row's position among them.

    Examples
    --------
    >>> axis, code = code_times(np.array([7.0, 3.0, 7.0]))
    >>> axis.tolist(), code.tolist()
    ([3.0, 7.0], [1, 0, 1])
    """
    if not time.size:
        return np.empty(0), np.empty(0, dtype=np.intp)
    top = float(time.max())
    whole = time.astype(np.intp) if 0 <= top < LONGEST_DIRECT_AXIS else None
    if whole is None or time.min() < 0 or not np.array_equal(whole, time):
        axis, code = np.unique(time, return_inverse=True)
        return axis, code
    seen = np.bincount(whole) > 0
    axis = np.flatnonzero(seen)
    position = np.cumsum(seen) - 1
    return axis.astype(float), position[whole]


def count_by_day(
    time: np.ndarray,
    kind: np.ndarray,
    *,
    group: np.ndarray | None = None,
    n_groups: int = 1,
    entry: np.ndarray | None = None,
    weight: np.ndarray | None = None,
    longest: float | None = None,
    codes: DayCodes | None = None,
) -> DayCounts:
    """Count exits by kind, and people at risk, per group and distinct exit time.

    Parameters
    ----------
    time : ndarray of shape (n,)
        Exit times.
    kind : ndarray of int, shape (n,)
        0 censored, 1 event, 2 competing.
    group : ndarray of int, optional
        Group code of each row, ``0 ... n_groups - 1``.
    n_groups : int
    entry : ndarray, optional
        Delayed entry: at risk only after ``entry``.
    weight : ndarray, optional
        Sums of weights in place of counts.
    longest : float, optional
        What no time is beyond, where that is known: saves a look at all times.
    codes : DayCodes, optional
        Codes of these very times and kinds, where there are any.
    """
    code, direct = (kind, group), None
    if weight is None and time.size:
        direct = None if codes is None else _count_coded(codes, group=group, n_groups=n_groups)
        direct = direct or _count_whole_days(time, code, n_groups=n_groups, longest=longest)
    axis, exits = direct or _count_any_times(time, code, n_groups=n_groups, weight=weight)
    n_times = axis.size
    left = exits.sum(axis=0)
    gone = left.cumsum(axis=1)
    start = gone[:, -1]
    at_risk = np.subtract(left, gone, out=left)
    entered = np.zeros((n_groups, n_times), dtype=np.intp)
    if entry is not None and entry.size and entry.max() > 0:
        later = np.flatnonzero(entry > 0)
        place = np.searchsorted(axis, entry[later], side="right")
        of_group = 0 if group is None else group[later].astype(np.intp)
        heavy = None if weight is None else weight[later]
        size = n_groups * n_times
        entered = np.bincount(of_group * n_times + place, weights=heavy, minlength=size)
        entered = entered.reshape(n_groups, n_times)
        start = start - entered.sum(axis=1)
        at_risk[:, 1:] += entered.cumsum(axis=1)
    at_risk += start[:, None]
    return DayCounts(times=axis, at_risk=at_risk, exits=exits, n_entered=entered)


def whole_days(time: np.ndarray) -> np.ndarray | None:
    """Return times as small whole numbers; ``None`` where they are not whole, or too long.

    Examples
    --------
    >>> whole_days(np.array([2.0, 730.0])).tolist(), whole_days(np.array([0.5]))
    ([2, 730], None)
    """
    if not time.size:
        return None
    days = np.empty(time.size, dtype=np.uint16)
    # Whatever the conversion makes of other numbers, it differs from them.
    with np.errstate(invalid="ignore"):
        for start in range(0, time.size, BLOCK):
            part = slice(start, start + BLOCK)
            days[part] = time[part]
            if not (days[part] == time[part]).all():
                return None
    return days


def _count_coded(
    codes: DayCodes, *, group: np.ndarray | None, n_groups: int
) -> tuple[np.ndarray, np.ndarray] | None:
    """Count rows whose days are coded; ``None`` where the table would be longer than the rows."""
    key, width = codes.key, codes.n_kinds * (1 + codes.times.size)
    size = n_groups * width
    if size > max(SMALL, 4 * key.size) or size >= 1 << 31:
        return None
    narrow = np.dtype(np.uint16 if size <= SMALL else np.int32)
    table = np.zeros(size, dtype=np.intp)
    for start in range(0, key.size, block := max(COUNTED, 4 * size)):
        part = key[start : start + block]
        if group is not None:
            of_part = group[start : start + block].astype(narrow)
            np.multiply(of_part, narrow.type(width), out=of_part)
            part = np.add(of_part, part, out=of_part)
        table += np.bincount(part, minlength=size)
    return codes.times, table.reshape(n_groups, codes.n_kinds, -1).transpose(1, 0, 2)


def _count_whole_days(
    time: np.ndarray,
    code: tuple[np.ndarray, np.ndarray | None],
    *,
    n_groups: int,
    longest: float | None,
) -> tuple[np.ndarray, np.ndarray] | None:
    """Count on the axis of all days.

    ``None`` where times are not whole days or the table would be much longer than the rows.
    """
    width = 3 * n_groups
    if longest is None or not 0 <= longest < SMALL // width:
        longest = float(time.max())
    if not 0 <= longest < LONGEST_DIRECT_AXIS:
        return None
    length = int(longest) + 1
    size = length * width
    if size > max(SMALL, 4 * time.size) or size >= 1 << 31:
        return None
    key = _keys(time, code, length=length, n_groups=n_groups, size=size)
    return None if key is None else _days_left(_count_keys(key, size).reshape(3, n_groups, length))


def _days_left(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Keep the start and the days on which somebody left, of counts by kind, group and day."""
    axis = np.flatnonzero(table.sum(axis=(0, 1)))
    first = int(axis[0])
    if first and axis[-1] - first + 1 == axis.size:  # every day from the first to the last
        return axis.astype(float), table[:, :, first - 1 : first + axis.size]
    exits = np.zeros((*table.shape[:2], axis.size + 1), dtype=table.dtype)
    exits[:, :, 1:] = table.take(axis, axis=2)
    return axis.astype(float), exits


def _keys(
    time: np.ndarray,
    code: tuple[np.ndarray, np.ndarray | None],
    *,
    length: int,
    n_groups: int,
    size: int,
) -> np.ndarray | None:
    """Return ``(kind * n_groups + group) * length + day`` in narrow integers, block by block.

    ``None`` where a time is no whole number below ``length``.
    """
    kind, group = code
    narrow = np.uint16 if size <= SMALL else np.int32
    cells = np.min_scalar_type(3 * n_groups)
    key = np.empty(time.size, dtype=np.dtype(narrow))
    days = np.empty(BLOCK, dtype=np.uint16)
    # Whatever the conversion makes of other numbers, it differs from them.
    with np.errstate(invalid="ignore"):
        for start in range(0, time.size, BLOCK):
            part = slice(start, start + BLOCK)
            of_part, given = key[part], time[part]
            day = days[: given.size]
            day[:] = given
            if day.max() >= length or not (day == given).all():
                return None
            cell = kind[part].astype(cells)
            if group is not None:
                cell *= cells.type(n_groups)
                cell += group[part].astype(cells, copy=False)
            np.multiply(cell, narrow(length), out=of_part, dtype=narrow, casting="unsafe")
            of_part += day.astype(narrow, copy=False)
    return key


def _count_keys(key: np.ndarray, size: int) -> np.ndarray:
    """Return how often each key occurs; in blocks, since ``bincount`` widens what it is given."""
    block = max(COUNTED, 4 * size)
    table = np.bincount(key[:block], minlength=size)
    for start in range(block, key.size, block):
        table += np.bincount(key[start : start + block], minlength=size)
    return table


def _count_any_times(
    time: np.ndarray,
    code: tuple[np.ndarray, np.ndarray | None],
    *,
    n_groups: int,
    weight: np.ndarray | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct times, and exits as (kinds, groups, start and times)."""
    axis, place = code_times(time)
    kind, group = code
    cell = kind.astype(np.intp) * n_groups + (0 if group is None else group)
    table = np.bincount(
        cell * axis.size + place, weights=weight, minlength=3 * n_groups * axis.size
    )
    exits = np.zeros((3, n_groups, axis.size + 1), dtype=table.dtype)
    exits[:, :, 1:] = table.reshape(3, n_groups, axis.size)
    return axis, exits
