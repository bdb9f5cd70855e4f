"""Multiple imputation of covariates of mixed kinds by chained equations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import pandas as pd

from rjeval.analysis_data import Ratings, TimeToEvent
from rjeval.errors import EstimationError, GuardError
from rjeval.surveys.chained import draw_category, draw_number, draw_ordered

DataT = TypeVar("DataT", Ratings, TimeToEvent)
#: A variable missing more often than this is not imputed.
TOO_MUCH_MISSING = 0.5
#: Most levels that a category may have in an imputation model.
MOST_LEVELS = 12
Draw = Callable[[np.random.Generator, np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def impute(
    data: DataT,
    *,
    variables: Sequence[str],
    n_imputations: int = 20,
    seed: int,
    iterations: int = 10,
) -> tuple[DataT, ...]:
    """Fill in missing covariates several times, by draws that carry their uncertainty.

    Parameters
    ----------
    data : Ratings or TimeToEvent
        It is not changed.
    variables : sequence of str
        All variables of the analysis model, complete ones too: each is predicted from the
        others and from the outcome. Numbers by predictive mean matching, ordered categories by
        proportional odds, other categories and booleans by (multinomial) logit.
    n_imputations : int
        How many filled-in data sets; 20 or more where much is missing.
    seed : int
        Seed of the draws; take it from the design.
    iterations : int
        Rounds through the variables.

    Returns
    -------
    tuple of Ratings or TimeToEvent
        Fit the same model to each, then :func:`rjeval.pool_estimates`. Show the fit to the
        complete cases beside it.

    Raises
    ------
    GuardError
        A variable is missing for more than half of the people.
    EstimationError
        Nothing is missing, a variable is absent or constant, or has more than 12 categories.

    Notes
    -----
    Values are assumed missing at random given the variables and the outcome. For times to an
    event the outcome is the event and the Nelson-Aalen cumulative hazard (White and Royston
    2009, doi 10.1002/sim.3618); for ratings it is the primary item's answer, and people who did
    not answer it are left as they are. Category models have a weak normal prior (variance 25 on
    standardised predictors) against separation. Van Buuren (2018), *Flexible Imputation of
    Missing Data*, doi 10.1201/9780429492259.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rjeval as rj
    >>> rng = np.random.default_rng(1)
    >>> people = pd.DataFrame({"rating": rng.choice(["1", "2"], 90), "age": rng.normal(30, 5, 90)})
    >>> people["site"] = np.where(people["age"] + rng.normal(0, 5, 90) > 30, "A", "B")
    >>> people.loc[:9, "age"] = np.nan
    >>> given = rj.ratings(people, rating="rating", levels=["1", "2"], top=1)
    >>> filled = rj.impute(given, variables=["age", "site"], seed=1, n_imputations=5)
    >>> pooled = rj.pool_estimates([rj.ordinal_regression(one, "age + site") for one in filled])
    >>> pooled.n, list(pooled.coefficients()["term"])
    (90, ['age', 'site[B]'])
    """
    if n_imputations < 2 or iterations < 1:
        raise EstimationError("n_imputations must be 2 or more and iterations 1 or more.")
    rows, outcome = _people_and_outcome(data)
    columns = [_encode(rows, name) for name in variables]
    if not any(column.missing.any() for column in columns):
        raise EstimationError("None of these variables is missing for anybody.")
    seeds = np.random.SeedSequence(seed).spawn(n_imputations)
    filled = [
        _chain(np.random.default_rng(one), columns, outcome, iterations=iterations) for one in seeds
    ]
    return tuple(_put_back(data, rows, columns, values) for values in filled)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class _Column:
    """One variable as numbers or codes, and how it is drawn."""

    name: str
    values: np.ndarray
    missing: np.ndarray
    levels: pd.Index | None
    draw: Draw


def _people_and_outcome(data: Ratings | TimeToEvent) -> tuple[pd.DataFrame, np.ndarray]:
    """Rows that are imputed, one per person, and columns of the outcome as predictors."""
    if isinstance(data, Ratings):
        rows = data.of()
        rows = rows[rows["rating"].notna()]
        codes = rows["rating"].cat.codes.to_numpy()
        levels = np.unique(codes)[1:]
        return rows, (codes[:, None] == levels[None, :]).astype(float)
    rows = data.frame
    event = data.reoffended
    return rows, np.column_stack([event.astype(float), _hazard(rows, event)])


def _hazard(rows: pd.DataFrame, event: np.ndarray) -> np.ndarray:
    """Nelson-Aalen cumulative hazard at each person's own time."""
    time = rows["time_days"].to_numpy(dtype=float)
    entry = rows["entry_days"].to_numpy(dtype=float)
    days = np.unique(time[event])
    at_risk = len(time) - np.searchsorted(np.sort(time), days, side="left")
    at_risk = at_risk - (len(entry) - np.searchsorted(np.sort(entry), days, side="left"))
    count = np.bincount(np.searchsorted(days, time[event]), minlength=len(days))
    total = np.concatenate([[0.0], np.cumsum(count / np.maximum(at_risk, 1))])
    reached: np.ndarray = total[np.searchsorted(days, time, side="right")]
    return reached


