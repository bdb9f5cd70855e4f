"""The derivation as an expression: which engine runs it, what is refused, what it is given."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import ibis
import pandas as pd
import pytest

from rjeval.analysis_data import Exports
from rjeval.cohort.derivation import Records, follow_up_expression, history_expression
from rjeval.cohort.eligibility import select_cohort
from rjeval.cohort.follow_up import measure_time_to_event
from rjeval.cohort.records import CHECKS, EVENTS, EXPOSURE, coming_of_age, prepare_records, typed
from rjeval.cohort.rules import rules_of
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import StudyDesign
from rjeval.errors import DataError, DesignError
from rjeval.terms import RecidivismMeasure

NONE = pd.DataFrame()
DEFINITION = RecidivismDefinition(windows_days=(365,), reporting_lag_days=0)
DESIGN = StudyDesign(
    title="engine", root=Path(), extract_date=date(2024, 12, 31), recidivism=(DEFINITION,)
)


@pytest.fixture
def exports():
    referral = pd.DataFrame(
        {
            "referral_id": ["R1", "R2"],
            "person_id": ["A", "B"],
            "referral_date": pd.Timestamp(2022, 1, 1),
            "arm": "rj",
        }
    )
    checks = pd.DataFrame(
        {
            "person_id": ["A", "B"],
            "match_status": "matched_record",
            "coverage_from": pd.Timestamp(2010, 1, 1),
            "coverage_to": pd.Timestamp(2024, 6, 30),
        }
    )
    events = pd.DataFrame(
        {
            "event_id": ["E"],
            "person_id": ["A"],
            "offence_date": [pd.Timestamp(2022, 2, 1)],
            "event_kind": ["new_offence"],
            "level": ["felony"],
        }
    )
    tables = {"referral": referral, "records_check": checks, "followup_event": events}
    return Exports(tables=tables, accounts=(), ledger=NONE, quality=NONE)


def test_given_engine_runs_the_derivation_and_stays_open(exports):
    cohort = select_cohort(exports, design=DESIGN)
    engine = ibis.duckdb.connect()
    given = measure_time_to_event(cohort, exports, design=DESIGN, backend=engine)
    own = measure_time_to_event(cohort, exports, design=DESIGN)
    pd.testing.assert_frame_equal(given.frame, own.frame)
    assert engine.to_pandas(ibis.literal(1) + 1) == 2
    engine.disconnect()


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "bigquery"])
@pytest.mark.parametrize("custody", ["ignore", "competing", "street_time"])
def test_expression_is_written_in_no_dialect_of_its_own(exports, dialect, custody):
    design = dataclasses.replace(
        DESIGN, recidivism=(dataclasses.replace(DEFINITION, custody=custody),)
    )
    cohort = select_cohort(exports, design=design)
    frames = prepare_records(cohort.included, exports, adult_age_years=18)
    records = Records(**{name: ibis.memtable(frame) for name, frame in frames.items()})
    for expression in (follow_up_expression, history_expression):
        written = ibis.to_sql(
            expression(records, rules_of(design.primary, design)), dialect=dialect
        )
        assert "SELECT" in written


def test_definition_carries_the_day_to_which_records_reach(exports):
    cohort = select_cohort(exports, design=DESIGN)
    outcome = measure_time_to_event(cohort, exports, design=DESIGN)
    assert outcome.definition.coverage_to == date(2024, 6, 30)
    assert "records to 2024-06-30" in dict(outcome.definition.six_labels())["Records"]


def test_nobody_to_follow_is_refused(exports):
    early = exports.tables["records_check"].assign(coverage_to=pd.Timestamp(2021, 6, 30))
    none = dataclasses.replace(exports, tables={**exports.tables, "records_check": early})
    cohort = select_cohort(none, design=DESIGN)
    with pytest.raises(DataError, match="none of 2 people"):
        measure_time_to_event(cohort, none, design=DESIGN)


def test_return_to_custody_cannot_also_be_ended_by_custody():
    both = dataclasses.replace(
        DEFINITION, event=RecidivismMeasure.RETURN_TO_CUSTODY, custody="competing"
    )
    with pytest.raises(DesignError, match="return to custody"):
        rules_of(both, DESIGN)


def test_felony_measure_counts_felonies_whatever_the_minimum_level():
    felony = dataclasses.replace(DEFINITION, event=RecidivismMeasure.NEW_FELONY)
    assert rules_of(felony, DESIGN).level == "felony"


def test_custody_among_competing_states_is_the_competing_rule():
    listed = dataclasses.replace(DEFINITION, competing=("deceased", "custody"))
    assert rules_of(listed, DESIGN).custody == "competing"


def test_column_that_a_study_lacks_is_missing_throughout():
    for columns in (CHECKS, EVENTS, EXPOSURE):
        table = typed(pd.DataFrame({"person_id": ["A", "B"]}), columns)
        assert list(table.columns) == list(columns)
        assert table.drop(columns="person_id").isna().all(axis=None)
        assert table["person_id"].to_list() == ["A", "B"]


def test_coming_of_age_takes_the_best_that_is_known():
    people = pd.DataFrame(
        {
            "birth_year": pd.array([2006, None, 2006, None], dtype="Int64"),
            "age_at_referral": pd.array([15, 16, 18, None], dtype="Int64"),
            "referral_date": pd.Timestamp(2022, 1, 1),
            "index_date": pd.Timestamp(2022, 1, 1),
        }
    )
    days = coming_of_age(people, 18)
    assert days.iloc[0] == pd.Timestamp(2024, 7, 1)
    # 16 at referral: 18 between 1 and 2 years later, taken as 1.5 years of 365.25 days: 548.
    assert days.iloc[1] == pd.Timestamp(2022, 1, 1) + pd.Timedelta(days=548)
    assert days.iloc[2] == pd.Timestamp(2022, 1, 1)
    assert pd.isna(days.iloc[3])
    assert coming_of_age(people, 0).isna().all()
