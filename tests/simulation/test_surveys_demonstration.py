"""On the demonstration study the planted satisfaction shifts lie inside the intervals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import rjeval as rj
from rjeval.simulate.truth import Truth


@pytest.fixture(scope="module")
def study(root):
    design = rj.read_design(root / "study.toml")
    exports = rj.read_exports(root / "data" / "raw", design=design)
    return design, exports, rj.select_cohort(exports, design=design)


@pytest.mark.parametrize(
    ("role", "planted"),
    [("harmed_party", "mode_shift_harmed"), ("responsible_party", "mode_shift_responsible")],
)
def test_planted_shift_by_mode_lies_inside_the_interval(study, role, planted):
    design, exports, cohort = study
    given = rj.score_ratings(exports, cohort, design=design, role=role)
    fit = rj.ordinal_regression(given, design.models.satisfaction, cluster="case_id")
    row = fit.frame.set_index("term").loc["mode[video]"]
    assert row["conf_low"] <= getattr(Truth(), planted) <= row["conf_high"]
    assert fit.n_dropped <= 0.1 * fit.n


def test_every_answer_scored_is_an_answer_given(study):
    design, exports, cohort = study
    given = rj.score_ratings(exports, cohort, design=design, standing="all")
    asked = exports.tables["survey_invitation"]
    asked = asked[(asked["role"] == "harmed_party") & (asked["wave"] == "post")]
    asked = asked[asked["case_id"].isin(cohort.included["case_id"])]
    said = exports.tables["survey_response"]
    said = said[said["invitation_id"].isin(asked["invitation_id"]) & said["value"].notna()]
    said = said[said["item_id"].isin(given.survey.items)]
    assert given.frame["rating"].notna().sum() == len(said)
    shares = rj.satisfaction_shares(given).frame
    by_item = said.groupby("item_id")["value"].agg(["size", lambda x: (x >= 4).sum()])
    by_item.columns = ["n", "n_top"]
    np.testing.assert_array_equal(
        shares.set_index("item_id")[["n", "n_top"]].loc[by_item.index], by_item
    )


def test_everything_about_surveys_can_be_released(study):
    design, exports, cohort = study
    given = rj.score_ratings(exports, cohort, design=design)
    waves = [
        rj.score_ratings(exports, cohort, design=design, wave=wave, items=["fear", "anger"])
        for wave in ("pre", "post")
    ]
    formula, clustered = design.models.satisfaction, {"cluster": "case_id"}
    with_margin = replace(given, survey=replace(given.survey, equivalence_margin=0.1))
    results = [
        rj.response_rates(exports, design=design),
        rj.satisfaction_shares(given, by="mode"),
        rj.satisfaction_shares(rj.weight_nonresponse(given, "site_id + mode")),
        rj.average_marginal_effects(given, formula, **clustered),
        rj.predicted_shares(given, formula, by="mode", **clustered),
        rj.proportional_odds_test(given, formula, **clustered),
        rj.compare_modes(with_margin, "site_id", **clustered),
        rj.paired_change(*waves, **clustered),
        rj.count_pairs(*waves),
        rj.scale_reliability(given, rj.Scale(name="fair", items=("voice", "respect", "safety"))),
    ]
    released = rj.release(*results, rule=design.disclosure)
    assert all(one.is_released for one in released)
    change = results[7].coefficients()
    assert (change["estimate"] < 0).all()  # fear and anger were planted to fall
