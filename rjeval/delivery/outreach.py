"""Training and outreach: how many people came, by audience."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from rjeval.analysis_data import Exports
from rjeval.delivery.tally import NOT_RECORDED, table_of
from rjeval.language import mark
from rjeval.results import CountTable


def count_trained(exports: Exports, *, labels: Mapping[str, str] | None = None) -> CountTable:
    """Count people who attended a training, by audience.

    Parameters
    ----------
    exports : Exports
        With ``training_event``: ``audience, n_attended``.
    labels : mapping, optional
        ``design.labels``.

    Returns
    -------
    CountTable
        ``audience, n``, the largest first. Attendance is a number without names, so a person who
        came twice counts twice. A training without its number is left out, and a note says so.

    Raises
    ------
    DataError
        No trainings were collected.
    """
    events = table_of(exports, "training_event")
    known = events[events["n_attended"].notna()]
    audience = known["audience"].astype(object).where(known["audience"].notna(), NOT_RECORDED)
    sums = known["n_attended"].astype("int64").groupby(audience.astype(str)).sum()
    frame = pd.DataFrame({"audience": sums.index.astype(str), "n": sums.to_numpy()})
    frame = frame.sort_values(["n", "audience"], ascending=[False, True], ignore_index=True)
    notes = (
        (mark("Trainings without a number of people who came are left out."),)
        if len(known) < len(events)
        else ()
    )
    return CountTable(
        frame=frame,
        title=mark("People trained, by audience"),
        dimensions=("audience",),
        what=mark("people who attended"),
        unordered=("audience",),
        notes=notes,
        labels=dict(labels or {}),
    )
