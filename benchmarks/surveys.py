"""Speed of rating regressions against statsmodels: medians of five, one run, one thread.

``python -m benchmarks surveys`` prints the rows that :func:`run` returns. R's ``clm`` is timed
where R and the package are there.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import rjeval as rj

REPEATS = 5
TERMS = ["a", "b", "c", "d", "e", "f"]
FORMULA = " + ".join(TERMS)
SLOPES = np.array([0.5, -0.3, 0.2, 0.1, 0.0, 0.4])
CUTS = np.array([-1.5, -0.5, 0.5, 1.5])

CLM = """
suppressMessages(library(ordinal)); d <- read.csv(commandArgs(TRUE)[1]); d$y <- factor(d$y)
t <- replicate(5, system.time(clm(y ~ a + b + c + d + e + f, data = d))[["elapsed"]])
cat(median(t))
"""


def draw(n: int, *, seed: int = 1) -> pd.DataFrame:
    """Ratings of five categories by six terms, two answers to a case."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 6))
    rating = np.searchsorted(CUTS, X @ SLOPES + rng.logistic(size=n))
    frame = pd.DataFrame(X, columns=TERMS)
    return frame.assign(rating=(rating + 1).astype(str), case_id=rng.integers(0, n // 2, n))


def median_seconds(work: Callable[[], Any], repeats: int = REPEATS) -> float:
    """Median of the wall-clock seconds of some runs, after one to warm up."""
    work()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def run() -> list[dict[str, Any]]:
    """Return one row per job: ours, the peer's and the ratio."""
    return [*ordinal_rows(30_000), *ordinal_rows(1_000_000, peers=False), *logistic_rows(30_000)]


def row(
    job: str, n: int, seconds: float, peer: str = "", peer_seconds: float | None = None
) -> dict[str, Any]:
    """One line of the table."""
    ratio = None if peer_seconds is None else round(peer_seconds / seconds, 1)
    return {
        "job": job,
        "n": n,
        "seconds": round(seconds, 4),
        "peer": peer,
        "peer_seconds": None if peer_seconds is None else round(peer_seconds, 3),
        "ratio": ratio,
    }


def ordinal_rows(n: int, *, peers: bool = True) -> list[dict[str, Any]]:
    """Ordered logit with cluster-robust variance."""
    frame = draw(n)
    given = rj.ratings(frame, rating="rating", levels=list("12345"), covariates=TERMS)
    ours = median_seconds(lambda: rj.ordinal_regression(given, FORMULA, cluster="case_id"))
    job = "ordered logit, clustered"
    if not peers:
        return [row(job, n, ours)]
    rows = [row(job, n, ours, "statsmodels OrderedModel", statsmodels_ordered(frame))]
    clm = r_clm(frame)
    if clm is not None:
        rows.append(row(job, n, ours, "R ordinal::clm, not clustered", clm))
    return rows


def statsmodels_ordered(frame: pd.DataFrame) -> float:
    """Seconds of OrderedModel with the same variance; three runs, because it is slow."""
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    y, X = frame["rating"].astype(int).to_numpy(), frame[TERMS].to_numpy()
    groups = pd.factorize(frame["case_id"])[0]

    def work() -> None:
        OrderedModel(y, X, distr="logit").fit(
            method="bfgs", disp=False, cov_type="cluster", cov_kwds={"groups": groups}
        )

    return median_seconds(work, repeats=3)


def r_clm(frame: pd.DataFrame) -> float | None:
    """Seconds of R's clm, ``None`` where R or the package is absent."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        data, script = Path(folder) / "d.csv", Path(folder) / "clm.R"
        frame.rename(columns={"rating": "y"}).to_csv(data, index=False)
        script.write_text(CLM)
        done = subprocess.run(
            ["Rscript", str(script), str(data)], capture_output=True, text=True, check=False
        )
    return float(done.stdout) if done.returncode == 0 and done.stdout else None


def logistic_rows(n: int) -> list[dict[str, Any]]:
    """Logistic regression with clusters."""
    import statsmodels.api as sm

    frame = draw(n)
    given = rj.ratings(frame, rating="rating", levels=list("12345"), covariates=TERMS)
    ours = median_seconds(lambda: rj.logistic_regression(given, FORMULA, cluster="case_id"))
    y = frame["rating"].isin(["4", "5"]).to_numpy(dtype=float)
    X = np.column_stack([np.ones(n), frame[TERMS]])
    groups = pd.factorize(frame["case_id"])[0]
    theirs = median_seconds(
        lambda: sm.Logit(y, X).fit(disp=False, cov_type="cluster", cov_kwds={"groups": groups})
    )
    return [row("logistic, clustered", n, ours, "statsmodels Logit (arrays given)", theirs)]
