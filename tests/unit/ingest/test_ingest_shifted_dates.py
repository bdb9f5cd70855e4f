"""Shifted dates: one offset per component, every interval as it was, every result the same.

Components are found again here by a plain union-find walk over the rows, in words of its own.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rjeval as rj
from rjeval.design.privacy import PrivacyDesign
from rjeval.errors import DataError, DesignError
from rjeval.ingest.keys import offset_of
from rjeval.ingest.shifting import MOST_DAYS, TIES, group_offsets
from rjeval.report.collected import why_not_collected

KEY = bytes(range(32))
FILES = {
    "referrals__csv": "Ref,Person,Case,Incident,Referred,Asked,Age\n"
    "R1,P1,C1,2022-01-01,2022-01-05,2022-01-20,16\n"
    "R2,P2,C1,2022-01-01,2022-02-05,2022-02-10,15\n"  # shares a case with P1
    "R3,P2,C2,2022-05-01,2022-06-05,2022-06-30,15\n"  # P2 again, in another case
    "R4,P3,C3,2021-11-30,2021-12-15,2022-01-02,17\n"  # nobody else; before the period
    "R5,P4,C4,2022-03-01,2022-03-02,2023-01-15,\n",  # asked after the period
    "people__csv": "Person,Born\nP1,2005\nP2,2006\nP3,2004\nP4,2005\n",
    "harmed__csv": "Harmed,Case,Took\nH1,C2,direct\nH1,C3,direct\n",  # one harmed in two cases
    "checks__csv": "Check,Person,Source,Run,From,To,Match\n"
    "K1,P1,state_repository,2024-06-30,2015-01-01,2024-06-29,matched_no_record\n"
    "K2,P4,state_repository,2024-06-30,2015-01-01,2024-06-29,matched_record\n",
    "events__csv": "Event,Person,Incident,Day,Filed,Kind,Dispo,Level\n"
    "E1,P4,I9,2022-08-01,2022-08-04,new_offence,pending,misdemeanor\n",
}
EXPORTS = """
[exports.person]
file = "people.csv"
columns = { person_id = "Person", birth_year = "Born" }
[exports.referral]
file = "referrals.csv"
[exports.referral.columns]
referral_id = "Ref"
person_id = "Person"
case_id = "Case"
incident_date = "Incident"
referral_date = "Referred"
offered_date = "Asked"
age_at_referral = "Age"
[exports.harmed_party]
file = "harmed.csv"
columns = { harmed_id = "Harmed", case_id = "Case", participation = "Took" }
[exports.records_check]
file = "checks.csv"
[exports.records_check.columns]
check_id = "Check"
person_id = "Person"
source = "Source"
run_date = "Run"
coverage_from = "From"
coverage_to = "To"
match_status = "Match"
[exports.followup_event]
file = "events.csv"
[exports.followup_event.columns]
event_id = "Event"
person_id = "Person"
incident_key = "Incident"
offence_date = "Day"
filing_date = "Filed"
event_kind = "Kind"
disposition = "Dispo"
level = "Level"
"""
RECIDIVISM = """
[[recidivism]]
name = "refiling"
event = "refiling"
clock = "referral_date"
windows_days = [365]
"""


@pytest.fixture
def shifted(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "study.key"
    path.write_text(KEY.hex())
    path.chmod(0o600)
    return f'[privacy]\nkey_file = "{path}"\nshift_dates = true\n'


def moved(before, after, table, column, key):
    joined = before.tables[table].set_index(key)[column]
    later = after.tables[table].set_index(key)[column]
    return (later - joined).dt.days.dropna().to_dict()


def test_people_and_cases_that_hang_together_move_by_one_offset(study, shifted):
    before = study.read(EXPORTS, **FILES)
    after = study.read(EXPORTS, more=shifted, **FILES)
    days = moved(before, after, "referral", "referral_date", "referral_id")
    # P1 and P2 share C1, P2 has C2, its harmed party H1 also C3, where P3 is: one component
    assert len({days[one] for one in ("R1", "R2", "R3", "R4")}) == 1
    assert days["R1"] == offset_of(KEY, "0 party H1", most=MOST_DAYS)
    assert days["R5"] == offset_of(KEY, "0 party P4", most=MOST_DAYS)
    assert days["R5"] != days["R1"]
    assert all(0 < abs(one) <= MOST_DAYS for one in days.values())
    for table, column, key in (
        ("referral", "incident_date", "referral_id"),
        ("referral", "offered_date", "referral_id"),
    ):
        assert moved(before, after, table, column, key) == days
    ends = moved(before, after, "records_check", "coverage_to", "person_id")
    assert ends == {"P1": days["R1"], "P4": days["R5"]}
    assert moved(before, after, "followup_event", "offence_date", "person_id")["P4"] == days["R5"]


def test_the_study_period_is_decided_on_true_dates_for_each_clock(study, shifted):
    for clock in ("referral_date", "offered_date"):
        more = RECIDIVISM.replace('"referral_date"', f'"{clock}"')
        plain, hidden = (
            rj.select_cohort(
                study.read(EXPORTS, more=more + extra, **FILES),
                design=study.design(EXPORTS, more=more + extra),
            )
            for extra in ("", shifted)
        )
        assert plain.frame["exclusion_reason"].notna().sum() >= 1
        pd.testing.assert_series_equal(
            plain.frame["exclusion_reason"], hidden.frame["exclusion_reason"]
        )


def test_durations_and_windows_are_as_they_were(study, shifted):
    def outcome(extra):
        design = study.design(EXPORTS, more=RECIDIVISM + extra)
        exports = study.read(EXPORTS, more=RECIDIVISM + extra, **FILES)
        cohort = rj.select_cohort(exports, design=design)
        return rj.measure_time_to_event(cohort, exports, design=design).frame

    columns = ["person_id", "time_days", "exit_reason", "entry_days", "observable_days"]
    plain, hidden = outcome("")[columns], outcome(shifted)[columns]
    assert plain.set_index("person_id")["time_days"]["P4"] == 152  # 2 March to 1 August, by hand
    pd.testing.assert_frame_equal(plain, hidden)


def test_the_year_of_birth_gives_the_age_and_goes(study, shifted, lines):
    after = study.read(EXPORTS, more=shifted, **FILES)
    assert after.tables["person"]["birth_year"].isna().all()
    ages = after.tables["referral"].set_index("referral_id")["age_at_referral"]
    assert ages["R5"] == 2022 - 2005 - 1  # March is before July
    assert lines(after.ledger, "age_from_birth_year") == {("referral", "age_at_referral"): 1}
    assert lines(after.ledger, "birth_year_left_out") == {("person", "birth_year"): 4}
    assert lines(after.ledger, "dates_shifted")[("referral", "referral_date")] == 5


def test_no_true_date_is_left_in_tables_quarantine_or_ledger(study, shifted, tmp_path):
    late = FILES["referrals__csv"] + "R6,P1,C1,2022-01-01,2032-04-17,2032-04-18,16\n"
    exports = study.read(EXPORTS, more=shifted, **{**FILES, "referrals__csv": late})
    assert len(exports.quarantine["referral"]) == 1
    text = "".join(
        one.to_csv() for one in (*exports.quarantine.values(), exports.ledger, exports.quality)
    )
    assert "2032" not in text
    assert "2022-0" not in text


def test_the_calendar_of_shifted_dates_is_refused(study, shifted):
    design = study.design(EXPORTS, more=shifted)
    exports = study.read(EXPORTS, more=shifted, **FILES)
    for data in (exports, rj.select_cohort(exports, design=design)):
        with pytest.raises(DataError, match="V34"):
            rj.count_by_quarter(data)
    assert "shifted" in why_not_collected(design, ["calendar"])
    assert why_not_collected(design, ["dates"]) == ""


def test_a_clock_that_no_date_of_the_referral_tells_is_refused(study, shifted):
    more = RECIDIVISM.replace('"referral_date"', '"first_conference"') + shifted
    with pytest.raises(DesignError, match="first conference"):
        study.design(EXPORTS, more=more)


def test_reruns_agree_and_two_keys_differ(study, shifted, tmp_path):
    def dates():
        return study.read(EXPORTS, more=shifted, **FILES).tables["referral"]["referral_date"]

    first = dates()
    pd.testing.assert_series_equal(first, dates())
    Path(shifted.split('"')[1]).write_text(KEY[::-1].hex())
    assert not first.equals(dates())


def test_offsets_reach_both_ways_and_are_never_nothing():
    found = [offset_of(KEY, str(n), most=3) for n in range(600)]
    assert set(found) == {-3, -2, -1, 1, 2, 3}
    # each of six values is drawn 100 times in 600 if they are even; 4 standard deviations around
    assert all(64 < found.count(one) < 136 for one in set(found))


def walk(rows):
    """Label of each row's group: rows that share an id, directly or by others, are together."""
    group = list(range(len(rows)))
    for _ in rows:
        for a, b in itertools.combinations(range(len(rows)), 2):
            if rows[a] & rows[b]:
                group[a] = group[b] = min(group[a], group[b])
    return group


