"""From a fitted Cox model to what its result shows: estimates, fit, hazards tests."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.language import note
from rjeval.recidivism.hazards_test import TRANSFORMS, time_transform, variation_test
from rjeval.recidivism.model_rows import ModelRows
from rjeval.recidivism.normal import chi_square_p, two_sided_p, z_quantile
from rjeval.recidivism.partial_likelihood import CoxFit
from rjeval.recidivism.risk_sets import RiskSets

#: A global test below this puts a note on the model.
NOT_PROPORTIONAL = 0.05
#: Smallest eigenvalue of the correlation of estimates that is not taken for 0.
SINGULAR = 1e-10
RANKED = ("concordance", "concordance_std_error")


def estimate_frame(
    terms: tuple[str, ...], coef: np.ndarray, *, covariance: np.ndarray, conf_level: float
) -> pd.DataFrame:
    """Return the table of estimates with Wald statistics and intervals."""
    error = np.sqrt(np.diag(covariance))
    z = z_quantile(conf_level)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = coef / error
    return pd.DataFrame(
        {
            "component": np.full(len(terms), "coefficient", dtype=object),
            "term": np.array(terms, dtype=object),
            "estimate": coef,
            "std_error": error,
            "statistic": statistic,
            "p_value": two_sided_p(statistic),
            "conf_low": coef - z * error,
            "conf_high": coef + z * error,
        }
    )


def wald_statistic(coef: np.ndarray, covariance: np.ndarray) -> float:
    """Return the Wald statistic that all coefficients are 0.

    NaN where the covariance is singular, as with no more clusters than coefficients.
    """
    error = np.sqrt(np.diag(covariance))
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = covariance / np.outer(error, error)
    finite = bool(np.isfinite(correlation).all())
    if not finite or np.linalg.eigvalsh(correlation)[0] < SINGULAR:
        return float("nan")
    return float((coef / error) @ np.linalg.solve(correlation, coef / error))


def fit_summary(
    fit: CoxFit, *, covariance: np.ndarray, ranked: tuple[float, float] | None
) -> dict[str, float]:
    """Return log-likelihoods, concordance (where ranked) and the tests of the whole model."""
    k = fit.coef.size
    index = {} if ranked is None else dict(zip(RANKED, ranked, strict=True))
    ratio = 2 * (fit.loglik - fit.loglik_null)
    wald = wald_statistic(fit.coef, covariance)
    return {
        "loglik": fit.loglik,
        "loglik_null": fit.loglik_null,
        "aic": 2 * k - 2 * fit.loglik,
        **index,
        "df": float(k),
        "likelihood_ratio": ratio,
        "likelihood_ratio_p": float(chi_square_p(ratio, k)),
        "wald": wald,
        "wald_p": float(chi_square_p(wald, k)),
        "score": fit.score_statistic,
        "score_p": float(chi_square_p(fit.score_statistic, k)),
        "iterations": float(fit.iterations),
    }


def all_hazards_tests(model: ModelRows, fit: CoxFit, sets: RiskSets) -> dict[str, pd.DataFrame]:
    """Return the proportional-hazards test on each time scale."""
    owner, variables = pd.factorize(np.asarray(model.design.variables, dtype=object))
    tests = {}
    for transform in TRANSFORMS:
        by_day = time_transform(
            transform, sets, time=model.time, event=model.event, entry=model.entry
        )
        test = variation_test(fit, sets, by_day=by_day, owner=owner)
        tests[transform] = pd.DataFrame(
            {
                "term": [*variables, "GLOBAL"],
                "statistic": test.statistic,
                "df": test.df,
                "p_value": test.p_value,
            }
        )
    return tests


def judge_hazards(test: pd.DataFrame) -> list[str]:
    """Return a note where hazards are not proportional at the 5 % level."""
    p_value = float(test["p_value"].iloc[-1])
    if not p_value < NOT_PROPORTIONAL:
        return []
    doubted = test["term"][:-1][test["p_value"][:-1] < NOT_PROPORTIONAL]
    if not len(doubted):
        return [
            note(
                "Hazards are not proportional: a hazard ratio is an average over time; lead with "
                "restricted means and differences of risk."
            )
        ]
    return [
        note(
            "Hazards are not proportional ({terms}): a hazard ratio is an average over time; lead "
            "with restricted means and differences of risk.",
            terms=", ".join(doubted),
        )
    ]
