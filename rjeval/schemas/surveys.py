"""Tables of surveys: who was asked, and what they answered."""

from __future__ import annotations

from rjeval.schemas.columns import Table, category, day, identity, number, text
from rjeval.terms import MissingState, Role, Wave

ROLES = " ".join(Role)
WAVES = " ".join(Wave)
MODES = "in_person video phone hybrid letter"

SURVEY_INVITATION = Table(
    name="survey_invitation",
    title="Survey invitation",
    grain="one row per person and wave that could have been asked; the denominator of response",
    key=("invitation_id",),
    parents=(("case_id", "referral", "case_id"),),
    columns=(
        identity("invitation_id", "Invitation", level="R", needed=True),
        identity("party_id", "Person asked", level="R", privacy="Q", needed=True),
        category("role", "Role", ROLES, level="R", needed=True),
        identity("case_id", "Case", level="R", privacy="Q"),
        identity("instrument_id", "Questionnaire", level="R"),
        category("wave", "Wave", WAVES, level="R", needed=True),
        day("eligible_date", "Date from which the person could be asked"),
        day("invited_date", "Date asked"),
        category("channel", "How asked", "paper_onsite paper_mail sms_link email phone interview"),
        category(
            "administered_by",
            "Handed out by",
            "facilitator other_staff independent",
            description="The facilitator should not collect feedback on their own service.",
        ),
        category(
            "status",
            "What became of it",
            "completed partial refused no_contact not_invited unsafe_to_contact",
            level="R",
            outcome=True,
        ),
        text("not_invited_reason", "Why not asked"),
    ),
)

SURVEY_RESPONSE = Table(
    name="survey_response",
    title="Survey answer",
    grain="one row per invitation and item",
    key=("invitation_id", "item_id"),
    parents=(("invitation_id", "survey_invitation", "invitation_id"),),
    columns=(
        identity("invitation_id", "Invitation", level="R", needed=True),
        identity("item_id", "Item", level="R", needed=True),
        number("value", "Answer", "points of the item's scale", level="R", outcome=True, low=None),
        text("value_label", "Answer in words"),
        category(
            "missing_state",
            "Why there is no answer",
            " ".join(MissingState),
            level="C",
        ),
        day("answered_date", "Date answered", level="C"),
        category("mode_experienced", "How the person's meeting was held", MODES),
    ),
)