IDS = st.one_of(st.none(), st.integers(0, 6))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(IDS, IDS), max_size=8), st.lists(st.tuples(IDS, IDS), max_size=5))
def test_offsets_belong_to_components(referrals, harmed):
    frames = {
        "referral": pd.DataFrame(
            {
                "person_id": [t and f"P{t}" for t, _ in referrals],
                "case_id": [t and f"C{t}" for _, t in referrals],
            },
            dtype=object,
        ),
        "harmed_party": pd.DataFrame(
            {
                "harmed_id": [t and f"P{t}" for t, _ in harmed],
                "case_id": [t and f"C{t}" for _, t in harmed],
            },
            dtype=object,
        ),
    }
    frames = {name: frame.where(frame != 0, None) for name, frame in frames.items()}
    found = group_offsets(frames, key=KEY)
    rows, offsets = [], []
    for name, frame in frames.items():
        for place, row in frame.iterrows():
            rows.append({(TIES[c], v) for c, v in row.items() if v is not None})
            offsets.append(found[name][place])
    for row, offset in zip(rows, offsets, strict=True):
        assert pd.isna(offset) == (not row)
    groups = walk(rows)
    for a, b in itertools.combinations(range(len(rows)), 2):
        if groups[a] == groups[b]:
            assert offsets[a] is offsets[b] or offsets[a] == offsets[b]
    known = {g: o for g, o, r in zip(groups, offsets, rows, strict=True) if r}
    smallest = {
        g: min(
            f"{kind} {one}" for r, h in zip(rows, groups, strict=True) if h == g for kind, one in r
        )
        for g in known
    }
    assert {g: offset_of(KEY, name, most=MOST_DAYS) for g, name in smallest.items()} == {
        g: int(o) for g, o in known.items()
    }
    assert np.all(np.abs([int(o) for o in known.values()]) <= MOST_DAYS)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A simulated programme with its planted defects, and a key beside it."""
    from rjeval.cli.main import main

    folder = tmp_path_factory.mktemp("whole") / "study"
    assert main(["simulate", str(folder), "--size", "120", "--seed", "11"]) == 0
    assert main(["keygen", str(folder.parent / "study.key")]) == 0
    return folder


def test_a_whole_study_under_pseudonyms_and_shifted_dates_gives_the_same_outcomes(whole):
    """Every join and every interval survives: same flow, same times, same ages, same waits."""
    design = rj.read_design(whole)
    exports = [
        replace(one, columns={k: v for k, v in one.columns.items() if k != "birth_year"})
        for one in design.exports
    ]
    ids = {"person_id", "case_id", "harmed_id", "party_id", "referral_id", "invitation_id"}
    actions = {
        one.table: dict.fromkeys(ids & set(one.columns), "pseudonymise") for one in design.exports
    }
    plain = replace(design, exports=tuple(exports))
    private = replace(
        plain,
        privacy=PrivacyDesign(
            key_file=str(whole.parent / "study.key"), shift_dates=True, actions=actions
        ),
    )

    def found(study):
        tables = rj.read_exports(whole / "data" / "raw", design=study)
        cohort = rj.select_cohort(tables, design=study)
        outcome = rj.measure_time_to_event(cohort, tables, design=study)
        ratings = rj.score_ratings(tables, cohort, design=study, role="harmed_party")
        wait = cohort.frame["enrolled_date"] - cohort.frame["referral_date"]
        return {
            "accounts": [repr(one) for one in tables.accounts],
            "reasons": cohort.frame["exclusion_reason"].value_counts(dropna=False).to_dict(),
            "waits": sorted(wait.dropna().dt.days),
            "outcomes": sorted(
                outcome.frame[["arm", "time_days", "exit_reason", "observable_days"]]
                .astype(str)
                .itertuples(index=False, name=None)
            ),
            "ratings": sorted(ratings.frame["rating"].dropna().astype(str)),
        }

    before, after = found(plain), found(private)
    assert len(before["outcomes"]) > 60
    for name, value in before.items():
        assert after[name] == value, name
