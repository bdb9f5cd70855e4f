"""Each rule of the book is broken on purpose once, and passes sound tables; both by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from rjeval.design.study import SurveyDesign
from rjeval.schemas.frames import conform
from rjeval.schemas.relations import ORPHANS, RELATIONS
from rjeval.schemas.row_rules import ROW_RULES
from rjeval.schemas.rules import CannotRunError, Hit, RuleData
from rjeval.schemas.tables import TABLES

RULES = {rule.id: rule for rule in (*ROW_RULES, *RELATIONS, ORPHANS)}
DAY = pd.Timestamp

#: Two people, two cases, all in order; every rule must pass these.
SOUND = {
    "person": {"person_id": ["p1", "p2"], "birth_year": [2000, 2001]},
    "referral": {
        "referral_id": ["r1", "r2"],
        "person_id": ["p1", "p2"],
        "case_id": ["c1", "c2"],
        "program_id": ["x", "x"],
        "incident_date": [DAY("2022-01-10"), DAY("2022-02-11")],
        "arrest_or_citation_date": [DAY("2022-01-12"), None],
        "referral_date": [DAY("2022-01-20"), DAY("2022-02-21")],
        "offered_date": [DAY("2022-01-25"), DAY("2022-02-25")],
        "responsible_consent": ["yes", "no"],
        "enrolled_date": [DAY("2022-02-01"), None],
        "arm": ["rj", "comparison"],
        "exit_date": [DAY("2022-05-02"), None],
        "exit_status": ["completed", "open"],
    },
    "session": {
        "session_id": ["s1"],
        "case_id": ["c1"],
        "session_type": ["conference"],
        "held_date": [DAY("2022-03-10")],
        "status": ["held"],
    },
    "records_check": {
        "check_id": ["k1", "k2"],
        "person_id": ["p1", "p2"],
        "run_date": [DAY("2024-06-30"), DAY("2024-06-30")],
        "coverage_from": [DAY("2015-01-01"), DAY("2015-01-01")],
        "coverage_to": [DAY("2024-06-30"), DAY("2024-05-31")],
    },
    "followup_event": {
        "event_id": ["e1"],
        "person_id": ["p1"],
        "offence_date": [DAY("2023-01-17")],
        "check_id": ["k1"],
    },
    "exposure": {
        "person_id": ["p1", "p2"],
        "from": [DAY("2023-02-03"), DAY("2023-02-03")],
        "to": [DAY("2023-03-04"), None],
        "state": ["custody", "left_jurisdiction"],
    },
    "survey_invitation": {
        "invitation_id": ["i1", "i2"],
        "party_id": ["p1", "p1"],
        "role": ["responsible_party", "responsible_party"],
        "case_id": ["c1", "c1"],
        "instrument_id": ["q", "q"],
        "wave": ["pre", "post"],
    },
    "survey_response": {
        "invitation_id": ["i1", "i2"],
        "item_id": ["voice", "voice"],
        "value": [3.0, 5.0],
        "answered_date": [DAY("2022-03-09"), DAY("2022-03-10")],
    },
    "follow_up": {
        "person_id": ["p1", "p2"],
        "arm": ["rj", "comparison"],
        "time_days": [10.0, 20.0],
        "exit_reason": ["reoffence", "data_cutoff"],
        "entry_days": [0.0, None],
    },
}
SURVEY = SurveyDesign(
    name="s", role="responsible_party", item_id="voice", items=("voice",), levels=tuple("abcde")
)


def data_of(tables, **facts):
    frames = {name: conform(TABLES[name], pd.DataFrame(given)) for name, given in tables.items()}
    extra = {
        name: tuple(c for c in frame.columns if TABLES[name].column(c) is None)
        for name, frame in frames.items()
    }
    given = {
        "extract_date": date(2024, 12, 31),
        "period_start": date(2022, 1, 1),
        "arms": ("comparison", "rj"),
        "surveys": (SURVEY,),
        **facts,
    }
    return RuleData(tables=frames, covariates=extra, **given)


def changed(table, **columns):
    return {**SOUND, table: {**SOUND[table], **columns}}


#: Rule -> (tables that break it, table, positions of the rows that break it).
BROKEN = {
    "V08": (changed("follow_up", arm=["rj", "other"]), "follow_up", [1]),
    "V12": (changed("session", case_id=["c9"]), "session", [0]),
    "V13": (changed("person", person_id=["p1", "P1"]), "person", [0, 1]),
    "V18": (
        changed(
            "referral",
            person_id=["p1", "p1"],
            incident_date=[DAY("2022-01-10"), DAY("2022-01-10")],
        ),
        "referral",
        [1],
    ),
    "V23": (changed("session", held_date=[DAY("2025-01-01")]), "session", [0]),
    "V24": (
        changed("referral", arrest_or_citation_date=[DAY("2022-01-21"), None]),
        "referral",
        [0],
    ),
    "V25": (
        changed("referral", enrolled_date=[DAY("2022-01-24"), None]),
        "referral",
        [0],
    ),
    "V26": (changed("referral", exit_status=["open", "open"]), "referral", [0]),
    "V31": (
        changed("survey_response", answered_date=[DAY("2022-03-11"), DAY("2022-03-09")]),
        "survey_response",
        [0, 1],
    ),
    "V36": (changed("referral", responsible_consent=["no", "no"]), "referral", [0]),
    "V54": (changed("survey_response", value=[6.0, 2.5]), "survey_response", [0, 1]),
    "V58": (changed("survey_invitation", wave=["post", "post"]), "survey_response", [1]),
    "V65": (changed("records_check", person_id=["p1", "p1"]), "referral", [1]),
    "V66": (
        changed("records_check", coverage_to=[DAY("2024-07-01"), DAY("2024-05-31")]),
        "records_check",
        [0],
    ),
    "V70": (changed("followup_event", offence_date=[DAY("2022-01-19")]), "followup_event", [0]),
    "V71": (changed("followup_event", offence_date=[DAY("2022-01-20")]), "followup_event", [0]),
    "V72": (
        changed("followup_event", offence_date=[None], arrest_date=[DAY("2023-01-17")]),
        "followup_event",
        [0],
    ),
    "V91": (changed("referral", person_id=["p1", "p1"]), "referral", [0, 1]),
    "V97": (
        changed("person", remark=["he said that he was very sorry", "no remark was made by her"]),
        "person",
        [0, 1],
    ),
    "V101": (
        changed("referral", exit_date=[DAY("2022-01-20"), None]),
        "referral",
        [0],
    ),
    "V102": (
        changed("referral", referral_date=[DAY("1946-07-30"), DAY("2022-02-21")]),
        "referral",
        [0],
    ),
    "V103": (
        changed("records_check", coverage_from=[DAY("2024-07-01"), DAY("2015-01-01")]),
        "records_check",
        [0],
    ),
    "V104": (changed("exposure", to=[DAY("2023-02-02"), None]), "exposure", [0]),
    "V105": (changed("follow_up", entry_days=[10.0, None]), "follow_up", [0]),
    "V106": (changed("referral", person_id=["p1", "p1"]), "person", [1]),
    "V107": (changed("referral", person_id=["p1", "p1"]), "referral", [0, 1]),
}


def broken_rows(rule, data):
    hits = [hit for hit in rule.find(data) if len(hit.rows)]
    return {hit.table: sorted(hit.rows) for hit in hits}


def test_each_rule_has_a_case_that_breaks_it():
    assert set(RULES) == {*BROKEN, "V22"}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_rows_are_found_and_no_others(name):
    tables, table, rows = BROKEN[name]
    assert broken_rows(RULES[name], data_of(tables)) == {table: rows}


@pytest.mark.parametrize("name", [*BROKEN, "V22"])
def test_sound_tables_pass(name):
    assert broken_rows(RULES[name], data_of(SOUND)) == {}


@pytest.mark.parametrize("name", RULES)
def test_without_tables_a_rule_says_what_it_lacks_or_finds_nothing(name):
    data = RuleData(tables={})
    why, found = "", []
    try:
        found = RULES[name].find(data)
    except CannotRunError as error:
        why = str(error)
    assert found == []
    assert why or name in ("V12", "V13", "V22", "V23", "V97")


@pytest.mark.parametrize("name", RULES)
def test_each_rule_says_why_and_what_an_error_blocks(name):
    rule = RULES[name]
    assert rule.severity in ("E", "W", "I")
    assert rule.reason.endswith(".")
    assert bool(rule.blocks) == (rule.severity == "E")
    assert not rule.refuses or rule.severity == "E"


def test_no_two_rules_share_an_id():
    ids = [rule.id for rule in (*ROW_RULES, *RELATIONS, ORPHANS)]
    assert len(set(ids)) == len(ids)


def test_dates_that_heap_on_the_first_of_the_month_are_reported():
    # 60 people, 20 of them on the first: 33% where 3.3% is expected
    days = pd.Series(pd.date_range("2022-01-02", periods=60, freq="5D"))
    heaped = days.where(np.arange(60) % 3 > 0, days.dt.to_period("M").dt.start_time)
    people = [f"p{i}" for i in range(60)]
    given = {"referral_id": people, "person_id": people, "referral_date": heaped}
    even = {**given, "referral_date": days}
    assert broken_rows(RULES["V22"], data_of({"referral": even})) == {}
    found = broken_rows(RULES["V22"], data_of({"referral": given}))
    assert set(found) == {"referral"}


def test_both_forms_of_a_record_id_are_one():
    ids = ["0015eAAAAAAAAAA", "0015eAAAAAAAAAAXYZ", "0015eBBBBBBBBBB"]
    data = data_of({"person": {"person_id": ids}})
    assert broken_rows(RULES["V13"], data) == {"person": [0, 1]}


def test_a_rule_that_lacks_a_date_of_the_design_says_so():
    with pytest.raises(CannotRunError, match="extract_date is not declared"):
        RULES["V23"].find(data_of(SOUND, extract_date=None))
    with pytest.raises(CannotRunError, match="period_start is not declared"):
        RULES["V102"].find(data_of(SOUND, period_start=None))


def test_a_hit_shows_counts_only():
    hit = Hit(table="person", column="town", rows=pd.Index(["CANARY"]), n_rows=3)
    assert repr(hit) == "Hit(person.town: 1 of 3)"
