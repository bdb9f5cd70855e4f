"""Tables of the process: meetings and how they were held."""

from __future__ import annotations

from rjeval.schemas.columns import Table, category, day, flag, identity, number

SESSION = Table(
    name="session",
    title="Meeting",
    grain="one row per meeting of a case, held or not",
    key=("session_id",),
    parents=(("case_id", "referral", "case_id"),),
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
