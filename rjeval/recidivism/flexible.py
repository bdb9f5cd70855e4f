"""Models fitted by lifelines, the only module that asks for it: splines and cured shares."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from rjeval.errors import ConvergenceError

#: Relative gain of the log-likelihood below which the optimiser stops.
FIT_OPTIONS = {"ftol": 1e-14, "maxiter": 2000}


def fit_spline(
    matrix: np.ndarray, time: np.ndarray, *, event: np.ndarray, entry: np.ndarray, n_knots: int
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return coefficients (intercept, covariates, spline), covariance and log-likelihood.

    Raises
    ------
    ConvergenceError
        No maximum was found.
    """
    from lifelines import CoxPHFitter

    width = matrix.shape[1]
    names = [f"x{i}" for i in range(width)]
    data = pd.DataFrame(matrix, columns=names)
    data["time"], data["event"], options = time, event.astype(int), {}
    if (entry > 0).any():
        data["entry"], options = entry, {"entry_col": "entry"}
    model = CoxPHFitter(baseline_estimation_method="spline", n_baseline_knots=n_knots + 1)
    _quietly(lambda: model.fit(data, "time", "event", fit_options=FIT_OPTIONS, **options))
    labels = [("beta_", "Intercept"), *(("beta_", name) for name in names)]
    labels += [(f"phi{i + 1}_", "Intercept") for i in range(n_knots + 1)]
    covariance = model.variance_matrix_.loc[labels, labels].to_numpy()
    return model.params_.loc[labels].to_numpy(), covariance, float(model.log_likelihood_)


def fit_cured(
    time: np.ndarray, *, event: np.ndarray, entry: np.ndarray
) -> tuple[float, float, float]:
    """Return the share that never has the event, its standard error and the log-likelihood.

    Raises
    ------
    ConvergenceError
        No maximum was found.
    """
    from lifelines import MixtureCureFitter, WeibullFitter

    model = MixtureCureFitter(base_fitter=WeibullFitter())
    late = entry if (entry > 0).any() else None
    _quietly(lambda: model.fit(time, event.astype(int), entry=late, fit_options=FIT_OPTIONS))
    error = float(np.sqrt(model.variance_matrix_.to_numpy()[0, 0]))
    return float(model.cured_fraction_), error, float(model.log_likelihood_)


def _quietly(fit: Callable[[], Any]) -> None:
    """Fit; warnings of the search for a maximum say nothing about where it ended."""
    from lifelines.exceptions import ConvergenceError as NoMaximum
    from lifelines.exceptions import ConvergenceWarning, StatisticalWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", ConvergenceWarning)
        warnings.simplefilter("error", StatisticalWarning)
        try:
            fit()
        except (NoMaximum, ConvergenceWarning, StatisticalWarning, np.linalg.LinAlgError):
            raise ConvergenceError(
                "The model has no maximum that could be found.",
                hint="Use fewer terms or knots, or parametric_regression.",
            ) from None
