# The contents of the annual evaluation as an analyst writes them by hand: pandas, Pandera,
# lifelines, statsmodels, matplotlib. Cells begin with "# %%"; RAW is put in before it runs.

# %% Libraries and exports
from pathlib import Path

import lifelines
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pandera.pandas as pa
import statsmodels.api as sm
import statsmodels.formula.api as smf
from lifelines.plotting import add_at_risk_counts
from lifelines.utils import restricted_mean_survival_time
from statsmodels.genmod.bayes_mixed_glm import BinomialBayesMixedGLM
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

raw = Path(RAW)
rng = np.random.default_rng(1)
text = {"dtype": str, "keep_default_na": False, "na_values": ["", "-", "N/A", "not recorded"]}
clients = pd.read_csv(raw / "crm_clients.csv", encoding="utf-8-sig", **text)
referrals = pd.read_csv(raw / "crm_referrals.csv", encoding="cp1252", **text)
harmed = pd.read_csv(raw / "harmed_parties.csv", **text)
checks = pd.read_csv(raw / "court_checks.csv", sep=";", **text)
events = pd.read_csv(raw / "court_events.csv", sep=";", **text)
custody = pd.read_csv(raw / "custody_and_moves.csv", **text)
agreements = pd.read_csv(raw / "crm_agreements.csv", **text)
obligations = pd.read_csv(raw / "crm_obligations.csv", **text)
payments = pd.read_csv(raw / "crm_payments.csv", **text)
trainings = pd.read_csv(raw / "outreach_trainings.csv", **text)
tests = pd.read_csv(raw / "outreach_tests.csv", **text)
community = pd.read_csv(raw / "outreach_community.csv", **text)
tracker = raw / "rj_clinic_tracker.xlsx"
book = pd.read_excel(tracker, sheet_name=None, header=3, dtype=str, engine="calamine")
sessions, sent, answers = book["Sessions"], book["Surveys sent"], book["Survey answers"]
tables = {
    "clients": clients, "referrals": referrals, "harmed parties": harmed, "checks": checks,
    "events": events, "custody": custody, "agreements": agreements, "obligations": obligations,
    "payments": payments, "sessions": sessions, "surveys sent": sent, "answers": answers,
    "trainings": trainings, "tests": tests, "community": community,
}
rows_read = {name: len(one) for name, one in tables.items()}

# %% Clean: footers, duplicates, repeated keys left blank, dates, codes, money
clients = clients[clients["Client ID"].str.match(r"^0035e", na=False)].drop_duplicates()
referrals = referrals[referrals["Referral #"].str.match(r"^R\d", na=False)].drop_duplicates()
for column in [name for name in referrals if name.startswith("Date ")]:
    referrals[column] = pd.to_datetime(referrals[column], format="%m/%d/%Y", errors="coerce")
referrals = referrals.assign(
    outcome=referrals["Outcome"].str.strip().str.capitalize().replace({"Complete": "Completed"}),
    arm=referrals["Pathway"].replace({"Comparison (harmed party declined)": "comparison", "RJ": "rj"}),
    age=pd.to_numeric(referrals["Age at Referral"]),
)
clients["prior_arrests"] = pd.to_numeric(clients["Prior Arrests"])
clients["birth_year"] = pd.to_numeric(clients["Birth Year"])
harmed["Case No."] = harmed["Case No."].ffill()
harmed = harmed.drop_duplicates()
for column in ("Date Asked", "Date Decided"):
    first = pd.to_datetime(harmed[column], format="%d-%b-%Y", errors="coerce")
    harmed[column] = first.fillna(pd.to_datetime(harmed[column], format="%Y-%m-%d", errors="coerce"))
for column in ("run_date", "records_from", "records_to"):
    checks[column] = pd.to_datetime(checks[column], format="%Y-%m-%d", errors="coerce")
events = events.drop_duplicates(subset=[c for c in events if c != "event_no"])
for column in ("offense_dt", "arrest_dt", "filed_dt", "dispo_dt"):
    events[column] = pd.to_datetime(events[column], format="%Y%m%d", errors="coerce")
events["harm_days"] = events["lvl"].map({"F": 730.0, "M": 30.0, "I": 1.0, "P": 1.0})
for column in ("From", "Until"):
    custody[column] = pd.to_datetime(custody[column], format="%m/%d/%y", errors="coerce")
for frame in (agreements, obligations, payments):
    for column in [name for name in frame if name.startswith("Date ")]:
        frame[column] = pd.to_datetime(frame[column], format="%m/%d/%Y", errors="coerce")
obligations["owed"] = pd.to_numeric(obligations["Amount Owed"].str.replace(r"[$,]", "", regex=True))
payments["paid"] = pd.to_numeric(payments["Amount"].str.replace(r"[$,]", "", regex=True))
for frame in (sessions, sent, answers):
    for column in frame.select_dtypes("object"):
        frame[column] = frame[column].replace({"": None})
sessions["Held on"] = pd.to_datetime(sessions["Held on"], errors="coerce")
for frame, columns in ((sent, ("Due", "Sent")), (answers, ("Date answered",))):
    for column in columns:
        frame[column] = pd.to_datetime(frame[column], format="%d.%m.%Y", errors="coerce")
answers = answers.drop_duplicates()
scale = {"Strongly disagree": 1, "Disagree": 2, "Neither": 3, "Agree": 4, "Strongly agree": 5}
scale |= {"Not at all": 1, "Slightly": 2, "Somewhat": 3, "Very": 4, "Extremely": 5}
answers["value"] = answers["Answer"].map(scale)

