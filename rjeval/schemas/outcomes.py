"""Tables of outcomes: records checks, what was found, and when people were not at risk."""

from __future__ import annotations

from rjeval.schemas.columns import Table, category, day, flag, identity, number, text
from rjeval.terms import ExitReason

SOURCES = (
    "state_repository local_court juvenile_court adult_court probation police fbi multi_state "
    "self_report"
)

RECORDS_CHECK = Table(
    name="records_check",
    title="Records check",
    grain="one row per person, source and pull; the denominator of every outcome",
    key=("check_id",),
    parents=(("person_id", "person", "person_id"),),
    columns=(
        identity("check_id", "Check", level="R", needed=True),
        identity("person_id", "Person", level="R", privacy="Q", needed=True),
        category("source", "Source", SOURCES, level="R", outcome=True),
        text("jurisdiction", "Jurisdiction"),
        day("run_date", "Date of the pull", level="R"),
        day("coverage_from", "Records searched from", level="R", outcome=True),
        day("coverage_to", "Records searched to", level="R", needed=True),
        flag("juvenile_covered", "Juvenile records searched"),
        flag("adult_covered", "Adult records searched"),
        category(
            "match_status",
            "What the search found",
            "matched_record matched_no_record no_match ambiguous not_searchable_sealed not_run",
            level="R",
            outcome=True,
        ),
        category("match_method", "How matched", "exact_id deterministic probabilistic manual"),
        number("match_score", "Match score", "0 to 1", high=1),
    ),
)

FOLLOWUP_EVENT = Table(
    name="followup_event",
    title="Event in the records",
    grain="one row per charge or technical event, before or after the index date",
    key=("event_id",),
    parents=(
        ("person_id", "person", "person_id"),
        ("check_id", "records_check", "check_id"),
    ),
    columns=(
        identity("event_id", "Event", level="R", needed=True),
        identity("person_id", "Person", level="R", privacy="Q", needed=True),
        identity(
            "incident_key",
            "Incident",
            level="C",
            privacy="Q",
            description="Charges of one incident are one reoffence.",
        ),
        day("offence_date", "Date of the offence", level="R", outcome=True),
        day("arrest_date", "Date of arrest", outcome=True),
        day("filing_date", "Date of filing", outcome=True),
        day("disposition_date", "Date of the disposition", outcome=True),
        category(
            "disposition",
            "Disposition",
            "pending dismissed acquitted diverted adjudicated convicted revoked sealed "
            "transferred unknown",
            level="R",
            outcome=True,
        ),
        category(
            "event_kind",
            "Kind of event",
            "new_offence technical_violation status_offence traffic_infraction warrant_fta civil",
            level="R",
            outcome=True,
        ),
        text("offence_code_raw", "Offence code as recorded"),
        category("code_system", "Code system", "nibrs statute ncic state local ho_cjs none"),
        text("nibrs_code", "NIBRS code", pattern=r"\d{2}[0-9A-Z]"),
        category(
            "level",
            "Level",
            "infraction petty misdemeanor felony wobbler summary indictable delinquent_act",
            level="C",
            outcome=True,
        ),
        category(
            "offence_group",
            "Group of the offence",
            "person property society group_b status technical traffic civil",
        ),
        number("chi_days", "Harm weight", "sentencing-guideline days"),
        text("jurisdiction", "Jurisdiction"),
        identity("check_id", "Check that found it"),
    ),
)

EXPOSURE = Table(
    name="exposure",
    title="Time not at risk, and departures",
    grain="one row per interval of a person",
    key=(),
    parents=(("person_id", "person", "person_id"),),
    columns=(
        identity("person_id", "Person", level="R", privacy="Q", needed=True),
        day("from", "From", level="R", privacy="Q", needed=True),
        day("to", "To", privacy="Q", outcome=True, description="Missing while it lasts."),
        category(
            "state",
            "State",
            "at_liberty detained_pretrial custody residential hospital left_jurisdiction deceased",
            level="R",
            privacy="S",
            needed=True,
            description="Deportation is left_jurisdiction; its reason is not stored.",
        ),
        text("source", "Source"),
    ),
)

FOLLOW_UP = Table(
    name="follow_up",
    title="Follow-up as durations",
    grain="one row per person (or person and case), where a study brings days and not dates",
    key=("person_id", "case_id"),
    columns=(
        identity("person_id", "Person", level="R", privacy="Q", needed=True),
        identity("case_id", "Case", privacy="Q"),
        text("arm", "Arm", level="C", description="One of the arms that the design declares."),
        number(
            "time_days", "Time from the index date", "days", level="R", needed=True, outcome=True
        ),
        category(
            "exit_reason", "Why observation ended", " ".join(ExitReason), level="R", needed=True
        ),
        number("entry_days", "Start of observation", "days", description="0 where missing."),
        number(
            "observable_days",
            "Time for which the person could have been followed",
            "days",
        ),
    ),
)
