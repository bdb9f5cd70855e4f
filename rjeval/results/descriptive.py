"""Results that describe: cohort flow, baseline table, counts, data quality."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from rjeval.results.base import Result


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CohortFlow(Result):
    """Who was assessed, who was left out and why, who is analysed.

    ``frame`` columns: ``step, label, n`` and one ``n_<arm>`` column per arm, in the order of
    the flow; ``kind`` is ``stage`` or ``exclusion``.
    """

    arms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BaselineTable(Result):
    """Table 1: characteristics by arm with standardised differences, no p-values.

    ``frame`` columns: ``variable, level, kind`` (``count`` or ``mean``), and per group
    ``n_<group>, share_<group>`` or ``mean_<group>, sd_<group>``, then ``smd``.
    """

    by: str
    groups: tuple[str, ...]
    group_sizes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CountTable(Result):
    """Counts of people or cases by one or two categories.

    ``frame`` columns: the ``dimensions``, ``n`` and, where ``denominator`` is set, ``share``.
    ``scale`` has the ordered levels of the last dimension, lowest first, where it has any:
    neighbours with few people may be shown together, and ``share`` is then of each value of the
    first of two dimensions. ``unordered`` has the dimensions whose levels are kinds without an
    order: rare ones may be shown together as others.
    """

    title: str
    dimensions: tuple[str, ...]
    what: str
    denominator: str = ""
    scale: tuple[str, ...] = ()
    unordered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DataQuality(Result):
    """Rows accounted for, rules that failed, changes made: counts of rows, not of people.

    ``frame`` is the account (``table, n_read, n_accepted, n_quarantined, n_duplicates,
    n_filtered``); ``rules`` and ``ledger`` are those of the exports.
    """

    rules: pd.DataFrame
    ledger: pd.DataFrame
