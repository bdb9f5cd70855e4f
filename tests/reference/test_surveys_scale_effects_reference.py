"""Cumulative models whose spread differs between people equal ordinal::clm(scale=)."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import rjeval as rj

#: clm was run until its gradient was below 1e-10; coefficients are then good to about 1e-7.
R_TOLERANCE = 1e-6
#: The vignette prints four decimals.
PRINTED = 5e-5
#: Fits of the same rows from another start stop about 1e-7 standard errors apart.
ANOTHER_START = 1e-4
HOUSING = {
    "Infl": ["Low", "Medium", "High"],
    "Type": ["Tower", "Apartment", "Atrium", "Terrace"],
    "Cont": ["Low", "High"],
}
SATISFACTION = ["Low", "Medium", "High"]
WINE_LEVELS = [*"12345"]


@pytest.fixture(scope="module")
def data_folder(root):
    return root / "tests" / "reference" / "data"


@pytest.fixture(scope="module")
def reference(data_folder):
    return json.loads((data_folder / "wine" / "scaled.json").read_text())


@pytest.fixture(scope="module")
def wine(data_folder):
    frame = pd.read_csv(data_folder / "wine" / "wine.csv", dtype={"rating": str, "judge": str})
    return rj.ratings(frame, rating="rating", levels=WINE_LEVELS, case="judge")


@pytest.fixture(scope="module")
def housing(data_folder):
    frame = pd.read_csv(data_folder / "housing" / "housing_freq.csv")
    for column, levels in HOUSING.items():
        frame[column] = pd.Categorical(frame[column], levels)
    return rj.ratings(frame, rating="Sat", levels=SATISFACTION, weight="Freq", top=1)


def bracketed(term):
    """Turn ``tempwarm`` into ``temp[warm]``."""
    for name in ("temp", "contact", *HOUSING):
        if term.startswith(name):
            return f"{name}[{term[len(name) :]}]"
    return term


def assert_equals_clm(fit, theirs):
    """Coefficients, thresholds and log-scales with their errors, and the log-likelihood."""
    ours = fit.frame.set_index(["component", "term"])
    assert len(ours) == len(theirs["terms"])
    for row in theirs["terms"]:
        part, term, sign = row["part"], row["term"], 1.0
        if part == "threshold" and "." in term:
            cut, _, name = term.partition(".")
            if name == "(Intercept)":
                term = cut
            else:  # clm reports effects on thresholds, we on ratings
                part, term, sign = "coefficient", f"{bracketed(name)}:{cut}", -1.0
        elif part != "threshold":
            term = bracketed(term)
        mine = ours.loc[(part, term)]
        assert mine["estimate"] == pytest.approx(sign * row["coef"], abs=R_TOLERANCE)
        assert mine["std_error"] == pytest.approx(row["se"], abs=R_TOLERANCE)
    assert fit.fit["loglik"] == pytest.approx(theirs["loglik"], abs=R_TOLERANCE)
    assert fit.scale == "", "no exp(b) is an odds ratio where spreads differ"


@pytest.mark.parametrize(
    ("key", "formula", "scale", "link"),
    [
        ("wine_temp", "temp + contact", "temp", "logit"),
        ("wine_both", "temp + contact", "temp + contact", "logit"),
        ("wine_probit", "temp + contact", "temp", "probit"),
        ("wine_cloglog", "temp + contact", "temp", "cloglog"),
        ("wine_loglog", "temp + contact", "temp", "loglog"),
    ],
)
def test_wine_with_scale_effects_equals_clm(wine, reference, key, formula, scale, link):
    fit = rj.ordinal_regression(wine, formula, scale=scale, link=link)
    assert_equals_clm(fit, reference[key])


@pytest.mark.parametrize(("key", "link"), [("housing_cont", "logit"), ("housing_probit", "probit")])
def test_housing_with_scale_effects_equals_clm(housing, reference, key, link):
    fit = rj.ordinal_regression(housing, "Infl + Type + Cont", scale="Cont", link=link)
    assert_equals_clm(fit, reference[key])


def test_scale_and_nominal_effects_together_equal_clm(wine, housing, reference):
    fit = rj.partial_ordinal_regression(wine, "temp + contact", varying="contact", scale="temp")
    assert_equals_clm(fit, reference["wine_nominal"])
    fit = rj.partial_ordinal_regression(housing, "Infl + Type + Cont", varying="Cont", scale="Infl")
    assert_equals_clm(fit, reference["housing_nominal"])


def test_wine_equals_the_figures_printed_in_the_vignette(wine):
    # Christensen, Cumulative Link Models for Ordinal Regression, section on scale effects.
    frame = rj.ordinal_regression(wine, "temp + contact", scale="temp").frame
    ours = frame.set_index(["component", "term"])[["estimate", "std_error"]]
    printed = {
        ("coefficient", "temp[warm]"): (2.6294, 0.6860),
        ("coefficient", "contact[yes]"): (1.5878, 0.5301),
        ("scale", "temp[warm]"): (0.09536, 0.29414),
    }
    for place, numbers in printed.items():
        np.testing.assert_allclose(ours.loc[place], numbers, atol=PRINTED)


def test_predicted_probabilities_and_their_delta_method_errors_equal_predict_clm(wine, reference):
    result = rj.predicted_shares(wine, "temp", by="temp", scale="temp")
    ours = result.frame.set_index(["component", "term"])[["estimate", "std_error"]]
    for row in reference["wine_lone"]["predicted"]:
        for level, chance, error in zip(WINE_LEVELS, row["prob"], row["se"], strict=True):
            mine = ours.loc[(level, f"temp[{row['temp']}]")]
            assert mine["estimate"] == pytest.approx(chance, abs=R_TOLERANCE)
            assert mine["std_error"] == pytest.approx(error, abs=R_TOLERANCE)


def averaged(people, predicted, by, levels):
    """R's probabilities averaged over the people, with everybody at one level of ``by``."""
    names = [name for name in predicted[0] if name not in ("prob", "se")]
    grid = pd.DataFrame(
        [
            {**{n: row[n] for n in names}, **dict(zip(levels, row["prob"], strict=True))}
            for row in predicted
        ]
    )
    rows = people[[*names, "weight"]].astype(dict.fromkeys(names, str))
    found = {}
    for value in grid[by].unique():
        moved = rows.assign(**{by: value}).merge(grid, how="left", on=names)
        found[value] = np.average(moved[levels], axis=0, weights=moved["weight"])
    return found


