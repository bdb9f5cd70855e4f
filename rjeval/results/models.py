"""Results of regressions: one table shape for all models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from rjeval.results.base import Result
from rjeval.results.deferred import when_read


@when_read("level_counts", "arm_counts")
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ModelEstimates(Result):
    """Estimates of one regression.

    ``frame`` columns: ``component`` (``coefficient`` or ``threshold``), ``term, estimate,
    std_error, statistic, p_value, conf_low, conf_high``. Estimates are on the model's own scale;
    ``exponentiated()`` gives ratios. ``term`` names are the face's own: ``arm[rj]`` for a level.

    Parameters
    ----------
    model : str
        ``cox``, ``ordinal``, ``linear``, ``logistic``.
    outcome, formula : str
    scale : str
        What ``exp(estimate)`` is called: ``hazard ratio``, ``odds ratio``; ``""`` where the
        estimate is a difference.
    n, n_events, n_dropped, n_clusters : int
        ``n_dropped`` is ``None`` in a released model that left out fewer people than may be told,
        ``n_events`` where the few of an arm would follow from it.
    std_error_kind : str
        ``model``, ``robust`` or ``cluster-robust by case_id``.
    vcov : ndarray of shape (k, k)
        Covariance of ``frame``'s rows, in order.
    reference_levels : mapping of variable to its reference level
    level_counts : DataFrame
        ``term, n, n_event``: people behind each categorical level, for the disclosure rule. Of a
        paired change also ``n_rose, n_fell``: people whose rating did.
    arm_counts : DataFrame
        The same of each arm, whether the model names it or not: other results show the arms.
    fit : mapping of name to number
        ``loglik, loglik_null, aic, concordance, ...``
    proportional_hazards : mapping of transform to frame ``term, statistic, df, p_value``
    """

    model: str
    outcome: str
    formula: str
    scale: str
    conf_level: float
    n: int
    n_events: int | None = None
    n_dropped: int | None = 0
    n_clusters: int | None = None
    std_error_kind: str = "model"
    vcov: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))
    reference_levels: Mapping[str, str] = field(default_factory=dict)
    level_counts: pd.DataFrame = field(default_factory=pd.DataFrame)
    arm_counts: pd.DataFrame = field(default_factory=pd.DataFrame)
    fit: Mapping[str, float] = field(default_factory=dict)
    proportional_hazards: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    ties: str = ""
    link: str = ""

    def coefficients(self) -> pd.DataFrame:
        """Rows of the coefficients, without thresholds."""
        return self.frame[self.frame["component"] == "coefficient"].reset_index(drop=True)

    def exponentiated(self) -> pd.DataFrame:
        """Coefficients as ratios: estimate and interval exponentiated, the rest as it was."""
        frame = self.coefficients()
        if self.scale:
            for column in ("estimate", "conf_low", "conf_high"):
                frame[column] = np.exp(frame[column].to_numpy(dtype=float))
        return frame


@when_read("level_counts", "arm_counts")
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HazardsOverTime(Result):
    """Log hazard ratios of a Cox model as smooth functions of time, one block per coefficient.

    ``frame`` columns: ``term, time_days, n_event, estimate, std_error, conf_low, conf_high``;
    ``n_event`` counts events up to the day.

    Parameters
    ----------
    constant : mapping of term to number
        The model's own coefficient, constant over time.
    formula, transform : str
        Model, and the time scale of the spline.
    horizon_days : float
    unit : str or None
        Unit of the input time, ``None`` where numbers were kept as given.
    n, n_events : int
        ``n_events`` is ``None`` in a released result from which an arm's few would follow.
    reference_levels : mapping of variable to its reference level
    level_counts, arm_counts : DataFrame
        ``term, n, n_event``: people behind each categorical level and in each arm, for the
        disclosure rule.
    """

    constant: Mapping[str, float]
    formula: str
    transform: str
    conf_level: float
    horizon_days: float
    n: int
    n_events: int | None
    unit: str | None = "days"
    reference_levels: Mapping[str, str] = field(default_factory=dict)
    level_counts: pd.DataFrame = field(default_factory=pd.DataFrame)
    arm_counts: pd.DataFrame = field(default_factory=pd.DataFrame)
