"""Overlap of two arms: how many people of each had which propensity to be in the second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from rjeval.analysis_data import Cohort
from rjeval.errors import DataError, EstimationError
from rjeval.language import mark
from rjeval.results import CountTable

#: Edges of the narrowest bins: fixed, so that no edge is anybody's propensity.
EDGES = np.linspace(0.0, 1.0, 21)
MAX_STEPS = 50
#: Largest change of a fitted propensity at which the steps end.
TOLERANCE = 1e-10
LEFT_OUT = mark("The propensity tells arms apart by the characteristics named, and by no others.")


def propensity_overlap(
    cohort: Cohort,
    *,
    variables: Sequence[str],
    by: str = "arm",
    reference: str = "",
    min_cell: int = 11,
    labels: Mapping[str, str] | None = None,
) -> CountTable:
    r"""Count the people of two arms by their estimated propensity to be in the second.

    Parameters
    ----------
    cohort : Cohort
    variables : sequence of str
        Characteristics known at the start, ``design.covariates``.
    by : str
        Column of two groups.
    reference : str, optional
        First group; else the first in order. The propensity is that of the other one.
    min_cell : int
        Neighbouring bins are joined until both groups have so many people in each;
        ``design.disclosure.min_cell``.
    labels : mapping, optional

    Returns
    -------
    CountTable
        ``propensity`` (the bin, as ``0.20-0.35``), the column ``by``, ``n`` and ``share``, here
        that of the whole of both groups.

    Raises
    ------
    DataError
        A column is missing, there are not two groups, or no characteristic is named.
    EstimationError
        A group has fewer than ``min_cell`` people.

    Notes
    -----
    The propensity :math:`e(x) = 1 / (1 + \exp(-x'b))` is fitted by maximum likelihood with main
    effects: numbers as they are, categories by indicators, a missing answer as a category (of a
    number: the mean and an indicator), so that nobody is left out. Where groups are told apart
    without error the fitted values go to 0 and 1, which is what the figure is to show. Bins
    begin at widths of 0.05. Where groups hardly overlap, joined bins are wide: that is the
    finding, and not a fault.

    References
    ----------
    Rosenbaum PR, Rubin DB (1983). The central role of the propensity score in observational
    studies for causal effects. Biometrika 70(1):41-55. doi:10.1093/biomet/70.1.41

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> from rjeval.analysis_data import Cohort
    >>> people = pd.DataFrame({"arm": ["a", "a", "b", "b"] * 30, "age": [20, 30] * 60})
    >>> cohort = Cohort(frame=people.assign(exclusion_reason=None), arms=("a", "b"))
    >>> rj.propensity_overlap(cohort, variables=["age"]).frame["n"].tolist()
    [30, 30, 30, 30]
    """
    people = cohort.included
    absent = [name for name in (*variables, by) if name not in people.columns]
    if absent or not variables:
        raise DataError(
            f"The cohort has no column {', '.join(absent)}."
            if absent
            else "No characteristic is named, so nobody has a propensity.",
            hint="Name characteristics in covariates of [study].",
        )
    people = people[people[by].notna()]
    first, second = _two_groups(people[by].astype(str), by=by, reference=reference)
    inside = people[by].astype(str).isin([first, second]).to_numpy()
    people = people[inside]
    group = people[by].astype(str).to_numpy()
    sizes = [int((group == one).sum()) for one in (first, second)]
    if min(sizes) < min_cell:
        raise EstimationError("A group has too few people for a histogram of its propensities.")
    fitted = fitted_propensity(design_matrix(people, variables), group == second)
    counts = np.array([np.histogram(fitted[group == g], bins=EDGES)[0] for g in (first, second)])
    edges = _joined_edges(counts, least=min_cell)
    counts = np.array([np.histogram(fitted[group == g], bins=edges)[0] for g in (first, second)])
    names = [f"{low:.2f}-{high:.2f}" for low, high in pairwise(edges)]
    frame = pd.DataFrame(
        {
            "propensity": np.repeat(names, 2),
            by: np.tile([first, second], len(names)),
            "n": counts.T.ravel(),
        }
    )
    frame["share"] = frame["n"] / frame["n"].sum()
    return CountTable(
        frame=frame,
        title=mark("Overlap of the arms"),
        dimensions=("propensity", by),
        what="people",
        denominator="people",
        labels=dict(labels or {}),
        notes=(LEFT_OUT,),
    )


def _two_groups(values: pd.Series, *, by: str, reference: str) -> tuple[str, str]:
    """Return the two groups, the reference first."""
    groups = sorted(values.unique(), key=lambda one: (one != reference, one))
    if len(groups) != 2 or (reference and reference != groups[0]):
        raise DataError(f"Overlap needs two groups in the column {by}, the reference among them.")
    return str(groups[0]), str(groups[1])


def design_matrix(people: pd.DataFrame, variables: Sequence[str]) -> np.ndarray:
    """Return an intercept, standardised numbers, and indicators of categories and gaps."""
    columns = [np.ones(len(people))]
    for name in variables:
        values = people[name]
        number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        if number:
            given = values.astype("Float64").to_numpy(float, na_value=np.nan)
            gone = np.isnan(given)
            if gone.all():
                continue
            centred = np.where(gone, 0.0, given - np.nanmean(given))
            columns += [centred / (centred.std() or 1.0), gone.astype(float)]
        else:
            text = values.astype(object).where(values.notna(), "").astype(str)
            columns += [(text == one).to_numpy(dtype=float) for one in sorted(text.unique())[1:]]
    return np.column_stack(columns)


def fitted_propensity(X: np.ndarray, treated: np.ndarray) -> np.ndarray:
    """Return the fitted probabilities of a logistic regression.

    Least-squares steps leave out what other columns already say; steps that overshoot are
    halved, and the steps end where probabilities no longer move.
    """
    coefficients, y = np.zeros(X.shape[1]), treated.astype(float)
    fitted, loss = np.full(len(y), 0.5), _loss(X @ coefficients, y)
    for _ in range(MAX_STEPS):
        root = np.sqrt(np.maximum(fitted * (1 - fitted), 1e-12))
        step = np.linalg.lstsq(X * root[:, None], (y - fitted) / root, rcond=1e-10)[0]
        for _ in range(MAX_STEPS):
            trial = _loss(X @ (coefficients + step), y)
            if trial <= loss + 1e-12:
                break
            step = step / 2
        coefficients, loss, before = coefficients + step, trial, fitted
        fitted = 1 / (1 + np.exp(-np.clip(X @ coefficients, -35.0, 35.0)))
        if np.abs(fitted - before).max() < TOLERANCE:
            break
    return fitted


def _loss(eta: np.ndarray, y: np.ndarray) -> float:
    return float((np.logaddexp(0.0, eta) - y * eta).sum())


def _joined_edges(counts: np.ndarray, *, least: int) -> np.ndarray:
    """Join neighbouring bins, from the left, until each holds enough people of both groups."""
    kept, held = [0], np.zeros(2, dtype=int)
    for place in range(counts.shape[1]):
        held = held + counts[:, place]
        rest = counts[:, place + 1 :].sum(axis=1)
        if (held >= least).all() and (rest >= least).all():
            kept.append(place + 1)
            held = np.zeros(2, dtype=int)
    return EDGES[[*kept, counts.shape[1]]]
