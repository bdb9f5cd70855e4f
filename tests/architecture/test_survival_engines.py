"""The survival core fits without the engines that only a few models need.

Loading lifelines, statsmodels or ``scipy.stats`` takes longer than all that a report estimates.
"""

from __future__ import annotations

import subprocess
import sys

FITS = """
import sys
import numpy as np
import pandas as pd
import rjeval as rj

n = 400
rng = np.random.default_rng(20260101)
new = rng.random(n) < 0.5
people = pd.DataFrame(
    {
        "day": rng.integers(1, 300, n),
        "new": new.astype(int),
        "gone": np.where(~new & (rng.random(n) < 0.2), "death", ""),
        "arm": ["a", "b"] * (n // 2),
        "age": rng.integers(15, 40, n),
        "family": np.arange(n) // 2,
    }
)
keep = ["arm", "age", "family"]
outcome = rj.time_to_event(people, time="day", event="new", competing="gone", covariates=keep)
rj.kaplan_meier(outcome, by="arm")
rj.cumulative_incidence(outcome, by="arm")
rj.log_rank_test(outcome, by="arm")
rj.gray_test(outcome, by="arm")
rj.restricted_mean(outcome, by="arm", horizon_days=200, n_bootstrap=10)
rj.cox_regression(outcome, "arm * age", cluster="family")
rj.cox_regression(outcome, "arm + age", penalty="firth")
rj.fine_gray_regression(outcome, "arm + age")
print([m for m in ("lifelines", "statsmodels", "scipy.stats", "matplotlib") if m in sys.modules])
"""


def test_curves_tests_and_regressions_load_no_engine():
    out = subprocess.run([sys.executable, "-c", FITS], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
