"""Turnbull's estimate of Rossi's data seen by checks every 8 or 13 weeks, by SurPyval.

Run in an environment of its own: ``pip install surpyval``, then ``python surpyval_turnbull.py`` in
this folder. SurPyval is a second oracle beside R's ``survfit``; rjeval never imports it.
"""

import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from surpyval import Turnbull

DATA = Path(__file__).parents[1] / "data"
frame = pd.read_csv(DATA / "rossi" / "rossi_numeric.csv")
every = np.where(frame["educ"] % 2 == 1, 8, 13)
week, arrested = frame["week"].to_numpy(), frame["arrest"].to_numpy() == 1
found = np.ceil(week / every) * every
last = np.maximum(np.floor(week / every) * every, 0.001)
left = np.where(arrested, found - every, last)
right = np.where(arrested, found, np.inf)
model = Turnbull.fit(
    xl=left, xr=right, turnbull_estimator="Kaplan-Meier", tol=1e-12, max_iter=200_000
)
ends = np.unique(found[arrested])
out = {
    "time": ends.tolist(),
    # Just after the end of an interval the curve has fallen so far.
    "surv": model.sf(ends + 1e-6).tolist(),
    "_meta": {"python": platform.python_version(), "surpyval": version("surpyval")},
}
(DATA / "survival_extra" / "turnbull_surpyval.json").write_text(json.dumps(out) + "\n")
