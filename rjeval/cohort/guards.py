"""Doubts about an outcome that the records themselves raise, as notes that travel with it.

The data dictionary's rules look at all rows of the tables; these look at the people analysed, in
their own follow-up. Notes give rounded shares and no counts of people, so that they can be printed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from rjeval.cohort.rules import NEW_OFFENCE, FollowUpRules
from rjeval.language import join_notes, note
from rjeval.terms import ExitReason

#: Gaps between groups, as shares: worth a warning, and too much for a comparison.
CHECK_GAP, CHECK_REFUSED = 0.05, 0.15
SEALED_GAP = 0.02
MISSING_DATES, PENDING = 0.10, 0.10
#: Share of events on the day of a pull, or on the last day of a quarter (expected: 4 days of 365).
ON_PULLS, ON_QUARTER_ENDS = 0.20, 0.10
#: Above this share it is not said how much more: "all of a group" tells of each of them.
MOST = 0.9
#: Fewer people or events than this say nothing about a share.
FEWEST_PEOPLE, FEWEST_EVENTS = 20, 10
#: From this size on, an arm without any event is more likely not to have been looked up.
ARM_SIZE = 30
NEVER = "never_checked"
DAYS_FOUND = note(
    'these may be days found, not days of the offence; times_known = "checks" in the definition '
    "gives curves between checks (interval mode)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeFacts:
    """What the guards look at.

    Parameters
    ----------
    people : DataFrame
        Everybody included: ``row_id, arm, completed, status, exit_reason, sealed``.
    charges : DataFrame
        Charges of counted kinds in the follow-up of people analysed: ``offence_date_known,
        pending, on_pull, quarter_end``.
    rules : FollowUpRules or None
        ``None`` where the study brings durations.
    """

    people: pd.DataFrame
    charges: pd.DataFrame
    rules: FollowUpRules | None


def outcome_facts(
    people: pd.DataFrame, frames: dict[str, pd.DataFrame], rules: FollowUpRules
) -> OutcomeFacts:
    """Gather what the guards look at.

    Parameters
    ----------
    people : DataFrame
        Included people with ``row_id, person_id, index_date, arm, completed, status, exit_reason,
        observable_days``.
    frames : dict
        The tables that the derivation took.
    """
    checks = frames["checks"]
    sealed = checks.loc[checks["match_status"].eq("not_searchable_sealed"), "person_id"]
    marked = people.assign(sealed=people["person_id"].astype(str).isin(set(sealed)))
    return OutcomeFacts(people=marked, charges=_charges(people, frames, rules), rules=rules)


def _charges(
    people: pd.DataFrame, frames: dict[str, pd.DataFrame], rules: FollowUpRules
) -> pd.DataFrame:
    events = frames["events"]
    dated = events[list(rules.event_dates)].bfill(axis=1).iloc[:, 0]
    kind = events["event_kind"].fillna(NEW_OFFENCE)
    events = events.assign(date=dated)[kind.isin(rules.kinds) & dated.notna()]
    followed = people.loc[
        people["status"].eq("followed"), ["person_id", "index_date", "observable_days"]
    ]
    followed = followed.assign(person_id=followed["person_id"].astype("string"))
    joined = followed.merge(events, on="person_id", how="inner")
    day = (joined["date"] - joined["index_date"]).dt.days
    inside = joined[(day > 0) & (day <= joined["observable_days"])]
    pulls = frames["checks"][["person_id", "run_date"]].dropna().drop_duplicates()
    found = inside[["person_id", "date"]].merge(
        pulls, left_on=["person_id", "date"], right_on=["person_id", "run_date"], how="left"
    )
    first = rules.event_dates[0]
    return pd.DataFrame(
        {
            "offence_date_known": inside[first].notna().to_numpy(),
            "pending": inside["disposition"].eq("pending").fillna(False).to_numpy(dtype=bool),
            "on_pull": found["run_date"].notna().to_numpy(),
            "quarter_end": inside["date"].dt.is_quarter_end.to_numpy(),
        }
    )


def judge_outcome(facts: OutcomeFacts, *, first_events: bool = True) -> tuple[str, ...]:
    """Return the notes of all guards that the outcome trips.

    ``first_events`` is ``False`` where exits are not reoffences, so that none can be counted.
    """
    guards = [one for one in GUARDS if first_events or one is not arm_without_event]
    found = (guard(facts) for guard in guards)
    return tuple(note for note in found if note)


def unequal_checks(facts: OutcomeFacts) -> str:
    """Judge whether people were looked up as often in each arm (V67)."""
    checked = facts.people["status"].ne(NEVER)
    for who, groups in (
        (note("arms"), "arm"),
        (note("those who completed and the others"), "completed"),
    ):
        rates = _shares(checked, facts.people[groups])
        if len(rates) < 2 or rates.max() - rates.min() <= CHECK_GAP:
            continue
        gap = CHECK_REFUSED if rates.max() - rates.min() > CHECK_REFUSED else CHECK_GAP
        told = note(
            "The share of people whose records were checked differs between {who} by more than "
            "{gap} percentage points.",
            who=who,
            gap=round(100 * gap),
        )
        if gap < CHECK_REFUSED:
            return told
        more = note("Such a difference can make or hide an effect; do not compare them.")
        return join_notes([told, more], between=" ")
    return ""


def sealed_by_completion(facts: OutcomeFacts) -> str:
    """Judge whether records were sealed more often for those who completed (V78)."""
    if "sealed" not in facts.people.columns:
        return ""
    rates = _shares(facts.people["sealed"], facts.people["completed"])
    if len(rates) < 2 or rates.max() - rates.min() <= SEALED_GAP:
        return ""
    return note(
        "The share of people whose records are sealed differs between those who completed and "
        "the others by more than {gap} percentage points; sealing hides offences.",
        gap=round(100 * SEALED_GAP),
    )


def ageing_out(facts: OutcomeFacts) -> str:
    """Judge whether follow-up ends at majority for want of adult records (V69)."""
    followed = facts.people[facts.people["status"].eq("followed")]
    if not followed["exit_reason"].eq(str(ExitReason.AGED_OUT)).any():
        return ""
    return note(
        "Follow-up of some people ends on the day they come of age, because adult records were "
        "not searched."
    )


def days_of_detection(facts: OutcomeFacts) -> str:
    """Judge whether events are dated by when they were found (V82)."""
    charges = facts.charges
    declared = facts.rules is not None and facts.rules.found_by_checks
    if declared or len(charges) < FEWEST_EVENTS:
        return ""
    if charges["on_pull"].mean() > ON_PULLS:
        return note(
            "{share} of events are dated on the day of a records pull: {doubt}",
            share=_in_fives(charges["on_pull"].mean()),
            doubt=DAYS_FOUND,
        )
    if charges["quarter_end"].mean() > ON_QUARTER_ENDS:
        return note(
            "{share} of events are dated on the last day of a quarter: {doubt}",
            share=_in_fives(charges["quarter_end"].mean()),
            doubt=DAYS_FOUND,
        )
    return ""


def missing_offence_dates(facts: OutcomeFacts) -> str:
    """Judge whether later dates stand in for the offence too often (V72)."""
    if len(facts.charges) < FEWEST_EVENTS:
        return ""
    share = 1 - facts.charges["offence_date_known"].mean()
    if share <= MISSING_DATES:
        return ""
    return note(
        "{share} of events have no offence date and are dated by arrest or filing, "
        "which comes later.",
        share=_in_fives(share),
    )


def pending_dispositions(facts: OutcomeFacts) -> str:
    """Judge whether the waiting period is too short for a proven measure (V75)."""
    proven = facts.rules is not None and bool(facts.rules.dispositions)
    if not proven or len(facts.charges) < FEWEST_EVENTS:
        return ""
    share = facts.charges["pending"].mean()
    if share <= PENDING:
        return ""
    return note(
        "{share} of charges inside the follow-up still await a court: the waiting "
        "period may be too short, and the rate too low.",
        share=_in_fives(share),
    )


def arm_without_event(facts: OutcomeFacts) -> str:
    """Judge whether an arm is too good to be true (V83)."""
    followed = facts.people[facts.people["status"].eq("followed")]
    again = followed["exit_reason"].eq(str(ExitReason.REOFFENCE))
    number = again.groupby(followed["arm"], observed=True).agg(["size", "sum"])
    if not ((number["size"] >= ARM_SIZE) & (number["sum"] == 0)).any():
        return ""
    return note(
        "An arm of at least {size} people has no event at all: a failure to find records is "
        "more likely than that nobody reoffended.",
        size=ARM_SIZE,
    )


GUARDS: tuple[Callable[[OutcomeFacts], str], ...] = (
    unequal_checks,
    sealed_by_completion,
    ageing_out,
    days_of_detection,
    missing_offence_dates,
    pending_dispositions,
    arm_without_event,
)


def _shares(applies: pd.Series, groups: pd.Series) -> pd.Series:
    """Share per group of enough people."""
    known = groups.notna()
    by = groups[known].astype(str)
    sizes = by.value_counts()
    shares = applies[known].astype(float).groupby(by).mean()
    return shares[sizes.reindex(shares.index) >= FEWEST_PEOPLE]


def _in_fives(share: float) -> str:
    """Return a percentage in steps of five, from which no count of people can be told."""
    if share > MOST:
        return note("More than {most}%", most=round(100 * MOST))
    return note("About {n}%", n=5 * round(20 * share))
