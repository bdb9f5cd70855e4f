"""Comparison of ways of meeting that people chose: adjusted difference, overlap, equivalence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import special

from rjeval.analysis_data import Ratings
from rjeval.errors import ConvergenceError, EstimationError, GuardError
from rjeval.language import mark, note
from rjeval.results import ModelEstimates
from rjeval.surveys.clustering import Clustering
from rjeval.surveys.logistic import fit_logistic
from rjeval.surveys.margins import average_marginal_effects
from rjeval.surveys.model_data import ModelData, ModelOptions, prepare_model_data
from rjeval.surveys.proportions import normal_quantile

#: Below this share of people with a counterpart a caveat is given; below the second, no number.
WARN_OVERLAP = 0.90
REFUSE_OVERLAP = 0.50
FULL_OVERLAP = mark("At least 90% of people have a counterpart in the other group.")
THIN_OVERLAP = mark("Some people have no counterpart in the other group; the model extrapolates.")
#: Said where the difference lies within a margin fixed beforehand, and where it may not.
WITHIN = {
    "equivalence": (
        mark("{term}: as good as the reference within {margin:g}: shown."),
        mark("{term}: as good as the reference within {margin:g}: not shown."),
    ),
    "non-inferiority": (
        mark("{term}: not worse than the reference within {margin:g}: shown."),
        mark("{term}: not worse than the reference within {margin:g}: not shown."),
    ),
}


def compare_modes(
    ratings: Ratings,
    formula: str,
    *,
    by: str = "mode",
    margin: float | None = None,
    item: str | None = None,
    cluster: str | Clustering | None = None,
    varying: str = "",
    conf_level: float = 0.95,
) -> ModelEstimates:
    """Compare satisfaction between ways of meeting, adjusted for what went with the choice.

    Parameters
    ----------
    ratings : Ratings
        One role's answers.
    formula : str
        What to adjust for: ``"site_id + days_to_conference"``. Where ``by`` stands in it too,
        nothing changes; nothing but ``by`` is a plain difference.
    by : str
        The column compared; its first level is the reference.
    margin : float, optional
        For a flat table: the difference in the share satisfied that would not matter, fixed
        before looking at the data (0.10 is ten points in a hundred). In a study the design
        fixes it (``equivalence_margin`` of ``[[survey]]``) and it is taken from there. Without
        it nothing is ever called "as good as": a difference that is not significant is no
        evidence of equality.
    item, cluster, varying
        As in :func:`rjeval.average_marginal_effects`.
    conf_level : float
        Level of the intervals. Equivalence is tested at ``1 - conf_level`` on each side.

    Returns
    -------
    ModelEstimates
        ``coefficient``: adjusted difference in the share satisfied (average marginal effect of
        an ordinal regression). ``equivalence``, with a margin: the larger p-value of two
        one-sided tests (TOST), and the interval at ``1 - 2 alpha`` that must lie within the
        margin. ``non-inferiority``: the p-value that it is not worse by the margin or more.

    Raises
    ------
    GuardError
        Fewer than half of the people have a counterpart in the other mode; or a study is given
        another margin than its design fixed.
    EstimationError
        ``by`` is no category, or the margin is not between 0 and 1.

    Notes
    -----
    Mode is chosen, so this is an association among people alike in the formula, not an effect.
    Overlap: the chance of each mode given the formula, and the share of people whose chance
    lies in the range that both groups reach. Schuirmann (1987), doi 10.1007/BF01068419, for TOST.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> answers = pd.DataFrame({
    ...     "rating": ["1", "2"] * 4, "mode": ["in_person"] * 4 + ["video"] * 4,
    ...     "site": ["A", "A", "B", "B"] * 2, "people": [10, 40, 12, 38, 11, 39, 12, 38]})
    >>> given = rj.ratings(answers, rating="rating", levels=["1", "2"], weight="people", top=1)
    >>> found = rj.compare_modes(given, "site", margin=0.15)
    >>> found.frame[["component", "estimate", "p_value"]].round(2)
             component  estimate  p_value
    0      coefficient     -0.01     0.87
    1      equivalence     -0.01     0.01
    2  non-inferiority     -0.01     0.01
    """
    margin = _fixed_margin(ratings, margin)
    options = ModelOptions(item=item, cluster=cluster)
    others = [term for term in formula.replace(" ", "").split("+") if term and term != by]
    whole = " + ".join([by, *others])
    data = prepare_model_data(ratings, whole, options=options)
    if by not in data.design.reference_levels:
        raise EstimationError(f"{by} must be a category of several levels.")
    overlap = _overlap(data, by)
    effects = average_marginal_effects(
        ratings, whole, item=item, cluster=cluster, varying=varying, conf_level=conf_level
    )
    own = effects.frame["term"].str.startswith(f"{by}[")
    shown = effects.frame[own & (effects.frame["component"] == "coefficient")]
    frame = pd.concat([shown, *_tests(shown, margin, conf_level)], ignore_index=True)
    notes = (*effects.notes, *_notes(frame, overlap, by=by, margin=margin, level=conf_level))
    return replace(
        effects, frame=frame, vcov=_own_vcov(effects, own.to_numpy()), model="ordinal", notes=notes
    )


def _fixed_margin(ratings: Ratings, margin: float | None) -> float | None:
    """Return the design's margin; that of the call only where there is no design."""
    if margin is not None and not 0 < margin < 1:
        raise EstimationError("margin must lie between 0 and 1, such as 0.10 for ten points.")
    if ratings.survey is None:
        return margin
    fixed = ratings.survey.equivalence_margin
    if margin is not None and margin != fixed:
        raise GuardError(
            "The margin is not the one that the design fixed; chosen afterwards, it shows nothing.",
            hint="Set equivalence_margin in this role's [[survey]] of study.toml.",
        )
    return fixed


