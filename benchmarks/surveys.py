"""Speed of rating regressions against statsmodels and R: medians of five CPU times, one run.

Both sides start from a table and a formula, or both from arrays, as the row says; both give
cluster-robust variances. CPU seconds, because the machine may be shared. R is timed where it and
the packages are there.
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
from rjeval.surveys.cumulative import fit_cumulative
from rjeval.surveys.links import LINKS
from rjeval.surveys.sandwich import sandwich

REPEATS = 5
TERMS = ["a", "b", "c", "d", "e", "f"]
FORMULA = " + ".join(TERMS)
SLOPES = np.array([0.5, -0.3, 0.2, 0.1, 0.0, 0.4])
CUTS = np.array([-1.5, -0.5, 0.5, 1.5])

CLM = """
suppressMessages({library(ordinal); library(sandwich)})
d <- read.csv(commandArgs(TRUE)[1]); d$y <- factor(d$y)
cpu <- function(t) t[["user.self"]] + t[["sys.self"]]
fit <- clm(y ~ a + b + c + d + e + f, data = d)
one <- function() cpu(system.time(clm(y ~ a + b + c + d + e + f, data = d))) +
  cpu(system.time(vcovCL(fit, cluster = d$case_id)))
cat(median(replicate(5, one())))
"""


def draw(n: int, *, seed: int = 1) -> pd.DataFrame:
    """Ratings of five categories by six terms, two answers to a case."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 6))
    rating = np.searchsorted(CUTS, X @ SLOPES + rng.logistic(size=n))
    frame = pd.DataFrame(X, columns=TERMS)
    return frame.assign(rating=(rating + 1).astype(str), case_id=rng.integers(0, n // 2, n))


def median_seconds(work: Callable[[], Any], repeats: int = REPEATS) -> float:
    """Median of the CPU seconds of some runs, after one to warm up."""
    work()
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def run() -> list[dict[str, Any]]:
    """Return one row per job: ours, the peer's and the ratio."""
    return [*ordinal_rows(30_000), *ordinal_rows(1_000_000, peers=False), *logistic_rows(30_000)]


def as_markdown(rows: list[dict[str, Any]]) -> str:
    """Return the table as ``README.md`` holds it."""
    lines = [
        "| job | ratings | rjeval ms | peer | peer ms | peer over ours |",
        "|---|---|---|---|---|---|",
    ]
    for one in rows:
        theirs = "-" if one["peer_seconds"] is None else f"{1000 * one['peer_seconds']:,.0f}"
        ratio = "-" if one["ratio"] is None else f"{one['ratio']:.3g}"
        ours = f"{1000 * one['seconds']:,.1f}"
        cells = (one["job"], f"{one['n']:,}", ours, one["peer"] or "-", theirs, ratio)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


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
    face = median_seconds(lambda: rj.ordinal_regression(given, FORMULA, cluster="case_id"))
    arrays = median_seconds(ordinal_arrays(frame))
    job = "ordered logit, clustered"
    if not peers:
        return [row(f"{job}, formula", n, face), row(f"{job}, arrays", n, arrays)]
    theirs = statsmodels_ordered(frame)
    rows = [row(f"{job}, arrays", n, arrays, "statsmodels OrderedModel (arrays)", theirs)]
    rows.append(row(f"{job}, formula", n, face, "statsmodels OrderedModel (arrays)", theirs))
    clm = r_clm(frame)
    if clm is not None:
        rows.append(row(f"{job}, formula", n, face, "R ordinal::clm and vcovCL", clm))
        rows.append(row(f"{job}, arrays", n, arrays, "R ordinal::clm and vcovCL", clm))
    return rows


def ordinal_arrays(frame: pd.DataFrame) -> Callable[[], Any]:
    """Our kernel on arrays: fit and clustered variance."""
    y, X = frame["rating"].astype(int).to_numpy() - 1, frame[TERMS].to_numpy()
    codes, weights = pd.factorize(frame["case_id"])[0], np.ones(len(y))

    def work() -> Any:
        fit = fit_cumulative(y, X, weights=weights, link=LINKS["logit"])
        return sandwich(fit.maximum.vcov, fit.score_cross_product(codes))

    return work


def statsmodels_ordered(frame: pd.DataFrame) -> float:
    """Seconds of OrderedModel with the same variance, to nearly the same accuracy."""
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    y, X = frame["rating"].astype(int).to_numpy(), frame[TERMS].to_numpy()
    groups = pd.factorize(frame["case_id"])[0]

    def work() -> None:
        OrderedModel(y, X, distr="logit").fit(
            method="bfgs",
            gtol=1e-8,
            disp=False,
            cov_type="cluster",
            cov_kwds={"groups": groups},
        )

    return median_seconds(work)


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


def r_versions() -> str:
    """Versions of R and the packages timed, or that there is none."""
    if shutil.which("Rscript") is None:
        return "not installed"
    code = 'for (p in c("ordinal", "sandwich")) cat(p, as.character(packageVersion(p)), "")'
    done = subprocess.run(
        ["Rscript", "-e", f"cat(R.version.string, ''); {code}"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() if done.returncode == 0 else "ordinal or sandwich is not installed"


def logistic_rows(n: int) -> list[dict[str, Any]]:
    """Logistic regression with clusters, each from a table and a formula."""
    import statsmodels.formula.api as smf

    frame = draw(n)
    given = rj.ratings(frame, rating="rating", levels=list("12345"), covariates=TERMS)
    ours = median_seconds(lambda: rj.logistic_regression(given, FORMULA, cluster="case_id"))
    table = frame.assign(top=frame["rating"].isin(["4", "5"]).astype(float))
    groups = pd.factorize(frame["case_id"])[0]
    theirs = median_seconds(
        lambda: smf.logit(f"top ~ {FORMULA}", table).fit(
            disp=False, cov_type="cluster", cov_kwds={"groups": groups}
        )
    )
    return [row("logistic, clustered, formula", n, ours, "statsmodels logit (formula)", theirs)]