# %% Check: keys, links, codes and the order of dates
def in_order(first, second):
    return pa.Check(
        lambda df: df[first].isna() | df[second].isna() | (df[first] <= df[second]),
        name=f"{first} before {second}", ignore_na=False,
    )


key = {"unique": True, "nullable": False, "coerce": False}
schemas = {
    "clients": (clients, pa.DataFrameSchema({
        "Client ID": pa.Column(str, **key),
        "birth_year": pa.Column(float, pa.Check.in_range(1930, 2020), nullable=True, coerce=True),
        "prior_arrests": pa.Column(float, pa.Check.in_range(0, 100), nullable=True, coerce=True),
    })),
    "referrals": (referrals, pa.DataFrameSchema({
        "Referral #": pa.Column(str, **key),
        "Client ID": pa.Column(str, pa.Check.isin(clients["Client ID"])),
        "Date Referred": pa.Column("datetime64[ns]", nullable=False),
        "Office": pa.Column(str, pa.Check.isin(["Lakeside", "Peñasco"]), nullable=True),
        "age": pa.Column(float, pa.Check.in_range(8, 99), nullable=True, coerce=True),
        "arm": pa.Column(str, pa.Check.isin(["rj", "comparison"]), nullable=True),
    }, checks=[
        in_order("Date of Incident", "Date Cited"), in_order("Date of Incident", "Date Referred"),
        in_order("Date Referred", "Date Offered"), in_order("Date Offered", "Date Enrolled"),
        in_order("Date Enrolled", "Date Closed"),
    ])),
    "harmed parties": (harmed, pa.DataFrameSchema({
        "Harmed Party ID": pa.Column(str, **key),
        "Case No.": pa.Column(str, pa.Check.isin(referrals["Case No."])),
    }, checks=[in_order("Date Asked", "Date Decided")])),
    "checks": (checks, pa.DataFrameSchema({
        "check_no": pa.Column(str, **key),
        "client_ref": pa.Column(str, pa.Check.isin(clients["Client ID"])),
        "run_date": pa.Column("datetime64[ns]", nullable=False),
    }, checks=[in_order("records_from", "records_to"), in_order("records_to", "run_date")])),
    "events": (events, pa.DataFrameSchema({
        "event_no": pa.Column(str, **key),
        "client_ref": pa.Column(str, pa.Check.isin(clients["Client ID"])),
        "lvl": pa.Column(str, pa.Check.isin(list("FMIP")), nullable=True),
        "kind": pa.Column(str, pa.Check.isin(["NEW", "TECH", "STAT", "TRAF", "FTA"]), nullable=True),
    }, checks=[
        in_order("offense_dt", "arrest_dt"), in_order("arrest_dt", "filed_dt"),
        in_order("filed_dt", "dispo_dt"),
    ])),
    "custody": (custody, pa.DataFrameSchema({
        "Client ID": pa.Column(str, pa.Check.isin(clients["Client ID"])),
    }, checks=[in_order("From", "Until")])),
    "sessions": (sessions, pa.DataFrameSchema({
        "Session": pa.Column(str, **key),
        "Case No.": pa.Column(str, pa.Check.isin(referrals["Case No."])),
    })),
    "surveys sent": (sent, pa.DataFrameSchema({
        "Survey No.": pa.Column(str, **key),
        "Role": pa.Column(str, pa.Check.isin(["Client", "Harmed party"])),
    }, checks=[in_order("Due", "Sent")])),
    "answers": (answers, pa.DataFrameSchema({
        "Survey No.": pa.Column(str, pa.Check.isin(sent["Survey No."])),
        "value": pa.Column(float, pa.Check.in_range(1, 5), nullable=True, coerce=True),
    })),
    "agreements": (agreements, pa.DataFrameSchema({
        "Agreement #": pa.Column(str, **key),
        "Referral #": pa.Column(str, pa.Check.isin(referrals["Referral #"])),
    }, checks=[in_order("Date Signed", "Date Closed")])),
    "obligations": (obligations, pa.DataFrameSchema({
        "Item #": pa.Column(str, **key),
        "Agreement #": pa.Column(str, pa.Check.isin(agreements["Agreement #"])),
        "owed": pa.Column(float, pa.Check.ge(0), nullable=True),
    })),
    "payments": (payments, pa.DataFrameSchema({
        "Payment #": pa.Column(str, **key),
        "Item #": pa.Column(str, pa.Check.isin(obligations["Item #"])),
        "paid": pa.Column(float, pa.Check.ge(0), nullable=True),
    })),
}
failed, refused = [], {}
for name, (frame, schema) in schemas.items():
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
        rules = cases.assign(check=cases["check"].astype(str).str.slice(0, 40))
        rules = rules.drop_duplicates(["check", "index"]).groupby("check").size()
        failed.append(rules.rename(name))
        orphans = cases["check"].astype(str).str.startswith("isin") & cases["index"].notna()
        refused[name] = cases.loc[orphans, "index"].astype(int).unique()
events = events.drop(index=refused.get("events", []))
sessions = sessions.drop(index=refused.get("sessions", []))
answers = answers.drop(index=refused.get("answers", []))
pd.DataFrame(
    {
        "read": rows_read,
        "kept": {name: len(frame) for name, (frame, _) in schemas.items()},
        "refused": {name: len(rows) for name, rows in refused.items()},
    }
)

# %% Rules that failed
pd.concat({one.name: one for one in failed}).rename("rows").to_frame()

