"""Tests of proportional odds and the partial model equal ordinal's nominal_test and clm."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.errors import EstimationError

#: clm's own stopping rule leaves about 1e-7 in coefficients and 1e-6 in standard errors.
R_TOLERANCE = 1e-6
LEVELS = {
    "Infl": ["Low", "Medium", "High"],
    "Type": ["Tower", "Apartment", "Atrium", "Terrace"],
    "Cont": ["Low", "High"],
}


@pytest.fixture(scope="module")
def housing(root):
    folder = root / "tests" / "reference" / "data" / "housing"
    frame = pd.read_csv(folder / "housing_freq.csv")
    for column, levels in LEVELS.items():
        frame[column] = pd.Categorical(frame[column], levels)
    given = rj.ratings(frame, rating="Sat", levels=["Low", "Medium", "High"], weight="Freq", top=1)
    return given, json.loads((folder / "reference.json").read_text())


@pytest.fixture(scope="module")
def wine(root):
    folder = root / "tests" / "reference" / "data" / "wine"
    frame = pd.read_csv(folder / "wine.csv", dtype={"rating": str, "judge": str})
    given = rj.ratings(frame, rating="rating", levels=list("12345"), case="judge")
    return given, json.loads((folder / "reference.json").read_text())


def assert_equals_nominal_test(result, rows):
    ours = result.to_frame().set_index("term")
    for row in rows:
        if row["term"] != "<none>":
            mine = ours.loc[row["term"]]
            assert mine["statistic"] == pytest.approx(row["lrt"], abs=R_TOLERANCE)
            assert mine["df"] == row["df"]
            assert mine["p_value"] == pytest.approx(row["p"], abs=R_TOLERANCE)


def test_likelihood_ratios_on_housing_equal_nominal_test(housing):
    given, reference = housing
    result = rj.proportional_odds_test(given, "Infl + Type + Cont")
    assert_equals_nominal_test(result, reference["nominal_test"])
    assert result.method == "likelihood ratio"


def test_likelihood_ratios_on_wine_equal_nominal_test(wine):
    given, reference = wine
    result = rj.proportional_odds_test(given, "temp + contact")
    assert_equals_nominal_test(result, reference["nominal_test"])


@pytest.mark.real
def test_likelihood_ratios_on_police_trust_equal_nominal_test(real_data):
    reference = json.loads((real_data / "police_trust" / "reference.json").read_text())
    frame = pd.read_csv(real_data / "police_trust" / "ESSBE5.csv")
    coarse = pd.cut(frame["trstplc"], [-1, 4, 6, 10], labels=["low", "mid", "high"])
    frame["trust"] = coarse.astype(object)
    given = rj.ratings(frame, rating="trust", levels=["low", "mid", "high"], top=1)
    formula = "agea + female + eduyrs + hincfel + plcpvcr"
    fit = rj.ordinal_regression(given, formula)
    theirs = {row["term"]: row["coef"] for row in reference["clm_3cat"]["terms"]}
    ours = fit.frame.set_index("term")["estimate"]
    assert ours["low|mid"] == pytest.approx(theirs["low|mid"], abs=R_TOLERANCE)
    result = rj.proportional_odds_test(given, formula)
    assert_equals_nominal_test(result, reference["nominal_test_3cat"])
    assert any("female, eduyrs" in note for note in result.notes)


@pytest.mark.parametrize("which", ["housing", "wine"])
def test_partial_model_equals_clm_with_nominal_effects(housing, wine, which):
    if which == "housing":
        (given, reference), formula, varying = housing, "Infl + Type + Cont", "Cont"
        reference, level = reference["clm_nominal_cont"], "Cont[High]"
        shown = {"ContHigh": "Cont[High]"}
    else:
        (given, reference), formula, varying = wine, "temp + contact", "contact"
        reference, level = reference["clm_nominal_contact"], "contact[yes]"
        shown = {"contactyes": "contact[yes]"}
    fit = rj.partial_ordinal_regression(given, formula, varying=varying)
    ours = fit.frame.set_index("term")
    checked = 0
    for row in reference["terms"]:
        cut, _, what = row["term"].rpartition(".")
        sign = 1.0
        if what == "(Intercept)":
            term = cut
        elif cut:
            term, sign = f"{shown[what]}:{cut}", -1.0
        else:
            term = row["term"]
            for variable in ("Infl", "Type", "temp"):
                if term.startswith(variable):
                    term = f"{variable}[{term.removeprefix(variable)}]"
        assert ours.loc[term, "estimate"] == pytest.approx(sign * row["coef"], abs=R_TOLERANCE)
        assert ours.loc[term, "std_error"] == pytest.approx(row["se"], abs=R_TOLERANCE)
        checked += 1
    assert checked == len(fit.frame)
    assert fit.fit["loglik"] == pytest.approx(reference["loglik"], abs=R_TOLERANCE)
    assert any(term.startswith(f"{level}:") for term in ours.index)


def test_likelihood_ratio_of_a_two_by_three_table_by_hand():
    # The wide model is saturated, so its log-likelihood is that of the observed shares.
    counts = np.array([[10.0, 10, 10], [5, 20, 5]])
    saturated = (counts * np.log(counts / counts.sum(axis=1, keepdims=True))).sum()
    frame = pd.DataFrame(
        {"rating": [*"123"] * 2, "site": [*"AAABBB"], "people": counts.ravel().astype(int)}
    )
    given = rj.ratings(frame, rating="rating", levels=[*"123"], weight="people")
    plain = rj.ordinal_regression(given, "site").fit["loglik"]
    row = rj.proportional_odds_test(given, "site").to_frame().iloc[0]
    assert row["statistic"] == pytest.approx(2 * (saturated - plain), abs=1e-8)


def test_clustered_test_is_a_wald_test_near_the_ratio_where_clusters_are_people(housing):
    given, _ = housing
    from dataclasses import replace

    people = given.frame.loc[given.frame.index.repeat(given.frame["weight"].astype(int))]
    people = people.assign(weight=1.0, case_id=np.arange(len(people)))
    result = rj.proportional_odds_test(
        replace(given, frame=people), "Infl + Type + Cont", cluster="case_id"
    )
    ratio = rj.proportional_odds_test(given, "Infl + Type + Cont").to_frame()
    assert "Wald" in result.method
    # Asymptotically equal under independence; 1,681 people leave differences of a few percent.
    np.testing.assert_allclose(result.frame["statistic"], ratio["statistic"], rtol=0.15)


def test_a_clustered_test_without_finite_effects_is_not_made_and_noted(wine):
    given, _ = wine
    plain = rj.Clustering(by="case_id", correction="none")
    result = rj.proportional_odds_test(given, "temp + contact", cluster=plain)
    row = result.to_frame().set_index("term").loc["temp"]
    assert np.isnan(row["statistic"])
    assert row["df"] == 3
    assert any("could not be made" in note for note in result.notes)


def test_what_cannot_vary_is_refused(wine):
    given, _ = wine
    with pytest.raises(EstimationError, match="no term"):
        rj.partial_ordinal_regression(given, "temp", varying="contact")
    two = given.frame.assign(rating=np.where(given.frame["rating"].isin(["1", "2"]), "a", "b"))
    binary = rj.ratings(two, rating="rating", levels=["a", "b"], top=1, covariates=["temp"])
    with pytest.raises(EstimationError, match="one cut"):
        rj.proportional_odds_test(binary, "temp")


def assert_equals_brant(result, rows):
    ours = result.to_frame().set_index("term")
    assert list(ours.index) == [row["term"] for row in rows]
    for row in rows:
        mine = ours.loc[row["term"]]
        assert mine["statistic"] == pytest.approx(row["statistic"], rel=R_TOLERANCE)
        assert mine["df"] == row["df"]
        assert mine["p_value"] == pytest.approx(row["p"], abs=R_TOLERANCE)


def test_brants_test_equals_its_formula_on_separate_glm_fits(housing, root):
    folder = root / "tests" / "reference" / "data" / "brant"
    reference = json.loads((folder / "reference.json").read_text())
    result = rj.proportional_odds_test(housing[0], "Infl + Type + Cont", method="brant")
    assert_equals_brant(result, reference["housing"])
    assert result.method == "Brant's Wald test"
    frame = pd.read_csv(folder / "answers.csv", dtype={"rating": str})
    given = rj.ratings(frame, rating="rating", levels=list("123"), covariates=["x", "g"])
    made = rj.proportional_odds_test(given, "x + g", method="brant")
    assert_equals_brant(made, reference["answers"])
    assert any("differ between cuts" in note for note in made.notes)


def test_brants_test_of_two_groups_by_hand():
    # Log odds ratios of both cuts of a 2 x 3 table, and their covariance by the delta method.
    counts = np.array([[10.0, 12.0, 8.0], [5.0, 20.0, 9.0]])
    frame = pd.DataFrame({"rating": list("123") * 2, "site": list("AAABBB"), "n": counts.ravel()})
    given = rj.ratings(frame, rating="rating", levels=list("123"), weight="n", top=1)
    above = np.column_stack([counts[:, 1:].sum(axis=1), counts[:, 2]])
    n = counts.sum(axis=1)
    share = above / n[:, None]
    logit = np.log(share / (1 - share))
    effect = logit[1] - logit[0]
    # Cov(logit p1, logit p2) in one group: p2 (1 - p1) / (n p1 (1 - p1) p2 (1 - p2)).
    variance = (1 / (n[:, None] * share * (1 - share))).sum(axis=0)
    covariance = (1 / (n * share[:, 0] * (1 - share[:, 1]))).sum()
    expected = (effect[0] - effect[1]) ** 2 / (variance.sum() - 2 * covariance)
    row = rj.proportional_odds_test(given, "site", method="brant").to_frame().iloc[0]
    assert row["statistic"] == pytest.approx(expected, rel=R_TOLERANCE)
    assert row["df"] == 1


def test_brants_test_says_where_it_has_no_number(wine):
    # Nobody gave the lowest wine rating at the warm temperature: a cut without finite effect.
    result = rj.proportional_odds_test(wine[0], "temp + contact", method="brant")
    assert result.frame["statistic"].isna().all()
    assert any("sparse" in note for note in result.notes)
    with pytest.raises(EstimationError, match="independent"):
        rj.proportional_odds_test(wine[0], "temp", cluster="case_id", method="brant")
    with pytest.raises(EstimationError, match="method must be one of"):
        rj.proportional_odds_test(wine[0], "temp", method="score")
