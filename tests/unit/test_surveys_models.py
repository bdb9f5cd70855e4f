"""What rating regressions refuse, and the facts that a fitted result carries."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.errors import (
    ConvergenceError,
    DataError,
    EstimationError,
    GuardError,
    RankDeficiencyError,
    ValidationError,
)

LEVELS = ["low", "middle", "high"]


def table(n=90, seed=3):
    rng = np.random.default_rng(seed)
    arm = np.where(np.arange(n) % 2 == 0, "rj", "comparison")
    latent = 0.8 * (arm == "rj") + rng.logistic(size=n)
    rating = np.array(LEVELS)[np.searchsorted([-0.5, 1.0], latent)]
    return pd.DataFrame(
        {
            "rating": rating,
            "arm": arm,
            "age": rng.integers(14, 60, n).astype(float),
            "case_id": np.arange(n) // 2,
        }
    )


def given(frame, **more):
    return rj.ratings(frame, rating="rating", levels=LEVELS, top=1, **more)


def test_a_fit_knows_its_people_levels_clusters_and_reference():
    frame = table()
    fit = rj.ordinal_regression(given(frame), "arm + age", cluster="case_id")
    assert (fit.n, fit.n_dropped, fit.n_clusters) == (90, 0, 45)
    assert fit.reference_levels == {"arm": "comparison"}
    counts = fit.level_counts.set_index("term")
    assert list(counts.index) == ["arm[comparison]", "arm[rj]"]
    high = frame["rating"] == "high"
    for arm in ("comparison", "rj"):
        here = frame["arm"] == arm
        assert counts.loc[f"arm[{arm}]", "n"] == here.sum()
        assert counts.loc[f"arm[{arm}]", "n_event"] == (here & high).sum()
    assert fit.n_events == high.sum()
    assert list(fit.frame["component"]) == ["coefficient"] * 2 + ["threshold"] * 2
    np.testing.assert_allclose(np.sqrt(np.diag(fit.vcov)), fit.frame["std_error"])
    assert (fit.scale, fit.link, fit.model) == ("odds ratio", "logit", "ordinal")


def test_people_who_did_not_answer_are_not_called_dropped():
    frame = table()
    frame.loc[:9, "rating"] = None
    frame.loc[10:12, "age"] = np.nan
    fit = rj.ordinal_regression(given(frame), "arm + age")
    assert (fit.n, fit.n_dropped) == (77, 3)


def test_leaving_out_more_than_a_tenth_is_refused_unless_stated():
    frame = table()
    frame.loc[:9, "age"] = np.nan
    with pytest.raises(GuardError, match="10 of 90"):
        rj.ordinal_regression(given(frame), "arm + age")
    assert rj.ordinal_regression(given(frame), "arm + age", max_dropped=0.2).n_dropped == 10


@pytest.mark.parametrize("estimator", [rj.ordinal_regression, rj.logistic_regression])
def test_separation_is_refused_and_the_term_named(estimator):
    frame = table()
    frame["always"] = np.where(frame["rating"] == "high", "yes", "no")
    with pytest.raises(ConvergenceError, match=r"always\[yes\]") as raised:
        estimator(given(frame), "age + always")
    assert raised.value.terms == ("always[yes]",)


@pytest.mark.parametrize("estimator", [rj.ordinal_regression, rj.logistic_regression])
def test_quasi_separation_by_a_few_people_is_named_too(estimator):
    frame = table()
    few = np.zeros(len(frame), dtype=bool)
    few[np.flatnonzero(frame["rating"] == "high")[:4]] = True
    frame["few"] = np.where(few, "yes", "no")
    with pytest.raises(ConvergenceError, match=r"few\[yes\]"):
        estimator(given(frame), "age + few")


def test_separation_by_a_number_is_named():
    frame = table()
    frame["score"] = frame["rating"].map({"low": 0.0, "middle": 10.0, "high": 20.0})
    with pytest.raises(ConvergenceError, match="score"):
        rj.ordinal_regression(given(frame), "score")


@pytest.mark.parametrize("link", ["probit", "cloglog", "loglog"])
def test_separation_is_named_under_other_links(link):
    frame = table()
    frame["always"] = np.where(frame["rating"] == "high", "yes", "no")
    with pytest.raises(ConvergenceError):
        rj.ordinal_regression(given(frame), "always", link=link)


def test_a_rare_but_mixed_level_is_no_separation():
    frame = table()
    frame["few"] = "no"
    mixed = [np.flatnonzero(frame["rating"] == level)[0] for level in ("low", "high")]
    frame.loc[mixed, "few"] = "yes"
    assert rj.ordinal_regression(given(frame), "few").n == 90


def test_a_category_that_nobody_chose_joins_its_neighbours():
    frame = table()
    empty = rj.ratings(frame, rating="rating", levels=["low", "x", "middle", "high"], top=1)
    fit = rj.ordinal_regression(empty, "arm")
    full = rj.ordinal_regression(given(frame), "arm")
    assert list(fit.frame["term"]) == ["arm[rj]", "low|middle", "middle|high"]
    np.testing.assert_allclose(fit.frame["estimate"], full.frame["estimate"])
    assert any("chosen by nobody" in note for note in fit.notes)


def test_one_category_alone_cannot_be_modelled():
    frame = table().assign(rating="high")
    with pytest.raises(EstimationError, match="one category"):
        rj.ordinal_regression(given(frame), "age")
    with pytest.raises(EstimationError, match="everybody"):
        rj.logistic_regression(given(frame), "age")


def test_what_the_formula_cannot_carry_is_refused():
    frame = table()
    frame["twice"] = 2 * frame["age"]
    with pytest.raises(RankDeficiencyError):
        rj.ordinal_regression(given(frame), "age + twice")
    with pytest.raises(EstimationError, match="nowhere"):
        rj.linear_regression(given(frame), "nowhere")
    with pytest.raises(EstimationError, match="link must be"):
        rj.ordinal_regression(given(frame), "age", link="log")
    with pytest.raises(EstimationError, match="std_error must be"):
        rj.linear_regression(given(frame), "age", std_error="HC9")
    with pytest.raises(EstimationError, match="not asked"):
        rj.linear_regression(given(frame), "age", item="other")
    with pytest.raises(EstimationError, match="cannot carry"):
        rj.ordinal_regression(given(frame.iloc[:3].assign(rating=LEVELS)), "age")


def test_one_cluster_is_refused_and_few_are_noted():
    frame = table()
    with pytest.raises(EstimationError, match="one cluster"):
        rj.linear_regression(given(frame.assign(case_id="a")), "arm", cluster="case_id")
    few = given(frame.assign(case_id=np.arange(90) % 12))
    fit = rj.ordinal_regression(few, "arm", cluster="case_id")
    assert any("Fewer than 30 clusters" in note for note in fit.notes)
    assert fit.std_error_kind == "cluster jackknife by case_id"
    plain = rj.Clustering(by="case_id", correction="none")
    fit = rj.ordinal_regression(few, "arm", cluster=plain)
    assert any("too small" in note for note in fit.notes)
    assert fit.std_error_kind == "cluster-robust by case_id"
    with pytest.raises(EstimationError, match="correction must be"):
        rj.Clustering(by="case_id", correction="HC9")


def test_a_jackknife_that_cannot_refit_falls_back_and_says_so():
    frame = table().assign(case_id=np.arange(90) % 12)
    frame["few"] = np.where(frame["case_id"] == 3, "yes", "no")
    fit = rj.ordinal_regression(given(frame), "few", cluster="case_id")
    assert any("jackknife failed" in note for note in fit.notes)
    assert fit.std_error_kind == "cluster-robust by case_id"


def test_shared_cases_without_clustering_are_noted():
    fit = rj.ordinal_regression(given(table()), "arm")
    assert any("case_id" in note for note in fit.notes)


def test_a_ceiling_is_noted_where_means_hide_it():
    frame = table().assign(rating=["high"] * 70 + ["low", "middle"] * 10)
    assert any("best rating" in note for note in rj.linear_regression(given(frame), "age").notes)


def test_bad_weights_and_levels_are_refused_without_showing_values():
    frame = table().assign(w=-731.0)
    with pytest.raises(ValidationError) as raised:
        given(frame, weight="w")
    assert "731" not in str(raised.value)
    with pytest.raises(DataError, match="ratings are not among") as shown:
        rj.ratings(frame, rating="rating", levels=["low", "high"], top=1)
    assert "middle" not in str(shown.value)
    with pytest.raises(ValidationError, match="top = 3"):
        rj.ratings(frame, rating="rating", levels=LEVELS, top=3)
    with pytest.raises(ValidationError, match="each once"):
        rj.ratings(frame, rating="rating", levels=["a", "a"])
    with pytest.raises(DataError, match="lacks 1"):
        rj.ratings(frame, rating="elsewhere", levels=LEVELS)
    with pytest.raises(ValidationError, match="weight"):
        rj.ratings(frame.assign(weight=1), rating="rating", levels=LEVELS, covariates=["weight"])


def test_rows_of_weight_zero_stand_for_nobody():
    frame = table().assign(w=1)
    extra = frame.iloc[:5].assign(w=0, rating="low")
    both = given(pd.concat([frame, extra], ignore_index=True), weight="w")
    plain = rj.ordinal_regression(given(frame), "arm")
    np.testing.assert_allclose(
        rj.ordinal_regression(both, "arm").frame["estimate"], plain.frame["estimate"]
    )


def test_the_repr_of_ratings_shows_counts_only():
    frame = table().assign(case_id="secret-case")
    shown = repr(given(frame)) + given(frame)._repr_html_()
    assert "secret" not in shown