# %% The cohort: eligible, in the period, first referral of a person, one of the arms
people = referrals.merge(clients.drop(columns="Prior Arrests"), on="Client ID", how="left")
start, end, extract = map(pd.Timestamp, ("2021-07-01", "2024-06-30", "2025-12-31"))
steps = [("Assessed", pd.Series(True, index=people.index))]
steps.append(("Eligible", people["Eligible?"].eq("Yes")))
steps.append(("Referred in the period", people["Date Referred"].between(start, end)))
steps.append(("In an arm", people["arm"].notna()))
kept, flow = pd.Series(True, index=people.index), []
for name, holds in steps:
    kept &= holds
    flow.append((name, int(kept.sum()), *people[kept].groupby("arm").size()))
cohort = people[kept].sort_values("Date Referred").drop_duplicates("Client ID").reset_index(drop=True)
cohort["index_date"] = cohort["Date Referred"]
flow.append(("First referral", len(cohort), *cohort.groupby("arm").size()))


# %% Follow-up: records checked, first new filing, departures, end of records
def follow(cohort, clock="Date Referred", levels="FM", proven=False, custody_rule="ignore"):
    """First new offence of a person after the index date, within 730 days."""
    base = cohort[["Referral #", "Client ID", "Court Incident No.", "birth_year", "arm"]].assign(
        index_date=cohort[clock]
    )
    base = base[base["index_date"].notna()]
    valid = checks[checks["match"].isin(["matched_record", "matched_no_record"])]
    known = valid.groupby("client_ref")["records_to"].max().clip(upper=extract)
    delay = pd.Timedelta(days=30 + (183 if proven else 0))
    base = base.assign(until=base["Client ID"].map(known) - delay)
    minors = valid.loc[valid["adult"].eq("N"), "client_ref"].unique()
    eighteen = pd.to_datetime(
        (base["birth_year"] + 18).astype("Int64").astype("string") + "-07-01", errors="coerce"
    )
    base["until"] = base["until"].where(
        ~base["Client ID"].isin(minors), base[["until"]].assign(e=eighteen).min(axis=1)
    )
    charges = events[events["kind"].eq("NEW") & (events["lvl"].isin(list(levels)))]
    if proven:
        charges = charges[charges["dispo"].isin(["ADJ", "CONV"])]
    charges = charges.assign(day=charges[["offense_dt", "arrest_dt", "filed_dt"]].bfill(axis=1).iloc[:, 0])
    joined = base.merge(charges, left_on="Client ID", right_on="client_ref")
    joined = joined[
        (joined["day"] > joined["index_date"])
        & (joined["incident_no"] != joined["Court Incident No."])
        & (joined["filed_dt"].notna() | joined["day"].notna())
    ]
    first = joined.groupby("Referral #")["day"].min()
    gone = custody[custody["Where"].isin(["Deceased", "Moved away"])]
    left = base.merge(gone, on="Client ID")
    left = left[left["From"] > left["index_date"]].groupby("Referral #")["From"].min()
    held = base.merge(
        custody[custody["Where"].isin(["Detained before trial", "Residential placement"])],
        on="Client ID",
    )
    held = held[held["From"] > held["index_date"]]
    if custody_rule == "censor":
        stop = held.groupby("Referral #")["From"].min()
        base["until"] = base["until"].clip(upper=base["Referral #"].map(stop).fillna(extract))
    days = pd.DataFrame(
        {
            "event": (base["Referral #"].map(first) - base["index_date"]).dt.days,
            "left": (base["Referral #"].map(left) - base["index_date"]).dt.days,
            "until": (base["until"] - base["index_date"]).dt.days,
        }
    )
    if custody_rule == "street":
        held = held.assign(
            lost=(held["Until"].fillna(extract) - held["From"]).dt.days,
            day=(held["From"] - held["index_date"]).dt.days,
        )
        for column in days:
            before = held.merge(
                base[["Referral #"]].assign(limit=days[column].to_numpy()), on="Referral #"
            )
            before = before[before["day"] < before["limit"]].groupby("Referral #")["lost"].sum()
            days[column] = days[column] - base["Referral #"].map(before).fillna(0)
    until = days["until"].clip(upper=730)
    time = pd.concat([days["event"], days["left"], until], axis=1).min(axis=1).where(until.notna())
    status = np.select([days["event"].eq(time), days["left"].eq(time)], [1, 2], 0)
    out = base.assign(time=time, status=status, observable=until)
    return out[(out["time"] > 0) | out["until"].isna()]


def analysed(measured):
    return measured[measured["time"].notna()]


covariates = cohort[["Referral #", "Case No.", "age", "prior_arrests", "Office", "Gender", "Offense Type"]]
covariates = covariates.rename(columns={"Case No.": "case", "Office": "site", "Offense Type": "offence"})
measured = follow(cohort)
outcome = analysed(measured).merge(covariates, on="Referral #")
outcome["event"] = outcome["status"].eq(1)
flow.append(("Analysed for reoffending", len(outcome), *outcome.groupby("arm").size()))
flow = pd.DataFrame(flow, columns=["step", "all", "comparison", "rj"])
fig, ax = plt.subplots(figsize=(6, 5))
ax.axis("off")
for place, row in enumerate(flow.itertuples()):
    label = f"{row.step}: {row.all} ({row.rj} / {row.comparison})"
    ax.annotate(
        label, (0.5, 1 - place / 6), xytext=(0.5, 1 - max(place - 1, 0) / 6), ha="center",
        va="center", bbox={"boxstyle": "round", "fc": "white"}, arrowprops={"arrowstyle": "<-"},
    )
    ax.text(0.5, 1 - place / 6, label, ha="center", va="center", bbox={"boxstyle": "round", "fc": "white"})
