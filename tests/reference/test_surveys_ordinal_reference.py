"""Ordinal regression equals R's polr and clm: coefficients, thresholds, errors, probabilities."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import rjeval as rj
from rjeval.surveys.cumulative import category_probabilities, fit_cumulative
from rjeval.surveys.links import LINKS

#: R's own stopping rules leave about 1e-7 in coefficients and 1e-6 in standard errors.
R_TOLERANCE = 1e-6
#: clm cuts infinite thresholds off at 1e5; Cauchy tails beyond hold 3e-6 of the probability.
CAUCHIT_TOLERANCE = 2e-4
LEVELS = {
    "Infl": ["Low", "Medium", "High"],
    "Type": ["Tower", "Apartment", "Atrium", "Terrace"],
    "Cont": ["Low", "High"],
}
SATISFACTION = ["Low", "Medium", "High"]
FORMULA = "Infl + Type + Cont"


@pytest.fixture(scope="module")
def folder(root):
    return root / "tests" / "reference" / "data"


@pytest.fixture(scope="module")
def housing_reference(folder):
    return json.loads((folder / "housing" / "reference.json").read_text())


@pytest.fixture(scope="module")
def wine_reference(folder):
    return json.loads((folder / "wine" / "reference.json").read_text())


def read_housing(folder, name):
    frame = pd.read_csv(folder / "housing" / name)
    for column, levels in LEVELS.items():
        frame[column] = pd.Categorical(frame[column], levels)
    return frame


@pytest.fixture(scope="module")
def counted(folder):
    frame = read_housing(folder, "housing_freq.csv")
    return rj.ratings(frame, rating="Sat", levels=SATISFACTION, weight="Freq", top=1)


@pytest.fixture(scope="module")
def people(folder):
    frame = read_housing(folder, "housing_long.csv")
    return rj.ratings(frame, rating="Sat", levels=SATISFACTION, id="id", top=1)


@pytest.fixture(scope="module")
def wine(folder):
    frame = pd.read_csv(folder / "wine" / "wine.csv", dtype={"rating": str, "judge": str})
    return rj.ratings(frame, rating="rating", levels=list("12345"), case="judge")


def bracketed(term):
    """R's ``InflMedium`` is ``Infl[Medium]`` here; interactions keep their colon."""
    parts = [re.sub(r"^(Infl|Type|Cont|temp|contact)(.+)$", r"\1[\2]", p) for p in term.split(":")]
    return ":".join(parts)


def assert_equals_r(fit, rows, *, tolerance=R_TOLERANCE):
    ours = fit.frame.set_index("term")
    for row in rows:
        mine = ours.loc[bracketed(row["term"])]
        assert mine["estimate"] == pytest.approx(row["coef"], abs=tolerance)
        assert mine["std_error"] == pytest.approx(row["se"], abs=tolerance)


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
def test_housing_equals_polr(people, housing_reference, link):
    reference = housing_reference[f"polr_{link}"]
    fit = rj.ordinal_regression(people, FORMULA, link=link)
    assert_equals_r(fit, reference["terms"] + reference["thresholds"])
    assert fit.fit["loglik"] == pytest.approx(reference["loglik"], abs=R_TOLERANCE)
    assert fit.fit["aic"] == pytest.approx(reference["aic"], abs=R_TOLERANCE)
    assert fit.n == reference["n"]


def test_housing_equals_the_printed_example_of_polr(people, housing_reference):
    printed = housing_reference["published"]["polr_printed"]
    ours = rj.ordinal_regression(people, FORMULA).frame.set_index("term")["estimate"]
    for term, value in printed.items():
        if term not in ("deviance", "AIC"):
            assert ours[bracketed(term)] == pytest.approx(
                value, abs=1e-6
            )  # printed at its default stop


def test_housing_with_interaction_equals_polr(people, housing_reference):
    reference = housing_reference["polr_interaction"]
    fit = rj.ordinal_regression(people, "Infl*Type + Cont")
    assert_equals_r(fit, reference["terms"] + reference["thresholds"])
    plain = rj.ordinal_regression(people, FORMULA)
    ratio = 2 * (fit.fit["loglik"] - plain.fit["loglik"])
    assert ratio == pytest.approx(housing_reference["lr_interaction"]["lr"], abs=R_TOLERANCE)


