"""Brant's test of proportional odds: binary fits at each cut, compared."""

from __future__ import annotations

import numpy as np
from scipy import special

from rjeval.errors import EstimationError
from rjeval.surveys.estimates import column_spans, is_bounded
from rjeval.surveys.logistic import fit_logistic
from rjeval.surveys.model_data import ModelData


def brant_rows(data: ModelData) -> list[tuple[str, float, int, float]]:
    """Return ``term, statistic, df, p_value`` for each term of the formula and for all.

    Effects of the logistic regressions of "rating above cut j", j = 1 .. J - 1, are compared by
    a Wald test. Their covariance between cuts m <= l is ``A_m^-1 (X'W_ml X) A_l^-1`` with
    ``W_ml = p_l - p_m p_l`` and ``A_m = X'W_mm X``. NaN where a cut has no finite effects.

    Raises
    ------
    EstimationError
        Answers are clustered or have sampling weights, for which this covariance is not right.
    """
    if data.clusters is not None or data.needs_robust:
        raise EstimationError(
            "Brant's test takes answers as independent, so it has no clusters and no sampling "
            "weights.",
            hint='Take method="auto", which gives a Wald test with robust variance.',
        )
    found = _effects(data)
    variables = np.array(data.design.variables)
    terms = list(dict.fromkeys(data.design.variables))
    everything = np.ones(len(variables), dtype=bool)
    pairs = [*((term, variables == term) for term in terms), ("GLOBAL", everything)]
    n_cuts = len(np.unique(data.y)) - 1
    return [(name, *_compare(found, columns, n_cuts)) for name, columns in pairs]


def _effects(data: ModelData) -> tuple[np.ndarray, np.ndarray] | None:
    """Effects by cut, one row each, and their covariance; nothing where one is not finite."""
    X = np.column_stack([np.ones(len(data.y)), data.design.matrix])
    names = ("(Intercept)", *data.design.terms)
    cuts = np.unique(data.y)[1:]
    fits = [fit_logistic((data.y >= cut).astype(float), X, weights=data.weights) for cut in cuts]
    if not all(is_bounded(fit, column_spans(X), names) for fit in fits):
        return None
    chances = [special.expit(X @ fit.params) for fit in fits]
    k = X.shape[1] - 1
    vcov = np.empty((len(cuts) * k, len(cuts) * k))
    for m, lower in enumerate(chances):
        for j, upper in enumerate(chances[m:], start=m):
            cross = (X.T * (data.weights * (upper - lower * upper))) @ X
            block = (fits[m].vcov @ cross @ fits[j].vcov)[1:, 1:]
            vcov[m * k : (m + 1) * k, j * k : (j + 1) * k] = block
            vcov[j * k : (j + 1) * k, m * k : (m + 1) * k] = block.T
    return np.stack([fit.params[1:] for fit in fits]), vcov


def _compare(
    found: tuple[np.ndarray, np.ndarray] | None, columns: np.ndarray, n_cuts: int
) -> tuple[float, int, float]:
    """Wald test that the effects of these columns are those of the first cut at each cut."""
    df = int(columns.sum()) * (n_cuts - 1)
    if found is None:
        return np.nan, df, np.nan
    effects, vcov = found
    apart = np.hstack([np.ones((n_cuts - 1, 1)), -np.eye(n_cuts - 1)])
    contrast = np.kron(apart, np.eye(effects.shape[1])[columns])
    gap = contrast @ effects.ravel()
    statistic = float(gap @ np.linalg.solve(contrast @ vcov @ contrast.T, gap))
    return statistic, df, float(special.chdtrc(df, max(statistic, 0.0)))