flow

# %% Characteristics, standardised differences, missing values
baseline = cohort.assign(site=cohort["Office"], offence=cohort["Offense Type"])
rows = []
for name in ("age", "prior_arrests"):
    own = baseline.groupby("arm")[name].agg(["mean", "std"])
    smd = (own.loc["rj", "mean"] - own.loc["comparison", "mean"]) / np.sqrt((own["std"] ** 2).mean())
    rows.append((name, "", *[f"{m:.1f} ({s:.1f})" for m, s in own.to_numpy()], smd))
for name in ("site", "Gender", "offence"):
    shares = pd.crosstab(baseline[name], baseline["arm"], normalize="columns")
    counts = pd.crosstab(baseline[name], baseline["arm"])
    for level in shares.index:
        a, b = shares.loc[level, "rj"], shares.loc[level, "comparison"]
        smd = (a - b) / np.sqrt((a * (1 - a) + b * (1 - b)) / 2)
        cells = [f"{counts.loc[level, g]} ({shares.loc[level, g]:.0%})" for g in ("comparison", "rj")]
        rows.append((name, level, *cells, smd))
table_one = pd.DataFrame(rows, columns=["variable", "level", "comparison", "rj", "smd"])
table_one

# %%
missing = baseline.groupby("arm")[["age", "prior_arrests", "site", "Gender", "offence"]].agg(
    lambda one: one.isna().mean()
)
missing.T.plot.barh(xlabel="Missing", figsize=(6, 3))

# %%
largest = table_one.groupby("variable")["smd"].agg(lambda one: one.abs().max())
fig, ax = plt.subplots(figsize=(6, 3))
ax.plot(largest, largest.index, "o")
for line in (0.1, 0.25):
    ax.axvline(line, ls=":")
ax.set_xlabel("Standardised difference")

# %% Overlap of propensities
known = baseline.dropna(subset=["age", "prior_arrests", "site", "Gender", "offence"])
known = known.assign(in_rj=known["arm"].eq("rj").astype(int))
model = smf.logit("in_rj ~ age + prior_arrests + C(site) + C(Gender) + C(offence)", known).fit(disp=0)
known["propensity"] = model.predict(known)
fig, ax = plt.subplots(figsize=(6, 3))
for arm, own in known.groupby("arm"):
    ax.hist(own["propensity"], bins=np.linspace(0, 1, 21), density=True, alpha=0.5, label=arm)
ax.legend()

# %% Referrals by quarter
people["Date Referred"].dt.to_period("Q").value_counts().sort_index().plot.bar(figsize=(6, 3))


# %% From referral to completion
def wilson(k, n):
    low, high = proportion_confint(k, n, method="wilson")
    return k, n, k / n if n else np.nan, low, high


first_case = people.sort_values("Date Referred").drop_duplicates("Client ID")
conferenced = sessions[sessions["Session type"].isin(["Circle", "Conference"]) & sessions["Status"].eq("Held")]
reached = pd.DataFrame(
    {
        "referred": True,
        "eligible": first_case["Eligible?"].eq("Yes"),
        "consented": first_case["Client Decision"].eq("Agreed"),
        "conferenced": first_case["Case No."].isin(conferenced["Case No."]),
        "completed": first_case["outcome"].eq("Completed"),
    }
).cummin(axis=1)
stages = [
    (b, *wilson(int(reached[b].sum()), int(reached[a].sum())))
    for a, b in zip(reached.columns, reached.columns[1:])
]
pd.DataFrame(stages, columns=["stage", "k", "n", "share", "low", "high"])

# %% The same by gender, as relative rates
rows = []
men, women = (first_case["Gender"].eq(g) for g in ("Male", "Female"))
for a, b in zip(reached.columns, reached.columns[1:]):
    k1, n1 = reached.loc[women, b].sum(), reached.loc[women, a].sum()
    k0, n0 = reached.loc[men, b].sum(), reached.loc[men, a].sum()
    low, high = confint_proportions_2indep(k1, n1, k0, n0, compare="ratio", method="log")
    rows.append((b, k1 / n1 / (k0 / n0), low, high))
relative = pd.DataFrame(rows, columns=["stage", "ratio", "low", "high"])
fig, ax = plt.subplots(figsize=(6, 3))
ax.errorbar(relative["ratio"], relative["stage"], fmt="o",
            xerr=[relative["ratio"] - relative["low"], relative["high"] - relative["ratio"]])
ax.axvline(1, ls=":")

# %% How referrals ended
pd.crosstab(cohort["outcome"], cohort["arm"], margins=True)

# %% How people met
first_meeting = conferenced.sort_values("Held on").drop_duplicates("Case No.")
first_meeting["Held by"].value_counts(dropna=False).to_frame()

# %% Days from referral to conference
waiting = cohort.merge(first_meeting, on="Case No.")
waiting = (waiting["Held on"] - waiting["Date Referred"]).dt.days
pd.cut(waiting, [-1, 30, 60, 90, 120, 180, 9999]).value_counts().sort_index().plot.bar(figsize=(6, 3))

# %% Agreements
agreements["Status"].value_counts(dropna=False).to_frame()

