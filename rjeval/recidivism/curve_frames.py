"""Counts and estimates by day become the table of a curve: day 0, then each day of an exit."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from rjeval.language import mark, note
from rjeval.recidivism.day_axis import DayCounts, count_by_day
from rjeval.recidivism.unpack import GroupedRows
from rjeval.results.deferred import deferred

#: Share of competing events above which one minus Kaplan-Meier overstates reoffending.
COMPETING_SHARE = 0.05
OVERSTATED = mark(
    "More than {share:.0%} of people left by a competing event, so one minus Kaplan-Meier "
    "overstates reoffending; lead with the cumulative incidence."
)
#: A curve is thin where fewer people, or a smaller share of its group, are at risk.
FEW_AT_RISK, FEW_SHARE = 10, 0.1


def group_sizes(rows: GroupedRows, counts: DayCounts) -> pd.DataFrame:
    """Return one row per group: people, events, competing events."""
    return sizes_frame(rows.labels, rows.n_people, counts.exits)


def sizes_frame(labels: tuple[str, ...], n_people: np.ndarray, exits: np.ndarray) -> pd.DataFrame:
    """Return the same from counts by kind, group and day."""
    left = exits.sum(axis=2)
    return pd.DataFrame(
        {
            "group": np.array(labels, dtype=object),
            "n": n_people,
            "n_events": left[1],
            "n_competing": left[2] if len(left) > 2 else np.zeros_like(left[1]),
        },
        index=pd.RangeIndex(len(labels)),
        copy=False,
    )


def count_rows(
    rows: GroupedRows, *, kind: np.ndarray, weight: np.ndarray | None = None
) -> DayCounts:
    """Return counts (or sums of weights) per group and day, for these kinds of exit.

    A row after which the same person stays under observation is no censoring.
    """
    counts = count_by_day(
        rows.time,
        kind,
        group=rows.code,
        n_groups=rows.n_groups,
        entry=rows.entry if rows.late else None,
        weight=weight,
        longest=rows.longest,
        codes=rows.codes if kind is rows.kind else None,
    )
    if rows.goes_on is None:
        return counts
    stays = rows.goes_on & (kind == 0)
    day = np.searchsorted(counts.times, rows.time[stays])
    exits = counts.exits.copy()
    np.subtract.at(exits[0], (rows.code[stays], day + 1), 1 if weight is None else weight[stays])
    return replace(counts, exits=exits)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CurveRows:
    """Rows of a table of curves: for each group day 0, then each day on which somebody left.

    All arrays are flat, group after group; ``ends`` is the end of each group's rows. ``shape`` is
    (groups, days and day 0), and ``place`` what is kept of it.
    """

    shape: tuple[int, int]
    place: np.ndarray
    ends: tuple[int, ...]
    time_days: np.ndarray
    n_at_risk: np.ndarray
    n_event: np.ndarray
    n_competing: np.ndarray
    n_censored: np.ndarray

    @property
    def blocks(self) -> list[slice]:
        """The rows of each group."""
        return [slice(a, b) for a, b in itertools.pairwise((0, *self.ends))]

    def lay(self, table: np.ndarray, *, first: float | np.ndarray = 0) -> np.ndarray:
        """Return values by (group, day) as rows, with ``first`` on day 0."""
        full = np.empty(self.shape, dtype=table.dtype)
        full[:, 0] = first
        full[:, 1:] = table
        return full.ravel().take(self.place)


def curve_rows(counts: DayCounts) -> CurveRows:
    """Return which days each group shows, and its counts there."""
    seen = counts.exits.sum(axis=0) > 0
    seen[:, 0] = True
    days = np.zeros(seen.shape)
    days[:, 1:] = counts.times
    place = seen.ravel().nonzero()[0]
    at_risk, exits, days = (
        counts.at_risk.ravel(),
        counts.exits.reshape(len(counts.exits), -1),
        days.ravel(),
    )
    if place.size < seen.size:
        at_risk, exits, days = at_risk.take(place), exits.take(place, axis=1), days.take(place)
    return CurveRows(
        shape=seen.shape,
        place=place,
        ends=tuple(np.count_nonzero(seen, axis=1).cumsum().tolist()),
        time_days=days,
        n_at_risk=at_risk,
        n_event=exits[1],
        n_competing=exits[2] if len(exits) > 2 else np.zeros_like(exits[1]),
        n_censored=exits[0],
    )


def curve_frame(
    rows: GroupedRows,
    counts: DayCounts,
    *,
    columns: dict[str, np.ndarray],
    start: float,
    cause: str | None = None,
) -> pd.DataFrame:
    """Return one block per group: day 0, then each day on which somebody of the group left.

    ``columns`` are by (group, day). A column ``cause`` comes second where one is named.
    """
    at_zero = {"estimate": start, "conf_low": start, "conf_high": start}
    laid = curve_rows(counts)
    flat = {name: laid.lay(table, first=at_zero.get(name, 0)) for name, table in columns.items()}
    return rows_frame(laid, column=rows.column, labels=rows.labels, columns=flat, cause=cause)


def later_tables(
    rows: GroupedRows,
    counts: DayCounts,
    laid: CurveRows,
    *,
    columns: dict[str, np.ndarray],
    cause: str | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return ``frame`` and ``groups`` of curves, laid out when read: nothing about single rows."""
    column, labels = rows.column, rows.labels
    frame = partial(rows_frame, laid, column=column, labels=labels, columns=columns, cause=cause)
    return deferred(frame), deferred(partial(sizes_frame, labels, rows.n_people, counts.exits))


