"""What counts as reoffending: event, clock, window, waiting period, records, population.

No rate in rjeval is ever bare: each result carries the definition that made it,
and prints its six labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from rjeval.design.populations import PopulationCounts
from rjeval.errors import DesignError
from rjeval.language import join_notes, mark, named, note
from rjeval.terms import POPULATIONS, AnalysisSet, Clock, RecidivismMeasure

#: Measures that rest on a court's outcome and therefore need a waiting period.
PROVEN_MEASURES = frozenset({RecidivismMeasure.RECONVICTION, RecidivismMeasure.ANY_PROVEN})
#: Waiting period of the UK's proven-reoffending measure, in days: six months for the court.
COURT_WAITING_DAYS = 183
EVENT_KINDS = (
    "new_offence",
    "technical_violation",
    "status_offence",
    "traffic_infraction",
    "warrant_fta",
    "civil",
)
LEVELS = ("any", "misdemeanor", "felony")
EVENT_DATES = ("offence_date", "arrest_date", "filing_date")
CUSTODY_RULES = ("ignore", "censor", "competing", "street_time")
TIMES_KNOWN = ("day", "interval", "checks")
COMPETING_STATES = ("deceased", "left_jurisdiction", "custody")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecidivismDefinition:
    """One way to measure reoffending, complete enough to be repeated elsewhere.

    Parameters
    ----------
    name : str
        Short name, used to choose between several definitions of a study.
    event : RecidivismMeasure
        The recorded event that counts.
    clock : Clock
        The date that starts follow-up, the same rule in every arm.
    population : AnalysisSet
        Who is analysed.
    windows_days : tuple of int
        Follow-up windows; the first is primary, the longest is the horizon.
    waiting_period_days : int
        Further time allowed for an offence to be proven.
    reporting_lag_days : int
        Time that records need to reach the source.
    event_date : tuple of str
        Date columns of ``followup_event`` in order of preference.
    count_event_kinds : tuple of str
        Kinds of event that count; all others are excluded and tabulated apart.
    minimum_level : {"any", "misdemeanor", "felony"}
        Least serious level that counts.
    custody : {"ignore", "censor", "competing", "street_time"}
        What a custody interval does to follow-up.
    competing : tuple of str
        ``exposure`` states that end follow-up as competing events.
    sources : tuple of str
        Record sources that must cover the window; empty means any.
    adult_age_years : int
        Age at which juvenile records stop; 0 switches the ageing-out rule off.
    repeat_referrals : {"first", "all"}
        Keep each person's first referral, or all of them (then cluster by person).
    times_known : {"day", "interval", "checks"}
        ``interval``: of each event only the interval between checks is known, and
        ``windows_days`` lists the ends of the intervals. ``checks``: events are dated by the
        check that found them, and happened since the check before. Estimates that use days are
        refused.
    durations_given : bool
        The study brings days and exit reasons (table ``follow_up``) instead of dates.
    """

    name: str = "primary"
    event: RecidivismMeasure = RecidivismMeasure.REFILING
    clock: Clock = Clock.REFERRAL
    population: AnalysisSet = AnalysisSet.ALL_REFERRED
    windows_days: tuple[int, ...] = (365, 730)
    waiting_period_days: int = 0
    reporting_lag_days: int = 30
    event_date: tuple[str, ...] = EVENT_DATES
    count_event_kinds: tuple[str, ...] = ("new_offence",)
    minimum_level: str = "misdemeanor"
    custody: str = "ignore"
    competing: tuple[str, ...] = ("deceased", "left_jurisdiction")
    sources: tuple[str, ...] = ()
    adult_age_years: int = 18
    repeat_referrals: str = "first"
    times_known: str = "day"
    durations_given: bool = False
    coverage_to: date | None = None
    source_label: str = ""
    event_label: str = ""
    clock_label: str = ""
    people: PopulationCounts | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.windows_days or min(self.windows_days) < 1:
            raise DesignError(
                f"recidivism '{self.name}': windows_days must be one or more whole numbers of "
                "days, each at least 1.",
                hint="12 months is 365, 24 months is 730.",
            )
        if self.times_known == "checks" and (self.custody == "street_time" or self.durations_given):
            raise DesignError(
                f"recidivism '{self.name}': times_known = \"checks\" needs calendar dates, so "
                "neither a street-time clock nor given durations.",
                hint='Write custody = "ignore", or times_known = "interval" with durations.',
            )
        if self.waiting_period_days < 0 or self.reporting_lag_days < 0:
            raise DesignError(
                f"recidivism '{self.name}': waiting_period_days and reporting_lag_days must be "
                "0 or more.",
                hint="Use 0 for arrests and filings, 183 for convictions.",
            )

    @property
    def horizon_days(self) -> int:
        """Longest window, in days."""
        return max(self.windows_days)

    def with_coverage(self, coverage_to: date) -> RecidivismDefinition:
        """Return the same definition with the date to which the records reach."""
        from dataclasses import replace

        return replace(self, coverage_to=coverage_to)

    def with_people(self, people: PopulationCounts) -> RecidivismDefinition:
        """Return the same definition with the people whom it chose, in numbers."""
        from dataclasses import replace

        return replace(self, people=people)

    @property
    def event_text(self) -> str:
        """The event in words."""
        return self.event_label or named(self.event)

    @property
    def clock_text(self) -> str:
        """What starts the clock, in words."""
        return self.clock_label or named(self.clock)

    def six_labels(self) -> tuple[tuple[str, str], ...]:
        """Return the six labels that each rate must carry, as (label, text).

        Examples
        --------
        >>> RecidivismDefinition(name="refiling").six_labels()[0]
        ('Event', 'new filing (new offence; misdemeanor or more serious)')
        """
        return (
            (mark("Event"), self._event()),
            (mark("Clock starts"), self.clock_text),
            (mark("Window"), self._windows()),
            (mark("Waiting period"), self._waiting()),
            (mark("Records"), self._records()),
            (mark("Population"), note(POPULATIONS[self.population])),
        )

    def sentence(self, days: Sequence[float] = ()) -> str:
        """Return the definition as one sentence; of the windows shown, or of the longest.

        Examples
        --------
        >>> RecidivismDefinition().sentence([365, 730]).split(";")[0]
        'Reoffending: new filing within 365 and 730 days of referral'
        """
        shown = [f"{one:,.0f}" for one in dict.fromkeys(days or [self.horizon_days])]
        parts: dict[str, object] = {
            "event": self.event_text,
            "days": shown[0],
            "clock": self.clock_text,
            "people": note(POPULATIONS[self.population]),
            "wait": self.waiting_period_days,
        }
        if shown[1:]:
            parts["days"] = note("{first} and {last}", first=", ".join(shown[:-1]), last=shown[-1])
        if not self.waiting_period_days:
            return note("Reoffending: {event} within {days} days of {clock}; {people}.", **parts)
        return note(
            "Reoffending: {event} within {days} days of {clock}, waiting period {wait} days; "
            "{people}.",
            **parts,
        )

    def _event(self) -> str:
        if self.durations_given:
            return self.event_text
        kinds = join_notes(note(kind.replace("_", " ")) for kind in self.count_event_kinds)
        level = note("{level} or more serious", level=note(self.minimum_level))
        if self.minimum_level == "felony":
            level = note("felony")
        if self.minimum_level == "any":
            return note("{event} ({kinds})", event=self.event_text, kinds=kinds)
        return note("{event} ({kinds}; {level})", event=self.event_text, kinds=kinds, level=level)

    def _windows(self) -> str:
        return join_notes(note("{days} days", days=f"{days:,}") for days in self.windows_days)

    def _waiting(self) -> str:
        wait, lag = self.waiting_period_days, self.reporting_lag_days
        text = note("{days} days", days=wait) if wait else note("none")
        return note("{wait}; reporting lag {lag} days", wait=text, lag=lag) if lag else text

    def _records(self) -> str:
        sources: str = self.source_label or ", ".join(s.replace("_", " ") for s in self.sources)
        sources = sources or note("all sources checked")
        if not self.coverage_to:
            return sources
        return note(
            "{sources}; records to {day}", sources=sources, day=self.coverage_to.isoformat()
        )
