"""Why people who could have been asked were not: reasons from the invitation table."""

from __future__ import annotations

import pandas as pd

from rjeval.analysis_data import Exports
from rjeval.design.study import StudyDesign
from rjeval.errors import DataError
from rjeval.language import mark, phrase
from rjeval.results import CountTable
from rjeval.surveys.standing import keep_asked
from rjeval.terms import Role

#: Status of invitations that were never sent.
NOT_INVITED = "not_invited"
UNSAFE = "unsafe_to_contact"
OTHER = "other_reasons"
NOT_RECORDED = "not_recorded"
#: Names the commonest reason where all others are too few to stand by themselves.
OR_ANOTHER = mark("{reason}, or another reason")


def count_not_invited(
    exports: Exports, *, design: StudyDesign, standing: str = "direct"
) -> CountTable:
    """Count invitations that were never sent, by role and reason.

    Parameters
    ----------
    exports : Exports
        With ``survey_invitation``.
    design : StudyDesign
        Its disclosure rule says from how many on a reason stands by itself: reasons are free
        text, and one that was written down for a few people would be about these.
    standing : {"direct", "surrogate", "organisation"}
        Which harmed parties are counted, as in :func:`rjeval.response_rates`.

    Returns
    -------
    CountTable
        ``role, reason, n``: invitations of all waves, so that somebody who was not asked twice
        counts twice. Roles in which everybody was asked are not in it. ``unsafe_to_contact`` is
        a reason as others are, ``not_recorded`` that of invitations without one. The rarer
        reasons are counted together as ``other_reasons`` until they are as many, in every role,
        as the rule lets stand alone; where that leaves the commonest alone, with it.

    Raises
    ------
    DataError
        No invitation table, or everybody was asked.

    Examples
    --------
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> from rjeval.analysis_data import Exports
    >>> from rjeval.design.study import StudyDesign
    >>> asked = pd.DataFrame({"role": "harmed_party", "status": "not_invited",
    ...     "not_invited_reason": ["no capacity"] * 30 + ["moved"] * 7 + ["ill"] * 6})
    >>> exports = Exports(tables={"survey_invitation": asked}, accounts=(),
    ...                   ledger=pd.DataFrame(), quality=pd.DataFrame())
    >>> rj.count_not_invited(exports, design=StudyDesign(title="A study", root=Path())).frame
               role         reason   n
    0  harmed_party    no capacity  30
    1  harmed_party  other_reasons  13
    """
    if not exports.has("survey_invitation"):
        raise DataError(
            "No survey_invitation table was collected, so nobody knows who was not asked.",
            hint="Map the list of people invited to survey_invitation.",
        )
    table, notes = keep_asked(exports, exports.tables["survey_invitation"], standing)
    rows = table[table["status"].isin([NOT_INVITED, UNSAFE])]
    if rows.empty:
        raise DataError("Everybody who could be asked was asked, so there are no reasons to count.")
    reason = _reasons(rows)
    frame = pd.DataFrame({"role": rows["role"].to_numpy(dtype=object), "reason": reason})
    frame["reason"] = _merged(frame, design)
    counted = frame.value_counts(sort=False).rename("n").reset_index()
    return CountTable(
        frame=_ordered(counted),
        title=mark("Why people were not asked"),
        dimensions=("role", "reason"),
        what=mark("invitations not sent"),
        notes=notes,
    )


def _reasons(rows: pd.DataFrame) -> pd.Series:
    """Return the reason of each invitation not sent."""
    said = rows.reindex(columns=["not_invited_reason"])["not_invited_reason"].astype("string")
    said = said.str.strip().mask(lambda text: text == "")
    reason = said.fillna(NOT_RECORDED).mask((rows["status"] == UNSAFE).to_numpy(), UNSAFE)
    return reason.reset_index(drop=True).astype(object)


def _merged(frame: pd.DataFrame, design: StudyDesign) -> pd.Series:
    """Return reasons, the rarer ones merged until what is merged can be told in every role."""
    reason: pd.Series = frame["reason"]
    least = design.disclosure.min_cell
    counts = frame.groupby(["reason", "role"]).size()
    most = counts.groupby("reason").max().sort_values(kind="stable")
    merged = list(most.index[most < least])
    rest = list(most.index[most >= least])
    while merged and rest and _is_thin(counts.loc[merged], least):
        merged.append(rest.pop(0))
        if not rest and len(most) > 1:
            named = phrase(OR_ANOTHER, reason=design.label(merged[-1]))
            return reason.mask(reason.isin(merged), named)
    return reason.mask(reason.isin(merged), OTHER)


def _is_thin(counts: pd.Series, least: int) -> bool:
    """Whether these reasons together are too few in some role where they occur."""
    return bool((counts.groupby("role").sum() < least).any())


def _ordered(counted: pd.DataFrame) -> pd.DataFrame:
    """Return roles in their order, reasons from the most frequent, the rest last."""
    last = {OTHER: 1, NOT_RECORDED: 2}
    totals = counted.groupby("reason")["n"].sum()
    keys = pd.DataFrame(
        {
            "role": counted["role"].map({role: i for i, role in enumerate(Role)}),
            "late": counted["reason"].map(lambda one: last.get(str(one), 0)),
            "n": -counted["reason"].map(totals),
            "reason": counted["reason"].astype(str),
        }
    )
    order = keys.sort_values(["role", "late", "n", "reason"]).index
    return counted.loc[order].reset_index(drop=True)