# %% Restitution
money = obligations[obligations["Type"].eq("Restitution")]
money = money.merge(payments.groupby("Item #")["paid"].sum(), left_on="Item #", right_index=True, how="left")
money["paid"] = money["paid"].fillna(0)
ratio = money["paid"].sum() / money["owed"].sum()
spread = (money["paid"] - ratio * money["owed"]).std() * np.sqrt(len(money)) / money["owed"].sum()
in_full = wilson(int((money["paid"] >= money["owed"]).sum()), len(money))
pd.Series({"owed": money["owed"].sum(), "paid": money["paid"].sum(), "share": ratio,
           "low": ratio - 1.96 * spread, "high": ratio + 1.96 * spread, "in full": in_full[2]}).to_frame()

# %%
fig, ax = plt.subplots(figsize=(6, 2))
ax.barh(["owed", "paid"], [money["owed"].sum(), money["paid"].sum()])

# %% What counts as reoffending
definition = {"event": "new filing, misdemeanour or worse", "clock": "referral", "windows": "365, 730 days",
              "waiting": "0 days, lag 30", "records": "state repository", "population": "eligible, referred"}
pd.Series(definition).to_frame()


# %% Rates in fixed windows, with bounds for people never checked
def window_rates(outcome, measured):
    rows = []
    for days in (365, 730):
        for arm, own in outcome.groupby("arm"):
            mature = own[own["observable"] >= days]
            k = int((mature["status"].eq(1) & (mature["time"] <= days)).sum())
            unknown = int(measured.loc[measured["arm"].eq(arm), "time"].isna().sum())
            low, high = k / (len(mature) + unknown), (k + unknown) / (len(mature) + unknown)
            rows.append((days, arm, *wilson(k, len(mature)), low, high))
    return pd.DataFrame(rows, columns=["days", "arm", "k", "n", "rate", "low", "high", "if none", "if all"])


rates = window_rates(outcome, measured)
rates

# %% The people behind
ledger = []
for days in (365, 730):
    for arm, own in measured.groupby("arm"):
        checked = own[own["time"].notna()]
        mature = checked[checked["observable"] >= days]
        ledger.append((days, arm, len(own), len(checked), len(mature),
                       int((mature["status"].eq(1) & (mature["time"] <= days)).sum())))
pd.DataFrame(ledger, columns=["days", "arm", "included", "checked", "mature", "event"])

# %% A hundred people
fig, axes = plt.subplots(1, 2, figsize=(6, 3))
for ax, row in zip(axes, rates[rates["days"].eq(365)].itertuples()):
    x, y = np.meshgrid(np.arange(10), np.arange(10))
    colours = np.where(np.arange(100) < round(100 * row.rate), "tab:red", "lightgrey")
    ax.scatter(x.ravel(), y.ravel(), c=colours, s=80)
    ax.set_title(row.arm)
    ax.axis("off")

# %% How many, how often, how serious, how soon
span = outcome[["Referral #", "Client ID", "index_date", "arm", "observable", "case"]].assign(
    end=np.where(outcome["status"].eq(2), outcome["time"], outcome["observable"])
)
counted = events[events["kind"].eq("NEW") & events["lvl"].isin(["F", "M"])].assign(
    day=lambda df: df[["offense_dt", "arrest_dt", "filed_dt"]].bfill(axis=1).iloc[:, 0]
)
incidents = span.merge(counted, left_on="Client ID", right_on="client_ref")
incidents["at"] = (incidents["day"] - incidents["index_date"]).dt.days
incidents = incidents[(incidents["at"] > 0) & (incidents["at"] <= incidents["end"])]
incidents = incidents.sort_values("harm_days", ascending=False).drop_duplicates(["Referral #", "incident_no"])
by_person = incidents.groupby("Referral #").agg(n=("at", "size"), harm=("harm_days", "sum"), worst=("harm_days", "max"))
history = span.merge(by_person, left_on="Referral #", right_index=True, how="left").fillna({"n": 0, "harm": 0, "worst": 0})
curves = {arm: lifelines.KaplanMeierFitter().fit(own["time"], own["event"], label=arm)
          for arm, own in outcome.groupby("arm")}
means = {}
for arm, curve in curves.items():
    mean, variance = restricted_mean_survival_time(curve, t=730, return_variance=True)
    error = np.sqrt(variance / (outcome["arm"] == arm).sum())
    means[arm] = (mean, mean - 1.96 * error, mean + 1.96 * error)
rows = []
for arm, own in history.groupby("arm"):
    rate = sm.GLM(own["n"], np.ones(len(own)), family=sm.families.Poisson(), exposure=own["end"]).fit(cov_type="HC0")
    often = np.exp([rate.params.iloc[0], *rate.conf_int().iloc[0]]) * 365.25 * 100
    harm = own["harm"].to_numpy()
    boot = rng.choice(harm, size=(1000, len(harm))).mean(axis=1)
    felony = wilson(int(own["worst"].eq(730).sum()), len(own))
    rows.append((arm, *often, felony[2:], harm.mean(), *np.percentile(boot, [2.5, 97.5]), means[arm]))
pd.DataFrame(rows)

# %%
pd.crosstab(history["worst"], history["arm"])

# %% Cumulative incidence with competing events
fig, ax = plt.subplots(figsize=(6, 4))
incidence = {}
for arm, own in outcome.groupby("arm"):
    aj = lifelines.AalenJohansenFitter(seed=1)
    incidence[arm] = aj.fit(own["time"], own["status"], event_of_interest=1, label=arm)
    incidence[arm].plot(ax=ax)
add_at_risk_counts(*curves.values(), ax=ax)

