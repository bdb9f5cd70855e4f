"""Tables of the process: charges at referral, meetings, and who came to them."""

from __future__ import annotations

from rjeval.schemas.columns import Table, category, day, flag, identity, number, text, whole

SESSION = Table(
    name="session",
    title="Meeting",
    grain="one row per meeting of a case, held or not",
    key=("session_id",),
    parents=(
        ("case_id", "referral", "case_id"),
        ("facilitator_id", "facilitator", "facilitator_id"),
    ),
    columns=(
        identity("session_id", "Meeting", level="R", needed=True),
        identity("case_id", "Case", level="R", privacy="Q", needed=True),
        category(
            "session_type",
            "Kind of meeting",
            "prep_responsible prep_harmed conference circle panel shuttle followup "
            "agreement_review community_dialogue",
            level="R",
            outcome=True,
        ),
        day("scheduled_at", "Date planned"),
        day("held_date", "Date held", level="C"),
        category(
            "status",
            "What became of the meeting",
            "held cancelled no_show_responsible no_show_harmed postponed technical_failure",
            level="R",
            outcome=True,
        ),
        category(
            "mode",
            "How it was held",
            "in_person video phone hybrid letter",
            level="R",
            outcome=True,
        ),
        category(
            "mode_reason",
            "Why this mode",
            "choice distance custody health safety policy unknown",
            description="Mode is chosen, so its comparison needs the reason.",
        ),
        number("duration_min", "Length", "minutes", level="C"),
        identity("facilitator_id", "Facilitator", privacy="Q"),
        identity("co_facilitator_id", "Second facilitator", privacy="Q"),
        flag("interpreter", "With an interpreter"),
        flag("platform_problem", "Trouble with the platform"),
    ),
)

ATTENDANCE = Table(
    name="attendance",
    title="Attendance",
    grain="one row per meeting and person expected",
    key=("session_id", "party_id"),
    parents=(("session_id", "session", "session_id"),),
    columns=(
        identity("session_id", "Meeting", level="R", needed=True),
        identity("party_id", "Person", level="R", privacy="Q", needed=True),
        category(
            "role",
            "Role",
            "responsible harmed responsible_supporter harmed_supporter community police school "
            "lawyer student_attorney interpreter other",
            level="R",
            outcome=True,
        ),
        flag("attended", "Was there", level="R", outcome=True),
        flag("remote", "From afar"),
    ),
)

REFERRAL_OFFENCE = Table(
    name="referral_offence",
    title="Charge at referral",
    grain="one row per index charge",
    key=("referral_id", "offence_seq"),
    parents=(("referral_id", "referral", "referral_id"),),
    columns=(
        identity("referral_id", "Referral", level="R", needed=True),
        whole("offence_seq", "Number of the charge", "number", level="R", needed=True),
        text("offence_code_raw", "Offence code as recorded"),
        category("code_system", "Code system", "nibrs statute ncic state local ho_cjs none"),
        text("nibrs_code", "NIBRS code", pattern=r"\d{2}[0-9A-Z]"),
        category(
            "offence_group",
            "Group of the offence",
            "person property society group_b status technical traffic civil",
        ),
        category(
            "level",
            "Level",
            "infraction petty misdemeanor felony wobbler summary indictable delinquent_act",
        ),
        flag("attempt", "Attempt"),
        number("chi_days", "Harm weight", "sentencing-guideline days"),
        flag("most_serious", "Most serious charge of the referral"),
        flag("domestic_or_sexual", "Domestic or sexual", privacy="S"),
    ),
)
