"""Invitations and responses become one role's ratings, with arm, mode and case facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from rjeval.analysis_data import Cohort, Exports, Ratings
from rjeval.design.study import StudyDesign, SurveyDesign
from rjeval.errors import DataError, GuardError
from rjeval.language import note
from rjeval.surveys.cases import case_facts
from rjeval.surveys.standing import ANSWERED, add_standing, keep_standing, without_feelings
from rjeval.surveys.versions import (
    keep_version,
    pooled_wordings,
    version_asked,
    wording_seen,
)
from rjeval.surveys.wording import about
from rjeval.terms import MissingState, Role, Wave

#: Invitations that never went out.
NOT_ASKED = ("not_invited", "unsafe_to_contact")
#: Columns of an invitation that stay with its answers where there are such.
CARRIED = (
    "channel",
    "administered_by",
    "instrument_id",
    "version",
    "party_kind",
    "participation",
    "standing",
)
UNKNOWN = MissingState.UNKNOWN.value
#: What is known of a person's answer where there is no response row.
STATE_BY_STATUS = {
    "refused": MissingState.DECLINED.value,
    "no_contact": MissingState.NOT_COLLECTED.value,
    "completed": MissingState.NOT_COLLECTED.value,
    "partial": MissingState.NOT_COLLECTED.value,
}


def score_ratings(  # noqa: PLR0913 - each option says whose answers, to what
    exports: Exports,
    cohort: Cohort,
    *,
    design: StudyDesign,
    role: str = "harmed_party",
    wave: str | None = None,
    items: Sequence[str] | None = None,
    levels: Sequence[str] | None = None,
    version: str | None = None,
    standing: str = "direct",
) -> Ratings:
    """Return one role's answers to the items that the design declares for it.

    Parameters
    ----------
    exports : Exports
        With ``survey_invitation`` and ``survey_response``; ``session``, ``referral`` and
        ``harmed_party`` give mode, site, days and kind of party where they were collected.
    cohort : Cohort
        Cases with at least one person analysed are in; others are left out and counted.
    design : StudyDesign
        ``[[survey]]`` of this role gives items, wave and categories: value 1 is the worst.
    role : str
        One role. Roles are never pooled: a figure for all would speak for none.
    wave, items, levels : optional
        Another wave, or other items of the same people (``"fear"``, asked before and after),
        than the design declares as this role's outcome; ``levels`` names their categories
        where they differ. The first of ``items`` becomes the primary item.
    version : str, optional
        Only people asked with this version of the questionnaire.
    standing : {"direct", "surrogate", "organisation", "all"}
        Of harmed parties: people who were harmed and spoke for themselves; those for whom a
        stand-in went; businesses, schools and the like; or all, to be grouped by ``standing``.
        They are kept apart, because they answer for different things. Where neither kind nor
        participation was recorded of anybody, nobody can be parted.

    Returns
    -------
    Ratings
        One row per person asked and item. Those who did not answer keep a row without a
        rating; ``missing_state`` says why and ``status`` what became of the invitation.
        Added covariates: ``site_id``, ``days_to_conference``, ``facilitator_id``, ``channel``,
        ``administered_by``; for harmed parties ``party_kind``, ``participation`` and
        ``standing``; and, where ``survey_item`` was collected, ``version`` and ``text_hash`` of
        what was asked.

    Raises
    ------
    GuardError
        Several roles were asked for at once; or the wording of an item changed among the
        answers and the design does not declare its versions comparable.
    DesignError
        The design declares no survey for this role.
    DataError
        No invitation table, so that the denominator is unknown; or answers off the scale.

    Notes
    -----
    ``arm`` is that of the case. Where a case has people of both arms it is missing, because a
    shared conference cannot be ascribed to one; such people stay in ungrouped figures.
    ``mode`` is how the case's first held conference, circle, panel, shuttle or dialogue took
    place; where no session was recorded, what the respondent said.
    Answers of organisations about feelings are taken out as not applicable.
    :func:`rjeval.satisfaction_shares` groups by ``standing`` the answers of all.
    A person with two answered invitations for a wave counts once, with the first.
    """
    _refuse_pooling(role)
    survey = _asked_for(design.survey(role), wave=wave, items=items, levels=levels)
    if not exports.has("survey_invitation"):
        raise DataError(
            "No survey_invitation table was collected, so it is unknown how many were asked.",
            hint="Map the list of people invited to survey_invitation; it is the denominator.",
        )
    asked = _invitations(exports, cohort, survey, version=version, standing=standing)
    facts = case_facts(exports, cohort, arms=design.arms.levels)
    frame = _rows(exports, asked.frame, survey).merge(facts.frame, on="case_id", how="left")
    frame = without_feelings(exports, frame)
    frame["mode"] = frame["mode"].fillna(frame.pop("mode_experienced"))
    people = asked.frame
    reworded = pooled_wordings(frame, survey.comparable_wordings)
    return Ratings(
        frame=_ordered_columns(frame),
        role=role,
        levels=survey.levels,
        primary_item=survey.item_id,
        survey=survey,
        top=survey.top,
        n_eligible=asked.n_eligible,
        n_invited=len(people),
        n_responded=int(people["status"].isin(ANSWERED).sum()),
        covariates=tuple(one for one in frame.columns if one not in FIXED_COLUMNS),
        notes=(*asked.notes, *facts.notes, *reworded, *_facilitator_note(people)),
    )


FIXED_COLUMNS = (
    "party_id",
    "case_id",
    "arm",
    "mode",
    "item_id",
    "rating",
    "weight",
    "missing_state",
    "status",
)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Invited:
    frame: pd.DataFrame
    n_eligible: int
    notes: tuple[str, ...]


def _refuse_pooling(role: object) -> None:
    if not isinstance(role, str) or role in {"all", "any", "*"}:
        raise GuardError(
            "Ratings of different roles are never pooled.",
            hint=f"Ask for one role at a time: {', '.join(Role)}.",
        )


def _asked_for(
    survey: SurveyDesign,
    *,
    wave: str | None,
    items: Sequence[str] | None,
    levels: Sequence[str] | None,
) -> SurveyDesign:
    """Return the declared survey with another wave or other items."""
    if wave is not None and wave not in set(Wave):
        raise DataError(f"wave must be one of {', '.join(Wave)}.")
    if items is not None and (isinstance(items, str) or not len(items)):
        raise DataError("items must be a list of item names, such as ['fear', 'anger'].")
    chosen = tuple(items) if items is not None else survey.items
    return replace(
        survey,
        wave=wave or survey.wave,
        items=chosen,
        item_id=survey.item_id if items is None else chosen[0],
        levels=tuple(levels) if levels is not None else survey.levels,
    )


def _invitations(
    exports: Exports,
    cohort: Cohort,
    survey: SurveyDesign,
    *,
    version: str | None,
    standing: str,
) -> _Invited:
    """People asked in this wave, one row each, of cases that are analysed."""
    table = exports.tables["survey_invitation"]
    rows = table[(table["role"] == survey.role) & (table["wave"] == survey.wave)]
    rows = keep_version(version_asked(exports, rows), version)
    inside = rows["case_id"].isin(cohort.included["case_id"])
    outside, rows = int((~inside).sum()), rows[inside]
    rows = rows.assign(rank=_preference(rows)).sort_values("rank", kind="stable")
    once = rows.drop_duplicates("party_id").drop(columns="rank")
    notes = []
    if outside:
        notes.append(
            note(
                "Invitations of cases that are not analysed were left out ({n}).", n=about(outside)
            )
        )
    if len(once) < len(rows):
        more = about(len(rows) - len(once))
        notes.append(note("Further invitations of the same people were left out ({n}).", n=more))
    once = add_standing(exports, once, survey.role)
    answered = once["status"].isin(ANSWERED).to_numpy()
    once, parted = keep_standing(once, standing, answered=answered)
    asked = once[~once["status"].isin(NOT_ASKED)].sort_index()
    return _Invited(frame=asked, n_eligible=len(once), notes=(*parted, *notes))


def _preference(rows: pd.DataFrame) -> np.ndarray:
    """0 for answered invitations, 1 for others that went out, 2 for the rest."""
    answered = rows["status"].isin(ANSWERED).to_numpy()
    unasked = rows["status"].isin(NOT_ASKED).to_numpy()
    return np.where(answered, 0, np.where(unasked, 2, 1))


def _rows(exports: Exports, asked: pd.DataFrame, survey: SurveyDesign) -> pd.DataFrame:
    """One row per person asked and item, with the answer where there is one."""
    kept = [one for one in CARRIED if one in asked.columns]
    people = asked[["invitation_id", "party_id", "case_id", "status", *kept]]
    items = pd.DataFrame({"item_id": list(survey.items)})
    grid = people.merge(items, how="cross")
    answers = _answers(exports, survey)
    rows = grid.merge(answers, on=["invitation_id", "item_id"], how="left")
    value = rows.pop("value").to_numpy(dtype=float, na_value=np.nan)
    rows["rating"] = _categories(value, survey.levels)
    known = rows.pop("responded").notna()
    fallback = rows["status"].astype("string").map(STATE_BY_STATUS).mask(known, UNKNOWN)
    state = rows["missing_state"].astype("string").fillna(fallback.astype("string"))
    rows["missing_state"] = state.mask(pd.Series(~np.isnan(value), index=rows.index))
    rows["weight"] = 1.0
    said = rows.groupby("invitation_id")["mode_experienced"].transform("first")
    rows = wording_seen(exports, rows.assign(mode_experienced=said))
    return rows.drop(columns=["invitation_id", "instrument_id"], errors="ignore")


def _answers(exports: Exports, survey: SurveyDesign) -> pd.DataFrame:
    columns = ["invitation_id", "item_id", "value", "missing_state", "mode_experienced"]
    if not exports.has("survey_response"):
        return pd.DataFrame({name: pd.Series(dtype="string") for name in columns}).assign(
            responded=pd.Series(dtype="string"), value=pd.Series(dtype=float)
        )
    table = exports.tables["survey_response"]
    table = table[table["item_id"].isin(survey.items)]
    table = table.reindex(columns=columns)
    return table.drop_duplicates(["invitation_id", "item_id"]).assign(responded="yes")


def _categories(value: np.ndarray, levels: tuple[str, ...]) -> pd.Categorical:
    """Values 1, 2, ... as ordered categories."""
    given = value[~np.isnan(value)]
    off = int(((given != np.round(given)) | (given < 1) | (given > len(levels))).sum())
    if off:
        raise DataError(
            f"{off} of {len(given)} answers are off the scale 1 to {len(levels)}.",
            hint="Check the item's values in [exports.survey_response] and levels in [[survey]].",
        )
    codes = np.where(np.isnan(value), 0, value).astype(int) - 1
    kind = pd.CategoricalDtype(list(levels), ordered=True)
    return pd.Categorical.from_codes(codes.tolist(), dtype=kind)


def _ordered_columns(frame: pd.DataFrame) -> pd.DataFrame:
    others = [name for name in frame.columns if name not in FIXED_COLUMNS]
    return frame[[*FIXED_COLUMNS, *others]]


def _facilitator_note(people: pd.DataFrame) -> tuple[str, ...]:
    if "administered_by" not in people.columns:
        return ()
    answered = people[people["status"].isin(ANSWERED)]
    n = int((answered["administered_by"] == "facilitator").sum())
    if not n:
        return ()
    return (note("Some answers were collected by the facilitator ({n}).", n=about(n)),)
