"""In what standing harmed parties answer: themselves harmed, by a stand-in, as organisations."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.analysis_data import Exports
from rjeval.errors import DataError
from rjeval.language import mark, note
from rjeval.schemas.survey_rules import FEELINGS, ORGANISATIONS
from rjeval.surveys.wording import about
from rjeval.terms import MissingState, Role

#: ``direct``: a person or household who was harmed; ``surrogate``: another went in their place;
#: ``organisation``: a business, school, public body or community.
STANDINGS = ("direct", "surrogate", "organisation")
SURROGATE_SENT = "surrogate_sent"
#: Status of invitations answered in full or in part.
ANSWERED = ("completed", "partial")

#: Asks for the answers of all, to be grouped by standing and never pooled.
ALL = "all"
#: What the others are called in a note.
WORDS = {
    "direct": mark("people harmed ({n})"),
    "organisation": mark("organisations ({n})"),
    "surrogate": mark("people for whom a stand-in went ({n})"),
}


def add_standing(exports: Exports, frame: pd.DataFrame, role: str) -> pd.DataFrame:
    """Return rows of harmed parties with ``party_kind, participation, standing``.

    Nothing is added where it was recorded of nobody.
    """
    if role != Role.HARMED or not exports.has("harmed_party"):
        return frame
    table = exports.tables["harmed_party"]
    table = table.rename(columns={"harmed_id": "party_id", "kind": "party_kind"})
    keys = [one for one in ("party_id", "case_id") if one in table.columns]
    table = table.reindex(columns=[*keys, "party_kind", "participation"]).drop_duplicates(keys)
    joined = frame.merge(table, on=keys, how="left")
    joined.index = frame.index
    joined["standing"] = _standing(joined["party_kind"], joined["participation"])
    return joined if joined["standing"].notna().any() or frame.empty else frame


def keep_standing(
    rows: pd.DataFrame, standing: str, *, answered: np.ndarray
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the rows of one standing, and a note on the people who answered in another.

    Those of whom nothing was recorded stay with the people harmed, also where the answers of
    all are asked for, and a note says so.

    Raises
    ------
    DataError
        Nobody has the standing asked for, or there is no such standing.
    """
    if standing not in (*STANDINGS, ALL):
        raise DataError(f"standing must be one of {', '.join((*STANDINGS, ALL))}.")
    if "standing" not in rows.columns:
        return rows, ()
    if standing == ALL:
        told = _unknown_note(rows["standing"].isna().to_numpy() & answered)
        return rows.assign(standing=rows["standing"].fillna(STANDINGS[0])), told
    own = (rows["standing"] == standing).to_numpy(dtype=bool)
    unknown = rows["standing"].isna().to_numpy() & (standing == STANDINGS[0])
    if not (own | unknown).any() and len(rows):
        raise DataError(
            f"No harmed party who was asked has the standing {standing}.",
            hint='Look at kind and participation in harmed_party, or ask for standing="all" and '
            "group by standing.",
        )
    others = rows.loc[~own & answered, "standing"].value_counts()
    parts = [note(words, n=about(int(others[one]))) for one, words in WORDS.items() if others[one]]
    notes: list[str] = []
    if parts:
        who = parts[0]
        if len(parts) > 1:
            who = note("{first} and {last}", first=parts[0], last=parts[-1])
        notes.append(note("Answers of {who} are not among these: they stand apart.", who=who))
    notes += _unknown_note(unknown & answered)
    return rows[own | unknown], tuple(notes)


def _unknown_note(unknown: np.ndarray) -> tuple[str, ...]:
    """Return a note on those who answered and of whom it was not recorded who they were."""
    if not unknown.any():
        return ()
    return (
        note(
            "Of some who answered ({n}) it was not recorded whether they were people or "
            "organisations; they are among the people harmed.",
            n=about(int(unknown.sum())),
        ),
    )


def keep_asked(
    exports: Exports, rows: pd.DataFrame, standing: str
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return invitations of all roles, of harmed parties only those of one standing.

    With ``"all"``, only invitations of harmed parties are left, with their ``standing``.

    Raises
    ------
    DataError
        As for :func:`keep_standing`; with ``"all"``, where no standing was recorded.
    """
    rows = rows.reset_index(drop=True)
    harmed = (rows["role"] == Role.HARMED).to_numpy(dtype=bool)
    parties = add_standing(exports, rows[harmed], Role.HARMED)
    if standing == ALL and "standing" not in parties.columns:
        raise DataError(
            "It was recorded of no harmed party who was asked whether they were people or "
            "organisations.",
            hint="Map kind and participation in harmed_party.",
        )
    answered = parties["status"].isin(ANSWERED).to_numpy()
    parties, notes = keep_standing(parties, standing, answered=answered)
    if standing == ALL:
        return parties, notes
    kept = ~harmed
    kept[parties.index] = True
    return rows[kept], notes


def without_feelings(exports: Exports, frame: pd.DataFrame) -> pd.DataFrame:
    """Take out answers of organisations about fear, anger, stress, closure or well-being.

    Such an item does not apply to them.
    """
    if "party_kind" not in frame.columns:
        return frame
    items = set(FEELINGS)
    if exports.has("survey_item"):
        listed = exports.tables["survey_item"].reindex(columns=["item_id", "construct"])
        items |= set(listed.loc[listed["construct"].isin(FEELINGS), "item_id"])
    body = frame["party_kind"].astype(object).isin(ORGANISATIONS)
    idle = body & frame["item_id"].isin(items)
    state = frame["missing_state"].mask(idle, MissingState.NOT_APPLICABLE.value)
    return frame.assign(rating=frame["rating"].mask(idle), missing_state=state)


def _standing(kind: pd.Series, participation: pd.Series) -> pd.Categorical:
    sent = participation.astype(object).eq(SURROGATE_SENT).to_numpy(dtype=bool)
    body = kind.astype(object).isin(ORGANISATIONS).to_numpy(dtype=bool)
    known = kind.notna().to_numpy()
    codes = np.select([sent, body, known], [1, 2, 0], default=-1)
    dtype = pd.CategoricalDtype(list(STANDINGS))
    return pd.Categorical.from_codes(codes.tolist(), dtype=dtype)
