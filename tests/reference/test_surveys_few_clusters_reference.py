"""Corrections for few clusters: closed forms, unbiasedness, refits written out afresh."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import rjeval as rj
from rjeval.model_frame import build_model_frame
from rjeval.surveys.cr2 import cr2_variance

#: Closed forms in double precision.
EXACT = 1e-9
#: Stopping rules of clm and glm.
R_TOLERANCE = 1e-6


def test_cr2_of_a_difference_between_cluster_means_by_hand():
    # One answer per cluster makes each cluster a person: V = s1^2/m1 + s2^2/m2 (Welch), and
    # df = (m1+m2)^2 (m1-1)(m2-1) / (m1^2 (m1-1) + m2^2 (m2-1)).
    m1, m2 = 4, 9
    y = np.array([1.0, 3.0, 2.0, 5.0, 4.0, 2.0, 2.0, 5.0, 1.0, 3.0, 3.0, 4.0, 5.0])
    treated = np.repeat([1.0, 0.0], [m1, m2])
    X = np.stack([np.ones(13), treated], axis=1)
    residual = y - np.where(treated == 1, y[:m1].mean(), y[m1:].mean())
    vcov, df = cr2_variance(X, residual, np.arange(13), weights=np.ones(13))
    welch = y[:m1].var(ddof=1) / m1 + y[m1:].var(ddof=1) / m2
    assert vcov[1, 1] == pytest.approx(welch, rel=EXACT)
    by_hand = (m1 + m2) ** 2 * (m1 - 1) * (m2 - 1) / (m1**2 * (m1 - 1) + m2**2 * (m2 - 1))
    assert df[1] == pytest.approx(by_hand, rel=EXACT)


def test_cr2_with_a_cluster_per_row_is_hc2():
    import statsmodels.api as sm

    rng = np.random.default_rng(2)
    X = np.column_stack([np.ones(40), rng.normal(size=(40, 2))])
    y = rng.normal(size=40)
    theirs = sm.OLS(y, X).fit(cov_type="HC2")
    vcov, _ = cr2_variance(X, theirs.resid, np.arange(40), weights=np.ones(40))
    np.testing.assert_allclose(np.sqrt(np.diag(vcov)), theirs.bse, rtol=EXACT)


def brute_cr2(X, residual, codes, weights):
    """The definition with whole matrices: symmetric roots, and P written out in full."""
    root = np.sqrt(weights)
    T, e = X * root[:, None], residual * root
    M = np.linalg.inv(T.T @ T)
    rest = np.eye(len(T)) - T @ M @ T.T
    meat, columns = np.zeros_like(M), []
    for code in np.unique(codes):
        rows = np.flatnonzero(codes == code)
        size, vectors = np.linalg.eigh(rest[np.ix_(rows, rows)])
        A = vectors @ np.diag(1 / np.sqrt(size)) @ vectors.T
        score = T[rows].T @ A @ e[rows]
        meat += np.outer(score, score)
        columns.append(rest[:, rows] @ A @ T[rows] @ M)
    degrees = []
    for j in range(X.shape[1]):
        P = np.stack([c[:, j] for c in columns], axis=1)
        S = P.T @ P
        degrees.append(np.trace(S) ** 2 / (S**2).sum())
    return M @ meat @ M, np.array(degrees)


@pytest.mark.parametrize("seed", range(5))
def test_cr2_equals_its_definition_with_unequal_clusters_and_weights(seed):
    rng = np.random.default_rng(seed)
    codes = np.sort(np.concatenate([np.arange(11), rng.integers(0, 11, 60)]))
    X = np.column_stack([np.ones(71), rng.normal(size=71), rng.integers(0, 2, 11)[codes]])
    weights = rng.uniform(0.5, 3, 71)
    residual = rng.normal(size=71)
    vcov, df = cr2_variance(X, residual, codes, weights=weights)
    theirs, degrees = brute_cr2(X, residual, codes, weights)
    np.testing.assert_allclose(vcov, theirs, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(df, degrees, rtol=1e-8)


def test_cr2_is_unbiased_where_rows_are_independent():
    # E[V] over residuals (I - H) e with unit variance is M itself: expand in unit vectors.
    rng = np.random.default_rng(7)
    codes = np.repeat(np.arange(6), [2, 3, 4, 5, 6, 7])
    X = np.column_stack([np.ones(27), rng.normal(size=27), (codes < 3).astype(float)])
    rest = np.eye(27) - X @ np.linalg.inv(X.T @ X) @ X.T
    mean = sum(cr2_variance(X, rest[:, i], codes, weights=np.ones(27))[0] for i in range(27))
    np.testing.assert_allclose(mean, np.linalg.inv(X.T @ X), atol=EXACT)


@pytest.fixture(scope="module")
def wine(root):
    path = root / "tests" / "reference" / "data" / "wine" / "wine.csv"
    frame = pd.read_csv(path, dtype={"rating": str, "judge": str})
    return rj.ratings(frame, rating="rating", levels=list("12345"), case="judge")


@pytest.fixture(scope="module")
def reference(root):
    path = root / "tests" / "reference" / "data" / "wine" / "clustered.json"
    return json.loads(path.read_text())


def errors(fit):
    renamed = fit.frame["term"].replace({"temp[warm]": "tempwarm", "contact[yes]": "contactyes"})
    return dict(zip(renamed, fit.frame["std_error"], strict=True))


PLAIN = rj.Clustering(by="case_id", correction="none")


@pytest.mark.parametrize(
    ("estimator", "cluster", "key"),
    [
        (rj.ordinal_regression, PLAIN, "vcovCL_clm"),
        (rj.ordinal_regression, "case_id", "jackknife_clm"),
        (rj.logistic_regression, PLAIN, "vcovCL_glm"),
        (rj.logistic_regression, "case_id", "jackknife_glm"),
        (rj.linear_regression, PLAIN, "vcovCL_lm"),
        (rj.linear_regression, None, "vcovHC1_lm"),
    ],
)
def test_robust_and_clustered_errors_equal_sandwich(wine, reference, estimator, cluster, key):
    ours = errors(estimator(wine, "temp + contact", cluster=cluster))
    assert ours.keys() == reference[key].keys()
    for term, value in reference[key].items():
        assert ours[term] == pytest.approx(value, abs=R_TOLERANCE)


@pytest.mark.parametrize(
    ("estimator", "key"),
    [(rj.ordinal_regression, "weighted_clm"), (rj.logistic_regression, "weighted_glm")],
)
def test_sampling_weights_equal_weighted_fits_with_sandwich_errors(wine, reference, estimator, key):
    frame = wine.frame.assign(w=0.5 + np.arange(1, 73) % 7 / 3)
    given = replace(wine, frame=frame)
    fit = estimator(given, "temp + contact", weights="w")
    assert fit.std_error_kind == "robust"
    renamed = fit.frame["term"].replace({"temp[warm]": "tempwarm", "contact[yes]": "contactyes"})
    ours = fit.frame.set_index(renamed)
    for term, value in reference[key]["coef"].items():
        assert ours.loc[term, "estimate"] == pytest.approx(value, abs=R_TOLERANCE)
        assert ours.loc[term, "std_error"] == pytest.approx(
            reference[key]["se"][term], abs=R_TOLERANCE
        )


def test_sampling_weights_with_clusters_equal_sandwich(wine, reference):
    frame = wine.frame.assign(w=0.5 + np.arange(1, 73) % 7 / 3)
    given = replace(wine, frame=frame)
    ours = errors(rj.ordinal_regression(given, "temp + contact", weights="w", cluster=PLAIN))
    for term, value in reference["weighted_clm_clustered"].items():
        assert ours[term] == pytest.approx(value, abs=R_TOLERANCE)


@pytest.mark.parametrize("key", ["cr2_lm", "cr2_lm_without_first_13_rows"])
def test_cr2_and_its_degrees_equal_clubsandwich(wine, reference, key):
    given = wine if key == "cr2_lm" else replace(wine, frame=wine.frame.iloc[13:])
    fit = rj.linear_regression(given, "temp + contact", cluster="case_id")
    np.testing.assert_allclose(fit.frame["std_error"], reference[key]["se"], rtol=1e-9)
    np.testing.assert_allclose(fit.frame["p_value"], reference[key]["p"], rtol=1e-7)


def test_linear_fit_under_thirty_clusters_uses_cr2_with_its_own_degrees(wine):
    rows = wine.frame
    X = build_model_frame(rows, "temp + contact", intercept=True).matrix
    y = rows["rating"].cat.codes.to_numpy() + 1.0
    beta, *_ = np.linalg.lstsq(X, y, rcond=None)
    codes = pd.factorize(rows["case_id"])[0]
    vcov, df = brute_cr2(X, y - X @ beta, codes, np.ones(len(y)))
    fit = rj.linear_regression(wine, "temp + contact", cluster="case_id")
    np.testing.assert_allclose(fit.frame["std_error"], np.sqrt(np.diag(vcov)), rtol=1e-8)
    t = beta / np.sqrt(np.diag(vcov))
    np.testing.assert_allclose(fit.frame["p_value"], 2 * stats.t.sf(np.abs(t), df), rtol=1e-6)
    assert fit.std_error_kind == "CR2 by case_id"


def test_logistic_jackknife_equals_refits_by_statsmodels(wine):
    import statsmodels.api as sm

    rows = wine.frame
    high = (rows["rating"].cat.codes >= 3).to_numpy(dtype=float)
    X = build_model_frame(rows, "temp + contact", intercept=True).matrix
    codes = pd.factorize(rows["case_id"])[0]
    full = sm.Logit(high, X).fit(disp=False, tol=1e-12).params
    total = np.zeros((3, 3))
    for judge in range(9):
        kept = codes != judge
        gap = sm.Logit(high[kept], X[kept]).fit(disp=False, tol=1e-12).params - full
        total += np.outer(gap, gap)
    std_error = np.sqrt(np.diag(total) * 8 / 9)
    fit = rj.logistic_regression(wine, "temp + contact", cluster="case_id")
    np.testing.assert_allclose(fit.frame["std_error"], std_error, rtol=1e-7)
    t = np.abs(full / std_error)
    np.testing.assert_allclose(fit.frame["p_value"], 2 * stats.t.sf(t, 8), rtol=1e-5)


def test_ordinal_jackknife_equals_fits_without_each_judge(wine):
    full = rj.ordinal_regression(wine, "temp + contact").frame["estimate"].to_numpy()
    total = np.zeros(len(full))
    for judge in wine.frame["case_id"].unique():
        rest = replace(wine, frame=wine.frame[wine.frame["case_id"] != judge])
        one = rj.ordinal_regression(rest, "temp + contact").frame["estimate"].to_numpy()
        total += (one - full) ** 2
    fit = rj.ordinal_regression(wine, "temp + contact", cluster="case_id")
    np.testing.assert_allclose(fit.frame["std_error"], np.sqrt(total * 8 / 9), rtol=1e-6)
