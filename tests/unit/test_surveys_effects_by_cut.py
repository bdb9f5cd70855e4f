"""Effects that differ by cut of the rating are found by the test and shown as such."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import special

import rjeval as rj

LEVELS = [*"1234"]
#: Log odds ratio of a rating above each cut, video against in person.
EQUAL, UNEQUAL = (-0.6, -0.6, -0.6), (-0.9, 0.0, 0.9)


def counted(effects, people=600, sites=("A", "B")):
    """Expected counts of a model whose effect of mode at each cut is known; no noise at all."""
    rows = []
    for site_shift, site in zip((0.0, 0.4), sites, strict=True):
        for mode, moved in (("in_person", (0, 0, 0)), ("video", effects)):
            above = special.expit(np.array([1.5, 0.3, -1.0]) + np.array(moved) + site_shift)
            shares = -np.diff(np.concatenate([[1.0], above, [0.0]]))
            rows += [
                (level, mode, site, round(people * share))
                for level, share in zip(LEVELS, shares, strict=True)
            ]
    frame = pd.DataFrame(rows, columns=["rating", "mode", "site", "people"])
    return rj.ratings(frame, rating="rating", levels=LEVELS, weight="people")


def shares_by_mode(result):
    return result.frame.set_index(["component", "term"])["estimate"]


def test_an_effect_that_differs_by_cut_gets_one_of_its_own_at_each():
    given = counted(UNEQUAL)
    found = rj.predicted_shares(given, "mode + site", by="mode", varying="auto")
    assert any("effect of mode differs between cuts" in note for note in found.notes)
    named = rj.predicted_shares(given, "mode + site", by="mode", varying="mode")
    pd.testing.assert_frame_equal(found.frame, named.frame)
    # The counts follow the model, so its predictions are the shares, up to rounded counts.
    people = given.frame.groupby(["mode", "rating"], observed=True)["weight"].sum()
    for mode in ("in_person", "video"):
        share = people[mode] / people[mode].sum()
        ours = [shares_by_mode(found)[level, f"mode[{mode}]"] for level in LEVELS]
        np.testing.assert_allclose(ours, share.to_numpy(), atol=2e-3)
    plain = rj.predicted_shares(given, "mode + site", by="mode")
    gap = shares_by_mode(plain) - shares_by_mode(found)
    assert gap.abs().max() > 0.03, "one effect for all cuts would miss this"


def test_an_effect_that_is_the_same_at_each_cut_stays_one():
    given = counted(EQUAL)
    found = rj.average_marginal_effects(given, "mode + site", varying="auto")
    plain = rj.average_marginal_effects(given, "mode + site")
    pd.testing.assert_frame_equal(found.frame, plain.frame)
    assert any("does not speak against one effect" in note for note in found.notes)


def test_delta_method_of_effects_by_cut_equals_differences():
    given = counted(UNEQUAL)
    result = rj.predicted_shares(given, "mode + site", by="mode", varying="mode")
    fit = rj.partial_ordinal_regression(given, "mode + site", varying="mode")
    rows, weight = given.frame, given.frame["weight"].to_numpy()
    there = (rows["site"] == "B").to_numpy(dtype=float)

    def top_two(params):  # everybody by video: site, mode by cut, thresholds
        eta = params[0] * there + params[2] - params[5]
        return np.average(special.expit(eta), weights=weight)

    params, h = fit.frame["estimate"].to_numpy(), 1e-6
    slopes = [(top_two(params + h * e) - top_two(params - h * e)) / (2 * h) for e in np.eye(7)]
    row = result.coefficients().set_index("term").loc["mode[video]"]
    assert row["estimate"] == pytest.approx(top_two(params), abs=1e-8)
    by_hand = np.sqrt(np.array(slopes) @ fit.vcov @ np.array(slopes))
    assert row["std_error"] == pytest.approx(by_hand, rel=1e-5)


def test_clustered_answers_are_tested_by_their_clustered_variance():
    given = counted(UNEQUAL, people=60)
    frame = given.frame.loc[given.frame.index.repeat(given.frame["weight"].astype(int))]
    frame = frame[["rating", "mode", "site"]].reset_index(drop=True)
    frame["rating"], frame["case"] = frame["rating"].astype(str), np.arange(len(frame)) // 2
    people = rj.ratings(frame, rating="rating", levels=LEVELS, case="case")
    found = rj.compare_modes(people, "mode + site", cluster="case_id", varying="auto")
    assert any("effect of mode differs between cuts" in note for note in found.notes)
    assert found.std_error_kind == "cluster-robust by case_id"


def test_two_categories_have_nothing_to_differ_between():
    frame = pd.DataFrame(
        {"rating": ["1", "2"] * 20, "mode": ["video", "video", "phone", "phone"] * 10}
    )
    given = rj.ratings(frame, rating="rating", levels=["1", "2"], top=1)
    found = rj.predicted_shares(given, "mode", by="mode", varying="auto")
    assert any("Two categories have one cut" in note for note in found.notes)


def test_only_terms_of_the_formula_can_vary():
    with pytest.raises(rj.errors.EstimationError, match="varying names place"):
        rj.predicted_shares(counted(EQUAL), "mode + site", by="mode", varying="place")
