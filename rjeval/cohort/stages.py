"""Dates of the stages of a programme, and which stages each referral reached.

Whoever consented and withdrew later counts as consented: to leave them out would be to choose
people by what happened after the choice.
"""

from __future__ import annotations

import pandas as pd

from rjeval.analysis_data import Exports
from rjeval.errors import DataError
from rjeval.terms import Clock

#: Meetings in which the parties restore; preparation and follow-up are none.
CONFERENCE_TYPES = ("conference", "circle", "panel")
#: Answers that count as consent.
RESPONSIBLE_YES = ("yes", "withdrawn")
HARMED_YES = ("yes", "surrogate", "no_identifiable_harmed_party")
UNDETERMINED = "undetermined"
#: Columns of the stages, in the order of the programme.
STAGES = (
    "eligible",
    "offered",
    "responsible_consented",
    "harmed_consented",
    "conferenced",
    "completed",
)


def index_dates(referrals: pd.DataFrame, exports: Exports, clock: Clock) -> pd.Series:
    """Return the date that starts each person's follow-up, missing where it is not known.

    A study without ``consent_date`` starts the consent clock at enrolment.

    Raises
    ------
    DataError
        No export has the column that the clock needs.
    """
    if clock is Clock.FIRST_CONFERENCE:
        return first_conferences(referrals, exports)
    name = clock_column(referrals, clock)
    if not _collected(referrals, name):
        raise DataError(
            f"The clock {clock} needs the column {name} of the table referral, which is not there.",
            hint="Map the column, or choose another clock under [[recidivism]].",
        )
    return pd.to_datetime(referrals[name]).dt.normalize()


def clock_column(referrals: pd.DataFrame, clock: Clock) -> str:
    """Return the column that a clock reads; enrolment where there is no date of consent."""
    if clock is Clock.CONSENT and not _collected(referrals, str(clock)):
        return "enrolled_date"
    return str(clock)


def first_conferences(referrals: pd.DataFrame, exports: Exports) -> pd.Series:
    """Return the date of the first conference held in each referral's case."""
    if not exports.has("session"):
        raise DataError(
            "Conferences are asked for, but the study has no table session.",
            hint="Add [exports.session], or choose another clock or population.",
        )
    meetings = exports.tables["session"]
    held = meetings["session_type"].isin(CONFERENCE_TYPES)
    if "status" in meetings.columns:
        held &= meetings["status"].eq("held").fillna(False)
    dates = pd.to_datetime(meetings.loc[held, "held_date"]).dt.normalize()
    first = dates.groupby(meetings.loc[held, "case_id"].astype(str)).min()
    found = referrals["case_id"].astype(str).map(first)
    return pd.to_datetime(found).set_axis(referrals.index)


def stages_reached(referrals: pd.DataFrame, exports: Exports) -> pd.DataFrame:
    """Return one nullable boolean column per stage; missing where the study does not say."""
    reached = {
        "eligible": _equals(referrals, "eligible", ("yes",)),
        "offered": _dated(referrals, "offered_date"),
        "responsible_consented": _equals(referrals, "responsible_consent", RESPONSIBLE_YES),
        "harmed_consented": _equals(referrals, "harmed_consent", HARMED_YES),
        "conferenced": _unknown(referrals),
        "completed": _equals(referrals, "exit_status", ("completed",)),
    }
    if exports.has("session"):
        held = first_conferences(referrals, exports).notna()
        reached["conferenced"] = held.astype("boolean")
    return pd.DataFrame(reached, index=referrals.index)


def _collected(referrals: pd.DataFrame, column: str) -> bool:
    """Whether the study has the column, with something in it."""
    return column in referrals.columns and bool(referrals[column].notna().any())


def _unknown(referrals: pd.DataFrame) -> pd.Series:
    return pd.Series(pd.NA, index=referrals.index, dtype="boolean")


def _equals(referrals: pd.DataFrame, column: str, values: tuple[str, ...]) -> pd.Series:
    """Whether a category is one of these; missing stays missing."""
    if column not in referrals.columns:
        return _unknown(referrals)
    given = referrals[column]
    return given.isin(values).astype("boolean").mask(given.isna() | given.eq(UNDETERMINED))


def _dated(referrals: pd.DataFrame, column: str) -> pd.Series:
    if not _collected(referrals, column):
        return _unknown(referrals)
    return referrals[column].notna().astype("boolean")
