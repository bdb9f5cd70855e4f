"""Intervals of whole days in Ibis: day numbers, and intervals that touch made one."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table, Value

#: Day numbers that stand for "always" and "still going on"; both lie outside any record.
FIRST_DAY = -1_000_000
LAST_DAY = 1_000_000


def day_number(column: Value) -> Value:
    """Return days since 1970-01-01, so that all later rules are whole-number arithmetic."""
    return column.cast("date").delta(ibis.date(1970, 1, 1), unit="day").cast("int64")


def merge_touching(table: Table, *keys: str) -> Table:
    """Join intervals of one key that overlap or follow each other day by day.

    Parameters
    ----------
    table : Table
        Columns ``*keys, first, last`` (day numbers, both inclusive), no two rows alike in these.

    Returns
    -------
    Table
        The same rows with a column ``island``: 0, 1, ... in the order of time per key.
    """
    ordered = {"group_by": list(keys), "order_by": ["first", "last"]}
    before = ibis.window(rows=(None, -1), **ordered)
    until_now = ibis.window(rows=(None, 0), **ordered)
    marked = table.mutate(reached=table["last"].max().over(before))
    apart = marked.reached.isnull() | (marked["first"] > marked.reached + 1)
    marked = marked.mutate(apart=ibis.ifelse(apart, 1, 0))
    return marked.mutate(island=marked.apart.sum().over(until_now) - 1).drop("reached", "apart")
