"""From working columns (days, row numbers) to the tables of the data dictionary."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.simulate.people import EXTRACT_DAY, SITES, as_dates, case_ids, only_where
from rjeval.simulate.records import COVERAGE_START, surfaced

PROGRAM_ID = "RJ-SYN"
#: Offences by level, for the column of raw codes.
CODES = ("13B", "220", "23H", "240", "290", "35A")


def clean_tables(parts: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return one frame per table of the dictionary, from the parts of a simulation."""
    people, checks = parts["people"], parts["checks"]
    person_id = people["person_id"].to_numpy()
    return {
        "person": _person(people),
        "referral": _referral(parts["referrals"]),
        "harmed_party": _harmed_party(parts["harmed"]),
        "session": _session(parts["sessions"]),
        "records_check": _records_check(people, checks=checks, events=parts["events"]),
        "followup_event": _followup_event(parts["events"], people=people, checks=checks),
        "exposure": _exposure(parts["spells"], people=people, person_id=person_id),
        "survey_invitation": _invitation(parts["invitations"]),
        "survey_response": _response(parts["answers"]),
        "agreement": _agreement(parts["agreements"]),
        "obligation": _obligation(parts["obligations"]),
        "payment": _payment(parts["payments"]),
    }


def _person(people: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "person_id": people["person_id"].to_numpy(),
            "birth_year": as_dates(people["birth"]).dt.year.to_numpy(),
            "gender": people["gender"].to_numpy(),
            "race_ethnicity": people["race"].to_numpy(),
            "primary_language": people["language"].to_numpy(),
            "prior_arrests": people["prior"].to_numpy(),
        }
    )


def _referral(table: pd.DataFrame) -> pd.DataFrame:
    stage, arm = table["stage"], table["arm"]
    eligible = stage != "ineligible"
    willing = stage == "willing"
    return pd.DataFrame(
        {
            "referral_id": table["referral_id"].to_numpy(),
            "person_id": table["person_id"].to_numpy(),
            "case_id": case_ids(int(table["case"].max()) + 1)[table["case"].to_numpy()],
            "program_id": PROGRAM_ID,
            "site_id": np.array(SITES, dtype=object)[table["site"].to_numpy()],
            "incident_date": as_dates(table["incident"]),
            "arrest_or_citation_date": as_dates(table["arrest"]),
            "referral_date": as_dates(table["referral"]),
            "referral_source": table["source"].to_numpy(),
            "eligible": np.where(eligible, "yes", "no"),
            "ineligible_reason": only_where(~eligible, "outside_offence_rule"),
            "offered_date": as_dates(table["offered"].where(eligible)),
            "responsible_consent": _responsible_consent(table),
            "harmed_consent": _harmed_consent(table),
            "enrolled_date": as_dates(table["enrolled"].where(willing & (arm == "rj"))),
            "arm": arm.to_numpy(),
            "exit_date": as_dates(table["exit"]),
            "exit_status": table["status"].to_numpy(),
            "legal_disposition": table["legal"].to_numpy(),
            "age_at_referral": table["age"].to_numpy(),
            "offence_group": table["offence_group"].to_numpy(),
            "incident_key": incident_keys(table["person"], day=table["incident"]),
        }
    )


def _responsible_consent(table: pd.DataFrame) -> np.ndarray:
    consent = np.where(table["stage"] == "unwilling", "no", "yes").astype(object)
    consent[(table["stage"] == "ineligible").to_numpy()] = None
    withdrew = (table["status"] == "withdrew_responsible") & (table["arm"] == "rj")
    consent[withdrew.to_numpy()] = "withdrawn"
    return consent


def _harmed_consent(table: pd.DataFrame) -> np.ndarray:
    kinds = {
        "direct": "yes",
        "surrogate_sent": "surrogate",
        "indirect_letter": "yes",
        "declined": "no",
        "unreachable": "no_contact",
    }
    consent = table["participation"].map(kinds).to_numpy(dtype=object)
    consent[table["arm"].isna().to_numpy()] = None
    return consent


def incident_keys(person: pd.Series, *, day: pd.Series) -> np.ndarray:
    """Return court incident numbers: the same person and day give the same number."""
    number = person.to_numpy(dtype=int) * 10_000 + day.to_numpy(dtype=int) + 3000
    return np.char.add("I-", number.astype(str)).astype(object)


def _harmed_party(table: pd.DataFrame) -> pd.DataFrame:
    kept = table[
        ["harmed_id", "case_id", "kind", "is_minor", "age_band", "relationship", "participation"]
    ].copy()
    kept["offered_date"] = as_dates(table["offered"])
    kept["decision_date"] = as_dates(table["decided"])
    kept["funded_by_voca"] = table["voca"].to_numpy()
    return kept


def _session(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "session_id": table["session_id"].to_numpy(dtype=object),
            "case_id": case_ids(int(table["case"].max()) + 1)[table["case"].to_numpy()],
            "session_type": table["session_type"].to_numpy(),
            "scheduled_at": as_dates(table["scheduled"]),
            "held_date": as_dates(table["held_day"]),
            "status": table["status"].to_numpy(),
            "mode": table["mode"].to_numpy(),
            "mode_reason": table["mode_reason"].to_numpy(),
            "duration_min": table["minutes"].to_numpy(),
            "facilitator_id": table["facilitator"].to_numpy(dtype=object),
            "platform_problem": table["trouble"].to_numpy(),
        }
    )


