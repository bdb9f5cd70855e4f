"""Tables of the programme itself: its sites and versions, its people, its cost."""

from __future__ import annotations

from rjeval.schemas.columns import (
    Column,
    Table,
    category,
    day,
    identity,
    number,
    text,
    whole,
)

PROGRAM = Table(
    name="program",
    title="Programme",
    grain="one row per programme, site and version",
    key=("program_id", "site_id", "model_version"),
    columns=(
        identity("program_id", "Programme", level="R", needed=True),
        identity(
            "site_id", "Site", level="R", privacy="Q", description="Small sites identify people."
        ),
        category(
            "host_type",
            "Host",
            "law_school_clinic legal_aid nonprofit prosecutor court probation police school tribal",
            level="R",
        ),
        category(
            "model",
            "Model",
            "vom conference_fgc circle panel_board surrogate letter_shuttle plea_dialogue "
            "community_dialogue",
            level="R",
        ),
        category(
            "intercept",
            "Point of the process at which cases enter",
            "school pre_arrest pre_charge post_charge plea post_adjudication custody reentry "
            "civil_immigration",
            level="R",
            description="Decides which start of follow-up and which outcome make sense.",
        ),
        day("start_date", "First day", level="R"),
        day("end_date", "Last day"),
        text("model_version", "Version of the model", description="Marks a break in a series."),
        day("version_from", "Version in force from"),
        text("eligibility_rule", "Who is eligible, in words", level="R"),
        whole("catchment_population", "People in the catchment", "people"),
        Column(
            name="funding_stream",
            kind="multi",
            title="Funding",
            description="Switches privacy rules on.",
            allowed=("voca", "vawa", "jag", "sca", "title_ii", "state", "foundation", "other"),
            level="R",
        ),
    ),
)

FACILITATOR = Table(
    name="facilitator",
    title="Facilitator",
    grain="one row per facilitator",
    key=("facilitator_id",),
    columns=(
        identity("facilitator_id", "Facilitator", level="R", privacy="Q", needed=True),
        category("kind", "Kind", "staff volunteer student contractor", level="R"),
        day("trained_date", "Date trained"),
        number("hours_training", "Training", "hours"),
        text("languages", "Languages", privacy="Q"),
    ),
)

COST = Table(
    name="cost",
    title="Cost",
    grain="one row per period, category and funder",
    key=(),
    parents=(("program_id", "program", "program_id"),),
    columns=(
        day("period_start", "First day of the period", level="R", needed=True),
        day("period_end", "Last day of the period", level="R", needed=True),
        identity("program_id", "Programme", level="R"),
        category(
            "category",
            "Category",
            "personnel fringe facilitator_contract volunteers_imputed space travel technology "
            "training evaluation indirect startup",
            level="R",
            outcome=True,
        ),
        number("amount", "Amount", "currency of the row", level="R", needed=True, low=None),
        text("currency", "Currency", pattern=r"[A-Z]{3}", description="ISO 4217 code."),
        whole("price_year", "Year of the prices", "year", low=1990, high=2100, level="R"),
        category("cash_or_inkind", "Cash or in kind", "cash in_kind", level="R"),
        text("funder", "Funder"),
    ),
)

COMPARISON_COST = Table(
    name="comparison_cost",
    title="Cost of the usual path",
    grain="one row per path of the usual process",
    key=("pathway",),
    parents=(),
    columns=(
        identity("pathway", "Path", level="R", needed=True),
        number("unit_cost", "Cost of one case", "currency of the row", level="R", needed=True),
        text("source", "Source", level="R"),
        text("currency", "Currency", pattern=r"[A-Z]{3}", description="ISO 4217 code."),
        whole("price_year", "Year of the prices", "year", low=1990, high=2100, level="R"),
    ),
)

CLINIC_MATTER = Table(
    name="clinic_matter",
    title="Matter of the legal clinic",
    grain="one row per matter",
    key=("clinic_matter_id",),
    columns=(
        identity("clinic_matter_id", "Matter", level="R", needed=True),
        category(
            "clinic_type",
            "Clinic",
            "criminal_defence immigration juvenile family housing other",
            level="R",
        ),
        category(
            "service_level",
            "Service",
            "information advice limited_scope full_representation",
            level="R",
        ),
        day("opened", "Date opened", level="R"),
        day("closed", "Date closed"),
        text(
            "closure_outcome",
            "How it closed",
            description="A closing code; the substance of advice is privileged and must be absent.",
        ),
        number("student_hours", "Hours of students", "hours"),
        number("supervisor_hours", "Hours of supervisors", "hours"),
        category(
            "rj_component",
            "Restorative part",
            "none explained referred facilitated in_plea in_sentencing_memo",
            level="R",
        ),
        Column(name="victim_invited", kind="bool", title="Person harmed was invited"),
    ),
)
