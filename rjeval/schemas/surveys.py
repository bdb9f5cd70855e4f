"""Tables of surveys: questionnaires and items, who was asked, what they answered."""

from __future__ import annotations

from rjeval.schemas.columns import Table, category, day, flag, identity, number, text
from rjeval.terms import MissingState, Role, Wave

ROLES = " ".join(Role)
WAVES = " ".join(Wave)
CONSTRUCTS = (
    "overall_satisfaction recommend preparation voice respect neutrality trust_facilitator safety "
    "information accountability_perceived remorse_sincerity agreement_fair fear anger closure "
    "wellbeing ptss agency belonging trust_legal_system skill access"
)
MODES = "in_person video phone hybrid letter"

SURVEY_INVITATION = Table(
    name="survey_invitation",
    title="Survey invitation",
    grain="one row per person and wave that could have been asked; the denominator of response",
    key=("invitation_id",),
    parents=(
        ("case_id", "referral", "case_id"),
        ("instrument_id", "survey_instrument", "instrument_id"),
    ),
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

SURVEY_INSTRUMENT = Table(
    name="survey_instrument",
    title="Questionnaire",
    grain="one row per questionnaire, version and language",
    key=("instrument_id", "version", "language"),
    columns=(
        identity("instrument_id", "Questionnaire", level="R", needed=True),
        text("version", "Version", level="R"),
        day("valid_from", "In use from"),
        category("respondent_role", "Role of those asked", ROLES, level="R"),
        category("wave", "Wave", WAVES, level="R"),
        text("citation", "Source of the questionnaire"),
        number("scale_min", "Lowest answer", "points of the scale", level="R", low=None),
        number("scale_max", "Highest answer", "points of the scale", level="R", low=None),
        text("language", "Language", pattern=r"[a-z]{3}", description="ISO 639-3 code."),
    ),
)

SURVEY_ITEM = Table(
    name="survey_item",
    title="Item of a questionnaire",
    grain="one row per questionnaire, version and item",
    key=("instrument_id", "version", "item_id"),
    parents=(("instrument_id", "survey_instrument", "instrument_id"),),
    columns=(
        identity("instrument_id", "Questionnaire", level="R", needed=True),
        text("version", "Version", level="R"),
        identity("item_id", "Item", level="R", needed=True),
        text(
            "text_hash",
            "Hash of the wording",
            description="Shows a change of wording without copying a text under copyright.",
        ),
        category("construct", "What it measures", CONSTRUCTS, level="R"),
        flag("reverse", "High answers mean less", level="R", outcome=True),
        text("labels", "Answers in words"),
    ),
)
