"""Curves, tests and regressions of Rossi's and mgus2 data by scikit-survival and comprisk.

Run in an environment of its own: ``pip install scikit-survival comprisk``, then
``python survival_peers.py`` in this folder. Both are further oracles beside R; rjeval never
imports them. scikit-survival has Kaplan-Meier, the log-rank test, Cox with Efron's ties and the
incidence of competing causes; comprisk has that incidence, Gray's test, Fine-Gray and
cause-specific Cox, written after cmprsk.
"""

import json
import platform
from importlib.metadata import version
from pathlib import Path

import comprisk
import numpy as np
import pandas as pd
from sksurv.compare import compare_survival
from sksurv.linear_model import CoxPHSurvivalAnalysis
from sksurv.nonparametric import cumulative_incidence_competing_risks, kaplan_meier_estimator
from sksurv.util import Surv

DATA = Path(__file__).parents[1] / "data"
COX = ["fin", "age", "race", "wexp", "mar", "paro", "prio"]
rossi = pd.read_csv(DATA / "rossi" / "rossi_numeric.csv")
arrested, week = rossi["arrest"].to_numpy(dtype=bool), rossi["week"].to_numpy(dtype=float)
surv = Surv.from_arrays(arrested, week)

time, estimate, limits = kaplan_meier_estimator(arrested, week, conf_type="log-log")
curve = {
    "time": time.tolist(),
    "surv": estimate.tolist(),
    "low": limits[0].tolist(),
    "high": limits[1].tolist(),
}
statistic, p_value, *_ = compare_survival(surv, rossi["fin"].to_numpy(), return_stats=True)
cox = {}
for ties in ("efron", "breslow"):
    model = CoxPHSurvivalAnalysis(ties=ties, tol=1e-14).fit(rossi[COX].astype(float), surv)
    cox[ties] = dict(zip(COX, model.coef_.tolist(), strict=True))

mgus2 = pd.read_csv(DATA / "mgus2" / "mgus2.csv")
progressed = mgus2["pstat"] == 1
months = np.where(progressed, mgus2["ptime"], mgus2["futime"]).astype(float)
state = np.where(progressed, 1, np.where(mgus2["death"] == 1, 2, 0))
sks = {}
for sex in ("F", "M"):
    own = (mgus2["sex"] == sex).to_numpy()
    # Its limits need the variance of Aalen's form; the estimate does not.
    when, incidence = cumulative_incidence_competing_risks(state[own], months[own])
    sks[sex] = {"time": when.tolist(), "cause_1": incidence[1].tolist()}
    sks[sex]["cause_2"] = incidence[2].tolist()
gray = {}
for cause in (1, 2):
    test = comprisk.gray_test(months, state, mgus2["sex"].to_numpy(), cause=cause)
    gray[str(cause)] = {"statistic": test.stat, "p_value": test.pvalue, "df": test.df}
fitted = comprisk.CumulativeIncidence().fit(months, state, group=mgus2["sex"].to_numpy())
incidence = {}
for (sex, cause), one in fitted.curves_.items():
    parts = {"time": one.times.tolist(), "cif": one.cif.tolist()}
    incidence[f"{sex} {int(cause)}"] = parts

whole = mgus2.assign(state=state, months=months, male=(mgus2["sex"] == "M").astype(float))
whole = whole.dropna(subset=["age", "mspike", "hgb"])
x = whole[["age", "male", "mspike"]].to_numpy(dtype=float)
when, what = whole["months"].to_numpy(), whole["state"].to_numpy()
fine_gray = {}
for cause in (1, 2):
    model = comprisk.FineGrayRegression(cause=cause, max_iter=100, gtol=1e-12)
    model.fit(x, time=when, event=what)
    fine_gray[str(cause)] = {"coef": model.coef_.tolist(), "loglik": model.log_likelihood_}
specific = comprisk.CauseSpecificCox(cause=1, gtol=1e-12).fit(x, time=when, event=what)

out = {
    "rossi": {
        "kaplan_meier": curve,
        "log_rank": {"statistic": statistic, "p_value": p_value},
        "cox": cox,
    },
    "mgus2": {
        "incidence_scikit_survival": sks,
        "incidence_comprisk": incidence,
        "gray": gray,
        "fine_gray": fine_gray,
        "cause_specific_breslow": {
            "coef": specific.coef_.tolist(),
            "se": specific.se_.tolist(),
        },
    },
    "_meta": {
        "python": platform.python_version(),
        **{name: version(name) for name in ("scikit-survival", "comprisk", "numpy")},
    },
}
path = DATA / "survival_peers" / "reference.json"
path.write_text(json.dumps(out) + "\n")
