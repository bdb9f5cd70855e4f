"""The first incident after the index date that counts as reoffending (Ibis).

Rules
-----
- A charge is dated by the first date that it has, in the order of the definition (offence,
  arrest, filing). A charge without any date cannot be placed and is left out.
- Charges of one incident are one reoffence. An incident with any charge dated on or before the
  index date, or with the key of the index incident, is not a reoffence, whenever it was proven.
- A charge counts by kind, level, source and, for a proven measure, by a court outcome that was
  known by the end of the records. A missing level counts as a misdemeanour, a missing kind as a
  new offence. A proven charge without a disposition date counts: the search that brought it knew
  the outcome.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import Table, Value

from rjeval.cohort.intervals import LAST_DAY, day_number
from rjeval.cohort.rules import (
    BELOW_MISDEMEANOUR,
    FELONY,
    NEW_OFFENCE,
    SERIOUSNESS,
    VIOLENT_NIBRS,
    FollowUpRules,
)


def dated_charges(events: Table, rules: FollowUpRules) -> Table:
    """Return charges with ``day`` and ``began``, the first day of their incident."""
    dates = [day_number(events[name]) for name in rules.event_dates]
    dated = events.mutate(day=ibis.coalesce(*dates))
    dated = dated.filter(dated.day.notnull())
    together = ibis.window(group_by=["person_id", "incident_key"])
    first = dated.day.min().over(together)
    return dated.mutate(began=ibis.ifelse(dated.incident_key.isnull(), dated.day, first))


def after_index(people: Table, charges: Table) -> Table:
    """Return charges of incidents that began after the index date, with their ``row_id``."""
    who = people.select("row_id", "person_id", "index", index_incident=people.incident_key)
    joined = who.inner_join(charges, "person_id")
    same = ibis.coalesce(joined.incident_key == joined.index_incident, False)
    return joined.filter((joined.began > joined["index"]) & ~same)


def qualifying(charges: Table, checks: Table, rules: FollowUpRules) -> Table:
    """Return the charges that count, but for the date of a court outcome."""
    kind = ibis.coalesce(charges.event_kind, NEW_OFFENCE)
    kept = charges.filter(kind.isin(rules.kinds) & _serious(charges, rules.level))
    if rules.violent_only:
        kept = kept.filter(kept.nibrs_code.isin(VIOLENT_NIBRS))
    if rules.dispositions:
        kept = kept.filter(kept.disposition.isin(rules.dispositions))
    if rules.sources:
        found = checks.filter(checks.check_id.notnull()).select("check_id", "source").distinct()
        other = found.filter(~ibis.coalesce(found.source.isin(rules.sources), False))
        kept = kept.anti_join(other, "check_id")
    return kept


def known_in_time(charges: Table, spans: Table, rules: FollowUpRules) -> Table:
    """Return charges whose court outcome was known by the end of the person's records."""
    if not rules.dispositions:
        return charges
    limits = spans.select("row_id", "known_to")
    joined = charges.inner_join(limits, "row_id")
    decided = ibis.coalesce(day_number(joined.disposition_date), joined.known_to)
    return joined.filter(decided <= ibis.coalesce(joined.known_to, ibis.literal(LAST_DAY)))


def outside_custody(charges: Table, held: Table) -> Table:
    """Return charges that are not dated on a day held all day."""
    inside = [
        charges.person_id == held.person_id,
        charges.day >= held["first"],
        charges.day <= held["last"],
    ]
    return charges.anti_join(held, inside)


def first_day(charges: Table) -> Table:
    """Return ``row_id, reoffence``: days to the first charge that counts."""
    return charges.group_by("row_id").aggregate(reoffence=(charges.day - charges["index"]).min())


def one_row_each(charges: Table) -> Table:
    """Return one row per incident: its first day that counts, its worst level and harm."""
    key = ibis.coalesce(charges.incident_key, "on day " + charges.day.cast("string"))
    ranks = [(level, rank) for rank, level in enumerate(SERIOUSNESS)]
    keyed = charges.mutate(key=key, rank=charges.level.cases(*ranks, else_=ibis.null("int64")))
    incidents = keyed.group_by("row_id", "key").aggregate(
        day=keyed.day.min(), rank=keyed["rank"].max(), chi_days=keyed.chi_days.max()
    )
    return incidents.mutate(
        incident_id=incidents.row_id + " " + incidents.key, rank=incidents["rank"]
    ).drop("key")


def _serious(charges: Table, level: str) -> Value:
    if level == "felony":
        return ibis.coalesce(charges.level.isin(FELONY), False)
    if level == "misdemeanor":
        return ~ibis.coalesce(charges.level.isin(BELOW_MISDEMEANOUR), False)
    return ibis.literal(True)
