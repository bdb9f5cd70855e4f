"""Each rule of the book is broken on purpose once, and passes sound tables; both by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rjeval.design.exports import ExportMap
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import SurveyDesign
from rjeval.errors import DesignError
from rjeval.ingest.assembly import require_mapped
from rjeval.schemas.frames import conform
from rjeval.schemas.rule_book import ELSEWHERE, ORPHANS
from rjeval.schemas.rule_book import RULES as BOOK
from rjeval.schemas.rules import CannotRunError, Hit, RuleData
from rjeval.schemas.tables import TABLES
from rjeval.terms import RecidivismMeasure

RULES = {rule.id: rule for rule in (*BOOK, ORPHANS)}
DAY = pd.Timestamp

#: Two people, two cases, all in order; every rule must pass these.
SOUND = {
    "program": {
        "program_id": ["x"],
        "site_id": ["north"],
        "model_version": ["1"],
        "version_from": [DAY("2020-01-01")],
    },
    "facilitator": {"facilitator_id": ["f1"], "trained_date": [DAY("2021-01-01")]},
    "person": {
        "person_id": ["p1", "p2"],
        "birth_year": [2000, 2001],
        "gender": ["man", "man"],
        "zip3": ["801", "801"],
    },
    "comparison_person": {
        "person_id": ["p1"],
        "birth_year": [2000],
        "pseudo_t0": [DAY("2022-01-20")],
    },
    "referral": {
        "referral_id": ["r1", "r2"],
        "person_id": ["p1", "p2"],
        "case_id": ["c1", "c2"],
        "program_id": ["x", "x"],
        "eligible": ["yes", "yes"],
        "harmed_consent": ["yes", "no"],
        "age_at_referral": [21, 21],
        "incident_date": [DAY("2022-01-10"), DAY("2022-02-11")],
        "arrest_or_citation_date": [DAY("2022-01-12"), None],
        "referral_date": [DAY("2022-01-20"), DAY("2022-02-21")],
        "offered_date": [DAY("2022-01-25"), DAY("2022-02-25")],
        "responsible_consent": ["yes", "no"],
        "enrolled_date": [DAY("2022-02-01"), None],
        "arm": ["rj", "comparison"],
        "exit_date": [DAY("2022-05-02"), DAY("2022-04-02")],
        "exit_status": ["completed", "withdrew_harmed"],
    },
    "harmed_party": {
        "harmed_id": ["h1", "h2"],
        "case_id": ["c1", "c2"],
        "kind": ["person", "business"],
        "participation": ["direct", "declined"],
        "funded_by_voca": [False, False],
    },
    "session": {
        "session_id": ["s0", "s1"],
        "case_id": ["c1", "c1"],
        "session_type": ["prep_responsible", "conference"],
        "held_date": [DAY("2022-02-10"), DAY("2022-03-10")],
        "status": ["held", "held"],
        "mode": ["video", "in_person"],
        "mode_reason": ["distance", None],
        "duration_min": [40.0, 90.0],
        "facilitator_id": ["f1", "f1"],
    },
    "attendance": {
        "session_id": ["s1"],
        "party_id": ["p1"],
        "role": ["responsible"],
        "attended": [True],
    },
    "agreement": {
        "agreement_id": ["a1"],
        "referral_id": ["r1"],
        "signed_date": [DAY("2022-03-10")],
        "due_date": [DAY("2022-06-10")],
        "status": ["completed"],
    },
    "obligation": {
        "obligation_id": ["o1", "o2"],
        "agreement_id": ["a1", "a1"],
        "kind": ["restitution_money", "essay"],
        "amount_owed": [100.0, None],
        "due_date": [DAY("2022-06-10"), DAY("2022-06-10")],
        "completed_date": [DAY("2022-05-10"), DAY("2022-07-10")],
        "status": ["completed", "completed"],
    },
    "payment": {
        "payment_id": ["m1", "m2"],
        "obligation_id": ["o1", "o1"],
        "paid_date": [DAY("2022-04-01"), DAY("2022-05-01")],
        "amount": [50.0, 50.0],
    },
    "records_check": {
        "check_id": ["k1", "k2"],
        "person_id": ["p1", "p2"],
        "run_date": [DAY("2024-06-30"), DAY("2024-06-30")],
        "coverage_from": [DAY("2015-01-01"), DAY("2015-01-01")],
        "coverage_to": [DAY("2024-06-30"), DAY("2024-05-31")],
        "source": ["state_repository", "state_repository"],
        "juvenile_covered": [True, True],
        "adult_covered": [True, True],
        "match_status": ["matched_record", "matched_no_record"],
    },
    "followup_event": {
        "event_id": ["e1"],
        "person_id": ["p1"],
        "incident_key": ["n1"],
        "offence_date": [DAY("2023-01-17")],
        "event_kind": ["new_offence"],
        "disposition": ["convicted"],
        "offence_group": ["property"],
        "check_id": ["k1"],
    },
    "exposure": {
        "person_id": ["p1", "p2"],
        "from": [DAY("2024-02-03"), DAY("2023-02-03")],
        "to": [DAY("2024-03-04"), None],
        "state": ["custody", "left_jurisdiction"],
    },
    "survey_invitation": {
        "invitation_id": ["i1", "i2"],
        "party_id": ["p1", "p1"],
        "role": ["responsible_party", "responsible_party"],
        "case_id": ["c1", "c1"],
        "instrument_id": ["q", "q"],
        "wave": ["pre", "post"],
        "administered_by": ["independent", "independent"],
        "status": ["completed", "completed"],
    },
    "survey_item": {
        "instrument_id": ["q", "q"],
        "version": ["1", "2"],
        "item_id": ["voice", "voice"],
        "text_hash": ["aa", "aa"],
        "construct": ["voice", "voice"],
        "reverse": [False, False],
    },
    "training_response": {
        "trainee_id": ["t1", "t1"],
        "wave": ["pre", "post"],
    },
    "community_survey": {
        "respondent_id": ["x1", "x2"],
        "wave": ["2021", "2022"],
        "sample_type": ["probability", "probability"],
    },
    "cost": {
        "period_start": [DAY("2022-01-01")],
        "period_end": [DAY("2022-12-31")],
        "amount": [100.0],
        "price_year": [2022],
        "cash_or_inkind": ["cash"],
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
        "period_end": date(2022, 12, 31),
        "surveys": (SURVEY,),
        "definitions": (RecidivismDefinition(),),
        "ages": (10, 24),
        **facts,
    }
    return RuleData(tables=frames, covariates=extra, **given)


def changed(table, **columns):
    return {**SOUND, table: {**SOUND[table], **columns}}


#: Rule -> (tables that break it, table, positions of the rows that break it).
BROKEN = {
    "V08": (changed("follow_up", arm=["rj", "other"]), "follow_up", [1]),
    "V12": (changed("session", case_id=["c9", "c1"]), "session", [0]),
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
    "V23": (changed("session", held_date=[DAY("2025-01-01"), None]), "session", [0]),
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
    "V26": (changed("referral", exit_date=[None, DAY("2022-04-02")]), "referral", [0]),
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


BROKEN |= {
    "V03": (changed("person", town=["PeÃ±asco", "Ana"]), "person", [0]),
    "V10": (changed("session", session_id=["1.23E+11", "=A1+1"]), "session", [0, 1]),
    "V15": (
        changed("session", session_id=["d41d8cd98f00b204e9800998ecf8427e", "s"]),
        "session",
        [0],
    ),
    "V16": (changed("comparison_person", birth_year=[1999]), "comparison_person", [0]),
    "V17": (
        {
            **changed("person", birth_year=[2000, 2000]),
            "referral": {**SOUND["referral"], "incident_date": [DAY("2022-01-10")] * 2},
        },
        "referral",
        [0, 1],
    ),
    "V20": (changed("referral", case_id=["c1", "c1"]), "referral", [0, 1]),
    "V27": (changed("referral", exit_status=["completed", "open"]), "referral", [1]),
    "V28": (changed("referral", age_at_referral=[24, 21]), "referral", [0]),
    "V29": (changed("referral", age_at_referral=[9, 25]), "referral", [0, 1]),
    "V30": (changed("agreement", due_date=[DAY("2022-03-09")]), "agreement", [0]),
    "V32": (
        {
            **changed("survey_invitation", wave=["pre", "followup_6m"]),
            "survey_response": {
                **SOUND["survey_response"],
                # 183 + 45 days after 10 March is 24 October
                "answered_date": [DAY("2022-03-09"), DAY("2022-10-25")],
            },
        },
        "survey_response",
        [1],
    ),
    "V35": (changed("referral", eligible=["no", "yes"]), "referral", [0]),
    "V37": (changed("referral", harmed_consent=["no_contact", "no"]), "session", [1]),
    "V38": (changed("session", session_type=["followup", "conference"]), "session", [1]),
    "V39": (changed("attendance", attended=[False]), "session", [1]),
    "V40": (changed("session", mode=["video", None]), "session", [1]),
    "V41": (changed("session", mode_reason=[None, "choice"]), "session", [0]),
    "V42": (changed("session", duration_min=[1.5, 601.0]), "session", [0, 1]),
    "V43": (changed("facilitator", trained_date=[DAY("2022-02-11")]), "session", [0]),
    "V44": (changed("program", version_from=[DAY("2022-06-01")]), "program", [0]),
    "V45": (changed("session", status=["held", "cancelled"]), "agreement", [0]),
    "V46": (changed("obligation", status=["completed", "active"]), "agreement", [0]),
    "V47": (
        changed("obligation", completed_date=[DAY("2022-05-10"), DAY("2022-07-11")]),
        "obligation",
        [1],
    ),
    "V48": (changed("payment", amount=[50.0, 51.5]), "payment", [0, 1]),
    "V49": (changed("obligation", amount_owed=[0.0, 10.0]), "obligation", [0]),
    "V50": (
        {
            **changed(
                "agreement",
                agreement_id=["a1", "a2"],
                referral_id=["r1", "r2"],
                signed_date=[DAY("2022-03-10")] * 2,
                due_date=[DAY("2022-06-10")] * 2,
                status=["completed", "completed"],
            ),
            "referral": {**SOUND["referral"], "case_id": ["c1", "c1"]},
            "obligation": {
                **SOUND["obligation"],
                "agreement_id": ["a1", "a2"],
                "kind": ["restitution_money", "restitution_money"],
                "amount_owed": [100.0, 100.0],
            },
        },
        "obligation",
        [0, 1],
    ),
    "V51": (changed("agreement", status=["no_agreement_reached"]), "agreement", [0]),
    "V52": (
        {name: given for name, given in SOUND.items() if name != "survey_invitation"},
        "survey_response",
        [0, 1],
    ),
    "V53": (
        changed("survey_invitation", status=["completed", "refused"]),
        "survey_invitation",
        [1],
    ),
    "V56": (changed("survey_item", text_hash=["aa", "bb"]), "survey_item", [0, 1]),
    "V59": (changed("survey_invitation", party_id=["p1", "p9"]), "survey_invitation", [1]),
    "V60": (
        changed("survey_invitation", administered_by=["facilitator", "independent"]),
        "survey_invitation",
        [0],
    ),
    "V62": (
        {
            **changed("harmed_party", participation=["surrogate_sent", "declined"]),
            "survey_invitation": {
                **SOUND["survey_invitation"],
                "party_id": ["p1", "h1"],
                "role": ["responsible_party", "harmed_party"],
            },
        },
        "survey_invitation",
        [1],
    ),
    "V63": (
        {
            **changed("survey_invitation", party_id=["p1", "h2"]),
            "survey_response": {**SOUND["survey_response"], "item_id": ["fear", "fear"]},
        },
        "survey_response",
        [1],
    ),
    "V64": (
        {
            **changed("survey_item", item_id=["sleep", "startle"], construct=["ptss", "ptss"]),
            "survey_response": {**SOUND["survey_response"], "item_id": ["sleep", "voice"]},
        },
        "survey_response",
        [0],
    ),
    "V67": (changed("records_check", person_id=["p1", "p1"]), "records_check", [0, 1]),
    "V68": (
        changed("records_check", source=["state_repository", "local_court"]),
        "records_check",
        [0],
    ),
    "V69": (
        {
            **changed("referral", age_at_referral=[16, 21]),
            "records_check": {**SOUND["records_check"], "adult_covered": [False, True]},
        },
        "referral",
        [0],
    ),
    "V73": (changed("followup_event", event_kind=["technical_violation"]), "followup_event", [0]),
    "V74": (
        changed(
            "followup_event",
            event_id=["e1", "e2"],
            person_id=["p1", "p1"],
            incident_key=["n1", "n1"],
            offence_date=[DAY("2023-01-17")] * 2,
            event_kind=["new_offence"] * 2,
            disposition=["convicted"] * 2,
            offence_group=["property"] * 2,
            check_id=["k1", "k1"],
        ),
        "followup_event",
        [1],
    ),
    "V77": (
        changed("records_check", match_status=["ambiguous", "matched_record"]),
        "records_check",
        [0],
    ),
    "V78": (
        changed("records_check", match_status=["not_searchable_sealed", "matched_record"]),
        "records_check",
        [0],
    ),
    "V79": (
        changed("exposure", **{"from": [DAY("2023-02-03"), DAY("2023-02-03")]}),
        "exposure",
        [0],
    ),
    "V82": (changed("followup_event", offence_date=[DAY("2024-06-30")]), "followup_event", [0]),
    "V85": (
        changed(
            "followup_event",
            event_id=["e1", "e2"],
            person_id=["p1", "p1"],
            incident_key=["n1", "n2"],
            offence_date=[DAY("2023-01-17"), DAY("2023-02-17")],
            event_kind=["new_offence"] * 2,
            disposition=["convicted"] * 2,
            offence_group=["property", None],
            check_id=["k1", "k1"],
        ),
        "followup_event",
        [1],
    ),
    "V92": (
        changed(
            "cost",
            period_start=[DAY("2022-01-01")] * 2,
            period_end=[DAY("2022-12-31")] * 2,
            amount=[100.0, 200.0],
            price_year=[2021, 2022],
            cash_or_inkind=["cash", "cash"],
        ),
        "cost",
        [0, 1],
    ),
    "V94": (changed("cost", period_start=[DAY("2023-01-01")]), "cost", [0]),
    "V95": (changed("training_response", wave=["pre", "retro_pre"]), "training_response", [0, 1]),
    "V96": (
        changed("community_survey", sample_type=["probability", "convenience"]),
        "community_survey",
        [0, 1],
    ),
    "V99": (changed("harmed_party", funded_by_voca=[True, None]), "harmed_party", [0]),
    "V108": (
        changed("payment", paid_date=[DAY("2022-03-09"), DAY("2022-05-01")]),
        "payment",
        [0],
    ),
    "V109": (changed("cost", cash_or_inkind=[None]), "cost", [0]),
}
#: Rules about shares of many people, tried on their own below.
OF_MANY = ("V06", "V19", "V22", "V55", "V57", "V75", "V83", "V84", "V89", "V90", "V98")


def broken_rows(rule, data):
    hits = [hit for hit in rule.find(data) if len(hit.rows)]
    return {hit.table: sorted(hit.rows) for hit in hits}


def test_each_rule_has_a_case_that_breaks_it():
    assert set(RULES) == {*BROKEN, *OF_MANY}
    own = Path(__file__).read_text(encoding="utf-8")
    for name in OF_MANY:  # once broken, once not
        assert own.count(f'RULES["{name}"]') >= 2, name


def test_the_whole_rule_book_is_kept_somewhere():
    decided = {*RULES, *ELSEWHERE}
    assert {f"V{number:02d}" for number in range(1, 101)} <= decided
    assert not set(RULES) & set(ELSEWHERE)


#: Rule that is kept elsewhere -> the test that breaks it on purpose, and the one that does not.
TRIED_ELSEWHERE = {
    "V01": ("a needed column not mapped", "test_what_is_saved_comes_back_equal"),
    "V02": ("test_rows_with_too_many_cells_are", "test_lines_of_sums_and_notes_are_told_from_rows"),
    "V04": ("a column twice", "test_a_doubled_header_is_refused_where_it_is_asked_for"),
    "V05": ("test_a_declared_count_that_differs", "test_every_row_is_accounted_for"),
    "V07": ("test_money_is_read_with_its_sign", "test_money_is_read_with_its_sign"),
    "V09": ("test_several_choices_in_one_cell", "test_several_choices_in_one_cell"),
    "V11": ("the same id twice", "a row twice"),
    "V14": ("test_values_that_identify_stop_the_run", "test_values_that_only_resemble_identifiers"),
    "V21": ("test_several_formats_in_one_column", "test_several_formats_in_one_column"),
    "V33": ("test_offsets_belong_to_components", "test_people_and_cases_that_hang_together"),
    "V34": ("test_the_calendar_of_shifted_dates", "test_durations_and_windows_are_as_they_were"),
    "V61": ("test_a_flat_table_of_several_roles", "test_roles_are_never_pooled"),
    "V76": ("test_rates_need_to_know_who_is_mature", "test_planted_risks_are_the_shares_of_mature"),
    "V80": ("test_departures_lower_the_risk", "test_reoffence_and_competing_exits_are_told_apart"),
    "V81": ("test_a_person_who_enters_late", "test_delayed_entry_is_kept"),
    "V86": ("test_a_nibrs_code_that_lost_its_zero", "test_a_nibrs_code_that_lost_its_zero"),
    "V88": ("test_a_comparison_person_without_a_clock", "test_sound_tables_pass"),
    "V100": ("test_a_suppressed_rate_says_its_bound", "test_planted_risks_are_the_shares"),
}


def test_rules_kept_elsewhere_have_their_tests_there(root):
    """Names of tests go stale: each must still stand in a test file; the rest says why not."""
    undecided = {name for name, where in ELSEWHERE.items() if where.startswith("not decided: ")}
    assert set(TRIED_ELSEWHERE) == set(ELSEWHERE) - undecided
    files = sorted((root / "tests").rglob("test_*.py"))
    texts = "".join(p.read_text(encoding="utf-8") for p in files if p.name != Path(__file__).name)
    own = Path(__file__).read_text(encoding="utf-8")
    for name, tests in TRIED_ELSEWHERE.items():
        assert [one for one in tests if one not in texts and f"def {one}" not in own] == [], name


def test_a_comparison_person_without_a_clock_is_refused():
    table = TABLES["comparison_person"]
    assert table.column("pseudo_t0").needed
    spec = ExportMap(table=table.name, file="x.csv", columns={"person_id": "Person"})
    with pytest.raises(DesignError, match="does not map pseudo_t0, which the table needs"):
        require_mapped(table, [spec])


@pytest.mark.parametrize("name", BROKEN)
def test_broken_rows_are_found_and_no_others(name):
    tables, table, rows = BROKEN[name]
    assert broken_rows(RULES[name], data_of(tables)) == {table: rows}


@pytest.mark.parametrize("name", sorted(set(RULES) - {"V98"}))
def test_sound_tables_pass(name):
    why, found = "", {}
    try:
        found = broken_rows(RULES[name], data_of(SOUND))
    except CannotRunError as error:
        why = str(error)
    assert found == {}
    assert not why or name in NOT_IN_SOUND


#: What the two people of the sound tables cannot show.
NOT_IN_SOUND = ("V64", "V75", "V84", "V89", "V90")


@pytest.mark.parametrize("name", RULES)
def test_without_tables_a_rule_says_what_it_lacks_or_finds_nothing(name):
    data = RuleData(tables={})
    why, found = "", []
    try:
        found = RULES[name].find(data)
    except CannotRunError as error:
        why = str(error)
    assert found == []
    assert why or name in ("V03", "V10", "V12", "V13", "V15", "V22", "V97")


@pytest.mark.parametrize("name", RULES)
def test_each_rule_says_why_and_what_an_error_blocks(name):
    rule = RULES[name]
    assert rule.severity in ("E", "W", "I")
    assert rule.reason.endswith(".")
    assert bool(rule.blocks) == (rule.severity == "E")
    assert not rule.refuses or rule.severity == "E"


def test_no_two_rules_share_an_id():
    ids = [rule.id for rule in (*BOOK, ORPHANS)]
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


#: Dates -> how many fall on 1 January, how many on another first, and whether that is a heap.
#: Binomial probabilities of as many or more, from R: pbinom(k - 1, n, p, lower.tail = FALSE).
HEAPS = {
    "one new year in sixty, 0.15": (60, 1, 0, False),
    "two new years in sixty, 0.012": (60, 2, 0, False),
    "six new years in sixty, 2e-8": (60, 6, 0, True),
    "seven firsts in sixty, 0.0035": (60, 0, 7, False),
    "fifteen firsts in sixty, 7e-10": (60, 0, 15, True),
    "three of three on a new year, 2e-8": (3, 3, 0, True),
    "two of three on a first, 0.003": (3, 0, 2, False),
    "a hundred firsts in a thousand, 4e-22": (1000, 0, 100, True),
    "ninety firsts in a thousand, but less than three times": (1000, 0, 90, False),
}


@pytest.mark.parametrize("case", HEAPS)
def test_a_small_table_does_not_heap_by_chance(case):
    n, new_years, firsts, heaps = HEAPS[case]
    spread = [DAY(2020 + i % 4, 1 + i % 12, 2 + i % 27) for i in range(n - new_years - firsts)]
    days = [DAY("2021-01-01")] * new_years + [DAY("2021-05-01")] * firsts + spread
    people = [f"p{i}" for i in range(n)]
    given = {"referral_id": people, "person_id": people, "referral_date": days}
    assert bool(broken_rows(RULES["V22"], data_of({"referral": given}))) is heaps


#: Ids -> which of them a spreadsheet spoilt.
SPOILT = {
    "a rounded number": (["1.23E+11", "123456789012"], [0]),
    "a formula and an error": (["=A1", "#REF!", "#N/A", "a"], [0, 1, 2]),
    "1-2 became 2 January": (["2-Jan", "1-4", "Mar-05"], [0, 2]),
    "1-2 became a day of this year": (["2025-01-02 ", "1-4", "1-5"], []),
    "some became days": (["2025-01-02", "1-4", "1-5"], [0]),
    "all are days": (["2025-01-02", "2025-01-03", "1-5"], []),
    "zeros lost beside zeros kept": (["0042", "17", "1234"], [1]),
    "numbers that never had zeros": (["42", "17", "1234"], []),
    "zeros of several lengths": (["007", "0070", "12"], []),
    "a name that begins like a month": (["May-Lee", "Jan-Ole"], []),
}


@pytest.mark.parametrize("case", SPOILT)
def test_ids_that_a_spreadsheet_spoilt_are_refused_and_the_fix_is_said(case):
    ids, rows = SPOILT[case]
    people = {"person_id": ids}
    found = broken_rows(RULES["V10"], data_of({"person": people}))
    assert found == ({"person": rows} if rows else {})
    assert "export the column as text" in RULES["V10"].reason


def test_dates_that_a_plan_sets_do_not_heap():
    starts = [DAY("2022-01-01")] * 40
    assert broken_rows(RULES["V22"], data_of({"cost": {"period_start": starts}})) == {}


def test_both_forms_of_a_record_id_are_one():
    ids = ["0015eAAAAAAAAAA", "0015eAAAAAAAAAAXYZ", "0015eBBBBBBBBBB"]
    data = data_of({"person": {"person_id": ids}})
    assert broken_rows(RULES["V13"], data) == {"person": [0, 1]}


def test_a_rule_that_lacks_a_date_of_the_design_says_so():
    with pytest.raises(CannotRunError, match="extract_date is not declared"):
        RULES["V23"].find(data_of(SOUND, extract_date=None))
    with pytest.raises(CannotRunError, match="period_start is not declared"):
        RULES["V102"].find(data_of(SOUND, period_start=None))
    with pytest.raises(CannotRunError, match="ages, which the programme may take"):
        RULES["V29"].find(data_of(SOUND, ages=()))


def test_a_hit_shows_counts_only():
    hit = Hit(table="person", column="town", rows=pd.Index(["CANARY"]), n_rows=3)
    assert repr(hit) == "Hit(person.town: 1 of 3)"


def test_without_an_extract_date_nobody_can_be_followed():
    assert broken_rows(RULES["V06"], data_of(SOUND)) == {}
    found = broken_rows(RULES["V06"], data_of(SOUND, extract_date=None))
    assert found == {"records_check": [0, 1]}


def crowd(n, **columns):
    people = [f"p{i}" for i in range(n)]
    given = {
        "referral_id": people,
        "person_id": people,
        "case_id": people,
        "referral_date": [DAY("2022-03-01")] * n,
        "arm": ["rj", "comparison"] * (n // 2),
        **columns,
    }
    return {"referral": given, "person": {"person_id": people}}


def test_a_case_used_as_a_drawer_is_reported():
    assert broken_rows(RULES["V19"], data_of(crowd(10, case_id=["misc"] * 10))) == {}
    found = broken_rows(RULES["V19"], data_of(crowd(12, case_id=["misc"] * 11 + ["c"])))
    assert found == {"referral": list(range(11))}


def test_classes_of_fewer_than_five_are_reported():
    groups = ["person"] * 5 + ["property"] * 5
    assert broken_rows(RULES["V98"], data_of(crowd(10, offence_group=groups))) == {}
    groups = ["person"] * 6 + ["property"] * 4
    found = broken_rows(RULES["V98"], data_of(crowd(10, offence_group=groups)))
    assert found == {"referral": [6, 7, 8, 9]}


def trial(n, drawn):
    days = [DAY("2022-01-01") + pd.Timedelta(days=i) for i in range(n)]
    arm = ["rj" if one == "rj" else "comparison" for one in drawn]
    return data_of(crowd(n, random_date=days, random_arm=drawn, arm=arm), randomised=True)


def test_an_allocation_that_drifts_is_reported():
    # 40 people: 50% and 50% in the two halves, then 100% and 0% (z = 6.3)
    assert broken_rows(RULES["V90"], trial(40, ["rj", "control"] * 20)) == {}
    found = broken_rows(RULES["V90"], trial(40, ["rj"] * 20 + ["control"] * 20))
    assert found == {"referral": list(range(40))}


def test_people_analysed_in_another_arm_than_drawn_are_reported():
    drawn = ["rj", "control"]
    assert broken_rows(RULES["V89"], trial(2, drawn)) == {}
    moved = data_of(crowd(2, random_arm=drawn, arm=["rj", "rj"]), randomised=True)
    assert broken_rows(RULES["V89"], moved) == {"referral": [1]}


def scale(n, **flip):
    """Answers of n people to three items that rise together, one of them turned round."""
    rows = []
    for i in range(n):
        level = 1 + i % 5
        for item in ("voice", "respect", "safety"):
            rows.append((f"i{i}", item, float(6 - level if flip.get(item) else level)))
    answers = pd.DataFrame(rows, columns=["invitation_id", "item_id", "value"])
    asked = {
        "invitation_id": [f"i{i}" for i in range(n)],
        "party_id": [f"p{i}" for i in range(n)],
        "role": ["responsible_party"] * n,
        "wave": ["post"] * n,
    }
    survey = SurveyDesign(
        name="s",
        role="responsible_party",
        item_id="voice",
        items=("voice", "respect", "safety"),
        levels=tuple("abcde"),
    )
    return data_of({"survey_response": answers, "survey_invitation": asked}, surveys=(survey,))


def test_an_item_turned_round_is_reported():
    assert broken_rows(RULES["V55"], scale(30)) == {}
    assert broken_rows(RULES["V55"], scale(29, safety=True)) == {}  # too few to judge
    found = broken_rows(RULES["V55"], scale(30, safety=True))
    assert found == {"survey_response": list(range(2, 90, 3))}


def test_one_answer_to_everything_is_reported():
    items = [f"q{i}" for i in range(8)]
    listed = {
        "instrument_id": ["q"] * 8,
        "version": ["1"] * 8,
        "item_id": items,
        "reverse": [True, *[False] * 7],
    }

    def answers(values):
        given = {"invitation_id": ["i1"] * 8, "item_id": items, "value": values}
        return data_of({"survey_response": given, "survey_item": listed})

    assert broken_rows(RULES["V57"], answers([2.0, *[4.0] * 7])) == {}
    found = broken_rows(RULES["V57"], answers([4.0] * 8))
    assert found == {"survey_response": list(range(8))}


def followed(n, n_again, *, pending=0, arms=None):
    tables = crowd(n, arm=arms or ["rj", "comparison"] * (n // 2))
    people = tables["person"]["person_id"]
    tables["records_check"] = {"check_id": people, "person_id": people}
    tables["followup_event"] = {
        "event_id": people[:n_again],
        "person_id": people[:n_again],
        "offence_date": [DAY("2022-06-01")] * n_again,
        "event_kind": ["new_offence"] * n_again,
        "disposition": ["pending"] * pending + ["convicted"] * (n_again - pending),
    }
    return tables


def test_too_many_pending_decisions_are_reported():
    proven = (RecidivismDefinition(event=RecidivismMeasure.RECONVICTION),)
    few = data_of(followed(40, 20, pending=2), definitions=proven)
    assert broken_rows(RULES["V75"], few) == {}
    many = data_of(followed(40, 20, pending=3), definitions=proven)
    assert broken_rows(RULES["V75"], many) == {"followup_event": [0, 1, 2]}


def test_an_arm_without_any_event_is_reported():
    arms = ["rj"] * 30 + ["comparison"] * 30
    found = broken_rows(RULES["V83"], data_of(followed(60, 10, arms=arms)))
    assert found == {"referral": list(range(30, 60))}
    assert broken_rows(RULES["V83"], data_of(followed(60, 31, arms=arms))) == {}


def test_a_rate_that_is_hardly_possible_is_reported():
    assert broken_rows(RULES["V84"], data_of(followed(40, 10))) == {}
    assert broken_rows(RULES["V84"], data_of(followed(40, 1))) == {"followup_event": [0]}
    assert broken_rows(RULES["V84"], data_of(followed(40, 33)))
