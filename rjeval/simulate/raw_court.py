"""Files of the court: records checks and what they found."""

from __future__ import annotations

from rjeval.simulate.raw_layout import RawFile

FILES: dict[str, RawFile] = {
    "records_check": RawFile(
        file="court_checks.csv",
        delimiter=";",
        columns={
            "check_id": "check_no",
            "person_id": "client_ref",
            "source": "source",
            "jurisdiction": "jurisdiction",
            "run_date": "run_date",
            "coverage_from": "records_from",
            "coverage_to": "records_to",
            "juvenile_covered": "juvenile",
            "adult_covered": "adult",
            "match_status": "match",
            "match_method": "match_method",
        },
        values={
            "juvenile_covered": {"True": "Y", "False": "N"},
            "adult_covered": {"True": "Y", "False": "N"},
        },
    ),
    "followup_event": RawFile(
        file="court_events.csv",
        delimiter=";",
        dates="%Y%m%d",
        columns={
            "event_id": "event_no",
            "person_id": "client_ref",
            "incident_key": "incident_no",
            "offence_date": "offense_dt",
            "arrest_date": "arrest_dt",
            "filing_date": "filed_dt",
            "disposition_date": "dispo_dt",
            "disposition": "dispo",
            "event_kind": "kind",
            "nibrs_code": "nibrs",
            "level": "lvl",
            "jurisdiction": "jurisdiction",
            "check_id": "check_no",
        },
        values={
            "disposition": {
                "pending": "PEND",
                "dismissed": "DISM",
                "acquitted": "ACQ",
                "diverted": "DIV",
                "adjudicated": "ADJ",
                "convicted": "CONV",
                "unknown": "UNK",
            },
            "event_kind": {
                "new_offence": "NEW",
                "technical_violation": "TECH",
                "status_offence": "STAT",
                "traffic_infraction": "TRAF",
                "warrant_fta": "FTA",
            },
            "level": {"felony": "F", "misdemeanor": "M", "infraction": "I", "petty": "P"},
        },
    ),
}
