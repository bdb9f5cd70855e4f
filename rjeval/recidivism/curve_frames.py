"""Counts and estimates by day become the table of a curve: day 0, then each day of an exit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from rjeval.recidivism.day_axis import DayCounts, count_by_day
from rjeval.recidivism.unpack import GroupedRows

#: A curve is thin where fewer people, or a smaller share of its group, are at risk.
FEW_AT_RISK, FEW_SHARE = 10, 0.1


def group_sizes(rows: GroupedRows, counts: DayCounts) -> pd.DataFrame:
    """Return one row per group: people, events, competing events."""
    return pd.DataFrame(
        {
            "group": rows.labels,
            "n": rows.n_people,
            "n_events": counts.n_event.sum(axis=1),
            "n_competing": counts.n_competing.sum(axis=1),
        }
    )


def count_rows(
    rows: GroupedRows, *, kind: np.ndarray, weight: np.ndarray | None = None
) -> DayCounts:
    """Return counts (or sums of weights) per group and day, for these kinds of exit.

    A row after which the same person stays under observation is no censoring.
    """
    counts = count_by_day(
        rows.time, kind, group=rows.code, n_groups=rows.n_groups, entry=rows.entry, weight=weight
    )
    if rows.goes_on is None:
        return counts
    stays = rows.goes_on & (kind == 0)
    day = np.searchsorted(counts.times, rows.time[stays])
    ends = np.zeros_like(counts.n_censored)
    np.add.at(ends, (rows.code[stays], day), 1 if weight is None else weight[stays])
    return replace(counts, n_censored=counts.n_censored - ends)


def curve_frame(
    rows: GroupedRows, counts: DayCounts, *, columns: dict[str, np.ndarray], start: float
) -> pd.DataFrame:
    """Return one block per group: day 0, then each day on which somebody of the group left."""
    seen = counts.n_event + counts.n_competing + counts.n_censored > 0
    seen = np.concatenate([np.ones((rows.n_groups, 1), dtype=bool), seen], axis=1)
    group, day = np.nonzero(seen)

    def lay(table: np.ndarray, first: float | np.ndarray) -> np.ndarray:
        zero = np.full((rows.n_groups, 1), 0, dtype=table.dtype) + np.reshape(first, (-1, 1))
        return np.concatenate([zero, table], axis=1)[group, day]

    at_zero = {"estimate": start, "std_error": 0.0, "conf_low": start, "conf_high": start}
    data = {
        rows.column: np.asarray(rows.labels, dtype=object)[group],
        "time_days": np.concatenate([[0.0], counts.times])[day],
        "n_at_risk": lay(counts.n_at_risk, counts.n_start),
        "n_event": lay(counts.n_event, 0),
        "n_competing": lay(counts.n_competing, 0),
        "n_censored": lay(counts.n_censored, 0),
    }
    data |= {name: lay(table, at_zero[name]) for name, table in columns.items()}
    return pd.DataFrame(data, copy=False)


def thin_tails(rows: GroupedRows, counts: DayCounts) -> tuple[str, ...]:
    """Return a note for each group whose curve rests on few people before it ends.

    Few is fewer than 10, or than a tenth of the group where that is more.
    """
    notes = []
    left_counts = counts.n_event + counts.n_competing + counts.n_censored
    left = left_counts > 0
    sizes = left_counts.sum(axis=1)
    for g, label in enumerate(rows.labels):
        few = max(FEW_AT_RISK, FEW_SHARE * float(sizes[g]))
        thin = left[g] & (counts.n_at_risk[g] < few) & (counts.n_event[g] > 0)
        if thin.any():
            day = float(counts.times[np.argmax(thin)])
            notes.append(f"{label}: fewer than {few:.0f} people are at risk from day {day:g} on.")
    return tuple(notes)
