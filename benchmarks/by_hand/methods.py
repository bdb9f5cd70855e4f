# The contents of the methods appendix and the fact sheet, by hand: runs after annual.py in the
# same notebook, so that nothing is prepared twice.

# %% Log-rank test and test of proportional hazards
from lifelines.statistics import logrank_test, proportional_hazard_test

one, other = (own for _, own in outcome.groupby("arm"))
logrank_test(one["time"], other["time"], one["event"], other["event"]).summary

# %%
plain = complete.drop(columns="case")
cox_plain = lifelines.CoxPHFitter().fit(plain, "time", "event", formula=formula)
proportional_hazard_test(cox_plain, plain, time_transform="km").summary

# %% Counts of incidents: negative binomial
counts = history.merge(covariates.drop(columns="case"), on="Referral #")
counts = counts.dropna(subset=["age", "prior_arrests", "site"])
often = smf.negativebinomial("n ~ arm + age + prior_arrests + site", counts, exposure=counts["end"]).fit(
    disp=0, cov_type="cluster", cov_kwds={"groups": counts["case"].astype("category").cat.codes}
)
often.summary()

# %% Hazards over time: scaled Schoenfeld residuals of the arm, and smoothed hazards
residuals = cox_plain.compute_residuals(plain, "scaled_schoenfeld")
times = plain.loc[residuals.index, "time"]
smooth = sm.nonparametric.lowess(residuals["arm[T.rj]"], times)
fig, axes = plt.subplots(1, 2, figsize=(8, 3))
axes[0].plot(times, residuals["arm[T.rj]"], ".", alpha=0.2)
axes[0].plot(*smooth.T)
for arm, own in outcome.groupby("arm"):
    hazard = lifelines.NelsonAalenFitter().fit(own["time"], own["event"], label=arm)
    hazard.smoothed_hazard_(60).plot(ax=axes[1])

# %% Spline model beside Cox
parts = {"beta_": formula} | {f"gamma{knot}_": "1" for knot in range(4)}
spline = lifelines.CRCSplineFitter(n_baseline_knots=4).fit(plain, "time", "event", regressors=parts)
spline.summary

# %% Effect by site, and test of the interaction
interaction.summary.loc[[name for name in interaction.summary.index if ":" in name]]

# %% Ordinal models and cuts
for role in ("Harmed party", "Client"):
    fit, predicted, effects, cuts, mixed = role_models(role)
    print(fit.summary(), cuts)

# %% What the rows went through
pd.DataFrame({"read": rows_read}).T

# %% Versions
pd.Series({one.__name__: one.__version__ for one in (pd, np, lifelines)}).to_frame("version")

# %% Fact sheet: numbers first, funnel, one outcome figure
tiles = {"referred": len(people), "included": len(cohort), "rate at 365 days": rates.loc[1, "rate"],
         "satisfied": (of_role("Harmed party")[0].query("Question == 'overall_satisfaction'")["value"] >= 4).mean()}
pd.Series(tiles).to_frame()

# %%
fig, ax = plt.subplots(figsize=(6, 3))
reached.sum().plot.bar(ax=ax)

# %%
fig, ax = plt.subplots(figsize=(6, 3))
for arm, curve in incidence.items():
    curve.plot(ax=ax)

# %% Objectives
pd.DataFrame([("few new filings", 0.20, rates.loc[1, "rate"], rates.loc[1, "high"] <= 0.20)],
             columns=["objective", "target", "now", "met"])