def _own_vcov(effects: ModelEstimates, own: np.ndarray) -> np.ndarray:
    places = np.flatnonzero(own & (effects.frame["component"] == "coefficient").to_numpy())
    return effects.vcov[np.ix_(places, places)]


def _overlap(data: ModelData, by: str) -> float:
    """Smallest share, over the levels compared, of people with a counterpart."""
    columns = np.array(data.design.variables) == by
    X = np.column_stack([np.ones(len(data.y)), data.design.matrix[:, ~columns]])
    picked = data.design.matrix[:, columns]
    reference = picked.sum(axis=1) == 0
    shares = []
    for column in picked.T:
        pair = reference | (column == 1)
        shares.append(_shared(X[pair], column[pair] == 1, data.weights[pair]))
    least = min(shares)
    if least < REFUSE_OVERLAP:
        raise GuardError(
            f"Fewer than half of the people compared by {by} have a counterpart that is alike in "
            "the other variables, so no adjusted difference is given.",
            hint="Compare within the sites or years where both were on offer.",
        )
    return least


def _shared(X: np.ndarray, other: np.ndarray, weights: np.ndarray) -> float:
    found = fit_logistic(other.astype(float), X, weights=weights)
    if not found.converged:
        raise ConvergenceError(
            "The choice is fixed by the other variables, so nobody has a counterpart.",
            iterations=found.iterations,
        )
    chance = special.expit(X @ found.params)
    low = max(chance[other].min(), chance[~other].min())
    high = min(chance[other].max(), chance[~other].max())
    inside = (chance >= low - 1e-9) & (chance <= high + 1e-9)
    return float(weights[inside].sum() / weights.sum())


def _tests(shown: pd.DataFrame, margin: float | None, level: float) -> list[pd.DataFrame]:
    if margin is None:
        return []
    estimate, error = shown["estimate"].to_numpy(), shown["std_error"].to_numpy()
    not_worse = special.ndtr(-(estimate + margin) / error)
    not_better = special.ndtr((estimate - margin) / error)
    half = normal_quantile(1 - 2 * (1 - level)) * error
    inner = shown.assign(statistic=np.nan, conf_low=estimate - half, conf_high=estimate + half)
    return [
        inner.assign(component="equivalence", p_value=np.maximum(not_worse, not_better)),
        inner.assign(component="non-inferiority", p_value=not_worse, conf_high=1.0),
    ]


def _notes(
    frame: pd.DataFrame, overlap: float, *, by: str, margin: float | None, level: float
) -> tuple[str, ...]:
    notes: list[str] = [
        note(
            "{by} was chosen, not assigned: people alike in the formula may differ otherwise.",
            by=by,
        )
    ]
    notes.append(THIN_OVERLAP if overlap < WARN_OVERLAP else FULL_OVERLAP)
    if margin is None:
        notes.append(mark("No equivalence margin was fixed, so nothing may be called as good as."))
        return tuple(notes)
    for component, (shown, not_shown) in WITHIN.items():
        rows = frame[frame["component"] == component]
        for term, p_value in zip(rows["term"], rows["p_value"], strict=True):
            verdict = shown if p_value < 1 - level else not_shown
            notes.append(note(verdict, term=term, margin=margin))
    return tuple(notes)
