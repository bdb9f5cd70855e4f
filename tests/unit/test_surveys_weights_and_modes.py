"""Non-response weights and mode comparisons, worked out by hand, and what they refuse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import rjeval as rj
from rjeval.design import SurveyDesign
from rjeval.errors import ConvergenceError, EstimationError, GuardError

#: Newton's method against closed forms.
EXACT = 1e-8


def asked(cells, **more):
    """People asked: (site, satisfied, dissatisfied, silent) per cell."""
    rows = []
    for site, good, bad, silent in cells:
        rows += [(site, "2")] * good + [(site, "1")] * bad + [(site, None)] * silent
    frame = pd.DataFrame(rows, columns=["site", "rating"]).assign(**more)
    return rj.ratings(frame, rating="rating", levels=["1", "2"], top=1)


CELLS = [("A", 30, 10, 10), ("B", 5, 15, 80)]


def test_weights_of_one_factor_are_those_of_weighting_classes():
    # A: 50 asked, 40 answered; B: 100 asked, 20 answered. Inverse rates 1.25 and 5, times
    # 60 / 150 so that the 60 answers keep their number: 0.5 and 2.
    weighted = rj.weight_nonresponse(asked(CELLS), "site")
    frame = weighted.frame[weighted.frame["rating"].notna()]
    by_site = frame.groupby("site")["weight"].agg(["min", "max"])
    np.testing.assert_allclose(by_site.loc["A"], 0.5, atol=EXACT)
    np.testing.assert_allclose(by_site.loc["B"], 2.0, atol=EXACT)
    # Effective number: (40/2 + 20*2)^2 / (40/4 + 20*4) = 3600 / 90 = 40.
    assert any("effective number of answers: about 40" in note for note in weighted.notes)
    assert any("imprecise" in note for note in weighted.notes)


def test_a_weighted_share_is_that_of_everybody_asked_in_the_sites():
    # 75 % of 50 and 25 % of 100: (37.5 + 25) / 150.
    shares = rj.satisfaction_shares(rj.weight_nonresponse(asked(CELLS), "site")).frame
    assert shares["estimate"][0] == pytest.approx(62.5 / 150, abs=EXACT)
    assert rj.satisfaction_shares(asked(CELLS)).frame["estimate"][0] == pytest.approx(35 / 60)


def test_weights_are_taken_up_by_regressions_with_robust_errors():
    weighted = rj.weight_nonresponse(asked(CELLS), "site")
    fit = rj.logistic_regression(weighted, "site")
    assert fit.std_error_kind == "robust"
    plain = rj.logistic_regression(asked(CELLS), "site")
    # Within a site weights are equal, so a saturated model keeps its estimates.
    np.testing.assert_allclose(fit.frame["estimate"], plain.frame["estimate"], atol=1e-6)


def test_large_weights_are_cut_to_a_multiple_of_the_median():
    cells = [("A", 45, 45, 10), ("B", 2, 2, 96)]
    weighted = rj.weight_nonresponse(asked(cells), "site", trim=3)
    frame = weighted.frame[weighted.frame["rating"].notna()]
    by_site = frame.groupby("site")["weight"].first()
    assert by_site["B"] / by_site["A"] == pytest.approx(3.0)
    assert frame["weight"].sum() == pytest.approx(94)
    assert any("very unlikely to answer" in note for note in weighted.notes)


def test_own_weights_are_kept_as_factors():
    base = asked(CELLS)
    frame = base.frame.assign(weight=np.where(np.arange(len(base.frame)) % 2 == 0, 1.0, 3.0))
    from dataclasses import replace

    weighted = rj.weight_nonresponse(replace(base, frame=frame), "site").frame
    answered = weighted[weighted["rating"].notna()]
    ratio = answered["weight"] / frame.loc[answered.index, "weight"]
    for site in ("A", "B"):
        assert np.ptp(ratio[answered["site"] == site]) < EXACT


def test_what_cannot_be_weighted_is_refused():
    with pytest.raises(EstimationError, match="Everybody asked has answered"):
        rj.weight_nonresponse(asked([("A", 10, 10, 0)]), "site")
    with pytest.raises(ConvergenceError, match=r"site\[B\]"):
        rj.weight_nonresponse(asked([("A", 30, 10, 10), ("B", 0, 0, 40)]), "site")
    with pytest.raises(EstimationError, match="trim must be"):
        rj.weight_nonresponse(asked(CELLS), "site", trim=0.5)
    given = asked(CELLS, age=[np.nan, *range(149)])
    with pytest.raises(EstimationError, match="1 of 150 people asked lack"):
        rj.weight_nonresponse(given, "age")


def met(in_person, video, **more):
    """Satisfied and not, per mode; sites balanced so that adjustment changes nothing."""
    rows = []
    for mode, (good, bad) in (("in_person", in_person), ("video", video)):
        for site in ("A", "B"):
            rows += [(mode, site, "2")] * (good // 2) + [(mode, site, "1")] * (bad // 2)
    frame = pd.DataFrame(rows, columns=["mode", "site", "rating"]).assign(**more)
    return rj.ratings(frame, rating="rating", levels=["1", "2"], top=1)


def test_equivalence_is_two_one_sided_tests():
    found = rj.compare_modes(met((160, 40), (156, 44)), "site", margin=0.10)
    frame = found.frame.set_index("component")
    gap, error = frame.loc["coefficient", ["estimate", "std_error"]]
    assert gap == pytest.approx(-0.02, abs=1e-6)
    by_hand = np.sqrt(0.8 * 0.2 / 200 + 0.78 * 0.22 / 200)
    assert error == pytest.approx(by_hand, rel=1e-3)  # the site's coefficient is estimated too
    worse = stats.norm.sf((gap + 0.10) / error)
    assert frame.loc["non-inferiority", "p_value"] == pytest.approx(worse)
    assert frame.loc["equivalence", "p_value"] == pytest.approx(worse)
    low = gap - stats.norm.ppf(0.95) * error
    assert frame.loc["equivalence", "conf_low"] == pytest.approx(low)
    assert any("as good as the reference within 0.1: shown" in note for note in found.notes)


def test_a_difference_that_is_not_significant_is_not_equality():
    found = rj.compare_modes(met((16, 4), (16, 4)), "site", margin=0.10)
    assert found.frame["estimate"].abs().max() < 1e-6
    assert any("as good as the reference within 0.1: not shown" in note for note in found.notes)


def test_without_a_margin_nothing_is_called_as_good_as():
    found = rj.compare_modes(met((160, 40), (156, 44)), "site")
    assert list(found.frame["component"]) == ["coefficient"]
    assert any("may be called as good as" in note for note in found.notes)
    assert any("was chosen, not assigned" in note for note in found.notes)


def designed(given, margin):
    survey = SurveyDesign(
        name="s", role="harmed_party", item_id="rating", items=("rating",), top=1,
        levels=("1", "2"), equivalence_margin=margin,
    )  # fmt: skip
    return replace(given, survey=survey)


def test_in_a_study_the_margin_is_the_one_of_the_design():
    given = met((160, 40), (156, 44))
    by_call = rj.compare_modes(given, "site", margin=0.10)
    by_design = rj.compare_modes(designed(given, 0.10), "site")
    pd.testing.assert_frame_equal(by_design.frame, by_call.frame)
    assert any("as good as the reference within 0.1: shown" in one for one in by_design.notes)


@pytest.mark.parametrize("fixed", [None, 0.05])
def test_a_margin_chosen_after_the_design_is_refused(fixed):
    with pytest.raises(GuardError, match="not the one that the design fixed"):
        rj.compare_modes(designed(met((160, 40), (156, 44)), fixed), "site", margin=0.10)


def test_a_study_without_a_margin_has_no_words_of_equality():
    found = rj.compare_modes(designed(met((160, 40), (156, 44)), None), "site")
    assert list(found.frame["component"]) == ["coefficient"]
    assert not any("as good as the reference" in note for note in found.notes)


def test_the_difference_is_the_average_marginal_effect():
    given = met((160, 40), (120, 80))
    effects = rj.average_marginal_effects(given, "mode + site").coefficients()
    found = rj.compare_modes(given, "site").coefficients()
    columns = ["estimate", "std_error", "conf_low", "conf_high"]
    np.testing.assert_allclose(found[columns], effects[columns].iloc[:1])


def test_modes_without_counterparts_are_not_compared():
    rng = np.random.default_rng(4)
    n = 200
    frame = pd.DataFrame(
        {
            "mode": np.repeat(["in_person", "video"], n // 2),
            "distance": np.r_[rng.normal(0, 1, n // 2), rng.normal(4.2, 1, n // 2)],
            "rating": rng.choice(["1", "2"], n),
        }
    )
    given = rj.ratings(frame, rating="rating", levels=["1", "2"], top=1)
    with pytest.raises(GuardError, match="counterpart"):
        rj.compare_modes(given, "distance")
    near = frame.assign(distance=frame["distance"] / 10 + rng.normal(size=n))
    given = rj.ratings(near, rating="rating", levels=["1", "2"], top=1)
    assert rj.compare_modes(given, "distance").n == n


def test_a_mode_named_in_the_formula_too_changes_nothing():
    given = met((160, 40), (156, 44))
    named, plain = (rj.compare_modes(given, formula) for formula in ("site + mode", "site"))
    assert named.frame["estimate"].tolist() == plain.frame["estimate"].tolist()


def test_an_impossible_margin_is_refused():
    given = met((160, 40), (156, 44))
    with pytest.raises(EstimationError, match="margin must lie"):
        rj.compare_modes(given, "site", margin=10)
