"""The survival core against lifelines, statsmodels and R, on the same rows in one run.

Seconds are those of the processor (user and system), which hold where the machine is shared.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

import rjeval as rj
from benchmarks.survival_data import COVARIATES, DISCRETE, simulate

FORMULA = " + ".join(COVARIATES)
DISCRETE_FORMULA = " + ".join(DISCRETE)
HORIZON = 730
REPEATS = 5
#: Rows at which the jobs are run, ours and the peers'.
CURVES, MODELS = (3_000, 300_000), (3_000, 300_000, 3_000_000)
SIZES = {
    "kaplan_meier": CURVES,
    "log_rank": (300_000,),
    "log_rank_stratified": (300_000,),
    "cox": MODELS,
    "cox_with_diagnostics": (3_000, 300_000),
    "cox_cluster": (30_000, 300_000),
    "cox_discrete": (3_000_000,),
    "aalen_johansen": (30_000, 300_000),
    "fine_gray": (3_000, 30_000),
    "rmst_bootstrap": (3_000,),
}
#: Jobs of a peer that would take minutes are not started above these rows.
LIMITS = {
    ("lifelines", "cox_cluster"): 30_000,
    ("lifelines", "cox_with_diagnostics"): 10_000,
    ("lifelines", "aalen_johansen"): 60_000,
    ("lifelines", "rmst_bootstrap"): 10_000,
    ("R", "cox_cluster"): 40_000,
    ("R", "fine_gray"): 40_000,
    ("R", "cox_with_diagnostics"): 10_000,
    ("R", "rmst_bootstrap"): 10_000,
    ("statsmodels", "cox"): 40_000,
    ("statsmodels", "cox_cluster"): 40_000,
}
Jobs = dict[str, Callable[[], object]]


def clock(job: Callable[[], object]) -> float:
    """Median milliseconds of the processor of five calls; of one where that takes long."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = time.process_time()
        job()
        first = time.process_time() - start
        if first > 5:
            return first * 1e3
        times = []
        for _ in range(REPEATS):
            start = time.process_time()
            job()
            times.append(time.process_time() - start)
    return median(times) * 1e3


def our_jobs(frame: pd.DataFrame) -> Jobs:
    """Calls of the face."""
    gone = frame.assign(gone=np.where(frame["cause"] == 2, "death", ""))
    keep = [*COVARIATES, *DISCRETE, "arm", "family", "site"]
    outcome = rj.time_to_event(gone, time="day", event="event", covariates=keep)
    two = rj.time_to_event(gone, time="day", event="event", competing="gone", covariates=keep)
    return {
        "kaplan_meier": lambda: rj.kaplan_meier(outcome, by="arm"),
        "log_rank": lambda: rj.log_rank_test(outcome, by="arm"),
        "log_rank_stratified": lambda: rj.log_rank_test(outcome, by="arm", strata="site"),
        "cox": lambda: rj.cox_regression(outcome, FORMULA, diagnostics=False),
        "cox_with_diagnostics": lambda: rj.cox_regression(outcome, FORMULA),
        "cox_cluster": lambda: rj.cox_regression(
            outcome, FORMULA, cluster="family", diagnostics=False
        ),
        "cox_discrete": lambda: rj.cox_regression(outcome, DISCRETE_FORMULA, diagnostics=False),
        "aalen_johansen": lambda: rj.cumulative_incidence(two, by="arm"),
        "fine_gray": lambda: rj.fine_gray_regression(two, FORMULA),
        "rmst_bootstrap": lambda: rj.restricted_mean(
            outcome, by="arm", horizon_days=HORIZON, n_bootstrap=1000
        ),
    }


