"""How often and how seriously people reoffended, on a case worked by hand."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from rjeval.analysis_data import Exports
from rjeval.cohort.eligibility import select_cohort
from rjeval.cohort.follow_up import measure_time_to_event
from rjeval.cohort.history import measure_event_history
from rjeval.cohort.variants import measure_variants
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import StudyDesign
from rjeval.errors import DataError

NONE = pd.DataFrame()
DEFINITION = RecidivismDefinition(windows_days=(365,), minimum_level="any")
DESIGN = StudyDesign(
    title="history",
    root=Path(),
    extract_date=date(2024, 12, 31),
    recidivism=(DEFINITION,),
)


@pytest.fixture
def exports():
    """A has three incidents, one of two charges, one without a key or a level; B dies; C none."""
    referral = pd.DataFrame(
        {
            "referral_id": ["RA", "RB", "RC"],
            "person_id": ["A", "B", "C"],
            "referral_date": pd.Timestamp(2022, 1, 1),
            "arm": "rj",
        }
    )
    rows = [
        ("A", "I1", "2022-02-01", "misdemeanor", 10.0),
        ("A", "I1", "2022-02-01", "felony", 300.0),
        ("A", "I2", "2022-04-01", "petty", 2.0),
        ("A", None, "2022-05-01", None, None),
        ("A", "I3", "2023-01-02", "felony", 900.0),  # the day after the window
        ("B", "I4", "2022-03-01", "misdemeanor", None),
        ("B", "I5", "2022-06-01", "felony", 50.0),  # after the death
    ]
    names = ["person_id", "incident_key", "offence_date", "level", "chi_days"]
    events = pd.DataFrame(rows, columns=names)
    events["offence_date"] = pd.to_datetime(events["offence_date"])
    checks = pd.DataFrame(
        {
            "person_id": ["A", "B", "C"],
            "match_status": "matched_record",
            "coverage_from": pd.Timestamp(2010, 1, 1),
            "coverage_to": pd.Timestamp(2024, 12, 31),
        }
    )
    exposure = pd.DataFrame(
        {
            "person_id": ["B"],
            "state": ["deceased"],
            "from": [pd.Timestamp(2022, 5, 1)],
            "to": [pd.NaT],
        }
    )
    tables = {
        "referral": referral,
        "records_check": checks,
        "followup_event": events.assign(event_kind="new_offence", event_id=range(7)),
        "exposure": exposure,
    }
    return Exports(tables=tables, accounts=(), ledger=NONE, quality=NONE)


@pytest.fixture
def history(exports):
    cohort = select_cohort(exports, design=DESIGN)
    return measure_event_history(cohort, exports, design=DESIGN)


def test_incidents_are_counted_once_and_inside_follow_up(history):
    people = history.people.set_index("person_id")
    assert people["n_events"].to_dict() == {"A": 3, "B": 1, "C": 0}
    assert people["time_days"].to_dict() == {"A": 365.0, "B": 120.0, "C": 365.0}
    assert people["exit_reason"].astype(str).to_dict() == {
        "A": "end_of_follow_up",
        "B": "death",
        "C": "end_of_follow_up",
    }
    days = history.events.groupby("referral_id")["time_days"].apply(list).to_dict()
    assert days == {"RA": [31.0, 90.0, 120.0], "RB": [59.0]}


def test_seriousness_is_the_worst_level_and_harm_is_one_weight_per_incident(history):
    people = history.people.set_index("person_id")
    assert people.loc["A", "worst_level"] == "felony"
    assert people.loc["A", "chi_days"] == 302.0
    assert people.loc["B", "worst_level"] == "misdemeanor"
    assert people[["chi_days"]].isna()["chi_days"].to_dict() == {"A": False, "B": True, "C": True}
    assert pd.isna(people.loc["C", "worst_level"])
    assert history.events["level"].isna().sum() == 1


def test_first_incident_is_the_one_of_the_time_to_event(exports, history):
    cohort = select_cohort(exports, design=DESIGN)
    outcome = measure_time_to_event(cohort, exports, design=DESIGN)
    first = history.events.groupby("referral_id")["time_days"].min()
    again = outcome.frame[outcome.reoffended].set_index("referral_id")["time_days"]
    assert again.to_dict() == first.to_dict()


def test_nothing_shown_names_a_person(history):
    assert repr(history) == "EventHistory(people=3, incidents=4)"
    assert "RA" not in history._repr_html_()


def test_durations_hold_the_first_event_only(exports):
    given = dataclasses.replace(DEFINITION, durations_given=True)
    design = dataclasses.replace(DESIGN, recidivism=(given,))
    cohort = select_cohort(exports, design=design)
    with pytest.raises(DataError, match="how often"):
        measure_event_history(cohort, exports, design=design)


def test_variants_are_the_choices_that_the_data_can_make(exports):
    """Any level is the primary choice here; nobody was offered anything, so no clock from it.

    A's first incident that is a felony is the first one, and so it is for all other choices.
    """
    cohort = select_cohort(exports, design=DESIGN)
    found = measure_variants(cohort, exports, design=DESIGN)
    assert list(found) == [
        "primary",
        "felonies only",
        "days in custody taken out",
        "follow-up ends with custody",
    ]
    for outcome in found.values():
        first = outcome.frame.set_index("person_id")["time_days"]
        assert first["A"] == 31
    assert found["felonies only"].definition.minimum_level == "felony"
