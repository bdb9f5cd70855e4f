"""Pooling equals mice; imputation draws what is missing, with its uncertainty, for all kinds."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.analysis_data import TimeToEvent
from rjeval.design import RecidivismDefinition
from rjeval.errors import EstimationError, GuardError
from rjeval.results import ModelEstimates
from rjeval.surveys.chained import draw_category, draw_number, draw_ordered
from rjeval.surveys.estimates import estimate_table
from rjeval.surveys.imputation import _hazard
from rjeval.surveys.pooling import barnard_rubin

#: Closed forms in double precision.
EXACT = 1e-9


@pytest.fixture(scope="module")
def reference(root):
    path = root / "tests" / "reference" / "data" / "pooling" / "reference.json"
    return json.loads(path.read_text())


def result(coef, vcov, *, n, **more):
    names = [("coefficient", f"x{i}") for i in range(len(coef))]
    return ModelEstimates(
        frame=estimate_table(names, np.array(coef), np.array(vcov), conf_level=0.95),
        model="linear",
        outcome="chl",
        formula="age + bmi",
        scale="",
        conf_level=0.95,
        n=n,
        vcov=np.array(vcov),
        **more,
    )


def test_pooling_equals_mice(reference):
    fits = [
        result(coef, vcov, n=reference["n"])
        for coef, vcov in zip(reference["coef"], reference["vcov"], strict=True)
    ]
    assert reference["n"] - len(reference["terms"]) == reference["dfcom"]
    frame, theirs = rj.pool_estimates(fits).frame, reference["pooled"]
    pairs = {
        "estimate": "estimate",
        "std_error": "se",
        "df": "df",
        "p_value": "p",
        "conf_low": "lo",
        "conf_high": "hi",
        "missing_information": "fmi",
    }
    for ours, name in pairs.items():
        np.testing.assert_allclose(frame[ours], theirs[name], rtol=1e-8, err_msg=ours)


@pytest.mark.parametrize(("complete", "key"), [(8, "df_at_dfcom_8"), (1e6, "df_at_dfcom_million")])
def test_degrees_of_freedom_equal_mice_for_few_and_many_people(reference, complete, key):
    riv = np.array(reference["pooled"]["riv"])
    df = barnard_rubin(riv / (1 + riv), m=5, complete=complete)
    np.testing.assert_allclose(df, reference[key], rtol=1e-8)


def test_equal_estimates_leave_the_variance_as_it_was():
    fits = [result([1.0, 2.0], np.diag([0.04, 0.09]), n=50)] * 4
    frame = rj.pool_estimates(fits).frame
    np.testing.assert_allclose(frame["std_error"], [0.2, 0.3], rtol=EXACT)
    # Observed-data degrees of freedom at no missing information: (nu+1)/(nu+3) nu, nu = 48.
    np.testing.assert_allclose(frame["df"], 49 / 51 * 48, rtol=EXACT)


def test_pooling_by_hand():
    # Means 1 and 3: B = 2, W = 1, T = 1 + 1.5 * 2 = 4.
    fits = [result([value], [[1.0]], n=30) for value in (1.0, 3.0)]
    row = rj.pool_estimates(fits).frame.iloc[0]
    assert (row["estimate"], row["std_error"]) == (2.0, 2.0)


def test_only_like_results_are_pooled():
    one = result([1.0], [[1.0]], n=30)
    with pytest.raises(EstimationError, match="at least two"):
        rj.pool_estimates([one])
    with pytest.raises(EstimationError, match="different models"):
        rj.pool_estimates([one, replace(one, formula="other")])
    with pytest.raises(EstimationError, match="covariance"):
        rj.pool_estimates([replace(one, vcov=np.empty((0, 0)))] * 2)


def people(n=600, seed=2):
    """Four kinds of covariate that go together, and a rating that goes with all."""
    rng = np.random.default_rng(seed)
    age = rng.normal(30, 8, n)
    z = (age - 30) / 8
    site = np.array(["A", "B", "C"])[
        (rng.random(n) < 0.4).astype(int) + (rng.random(n) < 0.3 + 0.1 * z)
    ]
    risk = np.searchsorted([-0.7, 0.7], z + rng.logistic(size=n))
    prior = rng.random(n) < 1 / (1 + np.exp(-z))
    latent = 0.6 * z + 0.5 * (site == "C") + 0.4 * prior + 0.3 * risk + rng.logistic(size=n)
    frame = pd.DataFrame(
        {
            "rating": np.array(["1", "2", "3"])[np.searchsorted([0, 1.2], latent)],
            "age": age,
            "site": site,
            "risk": pd.Categorical.from_codes(risk, ["low", "medium", "high"], ordered=True),
            "prior": prior,
        }
    )
    frame["prior"] = frame["prior"].astype("boolean")
    return frame


VARIABLES = ["age", "site", "risk", "prior"]
FORMULA = " + ".join(VARIABLES)


def holed(frame, seed=3, share=0.25):
    """Missing at random: likelier where the rating is high."""
    rng = np.random.default_rng(seed)
    frame = frame.copy()
    chance = share * np.where(frame["rating"] == "3", 1.5, 0.7)
    for name in VARIABLES:
        frame.loc[rng.random(len(frame)) < chance, name] = pd.NA
    return frame


def given(frame):
    return rj.ratings(frame, rating="rating", levels=["1", "2", "3"], top=1)


def test_filled_data_are_complete_keep_what_was_known_and_stay_in_range():
    frame = holed(people())
    before = frame.copy(deep=True)
    filled = rj.impute(given(frame), variables=VARIABLES, seed=4, n_imputations=3, iterations=4)
    pd.testing.assert_frame_equal(frame, before)
    assert len(filled) == 3
    for one in filled:
        assert one.frame[VARIABLES].notna().all(axis=None)
        for name in VARIABLES:
            known = frame[name].notna().to_numpy()
            assert (one.frame[name][known].to_numpy() == frame[name][known].to_numpy()).all()
            assert set(one.frame[name]) <= set(frame[name].dropna())
        assert one.frame["risk"].cat.ordered
    assert not filled[0].frame["age"].equals(filled[1].frame["age"])


def test_the_same_seed_gives_the_same_draws():
    data = given(holed(people(200)))
    a, b = (
        rj.impute(data, variables=VARIABLES, seed=4, n_imputations=2, iterations=2)
        for _ in range(2)
    )
    pd.testing.assert_frame_equal(a[1].frame, b[1].frame)


def test_imputation_is_nearer_the_full_data_than_complete_cases_are():
    full_gap, case_gap = [], []
    for seed in range(6):
        frame = people(800, seed)
        truth = rj.ordinal_regression(given(frame), FORMULA).coefficients()["estimate"]
        data = given(holed(frame, seed + 50))
        cases = rj.ordinal_regression(data, FORMULA, max_dropped=0.9).coefficients()["estimate"]
        filled = rj.impute(data, variables=VARIABLES, seed=seed, n_imputations=5, iterations=5)
        pooled = rj.pool_estimates([rj.ordinal_regression(one, FORMULA) for one in filled])
        full_gap.append(((pooled.coefficients()["estimate"] - truth) ** 2).sum())
        case_gap.append(((cases - truth) ** 2).sum())
    assert np.mean(full_gap) < np.mean(case_gap)


def times(n=400, seed=6):
    rng = np.random.default_rng(seed)
    age = rng.normal(30, 8, n)
    event = rng.exponential(400 * np.exp(0.04 * (age - 30)), n).round() + 1
    frame = pd.DataFrame(
        {
            "person_id": np.arange(n).astype(str),
            "case_id": np.arange(n).astype(str),
            "arm": "rj",
            "time_days": np.minimum(event, 365.0),
            "exit_reason": np.where(event <= 365, "reoffence", "end_of_follow_up"),
            "entry_days": 0.0,
            "observable_days": 365.0,
            "age": age,
        }
    )
    frame.loc[rng.random(n) < 0.3, "age"] = np.nan
    definition = RecidivismDefinition(name="test")
    return TimeToEvent(frame=frame, horizon_days=365.0, definition=definition)


def test_times_to_an_event_are_imputed_given_event_and_hazard():
    data = times()
    filled = rj.impute(data, variables=["age"], seed=1, n_imputations=2, iterations=2)
    assert filled[0].frame["age"].notna().all()
    assert isinstance(filled[0], TimeToEvent)
    # Later people are older; imputed ages must carry that.
    was_missing = data.frame["age"].isna()
    late = filled[0].frame["time_days"] >= 300
    ages = filled[0].frame["age"]
    assert ages[was_missing & late].mean() > ages[was_missing & ~late].mean()


def test_nelson_aalen_by_hand_with_late_entry():
    rows = pd.DataFrame({"time_days": [2.0, 3.0, 3.0, 5.0], "entry_days": [0.0, 0.0, 2.5, 0.0]})
    hazard = _hazard(rows, np.array([True, True, False, True]))
    # Day 2: 1 of 3 (the third enters at 2.5); day 3: 1 of 3; day 5: 1 of 1.
    np.testing.assert_allclose(hazard, [1 / 3, 2 / 3, 2 / 3, 5 / 3])


def test_draws_follow_the_model_that_made_the_data():
    rng = np.random.default_rng(8)
    n = 20_000
    x = rng.normal(size=n)
    X = np.column_stack([np.ones(n), x])
    missing = np.arange(n) % 2 == 0
    y = 3 + 2 * x + rng.normal(size=n)
    drawn = draw_number(rng, y, X, missing)
    # The slope among the drawn repeats that among the seen, and so does the spread about it.
    slope, intercept = np.polyfit(x[missing], drawn, 1)
    assert (slope, intercept) == (pytest.approx(2, abs=0.06), pytest.approx(3, abs=0.06))
    assert (drawn - intercept - slope * x[missing]).std() == pytest.approx(1, abs=0.03)
    codes = np.searchsorted([-1.0, 1.0], 1.5 * x + rng.logistic(size=n)).astype(float)
    for draw in (draw_ordered, draw_category):
        picked = draw(rng, codes, X, missing)
        for code in range(3):
            high = x[missing] > 0.5
            theirs = (codes[missing][high] == code).mean()
            assert (picked[high] == code).mean() == pytest.approx(theirs, abs=0.03)


def test_a_level_that_the_predictors_fix_is_drawn_without_failure():
    rng = np.random.default_rng(9)
    n = 300
    flag = (np.arange(n) % 3 == 0).astype(float)
    X = np.column_stack([np.ones(n), flag])
    codes = np.where(flag == 1, 2.0, rng.integers(0, 2, n))
    missing = rng.random(n) < 0.3
    for draw in (draw_ordered, draw_category):
        picked = draw(rng, codes, X, missing)
        # All are 2; the weak prior leaves some chance to the others.
        assert (picked[flag[missing] == 1] == 2).mean() > 0.75


def test_what_cannot_be_imputed_is_refused():
    frame = holed(people(200))
    data = given(frame)
    with pytest.raises(EstimationError, match="no column nowhere"):
        rj.impute(data, variables=["nowhere"], seed=1)
    with pytest.raises(EstimationError, match="None of these"):
        rj.impute(given(people(200)), variables=VARIABLES, seed=1)
    with pytest.raises(EstimationError, match="one value only"):
        rj.impute(given(frame.assign(site="A")), variables=["age", "site"], seed=1)
    with pytest.raises(EstimationError, match="2 or more"):
        rj.impute(data, variables=VARIABLES, seed=1, n_imputations=1)
    many = frame.assign(site=(np.arange(200) % 40).astype(str))
    with pytest.raises(EstimationError, match="40 categories"):
        rj.impute(given(many), variables=["age", "site"], seed=1)
    frame.loc[:120, "age"] = np.nan
    with pytest.raises(GuardError, match="more than half"):
        rj.impute(given(frame), variables=VARIABLES, seed=1)


#: polr's optimiser stops at 1e-15 of the deviance, which leaves about 1e-7 in estimates.
R_TOLERANCE = 2e-6


@pytest.fixture(scope="module")
def chain(root):
    """Five data sets filled in by mice, and the pooled results of four kinds of model."""
    folder = root / "tests" / "reference" / "data" / "pooling"
    filled = pd.read_csv(folder / "filled.csv", dtype={"size": str})
    filled["age10"] = filled["age"] / 10
    parts = [part.reset_index(drop=True) for _, part in filled.groupby("imputation")]
    return parts, json.loads((folder / "chain.json").read_text())


def as_cox(part):
    outcome = rj.time_to_event(part, time="time", event="event", covariates=["age", "nodes"])
    return rj.cox_regression(outcome, "age + nodes", diagnostics=False)


def as_rated(part):
    return rj.ratings(part, rating="size", levels=list("123"), top=1)


MODELS = {
    "cox": as_cox,
    "linear": lambda part: rj.linear_regression(as_rated(part), "age + nodes", std_error="model"),
    "logistic": lambda part: rj.logistic_regression(as_rated(part), "age + nodes"),
    "ordinal": lambda part: rj.ordinal_regression(as_rated(part), "age10 + nodes"),
}


@pytest.mark.parametrize("model", list(MODELS))
def test_pooled_models_of_every_kind_equal_mice(chain, model):
    parts, reference = chain
    pooled = rj.pool_estimates([MODELS[model](part) for part in parts])
    rows = pd.DataFrame(reference[model])
    assert len(rows) == len(pooled.frame)
    for ours, theirs in [("estimate", "estimate"), ("std_error", "se")]:
        np.testing.assert_allclose(pooled.frame[ours], rows[theirs], rtol=R_TOLERANCE, atol=1e-6)
    np.testing.assert_allclose(pooled.frame["df"], rows["df"], rtol=1e-4)
    np.testing.assert_allclose(pooled.frame["p_value"], rows["p"], atol=1e-6)


def test_the_result_of_complete_cases_stands_beside_the_pooled_one():
    frame = holed(people())
    data = given(frame)
    filled = rj.impute(data, variables=VARIABLES, seed=4, n_imputations=3, iterations=3)
    fits = [rj.ordinal_regression(one, FORMULA) for one in filled]
    with pytest.raises(GuardError, match="is refused"):
        rj.ordinal_regression(data, FORMULA)
    complete = rj.ordinal_regression(data, FORMULA, max_dropped=1)
    pooled = rj.pool_estimates(fits, complete=complete)
    lost = len(frame) - len(frame.dropna())
    assert complete.n_dropped == lost
    assert any(f"leave out about {lost} people" in one for one in pooled.notes)
    table = rj.tabulate_estimates(complete, pooled).to_frame()
    assert len(table) >= len(pooled.coefficients())
    assert any("not set beside" in note for note in rj.pool_estimates(fits).notes)
    moved = complete.frame.assign(estimate=complete.frame["estimate"] + 5.0)
    far = rj.pool_estimates(fits, complete=replace(complete, frame=moved))
    assert any("age" in one and "differ by more" in one for one in far.notes)
    with pytest.raises(EstimationError, match="different models"):
        rj.pool_estimates(fits, complete=rj.ordinal_regression(data, "age", max_dropped=1))
