"""Models in which the effect of some terms differs by cut, and tests of whether it does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from rjeval.errors import ConvergenceError, EstimationError
from rjeval.language import join_notes, mark, note
from rjeval.surveys.cumulative_model import FittedModel, fit_model
from rjeval.surveys.links import LINKS, Link
from rjeval.surveys.model_data import ModelData

#: Below this p-value the report says that proportional odds look doubtful.
DOUBTFUL = 0.05
#: Takes the terms against which the test speaks.
AUTO = "auto"
GLOBAL = "GLOBAL"


@dataclass(frozen=True, slots=True, kw_only=True)
class CutTest:
    """Whether the effect of a term, or of all (``GLOBAL``), is the same at each cut."""

    term: str
    statistic: float
    df: int
    p_value: float


def named_terms(data: ModelData, varying: str, *, formula: str) -> list[str]:
    """Return the terms of a right-hand side, each of which must be a term of the formula."""
    wanted = [term.strip() for term in varying.split("+") if term.strip()]
    absent = [term for term in wanted if term not in data.design.variables]
    if absent or not wanted:
        raise EstimationError(
            f"varying names {', '.join(absent) or 'nothing'}, which is no term of '{formula}'.",
            hint=f"Terms: {', '.join(dict.fromkeys(data.design.variables))}.",
        )
    return wanted


def columns_of(data: ModelData, terms: list[str]) -> np.ndarray:
    """Boolean array over design columns: the column belongs to one of the terms."""
    return np.isin(np.array(data.design.variables), terms)


def fit_varying(
    data: ModelData, varying: str, *, link: Link, matrix: np.ndarray, spread: np.ndarray
) -> tuple[FittedModel, tuple[str, ...]]:
    """Fit a model in which the terms named, or found by the test, vary by cut.

    Returns
    -------
    (FittedModel, tuple of str)
        The model, and notes on what the test said and was done.
    """
    if not varying:
        return fit_model(data, link=link, matrix=matrix, spread=spread), ()
    if varying != AUTO:
        moved = columns_of(data, named_terms(data, varying, formula=", ".join(_terms(data))))
        return fit_model(data, link=link, matrix=matrix, varying=moved, spread=spread), ()
    plain = fit_model(data, link=link, matrix=matrix, spread=spread)
    terms, told = _doubtful(data, plain)
    if not terms:
        return plain, (told,)
    try:
        moved = columns_of(data, terms)
        found = fit_model(data, link=link, matrix=matrix, varying=moved, spread=spread)
    except ConvergenceError:
        few = note("Answers are too few for effects of its own at each cut.")
        return plain, (join_notes([told, few], between=" "),)
    own = note("It has an effect of its own at each cut here.")
    return found, (join_notes([told, own], between=" "),)


def nested_tests(data: ModelData, plain: FittedModel, *, wald: bool) -> list[CutTest]:
    """Compare the model with models in which effects differ by cut, term by term and for all."""
    terms = _terms(data)
    sets = [[term] for term in terms] + [terms]
    tests = []
    for name, varying in zip([*terms, GLOBAL], sets, strict=True):
        statistic, df = _wald(data, varying) if wald else _likelihood_ratio(data, varying, plain)
        p_value = float(special.chdtrc(df, np.maximum(statistic, 0.0)))
        tests.append(CutTest(term=name, statistic=statistic, df=df, p_value=p_value))
    return tests


def needs_wald(data: ModelData) -> bool:
    """Whether variances must be robust, so that a likelihood ratio has no known distribution."""
    return data.clusters is not None or data.needs_robust


def _doubtful(data: ModelData, plain: FittedModel) -> tuple[list[str], str]:
    """Return terms with different effects by cut, and what the test says, in words."""
    if len(plain.cuts) < 2:
        return [], mark("Two categories have one cut, so effects cannot differ between cuts.")
    logit = plain if plain.link.name == "logit" else fit_model(data, link=LINKS["logit"])
    tests = nested_tests(data, logit, wald=needs_wald(data))
    overall = tests[-1].p_value
    if np.isnan(overall):
        return [], mark("Whether effects are the same at each cut could not be tested.")
    terms = [one.term for one in tests[:-1] if one.p_value < DOUBTFUL]
    if overall >= DOUBTFUL:
        return [], mark(
            "The test of proportional odds does not speak against one effect at all cuts."
        )
    if not terms:
        return [], mark(
            "The test of proportional odds speaks against it, but against no single term."
        )
    return terms, note(
        "The effect of {terms} differs between cuts (5% level).", terms=", ".join(terms)
    )


def _terms(data: ModelData) -> list[str]:
    return list(dict.fromkeys(data.design.variables))


def _fit(data: ModelData, varying: list[str], *, bounded: bool = True) -> FittedModel:
    moved = columns_of(data, varying)
    return fit_model(data, link=LINKS["logit"], varying=moved, bounded=bounded)


def _degrees(wide: FittedModel) -> int:
    return (wide.fit.n_thresholds - 1) * (wide.fit.n_nominal - 1)


def _likelihood_ratio(data: ModelData, varying: list[str], plain: FittedModel) -> tuple[float, int]:
    """Compare the likelihoods; the wide one has a limit even where an effect has none."""
    wide = _fit(data, varying, bounded=False)
    return 2 * (wide.fit.maximum.loglik - plain.fit.maximum.loglik), _degrees(wide)


def _wald(data: ModelData, varying: list[str]) -> tuple[float, int]:
    """Test that each varying effect is equal at all cuts; NaN where one has no finite estimate."""
    try:
        wide = _fit(data, varying)
    except ConvergenceError:
        wide = None
    if wide is None:
        n_columns = int(columns_of(data, varying).sum())
        return np.nan, n_columns * (len(np.unique(data.y)) - 2)
    cuts, q, df = wide.fit.n_thresholds, wide.fit.n_nominal, _degrees(wide)
    contrast = np.zeros((df, len(wide.fit.maximum.params)))
    pairs = [(column, cut) for column in range(1, q) for cut in range(1, cuts)]
    for row, (column, cut) in enumerate(pairs):
        contrast[row, column], contrast[row, cut * q + column] = -1.0, 1.0
    gap = contrast @ wide.fit.maximum.params
    spread = contrast @ wide.variance.vcov @ contrast.T
    return float(gap @ np.linalg.solve(spread, gap)), df
