"""Overlap of two arms: fitted propensities, joined bins, release, and the figure's numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rjeval.analysis_data import Cohort
from rjeval.cohort.overlap import design_matrix, fitted_propensity, propensity_overlap
from rjeval.design.disclosure import DisclosureRule, profile_rule
from rjeval.disclosure.border import release
from rjeval.errors import DataError, EstimationError
from rjeval.figures.drawing import describe_axes, drawing_of
from rjeval.figures.overlap import plot_overlap

#: Two maximisations of one concave function, both run to their ends.
SAME_MAXIMUM = 1e-7


def cohort(**columns):
    frame = pd.DataFrame(columns)
    names = [str(i) for i in range(len(frame))]
    frame = frame.assign(referral_id=names, person_id=names, case_id=names, exclusion_reason=None)
    return Cohort(frame=frame, arms=tuple(sorted(frame["arm"].unique())))


@pytest.fixture
def two_sites():
    """Site a: 40 of 100 in rj; site b: 60 of 80 in rj. The propensities are 0.40 and 0.75."""
    arm = ["rj"] * 40 + ["comparison"] * 60 + ["rj"] * 60 + ["comparison"] * 20
    return cohort(arm=arm, site_id=["a"] * 100 + ["b"] * 80)


def test_with_one_yes_no_characteristic_the_propensity_is_the_share_of_its_group(two_sites):
    people = two_sites.included
    fitted = fitted_propensity(
        design_matrix(people, ["site_id"]), people["arm"].eq("rj").to_numpy()
    )
    assert fitted[:100] == pytest.approx(0.40, abs=SAME_MAXIMUM)
    assert fitted[100:] == pytest.approx(0.75, abs=SAME_MAXIMUM)


def test_bins_count_each_person_once_in_the_bin_of_their_propensity(two_sites):
    found = propensity_overlap(two_sites, variables=["site_id"], reference="comparison", min_cell=5)
    table = found.frame.pivot(index="propensity", columns="arm", values="n")
    # 0.40 and 0.75 lie in different bins; empty ones have joined them.
    assert table["rj"].tolist() == [40, 60]
    assert table["comparison"].tolist() == [60, 20]


def test_bins_are_joined_until_both_arms_have_enough_people(two_sites):
    found = propensity_overlap(two_sites, variables=["site_id"], min_cell=30)
    assert found.frame["propensity"].tolist() == ["0.00-1.00"] * 2
    assert found.frame["n"].tolist() == [80, 100]
    with pytest.raises(EstimationError, match="too few people"):
        propensity_overlap(two_sites, variables=["site_id"], min_cell=81)


def test_fitted_propensities_are_those_of_statsmodels():
    import statsmodels.api as statsmodels

    rng = np.random.default_rng(5)
    age, site = rng.normal(17, 3, 400), rng.choice(["a", "b", "c"], 400)
    chance = 1 / (1 + np.exp(-(0.3 * (age - 17) + 0.8 * (site == "b"))))
    treated = rng.random(400) < chance
    people = pd.DataFrame({"age": age, "site": site})
    X = np.column_stack([np.ones(400), age, site == "b", site == "c"]).astype(float)
    theirs = statsmodels.Logit(treated.astype(float), X).fit(disp=0, tol=1e-12).predict()
    ours = fitted_propensity(design_matrix(people, ["age", "site"]), treated)
    assert np.abs(ours - theirs).max() < SAME_MAXIMUM


def test_missing_answers_keep_their_people_and_separated_arms_their_ends():
    arm = ["rj"] * 50 + ["comparison"] * 50
    score = [np.nan] * 20 + [5.0] * 30 + [1.0] * 30 + [np.nan] * 20
    found = propensity_overlap(cohort(arm=arm, score=score), variables=["score"], min_cell=11)
    assert int(found.frame["n"].sum()) == 100
    apart = cohort(arm=arm, score=[5.0] * 50 + [1.0] * 50)
    people = apart.included
    fitted = fitted_propensity(design_matrix(people, ["score"]), people["arm"].eq("rj").to_numpy())
    assert fitted[:50].min() > 0.999
    assert fitted[50:].max() < 0.001


def test_another_number_of_groups_or_no_characteristic_is_refused(two_sites):
    with pytest.raises(DataError, match="two groups"):
        propensity_overlap(two_sites, variables=["arm"], by="site_id", reference="elsewhere")
    with pytest.raises(DataError, match="No characteristic"):
        propensity_overlap(two_sites, variables=[])
    with pytest.raises(DataError, match="no column"):
        propensity_overlap(two_sites, variables=["absent"])


def test_a_released_table_hides_nothing_where_bins_were_joined_for_its_rule(two_sites):
    rule = profile_rule("public_strict")
    found = propensity_overlap(
        two_sites, variables=["site_id"], reference="comparison", min_cell=rule.min_cell
    )
    shown = release(found, rule=rule)
    assert (shown.frame["suppressed"] == "").all()
    assert (shown.frame["n"] >= rule.min_cell).all()


def test_a_small_bin_is_hidden_at_the_border_all_the_same(two_sites):
    found = propensity_overlap(two_sites, variables=["site_id"], reference="comparison", min_cell=5)
    shown = release(found, rule=DisclosureRule(min_cell=25, min_denominator=30))
    assert shown.frame["n"].isna().any()


def test_the_figure_says_its_numbers_and_draws_shares_of_each_arm(two_sites):
    found = propensity_overlap(two_sites, variables=["site_id"], reference="comparison", min_cell=5)
    rule = profile_rule("public_standard")
    axes = plot_overlap(release(found, rule=rule))
    alt, caption = describe_axes(axes)
    data = drawing_of(axes).data
    assert data["share_of_arm"].tolist() == pytest.approx([60 / 80, 40 / 100, 20 / 80, 60 / 100])
    assert "60" in alt
    assert "Restorative justice: " in alt
    assert "logistic regression" in caption
    areas = [bar.get_width() * abs(bar.get_height()) / 0.1 for bar in axes.patches]
    assert sum(areas) == pytest.approx(2.0)
