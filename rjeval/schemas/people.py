"""Tables of people: the responsible person, the referral, the person harmed."""

from __future__ import annotations

from dataclasses import replace

from rjeval.schemas.columns import (
    Column,
    Table,
    category,
    day,
    flag,
    identity,
    number,
    text,
    whole,
)

PERSON = Table(
    name="person",
    title="Responsible party",
    grain="one row per person who caused harm, across all their referrals",
    key=("person_id",),
    columns=(
        identity("person_id", "Person", level="R", privacy="Q", needed=True),
        whole(
            "birth_year",
            "Year of birth",
            "year",
            low=1900,
            high=2100,
            level="C",
            privacy="Q",
            description="Or age_at_referral in referral; a full date of birth must be absent.",
        ),
        category("gender", "Gender", "woman man nonbinary other unknown", privacy="Q"),
        Column(
            name="race_ethnicity",
            kind="multi",
            title="Race and ethnicity",
            description="OMB SPD-15 (2024) categories, several allowed.",
            allowed=(
                "AIAN",
                "Asian",
                "Black",
                "Hispanic_Latino",
                "MENA",
                "NHPI",
                "White",
                "multiracial",
                "other",
                "unknown",
                "declined",
            ),
            privacy="QS",
        ),
        text(
            "zip3",
            "First three digits of the postcode",
            privacy="Q",
            pattern=r"\d{3}",
            description="000 where the area has 20,000 people or fewer.",
        ),
        text(
            "primary_language",
            "First language",
            privacy="Q",
            pattern=r"[a-z]{3}",
            description="ISO 639-3 code.",
        ),
        whole(
            "prior_arrests", "Arrests before the index offence", "arrests", level="C", privacy="S"
        ),
        whole(
            "prior_adjudications",
            "Adjudications before the index offence",
            "adjudications",
            level="C",
            privacy="S",
        ),
        whole("age_first_contact", "Age at first contact", "years", high=120, privacy="Q"),
        text(
            "risk_tool",
            "Risk tool and version",
            privacy="S",
            description="Scores of different tools are not comparable.",
        ),
        number("risk_score", "Risk score", "points of the tool", low=None, privacy="S"),
        text("risk_level", "Risk level", privacy="S"),
        flag("first_entry", "First referral ever"),
    ),
)

REFERRAL = Table(
    name="referral",
    title="Referral",
    grain="one row per person and referral; the unit of analysis",
    key=("referral_id",),
    parents=(
        ("person_id", "person", "person_id"),
        ("program_id", "program", "program_id"),
        ("clinic_matter_id", "clinic_matter", "clinic_matter_id"),
    ),
    columns=(
        identity("referral_id", "Referral", level="R", needed=True),
        identity("person_id", "Person", level="R", privacy="Q", needed=True),
        identity(
            "case_id",
            "Case",
            level="R",
            privacy="Q",
            description="Incident or conference; people who were responsible together share it.",
        ),
        identity("program_id", "Programme", level="R"),
        identity("site_id", "Site", privacy="Q", description="Small sites identify people."),
        day("incident_date", "Date of the index offence", level="C", privacy="Q"),
        day("arrest_or_citation_date", "Date of arrest or citation", privacy="Q"),
        day(
            "received_date",
            "Date on which the referring office received the case",
            privacy="Q",
        ),
        day(
            "referral_date",
            "Date of referral",
            level="R",
            privacy="Q",
            needed=True,
            description="Default start of follow-up.",
        ),
        category(
            "referral_source",
            "Referred by",
            "police prosecutor court probation school defence_clinic self victim_services other",
            level="R",
        ),
        category("eligible", "Eligible", "yes no undetermined", level="R", outcome=True),
        text("ineligible_reason", "Why not eligible", level="C"),
        day("offered_date", "Date of the offer"),
        category(
            "responsible_consent",
            "Consent of the responsible person",
            "yes no withdrawn no_contact",
            level="R",
            outcome=True,
        ),
        category(
            "harmed_consent",
            "Consent of the person harmed",
            "yes no surrogate no_contact no_identifiable_harmed_party",
            level="R",
            outcome=True,
        ),
        day("enrolled_date", "Date of enrolment", level="C"),
        day("consent_date", "Date of consent"),
        day("random_date", "Date of random assignment", level="C"),
        category("random_arm", "Arm drawn at random", "rj control none", level="C", outcome=True),
        category("arm", "Arm", "rj comparison", level="R", outcome=True),
        category(
            "comparison_type",
            "Kind of comparison",
            "none rct_control willing_harmed_declined eligible_not_referred other_site "
            "historical predicted",
            level="C",
        ),
        day("exit_date", "Date of exit", level="C"),
        category(
            "exit_status",
            "How the referral ended",
            "completed partial not_completed_noncompliance withdrew_responsible withdrew_harmed "
            "new_offence transferred died moved open",
            level="C",
        ),
        category(
            "legal_disposition",
            "What became of the charge",
            "not_filed dismissed reduced plea adjudicated convicted returned_to_court pending n_a",
            privacy="S",
        ),
        day("release_date", "Date of release from custody"),
        whole(
            "age_at_referral",
            "Age at referral",
            "years",
            low=8,
            high=120,
            level="R",
            privacy="Q",
            description="90 and more may be written as 90.",
        ),
        category(
            "offence_group",
            "Group of the index offence",
            "person property society group_b status technical traffic civil",
        ),
        category(
            "offence_level",
            "Level of the index offence",
            "infraction petty misdemeanor felony wobbler summary indictable delinquent_act",
        ),
        identity(
            "incident_key",
            "Key of the index incident",
            privacy="Q",
            description="Follow-up events of the same incident are not reoffences.",
        ),
        identity("clinic_matter_id", "Matter of the legal clinic"),
    ),
)

