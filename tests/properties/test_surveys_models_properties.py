"""Laws that a rating regression obeys whatever the data: order, reversal, replication."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rjeval as rj

#: Two routes to the same maximum, both to about 1e-8 standard errors.
SAME = 1e-6
LEVELS = ["1", "2", "3", "4"]


def draw(seed, n=120):
    rng = np.random.default_rng(seed)
    arm = rng.choice(["a", "b"], n)
    age = rng.normal(35, 10, n).round()
    latent = 0.6 * (arm == "b") + 0.02 * age + rng.logistic(size=n)
    rating = np.searchsorted(np.quantile(latent, [0.2, 0.5, 0.8]), latent)
    return pd.DataFrame(
        {
            "rating": np.array(LEVELS)[rating],
            "arm": arm,
            "age": age,
            "case_id": rng.integers(0, 40, n).astype(str),
            "times": rng.integers(1, 4, n),
        }
    )


def fit(frame, *, levels=LEVELS, link="logit", cluster="case_id", weight=None):
    covariates = ["arm", "age"]
    answers = rj.ratings(
        frame, rating="rating", levels=levels, weight=weight, covariates=covariates
    )
    return rj.ordinal_regression(answers, "arm + age", link=link, cluster=cluster)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_rows_does_not_matter(seed):
    frame = draw(seed)
    shuffled = frame.sample(frac=1, random_state=seed)
    columns = ["estimate", "std_error"]
    np.testing.assert_allclose(fit(frame).frame[columns], fit(shuffled).frame[columns], atol=SAME)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000), link=st.sampled_from(["logit", "probit", "cauchit"]))
def test_reversing_the_categories_flips_each_sign_under_a_symmetric_link(seed, link):
    frame = draw(seed)
    forth, back = fit(frame, link=link), fit(frame, link=link, levels=LEVELS[::-1])
    a, b = forth.coefficients(), back.coefficients()
    np.testing.assert_allclose(a["estimate"], -b["estimate"], atol=SAME)
    np.testing.assert_allclose(a["std_error"], b["std_error"], atol=SAME)
    assert forth.fit["loglik"] == pytest.approx(back.fit["loglik"], abs=SAME)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_reversing_the_categories_turns_cloglog_into_loglog(seed):
    frame = draw(seed)
    forth = fit(frame, link="cloglog").coefficients()
    back = fit(frame, link="loglog", levels=LEVELS[::-1]).coefficients()
    np.testing.assert_allclose(forth["estimate"], -back["estimate"], atol=SAME)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000), clustered=st.booleans())
def test_a_whole_weight_is_that_many_people(seed, clustered):
    frame = draw(seed)
    people = frame.loc[frame.index.repeat(frame["times"])].reset_index(drop=True)
    cluster = "case_id" if clustered else None
    few, many = fit(frame, weight="times", cluster=cluster), fit(people, cluster=cluster)
    columns = ["estimate", "std_error"]
    np.testing.assert_allclose(few.frame[columns], many.frame[columns], atol=SAME)
    assert (few.n, few.n_events) == (many.n, many.n_events)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000), robust=st.booleans())
def test_a_whole_weight_is_that_many_people_for_linear_and_logistic_fits(seed, robust):
    frame = draw(seed)
    people = frame.loc[frame.index.repeat(frame["times"])].reset_index(drop=True)
    kind = "robust" if robust else "model"
    pairs = []
    for table, weight in ((frame, "times"), (people, None)):
        answers = rj.ratings(
            table, rating="rating", levels=LEVELS, weight=weight, covariates=["arm", "age"]
        )
        linear = rj.linear_regression(answers, "arm + age", std_error=kind)
        logistic = rj.logistic_regression(answers, "arm + age")
        pairs.append(np.concatenate([linear.frame["std_error"], logistic.frame["std_error"]]))
    np.testing.assert_allclose(*pairs, atol=SAME)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_two_categories_make_the_ordinal_model_logistic(seed):
    frame = draw(seed)
    frame["rating"] = np.where(frame["rating"].isin(["3", "4"]), "2", "1")
    answers = rj.ratings(
        frame, rating="rating", levels=["1", "2"], top=1, covariates=["arm", "age"]
    )
    ordinal = rj.ordinal_regression(answers, "arm + age", cluster="case_id").frame
    logistic = rj.logistic_regression(answers, "arm + age", cluster="case_id").frame
    np.testing.assert_allclose(ordinal["estimate"][:2], logistic["estimate"][1:], atol=SAME)
    np.testing.assert_allclose(ordinal["std_error"][:2], logistic["std_error"][1:], atol=SAME)
    assert ordinal["estimate"][2] == pytest.approx(-logistic["estimate"][0], abs=SAME)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000), shift=st.floats(-100, 100), scale=st.floats(0.1, 10))
def test_measuring_a_covariate_otherwise_rescales_its_effect_alone(seed, shift, scale):
    frame = draw(seed)
    other = frame.assign(age=shift + scale * frame["age"])
    a, b = fit(frame).coefficients(), fit(other).coefficients()
    assert a["estimate"][0] == pytest.approx(b["estimate"][0], abs=SAME)
    assert a["estimate"][1] == pytest.approx(b["estimate"][1] * scale, abs=SAME)


def test_input_frames_are_not_changed():
    frame = draw(1)
    before = frame.copy(deep=True)
    fit(frame, weight="times")
    pd.testing.assert_frame_equal(frame, before)
