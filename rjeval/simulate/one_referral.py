"""The smallest study that can be followed up: one referral and two later charges, for examples."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from rjeval.analysis_data import Exports
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import StudyDesign


def one_referral() -> tuple[Exports, StudyDesign]:
    """Return the exports and the design of a programme with one referral.

    Person A was referred on 2022-01-10 and charged 30 and 203 days later; records cover 2010 to
    2024, and a year of follow-up is wanted.

    Examples
    --------
    >>> exports, design = one_referral()
    >>> exports
    Exports(referral=1 rows, followup_event=2 rows, records_check=1 rows)
    """
    referral: dict[str, object] = {"referral_id": "R1", "person_id": "A", "arm": "rj"}
    referred = pd.DataFrame([referral | {"referral_date": pd.Timestamp(2022, 1, 10)}])
    found = pd.DataFrame({"event_id": ["E1", "E2"], "person_id": "A", "event_kind": "new_offence"})
    found["offence_date"] = pd.to_datetime(["2022-02-09", "2022-08-01"])
    check: dict[str, object] = {"person_id": "A", "match_status": "matched_record"}
    check |= {"coverage_from": pd.Timestamp(2010, 1, 1), "coverage_to": pd.Timestamp(2024, 12, 31)}
    tables = {"referral": referred, "followup_event": found, "records_check": pd.DataFrame([check])}
    nothing = pd.DataFrame()
    year = RecidivismDefinition(windows_days=(365,), minimum_level="any")
    return (
        Exports(tables=tables, accounts=(), ledger=nothing, quality=nothing),
        StudyDesign(
            title="One referral", root=Path(), extract_date=date(2024, 12, 31), recidivism=(year,)
        ),
    )
