"""Sheets of the clinic's workbook: meetings, surveys sent, answers."""

from __future__ import annotations

import pandas as pd

from rjeval.simulate.raw_layout import YES_NO, RawFile

WORKBOOK = "rj_clinic_tracker.xlsx"
#: Banner lines above the header of each sheet.
BANNER_LINES = 3

AGREEMENT = ("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree")
FEELING = ("Not at all", "Slightly", "Somewhat", "Very", "Extremely")
MISSING_ANSWERS = {
    "unknown": "Don't know",
    "declined": "Prefer not to say",
    "not_applicable": "Does not apply",
}

FILES: dict[str, RawFile] = {
    "session": RawFile(
        file=WORKBOOK,
        sheet="Sessions",
        dates="",
        columns={
            "session_id": "Session",
            "case_id": "Case No.",
            "session_type": "Session type",
            "scheduled_at": "Planned for",
            "held_date": "Held on",
            "status": "Status",
            "mode": "Held by",
            "mode_reason": "Why video",
            "duration_min": "Minutes",
            "facilitator_id": "Facilitator",
            "platform_problem": "Connection trouble",
        },
        values={
            "session_type": {
                "prep_responsible": "Preparation (client)",
                "prep_harmed": "Preparation (harmed party)",
                "conference": "Conference",
                "circle": "Circle",
                "followup": "Follow-up meeting",
            },
            "status": {
                "held": "Held",
                "cancelled": "Cancelled",
                "no_show_responsible": "Client did not come",
                "no_show_harmed": "Harmed party did not come",
                "postponed": "Postponed",
                "technical_failure": "Technical failure",
            },
            "mode": {"in_person": "In person", "video": "Video"},
            "platform_problem": YES_NO,
        },
    ),
    "survey_invitation": RawFile(
        file=WORKBOOK,
        sheet="Surveys sent",
        dates="%d.%m.%Y",
        columns={
            "invitation_id": "Survey No.",
            "party_id": "Respondent",
            "role": "Role",
            "case_id": "Case No.",
            "instrument_id": "Form",
            "wave": "Before or after",
            "eligible_date": "Due",
            "invited_date": "Sent",
            "channel": "Channel",
            "administered_by": "Handed out by",
            "status": "Result",
            "not_invited_reason": "Why not sent",
        },
        values={
            "role": {"harmed_party": "Harmed party", "responsible_party": "Client"},
            "wave": {"pre": "Before", "post": "After"},
            "status": {
                "completed": "Returned",
                "refused": "Refused",
                "no_contact": "No answer",
                "not_invited": "Not sent",
                "unsafe_to_contact": "Unsafe to contact",
            },
        },
    ),
    "survey_response": RawFile(
        file=WORKBOOK,
        sheet="Survey answers",
        dates="%d.%m.%Y",
        columns={
            "invitation_id": "Survey No.",
            "item_id": "Question",
            "value": "Answer",
            "answered_date": "Date answered",
            "mode_experienced": "Meeting held by",
        },
        values={"mode_experienced": {"in_person": "In person", "video": "Video"}},
    ),
}


def answer_texts(table: pd.DataFrame, *, feelings: tuple[str, ...]) -> pd.Series:
    """Return survey answers in words, with the reason where there is none."""
    feeling = table["item_id"].isin(feelings)
    number = table["value"].fillna(1).astype(int) - 1
    agreed = number.map(dict(enumerate(AGREEMENT)))
    felt = number.map(dict(enumerate(FEELING)))
    words = agreed.where(~feeling, felt)
    return words.where(table["value"].notna(), table["missing_state"].map(MISSING_ANSWERS))