@pytest.mark.parametrize("varying", ["", "contact"])
def test_average_predictions_of_wine_are_averages_of_predict_clm(wine, reference, varying):
    key = "wine_nominal" if varying else "wine_temp"
    theirs = averaged(wine.frame, reference[key]["predicted"], "temp", WINE_LEVELS)
    result = rj.predicted_shares(wine, "temp + contact", by="temp", scale="temp", varying=varying)
    ours = result.frame.set_index(["term", "component"])["estimate"]
    effects = rj.average_marginal_effects(wine, "temp + contact", scale="temp", varying=varying)
    gaps = effects.frame.set_index(["term", "component"])["estimate"]
    for place, level in enumerate(WINE_LEVELS):
        for temp in ("cold", "warm"):
            mine = ours[f"temp[{temp}]", level]
            assert mine == pytest.approx(theirs[temp][place], abs=R_TOLERANCE)
        gap = theirs["warm"][place] - theirs["cold"][place]
        assert gaps["temp[warm]", level] == pytest.approx(gap, abs=R_TOLERANCE)


def test_average_predictions_of_housing_are_averages_of_predict_clm(housing, reference):
    predicted = reference["housing_cont"]["predicted"]
    theirs = averaged(housing.frame, predicted, "Infl", SATISFACTION)
    result = rj.predicted_shares(housing, "Infl + Type + Cont", by="Infl", scale="Cont")
    ours = result.frame.set_index(["term", "component"])["estimate"]
    for infl, chances in theirs.items():
        mine = [ours[f"Infl[{infl}]", level] for level in SATISFACTION]
        np.testing.assert_allclose(mine, chances, atol=R_TOLERANCE)


def test_clustered_errors_equal_a_sandwich_worked_out_by_differences(wine):
    fit = rj.ordinal_regression(
        wine, "temp + contact", scale="temp", cluster=rj.Clustering(by="case_id", correction="none")
    )
    plain = rj.ordinal_regression(wine, "temp + contact", scale="temp")
    rows = wine.frame
    warm = (rows["temp"] == "warm").to_numpy(dtype=float)
    yes = (rows["contact"] == "yes").to_numpy(dtype=float)
    y = rows["rating"].cat.codes.to_numpy()

    def logp(p):  # coefficients, log-scale, thresholds: the order of the table
        cuts = np.concatenate([[-np.inf], p[3:], [np.inf]])
        location, spread = p[0] * warm + p[1] * yes, np.exp(p[2] * warm)
        above = stats.logistic.cdf((cuts[y + 1] - location) / spread)
        return np.log(above - stats.logistic.cdf((cuts[y] - location) / spread))

    params, h = fit.frame["estimate"].to_numpy(), 1e-5
    scores = np.stack(
        [(logp(params + h * e) - logp(params - h * e)) / (2 * h) for e in np.eye(len(params))],
        axis=1,
    )
    judges = pd.factorize(rows["case_id"])[0]
    sums = np.stack([np.bincount(judges, column) for column in scores.T], axis=1)
    meat = sums.T @ sums * 9 / 8
    # Differences of the log-likelihood are good to about eight digits.
    np.testing.assert_allclose(fit.vcov, plain.vcov @ meat @ plain.vcov, rtol=1e-6, atol=1e-7)


def test_the_jackknife_leaves_out_judges_from_the_scaled_model_too(wine):
    fit = rj.ordinal_regression(wine, "temp + contact", scale="temp", cluster="case_id")
    assert fit.std_error_kind == "cluster jackknife by case_id"
    total = np.zeros(fit.vcov.shape)
    for judge in wine.frame["case_id"].unique():
        rest = rj.ordinal_regression(
            rj.ratings(
                wine.frame[wine.frame["case_id"] != judge][["rating", "temp", "contact"]],
                rating="rating",
                levels=WINE_LEVELS,
            ),
            "temp + contact",
            scale="temp",
        )
        gap = (rest.frame["estimate"] - fit.frame["estimate"]).to_numpy()
        total += np.outer(gap, gap)
    np.testing.assert_allclose(fit.vcov, total * 8 / 9, rtol=ANOTHER_START)


def test_missing_values_of_the_scale_are_counted_as_dropped(wine):
    frame = wine.frame[["rating", "temp", "contact", "case_id"]].copy()
    frame.loc[frame.index[:4], "contact"] = None
    given = rj.ratings(frame, rating="rating", levels=WINE_LEVELS)
    fit = rj.ordinal_regression(given, "temp", scale="contact")
    assert (fit.n, fit.n_dropped) == (68, 4)
    assert fit.reference_levels == {"contact": "no", "temp": "cold"}
    assert set(fit.level_counts["term"]) == {
        "temp[cold]", "temp[warm]", "contact[no]", "contact[yes]"
    }  # fmt: skip
