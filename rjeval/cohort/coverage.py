"""From when to when each person's records were searched (Ibis).

Rules
-----
- Only searches that found the person or found no record say anything; the rest are no search.
- A search reaches to ``coverage_to`` (``run_date`` where that is missing), never beyond the day
  of the pull or the extract. A missing ``coverage_from`` means from the beginning.
- Searches that overlap or follow each other day by day make one chain. Follow-up uses the first
  chain that leaves at least one day after the index date, and stops at its end: events after a
  gap are not counted, because those in the gap could not be.
- Listed sources must each cover the person: the latest start and the earliest end hold.
- Where adult records were not searched, observation ends on the day the person comes of age.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from rjeval.cohort.intervals import FIRST_DAY, LAST_DAY, day_number, merge_touching
from rjeval.cohort.rules import ADULT_ONLY, JUVENILE_ONLY, SEARCHED, FollowUpRules


def observed_span(people: Table, checks: Table, rules: FollowUpRules) -> Table:
    """Return when each person could be observed, in days since the index date.

    Returns
    -------
    Table
        ``row_id, entry, until, known_to``: start and end of observation, and the last day (a day
        number) by which a court outcome was known; ``n_covering`` groups of sources reach past
        the index date and ``n_usable`` of them leave a day of observation.
    """
    pieces = _pieces(people, _searches(checks, rules), rules)
    chains = _chains(pieces)
    in_time = ibis.window(group_by=["row_id", "source_group"], order_by=["first"])
    usable = chains.filter(chains.until > chains.entry)
    usable = usable.mutate(place=ibis.row_number().over(in_time)).filter(lambda t: t.place == 0)
    spans = usable.group_by("row_id").aggregate(
        entry=usable.entry.max(),
        until=usable.until.min(),
        known_to=usable.known_to.min(),
        n_usable=usable.count(),
    )
    past = chains.filter(chains["last"] > chains["index"])
    covering = past.group_by("row_id").aggregate(n_covering=past.source_group.nunique())
    return covering.left_join(spans, "row_id").drop("row_id_right")


def _searches(checks: Table, rules: FollowUpRules) -> Table:
    """One row per valid search: what it covers, as day numbers."""
    valid = checks.filter(checks.match_status.isin(SEARCHED))
    group = ibis.literal("any")
    if rules.sources:
        valid = valid.filter(valid.source.isin(rules.sources))
        group = valid.source.cases(*rules.source_groups.items(), else_="any")
    run = day_number(valid.run_date)
    last = ibis.coalesce(day_number(valid.coverage_to), run)
    latest = ibis.coalesce(run, ibis.literal(LAST_DAY))
    if rules.extract is not None:
        latest = ibis.least(latest, day_number(ibis.literal(rules.extract)))
    searched = valid.select(
        "person_id",
        source_group=group,
        first=ibis.coalesce(day_number(valid.coverage_from), ibis.literal(FIRST_DAY)),
        last=ibis.least(last, latest),
        juvenile=ibis.coalesce(valid.juvenile_covered, valid.source != ADULT_ONLY, True),
        grown=ibis.coalesce(valid.adult_covered, valid.source != JUVENILE_ONLY, True),
    )
    return searched.filter(searched["last"].notnull() & (searched.juvenile | searched.grown))


def _pieces(people: Table, searches: Table, rules: FollowUpRules) -> Table:
    """Return the part of each search that can show the person, as a minor or as an adult."""
    joined = people.select("row_id", "person_id", "index", "adult").inner_join(
        searches, "person_id"
    )
    aged = joined.adult.notnull()
    child_only, adult_only = aged & ~joined.grown, aged & ~joined.juvenile
    come_of_age = ibis.coalesce(joined.adult, ibis.literal(LAST_DAY))
    proven = joined["last"] - rules.delay
    cut = joined.select(
        "row_id",
        "source_group",
        "index",
        first=ibis.ifelse(adult_only, ibis.greatest(joined["first"], come_of_age), joined["first"]),
        last=ibis.ifelse(child_only, ibis.least(joined["last"], come_of_age), joined["last"]),
        reach=ibis.ifelse(child_only, ibis.least(proven, come_of_age), proven),
        known_to=joined["last"],
        too_old=child_only & (joined["first"] >= come_of_age),
    )
    return cut.filter((cut["first"] <= cut["last"]) & ~cut.too_old)


def _chains(pieces: Table) -> Table:
    """One row per person, source group and unbroken chain of searches."""
    keys = ("row_id", "source_group", "index", "first", "last")
    distinct = pieces.group_by(keys).aggregate(
        reach=pieces.reach.max(), known_to=pieces.known_to.max()
    )
    marked = merge_touching(distinct, "row_id", "source_group", "index")
    chains = marked.group_by("row_id", "source_group", "index", "island").aggregate(
        first=marked["first"].min(),
        last=marked["last"].max(),
        reach=marked.reach.max(),
        known_to=marked.known_to.max(),
    )
    since = ibis.greatest(chains["first"] - chains["index"], ibis.literal(0))
    return chains.mutate(entry=since, until=chains.reach - chains["index"])
