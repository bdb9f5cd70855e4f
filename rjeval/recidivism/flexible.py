"""Models fitted by lifelines, the only module that asks for it: splines and cured shares."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, ClassVar

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


def fit_cure_regression(
    matrix: np.ndarray, time: np.ndarray, *, event: np.ndarray, entry: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return coefficients of a mixture-cure model with covariates, covariance, log-likelihood.

    The coefficients are those of the logit of never having the event (intercept first), of the
    logarithm of the Weibull scale of the others (intercept first), and the logarithm of its
    shape, common to all. Columns are centred and scaled for the search only.

    Raises
    ------
    ConvergenceError
        No maximum was found.
    """
    width = matrix.shape[1]
    centre, spread = matrix.mean(axis=0), matrix.std(axis=0)
    names = [f"x{i}" for i in range(width)]
    data = pd.DataFrame((matrix - centre) / spread, columns=names)
    unit = float(np.median(time[event]))
    data["one"], data["time"], data["event"] = 1.0, time / unit, event.astype(int)
    options: dict[str, Any] = {"entry_col": "entry"} if (entry > 0).any() else {}
    if options:
        data["entry"] = entry / unit
    both = ["one", *names]
    model = _cure_model()
    start = {"never_": np.zeros(width + 1), "scale_": np.zeros(width + 1), "shape_": np.zeros(1)}
    start["never_"][0] = np.log(max(float((~event).sum()), 1.0) / float(event.sum()))
    _quietly(
        lambda: model.fit(
            data,
            "time",
            "event",
            regressors={"never_": both, "scale_": both, "shape_": ["one"]},
            initial_point=start,
            fit_options=FIT_OPTIONS,
            **options,
        )
    )
    labels = [("never_", name) for name in both] + [("scale_", name) for name in both]
    labels.append(("shape_", "one"))
    back = np.eye(2 * width + 3)
    for start_at in (0, width + 1):
        block = slice(start_at + 1, start_at + 1 + width)
        back[block, block] = np.diag(1 / spread)
        back[start_at, block] = -centre / spread
    coef = back @ model.params_.loc[labels].to_numpy()
    coef[width + 1] += np.log(unit)
    covariance = back @ model.variance_matrix_.loc[labels, labels].to_numpy() @ back.T
    return coef, covariance, float(model.log_likelihood_) - np.log(unit) * float(event.sum())


def _cure_model() -> Any:
    """Return a lifelines model: some never have the event, the others' times are Weibull."""
    import autograd.numpy as anp  # type: ignore[import-untyped]
    from lifelines.fitters import ParametricRegressionFitter

    class MixtureCure(ParametricRegressionFitter):
        _fitted_parameter_names: ClassVar[list[str]] = ["never_", "scale_", "shape_"]
        _KNOWN_MODEL = True

        def _cumulative_hazard(self, params: Any, T: Any, Xs: Any) -> Any:
            never = 1 / (1 + anp.exp(-anp.dot(Xs["never_"], params["never_"])))
            scale = anp.exp(anp.dot(Xs["scale_"], params["scale_"]))
            shape = anp.exp(anp.dot(Xs["shape_"], params["shape_"]))
            return -anp.log(never + (1 - never) * anp.exp(-((T / scale) ** shape)))

    return MixtureCure()


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
