"""A definition of reoffending as the plain numbers and sets that the derivation needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rjeval.design.recidivism import PROVEN_MEASURES, RecidivismDefinition
from rjeval.design.study import StudyDesign
from rjeval.errors import DesignError
from rjeval.terms import ExitReason, RecidivismMeasure

#: Results of a records search that tell something about the person.
SEARCHED = ("matched_record", "matched_no_record")
#: States in which a person is held.
HELD_STATES = ("detained_pretrial", "custody", "residential")
#: States after which a person cannot be recorded any more.
DEPARTED_STATES = ("deceased", "left_jurisdiction")
#: Court outcomes that prove an offence.
CONVICTED = ("adjudicated", "convicted")
#: Court and out-of-court outcomes that prove an offence (the UK's "proven": cautions count).
PROVEN = (*CONVICTED, "diverted")
#: Kind of a charge that the export gives no kind.
NEW_OFFENCE = "new_offence"
#: Levels below a misdemeanour; everything else that is not a felony counts as one.
BELOW_MISDEMEANOUR = ("infraction", "petty")
FELONY = ("felony", "indictable")
#: Levels from the least to the most serious.
SERIOUSNESS = (
    "infraction",
    "petty",
    "summary",
    "delinquent_act",
    "misdemeanor",
    "wobbler",
    "indictable",
    "felony",
)
#: NIBRS codes of violent offences: homicide, robbery, assault, sexual offences, kidnapping.
VIOLENT_NIBRS = ("09A", "09B", "100", "11A", "11B", "11C", "11D", "120", "13A", "13B")
#: Where events are dated by checks: the last day known to be clear, and that of the check.
BETWEEN_CHECKS = ("last_clear_days", "found_days")
#: Exits that are not reoffences, in the order that settles a tie of days.
RANKED_EXITS = (
    ExitReason.DEATH,
    ExitReason.LEFT_JURISDICTION,
    ExitReason.CUSTODY,
    ExitReason.DATA_CUTOFF,
)
#: What a listed source searches, where a check does not say it.
JUVENILE_ONLY = "juvenile_court"
ADULT_ONLY = "adult_court"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpRules:
    """What :func:`rjeval.cohort.derivation.derive_follow_up` needs to know.

    Parameters
    ----------
    window : int
        Longest window, in days.
    delay : int
        Waiting period plus reporting lag, in days.
    extract : date or None
        No record reaches beyond this date.
    sources : tuple of str
        Sources that must each cover the person; empty means any.
    event_dates, kinds, dispositions : tuple of str
        Date columns in order of preference; kinds that count; outcomes that prove (empty: all).
    level : {"any", "misdemeanor", "felony"}
    violent_only, from_custody : bool
        Violent offences only; a return to custody is the event.
    custody : {"ignore", "censor", "competing", "street_time"}
    competing : tuple of str
        Departures that compete; the others end follow-up as censored.
    found_by_checks : bool
        Events are dated by the check that found them.
    """

    window: int
    delay: int
    extract: date | None
    sources: tuple[str, ...]
    event_dates: tuple[str, ...]
    kinds: tuple[str, ...]
    dispositions: tuple[str, ...]
    level: str
    violent_only: bool
    from_custody: bool
    custody: str
    competing: tuple[str, ...]
    found_by_checks: bool = False

    @property
    def source_groups(self) -> dict[str, str]:
        """Source -> the group that must cover; juvenile and adult courts cover together."""
        groups = {source: source for source in self.sources}
        if JUVENILE_ONLY in groups and ADULT_ONLY in groups:
            groups[ADULT_ONLY] = JUVENILE_ONLY
        return groups


def rules_of(definition: RecidivismDefinition, design: StudyDesign) -> FollowUpRules:
    """Translate a definition into rules.

    Raises
    ------
    DesignError
        A return to custody is asked for while custody ends follow-up by another rule.
    """
    custody = "competing" if "custody" in definition.competing else definition.custody
    returns = definition.event is RecidivismMeasure.RETURN_TO_CUSTODY
    if returns and custody != "ignore":
        raise DesignError(
            f"recidivism '{definition.name}': the event is a return to custody, so custody cannot "
            "also end or stop follow-up.",
            hint='Write custody = "ignore" and leave custody out of competing.',
        )
    felony = definition.event is RecidivismMeasure.NEW_FELONY
    return FollowUpRules(
        window=definition.horizon_days,
        delay=definition.waiting_period_days + definition.reporting_lag_days,
        extract=None if design.privacy.shift_dates else design.extract_date,
        sources=definition.sources,
        event_dates=definition.event_date,
        kinds=definition.count_event_kinds,
        dispositions=_dispositions(definition.event),
        level="felony" if felony else definition.minimum_level,
        violent_only=definition.event is RecidivismMeasure.NEW_VIOLENT,
        from_custody=returns,
        custody=custody,
        competing=definition.competing,
        found_by_checks=definition.times_known == "checks",
    )


def _dispositions(event: RecidivismMeasure) -> tuple[str, ...]:
    if event not in PROVEN_MEASURES:
        return ()
    return CONVICTED if event is RecidivismMeasure.RECONVICTION else PROVEN