def test_counted_rows_give_the_fit_of_the_people_they_count(counted, people, housing_reference):
    few = rj.ordinal_regression(counted, FORMULA)
    many = rj.ordinal_regression(people, FORMULA)
    assert_equals_r(few, housing_reference["clm_logit"]["terms"])
    columns = ["estimate", "std_error"]
    np.testing.assert_allclose(few.frame[columns], many.frame[columns], atol=1e-9)
    assert (few.n, few.n_events) == (many.n, many.n_events) == (1681, 668)
    pd.testing.assert_frame_equal(few.level_counts, many.level_counts)


def test_predicted_probabilities_equal_predict_polr(people, housing_reference):
    fit = rj.ordinal_regression(people, FORMULA).frame.set_index("term")["estimate"]
    grid = pd.DataFrame(housing_reference["pred_prob"])
    eta = np.zeros(len(grid))
    for column, levels in LEVELS.items():
        for level in levels[1:]:
            eta += fit[f"{column}[{level}]"] * (grid[column] == level).to_numpy()
    cuts = fit[["Low|Medium", "Medium|High"]].to_numpy()
    ours = category_probabilities(eta, cuts, link=LINKS["logit"])
    np.testing.assert_allclose(ours, grid[SATISFACTION], atol=R_TOLERANCE)


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog", "loglog", "cauchit"])
def test_wine_equals_clm(wine, wine_reference, link):
    reference = wine_reference[f"clm_{link}"]
    tolerance = CAUCHIT_TOLERANCE if link == "cauchit" else R_TOLERANCE
    fit = rj.ordinal_regression(wine, "temp + contact", link=link)
    assert_equals_r(fit, reference["terms"], tolerance=tolerance)
    slack = 5e-4 if link == "cauchit" else R_TOLERANCE
    assert fit.fit["loglik"] == pytest.approx(reference["loglik"], abs=slack)


def test_clm_differs_under_cauchit_because_it_cuts_thresholds_off_at_1e5(wine, wine_reference):
    reference = wine_reference["clm_cauchit"]
    value = {row["term"]: row["coef"] for row in reference["terms"]}
    rows = wine.frame
    eta = value["tempwarm"] * (rows["temp"] == "warm") + value["contactyes"] * (
        rows["contact"] == "yes"
    )
    cuts = np.array([-1e5, *(value[f"{i}|{i + 1}"] for i in range(1, 5)), 1e5])
    y = rows["rating"].cat.codes.to_numpy()
    p = stats.cauchy.cdf(cuts[y + 1] - eta) - stats.cauchy.cdf(cuts[y] - eta)
    assert np.log(p).sum() == pytest.approx(reference["loglik"], abs=1e-6)


def test_wine_equals_the_figures_printed_in_the_vignette(wine, wine_reference):
    ours = rj.ordinal_regression(wine, "temp + contact").frame.set_index("term")
    for term, value in wine_reference["published"]["printed"].items():
        if isinstance(value, list):
            row = ours.loc[bracketed(term)]
            assert [round(row["estimate"], 4), round(row["std_error"], 4)] == value


def test_wine_with_interaction_equals_clm(wine, wine_reference):
    fit = rj.ordinal_regression(wine, "temp * contact")
    assert_equals_r(fit, wine_reference["clm_interaction"]["terms"])


@pytest.mark.parametrize(
    ("which", "plain", "nominal", "key"),
    [
        ("housing", "Infl + Type", "Cont", "clm_nominal_cont"),
        ("wine", "temp", "contact", "clm_nominal_contact"),
    ],
)
def test_kernel_with_effects_by_threshold_equals_clm(
    counted, wine, housing_reference, wine_reference, which, plain, nominal, key
):
    from rjeval.model_frame import build_model_frame

    rows = (counted if which == "housing" else wine).frame
    reference = (housing_reference if which == "housing" else wine_reference)[key]
    fit = fit_cumulative(
        rows["rating"].cat.codes.to_numpy().astype(int),
        build_model_frame(rows, plain).matrix,
        weights=rows["weight"].to_numpy(dtype=float),
        link=LINKS["logit"],
        Z=build_model_frame(rows, nominal, intercept=True).matrix,
    )
    cuts, slopes = fit.thresholds, fit.slopes
    theirs = np.array([row["coef"] for row in reference["terms"]])
    # clm lists all intercepts, then all effects by threshold, then the common slopes.
    ours = np.concatenate([cuts.T.ravel(), slopes])
    np.testing.assert_allclose(ours, theirs, atol=R_TOLERANCE)
    assert fit.maximum.loglik == pytest.approx(reference["loglik"], abs=R_TOLERANCE)


