"""Facts of a case that all its parties share: arm, mode, facilitator, site, days to meeting."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from rjeval.analysis_data import Cohort, Exports
from rjeval.language import mark

#: Meetings at which harm was talked through; preparation and reviews are not.
CONFERENCE_TYPES = ("conference", "circle", "panel", "shuttle", "community_dialogue")
#: Order in which modes are shown; the first that occurs is the reference.
MODES = ("in_person", "video", "phone", "hybrid", "letter")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CaseFacts:
    """``frame``: one row per case, ``case_id, arm, mode, days_to_conference, site_id``.

    ``facilitator_id`` of the first meeting is there where it was recorded of some meeting.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...]


def case_facts(exports: Exports, cohort: Cohort, *, arms: tuple[str, ...]) -> CaseFacts:
    """Return what is known of each case that is analysed."""
    people = cohort.included
    groups = people.groupby("case_id", sort=True)
    frame = pd.DataFrame({"arm": arm_of_case(people, arms=arms)})
    mixed = int((groups["arm"].nunique() > 1).sum())
    meetings = _first_meetings(exports)
    frame = frame.join(meetings, how="left")
    frame["mode"] = pd.Categorical(frame["mode"], categories=list(MODES))
    start = groups[_start_column(people)].min()
    frame["days_to_conference"] = (frame.pop("held_date") - start).dt.days.astype("float64")
    frame["site_id"] = _site(exports, people)
    caveat = mark("Some cases have people of both arms; no arm is ascribed to their parties.")
    return CaseFacts(frame=frame.reset_index(), notes=(caveat,) if mixed else ())


def arm_of_case(people: pd.DataFrame, *, arms: tuple[str, ...]) -> pd.Series:
    """Return each case's arm; missing where its people are of different arms."""
    groups = people.groupby("case_id", sort=True)["arm"]
    arm = groups.first().astype(object).where(groups.nunique() == 1)
    shaped: pd.Series = arm.astype(pd.CategoricalDtype(list(arms)))
    return shaped


def _first_meetings(exports: Exports) -> pd.DataFrame:
    """First held meeting of each case: its day, mode and facilitator."""
    if not exports.has("session"):
        empty = pd.DataFrame({"held_date": pd.Series(dtype="datetime64[ns]"), "mode": []})
        return empty.rename_axis("case_id")
    table = exports.tables["session"]
    held = table[(table["status"] == "held") & table["session_type"].isin(CONFERENCE_TYPES)]
    held = held.sort_values("held_date", kind="stable").drop_duplicates("case_id")
    recorded = "facilitator_id" in held.columns and held["facilitator_id"].notna().any()
    columns = ["held_date", "mode", *(["facilitator_id"] if recorded else [])]
    return held.set_index("case_id")[columns]


def _start_column(people: pd.DataFrame) -> str:
    return "referral_date" if "referral_date" in people.columns else "index_date"


def _site(exports: Exports, people: pd.DataFrame) -> pd.Series:
    if "site_id" in people.columns:
        return people.groupby("case_id")["site_id"].first()
    referral = exports.tables["referral"] if exports.has("referral") else pd.DataFrame()
    if "site_id" not in referral.columns:
        return pd.Series(pd.NA, index=people["case_id"].unique(), dtype="string")
    return referral.groupby("case_id")["site_id"].first()
