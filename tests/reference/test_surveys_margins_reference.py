"""Predicted shares and marginal effects equal R's predictions, statsmodels, and closed forms."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import rjeval as rj

#: polr stopped at a relative tolerance of 1e-15; its probabilities are good to about 1e-8.
R_TOLERANCE = 1e-6
LEVELS = {
    "Infl": ["Low", "Medium", "High"],
    "Type": ["Tower", "Apartment", "Atrium", "Terrace"],
    "Cont": ["Low", "High"],
}
SATISFACTION = ["Low", "Medium", "High"]
FORMULA = "Infl + Type + Cont"


@pytest.fixture(scope="module")
def housing(root):
    frame = pd.read_csv(root / "tests" / "reference" / "data" / "housing" / "housing_long.csv")
    for column, levels in LEVELS.items():
        frame[column] = pd.Categorical(frame[column], levels)
    return frame


@pytest.fixture(scope="module")
def averaged(root, housing):
    """R's predicted probabilities averaged over the people, with everybody at one level."""
    folder = root / "tests" / "reference" / "data" / "housing"
    grid = pd.DataFrame(json.loads((folder / "reference.json").read_text())["pred_prob"])
    people = housing[list(LEVELS)].astype(str)
    found = {}
    for variable, levels in LEVELS.items():
        for level in levels:
            moved = people.assign(**{variable: level})
            found[variable, level] = moved.merge(grid, how="left")[SATISFACTION].mean()
    return found


@pytest.fixture(scope="module")
def given_housing(housing):
    return rj.ratings(housing, rating="Sat", levels=SATISFACTION, id="id", top=1)


@pytest.mark.parametrize("variable", list(LEVELS))
def test_predicted_shares_are_averages_of_the_predictions_of_polr(
    given_housing, averaged, variable
):
    result = rj.predicted_shares(given_housing, FORMULA, by=variable)
    frame = result.frame.set_index(["component", "term"])["estimate"]
    for level in LEVELS[variable]:
        term = f"{variable}[{level}]"
        for category in SATISFACTION:
            theirs = averaged[variable, level][category]
            assert frame[category, term] == pytest.approx(theirs, abs=R_TOLERANCE)
        assert frame["coefficient", term] == pytest.approx(frame["High", term])


def test_marginal_effects_are_differences_of_those_averages(given_housing, averaged):
    frame = rj.average_marginal_effects(given_housing, FORMULA).frame
    estimates = frame.set_index(["component", "term"])["estimate"]
    for variable, levels in LEVELS.items():
        for level in levels[1:]:
            gap = averaged[variable, level] - averaged[variable, levels[0]]
            for category in SATISFACTION:
                ours = estimates[category, f"{variable}[{level}]"]
                assert ours == pytest.approx(gap[category], abs=R_TOLERANCE)


def draw(n=400, seed=5):
    rng = np.random.default_rng(seed)
    age, video = rng.normal(30, 8, n), rng.integers(0, 2, n)
    latent = 0.04 * age - 0.7 * video + rng.logistic(size=n)
    return pd.DataFrame(
        {
            "rating": np.where(latent > 0.8, "2", "1"),
            "age": age,
            "mode": np.where(video == 1, "video", "in_person"),
        }
    )


def test_two_categories_give_the_margins_of_statsmodels():
    import statsmodels.api as sm

    frame = draw()
    X = np.column_stack([np.ones(400), frame["age"], frame["mode"] == "video"]).astype(float)
    fit = sm.Logit((frame["rating"] == "2").astype(float), X).fit(disp=False, tol=1e-12)
    theirs = fit.get_margeff(at="overall", dummy=True)
    given = rj.ratings(frame, rating="rating", levels=["1", "2"], top=1)
    ours = rj.average_marginal_effects(given, "age + mode").coefficients()
    np.testing.assert_allclose(ours["estimate"], theirs.margeff, rtol=1e-6)
    np.testing.assert_allclose(ours["std_error"], theirs.margeff_se, rtol=1e-5)