# %%
competing = {arm: lifelines.AalenJohansenFitter(seed=1).fit(own["time"], own["status"], event_of_interest=2)
             for arm, own in outcome.groupby("arm")}
pd.DataFrame({arm: one.cumulative_density_.iloc[-1] for arm, one in {**incidence}.items()})

# %% Differences between the arms
rows = []
for days, own in rates.groupby("days"):
    b, a = own[own["arm"].eq("comparison")].iloc[0], own[own["arm"].eq("rj")].iloc[0]
    for compare, method in (("diff", "newcomb"), ("ratio", "log")):
        low, high = confint_proportions_2indep(a.k, a.n, b.k, b.n, compare=compare, method=method)
        rows.append((days, compare, a.rate - b.rate if compare == "diff" else a.rate / b.rate, low, high))
    rows.append((days, "number needed", 1 / (b.rate - a.rate), np.nan, np.nan))
pd.DataFrame(rows, columns=["days", "measure", "estimate", "low", "high"])

# %% Event-free days; days to a tenth and a quarter
pd.DataFrame(means, index=["mean", "low", "high"]).T

# %%
quantiles = []
for arm, curve in curves.items():
    limits = lifelines.utils.qth_survival_times([0.9, 0.75], curve.confidence_interval_)
    quantiles.append(limits.assign(arm=arm, days=[curve.percentile(0.9), curve.percentile(0.75)]))
pd.concat(quantiles)

# %% Cox regression, clustered by case
columns = ["time", "event", "case", "arm", "age", "prior_arrests", "site"]
complete = outcome[columns].dropna()
formula = "arm + age + prior_arrests + site"
cox = lifelines.CoxPHFitter().fit(complete, "time", "event", cluster_col="case", formula=formula)
cox.summary

# %%
fig, ax = plt.subplots(figsize=(6, 3))
cox.plot(ax=ax)

# %% Adjusted risks, everybody in the one arm and in the other
baseline_hazard = cox.baseline_cumulative_hazard_.iloc[:, 0]
design = {arm: cox.regressors.transform_df(complete.assign(arm=arm))["beta_"] for arm in ("rj", "comparison")}
draws = rng.multivariate_normal(cox.params_, cox.variance_matrix_, size=200)
centre = cox._norm_mean.to_numpy() if hasattr(cox, "_norm_mean") else 0
rows = []
for days in (365, 730):
    H = baseline_hazard[baseline_hazard.index <= days].iloc[-1]
    risk = {arm: (1 - np.exp(-H * np.exp((X.to_numpy() - centre) @ np.vstack([cox.params_, draws]).T))).mean(axis=0)
            for arm, X in design.items()}
    gap = risk["rj"] - risk["comparison"]
    rows.append((days, gap[0], *np.percentile(gap[1:], [2.5, 97.5])))
pd.DataFrame(rows, columns=["days", "adjusted difference", "low", "high"])

# %% Effect by site
interaction = lifelines.CoxPHFitter().fit(complete, "time", "event", cluster_col="case", formula="arm * site")
fig, ax = plt.subplots(figsize=(6, 3))
interaction.plot(ax=ax)
interaction.summary

# %% The difference under other definitions and assumptions
variants = {
    "primary": measured,
    "proven": follow(cohort, proven=True),
    "from the offer": follow(cohort, clock="Date Offered"),
    "felonies": follow(cohort, levels="F"),
    "any level": follow(cohort, levels="FMIP"),
    "street time": follow(cohort, custody_rule="street"),
    "custody ends follow-up": follow(cohort, custody_rule="censor"),
}


def gap_at(frame, days, unknown=None):
    known = frame[frame["observable"] >= days]
    k = known.assign(y=known["status"].eq(1) & (known["time"] <= days)).groupby("arm")["y"].agg(["sum", "size"])
    if unknown is not None:
        lost = frame[frame["time"].isna()].groupby("arm").size()
        k = k.add(pd.DataFrame({"sum": lost * unknown, "size": lost}), fill_value=0)
    (kb, nb), (ka, na) = k.loc["comparison"], k.loc["rj"]
    return (ka / na, na, kb / nb, nb, ka / na - kb / nb,
            *confint_proportions_2indep(ka, na, kb, nb, compare="diff", method="newcomb"))


grid = [(name, *gap_at(analysed(one), 730)) for name, one in variants.items()]
grid += [(f"window {days}", *gap_at(outcome, days)) for days in (183, 365)]
grid += [(f"never checked: all {('without', 'with')[x]}", *gap_at(measured, 730, unknown=x)) for x in (0, 1)]
km = {arm: (curve.predict(730), np.sqrt(curve._cumulative_sq_.iloc[-1]) * curve.predict(730)) for arm, curve in curves.items()}
gap = km["comparison"][0] - km["rj"][0]
error = np.hypot(km["rj"][1], km["comparison"][1])
grid.append(("Kaplan-Meier", 1 - km["rj"][0], len(outcome), 1 - km["comparison"][0], len(outcome), gap, gap - 1.96 * error, gap + 1.96 * error))
landmark = outcome.merge(cohort[["Referral #", "outcome", "Date Closed"]], on="Referral #")
done = landmark["outcome"].eq("Completed") & ((landmark["Date Closed"] - landmark["index_date"]).dt.days <= 183)
landmark = landmark[(landmark["time"] > 183) & (done | landmark["arm"].eq("comparison"))]
grid.append(("landmark 183", *gap_at(landmark, 730)))
grid.append(("adjusted", *[np.nan] * 4, *rows[1][1:]))
grid = pd.DataFrame(grid, columns=["analysis", "rj", "n rj", "comparison", "n comparison", "difference", "low", "high"])
fig, ax = plt.subplots(figsize=(6, 4))
ax.errorbar(grid["difference"], grid["analysis"], fmt="o",
            xerr=[grid["difference"] - grid["low"], grid["high"] - grid["difference"]])
