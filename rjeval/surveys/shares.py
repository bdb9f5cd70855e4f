"""How answers are shared out: top categories with intervals, distribution, bounds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.analysis_data import Ratings
from rjeval.errors import EstimationError
from rjeval.language import category, join_notes, note
from rjeval.results import RatingShares
from rjeval.surveys.proportions import wilson_interval
from rjeval.surveys.response import REFUSE_RESPONSE, WARN_RESPONSE
from rjeval.surveys.wording import about
from rjeval.terms import MissingState


def satisfaction_shares(
    ratings: Ratings,
    *,
    by: str | None = None,
    item: str | None = None,
    conf_level: float = 0.95,
) -> RatingShares:
    """Return the share of answers in the top categories, per item and group.

    Parameters
    ----------
    ratings : Ratings
        One role's answers.
    by : str, optional
        Column that groups, such as ``"arm"`` or ``"mode"``. Rows without a group are left out,
        and a note says how many. Where harmed parties stand apart (``"standing"``), those of all
        standings are nowhere added up: ``n_invited`` and ``n_responded`` stay empty.
    item : str, optional
        One item; all items, the primary one first, where not given.
    conf_level : float
        Level of the Wilson interval.

    Returns
    -------
    RatingShares
        Per item: ``n`` answers, ``n_top`` of them in the top categories, their share with
        interval, people per category, and the mean score (1 is the worst category).
        ``bound_low`` and ``bound_high`` count everybody asked who did not answer as
        dissatisfied, and as satisfied; an item that did not apply to a person is no
        non-response. Where less than 30 % of the people asked answered, ``estimate`` and its
        interval and ``mean`` are NaN: no headline is given, the bounds are.

    Raises
    ------
    EstimationError
        No such column or item, or nobody was asked.

    Notes
    -----
    With weights, share and mean are weighted, and the Wilson interval uses the effective
    number of answers ``(sum w)^2 / sum w^2`` (Kish 1965); whole-number weights count people.
    Wilson (1927), doi 10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> answers = pd.DataFrame({"rating": ["1"] * 2 + ["4"] * 18 + ["5"] * 23 + [None] * 7})
    >>> given = rj.ratings(answers, rating="rating", levels=["1", "2", "3", "4", "5"])
    >>> shares = rj.satisfaction_shares(given).to_frame()
    >>> shares[["n", "n_top", "conf_low", "conf_high", "bound_low", "bound_high"]].round(3)
        n  n_top  conf_low  conf_high  bound_low  bound_high
    0  43     41     0.845      0.987       0.82        0.96
    """
    rows = _rows(ratings, by, item)
    names = [by, "item_id"] if by else ["item_id"]
    groups = rows.groupby(names, observed=True, sort=True, dropna=True)
    pieces = [
        _share(part, ratings, conf_level=conf_level) | dict(zip(names, _key(key), strict=True))
        for key, part in groups
    ]
    frame = _arrange(pd.DataFrame(pieces), ratings, by)
    lost = (
        0
        if by is None
        else int(rows.loc[rows["item_id"] == rows["item_id"].iloc[0], by].isna().sum())
    )
    return RatingShares(
        frame=frame.drop(columns="response"),
        by=by or "",
        role=ratings.role,
        levels=ratings.levels,
        top=ratings.top,
        conf_level=conf_level,
        n_invited=None if by == "standing" else ratings.n_invited,
        n_responded=None if by == "standing" else ratings.n_responded,
        primary_item=ratings.primary_item,
        standing=_one_standing(rows),
        notes=(*ratings.notes, *_response_notes(frame, by), *_lost_note(lost, by)),
    )


def _rows(ratings: Ratings, by: str | None, item: str | None) -> pd.DataFrame:
    rows = ratings.frame if item is None else ratings.of(item)
    if by is not None and by not in rows.columns:
        raise EstimationError(
            f"The ratings have no column {by}.", hint=f"Columns: {', '.join(rows.columns)}."
        )
    if rows.empty or (by is not None and rows[by].isna().all()):
        raise EstimationError("Nobody was asked this item in any group, so nothing is shared out.")
    return rows


def _one_standing(rows: pd.DataFrame) -> str:
    """Return the standing of harmed parties where only one is among them."""
    if "standing" not in rows.columns:
        return ""
    found = rows["standing"].dropna().unique()
    return str(found[0]) if len(found) == 1 else ""


def _key(key: object) -> tuple[object, ...]:
    return key if isinstance(key, tuple) else (key,)


def _share(rows: pd.DataFrame, ratings: Ratings, *, conf_level: float) -> dict[str, object]:
    """Numbers of one item in one group."""
    codes = rows["rating"].cat.codes.to_numpy()
    weight = rows["weight"].to_numpy(dtype=float)
    frequency = bool((weight == np.round(weight)).all())
    people = weight if frequency else np.ones(len(weight))
    answered, k = codes >= 0, len(ratings.levels)
    top = codes >= k - ratings.top
    silent = ~answered & _counts_as_asked(rows)
    n = people[answered].sum()
    w = weight[answered]
    size = n if frequency else w.sum() ** 2 / (w**2).sum() if n else 0.0
    p = weight[top].sum() / w.sum() if w.sum() > 0 else np.nan
    share, low, high = wilson_interval(p * size, size, conf_level=conf_level)
    asked = w.sum() + weight[silent].sum()
    headline = _has_headline(ratings, n, people[silent].sum())
    blank = np.nan if not headline else 1.0
    levels = {f"n_level_{i + 1}": round(people[codes == i].sum()) for i in range(k)}
    return {
        "n": round(n),
        "n_top": round(people[top].sum()),
        "estimate": float(share) * blank,
        "conf_low": float(low) * blank,
        "conf_high": float(high) * blank,
        **levels,
        "mean": float(w @ (codes[answered] + 1) / w.sum()) * blank if n else np.nan,
        "bound_low": weight[top].sum() / asked if asked else np.nan,
        "bound_high": (weight[top].sum() + weight[silent].sum()) / asked if asked else np.nan,
        "response": n / (n + people[silent].sum()) if n + people[silent].sum() else np.nan,
    }


def _counts_as_asked(rows: pd.DataFrame) -> np.ndarray:
    if "missing_state" not in rows.columns:
        return np.ones(len(rows), dtype=bool)
    applies = rows["missing_state"].astype(object) != MissingState.NOT_APPLICABLE.value
    return applies.to_numpy(dtype=bool)


def _has_headline(ratings: Ratings, n: float, silent: float) -> bool:
    """Whether enough of the people asked answered; a flat table may not know who was asked."""
    if ratings.n_invited is None or n + silent == 0:
        return True
    return bool(n / (n + silent) >= REFUSE_RESPONSE)


def _arrange(frame: pd.DataFrame, ratings: Ratings, by: str | None) -> pd.DataFrame:
    """Put the primary item first, then the design's order."""
    declared = ratings.survey.items if ratings.survey is not None else ()
    order = dict.fromkeys([ratings.primary_item, *declared, *frame["item_id"]])
    rank = {item: i for i, item in enumerate(order)}
    frame = frame.assign(rank=frame["item_id"].map(rank)).sort_values("rank", kind="stable")
    frame["item"] = [ratings.wording(item) for item in frame["item_id"]]
    first = [by, "item_id", "item"] if by else ["item_id", "item"]
    rest = [name for name in frame.columns if name not in {*first, "rank"}]
    return frame[[*first, *rest]].reset_index(drop=True)


def _response_notes(frame: pd.DataFrame, by: str | None) -> tuple[str, ...]:
    notes = []
    groups = [category(one) for one in frame[by]] if by else [""] * len(frame)
    where = [
        join_notes(one for one in pair if one) for pair in zip(frame["item"], groups, strict=True)
    ]
    for place, response, estimate in zip(where, frame["response"], frame["estimate"], strict=True):
        if response < REFUSE_RESPONSE and np.isnan(estimate):
            notes.append(note("No headline for {where}: fewer than 30% answered.", where=place))
        elif response < WARN_RESPONSE:
            notes.append(
                note(
                    "{where}: fewer than half answered; the rest may think otherwise.", where=place
                )
            )
    return tuple(notes)


def _lost_note(n: int, by: str | None) -> tuple[str, ...]:
    if not n:
        return ()
    return (note("People without a recorded {by} are left out ({n}).", by=by, n=about(n)),)
