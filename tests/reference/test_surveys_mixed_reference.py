"""Ordinal regression with a random intercept equals ordinal's clmm."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

import rjeval as rj
from rjeval.errors import ConvergenceError, EstimationError
from rjeval.surveys.quadrature import MixedLikelihood

#: clmm's optimiser stops at a gradient of about 1e-4, which leaves this much in its estimates.
CLMM_TOLERANCE = 5e-4


@pytest.fixture(scope="module")
def wine(root):
    folder = root / "tests" / "reference" / "data" / "wine"
    frame = pd.read_csv(folder / "wine.csv", dtype={"rating": str, "judge": str})
    given = rj.ratings(frame, rating="rating", levels=list("12345"), case="judge")
    return given, json.loads((folder / "reference.json").read_text())


@pytest.mark.parametrize(("nodes", "key"), [(10, "clmm_judge_nAGQ10"), (1, "clmm_judge_laplace")])
def test_a_random_judge_equals_clmm(wine, nodes, key):
    given, reference = wine
    theirs = reference[key]
    fit = rj.ordinal_mixed_regression(given, "temp + contact", group="case_id", nodes=nodes)
    ours = fit.frame.set_index("term")
    for row in theirs["terms"]:
        name = {"tempwarm": "temp[warm]", "contactyes": "contact[yes]"}.get(
            row["term"], row["term"]
        )
        assert ours.loc[name, "estimate"] == pytest.approx(row["coef"], abs=CLMM_TOLERANCE)
        assert ours.loc[name, "std_error"] == pytest.approx(row["se"], abs=2 * CLMM_TOLERANCE)
    sd = theirs["sd_judge"]
    assert ours.loc["sd(case_id)", "estimate"] == pytest.approx(sd, abs=CLMM_TOLERANCE)
    icc = sd**2 / (sd**2 + np.pi**2 / 3)
    assert ours.loc["icc(case_id)", "estimate"] == pytest.approx(icc, abs=CLMM_TOLERANCE)
    assert fit.fit["loglik"] == pytest.approx(theirs["loglik"], abs=1e-5)
    assert (fit.n, fit.n_clusters, fit.vcov.shape) == (72, 9, (8, 8))
    np.testing.assert_allclose(np.sqrt(np.diag(fit.vcov)), fit.frame["std_error"])


def test_quadrature_equals_numerical_integration():
    rng = np.random.default_rng(3)
    y, X, groups = rng.integers(0, 3, 20), rng.normal(size=(20, 1)), np.arange(20) % 4
    params = np.array([-0.5, 0.8, 0.4, np.log(1.3)])
    rule = MixedLikelihood(y=y, X=X, groups=groups, n_cuts=2, nodes=25)
    bounds = np.array([-np.inf, -0.5, 0.8, np.inf])
    total = 0.0
    for group in range(4):
        rows = groups == group

        def joint(u, rows=rows):
            eta = 0.4 * X[rows, 0] + 1.3 * u
            p = stats.logistic.cdf(bounds[y[rows] + 1] - eta) - stats.logistic.cdf(
                bounds[y[rows]] - eta
            )
            return np.prod(p) * stats.norm.pdf(u)

        total += np.log(integrate.quad(joint, -8, 8, epsabs=1e-14)[0])
    assert rule.loglik(params) == pytest.approx(total, abs=1e-8)
    assert rule.loglik(np.array([0.8, -0.5, 0.4, 0.0])) == -np.inf


def test_the_score_is_the_slope_of_the_likelihood():
    rng = np.random.default_rng(5)
    y, X, groups = rng.integers(0, 4, 60), rng.normal(size=(60, 2)), np.arange(60) % 6
    rule = MixedLikelihood(y=y, X=X, groups=groups, n_cuts=3, nodes=40)
    at, h = np.array([-0.9, 0.1, 1.1, 0.3, -0.2, np.log(0.8)]), 1e-5
    steps = np.eye(len(at)) * h
    slope = [(rule.loglik(at + s) - rule.loglik(at - s)) / (2 * h) for s in steps]
    np.testing.assert_allclose(rule.score(at), slope, atol=1e-7)  # that of the differences


def test_groups_that_do_not_differ_are_refused_and_not_called_alike(wine):
    """Each group holds the same answers, so the likelihood rises until the spread is none."""
    given, _ = wine
    frame = given.frame.iloc[np.tile(np.arange(72), 6)].reset_index(drop=True)
    frame["site"] = [f"s{n}" for n in np.repeat(np.arange(6), 72)]
    from dataclasses import replace

    for nodes in (1, 10):
        with pytest.raises(ConvergenceError, match="hardly differ"):
            rj.ordinal_mixed_regression(
                replace(given, frame=frame), "temp", group="site", nodes=nodes
            )


def test_few_groups_and_weights_are_refused(wine):
    given, _ = wine
    frame = given.frame.assign(site=np.arange(72) % 3)
    from dataclasses import replace

    with pytest.raises(EstimationError, match="3 groups of site"):
        rj.ordinal_mixed_regression(replace(given, frame=frame), "temp", group="site")
    heavy = replace(given, frame=given.frame.assign(weight=2.0))
    with pytest.raises(EstimationError, match="weights must be 1"):
        rj.ordinal_mixed_regression(heavy, "temp", group="case_id")
    with pytest.raises(EstimationError, match="nodes must be"):
        rj.ordinal_mixed_regression(given, "temp", group="case_id", nodes=0)
