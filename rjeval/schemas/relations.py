"""Rules across tables: keys that must meet, and dates that must agree."""

from __future__ import annotations

import pandas as pd

from rjeval.language import mark
from rjeval.schemas.frames import among
from rjeval.schemas.rules import CannotRunError, Hit, Rule, RuleData, hit
from rjeval.schemas.tables import TABLES

#: Meetings that are the conference itself.
CONFERENCES = ("conference", "circle", "panel", "shuttle", "community_dialogue")


def orphans(data: RuleData) -> list[Hit]:
    """Rows whose key is not met in the parent table, where that table was collected."""
    found = []
    for child, frame in data.tables.items():
        for column, parent, key in TABLES[child].parents:
            if parent not in data.tables or column not in frame.columns:
                continue
            if data.tables[parent][key].isna().all() and len(data.tables[parent]):
                continue
            met = among(frame[column], data.tables[parent][key])
            found.append(hit(child, column, frame[column].notna() & ~met))
    return found


def _childless(data: RuleData) -> list[Hit]:
    person = data.frame("person")
    referral = data.frame("referral")
    alone = ~among(person["person_id"], referral["person_id"])
    return [hit("person", "person_id", alone)]


def conference_span(data: RuleData) -> pd.DataFrame:
    """First and last conference held, by case."""
    sessions = data.frame("session", "held_date", "session_type")
    held = sessions[sessions["session_type"].isin(CONFERENCES) & sessions["held_date"].notna()]
    if "status" in held.columns and held["status"].notna().any():
        held = held[held["status"].eq("held")]
    return held.groupby("case_id")["held_date"].agg(["min", "max"])


def _swapped_waves(data: RuleData) -> list[Hit]:
    answers = data.frame("survey_response", "answered_date")
    asked = data.frame("survey_invitation", "wave", "case_id").drop_duplicates("invitation_id")
    span = conference_span(data)
    asked = asked.set_index("invitation_id")
    case = answers["invitation_id"].map(asked["case_id"])
    wave = answers["invitation_id"].map(asked["wave"])
    first, day = case.map(span["min"]), answers["answered_date"]
    late = wave.eq("pre") & day.gt(first)
    early = wave.ne("pre") & wave.notna() & day.lt(first)
    return [hit("survey_response", "answered_date", late | early)]


def _answered_twice(data: RuleData) -> list[Hit]:
    answers = data.frame("survey_response")
    asked = data.frame("survey_invitation", "party_id", "wave").drop_duplicates("invitation_id")
    keys = ["party_id", "role", "case_id", "instrument_id", "wave"]
    joined = answers[["invitation_id", "item_id", "answered_date"]].join(
        asked.set_index("invitation_id")[keys], on="invitation_id"
    )
    ordered = joined.sort_values(["answered_date", "invitation_id"], kind="stable")
    again = ordered.duplicated([*keys, "item_id"]) & ordered["party_id"].notna()
    return [hit("survey_response", "invitation_id", again.reindex(answers.index))]


def _first_referral(data: RuleData) -> pd.Series:
    referral = data.frame("referral", "referral_date")
    return referral.groupby("person_id")["referral_date"].min()


def _event_day(frame: pd.DataFrame) -> pd.Series:
    return frame["offence_date"].fillna(frame["arrest_date"]).fillna(frame["filing_date"])


def _event_before_index(data: RuleData) -> list[Hit]:
    events = data.frame("followup_event")
    index = events["person_id"].map(_first_referral(data))
    return [hit("followup_event", "offence_date", _event_day(events).lt(index))]


def _event_on_index(data: RuleData) -> list[Hit]:
    events = data.frame("followup_event")
    index = events["person_id"].map(_first_referral(data))
    return [hit("followup_event", "offence_date", _event_day(events).eq(index))]


def _never_checked(data: RuleData) -> list[Hit]:
    referral = data.frame("referral")
    checked = among(referral["person_id"], data.frame("records_check")["person_id"])
    return [hit("referral", "person_id", ~checked)]


def _no_date(data: RuleData) -> list[Hit]:
    events = data.frame("followup_event")
    missing = events["offence_date"].isna()
    if not len(events) or missing.mean() <= 0.10:
        return []
    return [hit("followup_event", "offence_date", missing)]


def _both_arms(data: RuleData) -> list[Hit]:
    frame = data.frame("referral", "arm")
    if len(data.arms) < 2:
        raise CannotRunError(mark("the design compares no arms"))
    arms = frame.groupby("person_id")["arm"].transform("nunique")
    return [hit("referral", "arm", arms.gt(1))]


RELATIONS: tuple[Rule, ...] = (
    Rule(
        id="V31",
        severity="E",
        reason=mark("A survey before the conference was answered after it, or the reverse."),
        tables=("survey_response", "survey_invitation", "session"),
        find=_swapped_waves,
        blocks=mark("change from before to after"),
        refuses=True,
    ),
    Rule(
        id="V58",
        severity="E",
        reason=mark("The same person answered the same item twice in one wave."),
        tables=("survey_response", "survey_invitation"),
        find=_answered_twice,
        blocks=mark("the later answer"),
        refuses=True,
    ),
    Rule(
        id="V65",
        severity="W",
        reason=mark("The person's records were never checked: the outcome is missing, not zero."),
        tables=("referral", "records_check"),
        find=_never_checked,
    ),
    Rule(
        id="V70",
        severity="I",
        reason=mark("The event lies before the first referral and cannot be a reoffence."),
        tables=("referral", "followup_event"),
        find=_event_before_index,
    ),
    Rule(
        id="V71",
        severity="I",
        reason=mark("The event lies on the day of the referral, as index charges do."),
        tables=("referral", "followup_event"),
        find=_event_on_index,
    ),
    Rule(
        id="V72",
        severity="W",
        reason=mark(
            "More than one event in ten has no offence date; a later date stands in for it."
        ),
        tables=("followup_event",),
        find=_no_date,
    ),
    Rule(
        id="V91",
        severity="E",
        reason=mark("The same person stands in both arms."),
        tables=("referral",),
        find=_both_arms,
        blocks=mark("every comparison of arms, unless first referrals are analysed"),
    ),
    Rule(
        id="V106",
        severity="I",
        reason=mark("The person has no referral."),
        tables=("person", "referral"),
        find=_childless,
    ),
)

ORPHANS = Rule(
    id="V12",
    severity="E",
    reason=mark("The key is not met in the table that it points to."),
    tables=(),
    find=orphans,
    blocks=mark("these rows"),
    refuses=True,
)
