"""What counts as reoffending: event, clock, window, waiting period, records, population.

No rate in rjeval is ever bare: each result carries the definition that made it,
and prints its six labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rjeval.errors import DesignError
from rjeval.terms import POPULATIONS, AnalysisSet, Clock, RecidivismMeasure, label

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
TIMES_KNOWN = ("day", "interval")
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
    times_known : {"day", "interval"}
        ``interval``: of each event only the interval between checks is known, and
        ``windows_days`` lists the ends of the intervals. Estimates that use days are refused.
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

    def __post_init__(self) -> None:
        if not self.windows_days or min(self.windows_days) < 1:
            raise DesignError(
                f"recidivism '{self.name}': windows_days must be one or more whole numbers of "
                "days, each at least 1.",
                hint="12 months is 365, 24 months is 730.",
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

    @property
    def event_text(self) -> str:
        """The event in words."""
        return self.event_label or label(self.event)

    def six_labels(self) -> tuple[tuple[str, str], ...]:
        """Return the six labels that each rate must carry, as (label, text).

        Examples
        --------
        >>> RecidivismDefinition(name="refiling").six_labels()[0]
        ('Event', 'new filing (new offence; misdemeanor or more serious)')
        """
        kinds = ", ".join(kind.replace("_", " ") for kind in self.count_event_kinds)
        level = "" if self.minimum_level == "any" else f"; {self.minimum_level} or more serious"
        if self.minimum_level == "felony":
            level = "; felony"
        detail = "" if self.durations_given else f" ({kinds}{level})"
        windows = ", ".join(f"{days:,} days" for days in self.windows_days)
        wait = f"{self.waiting_period_days} days" if self.waiting_period_days else "none"
        lag = f"; reporting lag {self.reporting_lag_days} days" if self.reporting_lag_days else ""
        sources = self.source_label or ", ".join(s.replace("_", " ") for s in self.sources)
        coverage = f"; records to {self.coverage_to.isoformat()}" if self.coverage_to else ""
        return (
            ("Event", f"{self.event_text}{detail}"),
            ("Clock starts", self.clock_label or label(self.clock)),
            ("Window", windows),
            ("Waiting period", f"{wait}{lag}"),
            ("Records", f"{sources or 'all sources checked'}{coverage}"),
            ("Population", POPULATIONS[self.population]),
        )

    def sentence(self, days: Sequence[float] = ()) -> str:
        """Return the definition as one sentence; of the windows shown, or of the longest.

        Examples
        --------
        >>> RecidivismDefinition().sentence([365, 730]).split(";")[0]
        'Reoffending: new filing within 365 and 730 days of referral'
        """
        wait = (
            f", waiting period {self.waiting_period_days} days" if self.waiting_period_days else ""
        )
        clock = self.clock_label or label(self.clock)
        shown = [f"{one:,.0f}" for one in dict.fromkeys(days or [self.horizon_days])]
        windows = " and ".join([", ".join(shown[:-1]), shown[-1]] if shown[1:] else shown)
        return (
            f"Reoffending: {self.event_text} within {windows} days of "
            f"{clock}{wait}; {POPULATIONS[self.population]}."
        )
