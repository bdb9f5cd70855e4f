"""All incidents of a person as start-stop rows: what models of frequency take."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.analysis_data import EventHistory, TimeToEvent
from rjeval.terms import ExitReason

#: Columns that describe all of a person's follow-up, not one row of it.
WHOLE = ("n_events", "worst_level", "chi_days")


def incident_rows(history: EventHistory) -> TimeToEvent:
    """Cut each person's follow-up at his or her incidents: one row per time between them.

    For :func:`rjeval.mean_cumulative_function`, :func:`rjeval.negative_binomial_regression`
    (exposure is the sum of the rows of a person), and Andersen and Gill's model:
    ``rj.cox_regression(rows, "arm", cluster="person_id")``.

    Parameters
    ----------
    history : EventHistory
        From :func:`rjeval.measure_event_history`.

    Returns
    -------
    TimeToEvent
        Rows end in an incident or, the last of each person, as observation ended. Several
        incidents of one day are spread over that day, so that each has a row.

    References
    ----------
    Andersen and Gill (1982), doi:10.1214/aos/1176345976.

    Examples
    --------
    >>> import rjeval as rj
    >>> from rjeval.analysis_data import EventHistory
    >>> people = pd.DataFrame({"day": [100, 100], "new": [0, 0], "referral_id": ["a", "b"]})
    >>> plain = rj.time_to_event(people, time="day", event="new")
    >>> history = EventHistory(
    ...     people=plain.frame,
    ...     events=pd.DataFrame({"referral_id": ["a", "a"], "time_days": [30.0, 80.0]}),
    ...     horizon_days=100.0,
    ...     definition=plain.definition,
    ... )
    >>> rows = rj.incident_rows(history)
    >>> rows.frame[["entry_days", "time_days"]].to_numpy().tolist()
    [[0.0, 30.0], [30.0, 80.0], [80.0, 100.0], [0.0, 100.0]]
    """
    people = history.people.drop(columns=[c for c in WHOLE if c in history.people.columns])
    people = people.reset_index(drop=True).assign(exit_reason=people["exit_reason"].astype(str))
    place = pd.Series(np.arange(len(people)), index=people["referral_id"].astype(str))
    events = history.events
    who = place.loc[events["referral_id"].astype(str)].to_numpy()
    happened = people.iloc[who].assign(
        time_days=_apart(who, events["time_days"].to_numpy(dtype=float)),
        exit_reason=str(ExitReason.REOFFENCE),
        place=who,
    )
    rows = pd.concat([happened, people.assign(place=np.arange(len(people)))], ignore_index=True)
    rows = rows.sort_values(["place", "time_days"], kind="stable")
    before = rows.groupby("place")["time_days"].shift(1)
    rows["entry_days"] = before.fillna(rows["entry_days"])
    rows = rows[rows["time_days"] > rows["entry_days"]].drop(columns="place")
    reasons = pd.Categorical(rows["exit_reason"], categories=[str(one) for one in ExitReason])
    return TimeToEvent(
        frame=rows.assign(exit_reason=reasons).reset_index(drop=True),
        horizon_days=history.horizon_days,
        definition=history.definition,
        unchecked=history.unchecked,
        covariates=history.covariates,
        notes=history.notes,
    )


def _apart(who: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Return days of incidents, those of one person's day spread over it, the last at its end."""
    same = pd.DataFrame({"who": who, "day": days}).groupby(["who", "day"])["day"]
    number, size = same.cumcount().to_numpy() + 1, same.transform("size").to_numpy()
    return np.asarray(days - 1 + number / size)
