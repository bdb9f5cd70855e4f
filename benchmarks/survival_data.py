"""Synthetic follow-up for the benchmarks: whole days, mixed covariates, clusters, two causes."""

from __future__ import annotations

import numpy as np
import pandas as pd

SEED = 20260101
COVARIATES = tuple(f"x{i}" for i in range(8))
#: Covariates of few values each: 1,280 patterns.
DISCRETE = (*(f"z{i}" for i in range(7)), "z7")
HORIZON = 1826


def simulate(n: int) -> pd.DataFrame:
    """Return ``n`` people followed for at most five years, about half with the event."""
    rng = np.random.default_rng(SEED)
    x = np.column_stack(
        [
            rng.random(n) < 0.5,
            rng.normal(30, 8, n).round(),
            rng.poisson(2, n),
            rng.random(n) < 0.3,
            rng.random(n) < 0.2,
            rng.normal(0, 1, n).round(2),
            rng.integers(0, 4, n),
            rng.random(n) < 0.6,
        ]
    ).astype(float)
    score = x @ [-0.3, -0.03, 0.1, 0.2, 0.1, 0.05, 0.05, -0.1]
    time = np.ceil(rng.exponential(900 / np.exp(score - score.mean())))
    other = np.ceil(rng.exponential(6000, n))
    end = np.ceil(rng.uniform(200, HORIZON, n))
    day = np.minimum(np.minimum(time, other), end)
    frame = pd.DataFrame(x, columns=list(COVARIATES))
    frame["day"] = day
    frame["event"] = (time == day).astype(int)
    frame["cause"] = np.where(time == day, 1, np.where(other == day, 2, 0))
    frame["arm"] = np.where(x[:, 0] > 0, "rj", "comparison")
    frame["family"] = rng.integers(0, max(2, n // 3), n)
    frame["site"] = rng.integers(0, 4, n)
    for name in DISCRETE[:-1]:
        frame[name] = rng.integers(0, 2, n)
    frame[DISCRETE[-1]] = rng.integers(0, 10, n)
    return frame
