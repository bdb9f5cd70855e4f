"""Linear and logistic regressions of ratings equal R's lm and glm, and sandwich's variances."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import rjeval as rj
from rjeval.errors import EstimationError, GuardError

#: glm stops at a relative deviance change of 1e-8, which leaves about 1e-7 in its output.
R_TOLERANCE = 1e-6
#: Two closed forms in double precision.
EXACT = 1e-9
LEVELS = {
    "Infl": ["Low", "Medium", "High"],
    "Type": ["Tower", "Apartment", "Atrium", "Terrace"],
    "Cont": ["Low", "High"],
}
FORMULA = "Infl + Type + Cont"


@pytest.fixture(scope="module")
def housing(root):
    folder = root / "tests" / "reference" / "data" / "housing"
    frame = pd.read_csv(folder / "housing_long.csv")
    for column, levels in LEVELS.items():
        frame[column] = pd.Categorical(frame[column], levels)
    frame["case_id"] = np.arange(len(frame)) % 97  # people of the same "case", for clustering
    given = rj.ratings(frame, rating="Sat", levels=["Low", "Medium", "High"], id="id", top=1)
    return given, json.loads((folder / "reference.json").read_text())


@pytest.fixture(scope="module")
def trust(real_data):
    reference = json.loads((real_data / "police_trust" / "reference.json").read_text())
    frame = pd.read_csv(real_data / "police_trust" / "ESSBE5.csv")
    frame["trust"] = frame["trstplc"].astype("Int64").astype("string")
    given = rj.ratings(frame, rating="trust", levels=[str(i) for i in range(11)], top=4)
    return given, reference


def assert_equals_r(fit, terms, *, tolerance):
    ours = fit.frame.set_index("term")
    for row in terms:
        term = re.sub(r"^(Infl|Type|Cont)(.+)$", r"\1[\2]", row["term"])
        assert ours.loc[term, "estimate"] == pytest.approx(row["coef"], abs=tolerance)
        assert ours.loc[term, "std_error"] == pytest.approx(row["se"], abs=tolerance)


def test_logistic_equals_glm(housing):
    given, reference = housing
    fit = rj.logistic_regression(given, FORMULA)
    assert_equals_r(fit, reference["logit_high"]["terms"], tolerance=R_TOLERANCE)
    assert fit.fit["loglik"] == pytest.approx(reference["logit_high"]["loglik"], abs=R_TOLERANCE)
    null = -reference["logit_high"]["null_deviance"] / 2
    assert fit.fit["loglik_null"] == pytest.approx(null, abs=R_TOLERANCE)


def test_linear_equals_lm(housing):
    given, reference = housing
    fit = rj.linear_regression(given, FORMULA, std_error="model")
    assert_equals_r(fit, reference["ols_num"]["terms"], tolerance=EXACT)
    assert fit.fit["loglik"] == pytest.approx(reference["ols_num"]["loglik"], abs=R_TOLERANCE)
    for row, p in zip(reference["ols_num"]["terms"], fit.frame["p_value"], strict=True):
        assert p == pytest.approx(row["p"], rel=1e-6)


@pytest.mark.real
def test_linear_hc1_equals_sandwich(trust):
    given, reference = trust
    formula = "agea + female + eduyrs + hincfel + plcpvcr"
    fit = rj.linear_regression(given, formula)
    np.testing.assert_allclose(fit.frame["std_error"], reference["ols_hc"]["HC1"], rtol=1e-8)
    assert fit.fit["r_squared"] == pytest.approx(reference["ols_hc"]["r2"], abs=EXACT)
    assert fit.std_error_kind == "robust"


@pytest.mark.real
def test_logistic_of_trust_equals_glm(trust):
    given, reference = trust
    fit = rj.logistic_regression(given, "agea + female + eduyrs + hincfel + plcpvcr")
    assert_equals_r(fit, reference["logit_ge7"]["terms"], tolerance=R_TOLERANCE)
    assert (fit.n_events, fit.n) == (reference["top_box"]["k"], reference["top_box"]["n"])


def model_matrix(given):
    from rjeval.model_frame import build_model_frame

    return build_model_frame(given.frame, FORMULA, intercept=True).matrix


def test_clustered_linear_errors_equal_statsmodels(housing):
    import statsmodels.api as sm

    given, _ = housing
    score = given.frame["rating"].cat.codes + 1.0
    groups = given.frame["case_id"].to_numpy()
    theirs = sm.OLS(score, model_matrix(given)).fit(cov_type="cluster", cov_kwds={"groups": groups})
    fit = rj.linear_regression(given, FORMULA, cluster="case_id")
    np.testing.assert_allclose(fit.frame["std_error"], theirs.bse, rtol=EXACT)
    assert fit.n_clusters == 97


def test_clustered_logistic_errors_equal_statsmodels_without_its_further_factor(housing):
    import statsmodels.api as sm

    given, _ = housing
    high = (given.frame["rating"] == "High").astype(float)
    groups = given.frame["case_id"].to_numpy()
    X = model_matrix(given)
    theirs = sm.Logit(high, X).fit(
        disp=False, cov_type="cluster", cov_kwds={"groups": groups}, tol=1e-12
    )
    n, k = X.shape
    fit = rj.logistic_regression(given, FORMULA, cluster="case_id")
    ours = fit.frame["std_error"] * np.sqrt((n - 1) / (n - k))
    np.testing.assert_allclose(ours, theirs.bse, rtol=1e-8)


def test_sampling_weights_give_the_robust_errors_of_weighted_least_squares(housing):
    import statsmodels.api as sm

    given, _ = housing
    weight = 0.5 + np.arange(len(given.frame)) % 7 / 3
    frame = given.frame.drop(columns="weight").assign(w=weight)
    weighted = rj.ratings(
        frame, rating="rating", levels=["Low", "Medium", "High"], weight="w", id="party_id", top=1
    )
    score = frame["rating"].cat.codes + 1.0
    theirs = sm.WLS(score, model_matrix(given), weights=weight).fit(cov_type="HC1")
    fit = rj.linear_regression(weighted, FORMULA)
    np.testing.assert_allclose(fit.frame["estimate"], theirs.params, rtol=1e-8)
    np.testing.assert_allclose(fit.frame["std_error"], theirs.bse, rtol=1e-8)


def test_firth_estimates_of_separated_answers_equal_brglm2(root):
    folder = root / "tests" / "reference" / "data" / "separation"
    reference = json.loads((folder / "reference.json").read_text())
    frame = pd.read_csv(folder / "separated.csv", dtype={"good": str})
    given = rj.ratings(frame, rating="good", levels=["0", "1"], top=1)
    with pytest.raises(rj.errors.ConvergenceError, match="firth"):
        rj.logistic_regression(given, "mode + age")
    fit = rj.logistic_regression(given, "mode + age", penalty="firth")
    np.testing.assert_allclose(fit.frame["estimate"], reference["coef"], atol=R_TOLERANCE)
    np.testing.assert_allclose(fit.frame["std_error"], reference["se"], atol=R_TOLERANCE)
    assert any("Firth" in note for note in fit.notes)


def test_firth_on_a_two_by_two_table_adds_half_to_each_cell():
    # Known closed form: the odds ratio of a table with 1/2 added to all four cells.
    frame = pd.DataFrame({"rating": [*"1212"], "site": [*"AABB"], "n": [8, 6, 0, 12]})
    given = rj.ratings(frame, rating="rating", levels=["1", "2"], weight="n", top=1)
    fit = rj.logistic_regression(given, "site", penalty="firth")
    by_hand = np.log((12.5 * 8.5) / (0.5 * 6.5))
    assert fit.frame["estimate"][1] == pytest.approx(by_hand, abs=1e-6)
    with pytest.raises(rj.errors.EstimationError, match="penalty must be"):
        rj.logistic_regression(given, "site", penalty="lasso")


@pytest.fixture(scope="module")
def scored(root):
    """As regression.R makes them: a score of five or six of six items."""
    frame = pd.read_csv(root / "tests" / "reference" / "data" / "scale" / "items.csv", dtype=str)
    frame.loc[4::20, "q2"] = None
    frame.loc[4::40, "q5"] = None
    i = np.arange(1, len(frame) + 1)
    frame["site"] = np.array(["A", "B", "C"])[i % 3]
    frame["days"], frame["office"] = (i * 7) % 45, i % 12
    frame["case_id"] = (i - 1) // 4
    items = [f"q{number}" for number in range(1, 7)]
    given = rj.rating_items(frame, items=items, levels=list("12345"), id="id")
    return rj.score_scale(given, rj.Scale(name="fair", items=tuple(items), reverse=("q4",)))


@pytest.mark.parametrize(("cluster", "key"), [("case_id", "many"), ("office", "few")])
def test_regression_of_a_scale_score_equals_lm_with_clustered_errors(scored, root, cluster, key):
    folder = root / "tests" / "reference" / "data" / "scale"
    reference = json.loads((folder / "regression.json").read_text())
    fit = rj.linear_regression(scored, "site + days", item="fair", cluster=cluster)
    np.testing.assert_allclose(fit.frame["estimate"], reference[key]["coef"], atol=EXACT)
    np.testing.assert_allclose(fit.frame["std_error"], reference[key]["se"], atol=EXACT)
    half = fit.frame["conf_high"] - fit.frame["estimate"]
    quantile = stats.t.ppf(0.975, reference[key]["df"])
    np.testing.assert_allclose(half, quantile * fit.frame["std_error"], rtol=R_TOLERANCE)
    assert (fit.n, fit.n_dropped, fit.n_events) == (reference["n"], 220 - reference["n"], None)
    assert fit.outcome == "Fair"
    assert fit.level_counts["n"].sum() == fit.n


def test_a_score_that_many_lack_or_that_is_not_there_is_refused(scored):
    few = scored.frame["party_id"].isin(scored.frame["party_id"].unique()[:30])
    gone = few & scored.frame["item_id"].isin(["q1", "q2"])
    frame = scored.frame.assign(rating=scored.frame["rating"].mask(gone))
    lacking = rj.score_scale(
        replace(scored, frame=frame),
        rj.Scale(name="fair", items=("q1", "q2", "q3", "q5", "q6")),
    )
    with pytest.raises(GuardError, match="too few items for a score"):
        rj.linear_regression(lacking, "site", item="fair")
    assert rj.linear_regression(lacking, "site", item="fair", max_dropped=0.2).n_dropped >= 30
    with pytest.raises(EstimationError, match="site is no number"):
        rj.linear_regression(scored, "days", item="site")
