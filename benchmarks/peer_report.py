"""The content of the annual evaluation made the usual way: a notebook, papermill, nbconvert.

Run by an interpreter that has papermill and nbconvert (``RJEVAL_PEER_PYTHON``); what it reads is
the prepared data of a study, so that cleaning counts for neither side.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

CELLS = (
    """
import pandas as pd, numpy as np, matplotlib.pyplot as plt
import lifelines, statsmodels.formula.api as smf
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.stats.proportion import proportion_confint, confint_proportions_2indep
from pathlib import Path
folder = Path(FOLDER)
outcome = pd.read_csv(folder / "outcome.csv")
tables = {p.stem: pd.read_parquet(p) for p in folder.glob("*.parquet")}
""",
    "pd.DataFrame({name: [len(one)] for name, one in tables.items()}).T",
    "{name: one.isna().mean().round(3).to_dict() for name, one in tables.items()}",
    "outcome.groupby('arm')[['age_at_index', 'prior_arrests']].describe().T",
    "tables['referral']['referral_date'].dt.to_period('Q').value_counts().sort_index().plot.bar()",
    "tables['session'].groupby('mode').size()",
    "tables['agreement'].groupby('status').size() if 'status' in tables['agreement'] else None",
    "tables['payment'].select_dtypes('number').sum()",
    """
rows = []
for days in (365, 730):
    for arm, own in outcome.groupby("arm"):
        mature = own[(own.time_days >= days) | own.event]
        k, n = int((mature.event & (mature.time_days <= days)).sum()), len(mature)
        rows.append((arm, days, n, k, k / n, *proportion_confint(k, n, method="wilson")))
pd.DataFrame(rows, columns=["arm", "days", "n", "k", "rate", "low", "high"])
""",
    """
fig, ax = plt.subplots()
for arm, own in outcome.groupby("arm"):
    lifelines.KaplanMeierFitter().fit(own.time_days, own.event, label=arm).plot(ax=ax)
lifelines.plotting.add_at_risk_counts(
    *[lifelines.KaplanMeierFitter().fit(o.time_days, o.event, label=a)
      for a, o in outcome.groupby("arm")], ax=ax)
""",
    """
aj = {}
for arm, own in outcome.groupby("arm"):
    aj[arm] = lifelines.AalenJohansenFitter(seed=1).fit(own.time_days, own.status, 1)
    aj[arm].plot()
""",
    """
from lifelines.statistics import logrank_test
a, b = [o for _, o in outcome.groupby("arm")]
logrank_test(a.time_days, b.time_days, a.event, b.event).summary
""",
    """
from lifelines.utils import restricted_mean_survival_time as rmst
{arm: rmst(lifelines.KaplanMeierFitter().fit(o.time_days, o.event), t=730)
 for arm, o in outcome.groupby("arm")}
""",
    """
cox = lifelines.CoxPHFitter().fit(
    outcome, "time_days", "event", cluster_col="case_id",
    formula="arm + age_at_index + prior_arrests + site_id")
cox.summary
""",
    "cox.plot()",
    """
from lifelines.statistics import proportional_hazard_test
plain = lifelines.CoxPHFitter().fit(
    outcome.drop(columns=["case_id"]), "time_days", "event",
    formula="arm + age_at_index + prior_arrests + site_id")
proportional_hazard_test(
    plain, outcome.drop(columns=["case_id"]), time_transform="km").summary
""",
    """
answers = tables["survey_response"].merge(tables["survey_invitation"], on="invitation_id")
answers = answers[answers.item_id.eq("overall_satisfaction") & answers.value.notna()]
for role, own in answers.groupby("role"):
    shares = own.value.value_counts(normalize=True).sort_index()
    shares.to_frame(role).T.plot.barh(stacked=True)
""",
    """
fits = {}
for role, own in answers.groupby("role"):
    own = own.reset_index(drop=True)
    X = pd.get_dummies(own[["wave"]].astype(str)).iloc[:, 1:].astype(float)
    X["noise"] = np.random.default_rng(1).normal(size=len(own))
    y = own.value.astype(int)
    fits[role] = OrderedModel(y, X, distr="logit").fit(method="bfgs", disp=0).summary()
list(fits.values())
""",
    """
grid = []
for days in (183, 365, 548, 730):
    cut = outcome.assign(
        event=outcome.event & (outcome.time_days <= days),
        time_days=outcome.time_days.clip(upper=days))
    for formula in ("arm", "arm + age_at_index", "arm + age_at_index + prior_arrests + site_id"):
        fit = lifelines.CoxPHFitter().fit(
            cut.drop(columns=["case_id"]), "time_days", "event", formula=formula)
        grid.append((days, formula, *fit.summary.iloc[0][["coef", "se(coef)"]]))
pd.DataFrame(grid)
""",
)


def write_notebook(folder: Path, data: Path) -> Path:
    """Write the notebook that a careful analyst would, and return its path."""
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"cell-{number}",
            "metadata": {},
            "outputs": [],
            "source": source.strip().replace("FOLDER", repr(str(data))),
        }
        for number, source in enumerate(CELLS)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    content = {"cells": cells, "metadata": {"kernelspec": kernel}}
    content |= {"nbformat": 4, "nbformat_minor": 5}
    path = folder / "by_hand.ipynb"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def make_by_hand(folder: Path, data: Path, *, python: str = sys.executable) -> None:
    """Run the notebook by papermill and convert it to HTML by nbconvert."""
    notebook, done = write_notebook(folder, data), folder / "done.ipynb"
    papermill = [python, "-m", "papermill", "--no-progress-bar", "-k", "python3"]
    convert = [python, "-m", "nbconvert", "--to", "html", "--no-input", str(done)]
    for command in ([*papermill, str(notebook), str(done)], convert):
        subprocess.run(command, check=True, capture_output=True)
