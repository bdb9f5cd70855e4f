"""Versions of a questionnaire: which wording a person saw, and where a series breaks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.analysis_data import Exports, Ratings
from rjeval.errors import DataError, GuardError
from rjeval.language import join_notes, named, note
from rjeval.terms import label

#: Columns of ratings that say which version was asked and how it was worded.
VERSION, TEXT_HASH = "version", "text_hash"
#: Stands for a wording that the dates do not settle.
UNSETTLED = "not settled by the dates"


def version_asked(exports: Exports, asked: pd.DataFrame) -> pd.DataFrame:
    """Return the invitations with the version of the questionnaire in use on their day.

    The day is that of the invitation, else the one from which the person could be asked. Without
    dates, or without ``survey_instrument``, the version is known only where there is one.
    Nothing is added where no questionnaire was recorded.
    """
    if not exports.has("survey_item") or "instrument_id" not in asked.columns:
        return asked
    items = exports.tables["survey_item"]
    known = items.reindex(columns=["instrument_id", VERSION]).dropna().drop_duplicates()
    lone = known[~known.duplicated("instrument_id", keep=False)].set_index("instrument_id")
    version = asked["instrument_id"].map(lone[VERSION]).astype("string")
    return asked.assign(**{VERSION: version.fillna(_by_date(exports, asked))})


def _by_date(exports: Exports, asked: pd.DataFrame) -> pd.Series:
    unknown = pd.Series(pd.NA, index=asked.index, dtype="string")
    dates = [name for name in ("invited_date", "eligible_date") if name in asked.columns]
    if not exports.has("survey_instrument") or not dates:
        return unknown
    table = exports.tables["survey_instrument"]
    table = table.reindex(columns=["instrument_id", VERSION, "valid_from"]).dropna()
    starts = table.groupby(["instrument_id", VERSION])["valid_from"].min().reset_index()
    day = asked[dates].bfill(axis=1).iloc[:, 0]
    left = pd.DataFrame({"instrument_id": asked["instrument_id"], "day": pd.to_datetime(day)})
    left = left.dropna().rename_axis("row").reset_index().sort_values("day")
    if left.empty or starts.empty:
        return unknown
    starts["valid_from"] = pd.to_datetime(starts["valid_from"]).astype(left["day"].dtype)
    starts["instrument_id"] = starts["instrument_id"].astype(left["instrument_id"].dtype)
    found = pd.merge_asof(
        left,
        starts.sort_values("valid_from"),
        left_on="day",
        right_on="valid_from",
        by="instrument_id",
    )
    return found.set_index("row")[VERSION].reindex(asked.index).astype("string")


def keep_version(asked: pd.DataFrame, version: str | None) -> pd.DataFrame:
    """Return the invitations with one version of the questionnaire; all where none is named."""
    if version is None:
        return asked
    inside = asked[VERSION].eq(version).fillna(False) if VERSION in asked.columns else None
    if inside is None or not inside.any():
        raise DataError(
            "Nobody of this role and wave was asked with the version named.",
            hint="See survey_instrument for the versions and the days from which they were used.",
        )
    return asked[inside.astype(bool)]


def wording_seen(exports: Exports, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of answers with the hash of the wording that each person saw."""
    if VERSION not in rows.columns or "text_hash" not in exports.tables["survey_item"].columns:
        return rows
    keys = ["instrument_id", VERSION, "item_id"]
    table = exports.tables["survey_item"][[*keys, TEXT_HASH]].dropna(subset=[TEXT_HASH])
    table = table.astype("string").drop_duplicates(keys)
    shaped = rows.astype(dict.fromkeys(keys, "string"))
    settled = shaped[keys].merge(table, on=keys, how="left")[TEXT_HASH].to_numpy()
    # A version that is not known matters only where the versions word the item differently.
    by_item = table.groupby(["instrument_id", "item_id"])[TEXT_HASH].agg(["nunique", "first"])
    alike = by_item["first"].where(by_item["nunique"] == 1, UNSETTLED).rename("alike").reset_index()
    other = shaped[["instrument_id", "item_id"]].merge(
        alike, on=["instrument_id", "item_id"], how="left"
    )["alike"]
    loose = rows[VERSION].isna().to_numpy()
    return rows.assign(**{TEXT_HASH: np.where(loose, other.to_numpy(), settled)})


def reworded_items(*frames: pd.DataFrame) -> tuple[str, ...]:
    """Return items whose answers, in these frames together, were given to different wordings."""
    seen = [
        frame.loc[frame["rating"].notna(), ["item_id", TEXT_HASH]].dropna()
        for frame in frames
        if TEXT_HASH in frame.columns
    ]
    if not seen:
        return ()
    rows = pd.concat(seen, ignore_index=True).drop_duplicates()
    loose = set(rows.loc[rows[TEXT_HASH] == UNSETTLED, "item_id"])
    changed = rows["item_id"].value_counts(sort=False).loc[lambda n: n > 1].index
    return tuple(sorted({*map(str, changed), *map(str, loose)}))


def refuse_broken_series(*ratings: Ratings, item: str | None = None) -> None:
    """Refuse to look for a trend or change across wordings of an item.

    Raises
    ------
    GuardError
        The wording changed.
    """
    frames = [one.frame if item is None else one.of(item) for one in ratings]
    shared = set.intersection(*(set(frame["item_id"]) for frame in frames))
    changed = reworded_items(*(frame[frame["item_id"].isin(shared)] for frame in frames))
    if changed:
        raise GuardError(
            f"{_sentence(changed)}; a difference would be that of the question.",
            hint="Keep to the answers to one version, or show the versions side by side "
            '(satisfaction_shares(..., by="version")) without a trend.',
        )


def pooled_wordings(frame: pd.DataFrame, declared: tuple[str, ...]) -> tuple[str, ...]:
    """Return a note on wordings pooled as the design declares; refuse to pool others.

    Raises
    ------
    GuardError
        An item's wording changed and the design does not declare its versions comparable.
    """
    changed = reworded_items(frame)
    undeclared = tuple(one for one in changed if one not in declared)
    if undeclared:
        raise GuardError(
            f"{_sentence(undeclared)}, so their answers are not pooled.",
            hint="Score one version at a time (version=), or declare the items in "
            "comparable_wordings of [[survey]] where the versions ask the same.",
        )
    if not changed:
        return ()
    return (
        note(
            "The wording of {items} changed within the series; the design declares the versions "
            "comparable.",
            items=join_notes([named(one) for one in changed]),
        ),
    )


def _sentence(items: tuple[str, ...]) -> str:
    return f"The wording of {', '.join(label(one) for one in items)} changed within the series"