ax.axvline(0, ls=":")

# %%
grid

# %% The second definition
second = variants["proven"]
pd.Series(definition | {"event": "new adjudication or conviction", "waiting": "183 days, lag 30"}).to_frame()

# %%
window_rates(analysed(second), second)

# %% Who was asked and who answered
sent = sent.merge(cohort.drop_duplicates("Case No.")[["Case No.", "arm", "Office"]], on="Case No.", how="left")
sent = sent.merge(harmed[["Harmed Party ID", "Type", "Took Part"]], left_on="Respondent", right_on="Harmed Party ID", how="left")
sent["invited"] = ~sent["Result"].eq("Not sent")
sent["answered"] = sent["Result"].isin(["Returned", "Partly returned"])
sent["direct"] = sent["Role"].eq("Client") | (sent["Type"].eq("person") & ~sent["Took Part"].eq("Surrogate"))


def response(frame, by):
    told = frame[frame["invited"]].groupby(by)["answered"].agg(["sum", "size"])
    low, high = proportion_confint(told["sum"], told["size"], method="wilson")
    eligible = frame.groupby(by).size().rename("eligible")
    return told.assign(rate=told["sum"] / told["size"], low=low, high=high).join(eligible)


asked = response(sent[sent["direct"]], ["Role", "Before or after"])
asked

# %%
fig, ax = plt.subplots(figsize=(6, 3))
labels = [" ".join(one) for one in asked.index]
ax.errorbar(asked["rate"], labels, fmt="o", xerr=[asked["rate"] - asked["low"], asked["high"] - asked["rate"]])
ax.set_xlim(0, 1)

# %%
response(sent[sent["direct"]], ["Role", "Before or after", "arm"])

# %%
sent[~sent["invited"]].groupby(["Role", "Why not sent"], dropna=False).size().to_frame("n")

# %% Answers: shares of each role
long = answers.merge(sent, on="Survey No.").merge(
    first_meeting[["Case No.", "Facilitator"]], on="Case No.", how="left"
)
items = ["overall_satisfaction", "voice", "respect", "safety", "agreement_fair", "would_recommend"]
colours = plt.get_cmap("RdBu")(np.linspace(0.1, 0.9, 5))


def likert(own):
    shares = pd.crosstab(own["Question"], own["value"], normalize="index").reindex(items)
    left = -(shares[[1, 2]].sum(axis=1) + shares[3] / 2)
    fig, ax = plt.subplots(figsize=(6, 3))
    for level, colour in zip(shares.columns, colours):
        ax.barh(shares.index, shares[level], left=left, color=colour, label=level)
        left = left + shares[level]
    ax.axvline(0, color="black", lw=0.5)
    ax.legend(ncol=5, fontsize=7)


def shares(own, asked, by):
    top = own.assign(top=own["value"] >= 4).groupby(by)["top"].agg(["sum", "size"])
    low, high = proportion_confint(top["sum"], top["size"], method="wilson")
    silent = asked - top["size"]
    return top.assign(share=top["sum"] / top["size"], low=low, high=high,
                      worst=top["sum"] / asked, best=(top["sum"] + silent) / asked)


def of_role(role):
    rated = long[long["Role"].eq(role) & long["Before or after"].eq("After") & long["value"].notna()]
    return rated[rated["Question"].isin(items)], sent[sent["Role"].eq(role) & sent["Before or after"].eq("After")]


def role_models(role):
    """Ordinal regression on mode and site with clustered errors, predictions and effects."""
    rated, _ = of_role(role)
    own = rated[rated["direct"] & rated["Question"].eq("overall_satisfaction")]
    own = own.dropna(subset=["Meeting held by", "Office"]).reset_index(drop=True)
    exog = pd.DataFrame({"video": own["Meeting held by"].eq("Video"), "site": own["Office"].eq("Peñasco")}).astype(float)
    y = own["value"].astype(int)
    fit = OrderedModel(y, exog, distr="logit").fit(
        method="bfgs", disp=0, cov_type="cluster", cov_kwds={"groups": own["Case No."].astype("category").cat.codes}
    )
    params = rng.multivariate_normal(fit.params, fit.cov_params(), size=200)
    params = np.vstack([fit.params, params])

    def average(**fixed):
        X = exog.assign(**fixed).to_numpy()
        return np.array([fit.model.predict(one, exog=X).mean(axis=0) for one in params])

    worlds = {name: average(**{name.split("=")[0]: float(name[-1])}) for name in ("video=0", "video=1", "site=0", "site=1")}
    predicted = {name: (w[0], *np.percentile(w[1:], [2.5, 97.5], axis=0)) for name, w in worlds.items()}
    effects = {}
    for name in ("video", "site"):
        gap = worlds[f"{name}=1"] - worlds[f"{name}=0"]
        effects[name] = (gap[0], *np.percentile(gap[1:], [2.5, 97.5], axis=0))
    cuts = []
    for cut in (2, 3, 4, 5):
        binary = sm.Logit((y >= cut).astype(int), sm.add_constant(exog)).fit(disp=0)
        cuts.append((cut, *binary.params, *binary.bse))
    own = own.assign(top=(y >= 4).astype(int), video=exog["video"], peñasco=exog["site"])
    mixed = BinomialBayesMixedGLM.from_formula("top ~ video + peñasco", {"f": "0 + C(Facilitator)"}, own.dropna(subset=["Facilitator"])).fit_vb()
    return fit, predicted, effects, pd.DataFrame(cuts), mixed


