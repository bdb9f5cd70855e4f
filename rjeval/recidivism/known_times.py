"""What can be said where only the interval of an event is known, not its day."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rjeval.analysis_data import TimeToEvent
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.errors import GuardError
from rjeval.language import mark, note

#: Note on estimates that take the day of the check for the day of the event.
FOUND_LATE = mark(
    "Events are dated by the check that found them, and happened since the check before: curves "
    "step too late, and events just before the end of a window may be missing."
)
#: Columns of such a study: the last day known to be clear, and the day of the check that found it.
BETWEEN_CHECKS = ("last_clear_days", "found_days")
INSTEAD = "Use fixed_window_rates, interval_survival or grouped_time_regression."


def refuse_interval_times(definition: RecidivismDefinition | None, what: str) -> None:
    """Refuse an estimate that uses the day of each event where only its interval is known.

    Raises
    ------
    GuardError
        Naming the estimators that need intervals only.
    """
    if definition is None or definition.times_known == "day":
        return
    raise GuardError(
        f"{what} the day of each event, but this study knows its interval only "
        f'(times_known = "{definition.times_known}").',
        hint=INSTEAD,
    )


def refuse_days_between(outcome: TimeToEvent, days: Sequence[float]) -> None:
    """Refuse a risk by a day inside an interval, where how many had the event is not known.

    Raises
    ------
    GuardError
        Listing the days at which intervals end.
    """
    if outcome.definition.times_known != "interval":
        return
    ends = outcome.definition.windows_days
    if not np.isin(np.asarray(days, dtype=float), ends).all():
        raise GuardError(
            "Events are known by interval, so a risk can be given at the ends of intervals only.",
            hint=f"Days that can be asked for: {', '.join(map(str, sorted(ends)))}.",
        )


def interval_notes(outcome: TimeToEvent) -> tuple[str, ...]:
    """Return the note that goes with every curve and test of such a study.

    Raises
    ------
    GuardError
        An event is dated inside an interval.
    """
    if outcome.definition.times_known == "checks":
        return (FOUND_LATE,)
    if outcome.definition.times_known != "interval":
        return ()
    ends = np.asarray(outcome.definition.windows_days, dtype=float)
    days = outcome.frame["time_days"].to_numpy(dtype=float)[outcome.reoffended]
    inside = int((~np.isin(days, ends)).sum())
    if inside:
        raise GuardError(
            f"{inside} of {days.size} events lie inside an interval, although the study says that "
            "only intervals are known.",
            hint="List every end of an interval in windows_days, or use interval_survival.",
        )
    days = ", ".join(f"{day:g}" for day in np.sort(ends))
    return (
        note(
            "Events are known by interval: estimates hold at days {days}, not between them.",
            days=days,
        ),
    )
