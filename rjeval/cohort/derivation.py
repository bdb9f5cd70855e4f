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

from collections.abc import Callable
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
    returned,
)
from rjeval.cohort.incidents import (
    after_index,
    dated_charges,
    first_day,
    known_in_time,
    one_row_each,
    outside_custody,
    qualifying,
)
from rjeval.cohort.intervals import LAST_DAY, day_number
from rjeval.cohort.query import run_query
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
    return _run(frames, (follow_up_expression,), rules=rules, backend=backend)[0]


def derive_history(
    frames: dict[str, pd.DataFrame],
    *,
    rules: FollowUpRules,
    backend: ibis.BaseBackend | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return people as if no reoffence ended their follow-up, and all their incidents in it."""
    people, incidents = _run(
        frames, (observation_expression, history_expression), rules=rules, backend=backend
    )
    return people, incidents


def _run(
    frames: dict[str, pd.DataFrame],
    expressions: tuple[Callable[[Records, FollowUpRules], Table], ...],
    *,
    rules: FollowUpRules,
    backend: ibis.BaseBackend | None,
) -> list[pd.DataFrame]:
    """Run expressions, on DuckDB unless told otherwise.

    Selects are not merged while SQL is written: planners merge them anyway, and for so deep an
    expression the merging takes longer than the query.
    """
    if backend is None:
        return run_query(frames, expressions, rules, bind=Records)
    records = Records(**{name: ibis.memtable(frame) for name, frame in frames.items()})
    merged = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        return [backend.to_pandas(expression(records, rules)) for expression in expressions]
    finally:
        ibis.options.sql.fuse_selects = merged


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What all expressions begin with."""

    people: Table
    spans: Table
    held: Table
    charges: Table


def follow_up_expression(records: Records, rules: FollowUpRules) -> Table:
    """Return follow-up to the first reoffence as an expression; nothing is run."""
    parts = _parts(records, rules)
    settled = _settle(_gather(parts, first_day(parts.charges), records, rules), parts.held, rules)
    return settled.select(*DERIVED, "known_to")


def observation_expression(records: Records, rules: FollowUpRules) -> Table:
    """Return follow-up that no reoffence ends."""
    return _observation(_parts(records, rules), records, rules).select(*DERIVED, "known_to")


def history_expression(records: Records, rules: FollowUpRules) -> Table:
    """Return all incidents that count, inside the follow-up that no reoffence ends.

    One row per incident: ``row_id, time_days``, ``rank`` of its most serious level (missing
    where none is recorded) and ``chi_days`` of its most harmful charge.
    """
    parts = _parts(records, rules)
    seen = _observation(parts, records, rules).filter(lambda t: t.status == "followed")
    seen = seen.select("row_id", "person_id", "index", "entry_day", "last_day")
    found = one_row_each(parts.charges).inner_join(seen, "row_id")
    since = found.day - found["index"]
    inside = found.filter((since > found.entry_day) & (since <= found.last_day))
    inside = inside.mutate(time_days=inside.day - inside["index"])
    if rules.custody == "street_time":
        lost = held_before(inside, parts.held, "time_days", key="incident_id")
        inside = inside.left_join(lost, "incident_id")
        inside = inside.mutate(time_days=inside.time_days - ibis.coalesce(inside.held_time_days, 0))
        inside = inside.filter(inside.time_days <= rules.window)
    return inside.select("row_id", "time_days", "rank", "chi_days")


def _parts(records: Records, rules: FollowUpRules) -> _Parts:
    people = records.people.mutate(
        index=day_number(records.people.index_date), adult=day_number(records.people.adult_from)
    )
    spans = observed_span(people, records.checks, rules)
    held = held_days(records.exposure, HELD_STATES)
    if rules.from_custody:
        returns = held_days(records.exposure, ("custody",))
        return _Parts(people=people, spans=spans, held=held, charges=returned(people, returns))
    charges = after_index(people, dated_charges(records.events, rules))
    charges = known_in_time(qualifying(charges, records.checks, rules), spans, rules)
    if rules.custody != "ignore":
        charges = outside_custody(charges, held)
    return _Parts(people=people, spans=spans, held=held, charges=charges)


def _observation(parts: _Parts, records: Records, rules: FollowUpRules) -> Table:
    none = first_day(parts.charges.filter(ibis.literal(value=False)))
    return _settle(_gather(parts, none, records, rules), parts.held, rules)


def _gather(parts: _Parts, first: Table, records: Records, rules: FollowUpRules) -> Table:
    """All that can end or delay a person's follow-up, side by side."""
    people, held = parts.people, parts.held
    rows = people.select("row_id", "person_id", "index", "adult")
    for part in (parts.spans, first, _first_exit(people, records, held, rules)):
        rows = rows.left_join(part, "row_id").drop("row_id_right")
    if rules.custody not in ("censor", "competing"):
        return rows.mutate(late=ibis.literal(0))
    rows = rows.left_join(released_after(people, held), "row_id").drop("row_id_right")
    return rows.mutate(late=ibis.coalesce(rows.release, 0)).drop("release")


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
    clocks = ("time_days", "entry_days", "seen")
    rows = rows.left_join(held_before(rows, held, *clocks), "row_id").drop("row_id_right")
    rows = rows.mutate(
        **{name: rows[name] - ibis.coalesce(rows[f"held_{name}"], 0) for name in clocks}
    )
    window_end, data_end = str(ExitReason.END_OF_FOLLOW_UP), str(ExitReason.DATA_CUTOFF)
    quiet = rows.reason.isin([window_end, data_end, str(ExitReason.AGED_OUT)])
    over = (rows.time_days > rules.window) | ((rows.time_days == rules.window) & quiet)
    early = ibis.ifelse(rows.reason == window_end, data_end, rows.reason)
    return rows.mutate(
        reason=ibis.ifelse(over, window_end, early),
        time_days=ibis.least(rows.time_days, ibis.literal(rules.window)),
        seen=ibis.least(rows.seen, ibis.literal(rules.window)),
    )