def test_one_binary_variable_gives_the_difference_of_two_proportions():
    # 8 low and 6 high at A, 4 and 12 at B: 0.75 - 0.42857; variance pq/n summed.
    frame = pd.DataFrame(
        {"rating": ["1"] * 12 + ["2"] * 18, "site": [*"AAAAAAAABBBB"] + ["B"] * 18}
    )
    frame.loc[12:17, "site"] = "A"
    given = rj.ratings(frame, rating="rating", levels=["1", "2"], top=1)
    row = rj.average_marginal_effects(given, "site").coefficients().iloc[0]
    p, q = 6 / 14, 12 / 16
    assert row["estimate"] == pytest.approx(q - p, abs=1e-9)
    by_hand = np.sqrt(p * (1 - p) / 14 + q * (1 - q) / 16)
    assert row["std_error"] == pytest.approx(by_hand, abs=1e-9)


@pytest.fixture(scope="module")
def wine(root):
    path = root / "tests" / "reference" / "data" / "wine" / "wine.csv"
    frame = pd.read_csv(path, dtype={"rating": str, "judge": str})
    return rj.ratings(frame, rating="rating", levels=list("12345"), case="judge")


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
def test_delta_method_equals_differences_of_a_prediction_written_out_afresh(wine, link):
    cdf = {
        "logit": stats.logistic.cdf,
        "probit": stats.norm.cdf,
        "cloglog": lambda x: 1 - np.exp(-np.exp(x)),
    }[link]
    formula = "temp * contact"
    fit = rj.ordinal_regression(wine, formula, link=link, cluster="case_id")
    rows = wine.frame

    def gap(params):
        slopes, cuts = params[:3], params[3:]

        def share(temp):
            yes = (rows["contact"] == "yes").to_numpy(dtype=float)
            eta = slopes[0] * temp + slopes[1] * yes + slopes[2] * temp * yes
            return np.mean(cdf(cuts[2] - eta) - cdf(cuts[1] - eta))  # category 3

        return share(1.0) - share(0.0)

    params = fit.frame["estimate"].to_numpy()
    h = 1e-5
    jacobian = np.array([(gap(params + h * e) - gap(params - h * e)) / (2 * h) for e in np.eye(7)])
    effects = rj.average_marginal_effects(wine, formula, link=link, cluster="case_id").frame
    row = effects[(effects["component"] == "3") & (effects["term"] == "temp[warm]")].iloc[0]
    assert row["estimate"] == pytest.approx(gap(params), abs=1e-9)
    assert row["std_error"] == pytest.approx(np.sqrt(jacobian @ fit.vcov @ jacobian), rel=1e-6)


def test_effects_add_to_nothing_and_shares_to_one(wine):
    effects = rj.average_marginal_effects(wine, "temp + contact", cluster="case_id").frame
    single = effects[effects["component"] != "coefficient"]
    assert np.abs(single.groupby("term")["estimate"].sum()).max() < 1e-12
    shares = rj.predicted_shares(wine, "temp + contact", by="temp").frame
    single = shares[shares["component"] != "coefficient"]
    np.testing.assert_allclose(single.groupby("term")["estimate"].sum(), 1.0)
    top = shares[shares["component"].isin(["4", "5"])].groupby("term")["estimate"].sum()
    headline = shares[shares["component"] == "coefficient"].set_index("term")["estimate"]
    np.testing.assert_allclose(headline, top[headline.index])


def test_effects_of_a_number_allow_for_its_transformation():
    frame = draw()
    given = rj.ratings(frame, rating="rating", levels=["1", "2"], top=1)
    effects = rj.average_marginal_effects(given, "np.log(age) + mode").coefficients()
    fit = rj.ordinal_regression(given, "np.log(age) + mode").frame.set_index("term")["estimate"]
    eta = fit["np.log(age)"] * np.log(frame["age"]) + fit["mode[video]"] * (
        frame["mode"] == "video"
    )
    p = 1 / (1 + np.exp(fit["1|2"] - eta))
    slope = np.mean(p * (1 - p) * fit["np.log(age)"] / frame["age"])
    assert effects.set_index("term").loc["age", "estimate"] == pytest.approx(slope, rel=1e-6)
    with pytest.raises(rj.errors.EstimationError, match="not a categorical variable"):
        rj.predicted_shares(given, "age + mode", by="age")