def _records_check(
    people: pd.DataFrame, *, checks: pd.DataFrame, events: pd.DataFrame
) -> pd.DataFrame:
    person = checks["person"].to_numpy()
    has_record = np.isin(person, events["person"].to_numpy())
    return pd.DataFrame(
        {
            "check_id": _check_ids(len(checks)),
            "person_id": people["person_id"].to_numpy()[person],
            "source": "state_repository",
            "jurisdiction": "statewide",
            "run_date": as_dates(checks["run"]),
            "coverage_from": as_dates(np.full(len(checks), COVERAGE_START)),
            "coverage_to": as_dates(checks["run"]),
            "juvenile_covered": True,
            "adult_covered": people["adult_covered"].to_numpy()[person],
            "match_status": np.where(has_record, "matched_record", "matched_no_record"),
            "match_method": "deterministic",
        }
    )


def _check_ids(n: int) -> np.ndarray:
    return np.char.add("K", np.char.zfill(np.arange(1, n + 1).astype(str), 6)).astype(object)


def _followup_event(
    events: pd.DataFrame, *, people: pd.DataFrame, checks: pd.DataFrame
) -> pd.DataFrame:
    person = events["person"].to_numpy()
    pending = events["disposition"] == "pending"
    n = len(events)
    return pd.DataFrame(
        {
            "event_id": np.char.add("E", np.char.zfill(np.arange(1, n + 1).astype(str), 6)),
            "person_id": people["person_id"].to_numpy()[person],
            "incident_key": incident_keys(events["person"], day=events["offence"]),
            "offence_date": as_dates(events["offence"]),
            "arrest_date": as_dates(events["arrest"]),
            "filing_date": as_dates(events["filing"]),
            "disposition_date": as_dates(events["disposed"].where(~pending)),
            "disposition": events["disposition"].to_numpy(),
            "event_kind": events["kind"].to_numpy(),
            "nibrs_code": np.array(CODES, dtype=object)[np.arange(n) * 7 % len(CODES)],
            "level": events["level"].to_numpy(),
            "jurisdiction": "statewide",
            "check_id": _check_ids(len(checks))[surfaced(events, checks=checks)],
        }
    )


def _exposure(spells: pd.DataFrame, *, people: pd.DataFrame, person_id: np.ndarray) -> pd.DataFrame:
    gone = np.flatnonzero((people["referral"] + people["gone"] <= EXTRACT_DAY).to_numpy())
    person = np.concatenate([spells["person"].to_numpy(), gone])
    start = np.concatenate([spells["from"].to_numpy(), people["gone"].to_numpy()[gone]])
    end = np.concatenate([spells["to"].to_numpy(), np.full(gone.size, np.nan)])
    state = np.concatenate([spells["state"].to_numpy(), people["gone_state"].to_numpy()[gone]])
    referral = people["referral"].to_numpy()[person]
    table = pd.DataFrame(
        {
            "person_id": person_id[person],
            "from": as_dates(referral + start),
            "to": as_dates(referral + end),
            "state": state,
        }
    )
    return table.sort_values(["from", "person_id", "state"], ignore_index=True)


def _invitation(table: pd.DataFrame) -> pd.DataFrame:
    asked = ~table["status"].isin(["not_invited", "unsafe_to_contact"])
    case_id = case_ids(int(table["case"].max()) + 1)
    return pd.DataFrame(
        {
            "invitation_id": table["invitation_id"].to_numpy(dtype=object),
            "party_id": table["party_id"].to_numpy(),
            "role": table["role"].to_numpy(),
            "case_id": case_id[table["case"].to_numpy()],
            "instrument_id": "RJQ-" + table["wave"],
            "wave": table["wave"].to_numpy(),
            "eligible_date": as_dates(table["eligible"]),
            "invited_date": as_dates(table["invited"].where(asked)),
            "channel": table["channel"].where(asked).to_numpy(),
            "administered_by": table["by"].where(asked).to_numpy(),
            "status": table["status"].to_numpy(),
            "not_invited_reason": only_where(table["status"] == "not_invited", "no_capacity"),
        }
    )


def _response(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "invitation_id": table["invitation_id"].to_numpy(dtype=object),
            "item_id": table["item_id"].to_numpy(),
            "value": table["value"].to_numpy(),
            "missing_state": table["missing_state"].to_numpy(),
            "answered_date": as_dates(table["answered"]),
            "mode_experienced": table["mode"].to_numpy(),
        }
    )


def _agreement(table: pd.DataFrame) -> pd.DataFrame:
    kept = table[["agreement_id", "referral_id"]].copy()
    for name in ("signed", "due", "closed"):
        kept[f"{name}_date"] = as_dates(table[name])
    kept["status"] = table["status"].to_numpy()
    kept["modified_count"] = table["changed"].to_numpy()
    return kept


def _obligation(table: pd.DataFrame) -> pd.DataFrame:
    kept = table[["obligation_id", "agreement_id", "kind"]].copy()
    kept["amount_owed"] = table["owed"].to_numpy()
    kept["hours_owed"] = table["hours"].to_numpy()
    kept["due_date"] = as_dates(table["due"])
    kept["status"] = table["status"].to_numpy()
    kept["completed_date"] = as_dates(table["completed"])
    return kept


def _payment(table: pd.DataFrame) -> pd.DataFrame:
    kept = table[["payment_id", "obligation_id"]].copy()
    kept["paid_date"] = as_dates(table["paid"])
    kept["amount"] = table["amount"].to_numpy()
    kept["method"] = table["method"].to_numpy()
    return kept
