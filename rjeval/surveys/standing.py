"""In what standing harmed parties answer: themselves harmed, by a stand-in, as organisations."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.analysis_data import Exports
from rjeval.schemas.survey_rules import FEELINGS, ORGANISATIONS
from rjeval.surveys.wording import about
from rjeval.terms import MissingState, Role

#: ``direct``: a person or household who was harmed; ``surrogate``: another went in their place;
#: ``organisation``: a business, school, public body or community.
STANDINGS = ("direct", "surrogate", "organisation")
SURROGATE_SENT = "surrogate_sent"


def with_standing(exports: Exports, frame: pd.DataFrame, role: str) -> pd.DataFrame:
    """Return harmed parties' rows with ``party_kind, participation, standing``.

    Answers of organisations to items about fear, anger, stress, closure or well-being are taken
    out: such an item does not apply to them.
    """
    if role != Role.HARMED or not exports.has("harmed_party"):
        return frame
    table = exports.tables["harmed_party"]
    table = table.rename(columns={"harmed_id": "party_id", "kind": "party_kind"})
    keys = [one for one in ("party_id", "case_id") if one in table.columns]
    table = table.reindex(columns=[*keys, "party_kind", "participation"]).drop_duplicates(keys)
    joined = frame.merge(table, on=keys, how="left")
    joined["standing"] = _standing(joined["party_kind"], joined["participation"])
    return _without_feelings(exports, joined)


def standing_note(frame: pd.DataFrame) -> tuple[str, ...]:
    """Say how many organisations and senders of stand-ins are among the people who answered."""
    if "standing" not in frame.columns:
        return ()
    answered = frame[frame["rating"].notna()].drop_duplicates(["party_id", "case_id"])
    counts = answered["standing"].value_counts()
    words = {"organisation": "organisations", "surrogate": "people for whom a stand-in went"}
    parts = [f"{words[one]} ({about(int(counts[one]))})" for one in words if counts[one]]
    if not parts:
        return ()
    return (f"Answers of {' and '.join(parts)} are among these; grouped by standing they part.",)


def _standing(kind: pd.Series, participation: pd.Series) -> pd.Categorical:
    sent = participation.astype(object).eq(SURROGATE_SENT).to_numpy(dtype=bool)
    body = kind.astype(object).isin(ORGANISATIONS).to_numpy(dtype=bool)
    known = kind.notna().to_numpy()
    codes = np.select([sent, body, known], [1, 2, 0], default=-1)
    dtype = pd.CategoricalDtype(list(STANDINGS))
    return pd.Categorical.from_codes(codes.tolist(), dtype=dtype)


def _without_feelings(exports: Exports, frame: pd.DataFrame) -> pd.DataFrame:
    items = set(FEELINGS)
    if exports.has("survey_item"):
        listed = exports.tables["survey_item"].reindex(columns=["item_id", "construct"])
        items |= set(listed.loc[listed["construct"].isin(FEELINGS), "item_id"])
    body = frame["party_kind"].astype(object).isin(ORGANISATIONS)
    idle = body & frame["item_id"].isin(items)
    state = frame["missing_state"].mask(idle, MissingState.NOT_APPLICABLE.value)
    return frame.assign(rating=frame["rating"].mask(idle), missing_state=state)