HARMED_PARTY = Table(
    name="harmed_party",
    title="Harmed party",
    grain="one row per harmed person or organisation and case",
    key=("harmed_id", "case_id"),
    parents=(("case_id", "referral", "case_id"),),
    columns=(
        identity("harmed_id", "Harmed party", level="R", privacy="Q", needed=True),
        identity("case_id", "Case", level="R", privacy="Q", needed=True),
        category(
            "kind",
            "Kind of harmed party",
            "person household business school public_body community",
            level="R",
        ),
        flag("is_minor", "Under 18", privacy="Q"),
        category(
            "age_band",
            "Age band",
            "0-12 13-17 18-24 25-59 60+",
            privacy="Q",
            description="Age bands of the federal victim-assistance forms.",
        ),
        category(
            "relationship",
            "Relationship to the responsible person",
            "stranger acquaintance family intimate classmate employee_employer other",
            privacy="S",
        ),
        category(
            "participation",
            "How the harmed party took part",
            "direct surrogate_sent indirect_letter statement_only informed_only declined "
            "unreachable",
            level="R",
            outcome=True,
        ),
        day("offered_date", "Date of the offer"),
        day("decision_date", "Date of the decision"),
        flag("safety_plan", "Safety plan made", privacy="S"),
        flag(
            "funded_by_voca",
            "Service funded under the Victims of Crime Act",
            description="Rows so funded may never be exported one by one.",
        ),
    ),
)


def _comparison_columns() -> tuple[Column, ...]:
    """Return the columns of person and referral, each once; nothing but the person is needed."""
    seen = {one.name: one for one in (*PERSON.columns, *REFERRAL.columns)}
    return tuple(replace(one, needed=one.name == "person_id") for one in seen.values())


COMPARISON_PERSON = Table(
    name="comparison_person",
    title="Person of an outside comparison group",
    grain="one row per person who was compared and never referred",
    key=("person_id",),
    columns=(
        *_comparison_columns(),
        day(
            "pseudo_t0",
            "Stand-in for the date of referral",
            level="R",
            needed=True,
            description="Set by the same rule as in the programme; baseline is measured before it.",
        ),
        identity("match_set", "Matched set", privacy="Q"),
        number("weight", "Weight", "people that the row stands for"),
        number("ps", "Propensity score", "0 to 1", high=1),
    ),
)
