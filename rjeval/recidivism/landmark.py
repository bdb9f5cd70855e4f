"""Start follow-up at a later day, among those still free of reoffending."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError
from rjeval.language import note
from rjeval.recidivism.unpack import group_codes


def start_at_landmark(outcome: TimeToEvent, *, at_days: float) -> TimeToEvent:
    """Keep people still followed after a day, at risk from that day on.

    Then groups may be formed by anything that had happened by that day, such as completion:
    nobody's group depends on the future. People who reoffended or left earlier are out, so the
    result is about those who had lasted to the landmark.

    Parameters
    ----------
    outcome : TimeToEvent
    at_days : number
        The landmark, counted from the clock's start; fixed in advance.

    Returns
    -------
    TimeToEvent
        ``entry_days`` is at least ``at_days``; a note says so.

    Raises
    ------
    EstimationError
        Nobody is followed beyond the landmark, or it is not above 0.

    References
    ----------
    Anderson, Cain and Gelber (1983), doi:10.1200/JCO.1983.1.11.710.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> people = pd.DataFrame({"day": [50, 200, 365], "new": [1, 1, 0]})
    >>> outcome = rj.time_to_event(people, time="day", event="new")
    >>> rj.start_at_landmark(outcome, at_days=90)
    TimeToEvent(people=2, reoffences=1, competing=0, never_checked=0, horizon_days=365.0)
    """
    frame = outcome.frame
    kept = frame["time_days"].to_numpy(dtype=float) > at_days
    if not at_days > 0 or not kept.any():
        raise EstimationError(
            f"Nobody is followed beyond the landmark of day {at_days:g}, or it is not above 0."
        )
    entry = np.maximum(frame["entry_days"].to_numpy(dtype=float)[kept], at_days)
    later = frame[kept].assign(entry_days=entry).reset_index(drop=True)
    told = note(
        "Follow-up starts at day {day:g}, among people still free of reoffending then.",
        day=at_days,
    )
    return replace(outcome, frame=later, notes=(*outcome.notes, told))


def completers_from(outcome: TimeToEvent, *, at_days: float, by: str = "arm") -> TimeToEvent:
    """Keep those who had completed by a landmark, and the reference group, from that day on.

    Needs the columns ``completed``, ``exit_date`` and ``index_date``. The reference group had
    nothing to complete and is kept whole. Nobody's group depends on what came after the landmark,
    so there is no immortal time; that people who complete are others than those who do not is
    left as it is, and a note says so.

    Raises
    ------
    EstimationError
        The study does not know who completed when, or nobody is followed beyond the landmark.
    """
    needed = [
        name for name in ("completed", "exit_date", "index_date") if name not in outcome.frame
    ]
    if needed:
        raise EstimationError(
            f"Who had completed by day {at_days:g} is not known: there is no {', '.join(needed)}."
        )
    later = start_at_landmark(outcome, at_days=at_days)
    frame = later.frame
    latest = frame["index_date"] + pd.Timedelta(days=at_days)
    done = frame["completed"].fillna(False).astype(bool) & (frame["exit_date"] <= latest)
    labels, code, kept = group_codes(frame, by)
    reference = pd.Series(False, index=frame.index)
    reference.iloc[kept[code == 0]] = True
    chosen = (done | reference).to_numpy(dtype=bool)
    told = note(
        "Completers: only those who had completed by day {day:g} are compared with the "
        "reference group, both from that day on (landmark, so no immortal time); people who "
        "complete differ from people who do not.",
        day=at_days,
    )
    if len(labels) < 2 or not (done & ~reference).any():
        raise EstimationError(f"Nobody still followed had completed by day {at_days:g}.")
    return replace(later, frame=frame[chosen].reset_index(drop=True), notes=(*outcome.notes, told))
