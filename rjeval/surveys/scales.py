"""Scales as data: which items, which of them reversed, how scored, and from how many answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from rjeval.analysis_data import Ratings
from rjeval.errors import EstimationError

SCORINGS = ("mean", "sum")
#: Rounding allowance when a share of answered items meets the minimum exactly.
SHARE_ALLOWANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A scale: several items that are meant to say one thing.

    Parameters
    ----------
    name : str
        Name of the score.
    items : tuple of str
        Item ids.
    reverse : tuple of str
        Items for which the best category says the opposite; they are turned round first.
    scoring : {"mean", "sum"}
        ``sum`` is the mean of the answered items times the number of items, so that a missing
        answer does not count as 0.
    minimum : float
        Share of the items that must be answered; with fewer the score is missing.
    lowest : int
        Value of the first category: 1 for ratings, 0 for symptom scales.
    wording : mapping of item to words
        In our own words; the text of published instruments is not copied.
    citation : str
        Where the scoring rule comes from.
    """

    name: str
    items: tuple[str, ...]
    reverse: tuple[str, ...] = ()
    scoring: str = "mean"
    minimum: float = 0.80
    lowest: int = 1
    wording: Mapping[str, str] = field(default_factory=dict)
    citation: str = ""

    def __post_init__(self) -> None:
        unknown = [item for item in self.reverse if item not in self.items]
        if len(set(self.items)) < len(self.items) or not self.items or unknown:
            raise EstimationError(
                f"Scale {self.name}: items must be named once each, reversed ones among them."
            )
        if self.scoring not in SCORINGS or not 0 < self.minimum <= 1:
            raise EstimationError(
                f"Scale {self.name}: scoring must be mean or sum, minimum above 0 and at most 1."
            )


def score_scale(ratings: Ratings, scale: Scale) -> Ratings:
    """Add a scale's score to each person's rows, as a covariate named like the scale.

    Parameters
    ----------
    ratings : Ratings
        With the scale's items.
    scale : Scale
        One of :data:`rjeval.surveys.instruments.SCALES`, or your own.

    Returns
    -------
    Ratings
        The same rows with one more column. A person who answered fewer than ``minimum`` of the
        items (80 % by default) has no score; so the score is on the items' own range.

    Raises
    ------
    EstimationError
        An item was not asked.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> from rjeval.surveys.scales import Scale
    >>> answers = pd.DataFrame({"heard": ["5", "4"], "ignored": ["1", None]})
    >>> given = rj.rating_items(answers, items=["heard", "ignored"], levels=list("12345"))
    >>> scored = rj.score_scale(
    ...     given, Scale(name="voice", items=("heard", "ignored"), reverse=("ignored",)))
    >>> scored.of("heard")["voice"].tolist()
    [5.0, nan]
    """
    values = item_values(ratings, scale)
    answered = values.notna().mean(axis=1)
    score = values.mean(axis=1).where(answered >= scale.minimum - SHARE_ALLOWANCE)
    if scale.scoring == "sum":
        score = score * len(scale.items)
    keys = pd.MultiIndex.from_frame(ratings.frame[["party_id", "case_id"]])
    frame = ratings.frame.assign(**{scale.name: score.reindex(keys).to_numpy()})
    return replace(ratings, frame=frame, covariates=(*ratings.covariates, scale.name))


def item_values(ratings: Ratings, scale: Scale, *, turned: bool = True) -> pd.DataFrame:
    """Return values of the scale's items, one row per person, reversed items turned round."""
    rows = ratings.frame[ratings.frame["item_id"].isin(scale.items)]
    absent = [item for item in scale.items if item not in set(rows["item_id"])]
    if absent:
        raise EstimationError(
            f"Scale {scale.name}: {len(absent)} of {len(scale.items)} items were not asked: "
            f"{', '.join(absent)}.",
            hint="Score the ratings with items= of this scale.",
        )
    codes = rows["rating"].cat.codes.to_numpy().astype(float)
    value = np.where(codes >= 0, codes + scale.lowest, np.nan)
    if turned:
        top = len(ratings.levels) - 1 + 2 * scale.lowest
        value = np.where(rows["item_id"].isin(scale.reverse), top - value, value)
    long = rows[["party_id", "case_id", "item_id"]].assign(value=value)
    if long.duplicated(["party_id", "case_id", "item_id"]).any():
        raise EstimationError(
            "Some people have several rows for one item, so a scale cannot be scored.",
            hint="Give id= a column that names each person once.",
        )
    # A missing case must not lose the person, as pivoting on it would.
    index = pd.MultiIndex.from_frame(long[["party_id", "case_id"]])
    wide = pd.DataFrame(index=index.unique())
    for item in scale.items:
        here = (long["item_id"] == item).to_numpy()
        wide[item] = pd.Series(value[here], index=index[here])
    return wide
