"""Alpha and omega equal R; scores by hand; the 80 % rule; flipped items and straight lines."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.errors import EstimationError, GuardError
from rjeval.surveys.factor import fit_one_factor
from rjeval.surveys.instruments import SCALES

#: factanal stops where its own objective changes by less than about 1e-12.
FACTOR_TOLERANCE = 1e-5
ITEMS = tuple(f"q{i}" for i in range(1, 7))
SCALE = rj.Scale(name="hearing", items=ITEMS, reverse=("q4",))
LEVELS = [*"12345"]


@pytest.fixture(scope="module")
def folder(root):
    return root / "tests" / "reference" / "data" / "scale"


@pytest.fixture(scope="module")
def reference(folder):
    return json.loads((folder / "reference.json").read_text())


@pytest.fixture(scope="module")
def items(folder):
    return pd.read_csv(folder / "items.csv", dtype=str)


def given(frame, names=ITEMS):
    return rj.rating_items(frame, items=list(names), levels=LEVELS, id="id")


def test_alpha_equals_its_formula_in_r_with_feldt_interval(items, reference):
    frame = rj.scale_reliability(given(items), SCALE).frame.set_index(["component", "term"])
    row = frame.loc["coefficient", "alpha"]
    assert row["estimate"] == pytest.approx(reference["alpha"], rel=1e-10)
    np.testing.assert_allclose([row["conf_low"], row["conf_high"]], reference["feldt"], rtol=1e-8)
    rest = frame.loc["item-rest correlation"]["estimate"]
    np.testing.assert_allclose(rest[list(ITEMS)], reference["item_rest"], rtol=1e-10)
    without = frame.loc["alpha without"]["estimate"]
    np.testing.assert_allclose(without[list(ITEMS)], reference["alpha_without"], rtol=1e-10)


def test_omega_equals_factanal(items, reference):
    row = rj.scale_reliability(given(items), SCALE).frame.set_index("term").loc["omega"]
    assert row["estimate"] == pytest.approx(reference["omega"], abs=FACTOR_TOLERANCE)
    # R's error is from the observed information, ours from the expected: near, not equal.
    assert row["std_error"] == pytest.approx(reference["omega_se_observed_information"], rel=0.1)
    assert row["conf_low"] < row["estimate"] < row["conf_high"] < 1


def test_loadings_equal_factanal(items, reference):
    values = items[list(ITEMS)].astype(float)
    values["q4"] = 6 - values["q4"]
    fit = fit_one_factor(np.cov(values, rowvar=False), len(values))
    np.testing.assert_allclose(fit.loadings, reference["loadings"], atol=FACTOR_TOLERANCE)
    np.testing.assert_allclose(fit.unique, reference["unique"], atol=FACTOR_TOLERANCE)


def test_expected_information_gives_the_exact_error_where_the_model_holds():
    # With the implied matrix as data, expected and observed information agree; parallel items
    # have alpha = omega, whose variance by Feldt's theory is 2 k (1 - w)^2 / ((k - 1) n).
    k, n, loading = 5, 4000, 0.8
    implied = np.full((k, k), loading**2) + np.eye(k) * 0.5
    fit = fit_one_factor(implied, n)
    omega = (k * loading) ** 2 / ((k * loading) ** 2 + k * 0.5)
    assert fit.omega == pytest.approx(omega, abs=1e-9)
    by_theory = np.sqrt(2 * k * (1 - omega) ** 2 / ((k - 1) * n))
    assert fit.std_error == pytest.approx(by_theory, rel=0.02)


def test_alpha_of_two_items_by_hand():
    # Variances 1 each, covariance 1/2: alpha = 2 (1 - 2/3) = 2/3.
    base = pd.DataFrame({"a": [*"1223"], "b": [*"1232"]})
    table = pd.concat([base] * 15, ignore_index=True).assign(id=lambda x: x.index.astype(str))
    two = rj.Scale(name="two", items=("a", "b"))
    row = rj.scale_reliability(given(table, ("a", "b")), two).frame.iloc[0]
    variance, covariance = 0.5, 0.25
    alpha = 2 * (1 - 2 * variance / (2 * variance + 2 * covariance))
    assert row["estimate"] == pytest.approx(alpha)


def test_a_flipped_item_is_named(items):
    unturned = rj.Scale(name="hearing", items=ITEMS)
    notes = rj.scale_reliability(given(items), unturned).notes
    assert any(note.startswith("q4 runs against") for note in notes)
    assert not rj.scale_reliability(given(items), SCALE).notes


def test_straight_lining_over_reversed_items_is_told(items):
    wide = items.assign(q7=items["q1"], q8=items["q2"])
    wide.loc[:3, [*ITEMS, "q7", "q8"]] = "3"
    scale = rj.Scale(name="long", items=(*ITEMS, "q7", "q8"), reverse=("q4",))
    notes = rj.scale_reliability(given(wide, scale.items), scale).notes
    assert any("same answer to all items" in note for note in notes)


def test_reliability_is_refused_where_it_would_mislead(items):
    with pytest.raises(EstimationError, match="needs 50"):
        rj.scale_reliability(given(items.iloc[:49]), SCALE)
    with pytest.raises(EstimationError, match="two items"):
        rj.scale_reliability(given(items), rj.Scale(name="one", items=("q1",)))
    with pytest.raises(EstimationError, match="nothing varies"):
        rj.scale_reliability(given(items.assign(q2="3")), SCALE)
    with pytest.raises(EstimationError, match="1 of 7 items were not asked"):
        rj.scale_reliability(given(items), rj.Scale(name="more", items=(*ITEMS, "q9")))


def scored(values, scale):
    table = pd.DataFrame([values], columns=[*scale.items]).assign(id="p")
    out = rj.score_scale(given(table, scale.items), scale)
    return out.frame[scale.name].iloc[0]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["5", "4", "3", "2", "1"], 3.0),
        (["5", "4", "3", "2", None], 3.5),  # 4 of 5 answered: the 80 % rule is just met
        (["5", "4", "3", None, None], np.nan),
    ],
)
def test_a_score_needs_four_of_five_items(values, expected):
    scale = rj.Scale(name="s", items=("a", "b", "c", "d", "e"))
    assert scored(values, scale) == pytest.approx(expected, nan_ok=True)


def test_reversed_items_and_sums_by_hand():
    scale = rj.Scale(name="s", items=("a", "b"), reverse=("b",), scoring="sum", minimum=0.5)
    assert scored(["4", "2"], scale) == 4 + (6 - 2)
    assert scored(["4", None], scale) == 8  # the answered item stands for both


def test_symptom_scales_start_at_zero():
    scale = SCALES["iesr_intrusion"]
    levels = ["not at all", "a little", "moderately", "quite a bit", "extremely"]
    table = pd.DataFrame([["quite a bit"] * 8], columns=[*scale.items]).assign(id="p")
    answers = rj.rating_items(table, items=[*scale.items], levels=levels, id="id")
    assert rj.score_scale(answers, scale).frame[scale.name].iloc[0] == 3.0


def test_subscales_of_the_impact_of_event_scale_share_out_its_22_items():
    parts = [SCALES[f"iesr_{name}"].items for name in ("intrusion", "avoidance", "hyperarousal")]
    assert [len(part) for part in parts] == [8, 8, 6]
    assert sorted(sum(parts, ())) == sorted(SCALES["iesr_total"].items)


def test_a_scale_knows_its_own_mistakes():
    with pytest.raises(EstimationError, match="once each"):
        rj.Scale(name="s", items=("a", "a"))
    with pytest.raises(EstimationError, match="reversed ones among them"):
        rj.Scale(name="s", items=("a",), reverse=("b",))
    with pytest.raises(EstimationError, match="mean or sum"):
        rj.Scale(name="s", items=("a",), scoring="median")


def test_scale_scores_serve_as_covariates(items):
    table = items.assign(overall=items["q1"])
    answers = rj.rating_items(table, items=["overall", *ITEMS], levels=LEVELS, id="id")
    fit = rj.linear_regression(rj.score_scale(answers, SCALE), "hearing")
    assert fit.n == 220
    assert fit.frame["estimate"][1] > 0


def test_reliability_of_people_who_mostly_left_items_out_is_refused(items):
    holed = items.assign(q2=items["q2"].where(np.arange(len(items)) >= 30))
    with pytest.raises(GuardError, match=r"30 of 220 people who answered \(14%\)"):
        rj.scale_reliability(given(holed), SCALE)
    found = rj.scale_reliability(given(holed), SCALE, max_dropped=0.2)
    assert (found.n, found.n_dropped) == (190, 30)
    # People who answered none of the items are no loss of this kind.
    silent = items.copy()
    silent.loc[:29, list(ITEMS)] = None
    assert rj.scale_reliability(given(silent), SCALE).n_dropped == 0


@pytest.mark.parametrize(
    "construct",
    [
        "overall_satisfaction",
        "procedural_justice",
        "feeling_safe",
        "closure",
        "agency",
        "accountability_perceived",
        "trust_legal_system",
        "conflict_skill",
        "training_knowledge",
    ],
)
def test_every_construct_that_programmes_ask_for_has_items_in_our_own_words(construct):
    scale = SCALES[construct]
    assert scale.name == construct
    assert set(scale.wording) == set(scale.items)
    assert len(scale.items) >= 3


def test_a_knowledge_score_is_the_share_right():
    scale = SCALES["training_knowledge"]
    row = dict(zip(scale.items, ["right", "right", "wrong", "right", None], strict=True))
    table = pd.DataFrame([{"id": "p"} | row])
    answers = rj.rating_items(
        table, items=list(scale.items), levels=["wrong", "right"], id="id", top=1
    )
    assert rj.score_scale(answers, scale).frame[scale.name].iloc[0] == 0.75
