"""Response rates by role, wave and group, from the invitation table as denominator."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from rjeval.analysis_data import Exports
from rjeval.design.study import StudyDesign
from rjeval.errors import DataError
from rjeval.language import category, join_notes, note
from rjeval.results import ResponseRates
from rjeval.surveys.proportions import wilson_interval
from rjeval.surveys.standing import ALL, keep_asked
from rjeval.surveys.wording import WAVE_WORDS, about
from rjeval.terms import Role, Wave

#: Below this response a figure carries a warning; below the second none is given.
WARN_RESPONSE = 0.50
REFUSE_RESPONSE = 0.30
COUNTS = ("completed", "partial", "refused", "no_contact", "not_invited")


def response_rates(
    exports: Exports,
    *,
    design: StudyDesign | None = None,
    by: str = "",
    standing: str = "direct",
    conf_level: float = 0.95,
) -> ResponseRates:
    """Return how many were eligible, asked and answered, by role and wave.

    Parameters
    ----------
    exports : Exports
        With ``survey_invitation``.
    design : StudyDesign, optional
        Gives the order of the arms and the labels shown.
    by : str
        A further grouping: a column of ``survey_invitation`` (``"channel"``) or, through the
        case, of ``referral`` (``"arm"``, ``"site_id"``). A case whose referrals differ in it
        counts under no group, and a note says how many invitations that concerns.
    standing : {"direct", "surrogate", "organisation", "all"}
        Which harmed parties are counted: by default people or households who were harmed, as in
        :func:`rjeval.score_ratings`, so that both show the same numbers. ``"all"`` gives harmed
        parties alone, one row for each standing, and takes no ``by``. Other roles have none.
    conf_level : float
        Level of the Wilson interval.

    Returns
    -------
    ResponseRates
        ``estimate`` = (completed + partial) / invited. People not invited (among them those
        whom it was unsafe to contact) are eligible, not invited. Notes name each role and wave
        with less than 50 % response, and those below 30 % for which no headline is given.

    Raises
    ------
    DataError
        No invitation table, no such column, nobody of that standing, or a grouping of all
        standings.
    """
    if not exports.has("survey_invitation"):
        raise DataError(
            "No survey_invitation table was collected, so response rates have no denominator.",
            hint="Map the list of people invited to survey_invitation.",
        )
    if standing == ALL and by:
        raise DataError(
            "Harmed parties of all standings are given by standing and by nothing else.",
            hint="Ask for one standing to group by another column.",
        )
    rows, parted = keep_asked(exports, exports.tables["survey_invitation"], standing)
    by = "standing" if standing == ALL else by
    group = _group(exports, rows, by, design)
    keys = [
        pd.Categorical(rows["role"].to_numpy(dtype=object), categories=list(Role), ordered=True),
        pd.Categorical(rows["wave"].to_numpy(dtype=object), categories=list(Wave), ordered=True),
    ]
    table = pd.DataFrame({"role": keys[0], "wave": keys[1], "status": rows["status"].to_numpy()})
    names = ["role", "wave"]
    ungrouped = 0
    if group is not None:
        table[by], names = group.to_numpy(), [*names, by]
        if isinstance(group.dtype, pd.CategoricalDtype):
            table[by] = pd.Categorical(table[by], categories=group.cat.categories)
        ungrouped = int(table[by].isna().sum())
    frame = _rates(_count(table, names), conf_level)
    return ResponseRates(
        frame=frame,
        by=by,
        conf_level=conf_level,
        notes=(*_response_notes(frame, names), *_group_note(ungrouped, by), *parted),
        standing="" if standing == ALL else _kind_of_harmed(exports, frame, standing),
        labels=dict(design.labels) if design is not None else {},
    )


def _group(
    exports: Exports, rows: pd.DataFrame, by: str, design: StudyDesign | None
) -> pd.Series | None:
    if not by:
        return None
    if by in rows.columns:
        return rows[by]
    referral = exports.tables["referral"] if exports.has("referral") else pd.DataFrame()
    if by not in referral.columns:
        raise DataError(
            f"Neither survey_invitation nor referral has a column {by}.",
            hint="Group by arm, site_id, channel or administered_by.",
        )
    groups = referral.groupby("case_id")[by]
    of_case = groups.first().astype(object).where(groups.nunique() == 1)
    values: pd.Series = rows["case_id"].map(of_case)
    if by == "arm" and design is not None:
        values = values.astype(pd.CategoricalDtype(list(design.arms.levels)))
    return values


def _kind_of_harmed(exports: Exports, frame: pd.DataFrame, standing: str) -> str:
    """Return which harmed parties are counted, where they are and it was recorded."""
    one = pd.DataFrame(exports.tables.get("harmed_party", pd.DataFrame()))
    known = {"kind", "participation"}.intersection(one.columns)
    return standing if known and (frame["role"] == Role.HARMED).any() else ""


def _count(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    status = table["status"].replace({"unsafe_to_contact": "not_invited"})
    flags = pd.DataFrame({f"n_{one}": status == one for one in COUNTS}).astype(int)
    flags["n_eligible"] = 1
    flags["n_invited"] = flags["n_eligible"] - flags["n_not_invited"]
    parts = pd.concat([table[names], flags], axis=1)
    counted = parts.groupby(names, observed=True, sort=True, dropna=True).sum().reset_index()
    order = ["n_eligible", "n_invited", *(f"n_{one}" for one in COUNTS)]
    return counted[[*names, *order]]


def _rates(counts: pd.DataFrame, conf_level: float) -> pd.DataFrame:
    answered = (counts["n_completed"] + counts["n_partial"]).to_numpy(dtype=float)
    invited = counts["n_invited"].to_numpy(dtype=float)
    share, low, high = wilson_interval(answered, invited, conf_level=conf_level)
    return counts.assign(
        role=counts["role"].astype(str),
        wave=counts["wave"].astype(str),
        estimate=share,
        conf_low=low,
        conf_high=high,
    )


def _response_notes(frame: pd.DataFrame, names: list[str]) -> tuple[str, ...]:
    share = frame["estimate"].to_numpy()
    where = np.array([_place(one, names) for one in frame[names].to_dict("records")], dtype=object)
    with np.errstate(invalid="ignore"):
        refused, warned = share < REFUSE_RESPONSE, share < WARN_RESPONSE
    notes = [
        note("Response below 30% ({where}): no headline percentage is given.", where=one)
        for one in where[refused]
    ]
    notes += [
        note(
            "Response below 50% ({where}): those who answered may differ from the rest.", where=one
        )
        for one in where[warned & ~refused]
    ]
    return tuple(notes)


def _place(row: dict[Hashable, Any], names: list[str]) -> str:
    """Return whose answers, of which wave and group, in words."""
    told = (
        note(WAVE_WORDS[row[name]]) if row[name] in WAVE_WORDS else category(row[name])
        for name in names
    )
    return join_notes(told)


def _group_note(n: int, by: str) -> tuple[str, ...]:
    if not n:
        return ()
    return (
        note("Invitations that belong to no single {by} are left out ({n}).", by=by, n=about(n)),
    )
