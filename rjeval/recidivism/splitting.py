"""Follow-up cut into rows, so that an effect may change over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError
from rjeval.terms import ExitReason

PERIOD = "period"


def split_at(outcome: TimeToEvent, days: Sequence[float]) -> TimeToEvent:
    """Cut follow-up at given days: one row per person and period in which he or she is at risk.

    An effect that changes at these days is then ``"age + age:period"`` in
    :func:`rjeval.cox_regression`; cut at every event time, ``"age + age:np.log(time_days)"`` is
    an effect that changes with the logarithm of time. (``period`` alone is part of the baseline
    hazard, so it gets no term of its own.)

    Parameters
    ----------
    outcome : TimeToEvent
    days : sequence of numbers
        Ends of the periods but the last; a day belongs to the period that it ends.

    Returns
    -------
    TimeToEvent
        With the ordered column ``period`` (``0-180``, ``180-``). All rows but the last of a
        person end without event. ``person_id`` stays, for cluster-robust errors and counts of
        people.

    Raises
    ------
    EstimationError
        A day is not above 0, or there is a column ``period`` already.

    Notes
    -----
    Equals ``survSplit`` in R. A model without ``period`` is the same before and after.

    References
    ----------
    Therneau and Grambsch (2000), doi:10.1007/978-1-4757-3294-8.

    Examples
    --------
    >>> import rjeval as rj
    >>> people = pd.DataFrame({"day": [50, 200], "new": [1, 0]})
    >>> outcome = rj.time_to_event(people, time="day", event="new")
    >>> rj.split_at(outcome, [100]).frame[["entry_days", "time_days", "period"]]
       entry_days  time_days period
    0         0.0       50.0  0-100
    1         0.0      100.0  0-100
    2       100.0      200.0   100-
    """
    cuts = np.unique(np.asarray(days, dtype=float))
    if not cuts.size or not cuts[0] > 0 or not np.isfinite(cuts).all():
        raise EstimationError("days must be one or more numbers above 0.")
    frame = outcome.frame
    if PERIOD in frame.columns:
        raise EstimationError(f"The follow-up data have a column '{PERIOD}' already.")
    entry = frame["entry_days"].to_numpy(dtype=float)
    time = frame["time_days"].to_numpy(dtype=float)
    first = np.searchsorted(cuts, entry, side="right")
    pieces = np.searchsorted(cuts, time, side="left") - first + 1
    row = np.repeat(np.arange(len(frame)), pieces)
    piece = np.arange(row.size) - (np.cumsum(pieces) - pieces)[row]
    period = first[row] + piece
    starts, ends = np.concatenate([[0.0], cuts]), np.concatenate([cuts, [np.inf]])
    last = piece == pieces[row] - 1
    labels = [f"{a:g}-{b:g}" for a, b in zip(starts, cuts, strict=False)] + [f"{cuts[-1]:g}-"]
    reason = frame["exit_reason"].astype(object).to_numpy()[row]
    goes_on = str(ExitReason.END_OF_FOLLOW_UP)
    cut = frame.iloc[row].reset_index(drop=True)
    cut = cut.assign(
        entry_days=np.maximum(entry[row], starts[period]),
        time_days=np.minimum(time[row], ends[period]),
        exit_reason=pd.Categorical(
            np.where(last, reason, goes_on), categories=[str(one) for one in ExitReason]
        ),
        period=pd.Categorical.from_codes(period, categories=pd.Index(labels), ordered=True),
    )
    return replace(outcome, frame=cut, covariates=(*outcome.covariates, PERIOD))