def brute_force_sandwich(y, X, codes, fit):
    """Scores and Hessian by central differences of a likelihood written out afresh."""
    cuts = int(y.max())

    def rows_loglik(params):
        bounds = np.concatenate([[-np.inf], params[:cuts], [np.inf]])
        eta = X @ params[cuts:]
        return np.log(stats.logistic.cdf(bounds[y + 1] - eta) - stats.logistic.cdf(bounds[y] - eta))

    params, h = fit.maximum.params, 1e-4
    size = len(params)
    steps = np.eye(size) * h
    scores = np.stack(
        [(rows_loglik(params + s) - rows_loglik(params - s)) / (2 * h) for s in steps], axis=1
    )

    def total(p):
        return rows_loglik(p).sum()

    hessian = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            a, b = steps[i], steps[j]
            hessian[i, j] = (
                total(params + a + b)
                - total(params + a - b)
                - total(params - a + b)
                + total(params - a - b)
            ) / (4 * h * h)
    bread = np.linalg.inv(-hessian)
    meat = np.zeros((size, size))
    for code in np.unique(codes):
        s = scores[codes == code].sum(axis=0)
        meat += np.outer(s, s)
    groups = len(np.unique(codes))
    return bread @ meat @ bread * groups / (groups - 1)


def test_clustered_errors_equal_a_sandwich_worked_out_by_differences(wine):
    from rjeval.model_frame import build_model_frame

    rows = wine.frame
    y = rows["rating"].cat.codes.to_numpy().astype(int)
    X = build_model_frame(rows, "temp + contact").matrix
    codes = pd.factorize(rows["case_id"])[0]
    kernel = fit_cumulative(y, X, weights=np.ones(len(y)), link=LINKS["logit"])
    theirs = np.sqrt(np.diag(brute_force_sandwich(y, X, codes, kernel)))
    plain = rj.Clustering(by="case_id", correction="none")
    fit = rj.ordinal_regression(wine, "temp + contact", cluster=plain)
    ours = fit.frame["std_error"].to_numpy()[[2, 3, 4, 5, 0, 1]]
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)  # differences of step 1e-4
    assert (fit.n_clusters, fit.std_error_kind) == (9, "cluster-robust by case_id")


def test_clustered_errors_agree_with_statsmodels_after_its_own_correction(wine):
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    rows = wine.frame
    X = pd.DataFrame({"warm": rows["temp"] == "warm", "yes": rows["contact"] == "yes"}).astype(
        float
    )
    groups = pd.factorize(rows["case_id"])[0]
    theirs = OrderedModel(rows["rating"], X, distr="logit").fit(
        method="bfgs", disp=False, gtol=1e-8, cov_type="cluster", cov_kwds={"groups": groups}
    )
    n, k = len(rows), 6
    plain = rj.Clustering(by="case_id", correction="none")
    ours = rj.ordinal_regression(wine, "temp + contact", cluster=plain).coefficients()
    factor = np.sqrt((n - 1) / (n - k))
    np.testing.assert_allclose(
        ours["std_error"] * factor, theirs.bse[["warm", "yes"]], rtol=1e-3
    )  # its Hessian is numerical


@pytest.mark.real
def test_police_trust_with_item_non_response_equals_clm(real_data):
    reference = json.loads((real_data / "police_trust" / "reference.json").read_text())
    frame = pd.read_csv(real_data / "police_trust" / "ESSBE5.csv")
    frame["trust"] = frame["trstplc"].astype("Int64").astype("string")
    given = rj.ratings(frame, rating="trust", levels=[str(i) for i in range(11)], id="idno")
    formula = "agea + female + eduyrs + hincfel + plcpvcr"
    fit = rj.ordinal_regression(given, formula)
    assert fit.n == reference["n_complete"]
    assert fit.n + fit.n_dropped == reference["rows"] - reference["missing"]["trstplc"]
    assert_equals_r(fit, reference["clm_11cat"]["terms"])
    assert fit.fit["loglik"] == pytest.approx(reference["clm_11cat"]["loglik"], abs=R_TOLERANCE)
