"""Files that the timing of ingest reads: a wide referral table, and a long table of events."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv

STUDY = """
[study]
title = "Benchmark"
period_start = 2015-01-01
period_end = 2024-06-30
extract_date = 2025-12-31
why_no_recidivism = "A benchmark."
"""
CODES = {
    "referral_source": ("Police", "Prosecutor", "Court", "School", "Self"),
    "eligible": ("Yes", "No", "Undetermined"),
    "responsible_consent": ("Yes", "No", "Withdrawn", "No contact"),
    "harmed_consent": ("Yes", "No", "Surrogate", "No contact"),
    "arm": ("RJ", "Comparison"),
    "exit_status": ("Completed", "Partial", "Transferred", "Moved"),
    "legal_disposition": ("Dismissed", "Reduced", "Plea", "Pending"),
    "offence_group": ("Person", "Property", "Society"),
    "offence_level": ("Misdemeanor", "Felony", "Petty"),
}
DATES = ("incident_date", "arrest_or_citation_date", "referral_date", "offered_date", "exit_date")
EVENT_CODES = {
    "disposition": ("Convicted", "Dismissed", "Pending", "Acquitted"),
    "event_kind": ("New offence", "Technical violation", "Traffic infraction"),
    "nibrs_code": ("13A", "13B", "220", "23F", "290"),
    "level": ("Felony", "Misdemeanor", "Petty"),
    "jurisdiction": ("Denver", "Adams", "Boulder"),
}
#: Events of one person, in the long table.
EVENTS_EACH = 25
#: Rows that are made at a time.
BLOCK = 500_000


def write_referrals(folder: Path, *, rows: int) -> None:
    """Write a study with one wide export: ids, dates, codes, numbers, remarks in codes."""
    rng = np.random.default_rng(1)
    number = np.arange(rows)
    day = np.datetime64("2015-01-01") + rng.integers(0, 3400, rows)
    table = {
        "referral_id": [f"R{i:08d}" for i in number],
        "person_id": [f"003{i % (rows * 9 // 10):012d}" for i in number],
        "case_id": [f"{i // 2:09d}" for i in number],
        "program_id": ["RJ-1"] * rows,
        "site_id": np.array(["north", "south", "east"])[rng.integers(0, 3, rows)],
        "age_at_referral": rng.integers(12, 60, rows),
        "incident_key": [f"I-{i}" for i in rng.integers(0, rows, rows)],
        **_codes(CODES, rng, rows),
        **{name: (day + 7 * place).astype(str) for place, name in enumerate(DATES)},
        "enrolled_date": [""] * rows,
        "score": rng.integers(0, 40, rows),
        "worker": [f"W{i:03d}" for i in rng.integers(0, 400, rows)],
        "area": [f"{i:03d}" for i in rng.integers(0, 900, rows)],
    }
    _write_study(folder, {"referral": list(table)})
    pd.DataFrame(table).to_csv(folder / "raw" / "referral.csv", index=False)


def write_events(folder: Path, *, rows: int) -> None:
    """Write a study with a long table of events, the people and their records checks."""
    n_people = max(rows // EVENTS_EACH, 100)
    people = _ids("P", np.arange(n_people), 7)
    checks = {
        "check_id": _ids("C", np.arange(n_people), 7),
        "person_id": people,
        "source": "police",
        "run_date": "2025-06-01",
        "coverage_from": "2010-01-01",
        "coverage_to": "2025-05-31",
        "match_status": "matched_record",
    }
    columns = {"person": ["person_id"], "records_check": list(checks)}
    rng = np.random.default_rng(2)
    schema = pa.table(_events(rng, 0, 1, n_people=1)).schema
    _write_study(folder, {**columns, "followup_event": schema.names})
    pd.DataFrame({"person_id": people}).to_csv(folder / "raw" / "person.csv", index=False)
    pd.DataFrame(checks).to_csv(folder / "raw" / "records_check.csv", index=False)
    options = pacsv.WriteOptions(quoting_style="none")
    target = folder / "raw" / "followup_event.csv"
    with pacsv.CSVWriter(target, schema, write_options=options) as writer:
        for start in range(0, rows, BLOCK):
            n_rows = min(BLOCK, rows - start)
            writer.write_table(pa.table(_events(rng, start, n_rows, n_people=n_people)))


def _events(
    rng: np.random.Generator, start: int, n_rows: int, *, n_people: int
) -> dict[str, np.ndarray]:
    who = rng.integers(0, n_people, n_rows)
    day = np.datetime64("2012-01-01") + rng.integers(0, 4700, n_rows)
    return {
        "event_id": _ids("E", start + np.arange(n_rows), 8),
        "person_id": _ids("P", who, 7),
        "incident_key": _ids("I", rng.integers(0, 10**7, n_rows), 8),
        "offence_date": day.astype(str),
        "arrest_date": (day + 5).astype(str),
        "filing_date": (day + 20).astype(str),
        "disposition_date": (day + 90).astype(str),
        **_codes(EVENT_CODES, rng, n_rows),
        "chi_days": rng.integers(1, 400, n_rows),
        "check_id": _ids("C", who, 7),
    }


def _ids(letter: str, numbers: np.ndarray, width: int) -> np.ndarray:
    return np.char.add(letter, np.char.zfill(numbers.astype(str), width))


def _codes(
    codes: dict[str, tuple[str, ...]], rng: np.random.Generator, n_rows: int
) -> dict[str, np.ndarray]:
    return {name: np.array(one)[rng.integers(0, len(one), n_rows)] for name, one in codes.items()}


def _write_study(folder: Path, columns: dict[str, list[str]]) -> None:
    (folder / "raw").mkdir()
    text = STUDY
    for table, names in columns.items():
        text += f'[exports.{table}]\nfile = "{table}.csv"\n[exports.{table}.columns]\n'
        text += "".join(f'{one} = "{one}"\n' for one in names)
    (folder / "study.toml").write_text(text, encoding="utf-8")
