"""Files of the case-management system: clients, referrals, harmed parties, moves."""

from __future__ import annotations

from rjeval.simulate.raw_layout import FOOTER, YES_NO, RawFile

FILES: dict[str, RawFile] = {
    "person": RawFile(
        file="crm_clients.csv",
        encoding="utf-8-sig",
        footer=FOOTER,
        columns={
            "person_id": "Client ID",
            "birth_year": "Birth Year",
            "gender": "Gender",
            "race_ethnicity": "Race/Ethnicity",
            "primary_language": "Language",
            "prior_arrests": "Prior Arrests",
        },
        values={
            "gender": {
                "man": "Male",
                "woman": "Female",
                "nonbinary": "Non-binary",
                "unknown": "Unknown",
            }
        },
    ),
    "referral": RawFile(
        file="crm_referrals.csv",
        encoding="cp1252",
        dates="%m/%d/%Y",
        footer=FOOTER,
        columns={
            "referral_id": "Referral #",
            "person_id": "Client ID",
            "case_id": "Case No.",
            "site_id": "Office",
            "incident_date": "Date of Incident",
            "arrest_or_citation_date": "Date Cited",
            "referral_date": "Date Referred",
            "referral_source": "Referred By",
            "eligible": "Eligible?",
            "ineligible_reason": "Reason Not Eligible",
            "offered_date": "Date Offered",
            "responsible_consent": "Client Decision",
            "harmed_consent": "Harmed Party Decision",
            "enrolled_date": "Date Enrolled",
            "arm": "Pathway",
            "exit_date": "Date Closed",
            "exit_status": "Outcome",
            "legal_disposition": "Charge Outcome",
            "age_at_referral": "Age at Referral",
            "offence_group": "Offense Type",
            "incident_key": "Court Incident No.",
        },
        values={
            "site_id": {"lakeside": "Lakeside", "penasco": "Peñasco"},
            "referral_source": {
                "prosecutor": "District Attorney",
                "court": "Juvenile Court",
                "police": "Police",
                "school": "School",
                "probation": "Probation",
            },
            "eligible": {"yes": "Yes", "no": "No"},
            "responsible_consent": {"yes": "Agreed", "no": "Declined", "withdrawn": "Withdrew"},
            "harmed_consent": {
                "yes": "Agreed",
                "surrogate": "Surrogate",
                "no": "Declined",
                "no_contact": "Could not reach",
            },
            "arm": {"rj": "RJ", "comparison": "Comparison (harmed party declined)"},
            "exit_status": {
                "completed": "Completed",
                "partial": "Partly completed",
                "not_completed_noncompliance": "Not completed",
                "withdrew_responsible": "Client withdrew",
                "withdrew_harmed": "Harmed party withdrew",
                "new_offence": "New offense",
                "transferred": "Transferred",
            },
            "legal_disposition": {
                "dismissed": "Dismissed",
                "returned_to_court": "Returned to court",
            },
            "offence_group": {
                "property": "Property",
                "person": "Person",
                "society": "Public order",
                "status": "Status",
            },
        },
    ),
    "harmed_party": RawFile(
        file="harmed_parties.csv",
        dates="%d-%b-%Y",
        columns={
            "case_id": "Case No.",
            "harmed_id": "Harmed Party ID",
            "kind": "Type",
            "is_minor": "Under 18",
            "age_band": "Age Band",
            "relationship": "Relationship",
            "participation": "Took Part",
            "offered_date": "Date Asked",
            "decision_date": "Date Decided",
            "funded_by_voca": "VOCA Funded",
        },
        values={
            "is_minor": YES_NO,
            "funded_by_voca": YES_NO,
            "participation": {
                "direct": "Yes, directly",
                "surrogate_sent": "Surrogate",
                "indirect_letter": "By letter",
                "declined": "Declined",
                "unreachable": "Could not reach",
            },
        },
    ),
    "exposure": RawFile(
        file="custody_and_moves.csv",
        dates="%m/%d/%y",
        columns={"person_id": "Client ID", "from": "From", "to": "Until", "state": "Where"},
        values={
            "state": {
                "detained_pretrial": "Detained before trial",
                "custody": "Custody",
                "residential": "Residential placement",
                "left_jurisdiction": "Moved away",
                "deceased": "Deceased",
            }
        },
    ),
}
