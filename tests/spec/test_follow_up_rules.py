"""Each rule of follow-up, as a table that a criminologist can read, comes out as written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from rjeval.analysis_data import Exports
from rjeval.cohort.eligibility import select_cohort
from rjeval.cohort.follow_up import measure_time_to_event
from rjeval.design.recidivism import PROVEN_MEASURES, RecidivismDefinition
from rjeval.design.study import StudyDesign
from rjeval.errors import DataError
from rjeval.terms import RecidivismMeasure

FOLDER = Path(__file__).parent
RULES = sorted(FOLDER.glob("*.txt"))
SECTIONS = ("definition", "extract", "people", "offences", "checks", "exposures", "expected")
#: What the tables call a column -> what the data dictionary calls it.
NAMES = {
    "people": {
        "person": "person_id",
        "index": "referral_date",
        "referral": "referral_id",
        "born": "birth_year",
        "age": "age_at_referral",
        "incident": "incident_key",
    },
    "offences": {
        "person": "person_id",
        "incident": "incident_key",
        "offence": "offence_date",
        "arrest": "arrest_date",
        "filing": "filing_date",
        "decided": "disposition_date",
        "kind": "event_kind",
        "nibrs": "nibrs_code",
        "check": "check_id",
    },
    "checks": {
        "person": "person_id",
        "check": "check_id",
        "from": "coverage_from",
        "to": "coverage_to",
        "run": "run_date",
        "result": "match_status",
        "juvenile": "juvenile_covered",
        "adult": "adult_covered",
    },
    "exposures": {"person": "person_id"},
}
TABLES = {"offences": "followup_event", "checks": "records_check", "exposures": "exposure"}
FILLED = {
    "offences": {"event_kind": "new_offence", "level": "misdemeanor", "disposition": "unknown"},
    "checks": {"source": "state_repository", "match_status": "matched_no_record"},
}
DATES = ("_date", "coverage_from", "coverage_to", "from", "to")
EVERYBODY_SEARCHED = "person | from | to\n* | 2010-01-01 | 2025-12-31"


def sections(text: str) -> dict[str, str]:
    """Split a rule into its sections; the words before the first are the rule itself."""
    found: dict[str, list[str]] = {"rule": []}
    current = "rule"
    for line in text.splitlines():
        if line.strip() in SECTIONS:
            current = line.strip()
            found[current] = []
        elif line.strip():
            found[current].append(line)
    return {name: "\n".join(lines) for name, lines in found.items()}


def grid(text: str) -> pd.DataFrame:
    """Read a table of columns parted by bars; ``-`` is an empty cell."""
    head, *body = [[cell.strip() for cell in line.split("|")] for line in text.splitlines()]
    return pd.DataFrame(body, columns=head).replace("-", None)


def table(text: str, name: str) -> pd.DataFrame:
    """Read a table of the exports: dates as dates, yes and no as booleans."""
    frame = grid(text).rename(columns=NAMES[name])
    for column, value in FILLED.get(name, {}).items():
        if column not in frame.columns:
            frame[column] = value
    for column in frame.columns:
        if column.endswith(DATES):
            frame[column] = pd.to_datetime(frame[column])
        elif column.endswith("_covered"):
            frame[column] = frame[column].map({"yes": True, "no": False}).astype("boolean")
        elif column in ("birth_year", "age_at_referral"):
            frame[column] = frame[column].astype("Int64")
    return frame


def definition_of(text: str) -> RecidivismDefinition:
    """Read what differs from the base definition."""
    lines = [line.split("|") for line in text.splitlines()]
    given = {key.strip(): value.strip() for key, value in lines}
    event = RecidivismMeasure(given.pop("event", "refiling"))
    ready: dict[str, object] = {"windows_days": (365,), "reporting_lag_days": 0}
    for key, value in given.items():
        if key == "windows_days":
            ready[key] = tuple(int(one) for one in value.split(","))
        elif key in ("competing", "sources", "count_event_kinds"):
            ready[key] = tuple(one.strip() for one in value.split(","))
        else:
            ready[key] = int(value) if value.isdigit() else value
    assert event in PROVEN_MEASURES or "waiting_period_days" not in ready
    return RecidivismDefinition(event=event, **ready)


def exports_of(rule: dict[str, str]) -> Exports:
    people = table(rule["people"], "people")
    if "referral_id" not in people.columns:
        people["referral_id"] = people["person_id"]
    people["case_id"] = people["person_id"]
    people["arm"] = "rj"
    tables = {"referral": people}
    for name, target in TABLES.items():
        default = EVERYBODY_SEARCHED if name == "checks" else ""
        text = rule.get(name, default)
        if text:
            frame = table(text, name)
            anybody = frame["person_id"] == "*"
            everybody = (
                frame[anybody]
                .drop(columns="person_id")
                .merge(people[["person_id"]].drop_duplicates(), how="cross")
            )
            tables[target] = pd.concat([frame[~anybody], everybody], ignore_index=True)
    none = pd.DataFrame()
    return Exports(tables=tables, accounts=(), ledger=none, quality=none)


def measured(rule: dict[str, str]) -> pd.DataFrame:
    """Run a rule; one row per referral of the cohort, in the words of ``expected``."""
    definition = definition_of(rule.get("definition", ""))
    extract = date.fromisoformat(rule.get("extract", "2025-12-31").strip())
    design = StudyDesign(title="rule", root=FOLDER, recidivism=(definition,), extract_date=extract)
    exports = exports_of(rule)
    cohort = select_cohort(exports, design=design)
    outcome = measure_time_to_event(cohort, exports, design=design)
    kept = {
        "person_id": "person",
        "referral_id": "referral",
        "time_days": "days",
        "exit_reason": "exit",
        "entry_days": "entry",
        "observable_days": "observable",
    }
    found = cohort.included[["person_id", "referral_id"]].merge(
        outcome.frame[[*kept]], on=["person_id", "referral_id"], how="left"
    )
    found = found.rename(columns=kept).astype(object)
    unchecked = found["referral"].isin(outcome.unchecked.get("referral_id", []))
    found["exit"] = found["exit"].mask(unchecked, "never checked")
    found["exit"] = found["exit"].where(found["exit"].notna(), "no day observed")
    return found


@pytest.mark.parametrize("path", RULES, ids=[path.stem for path in RULES])
def test_rule_comes_out_as_written(path):
    rule = sections(path.read_text(encoding="utf-8"))
    assert rule["rule"], "a rule says in words what it is"
    expected = grid(rule["expected"])
    for column in ("days", "entry", "observable"):
        if column in expected.columns:
            expected[column] = expected[column].astype("Float64")
    found = measured(rule)
    for column in ("days", "entry", "observable"):
        found[column] = found[column].astype("Float64")
    keys = [name for name in ("person", "referral") if name in expected.columns]
    pd.testing.assert_frame_equal(
        found[expected.columns].sort_values(keys).reset_index(drop=True),
        expected.sort_values(keys).reset_index(drop=True),
        check_dtype=False,
    )


def test_study_without_records_checks_is_refused():
    rule = sections((FOLDER / "index_day.txt").read_text(encoding="utf-8"))
    exports = exports_of(rule)
    bare = Exports(
        tables={"referral": exports.tables["referral"]},
        accounts=(),
        ledger=pd.DataFrame(),
        quality=pd.DataFrame(),
    )
    design = StudyDesign(title="rule", root=FOLDER, recidivism=(RecidivismDefinition(),))
    cohort = select_cohort(bare, design=design)
    with pytest.raises(DataError, match="never checked"):
        measure_time_to_event(cohort, bare, design=design)
