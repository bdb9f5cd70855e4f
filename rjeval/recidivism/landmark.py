"""Start follow-up at a later day, among those still free of reoffending."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError


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
    note = f"Follow-up starts at day {at_days:g}, among people still free of reoffending then."
    return replace(outcome, frame=later, notes=(*outcome.notes, note))