def _encode(rows: pd.DataFrame, name: str) -> _Column:
    if name not in rows.columns:
        raise EstimationError(f"The data have no column {name} to impute.")
    column = rows[name]
    missing = column.isna().to_numpy()
    if missing.mean() > TOO_MUCH_MISSING:
        raise GuardError(
            f"{name} is missing for {missing.mean():.0%} of {len(rows)} people; more than half is "
            "not imputed.",
            hint="Leave it out of the model.",
        )
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        values = column.to_numpy(dtype=float, na_value=np.nan)
        kind = None
    else:
        is_factor = isinstance(column.dtype, pd.CategoricalDtype)
        factor = column if is_factor else column.astype("category")
        factor = factor.cat.remove_unused_categories()
        kind = factor.cat.categories
        values = np.where(missing, np.nan, factor.cat.codes.to_numpy())
        if len(kind) > MOST_LEVELS:
            raise EstimationError(
                f"{name} has {len(kind)} categories; at most {MOST_LEVELS} can be imputed.",
                hint="Merge its rarer categories.",
            )
    if not len(values[~missing]) or np.nanmin(values) == np.nanmax(values):
        raise EstimationError(f"{name} has one value only, so it predicts nothing.")
    ordered = kind is not None and getattr(column.dtype, "ordered", False)
    draw = draw_number if kind is None else draw_ordered if ordered else draw_category
    return _Column(name=name, values=values, missing=missing, levels=kind, draw=draw)


def _chain(
    rng: np.random.Generator, columns: list[_Column], outcome: np.ndarray, *, iterations: int
) -> dict[str, np.ndarray]:
    """Start from observed values drawn at random, then go round the variables."""
    values = {}
    for column in columns:
        start = column.values.copy()
        seen = start[~column.missing]
        start[column.missing] = rng.choice(seen, int(column.missing.sum()))
        values[column.name] = start
    incomplete = [column for column in columns if column.missing.any()]
    for _ in range(iterations):
        for column in incomplete:
            others = [_spread(one, values[one.name]) for one in columns if one is not column]
            X = _standardised(np.column_stack([outcome, *others]))
            drawn = column.draw(rng, values[column.name], X, column.missing)
            values[column.name][column.missing] = drawn
    return values


def _spread(column: _Column, values: np.ndarray) -> np.ndarray:
    """Return a number as it is, a category as indicators of all levels but the first."""
    if column.levels is None:
        return values[:, None]
    return (values[:, None] == np.arange(1, len(column.levels))[None, :]).astype(float)


def _standardised(X: np.ndarray) -> np.ndarray:
    """Return columns with mean 0 and standard deviation 1 behind a column of ones."""
    spread = X.std(axis=0)
    kept = spread > 1e-12
    scaled = (X[:, kept] - X[:, kept].mean(axis=0)) / spread[kept]
    return np.column_stack([np.ones(len(X)), scaled])


def _put_back(
    data: DataT, rows: pd.DataFrame, columns: list[_Column], values: dict[str, np.ndarray]
) -> DataT:
    """Return the data with the missing cells filled, on every row of the person."""
    frame = data.frame.copy()
    same = isinstance(data, TimeToEvent)
    keys = ["party_id", "case_id"]
    for column in columns:
        if not column.missing.any():
            continue
        filled = values[column.name]
        whole = rows[column.name].copy()
        if column.levels is None:
            whole = pd.Series(filled, index=rows.index)
        else:
            labels = column.levels.take(filled.astype(int))
            whole = pd.Series(labels, index=rows.index).astype(rows[column.name].dtype)
        if same:
            frame[column.name] = whole
            continue
        by_person = pd.Series(whole.to_numpy(), index=pd.MultiIndex.from_frame(rows[keys]))
        found = by_person.reindex(pd.MultiIndex.from_frame(frame[keys]))
        found.index = frame.index
        frame[column.name] = found.astype(whole.dtype).where(found.notna(), frame[column.name])
    return replace(data, frame=frame)
