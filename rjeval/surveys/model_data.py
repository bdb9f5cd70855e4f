"""Ratings and a formula become the arrays that a regression takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rjeval.analysis_data import Ratings
from rjeval.errors import EstimationError, GuardError
from rjeval.language import note
from rjeval.model_frame import (
    ModelFrame,
    build_model_frame,
    counted_variables,
    formula_variables,
)
from rjeval.surveys.clustering import FEW_CLUSTERS, Clustering, as_clustering
from rjeval.surveys.wording import about, whose_answers


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class ModelOptions:
    """What all rating regressions are asked alike; ``scale`` is a formula of the spread."""

    item: str | None = None
    cluster: str | Clustering | None = None
    weights: str | None = None
    max_dropped: float = 0.10
    score: str | None = None
    scale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class ModelData:
    """Complete rows of one item as arrays.

    ``y`` holds categories 0, 1, ... of ``levels`` (all levels of the rating, answered or not).
    ``n`` is the number of people: the sum of frequency weights where there are such. Where a
    scale's score is the outcome, ``score`` holds it, and ``y`` and ``n_top`` say nothing.
    """

    y: np.ndarray
    design: ModelFrame
    weights: np.ndarray
    frequency: bool
    clusters: np.ndarray | None
    n: int
    n_top: int
    n_dropped: int
    levels: tuple[str, ...]
    top: int
    outcome: str
    level_counts: pd.DataFrame
    rows: pd.DataFrame
    clustering: Clustering | None
    notes: tuple[str, ...]
    score: np.ndarray | None = None
    scale_design: ModelFrame | None = None

    @property
    def reference_levels(self) -> dict[str, str]:
        """First level of each category in the formulas of location and spread."""
        own = {} if self.scale_design is None else dict(self.scale_design.reference_levels)
        return own | dict(self.design.reference_levels)

    def facts(self) -> dict[str, Any]:
        """Return what each regression says of its rows: outcome, numbers, levels."""
        return {
            "outcome": self.outcome,
            "n": self.n,
            "n_events": self.n_top if self.score is None else None,
            "n_dropped": self.n_dropped,
            "n_clusters": self.n_clusters,
            "reference_levels": self.reference_levels,
            "level_counts": self.level_counts,
        }

    @property
    def points(self) -> np.ndarray:
        """Outcome as a number: the score, or the rating as 1, 2, ... from the worst."""
        return self.y + 1.0 if self.score is None else self.score

    @property
    def n_clusters(self) -> int | None:
        """Number of clusters, where clustered."""
        return None if self.clusters is None else int(self.clusters.max()) + 1

    @property
    def cluster_name(self) -> str:
        """Column that clusters."""
        return "" if self.clustering is None else self.clustering.by

    @property
    def small_sample(self) -> bool:
        """Whether the correction for few clusters applies."""
        if self.clustering is None or self.n_clusters is None:
            return False
        return self.clustering.is_small(self.n_clusters)

    @property
    def needs_robust(self) -> bool:
        """Whether the weights are sampling weights, so that model variances are wrong."""
        return not self.frequency

    @property
    def top_two(self) -> np.ndarray:
        """Boolean array: the rating lies in the top categories."""
        reached: np.ndarray = self.y >= len(self.levels) - self.top
        return reached


def prepare_model_data(
    ratings: Ratings, formula: str, *, options: ModelOptions, intercept: bool = False
) -> ModelData:
    """Return the arrays of one item's complete answers, or of people with a scale's score.

    Raises
    ------
    EstimationError
        The item was not asked, nobody answered, a weight is negative, or the formula fails.
    GuardError
        More than ``max_dropped`` of the answers would be left out for missing covariates, or of
        the people who answered for having too few items for a score.
    """
    item = ratings.primary_item if options.item is None else options.item
    weight_column = options.weights or "weight"
    answered, n_unscored = (
        (_answered(ratings, item, weight_column), 0)
        if options.score is None
        else _scored(ratings, options.score, options.max_dropped)
    )
    clustering = as_clustering(options.cluster)
    spread = formula_variables(options.scale) if options.scale else ()
    extra = (weight_column, *((clustering.by,) if clustering else ()), *spread)
    design = build_model_frame(answered, formula, intercept=intercept, complete=extra)
    _check_dropped(design.n_dropped, len(answered), options.max_dropped)
    rows = answered if not design.n_dropped else answered.iloc[design.kept]
    weights, frequency = _weights(rows[weight_column])
    scale_design = build_model_frame(rows, options.scale) if options.scale else None
    factors = dict.fromkeys(
        name
        for one in (design, scale_design)
        if one is not None
        for name in counted_variables(one, rows)
    )
    score = None if options.score is None else rows[options.score].to_numpy(dtype=float)
    y = _categories(rows) if score is None else np.zeros(len(rows), dtype=np.intp)
    people = weights if frequency else np.ones(len(y))
    top = y >= len(ratings.levels) - ratings.top
    codes = None if clustering is None else pd.factorize(rows[clustering.by])[0]
    return ModelData(
        y=y,
        design=design,
        weights=weights,
        frequency=frequency,
        clusters=codes,
        n=round(people.sum()),
        n_top=round(people[top].sum()),
        n_dropped=design.n_dropped + n_unscored,
        levels=ratings.levels,
        top=ratings.top,
        outcome=ratings.wording(options.score or item),
        level_counts=_level_counts(rows, list(factors), people, top if score is None else None),
        rows=rows,
        clustering=clustering,
        notes=(*whose_answers(ratings.role), *_notes(rows, clustering, codes)),
        score=score,
        scale_design=scale_design,
    )


def _answered(ratings: Ratings, item: str, weight: str) -> pd.DataFrame:
    """Return the rows with a rating; rows of weight 0 stand for nobody."""
    frame = ratings.frame
    asked = np.asarray(frame["item_id"].to_numpy(dtype=object) == item, dtype=bool)
    if not asked.any():
        items = ", ".join(map(str, frame["item_id"].unique()))
        raise EstimationError(
            "The item named was not asked of this role.", hint=f"Items: {items or 'none'}."
        )
    used = asked & frame["rating"].notna().to_numpy()
    if weight in frame.columns:
        used &= (frame[weight] != 0).to_numpy(dtype=bool)
    if not used.any():
        raise EstimationError("Nobody answered this item, so nothing can be modelled.")
    return frame if used.all() else frame[used]


def _scored(ratings: Ratings, score: str, allowed: float) -> tuple[pd.DataFrame, int]:
    """Return one row per person with a score, and how many answered too little for one."""
    frame = ratings.frame
    if not pd.api.types.is_numeric_dtype(frame[score]):
        raise EstimationError(
            f"{score} is no number, so it has no mean to model.",
            hint="Name an item, or a scale scored by rj.score_scale.",
        )
    keys = ["party_id", "case_id"]
    people = frame.drop_duplicates(keys)
    found = people[people[score].notna()]
    if found.empty:
        raise EstimationError("Nobody has a score, so nothing can be modelled.")
    n_answered = len(frame[frame["rating"].notna()].drop_duplicates(keys))
    n_unscored = max(n_answered - len(found), 0)
    if n_unscored > allowed * n_answered:
        raise GuardError(
            f"{n_unscored} of {n_answered} people who answered ({n_unscored / n_answered:.0%}) "
            f"answered too few items for a score; leaving out more than {allowed:.0%} is refused.",
            hint="Look at the items they left out, or state max_dropped= and report how many.",
        )
    return found, n_unscored


def _categories(rows: pd.DataFrame) -> np.ndarray:
    codes: np.ndarray = rows["rating"].cat.codes.to_numpy().astype(np.intp)
    return codes


def _check_dropped(n_dropped: int, n_answered: int, allowed: float) -> None:
    if n_dropped > allowed * n_answered:
        raise GuardError(
            f"{n_dropped} of {n_answered} answers ({n_dropped / n_answered:.0%}) lack a variable "
            f"of the formula; leaving out more than {allowed:.0%} is refused.",
            hint="Impute it (rj.impute), give its missing values a category of their own, or "
            "state max_dropped= and report how many were left out.",
        )


def _weights(column: pd.Series) -> tuple[np.ndarray, bool]:
    """Return weights, and whether they are whole numbers and so count people."""
    weights = column.to_numpy(dtype=float)
    if not np.isfinite(weights).all() or (weights < 0).any() or not weights.sum() > 0:
        bad = int((~np.isfinite(weights) | (weights < 0)).sum())
        raise EstimationError(
            f"{bad} of {len(weights)} weights are negative or infinite, or all are 0; "
            "weights must be 0 or more."
        )
    return weights, bool((weights == np.round(weights)).all())


def _level_counts(
    rows: pd.DataFrame, factors: list[str], people: np.ndarray, top: np.ndarray | None
) -> pd.DataFrame:
    """People behind each level of each factor, the reference level among them."""
    pieces = []
    for name in factors:
        column = rows[name]
        if not isinstance(column.dtype, pd.CategoricalDtype):
            column = column.astype(str).astype("category")
        column = column.cat.remove_unused_categories()
        codes, size = column.cat.codes.to_numpy(), len(column.cat.categories)
        counted = {"n": people} if top is None else {"n": people, "n_event": people * top}
        counts = {
            which: np.bincount(codes, weights=who, minlength=size).round().astype(int)
            for which, who in counted.items()
        }
        terms = [f"{name}[{level}]" for level in column.cat.categories]
        pieces.append(pd.DataFrame({"term": terms, **counts}))
    if not pieces:
        return pd.DataFrame({"term": pd.Series(dtype=str), "n": [], "n_event": []})
    return pd.concat(pieces, ignore_index=True)


def _notes(
    rows: pd.DataFrame, clustering: Clustering | None, codes: np.ndarray | None
) -> tuple[str, ...]:
    if codes is not None and clustering is not None:
        n = int(codes.max()) + 1
        if n >= FEW_CLUSTERS:
            return ()
        if clustering.is_small(n):
            return (
                note(
                    "Fewer than {least} clusters: intervals are widened for it.", least=FEW_CLUSTERS
                ),
            )
        return (
            note(
                "Standard errors rest on fewer than {least} clusters and tend to be too small.",
                least=FEW_CLUSTERS,
            ),
        )
    if "case_id" in rows.columns and rows["case_id"].notna().all():
        shared = len(rows) - rows["case_id"].nunique()
        if shared:
            return (
                note(
                    'Answers share cases ({n} further ones); cluster="case_id" allows for that.',
                    n=about(shared),
                ),
            )
    return ()
