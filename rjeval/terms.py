"""The controlled vocabulary: identifiers that code compares, labels that people read."""

from __future__ import annotations

from enum import StrEnum


class Arm(StrEnum):
    """Assigned process. A comparison arm is a control arm only where it was randomised."""

    RESTORATIVE = "rj"
    COMPARISON = "comparison"


class ExitReason(StrEnum):
    """Why a person's observation ended."""

    REOFFENCE = "reoffence"
    END_OF_FOLLOW_UP = "end_of_follow_up"
    DATA_CUTOFF = "data_cutoff"
    AGED_OUT = "aged_out"
    DEATH = "death"
    LEFT_JURISDICTION = "left_jurisdiction"
    CUSTODY = "custody"
    COMPETING = "competing"


#: Exits after which a recorded reoffence is impossible; Aalen-Johansen treats them as competing.
COMPETING_EXITS = frozenset(
    {ExitReason.DEATH, ExitReason.LEFT_JURISDICTION, ExitReason.CUSTODY, ExitReason.COMPETING}
)


class RecidivismMeasure(StrEnum):
    """The recorded event that counts as reoffending."""

    REARREST = "rearrest"
    REREFERRAL = "rereferral"
    REFILING = "refiling"
    RECONVICTION = "readjudication_or_reconviction"
    ANY_PROVEN = "any_proven"
    NEW_VIOLENT = "new_violent"
    NEW_FELONY = "new_felony"
    RETURN_TO_CUSTODY = "return_to_custody"


class Clock(StrEnum):
    """The date that starts follow-up, by the same rule in every arm."""

    REFERRAL = "referral_date"
    OFFERED = "offered_date"
    RANDOMISED = "random_date"
    CONSENT = "consent_date"
    FIRST_CONFERENCE = "first_conference"
    EXIT = "exit_date"
    RELEASE = "release_date"


class AnalysisSet(StrEnum):
    """Who is analysed."""

    ALL_REFERRED = "all_eligible_referred"
    OFFERED = "offered"
    CONSENTED = "consented"
    CONFERENCED = "conferenced"
    COMPLETED = "completed"


class Role(StrEnum):
    """Who answered a survey. Roles are never pooled."""

    HARMED = "harmed_party"
    RESPONSIBLE = "responsible_party"
    HARMED_SUPPORTER = "harmed_supporter"
    RESPONSIBLE_SUPPORTER = "responsible_supporter"
    COMMUNITY = "community"


class Wave(StrEnum):
    """When a survey was asked, relative to the conference."""

    PRE = "pre"
    POST = "post"
    FOLLOW_UP_1M = "followup_1m"
    FOLLOW_UP_6M = "followup_6m"
    FOLLOW_UP_12M = "followup_12m"


class MissingState(StrEnum):
    """The four ways in which an answer is missing; they are never merged."""

    NOT_COLLECTED = "not_collected"
    DECLINED = "declined"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"


class DesignTier(StrEnum):
    """How much the design can carry; it picks the verbs of the report."""

    COUNTS = "0"
    ONE_GROUP = "1"
    UNMATCHED = "2"
    MATCHED = "3"
    QUASI_EXPERIMENT = "4"
    RANDOMISED = "5"


#: Labels shown to people. A study may replace any of them under ``[labels]`` in ``study.toml``.
LABELS: dict[str, str] = {
    "facilitator_contract": "Facilitators on contract",
    "fringe": "Benefits of staff",
    "indirect": "Overhead",
    "pay": "Pay of staff and facilitators",
    "volunteers_imputed": "Volunteers' time, valued",
    "rj": "Restorative justice",
    "comparison": "Comparison",
    "arm": "Arm",
    "harmed_party": "Harmed parties",
    "responsible_party": "Responsible parties",
    "harmed_supporter": "Supporters of harmed parties",
    "responsible_supporter": "Supporters of responsible parties",
    "community": "Community members",
    "rearrest": "new arrest",
    "rereferral": "new referral",
    "refiling": "new filing",
    "readjudication_or_reconviction": "new adjudication or conviction",
    "any_proven": "any proven offence",
    "new_violent": "new violent offence",
    "new_felony": "new felony",
    "return_to_custody": "return to custody",
    "referral_date": "referral",
    "offered_date": "offer",
    "random_date": "random assignment",
    "consent_date": "consent",
    "first_conference": "first conference",
    "exit_date": "programme exit",
    "release_date": "release",
    "in_person": "In person",
    "video": "By video",
    "reoffence": "Reoffence",
    "death": "Death",
    "left_jurisdiction": "Left the jurisdiction",
    "GLOBAL": "Global",
}

#: Column of referrals whose dates were shifted: the names of those outside the study period.
OUTSIDE_PERIOD = "outside_period"
#: What an analysis set is called in a sentence ("completed" alone is also an exit status).
POPULATIONS: dict[AnalysisSet, str] = {
    AnalysisSet.ALL_REFERRED: "everyone referred and eligible",
    AnalysisSet.OFFERED: "everyone offered the programme",
    AnalysisSet.CONSENTED: "everyone who consented",
    AnalysisSet.CONFERENCED: "everyone whose conference was held",
    AnalysisSet.COMPLETED: "people who completed the programme",
}


def label(identifier: str, overrides: dict[str, str] | None = None) -> str:
    """Return what people read for an identifier.

    Examples
    --------
    >>> label("rj")
    'Restorative justice'
    >>> label("age_at_referral")
    'Age at referral'
    """
    if overrides and identifier in overrides:
        return overrides[identifier]
    return LABELS.get(identifier, identifier.replace("_", " ").strip().capitalize())
