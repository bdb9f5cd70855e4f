"""Days held, departures, and what they do to follow-up (Ibis).

Rules
-----
- A day counts as held when the person was held all of it: after the day custody began and before
  the day it ended. Spells that touch are one; a spell without an end lasts.
- Custody that began on or before the index date and goes on: the person enters on release.
- Custody that begins later ends follow-up on the day it begins (``censor``, ``competing``) or
  stops the clock (``street_time``).
- Death and departure end follow-up on their day. Who died or had left by the index date, and had
  not come back after it, was never at risk.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from rjeval.cohort.intervals import LAST_DAY, day_number, merge_touching
from rjeval.cohort.rules import DEPARTED_STATES, RANKED_EXITS, FollowUpRules
from rjeval.terms import ExitReason

#: Exit of each departure, where it competes.
EXIT_OF_STATE = {
    "deceased": ExitReason.DEATH,
    "left_jurisdiction": ExitReason.LEFT_JURISDICTION,
}


def rank_of(reason: ExitReason) -> int:
    """Place of an exit in the order that settles a tie of days."""
    return RANKED_EXITS.index(reason)


def held_days(exposure: Table, states: tuple[str, ...]) -> Table:
    """Return ``person_id, first, last``: unbroken runs of days held all day."""
    held = exposure.filter(exposure.state.isin(states))
    last = ibis.coalesce(day_number(held.end), ibis.literal(LAST_DAY)) - 1
    days = held.select("person_id", first=day_number(held.start) + 1, last=last)
    days = days.filter(days["first"] <= days["last"]).distinct()
    marked = merge_touching(days, "person_id")
    runs = marked.group_by("person_id", "island").aggregate(
        first=marked["first"].min(), last=marked["last"].max()
    )
    return runs.drop("island")


def departures(people: Table, exposure: Table, rules: FollowUpRules) -> Table:
    """Return ``row_id, day, rank``: each death or departure; day 0 where before the index."""
    gone = exposure.filter(exposure.state.isin(DEPARTED_STATES))
    censored = rank_of(ExitReason.DATA_CUTOFF)
    ranks = [
        (state, rank_of(reason) if state in rules.competing else censored)
        for state, reason in EXIT_OF_STATE.items()
    ]
    states = gone.select(
        "person_id",
        "state",
        start=day_number(gone.start),
        back=ibis.ifelse(
            gone.state == "deceased",
            ibis.literal(LAST_DAY),
            ibis.coalesce(day_number(gone.end), ibis.literal(LAST_DAY)),
        ),
        rank=gone.state.cases(*ranks, else_=censored),
    )
    joined = people.select("row_id", "person_id", "index").inner_join(states, "person_id")
    since = ibis.greatest(joined.start - joined["index"], ibis.literal(0))
    late = joined.filter((joined.start > joined["index"]) | (joined.back > joined["index"]))
    return late.select("row_id", day=since, rank=joined["rank"])


def custody_exits(people: Table, held: Table, rules: FollowUpRules) -> Table:
    """Return ``row_id, day, rank``: the start of each custody spell after the index date."""
    reason = ExitReason.CUSTODY if rules.custody == "competing" else ExitReason.DATA_CUTOFF
    joined = people.select("row_id", "person_id", "index").inner_join(held, "person_id")
    later = joined.filter(joined["first"] > joined["index"] + 1)
    return later.select(
        "row_id", day=later["first"] - 1 - later["index"], rank=ibis.literal(rank_of(reason))
    )


def released_after(people: Table, held: Table) -> Table:
    """Return ``row_id, release``: days to the release of people held at the index date."""
    joined = people.select("row_id", "person_id", "index").inner_join(held, "person_id")
    first_day = joined["index"] + 1
    inside = joined.filter((joined["first"] <= first_day) & (joined["last"] >= first_day))
    return inside.select("row_id", release=inside["last"] + 1 - inside["index"])


def returned(people: Table, held: Table) -> Table:
    """Return each start of custody after the index date, in the shape of charges."""
    joined = people.select("row_id", "person_id", "index").inner_join(held, "person_id")
    later = joined.filter(joined["first"] > joined["index"] + 1)
    return later.select(
        "row_id",
        "person_id",
        "index",
        day=later["first"] - 1,
        incident_key=ibis.null("string"),
        level=ibis.null("string"),
        chi_days=ibis.null("float64"),
    )


def held_before(rows: Table, held: Table, *days: str, key: str = "row_id") -> Table:
    """Return ``key`` and, for each column of days of follow-up, the whole days held up to it."""
    joined = rows.select(key, "person_id", "index", *days).inner_join(held, "person_id")
    first = ibis.greatest(joined["first"], joined["index"] + 1)
    lost = {}
    for name in days:
        last = ibis.least(joined["last"], joined["index"] + joined[name])
        lost[f"held_{name}"] = ibis.greatest(last - first + 1, ibis.literal(0)).sum()
    return joined.group_by(key).aggregate(**lost)
