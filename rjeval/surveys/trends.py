"""Repeated cross-sections: a trend where the samples are alike, a refusal where they are not."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from rjeval.analysis_data import Ratings
from rjeval.errors import EstimationError, GuardError
from rjeval.language import mark, named, note
from rjeval.results import RatingShares
from rjeval.surveys.logistic import logistic_regression
from rjeval.surveys.shares import satisfaction_shares
from rjeval.surveys.versions import refuse_broken_series

#: A sample of this kind speaks for itself alone.
CONVENIENCE = "convenience"
#: Column of the wave as a number, for the test of a straight line.
STEP = "wave_number"
#: What the test of a straight line says of the share.
RISES, FALLS, UNCLEAR = (
    mark("From {by} to {by} the share rises (test of a straight line, {level:.0%} level)."),
    mark("From {by} to {by} the share falls (test of a straight line, {level:.0%} level)."),
    mark(
        "From {by} to {by} the share does not clearly change (test of a straight line, "
        "{level:.0%} level)."
    ),
)


def rating_trend(
    ratings: Ratings,
    *,
    by: str,
    sample_type: str,
    item: str | None = None,
    conf_level: float = 0.95,
) -> RatingShares:
    """Return the share in the top categories at each wave of a repeated survey.

    Different people answer at each wave, so this is a trend of the population sampled, not
    change in people.

    Parameters
    ----------
    ratings : Ratings
        Answers of all waves, with survey weights where there are such.
    by : str
        Column of the wave: a year, or an ordered category.
    sample_type : str
        Column that says how each wave was sampled: ``probability``, ``panel`` or
        ``convenience``.
    item : str, optional
        The item; the primary item where not given.
    conf_level : float
        Level of the Wilson intervals.

    Returns
    -------
    RatingShares
        One row per wave, weighted. A note says whether a straight line on the logit scale speaks
        for a trend.

    Raises
    ------
    GuardError
        The kind of sample changes between waves, or is a convenience sample: differences
        would be those of who was asked. Or the wording changes (column ``text_hash``).
    EstimationError
        Fewer than two waves, or a wave whose kind of sample is not known.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> answers = pd.DataFrame({
    ...     "trust": ["1", "2"] * 2, "year": [2023, 2023, 2024, 2024], "how": "probability",
    ...     "people": [60, 40, 45, 55]})
    >>> given = rj.ratings(answers, rating="trust", levels=["1", "2"], weight="people", top=1)
    >>> trend = rj.rating_trend(given, by="year", sample_type="how")
    >>> trend.frame[["year", "n", "estimate"]]
       year    n  estimate
    0  2023  100      0.40
    1  2024  100      0.55
    >>> trend.notes
    ('From year to year the share rises (test of a straight line, 5% level).',)
    """
    rows = ratings.of(item)
    for name in (by, sample_type):
        if name not in rows.columns:
            raise EstimationError(f"The ratings have no column {name}.")
    _check_samples(rows, by, sample_type)
    refuse_broken_series(ratings, item=item or ratings.primary_item)
    shares = satisfaction_shares(
        replace(ratings, frame=rows), by=by, item=item, conf_level=conf_level
    )
    note = _slope_note(ratings, rows, by=by, item=item, level=conf_level)
    return replace(shares, notes=(*shares.notes, note))


def _check_samples(rows: pd.DataFrame, by: str, sample_type: str) -> None:
    kinds = rows.groupby(by, observed=True)[sample_type].agg(["nunique", "first"])
    if len(kinds) < 2:
        raise EstimationError("A trend needs at least two waves.")
    if rows[sample_type].isna().any():
        raise EstimationError("Of some answers it is unknown how they were sampled.")
    if (kinds["nunique"] > 1).any() or kinds["first"].nunique() > 1:
        raise GuardError(
            "The kind of sample changes between waves, so differences would be those of who was "
            "asked.",
            hint="Show the waves side by side without a trend, or keep to waves sampled alike.",
        )
    if str(kinds["first"].iloc[0]) == CONVENIENCE:
        raise GuardError(
            "Convenience samples speak for themselves alone, so they carry no trend.",
            hint="Show each wave by itself.",
        )


def _slope_note(
    ratings: Ratings, rows: pd.DataFrame, *, by: str, item: str | None, level: float
) -> str:
    """Test a straight line over the waves."""
    column = rows[by]
    if not pd.api.types.is_numeric_dtype(column):
        codes, _ = pd.factorize(column, sort=True)
        column = pd.Series(codes, index=rows.index)
    stepped = replace(ratings, frame=rows.assign(**{STEP: column.astype(float)}))
    fit = logistic_regression(stepped, STEP, item=item, conf_level=level)
    slope = fit.frame.iloc[-1]
    said = UNCLEAR
    if slope["p_value"] < 1 - level:
        said = RISES if slope["estimate"] > 0 else FALLS
    return note(said, by=named(by, lower=True), level=1 - level)
