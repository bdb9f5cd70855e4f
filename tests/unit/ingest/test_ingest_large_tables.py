"""A table read as a stream gives row for row and count for count what reading it whole gives."""

from __future__ import annotations

import random

import pandas as pd
import pyarrow.parquet as pq
import pytest

import rjeval as rj
from rjeval.ingest import held_tables, large_tables, text_rows, text_stream
from rjeval.ingest.exports import examine_exports

STUDY = """
[study]
title = "A study with many events"
period_start = 2022-01-01
period_end = 2022-12-31
extract_date = 2024-12-31
why_no_recidivism = "This test is about reading."
[exports.person]
file = "people.csv"
columns = {person_id = "Person", birth_year = "Born"}
[exports.referral]
file = "referrals.csv"
columns = {referral_id = "Ref", person_id = "Person", referral_date = "Referred"}
constants = {exit_status = "open"}
[exports.records_check]
file = "checks.csv"
columns = {check_id = "Check", person_id = "Person", run_date = "Run", coverage_to = "To"}
constants = {source = "police"}
[exports.followup_event]
file = "events_*.csv"
missing = ["n/a"]
footer = ["Printed"]
unmapped = ["disposition"]
[exports.followup_event.columns]
event_id = "Event"
person_id = "Person"
incident_key = "Incident"
offence_date = "Offence"
arrest_date = "Arrest"
disposition = "Disposition"
event_kind = "Kind"
nibrs_code = "NIBRS"
chi_days = "Harm"
check_id = "Check"
remark = "Remark"
points = "Points"
[exports.followup_event.keep_where]
Keep = ["y"]
[exports.followup_event.values.disposition]
"Guilty plea" = "convicted"
[exports.followup_event.missing_states]
"-9" = "declined"
"""
N_PEOPLE, N_EVENTS = 2_000, 10_000
HEADER = "Event,Person,Incident,Offence,Arrest,Disposition,Kind,NIBRS,Harm,Check,Remark,Points,Keep"


def event(rng: random.Random, number: int) -> str:
    person = rng.randrange(N_PEOPLE)
    day = f"202{rng.randrange(2, 4)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
    cells = [
        f"E{number:06d}",
        f"P{person}",
        f"I{rng.randrange(9_000)}",
        day if rng.random() > 0.003 else "soon",
        rng.choice([day, "n/a", "", f"  {day} "]),
        rng.choice(["convicted", "PENDING", "Guilty plea", "dismissed"]),
        rng.choice(["new offence", "Traffic-infraction", "-9", "new_offence"]),
        rng.choice(["13A", "09A", "13a", "220"]),
        rng.choice(["12", '"1,200.5"', "n/a", "-3"]),
        f"C{person}",
        rng.choice(["[plain]", "Señora", '"two\nlines"', '"a ""quoted"" word"', ""]),
        str(rng.randrange(9)),
        "y" if rng.random() > 0.02 else "n",
    ]
    return ",".join(cells)


def events(seed: int, *, first: int) -> list[str]:
    """Rows with all that goes wrong: duplicates far apart, orphans, codes and dates unread."""
    rng = random.Random(seed)
    rows = [event(rng, first + i) for i in range(N_EVENTS)]
    for _ in range(60):
        lost = rng.choice(rows).split(",")
        lost[5] = "no such end"
        rows.insert(rng.randrange(len(rows)), rng.choice(rows))
        rows.insert(rng.randrange(len(rows)), event(rng, first + rng.randrange(N_EVENTS)))
        rows.insert(rng.randrange(len(rows)), event(rng, first).replace(",C", ",NOBODY", 1))
        rows.insert(rng.randrange(len(rows)), ",".join(["L" + lost[0], *lost[1:]]))
    for odd in ("", HEADER, "E1,P1,short", f"{event(rng, 800_000 + first)},one,cell more"):
        for _ in range(5):
            rows.insert(rng.randrange(len(rows)), odd)
    return [*rows, "Printed by the court"]


