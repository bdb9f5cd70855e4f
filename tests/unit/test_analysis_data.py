"""Person-level types are valid by construction and show counts only."""

from __future__ import annotations

import pandas as pd
import pytest

from rjeval.analysis_data import Cohort, Exports, Ratings, TableAccount, TimeToEvent
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.errors import ValidationError

CANARY = "CANARY-7731"


def follow_up(**changes):
    frame = pd.DataFrame(
        {
            "person_id": [CANARY, "b", "c"],
            "case_id": ["1", "2", "2"],
            "arm": ["rj", "rj", "comparison"],
            "time_days": [10.0, 365.0, 200.0],
            "exit_reason": ["reoffence", "end_of_follow_up", "death"],
            "entry_days": [0.0, 0.0, 30.0],
            "observable_days": [365.0, 365.0, 365.0],
        }
    )
    for column, values in changes.items():
        frame[column] = values
    return frame


def outcome(**changes):
    definition = RecidivismDefinition(name="primary")
    return TimeToEvent(frame=follow_up(**changes), horizon_days=365.0, definition=definition)


def test_reoffence_and_competing_exits_are_told_apart():
    made = outcome()
    assert made.reoffended.tolist() == [True, False, False]
    assert made.competing.tolist() == [False, False, True]


@pytest.mark.parametrize(
    "broken",
    [
        {"time_days": [0.0, 365.0, 200.0]},  # zero days of follow-up
        {"time_days": [10.0, 366.0, 200.0]},  # beyond the horizon
        {"entry_days": [0.0, 365.0, 30.0]},  # enters when leaving
        {"entry_days": [-1.0, 0.0, 30.0]},  # enters before the clock
        {"time_days": [float("nan"), 365.0, 200.0]},  # no time
    ],
)
def test_impossible_follow_up_cannot_be_built(broken):
    with pytest.raises(ValidationError, match="1 of 3 rows") as caught:
        outcome(**broken)
    assert CANARY not in str(caught.value)


def test_a_missing_column_is_named():
    with pytest.raises(ValidationError, match="entry_days"):
        TimeToEvent(
            frame=follow_up().drop(columns="entry_days"),
            horizon_days=365.0,
            definition=RecidivismDefinition(),
        )


def test_rows_must_be_accounted_for():
    account = TableAccount(table="person", n_read=10, n_accepted=7, n_quarantined=2, n_duplicates=1)
    assert "10 read = 7 accepted + 2 quarantined + 1 exact duplicates" in repr(account)
    with pytest.raises(ValidationError, match="9 are accounted for"):
        TableAccount(table="person", n_read=10, n_accepted=7, n_quarantined=1, n_duplicates=1)


def test_no_repr_shows_a_person():
    frame = pd.DataFrame({"person_id": [CANARY], "exclusion_reason": [None]})
    answers = pd.DataFrame({"party_id": [CANARY], "item_id": ["overall"], "rating": ["good"]})
    shown = [
        outcome(),
        Cohort(frame=frame, arms=("rj",)),
        Exports(
            tables={"person": frame},
            accounts=(),
            ledger=pd.DataFrame(),
            quality=pd.DataFrame(),
            quarantine={"person": frame},
        ),
        Ratings(frame=answers, role="harmed_party", levels=("bad", "good"), primary_item="overall"),
    ]
    for one in shown:
        assert CANARY not in repr(one)
        assert CANARY not in str(one)
        assert CANARY not in one._repr_html_()
