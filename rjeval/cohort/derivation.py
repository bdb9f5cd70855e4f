"""The follow-up rules, written once as one Ibis expression, run on DuckDB unless told otherwise.

Order of the derivation (days are whole days since the index date):

1. The span in which the person's records could show an event (``coverage``).
2. The first incident that counts (``incidents``), the first departure and custody (``custody``).
3. Whichever comes first ends follow-up. On the same day a reoffence goes before a departure, and
   a departure before the end of the records.
4. On a street-time clock, days held are taken out of all of these, and the window is cut last.
5. Follow-up of no day at all (gone or reoffended by the day of entry) is no follow-up.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import pandas as pd
from ibis.expr.types import Table, Value

from rjeval.cohort.coverage import observed_span
from rjeval.cohort.custody import (
    custody_exits,
    departures,
    held_before,
    held_days,
    released_after,
)
from rjeval.cohort.incidents import (
    after_index,
    dated_charges,
    first_day,
    known_in_time,
    outside_custody,
    qualifying,
)
from rjeval.cohort.intervals import LAST_DAY, day_number
from rjeval.cohort.rules import HELD_STATES, RANKED_EXITS, FollowUpRules
from rjeval.terms import ExitReason

#: Room for the rank of an exit beside its day in one whole number.
RANKS = 10
#: Columns of the derived table.
DERIVED = ("row_id", "status", "time_days", "exit_reason", "entry_days", "observable_days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The four tables of the derivation, as Ibis tables of any backend.

    ``people``: ``row_id, person_id, index_date, adult_from, incident_key``; ``checks``,
    ``events`` and ``exposure`` have the columns of the data dictionary, where ``exposure``
    calls its days ``start`` and ``end``.
    """

    people: Table
    checks: Table
    events: Table
    exposure: Table


def derive_follow_up(
    frames: dict[str, pd.DataFrame],
    *,
    rules: FollowUpRules,
    backend: ibis.BaseBackend | None = None,
) -> pd.DataFrame:
    """Return one row per person of the cohort: status, time, exit reason, entry.

    ``status`` is ``followed``, ``never_checked`` (no valid search past the index date) or
    ``no_day`` (searched, but not one day at risk under observation).
    """
    engine = backend if backend is not None else ibis.duckdb.connect()
    records = Records(**{name: ibis.memtable(frame) for name, frame in frames.items()})
    try:
        derived = engine.to_pandas(follow_up_expression(records, rules))
    finally:
        if backend is None:
            engine.disconnect()
    return derived


def follow_up_expression(records: Records, rules: FollowUpRules) -> Table:
    """Return the derivation as an expression; nothing is run."""
    people = records.people.mutate(
        index=day_number(records.people.index_date), adult=day_number(records.people.adult_from)
    )
    spans = observed_span(people, records.checks, rules)
    held = held_days(records.exposure, HELD_STATES)
    first = _first_reoffence(people, records, spans, rules)
    rows = people.select("row_id", "person_id", "index", "adult")
    for part in (spans, first, _first_exit(people, records, held, rules)):
        rows = rows.left_join(part, "row_id").drop("row_id_right")
    rows = rows.mutate(late=ibis.literal(0))
    if rules.custody in ("censor", "competing"):
        release = released_after(people, held)
        rows = rows.left_join(release, "row_id").drop("row_id_right", "late")
        rows = rows.mutate(late=ibis.coalesce(rows.release, 0)).drop("release")
    return _settle(rows, held, rules).select(*DERIVED, "known_to")


def _first_reoffence(people: Table, records: Records, spans: Table, rules: FollowUpRules) -> Table:
    if rules.from_custody:
        spells = custody_exits(people, held_days(records.exposure, ("custody",)), rules)
        return spells.group_by("row_id").aggregate(reoffence=spells.day.min())
    charges = after_index(people, dated_charges(records.events, rules))
    charges = qualifying(charges, records.checks, rules)
    charges = known_in_time(charges, spans, rules)
    if rules.custody != "ignore":
        charges = outside_custody(charges, held_days(records.exposure, HELD_STATES))
    return first_day(charges)


