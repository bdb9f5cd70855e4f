"""Contrasts that no estimate can carry: what is refused, and what to do instead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import pandas as pd

from rjeval.analysis_data import FOLLOW_UP_COLUMNS, TimeToEvent
from rjeval.errors import GuardError
from rjeval.language import note
from rjeval.recidivism.parts import parts_of

#: What became of a referral: known only after the clock has run for a while.
COMPLETION = frozenset(
    {"completed", "completion", "completion_status", "exit_status", "exit_reason", "close_reason"}
)
#: Words of a column's name that say the same, alone or with a word for a result beside them.
COMPLETES = frozenset(
    {"completed", "completer", "completers", "completion", "graduated", "finished", "dropout"}
)
ENDS = frozenset({"exit", "discharge", "close", "closing", "closure", "program", "programme"})
RESULTS = frozenset({"status", "reason", "type", "outcome", "result"})
#: Words that say that it is about something else, or long before.
BEFORE = frozenset({"school", "education", "grade", "degree", "prior", "previous", "past"})
#: Levels that say who completed.
SAYS_COMPLETION = re.compile(r"\b(complet(ed|er)|dropped out|withdrew)\b", re.I)
#: Further columns that are settled after referral, and the column that dates them.
SETTLED_LATER = {
    "conferenced": "first_conference_date",
    "legal_disposition": "exit_date",
    "attended": "first_conference_date",
    "sessions_attended": "exit_date",
    "n_sessions": "exit_date",
    "n_conferences": "exit_date",
    "dosage": "exit_date",
    "days_in_programme": "exit_date",
    "agreement_reached": "exit_date",
    "agreement_completed": "exit_date",
    "agreement_kept": "exit_date",
    "restitution_paid": "exit_date",
}
#: Columns that may be settled after the clock started: only their date can say.
DATED_BY = {
    **SETTLED_LATER,
    **dict.fromkeys(COMPLETION, "exit_date"),
    "offered": "offered_date",
    "responsible_consented": "enrolled_date",
    "responsible_consent": "enrolled_date",
    "harmed_consented": "decision_date",
    "harmed_consent": "decision_date",
}
#: How the date of a column is commonly named beside it.
DATE_NAMES = ("{}_date", "date_{}", "date_of_{}", "{}_on", "{}_at", "{}_began", "{}_started")
#: Levels of a status that say what the outcome was.
SAYS_OUTCOME = re.compile(
    r"re-?arrest|re-?offen|re-?convict|re-?incarcer|recidiv|arrested again"
    r"|\bnew (arrest|charge|offen|case|crime|felony|misdemean)",
    re.I,
)
#: Share of rows left out for missing values above which a regression is refused.
MAX_DROPPED = 0.10
OBSERVABLE = "observable_days"
SECONDS_OF_A_DAY = 86_400.0
LANDMARK = "use start_at_landmark, or start-stop rows in which it changes from its day on"


def refuse_later_knowledge(outcome: TimeToEvent, names: Iterable[str]) -> None:
    """Refuse to compare groups, or adjust, by what was settled after the clock started.

    Allowed where everybody entered at a landmark, or where rows are start-stop intervals of
    people, since there a later status holds from its own day on.

    Raises
    ------
    GuardError
        Naming the column and what to do instead.
    """
    doubtful = [name for name in names if _may_be_later(outcome, name)]
    if not doubtful:
        return
    landmark = starts_later(outcome)
    if landmark and parts_of(outcome.frame, None, late=True) is not None:
        return
    for name in doubtful:
        column = outcome.frame[name]
        if not landmark and _levels_say_outcome(column):
            raise GuardError(
                f"Levels of {name} say that people reoffended, so {name} holds the outcome itself.",
                hint="Compare people by what was known when the clock started, such as the arm.",
            )
        if not landmark and _says_completion(outcome, name):
            raise GuardError(
                f"{name} says who completed: those who reoffend early cannot complete, so this "
                "comparison would look like an effect without any.",
                hint=f"Compare arms as assigned; to study completion, {LANDMARK}. If it was "
                "settled before the clock started, name its date in dated_by.",
            )
        if (not landmark and name in SETTLED_LATER) or _settled_after(outcome, name):
            start = "the landmark" if landmark else "the clock started"
            raise GuardError(
                f"{name} was settled after {start}, so people had to stay free of reoffending to "
                "get it (immortal time).",
                hint="Count only what was settled by the landmark."
                if landmark
                else f"Leave it out, or {LANDMARK}.",
            )


def not_comparable(outcome: TimeToEvent, by: str | None) -> tuple[str, ...]:
    """Return the note that groups are not comparable; none where they may be compared.

    Curves and rates of such groups describe; a contrast or a test of them is refused.
    """
    try:
        refuse_later_knowledge(outcome, [by] if by else [])
    except GuardError:
        told = note(
            "Groups of {by} were settled after the clock started, or say what became of people: "
            "they are not comparable, and a difference between them is no effect.",
            by=by,
        )
        return (told,)
    return ()


def refuse_end_of_follow_up(
    outcome: TimeToEvent, names: Iterable[str], *, by_rows: bool = True
) -> None:
    """Refuse to adjust by how long or why people were followed, which is the outcome itself.

    ``observable_days`` is known from the start, unless it was not given.
    ``time_days`` is allowed where a model is of rows (``by_rows``) and follow-up is cut at each
    event time, so that it is the day that all at risk have in common: an effect that changes over
    time.

    Raises
    ------
    GuardError
        Naming the column.
    """
    known_late = {"time_days", "exit_reason"}
    doubtful = (known_late if outcome.observable_known else {*known_late, OBSERVABLE}) & set(names)
    if by_rows and doubtful == {"time_days"}:
        time, entry = (outcome.frame[one].to_numpy(float) for one in ("time_days", "entry_days"))
        days = np.unique(time[outcome.reoffended])
        inside = np.searchsorted(days, time) - np.searchsorted(days, entry, side="right")
        doubtful = doubtful if (inside > 0).any() else set()
    if doubtful:
        raise GuardError(
            f"{', '.join(sorted(doubtful))} says how long or why a person was followed, which is "
            "known only at the end.",
            hint="Leave it out; for an effect that changes over time, cut follow-up at all event "
            "times by split_at first.",
        )


def refuse_silent_loss(n_dropped: int, n_rows: int, *, allowed: float) -> None:
    """Refuse a regression that leaves out more than a share of the rows for missing values.

    Raises
    ------
    GuardError
        Saying how many rows lack a variable.
    """
    if n_dropped > allowed * n_rows:
        raise GuardError(
            f"{n_dropped} of {n_rows} rows ({n_dropped / n_rows:.0%}) lack a variable of the "
            f"model; leaving out more than {allowed:.0%} is refused.",
            hint="Give missing values a category of their own, leave the variable out, or state "
            "max_dropped= and report how many were left out.",
        )


def starts_later(outcome: TimeToEvent) -> bool:
    """Whether all entered late together (a landmark), or rows are intervals of people."""
    entry = outcome.frame["entry_days"].to_numpy(dtype=float)
    if not (entry.size and entry.max() > 0):
        return False
    return bool(entry.min() > 0 or parts_of(outcome.frame, None, late=True) is not None)


def _may_be_later(outcome: TimeToEvent, name: str) -> bool:
    """Whether a column is refused unless follow-up began at a landmark or rows are intervals."""
    if name not in outcome.frame.columns:
        return False
    if name in SETTLED_LATER or _says_completion(outcome, name):
        return True
    return _levels_say_outcome(outcome.frame[name]) or _settled_after(outcome, name)


def _says_completion(outcome: TimeToEvent, name: str) -> bool:
    """Whether a column says who completed; by the look of it only where no date says when."""
    if name in COMPLETION:
        return True
    words = set(re.split("[^a-z]+", name.lower()))
    if words & BEFORE:
        return False
    named = bool(words & COMPLETES or (words & ENDS and words & RESULTS))
    told = named or _levels_say(SAYS_COMPLETION, outcome.frame[name])
    return told and not _date_columns(outcome, name)


def _levels_say_outcome(column: pd.Series) -> bool:
    return _levels_say(SAYS_OUTCOME, column)


def _levels_say(what: re.Pattern[str], column: pd.Series) -> bool:
    if isinstance(column.dtype, pd.CategoricalDtype):
        named = _levels_named(what, tuple(column.dtype.categories))
        return bool(named) and bool(column.isin(named).any())
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return False
    return any(what.search(str(level)) for level in column.dropna().unique())


@lru_cache(maxsize=64)
def _levels_named(what: re.Pattern[str], levels: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(one for one in levels if what.search(str(one)))


def _settled_after(outcome: TimeToEvent, name: str) -> bool:
    """Whether a value was settled, for anybody who has it, after that person's follow-up began.

    Judged by the date declared for the column (``dated_by``), else by one that is named after it,
    else by the column itself where it is a date. Numbers are days since the clock started.
    """
    frame = outcome.frame
    found = _date_columns(outcome, name)
    if not found and not pd.api.types.is_datetime64_any_dtype(frame[name].dtype):
        return False
    since = _days_since_clock(frame, found[0] if found else name)
    held = frame[name].notna() & ~frame[name].isin([False, 0, "no", "none"])
    return bool((held.to_numpy(dtype=bool) & (since > frame["entry_days"].to_numpy(float))).any())


def _date_columns(outcome: TimeToEvent, name: str) -> list[str]:
    """Return the columns that date another: the one declared, else those named after it."""
    frame = outcome.frame
    given = outcome.dated_by.get(name)
    asked = (given,) if given else _names_of_dates(name)
    found = [one for one in asked if one in frame.columns and one not in FOLLOW_UP_COLUMNS]
    if not given:  # a number beside a column may mean anything
        found = [one for one in found if not pd.api.types.is_numeric_dtype(frame[one])]
    return found


@lru_cache(maxsize=64)
def _names_of_dates(name: str) -> tuple[str, ...]:
    return (DATED_BY.get(name, ""), *(one.format(name) for one in DATE_NAMES))


def _days_since_clock(frame: pd.DataFrame, dated: str) -> np.ndarray:
    """Return days since the clock started, missing where no date is known."""
    column = frame[dated]
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=float, na_value=np.nan)
    if "index_date" not in frame.columns:
        return np.full(len(frame), np.nan)
    since = (_dates(column) - _dates(frame["index_date"])).dt.total_seconds()
    return np.asarray(since.to_numpy(dtype=float) / SECONDS_OF_A_DAY)


def _dates(column: pd.Series) -> pd.Series:
    """Return dates without a zone; texts are read as ISO dates."""
    if not pd.api.types.is_datetime64_any_dtype(column):
        dates = pd.to_datetime(column.astype("string"), format="ISO8601", errors="coerce", utc=True)
        unread = int((dates.isna() & column.notna()).sum())
        if unread:
            raise GuardError(
                f"{unread} of {len(column)} values of {column.name} are no ISO dates, so it is not "
                "known what was settled before the clock started.",
                hint="Write dates as 2025-03-31.",
            )
        column = dates
    return column if column.dt.tz is None else column.dt.tz_convert(None)