def before_and_after(frame, key, columns, value):
    wide = frame.pivot_table(index=key, columns=["Before or after"], values=value).dropna()
    change = wide["After"] - wide["Before"]
    fit = sm.OLS(change, np.ones(len(change))).fit(
        cov_type="cluster", cov_kwds={"groups": wide.index.get_level_values(columns).astype("category").codes}
    )
    low, high = fit.conf_int().iloc[0]
    return (len(change), fit.params.iloc[0], low, high, change.mean() / wide["Before"].std(),
            (change > 0).mean(), (change < 0).mean())


def fear_and_anger(role):
    paired = long[long["Role"].eq(role) & long["Question"].isin(["fear", "anger"]) & long["value"].notna() & long["direct"]]
    rows = {item: before_and_after(own, ["Respondent", "Case No."], "Case No.", "value") for item, own in paired.groupby("Question")}
    return pd.DataFrame(rows, index=["n", "change", "low", "high", "standardised", "rose", "fell"]).T


def plot_change(change):
    fig, ax = plt.subplots(figsize=(6, 2))
    ax.errorbar(change["change"], change.index, fmt="o", xerr=[change["change"] - change["low"], change["high"] - change["change"]])
    ax.axvline(0, ls=":")


# %% Harmed parties
rated, asked = of_role("Harmed party")
likert(rated[rated["direct"]])

# %%
shares(rated[rated["direct"]], asked.loc[asked["direct"] & asked["invited"]].shape[0], "Question")


# %% Weighted for non-response
def weighted(role):
    rated, asked = of_role(role)
    asked = asked[asked["direct"] & asked["invited"]].dropna(subset=["Office"])
    model = smf.logit("answered ~ C(Office)", asked.assign(answered=asked["answered"].astype(int))).fit(disp=0)
    asked = asked.assign(weight=1 / model.predict(asked))
    own = rated[rated["Question"].eq("overall_satisfaction")].merge(asked[["Survey No.", "weight"]], on="Survey No.")
    top = (own["value"] >= 4).astype(float)
    fit = sm.WLS(top, np.ones(len(own)), weights=own["weight"]).fit(
        cov_type="cluster", cov_kwds={"groups": own["Case No."].astype("category").cat.codes}
    )
    return pd.Series([len(own), fit.params.iloc[0], *fit.conf_int().iloc[0]], index=["n", "share", "low", "high"]).to_frame(role)


weighted("Harmed party")

# %% People, stand-ins and organisations apart
rated["standing"] = np.select([rated["direct"], rated["Took Part"].eq("Surrogate")], ["person", "stand-in"], "organisation")
shares(rated[rated["Question"].eq("overall_satisfaction")], np.nan, "standing")

# %%
response(sent[sent["Role"].eq("Harmed party")], ["Type", "Before or after"])

# %%
fit, predicted, effects, cuts, mixed = role_models("Harmed party")
pd.DataFrame(predicted)

# %%
pd.DataFrame(effects)

# %%
cuts.join(pd.DataFrame({"coef": fit.params, "se": fit.bse}).reset_index(), how="outer")

# %%
mixed.summary()

# %%
change = fear_and_anger("Harmed party")
plot_change(change)

# %%
change

# %% Responsible parties
rated, asked = of_role("Client")
likert(rated)

# %%
shares(rated, asked.loc[asked["invited"]].shape[0], "Question")

# %%
weighted("Client")

# %%
fit, predicted, effects, cuts, mixed = role_models("Client")
pd.DataFrame(predicted)

# %%
pd.DataFrame(effects)

# %%
cuts.join(pd.DataFrame({"coef": fit.params, "se": fit.bse}).reset_index(), how="outer")

# %%
mixed.summary()

# %%
change = fear_and_anger("Client")
plot_change(change)

# %%
change

# %% Training
trainings.assign(n=pd.to_numeric(trainings["Attended"])).groupby("For whom")["n"].sum().to_frame()

# %%
tests["score"] = pd.to_numeric(tests["Score"]) / pd.to_numeric(tests["Out of"])
learnt = before_and_after(tests, ["Own code", "Training"], "Training", "score")
learnt = pd.DataFrame([learnt], index=["test"], columns=["n", "change", "low", "high", "standardised", "rose", "fell"])
plot_change(learnt)

# %%
learnt

# %% Trust in the community
community["trust"] = pd.to_numeric(community["Trust in the legal system"])
community["weight"] = pd.to_numeric(community["Weight"])
trust = pd.crosstab(community["Survey"], community["trust"], values=community["weight"], aggfunc="sum", normalize="index")
fig, ax = plt.subplots(figsize=(6, 3))
trust.plot.barh(stacked=True, ax=ax, color=colours)

# %%
rows = []
for wave, own in community.groupby("Survey"):
    fit = sm.WLS((own["trust"] >= 4).astype(float), np.ones(len(own)), weights=own["weight"]).fit(cov_type="HC1")
    rows.append((wave, len(own), fit.params.iloc[0], *fit.conf_int().iloc[0]))
pd.DataFrame(rows, columns=["wave", "n", "share", "low", "high"])

# %% The results in brief
pd.concat([rates[["days", "arm", "k", "n", "rate", "low", "high"]].round(3)])