def _first_exit(people: Table, records: Records, held: Table, rules: FollowUpRules) -> Table:
    """``row_id, exit``: day and rank of the first departure or custody in one number."""
    exits = departures(people, records.exposure, rules)
    if rules.custody in ("censor", "competing"):
        exits = exits.union(custody_exits(people, held, rules))
    return exits.group_by("row_id").aggregate(exit=(exits.day * RANKS + exits["rank"]).min())


def _settle(rows: Table, held: Table, rules: FollowUpRules) -> Table:
    """Whichever comes first ends follow-up."""
    street = rules.custody == "street_time"
    window = ibis.literal(LAST_DAY if street else rules.window)
    never = ibis.literal(LAST_DAY)
    needed = len(set(rules.source_groups.values())) or 1
    searched = ibis.coalesce(rows.n_covering, 0) >= needed
    usable = ibis.coalesce(rows.n_usable, 0) >= needed
    rows = rows.mutate(
        searched=searched,
        usable=usable,
        entry_day=ibis.greatest(ibis.coalesce(rows.entry, 0), rows.late),
        until=ibis.least(ibis.coalesce(rows.until, 0), window),
        reoffence=ibis.coalesce(rows.reoffence, never),
        exit_day=ibis.coalesce(rows.exit // RANKS, never),
        exit_rank=ibis.coalesce(rows.exit % RANKS, 0),
    )
    rows = rows.mutate(
        last_day=ibis.least(rows.reoffence, rows.exit_day, rows.until), reason=_reason(rows, rules)
    )
    rows = rows.mutate(time_days=rows.last_day, entry_days=rows.entry_day, seen=rows.until)
    if street:
        rows = _without_held_days(rows, held, rules)
    at_risk = rows.searched & rows.usable & (rows.time_days > rows.entry_days)
    return rows.mutate(
        status=ibis.cases((~rows.searched, "never_checked"), (at_risk, "followed"), else_="no_day"),
        exit_reason=rows.reason,
        observable_days=rows.seen,
    )


def _reason(rows: Table, rules: FollowUpRules) -> Value:
    names = [(rank, str(reason)) for rank, reason in enumerate(RANKED_EXITS)]
    first = ibis.least(rows.exit_day, rows.until)
    return ibis.cases(
        (rows.reoffence <= first, str(ExitReason.REOFFENCE)),
        (rows.exit_day <= rows.until, rows.exit_rank.cases(*names, else_="")),
        (rows.until == rules.window, str(ExitReason.END_OF_FOLLOW_UP)),
        (
            ibis.coalesce(rows.until == rows.adult - rows["index"], False),
            str(ExitReason.AGED_OUT),
        ),
        else_=str(ExitReason.DATA_CUTOFF),
    )


def _without_held_days(rows: Table, held: Table, rules: FollowUpRules) -> Table:
    """Move all days to the street-time clock and cut at the window."""
    for name in ("time_days", "entry_days", "seen"):
        lost = held_before(rows, held, rows[name])
        rows = rows.left_join(lost, "row_id").drop("row_id_right")
        rows = rows.mutate(**{name: rows[name] - ibis.coalesce(rows.n, 0)}).drop("n")
    window_end, data_end = str(ExitReason.END_OF_FOLLOW_UP), str(ExitReason.DATA_CUTOFF)
    quiet = rows.reason.isin([window_end, data_end, str(ExitReason.AGED_OUT)])
    over = (rows.time_days > rules.window) | ((rows.time_days == rules.window) & quiet)
    early = ibis.ifelse(rows.reason == window_end, data_end, rows.reason)
    return rows.mutate(
        reason=ibis.ifelse(over, window_end, early),
        time_days=ibis.least(rows.time_days, ibis.literal(rules.window)),
        seen=ibis.least(rows.seen, ibis.literal(rules.window)),
    )
