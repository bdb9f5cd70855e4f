"""Event tables, counted in memory or by DuckDB: all that curves and tests need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from rjeval.analysis_data import EventTable, TimeToEvent
from rjeval.cohort.engine import embedded_engine
from rjeval.errors import DataError
from rjeval.model_frame import refuse_identifier

if TYPE_CHECKING:
    from ibis.expr.types import Table

COUNTS = ("n_at_risk", "n_event", "n_competing", "n_censored", "n_entered")
ENGINES = ("memory", "duckdb")


def count_events(
    outcome: TimeToEvent, *, by: str | tuple[str, ...] = (), engine: str = "memory"
) -> EventTable:
    r"""Count events day by day, per group.

    Parameters
    ----------
    outcome : TimeToEvent
    by : str or tuple of str
        Columns that make the groups.
    engine : {"memory", "duckdb"}
        Where it is counted; both give the same table.

    Returns
    -------
    EventTable
        One row per group and day on which somebody entered, had the event, or left.
        ``n_at_risk`` counts people just before that day's end: entered before it, and not yet
        gone before it. Rows whose group is missing are left out.

    Raises
    ------
    DataError
        The outcome has no column of that name, or the engine is not known.

    Notes
    -----
    With entry times :math:`a_i` and exit times :math:`t_i`, the number at risk at :math:`t` is
    :math:`\#\{i: a_i < t \le t_i\}`, R's convention.

    Examples
    --------
    >>> import pandas as pd, rjeval as rj
    >>> men = pd.DataFrame({"day": [5, 8, 8], "new": [1, 1, 0]})
    >>> table = count_events(rj.time_to_event(men, time="day", event="new"))
    >>> table.frame[["time_days", "n_at_risk", "n_event", "n_censored"]].to_numpy().tolist()
    [[0.0, 0.0, 0.0, 0.0], [5.0, 3.0, 1.0, 0.0], [8.0, 2.0, 1.0, 1.0]]
    """
    groups = (by,) if by and isinstance(by, str) else tuple(by)
    absent = [name for name in groups if name not in outcome.frame.columns]
    if absent:
        raise DataError(f"The outcome has no column {', '.join(absent)}.")
    if engine not in ENGINES:
        raise DataError(f"engine is not one of {', '.join(ENGINES)}.")
    people = _people(outcome, groups)
    counted = _in_memory(people, groups) if engine == "memory" else _by_duckdb(people, groups)
    n_groups = len(counted.drop_duplicates(list(groups))) if groups else 1
    refuse_identifier(" and ".join(groups), n_levels=n_groups, n_rows=len(outcome.frame))
    ordered = counted.sort_values([*groups, "time_days"], ignore_index=True)
    return EventTable(
        frame=ordered[[*groups, "time_days", *COUNTS]].astype(dict.fromkeys(COUNTS, int)),
        by=groups,
        horizon_days=outcome.horizon_days,
        definition=outcome.definition,
    )


def _people(outcome: TimeToEvent, groups: tuple[str, ...]) -> pd.DataFrame:
    frame = outcome.frame
    known = frame[list(groups)].notna().all(axis=1).to_numpy()
    event, competing = outcome.reoffended, outcome.competing
    people = pd.DataFrame(
        {
            **{name: frame[name].astype(str) for name in groups},
            "entry": frame["entry_days"].astype(float),
            "exit": frame["time_days"].astype(float),
            "event": event.astype(int),
            "competing": competing.astype(int),
            "censored": (~event & ~competing).astype(int),
        }
    )
    return people[known]


def _in_memory(people: pd.DataFrame, groups: tuple[str, ...]) -> pd.DataFrame:
    if not groups:
        return _one_group(people)
    parts = {key: _one_group(own) for key, own in people.groupby(list(groups), sort=True)}
    return pd.concat(parts, names=list(groups)).reset_index(level=list(range(len(groups))))


def _one_group(people: pd.DataFrame) -> pd.DataFrame:
    entry, leave = np.sort(people["entry"].to_numpy()), np.sort(people["exit"].to_numpy())
    days = np.unique(np.concatenate([entry, leave]))
    place = np.searchsorted(days, people["exit"].to_numpy())

    def on_day(kind: str) -> np.ndarray:
        return np.bincount(place, weights=people[kind].to_numpy(), minlength=days.size)

    return pd.DataFrame(
        {
            "time_days": days,
            "n_at_risk": np.searchsorted(entry, days) - np.searchsorted(leave, days),
            "n_event": on_day("event"),
            "n_competing": on_day("competing"),
            "n_censored": on_day("censored"),
            "n_entered": np.bincount(np.searchsorted(days, entry), minlength=days.size),
        }
    )


def _by_duckdb(people: pd.DataFrame, groups: tuple[str, ...]) -> pd.DataFrame:
    import ibis

    engine = embedded_engine()
    try:
        counted: pd.DataFrame = engine.to_pandas(
            event_table_expression(ibis.memtable(people), groups)
        )
    finally:
        engine.disconnect()
    return counted


def event_table_expression(people: Table, groups: tuple[str, ...]) -> Table:
    """Return the event table of a table of people as an Ibis expression.

    Parameters
    ----------
    people : ibis Table
        The groups, ``entry`` and ``exit`` in days, and 0/1 columns ``event``, ``competing`` and
        ``censored``.
    """
    import ibis

    none = ibis.literal(0, type="int64")
    ways: dict[str, Any] = {"event": none, "competing": none, "censored": none}
    entered = people.select(
        *groups, time_days=people["entry"], n=ibis.literal(1, type="int64"), **ways
    )
    left = people.select(
        *groups, "event", "competing", "censored", time_days=people["exit"], n=none
    )
    moves = entered.union(left.select(*entered.columns))
    days = moves.group_by(*groups, "time_days").aggregate(
        n_event=moves["event"].sum(),
        n_competing=moves["competing"].sum(),
        n_censored=moves["censored"].sum(),
        n_entered=moves["n"].sum(),
    )
    before = ibis.window(group_by=list(groups), order_by="time_days", rows=(None, -1))
    change = days.n_entered - days.n_event - days.n_competing - days.n_censored
    return days.mutate(n_at_risk=ibis.coalesce(change.sum().over(before), 0))
