"""Counts and estimates by day become the table of a curve: day 0, then each day of an exit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from rjeval.language import note
from rjeval.recidivism.day_axis import DayCounts, count_by_day
from rjeval.recidivism.unpack import GroupedRows

#: A curve is thin where fewer people, or a smaller share of its group, are at risk.
FEW_AT_RISK, FEW_SHARE = 10, 0.1


def group_sizes(rows: GroupedRows, counts: DayCounts) -> pd.DataFrame:
    """Return one row per group: people, events, competing events."""
    return pd.DataFrame(
        {
            "group": np.array(rows.labels, dtype=object),
            "n": rows.n_people,
            "n_events": counts.n_event.sum(axis=1),
            "n_competing": counts.n_competing.sum(axis=1),
        },
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
    )
    if rows.goes_on is None:
        return counts
    stays = rows.goes_on & (kind == 0)
    day = np.searchsorted(counts.times, rows.time[stays])
    ends = np.zeros_like(counts.n_censored)
    np.add.at(ends, (rows.code[stays], day), 1 if weight is None else weight[stays])
    return replace(counts, n_censored=counts.n_censored - ends)


def curve_frame(
    rows: GroupedRows,
    counts: DayCounts,
    *,
    columns: dict[str, np.ndarray],
    start: float,
    cause: str | None = None,
) -> pd.DataFrame:
    """Return one block per group: day 0, then each day on which somebody of the group left.

    A column ``cause`` comes second where one is named.
    """
    n_groups, n_times = counts.n_at_risk.shape
    seen = np.ones((n_groups, n_times + 1), dtype=bool)
    np.greater(counts.n_event + counts.n_competing + counts.n_censored, 0, out=seen[:, 1:])
    place = np.flatnonzero(seen)
    whole = place.size == seen.size
    days = np.zeros((n_groups, n_times + 1))
    days[:, 1:] = counts.times

    def lay(table: np.ndarray, first: float | np.ndarray) -> np.ndarray:
        full = np.empty(seen.shape, dtype=table.dtype)
        full[:, 0] = first
        full[:, 1:] = table
        return full.ravel() if whole else full.ravel().take(place)

    at_zero = {"estimate": start, "std_error": 0.0, "conf_low": start, "conf_high": start}
    data = {
        rows.column: np.repeat(np.asarray(rows.labels, dtype=object), seen.sum(axis=1)),
        **({} if cause is None else {"cause": np.full(place.size, cause, dtype=object)}),
        "time_days": days.ravel().take(place),
        "n_at_risk": lay(counts.n_at_risk, counts.n_start),
        "n_event": lay(counts.n_event, 0),
        "n_competing": lay(counts.n_competing, 0),
        "n_censored": lay(counts.n_censored, 0),
    }
    data |= {name: lay(table, at_zero.get(name, 0)) for name, table in columns.items()}
    return pd.DataFrame(data, index=pd.RangeIndex(place.size), copy=False)


def thin_tails(rows: GroupedRows, counts: DayCounts) -> tuple[str, ...]:
    """Return a note for each group whose curve rests on few people before it ends.

    Few is fewer than 10, or than a tenth of the group where that is more.
    """
    left = counts.n_event + counts.n_competing + counts.n_censored
    few = np.maximum(FEW_AT_RISK, FEW_SHARE * left.sum(axis=1))
    thin = (counts.n_at_risk < few[:, None]) & (counts.n_event > 0)
    return tuple(
        note(
            "{group}: fewer than {few:.0f} people are at risk from day {day:g} on.",
            group=rows.labels[g],
            few=few[g],
            day=counts.times[np.argmax(thin[g])],
        )
        for g in np.flatnonzero(thin.any(axis=1))
    )
