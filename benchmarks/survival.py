"""The survival core against its peers, on the same rows in one run.

Milliseconds are those of the processor (user and system), which hold where the machine is shared.
"""

from __future__ import annotations

import math
import shutil
import subprocess
import tempfile
import time
import tracemalloc
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

import rjeval as rj
from benchmarks.survival_data import COVARIATES, DISCRETE, simulate
from benchmarks.survival_peers import HORIZON, PEERS, Jobs, installed, peer_jobs
from rjeval.analysis_data import TimeToEvent
from rjeval.day_codes import code_days
from rjeval.results.survival import Curves

FORMULA = " + ".join(COVARIATES)
DISCRETE_FORMULA = " + ".join(DISCRETE)
#: Measurements, and the least milliseconds of each: quick jobs run several times in a row.
REPEATS, LEAST = 5, 20.0
#: A job whose first call takes longer (seconds) is measured by that call.
LONG = 5.0
#: What each job is, in the order of the table.
JOBS = {
    "coding": "days and exits coded, once with the table of follow-up",
    "kaplan_meier": "Kaplan-Meier by arm, intervals, counts at risk",
    "kaplan_meier_read": "the same, its tables read",
    "kaplan_meier_uncoded": "the same, its tables read, days not coded before",
    "log_rank": "log-rank",
    "log_rank_stratified": "log-rank, stratified",
    "cox": "Cox, Efron, 8 mixed covariates",
    "cox_with_diagnostics": "Cox with concordance and four hazards tests",
    "cox_cluster": "Cox, cluster-robust",
    "cox_discrete": "Cox, 8 discrete covariates, from counts, exact Efron",
    "aalen_johansen": "Aalen-Johansen with standard errors (R: `cuminc`)",
    "fine_gray": "Fine-Gray, robust (R: `finegray` + `coxph`)",
    "rmst_bootstrap": "1,000 bootstrap replicates of an RMST difference",
}
#: Rows at which the jobs are run, ours and the peers'.
CURVES, MODELS = (3_000, 300_000), (3_000, 300_000, 3_000_000)
SIZES = {
    "coding": CURVES,
    "kaplan_meier": CURVES,
    "kaplan_meier_read": CURVES,
    "kaplan_meier_uncoded": CURVES,
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
#: Ratios aimed for, by peer, job and rows.
AIMS = {
    "lifelines": {
        "kaplan_meier": {3_000: 20, 300_000: 30},
        "log_rank": {300_000: 30},
        "cox": {3_000: 10, 300_000: 6, 3_000_000: 6},
        "cox_cluster": {30_000: 150},
        "cox_discrete": {3_000_000: 30},
        "aalen_johansen": {30_000: 100},
        "rmst_bootstrap": {3_000: 20},
    },
    "R": {
        "kaplan_meier": {3_000: 10, 300_000: 150},
        "log_rank": {300_000: 200},
        "log_rank_stratified": {300_000: 200},
        "cox": {3_000: 3, 300_000: 10, 3_000_000: 12},
        "cox_cluster": {30_000: 6, 300_000: 10},
        "cox_discrete": {3_000_000: 40},
        "aalen_johansen": {30_000: 10, 300_000: 50},
        "fine_gray": {3_000: 50, 30_000: 300},
        "rmst_bootstrap": {3_000: 20},
    },
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
    ("scikit-survival", "cox"): 40_000,
    ("SurPyval", "cox"): 10_000,
}
#: One call of a peer's job does this share of ours (20 of 1,000 bootstrap replicates).
SHARE = {"rmst_bootstrap": 50.0}
#: Columns that each job reads, beside the days and the reason of exit.
READ = {
    "kaplan_meier": ["arm"],
    "log_rank": ["arm"],
    "log_rank_stratified": ["arm", "site"],
    "cox": list(COVARIATES),
    "cox_with_diagnostics": list(COVARIATES),
    "cox_cluster": [*COVARIATES, "family"],
    "aalen_johansen": ["arm"],
    "fine_gray": list(COVARIATES),
}


@dataclass(kw_only=True)
class Line:
    """One job at one number of rows: our milliseconds, each peer's time divided by ours."""

    job: str
    n: int
    own: float
    ratios: dict[str, float] = field(default_factory=dict)


def clock(job: Callable[[], object]) -> float:
    """Median milliseconds of the processor of five measurements; of one where that is long."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        first = _spent(job, 1)
        if first > LONG * 1e3:
            return first
        runs = max(1, math.ceil(LEAST / max(_spent(job, 1), 1e-3)))
        return median(_spent(job, runs) for _ in range(REPEATS))


def _spent(job: Callable[[], object], runs: int) -> float:
    start = time.process_time()
    for _ in range(runs):
        job()
    return (time.process_time() - start) * 1e3 / runs


def outcomes(frame: pd.DataFrame) -> tuple[TimeToEvent, TimeToEvent]:
    """Return the follow-up without and with competing events."""
    gone = frame.assign(gone=np.where(frame["cause"] == 2, "death", ""))
    keep = [*COVARIATES, *DISCRETE, "arm", "family", "site"]
    one = rj.time_to_event(gone, time="day", event="event", covariates=keep)
    two = rj.time_to_event(gone, time="day", event="event", competing="gone", covariates=keep)
    return one, two


def our_jobs(frame: pd.DataFrame) -> Jobs:
    """Calls of the face."""
    one, two = outcomes(frame)
    plain = replace(one)
    plain.frame["time_days"] = plain.frame["time_days"].copy()  # another column than was coded
    return {
        "coding": lambda: code_days(one.frame),
        "kaplan_meier": lambda: rj.kaplan_meier(one, by="arm"),
        "kaplan_meier_read": lambda: _read(rj.kaplan_meier(one, by="arm")),
        "kaplan_meier_uncoded": lambda: _read(rj.kaplan_meier(plain, by="arm")),
        "log_rank": lambda: rj.log_rank_test(one, by="arm"),
        "log_rank_stratified": lambda: rj.log_rank_test(one, by="arm", strata="site"),
        "cox": lambda: rj.cox_regression(one, FORMULA, diagnostics=False),
        "cox_with_diagnostics": lambda: rj.cox_regression(one, FORMULA),
        "cox_cluster": lambda: rj.cox_regression(one, FORMULA, cluster="family", diagnostics=False),
        "cox_discrete": lambda: rj.cox_regression(one, DISCRETE_FORMULA, diagnostics=False),
        "aalen_johansen": lambda: rj.cumulative_incidence(two, by="arm"),
        "fine_gray": lambda: rj.fine_gray_regression(two, FORMULA),
        "rmst_bootstrap": lambda: rj.restricted_mean(
            one, by="arm", horizon_days=HORIZON, n_bootstrap=1000
        ),
    }


def _read(curves: Curves) -> tuple[pd.DataFrame, pd.DataFrame]:
    return curves.frame, curves.groups


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


def compare(n: int) -> tuple[list[Line], str]:
    """Return one line per job, and R's versions."""
    frame = simulate(n)
    ours = {job: call for job, call in our_jobs(frame).items() if n in SIZES[job]}
    peers = peer_jobs(frame)
    if n > max(CURVES):
        peers = {"lifelines": peers["lifelines"]} if "lifelines" in peers else {}
    r_times, versions = run_r(frame, [job for job in ours if allowed("R", job, n)])
    lines = []
    for job, call in ours.items():
        line = Line(job=job, n=n, own=clock(call))
        for peer, jobs in peers.items():
            if job in jobs and allowed(peer, job, n):
                line.ratios[peer] = clock(jobs[job]) * SHARE.get(job, 1.0) / line.own
        if job in r_times:
            line.ratios["R"] = r_times[job] / line.own
        lines.append(line)
    return lines, versions


def table(lines: list[Line]) -> str:
    """Return the Markdown table: jobs in their order, the ratio aimed for in brackets."""
    peers = [*(peer for peer in PEERS if installed(peer)), "R"]
    rows = [f"| job | rows | rjeval ms | {' | '.join(peers)} |", "|---" * (3 + len(peers)) + "|"]
    order = list(JOBS)
    last = ""
    for line in sorted(lines, key=lambda one: (order.index(one.job), one.n)):
        cells = [_cell(line, peer) for peer in peers]
        title = "" if line.job == last else f"{JOBS[line.job]} "
        rows.append(f"| {title}| {line.n:,} | {_short(line.own)} | {' | '.join(cells)} |")
        last = line.job
    return "\n".join(rows)


def _cell(line: Line, peer: str) -> str:
    aim = AIMS.get(peer, {}).get(line.job, {}).get(line.n)
    shown = _short(line.ratios[peer]) if peer in line.ratios else "-"
    return shown if aim is None else f"{shown} ({aim})"


def _short(value: float) -> str:
    if value >= 20:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def absent() -> str:
    """Return what is not installed, so not compared."""
    missing = [peer for peer in PEERS if not installed(peer)]
    return f"Not installed, so not compared: {', '.join(missing)}." if missing else ""


def peaks(n: int = 300_000) -> dict[str, float]:
    """Peak memory of one fit as traced, over the bytes of the columns that it reads."""
    frame = simulate(n)
    jobs, (outcome, _) = our_jobs(frame), outcomes(frame)
    found = {}
    for job, columns in READ.items():
        jobs[job]()
        used = outcome.frame[["time_days", "entry_days", "exit_reason", *columns]]
        tracemalloc.start()
        jobs[job]()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        found[job] = peak / int(used.memory_usage(index=False).sum())
    return found