def raw_files() -> dict[str, bytes]:
    rng = random.Random(5)
    day = [f"2022-0{rng.randrange(1, 10)}-11" for _ in range(N_PEOPLE)]
    people = [f"P{i},{1980 + i % 30}" for i in range(N_PEOPLE - 40)]
    referrals = [f"R{i},P{i},{day[i]}" for i in range(N_PEOPLE - 40)]
    checks = [f"C{i},P{i},2024-06-01,2024-05-31" for i in range(N_PEOPLE)]
    first, second = events(1, first=0), events(2, first=N_EVENTS - 500)
    return {
        "people.csv": "\n".join(["Person,Born", *people]).encode(),
        "referrals.csv": "\n".join(["Ref,Person,Referred", *referrals]).encode(),
        "checks.csv": "\n".join(["Check,Person,Run,To", *checks]).encode(),
        "events_1.csv": "\n".join([HEADER, *first]).encode(),
        "events_2.csv": "\r\n".join(["A banner", HEADER, *second]).encode("cp1252"),
    }


def stream(patch: pytest.MonkeyPatch) -> None:
    """Small enough that a border falls everywhere."""
    patch.setattr(large_tables, "LARGE_BYTES", 0)
    patch.setattr(text_stream, "LOOK_BYTES", 250_007)
    patch.setattr(text_stream, "CHUNK_ROWS", 2_003)
    patch.setattr(text_rows, "BLOCK_BYTES", 300_007)
    patch.setattr(held_tables, "GROUP_ROWS", 5_000)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Exports read whole, exports read as a stream, and the design."""
    folder = tmp_path_factory.mktemp("many_events")
    (folder / "raw").mkdir()
    for name, content in raw_files().items():
        (folder / "raw" / name).write_bytes(content)
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    design = rj.read_design(folder)
    whole, _ = examine_exports(folder / "raw", design=design)
    with pytest.MonkeyPatch.context() as patch:
        stream(patch)
        streamed, _ = examine_exports(folder / "raw", design=design)
    return whole, streamed, design


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(list(frame.columns[:-1]), ignore_index=True)


def test_a_stream_gives_what_reading_whole_gives(both):
    whole, streamed, _ = both
    refused = whole.quarantine["followup_event"]["rule"].value_counts()
    assert {"V02", "V08", "V11", "V12", "V21"} <= set(refused.index)
    assert repr(streamed.accounts) == repr(whole.accounts)
    account = {one.table: one for one in whole.accounts}["followup_event"]
    assert min(account.n_duplicates, account.n_filtered, account.n_quarantined) > 80
    for name, frame in whole.tables.items():
        pd.testing.assert_frame_equal(streamed.tables[name], frame)
    assert set(streamed.quarantine) == set(whole.quarantine)
    for name, frame in whole.quarantine.items():
        pd.testing.assert_frame_equal(streamed.quarantine[name], frame)
    pd.testing.assert_frame_equal(streamed.quality, whole.quality)
    pd.testing.assert_frame_equal(in_order(streamed.unmapped), in_order(whole.unmapped))
    pd.testing.assert_frame_equal(in_order(streamed.ledger), in_order(whole.ledger))
    assert streamed.sources == whole.sources


def test_what_is_stored_is_the_same(both, tmp_path, monkeypatch):
    whole, streamed, design = both
    rj.save_exports(whole, tmp_path / "whole")
    monkeypatch.setattr(held_tables, "GROUP_ROWS", 5_000)
    rj.save_exports(streamed, tmp_path / "streamed")
    for path in sorted((tmp_path / "whole").glob("*.parquet")):
        mine = pq.read_table(tmp_path / "streamed" / path.name)
        theirs = pq.read_table(path)
        assert mine.schema.equals(theirs.schema, check_metadata=True)
        assert mine.equals(theirs)
    for path in sorted((tmp_path / "whole" / "quarantine").iterdir()):
        assert (tmp_path / "streamed" / "quarantine" / path.name).read_bytes() == path.read_bytes()
    back = rj.load_exports(tmp_path / "streamed", design=design)
    pd.testing.assert_frame_equal(back.tables["followup_event"], whole.tables["followup_event"])