def lifelines_jobs(frame: pd.DataFrame) -> Jobs:
    """The same by lifelines."""
    from lifelines import AalenJohansenFitter, CoxPHFitter, KaplanMeierFitter
    from lifelines.statistics import multivariate_logrank_test, proportional_hazard_test

    arms = [part for _, part in frame.groupby("arm")]
    modelled = frame[[*COVARIATES, "day", "event"]]
    clustered = frame[[*COVARIATES, "day", "event", "family"]]
    discrete = frame[[*DISCRETE, "day", "event"]]

    def kaplan_meier() -> None:
        for part in arms:
            KaplanMeierFitter().fit(part["day"], part["event"]).confidence_interval_  # noqa: B018

    def aalen_johansen() -> None:
        for part in arms:
            AalenJohansenFitter().fit(part["day"], part["cause"], event_of_interest=1)

    def rmst_bootstrap() -> None:
        from lifelines.utils import restricted_mean_survival_time

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
        "cox_with_diagnostics": cox_with_diagnostics,
        "kaplan_meier": kaplan_meier,
        "log_rank": lambda: multivariate_logrank_test(frame["day"], frame["arm"], frame["event"]),
        "cox": lambda: CoxPHFitter().fit(modelled, "day", "event"),
        "cox_discrete": lambda: CoxPHFitter().fit(discrete, "day", "event"),
        "cox_cluster": lambda: CoxPHFitter().fit(clustered, "day", "event", cluster_col="family"),
        "aalen_johansen": aalen_johansen,
        "rmst_bootstrap": rmst_bootstrap,
    }


def statsmodels_jobs(frame: pd.DataFrame) -> Jobs:
    """The same by statsmodels."""
    from statsmodels.duration.hazard_regression import PHReg
    from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight, survdiff

    day, event, x = frame["day"], frame["event"], frame[list(COVARIATES)].to_numpy()
    arms = [part for _, part in frame.groupby("arm")]
    return {
        "kaplan_meier": lambda: [SurvfuncRight(part["day"], part["event"]) for part in arms],
        "log_rank": lambda: survdiff(day, event, frame["arm"]),
        "log_rank_stratified": lambda: survdiff(day, event, frame["arm"], strata=frame["site"]),
        "cox": lambda: PHReg(day, x, status=event, ties="efron").fit(disp=0),
        "cox_cluster": lambda: PHReg(day, x, status=event, ties="efron").fit(
            groups=frame["family"], disp=0
        ),
        "aalen_johansen": lambda: [CumIncidenceRight(p["day"], p["cause"]) for p in arms],
    }


#: One call of a peer's job does this share of ours (20 of 1,000 bootstrap replicates).
SHARE = {"rmst_bootstrap": 50.0}


def run_r(frame: pd.DataFrame, names: list[str]) -> tuple[dict[str, float], str]:
    """Milliseconds by R, and its versions; nothing where R is not installed."""
    script = Path(__file__).with_name("survival.R")
    if shutil.which("Rscript") is None:
        return {}, "R is not installed"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        frame.to_csv(path, index=False)
        command = ["Rscript", str(script), str(path), str(REPEATS), ",".join(names)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {}, "R has no survival or cmprsk"
    times, versions = {}, ""
    for line in done.stdout.splitlines():
        name, _, rest = line.partition(" ")
        if name == "versions":
            versions = rest.strip()
        else:
            times[name] = float(rest)
    return times, versions


def allowed(peer: str, job: str, n: int) -> bool:
    """Whether a peer's job ends within a bearable time."""
    return n <= LIMITS.get((peer, job), n)


def compare(n: int) -> tuple[pd.DataFrame, str]:
    """One row per job: our milliseconds, and each peer's time divided by ours."""
    frame = simulate(n)
    ours = {job: call for job, call in our_jobs(frame).items() if n in SIZES[job]}
    peers = {"lifelines": lifelines_jobs(frame), "statsmodels": statsmodels_jobs(frame)}
    if n > max(CURVES):
        peers.pop("statsmodels")
    r_times, versions = run_r(frame, [job for job in ours if allowed("R", job, n)])
    lines = []
    for job, call in ours.items():
        own = clock(call)
        line: dict[str, object] = {"job": job, "rows": n, "rjeval_ms": round(own, 2)}
        for peer, jobs in peers.items():
            line[peer] = None
            if job in jobs and allowed(peer, job, n):
                line[peer] = round(clock(jobs[job]) * SHARE.get(job, 1.0) / own, 1)
        line["R"] = round(r_times[job] / own, 1) if job in r_times else None
        lines.append(line)
    return pd.DataFrame(lines), versions
