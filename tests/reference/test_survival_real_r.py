"""The same on real public records: Iowa releases, Broward defendants, re-arrest, diversion."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import rjeval as rj

pytestmark = pytest.mark.real
CLOSED = 1e-8
#: R stops when the log-likelihood gains less than 1e-9 of itself; this is what that leaves.
ITERATED = 1e-6
#: Four people returned on the day of release. R takes time 0; here time must be above 0.
RELEASE_DAY = 1e-9


def read_reference(real_data, name):
    return json.loads((real_data / name / "reference.json").read_text())


def compare_estimates(cox, expected, rel=ITERATED):
    terms = expected["terms"]
    frame = cox.frame
    assert frame["estimate"].to_numpy() == pytest.approx([t["coef"] for t in terms], rel=rel)
    assert frame["std_error"].to_numpy() == pytest.approx([t["se"] for t in terms], rel=rel)
    assert cox.fit["loglik"] == pytest.approx(expected["loglik"], rel=1e-10)
    assert cox.fit["score"] == pytest.approx(expected["score"][0], rel=ITERATED)
    assert cox.fit["concordance"] == pytest.approx(expected["concordance"], rel=ITERATED)
    assert cox.fit["concordance_std_error"] == pytest.approx(
        expected["concordance_se"], rel=ITERATED
    )


def compare_curves(curves, expected, column):
    for row in expected:
        group = row["stratum"].split("=")[-1]
        block = curves.frame[curves.frame[column].astype(str) == group]
        got = block[block["time_days"] <= row["time"]].iloc[-1]
        assert got["estimate"] == pytest.approx(row["surv"], rel=CLOSED)
        assert got["conf_low"] == pytest.approx(row["lo"], rel=CLOSED)
        assert got["conf_high"] == pytest.approx(row["hi"], rel=CLOSED)


def compare_log_rank(test, expected):
    assert test.frame["statistic"].item() == pytest.approx(expected["chisq"], rel=CLOSED)
    assert test.groups["expected"].to_numpy() == pytest.approx(expected["exp"], rel=CLOSED)


def compare_means(mean, expected):
    assert mean.frame["estimate"].to_numpy() == pytest.approx(
        [row["rmst"] for row in expected["groups"]], rel=CLOSED
    )
    assert mean.frame["std_error"].to_numpy() == pytest.approx(
        [row["se"] for row in expected["groups"]], rel=CLOSED
    )
    assert mean.contrast.frame["p_value"][0] == pytest.approx(
        expected["diff_2_minus_1"]["p"], rel=ITERATED
    )


@pytest.fixture(scope="module")
def iowa_frame(real_data):
    raw = pd.read_csv(real_data / "iowa" / "releases_FY2010_2012.csv", dtype=str)
    raw.columns = raw.columns.str.strip()
    raw = raw[raw["Sex"].notna() & raw["Age At Release"].notna()]
    days = pd.to_numeric(raw["Days to Return"])
    returned = raw["Return to Prison"].str.strip() == "Yes"
    kind, age = raw["Offense Type"], raw["Age At Release"]
    return pd.DataFrame(
        {
            "time": days.where(returned, 1095).to_numpy(),
            "event": returned.to_numpy(),
            "new": (returned & (raw["Recidivism Type"] == "New")).to_numpy(),
            "tech": (returned & (raw["Recidivism Type"] == "Tech")).to_numpy(),
            "male": (raw["Sex"] == "Male").astype(int).to_numpy(),
            "black": raw["Race - Ethnicity"].fillna("").str.startswith("Black").astype(int),
            "under25": (age == "Under 25").astype(int).to_numpy(),
            "age55": age.str.startswith("55").astype(int).to_numpy(),
            "violent": (kind == "Violent").astype(int).to_numpy(),
            "drug": (kind == "Drug").astype(int).to_numpy(),
            "property": (kind == "Property").astype(int).to_numpy(),
            "discharge": raw["Release Type"].fillna("").str.startswith("Discharged").astype(int),
            "target1": (raw["Target Population"] == "Yes").astype(int).to_numpy(),
            "fy": raw["Fiscal Year Released"].astype(int).to_numpy(),
            "sex": raw["Sex"].to_numpy(),
            "district": raw["Main Supervising District"].fillna("").to_numpy(),
        }
    ).reset_index(drop=True)


IOWA = "male + black + under25 + age55 + violent + drug + property + discharge + target1"


@pytest.fixture(scope="module")
def iowa(iowa_frame, follow_up):
    frame = iowa_frame.assign(time=iowa_frame["time"].clip(lower=RELEASE_DAY))
    return follow_up(frame, time="time", event="event")


@pytest.fixture(scope="module")
def iowa_competing(iowa_frame, follow_up):
    frame = iowa_frame.assign(time=iowa_frame["time"].clip(lower=RELEASE_DAY))
    return follow_up(frame, time="time", event="new", competing=frame["tech"])


@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("cox", {}),
        ("cox_strat_fy", {"strata": "fy"}),
        ("cox_cluster_district", {"cluster": "district"}),
    ],
)
def test_iowa_cox(iowa, real_data, key, options):
    expected = read_reference(real_data, "iowa")[key]
    compare_estimates(rj.cox_regression(iowa, IOWA, **options), expected)


def test_iowa_proportional_hazards(iowa, real_data):
    expected = read_reference(real_data, "iowa")["zph"]["km"]["terms"]
    got = rj.proportional_hazards_test(rj.cox_regression(iowa, IOWA)).frame
    assert got["statistic"].to_numpy() == pytest.approx(
        [row["chisq"] for row in expected], rel=ITERATED
    )


def test_iowa_cause_specific(iowa_competing, real_data):
    expected = read_reference(real_data, "iowa")["cause_specific_new"]
    compare_estimates(rj.cox_regression(iowa_competing, IOWA), expected)


def test_iowa_curves_tests_and_means(iowa, real_data):
    reference = read_reference(real_data, "iowa")
    for kind in ("log-log", "log", "plain"):
        curves = rj.kaplan_meier(iowa, by="target1", conf_type=kind)
        compare_curves(curves, reference["km_target"][kind], "target1")
        curves = rj.kaplan_meier(iowa, by="fy", conf_type=kind)
        compare_curves(curves, reference["km_fy"][kind], "fy")
    compare_log_rank(rj.log_rank_test(iowa, by="target1"), reference["logrank_target"])
    compare_log_rank(rj.log_rank_test(iowa, by="fy"), reference["logrank_fy"])
    compare_log_rank(
        rj.log_rank_test(iowa, by="target1", strata="sex"), reference["logrank_target_strat_sex"]
    )
    compare_log_rank(
        rj.log_rank_test(iowa, by="target1", weighting="peto"), reference["peto_target"]
    )


def test_iowa_incidence_of_two_causes(iowa_competing, real_data):
    reference = read_reference(real_data, "iowa")
    for key, by in (("cif_all", None), ("cif_sex", "sex"), ("cif_target", "target1")):
        for row in reference[key]["cif"]:
            group, cause = row["curve"].split(" ")
            curves = rj.cumulative_incidence(
                iowa_competing,
                by=by,
                cause="reoffence" if cause == "1" else "competing",
                std_error="gray",
            )
            column = by or "group"
            block = curves.frame[curves.frame[column].astype(str) == (group if by else "all")]
            got = block[block["time_days"] <= row["time"]].iloc[-1]
            assert got["estimate"] == pytest.approx(row["cif"], rel=CLOSED)
            assert got["std_error"] == pytest.approx(row["se"], rel=CLOSED)


@pytest.mark.parametrize(
    ("key", "cause"), [("finegray_new", "reoffence"), ("finegray_tech", "competing")]
)
def test_iowa_fine_gray(iowa_competing, real_data, key, cause):
    # Nobody is censored before 1,095 days, so finegray and crr weigh alike here.
    want = read_reference(real_data, "iowa")[key]
    got = rj.fine_gray_regression(iowa_competing, IOWA, cause=cause, ties="efron")
    assert got.frame["estimate"].to_numpy() == pytest.approx(
        [t["coef"] for t in want["terms"]], rel=ITERATED
    )
    assert got.fit["loglik"] == pytest.approx(want["loglik"], rel=ITERATED)


@pytest.mark.parametrize(("key", "by"), [("cif_sex", "sex"), ("cif_target", "target1")])
def test_iowa_gray(iowa_competing, real_data, key, by):
    expected = read_reference(real_data, "iowa")[key]["gray_test"]
    for cause, want in zip(("reoffence", "competing"), expected, strict=True):
        got = rj.gray_test(iowa_competing, by=by, cause=cause).frame.iloc[0]
        assert got["statistic"] == pytest.approx(want["stat"], rel=CLOSED)


@pytest.fixture(scope="module")
def compas(real_data, follow_up):
    raw = pd.read_csv(real_data / "compas" / "two_years.csv")
    spells = raw[raw["end"] > raw["start"]]
    score = pd.Categorical(spells["score_text"], categories=["Low", "High", "Medium"])
    frame = spells[["start", "end", "event", "decile_score"]].assign(score=score)
    return follow_up(frame.reset_index(drop=True), time="end", event="event", entry="start")


def test_compas_cox_with_delayed_entry(compas, real_data):
    reference = read_reference(real_data, "compas")
    cox = rj.cox_regression(compas, "score")
    compare_estimates(cox, reference["cox_score_counting"])
    expected = reference["zph_score_counting"]
    for transform in ("km", "log"):
        got = rj.proportional_hazards_test(cox, transform=transform).frame
        assert got["df"].tolist() == [2, 2]
        assert got["statistic"].to_numpy() == pytest.approx(
            [row["chisq"] for row in expected[transform]["terms"]], rel=ITERATED
        )
    decile = rj.cox_regression(compas, "decile_score")
    compare_estimates(decile, reference["cox_decile_counting"])


def test_compas_curves_with_delayed_entry(compas, real_data):
    reference = read_reference(real_data, "compas")
    for kind in ("log-log", "log", "plain"):
        curves = rj.kaplan_meier(compas, by="score", conf_type=kind)
        compare_curves(curves, reference["km_score_counting"][kind], "score")
        whole = rj.kaplan_meier(compas, conf_type=kind)
        compare_curves(whole, reference["km_all_counting"][kind], "group")


@pytest.fixture(scope="module")
def rearrest(real_data, follow_up):
    raw = pd.read_csv(real_data / "rearrest" / "rearrest.csv")
    return follow_up(raw.assign(event=1 - raw["censor"]), time="months", event="event")


REARREST = "person_crime + property_crime + age"


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize(
    ("key", "formula"),
    [
        ("A_personal", "person_crime"),
        ("B_property", "property_crime"),
        ("C_age", "age"),
        ("D_all", REARREST),
    ],
)
def test_rearrest_cox(rearrest, real_data, ties, key, formula):
    expected = read_reference(real_data, "rearrest")["rearrest"][f"{key}_{ties}"]
    compare_estimates(rj.cox_regression(rearrest, formula, ties=ties), expected)


def test_rearrest_strata_hazards_test_and_curves(rearrest, real_data):
    expected = read_reference(real_data, "rearrest")["rearrest"]
    strat = rj.cox_regression(rearrest, "property_crime + age", strata="person_crime")
    compare_estimates(strat, expected["strat_person"])
    cox = rj.cox_regression(rearrest, REARREST)
    for transform, table in expected["zph_D"].items():
        got = rj.proportional_hazards_test(cox, transform=transform).frame
        assert got["statistic"].to_numpy() == pytest.approx(
            [row["chisq"] for row in table["terms"]], rel=ITERATED
        )
    compare_curves(rj.kaplan_meier(rearrest), expected["km_all"]["log-log"], "group")
    compare_log_rank(rj.log_rank_test(rearrest, by="person_crime"), expected["logrank_person"])
    compare_means(
        rj.restricted_mean(rearrest, by="person_crime", horizon_days=24),
        expected["rmst_person_24"],
    )


def test_iowa_restricted_means(iowa, real_data):
    reference = read_reference(real_data, "iowa")
    for key, by, horizon in (("rmst_target_1095", "target1", 1095), ("rmst_sex_730", "sex", 730)):
        mean = rj.restricted_mean(iowa, by=by, horizon_days=horizon)
        compare_means(mean, reference[key])


@pytest.mark.parametrize("conf_type", ["log-log", "log", "plain"])
def test_rearrest_median_with_its_interval(rearrest, real_data, conf_type):
    expected = read_reference(real_data, "rearrest")["rearrest"]
    for key, by in (("km_all", None), ("km_person", "person_crime")):
        got = rj.survival_quantiles(rearrest, by=by, probabilities=[0.5], conf_type=conf_type).frame
        for row, want in zip(got.itertuples(), expected[key][f"median_{conf_type}"], strict=True):
            assert row.estimate == pytest.approx(want["median"], rel=CLOSED)
            assert row.conf_low == pytest.approx(want["lo"], rel=CLOSED)
            assert row.conf_high == pytest.approx(want["hi"], rel=CLOSED)


def test_references_were_made_on_this_many_rows(iowa_frame, real_data):
    assert len(iowa_frame) == read_reference(real_data, "iowa")["n"]
    assert np.isfinite(iowa_frame["time"]).all()
