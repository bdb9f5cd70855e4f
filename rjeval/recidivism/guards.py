"""Contrasts that no estimate can carry: what is refused, and what to do instead."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import GuardError

#: What became of a referral: known only after the clock has run for a while.
COMPLETION = frozenset(
    {"completed", "completion", "completion_status", "exit_status", "exit_reason", "close_reason"}
)
#: Further columns that are settled after referral, and the column that dates them.
SETTLED_LATER = {
    "conferenced": "first_conference_date",
    "legal_disposition": "exit_date",
    "attended": "first_conference_date",
}
#: Levels of a status that say what the outcome was.
SAYS_OUTCOME = re.compile(r"re-?arrest|re-?offen|recidiv|new (arrest|charge|offen|case)", re.I)
#: Share of rows left out for missing values above which a regression is refused.
MAX_DROPPED = 0.10
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
    if starts_later(outcome):
        return
    for name in names:
        if name not in outcome.frame.columns:
            continue
        column = outcome.frame[name]
        if _levels_say_outcome(column):
            raise GuardError(
                f"Levels of {name} say that people reoffended, so {name} holds the outcome itself.",
                hint="Compare people by what was known when the clock started, such as the arm.",
            )
        if name in COMPLETION:
            raise GuardError(
                f"{name} says who completed: those who reoffend early cannot complete, so this "
                "comparison would look like an effect without any.",
                hint=f"Compare arms as assigned; to study completion, {LANDMARK}.",
            )
        late = _share_after_clock(outcome.frame, name)
        if name in SETTLED_LATER or late > 0:
            raise GuardError(
                f"{name} was settled after the clock started, so people had to stay free of "
                "reoffending to get it (immortal time).",
                hint=f"Leave it out, or {LANDMARK}.",
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
    return bool(entry.min() > 0 or outcome.frame["person_id"].duplicated().any())


def _levels_say_outcome(column: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return False
    if isinstance(column.dtype, pd.CategoricalDtype):
        named = [SAYS_OUTCOME.search(str(one)) is not None for one in column.dtype.categories]
        return any(named) and bool(column.isin(column.dtype.categories[named]).any())
    return any(SAYS_OUTCOME.search(str(level)) for level in column.dropna().unique())


def _share_after_clock(frame: pd.DataFrame, name: str) -> float:
    """Share of rows in which the column's own date lies after the index date."""
    dated = f"{name}_date"
    if dated not in frame.columns or "index_date" not in frame.columns:
        return 0.0
    after = pd.to_datetime(frame[dated]) > pd.to_datetime(frame["index_date"])
    return float(np.mean(after.to_numpy(dtype=bool)))
