"""Who is mature for a fixed window, whether their records were checked, and what they did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError, GuardError
from rjeval.language import category, note
from rjeval.recidivism.known_times import BETWEEN_CHECKS
from rjeval.recidivism.unpack import GroupedRows, group_codes, require

#: Fewest mature people for which a percentage is given.
MIN_MATURE = 20
#: Share of mature people whose records were checked: refused below the first, noted below the
#: second.
MIN_COVERAGE, GOOD_COVERAGE = 0.80, 0.95

UNDETERMINED = note(
    "Of some people it is not known whether the event fell into the window: a check after its end "
    "found it, or checks ended before. They are counted with people never checked, in the bounds; "
    "the curve between checks uses what is known of them."
)


LOST = note(
    "Some people count as without the event although their follow-up ended inside a window for "
    "another reason than the end of the records, such as custody: rates are too low by what they "
    "did afterwards. Kaplan-Meier takes them as seen until then."
)


def windows_of(at_days: float | Sequence[float]) -> list[float]:
    """Return the lengths of the windows asked for."""
    wanted = [at_days] if isinstance(at_days, int | float) else list(at_days)
    if not wanted or min(wanted) <= 0:
        raise EstimationError("at_days must be one or more numbers above 0.")
    return wanted


def need_people(rows: GroupedRows) -> None:
    """Refuse rows that are parts of people's follow-up.

    Raises
    ------
    GuardError
        A follow-up has several rows.
    """
    if rows.unit is not None:
        raise GuardError(
            "Rows are intervals of people, and a fixed window needs one row for all of a person's "
            "follow-up.",
            hint="Use the outcome before it was cut, or kaplan_meier.",
        )


def unchecked_by_group(outcome: TimeToEvent, rows: GroupedRows) -> list[pd.DataFrame]:
    """Return the never-checked people of each group."""
    people = outcome.unchecked
    if not len(people):
        return [people] * rows.n_groups
    if not rows.by:
        return [people]
    if rows.by not in people.columns:
        raise EstimationError(f"People never checked have no column '{rows.by}'.")
    labels, code, kept = group_codes(people, rows.by)
    of_label = np.asarray(labels, dtype=object)[code]
    return [people.iloc[kept[of_label == label]] for label in rows.labels]


def mature_unchecked(people: pd.DataFrame, window: float) -> int:
    """Count never-checked people who could have been followed for the window."""
    if not len(people) or "observable_days" not in people.columns:
        return len(people)
    days = people["observable_days"].to_numpy(dtype=float)
    return int((np.isnan(days) | (days >= window)).sum())


def count_window(
    outcome: TimeToEvent, rows: GroupedRows, *, g: int, window: float
) -> dict[str, int]:
    """Count mature people of one group, and their events inside one window.

    ``n_undetermined`` are left out of all but the first: where events are dated by checks, who
    was seen neither with the event by the end of the window nor clear of it until then.
    """
    observable = outcome.frame["observable_days"].to_numpy(dtype=float)[rows.kept]
    own = rows.code == g
    mature = own & (observable >= window)
    late = mature & (rows.entry > 0)
    unknown = mature & ~late & _undetermined(outcome, rows, window)
    used = mature & ~late & ~unknown
    inside = used & (rows.time <= window)
    lost = used & (rows.kind == 0) & (rows.time < window)
    return {
        "n_total": int(own.sum()),
        "n_mature": int(used.sum()),
        "n_event": int((inside & (rows.kind == 1)).sum()),
        "n_competing": int((inside & (rows.kind == 2)).sum()),
        "n_late": int(late.sum()),
        "n_undetermined": int(unknown.sum()),
        "n_lost": int(lost.sum()),
    }


def _undetermined(outcome: TimeToEvent, rows: GroupedRows, window: float) -> np.ndarray:
    """Whether checks leave open if each person had the event inside the window."""
    if outcome.definition.times_known != "checks":
        return np.zeros(rows.time.size, dtype=bool)
    clear, found = (
        require(outcome.frame, name).to_numpy(dtype=float)[rows.kept] for name in BETWEEN_CHECKS
    )
    open_interval = (clear < window) & (window < found)
    return open_interval | (np.isnan(found) & (rows.kind == 0) & (rows.time < window))


def judge_window(line: dict[str, int], *, label: str, window: float, notes: list[str]) -> bool:
    """Whether no rate may be given; adds what the reader must know to ``notes``."""
    where = note("{group}, {days:g} days", group=category(label), days=window)
    mature, unchecked = line["n_mature"], line["n_unchecked"]
    if line["n_late"]:
        notes.append(
            note(
                "{where}: {n} people who entered follow-up late were left out.",
                where=where,
                n=line["n_late"],
            )
        )
    if mature < MIN_MATURE:
        notes.append(
            note(
                "{where}: {n} mature people, at least {least} are needed.",
                where=where,
                n=mature,
                least=MIN_MATURE,
            )
        )
        return True
    coverage = mature / (mature + unchecked)
    if coverage < MIN_COVERAGE:
        notes.append(
            note(
                "{where}: records of fewer than {least:.0%} of mature people were checked.",
                where=where,
                least=MIN_COVERAGE,
            )
        )
    return coverage < MIN_COVERAGE


def coverage_note(lines: list[dict[str, Any]]) -> str:
    """Return one sentence on how many records were checked; empty where nearly all were.

    It names the limit, not the share: a share of few people would lead back to their number.
    """
    seen = [
        line["n_mature"] / (line["n_mature"] + line["n_unchecked"])
        for line in lines
        if not line["refused"]
    ]
    if not seen or min(seen) >= GOOD_COVERAGE:
        return ""
    return note(
        "Records of fewer than {good:.0%} of mature people were checked in a group or window; the "
        "bounds show what the others could change.",
        good=GOOD_COVERAGE,
    )


def doubt_notes(lines: list[dict[str, Any]]) -> list[str]:
    """Return a sentence each on outcomes that checks leave open, and on follow-up cut short."""
    said = (("n_undetermined", UNDETERMINED), ("n_lost", LOST))
    return [text for name, text in said if any(line[name] for line in lines)]
