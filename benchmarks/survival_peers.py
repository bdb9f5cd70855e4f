"""The survival jobs as users of lifelines, statsmodels, scikit-survival and SurPyval write them.

Each peer gets the columns that it needs, arms as categories, before the clock starts; splitting
by arm is part of a job where the peer has no argument for it. A peer that is not installed has
no jobs.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from importlib.metadata import version

import numpy as np
import pandas as pd

from benchmarks.survival_data import COVARIATES, DISCRETE

HORIZON = 730
Jobs = dict[str, Callable[[], object]]
#: Module, name of the distribution.
PEERS = {
    "lifelines": ("lifelines", "lifelines"),
    "statsmodels": ("statsmodels", "statsmodels"),
    "scikit-survival": ("sksurv", "scikit-survival"),
    "SurPyval": ("surpyval", "surpyval"),
}


def installed(peer: str) -> str | None:
    """Return the version of a peer; ``None`` where it is not installed."""
    module, distribution = PEERS[peer]
    return version(distribution) if importlib.util.find_spec(module) else None


def peer_jobs(frame: pd.DataFrame) -> dict[str, Jobs]:
    """Return the jobs of each installed peer."""
    makers = {
        "lifelines": lifelines_jobs,
        "statsmodels": statsmodels_jobs,
        "scikit-survival": sksurv_jobs,
        "SurPyval": surpyval_jobs,
    }
    return {peer: make(frame) for peer, make in makers.items() if installed(peer)}


def lifelines_jobs(frame: pd.DataFrame) -> Jobs:
    """By lifelines."""
    from lifelines import AalenJohansenFitter, CoxPHFitter, KaplanMeierFitter
    from lifelines.statistics import multivariate_logrank_test, proportional_hazard_test
    from lifelines.utils import restricted_mean_survival_time

    curves = _curve_columns(frame)
    modelled = frame[[*COVARIATES, "day", "event"]]
    clustered = frame[[*COVARIATES, "day", "event", "family"]]
    discrete = frame[[*DISCRETE, "day", "event"]]

    def kaplan_meier() -> None:
        for _, part in curves.groupby("arm", observed=True):
            KaplanMeierFitter().fit(part["day"], part["event"]).confidence_interval_  # noqa: B018

    def aalen_johansen() -> None:
        for _, part in curves.groupby("arm", observed=True):
            AalenJohansenFitter().fit(part["day"], part["cause"], event_of_interest=1)

    def rmst_bootstrap() -> None:
        arms = [part for _, part in curves.groupby("arm", observed=True)]
        for i in range(20):
            for part in arms:
                drawn = part.sample(len(part), replace=True, random_state=i)
                fit = KaplanMeierFitter().fit(drawn["day"], drawn["event"])
                restricted_mean_survival_time(fit, t=HORIZON)

    def cox_with_diagnostics() -> None:
        fit = CoxPHFitter().fit(modelled, "day", "event")
        fit.concordance_index_  # noqa: B018 - worked out when asked for
        for transform in ("km", "rank", "identity", "log"):
            proportional_hazard_test(fit, modelled, time_transform=transform)

    return {
        "kaplan_meier": kaplan_meier,
        "log_rank": lambda: multivariate_logrank_test(
            curves["day"], curves["arm"], curves["event"]
        ),
        "cox": lambda: CoxPHFitter().fit(modelled, "day", "event"),
        "cox_with_diagnostics": cox_with_diagnostics,
        "cox_discrete": lambda: CoxPHFitter().fit(discrete, "day", "event"),
        "cox_cluster": lambda: CoxPHFitter().fit(clustered, "day", "event", cluster_col="family"),
        "aalen_johansen": aalen_johansen,
        "rmst_bootstrap": rmst_bootstrap,
    }


def statsmodels_jobs(frame: pd.DataFrame) -> Jobs:
    """By statsmodels."""
    from statsmodels.duration.hazard_regression import PHReg
    from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight, survdiff

    curves = _curve_columns(frame)
    day, event, x = frame["day"], frame["event"], frame[list(COVARIATES)].to_numpy()

    def arms() -> list[pd.DataFrame]:
        return [part for _, part in curves.groupby("arm", observed=True)]

    return {
        "kaplan_meier": lambda: [SurvfuncRight(part["day"], part["event"]) for part in arms()],
        "log_rank": lambda: survdiff(day, event, frame["arm"]),
        "log_rank_stratified": lambda: survdiff(day, event, frame["arm"], strata=frame["site"]),
        "cox": lambda: PHReg(day, x, status=event, ties="efron").fit(disp=0),
        "cox_cluster": lambda: PHReg(day, x, status=event, ties="efron").fit(
            groups=frame["family"], disp=0
        ),
        "aalen_johansen": lambda: [CumIncidenceRight(p["day"], p["cause"]) for p in arms()],
    }


def sksurv_jobs(frame: pd.DataFrame) -> Jobs:
    """By scikit-survival."""
    from sksurv.compare import compare_survival
    from sksurv.linear_model import CoxPHSurvivalAnalysis
    from sksurv.nonparametric import cumulative_incidence_competing_risks, kaplan_meier_estimator
    from sksurv.util import Surv

    day, event = frame["day"].to_numpy(), frame["event"].to_numpy(dtype=bool)
    cause, arm = frame["cause"].to_numpy(), frame["arm"].to_numpy()
    x, outcome = frame[list(COVARIATES)].to_numpy(), Surv.from_arrays(event, day)

    def kaplan_meier() -> None:
        for one in np.unique(arm):
            own = arm == one
            kaplan_meier_estimator(event[own], day[own], conf_type="log-log")

    def aalen_johansen() -> None:
        for one in np.unique(arm):
            own = arm == one
            cumulative_incidence_competing_risks(cause[own], day[own], conf_type="log-log")

    return {
        "kaplan_meier": kaplan_meier,
        "log_rank": lambda: compare_survival(outcome, arm),
        "cox": lambda: CoxPHSurvivalAnalysis(ties="efron").fit(x, outcome),
        "aalen_johansen": aalen_johansen,
    }


def surpyval_jobs(frame: pd.DataFrame) -> Jobs:
    """By SurPyval, which marks censored rows by 1."""
    import surpyval

    day, arm = frame["day"].to_numpy(), frame["arm"].to_numpy()
    censored, x = 1 - frame["event"].to_numpy(), frame[list(COVARIATES)].to_numpy()

    def kaplan_meier() -> None:
        for one in np.unique(arm):
            own = arm == one
            fit = surpyval.KaplanMeier.fit(day[own], censored[own])
            fit.cb(fit.x)

    return {
        "kaplan_meier": kaplan_meier,
        "cox": lambda: surpyval.CoxPH.fit(x=day, Z=x, c=censored),
    }


def _curve_columns(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[["arm", "day", "event", "cause"]].astype({"arm": "category"})