def rows_frame(
    laid: CurveRows,
    *,
    column: str,
    labels: tuple[str, ...],
    columns: dict[str, np.ndarray],
    cause: str | None = None,
) -> pd.DataFrame:
    """Return the table of curves where ``columns`` are laid out already."""
    label = np.empty(laid.ends[-1], dtype=object)
    for name, block in zip(labels, laid.blocks, strict=True):
        label[block] = name
    data = {
        column: label,
        **({} if cause is None else {"cause": np.full(laid.ends[-1], cause, dtype=object)}),
        "time_days": laid.time_days,
        "n_at_risk": laid.n_at_risk,
        "n_event": laid.n_event,
        "n_competing": laid.n_competing,
        "n_censored": laid.n_censored,
        **columns,
    }
    return pd.DataFrame(data, index=pd.RangeIndex(laid.ends[-1]), copy=False)


def many_compete(counts: DayCounts) -> bool:
    """Return whether so many left by a competing event that Kaplan-Meier misleads."""
    left = counts.exits.sum(axis=(1, 2))  # of each kind
    return len(left) > 2 and bool(left[2] > COMPETING_SHARE * left.sum())


def overstated(kind: np.ndarray) -> tuple[str, ...]:
    """Return the note on risks and means from Kaplan-Meier where many left by a competing event."""
    if np.count_nonzero(kind == 2) <= COMPETING_SHARE * kind.size:
        return ()
    return (note(OVERSTATED, share=COMPETING_SHARE),)


def thin_tails(rows: GroupedRows, laid: CurveRows) -> tuple[str, ...]:
    """Return a note for each group whose curve rests on few people before it ends.

    Few is fewer than 10, or than a tenth of the group where that is more.
    """
    notes = []
    for label, block in zip(rows.labels, laid.blocks, strict=True):
        n_event, at_risk = laid.n_event[block], laid.n_at_risk[block]
        left = n_event.sum() + laid.n_competing[block].sum() + laid.n_censored[block].sum()
        few = max(FEW_AT_RISK, FEW_SHARE * float(left))
        thin = ((at_risk < few) & (n_event > 0)).nonzero()[0]
        if thin.size:
            text = mark("{group}: fewer than {few:.0f} people are at risk from day {day:g} on.")
            day = laid.time_days[block][thin[0]]
            notes.append(note(text, group=label, few=few, day=day))
    return tuple(notes)
