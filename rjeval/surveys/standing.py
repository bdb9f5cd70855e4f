"""In what standing harmed parties answer: themselves harmed, by a stand-in, as organisations."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.analysis_data import Exports
from rjeval.errors import DataError
from rjeval.schemas.survey_rules import FEELINGS, ORGANISATIONS
from rjeval.surveys.wording import about
from rjeval.terms import MissingState, Role

#: ``direct``: a person or household who was harmed; ``surrogate``: another went in their place;
#: ``organisation``: a business, school, public body or community.
STANDINGS = ("direct", "surrogate", "organisation")
SURROGATE_SENT = "surrogate_sent"


#: Asks for the answers of all, to be grouped by standing and never pooled.
ALL = "all"
#: What the others are called in a note.
WORDS = {
    "direct": "people harmed",
    "organisation": "organisations",
    "surrogate": "people for whom a stand-in went",
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

    Those of whom nothing was recorded stay with the people harmed, and a note says so.

    Raises
    ------
    DataError
        Nobody has the standing asked for, or there is no such standing.
    """
    if standing not in (*STANDINGS, ALL):
        raise DataError(f"standing must be one of {', '.join((*STANDINGS, ALL))}.")
    if "standing" not in rows.columns or standing == ALL:
        return rows, ()
    own = (rows["standing"] == standing).to_numpy(dtype=bool)
    unknown = rows["standing"].isna().to_numpy() & (standing == STANDINGS[0])
    if not (own | unknown).any() and len(rows):
        raise DataError(
            f"No harmed party who was asked has the standing {standing}.",
            hint='Look at kind and participation in harmed_party, or ask for standing="all" and '
            "group by standing.",
        )
    others = rows.loc[~own & answered, "standing"].value_counts()
    parts = [f"{words} ({about(int(others[one]))})" for one, words in WORDS.items() if others[one]]
    notes = []
    if parts:
        notes.append(f"Answers of {' and '.join(parts)} are not among these: they stand apart.")
    if (unknown & answered).any():
        n = about(int((unknown & answered).sum()))
        notes.append(
            f"Of some who answered ({n}) it was not recorded whether they were people or "
            "organisations; they are among the people harmed."
        )
    return rows[own | unknown], tuple(notes)


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
