"""Sentences: numbers are those of the released result, verbs those of the tier, nulls no proof."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import ArmsDesign, StudyDesign
from rjeval.errors import DisclosureError
from rjeval.results import (
    CohortFlow,
    Contrast,
    Curves,
    FixedWindowRates,
    ModelEstimates,
    RatingShares,
    ReleaseStamp,
    ReoffendingSummary,
    ResponseRates,
    RestrictedMean,
    SensitivityGrid,
    TestResult,
)
from rjeval.terms import DesignTier

STAMP = ReleaseStamp(profile="public_strict", min_cell=11, round_to=5, n_suppressed=0)
DEFINITION = RecidivismDefinition(sources=("state_repository",))
ARMS = ArmsDesign(levels=("comparison", "rj"), comparison_type="other_site", tier=DesignTier("2"))
DESIGN = StudyDesign(
    title="A study",
    root=Path(),
    arms=ARMS,
    recidivism=(DEFINITION,),
    period_start=date(2021, 1, 1),
    period_end=date(2021, 12, 31),
)
#: W1: words that a design without matched groups may not use.
CAUSAL = re.compile(
    r"reduced|prevented|caused|effective|proven to|works|impact of|saved|thanks to|led to"
)


def at_tier(tier: str) -> StudyDesign:
    kind = "rct_control" if tier == "5" else "other_site"
    return replace(DESIGN, arms=replace(ARMS, tier=DesignTier(tier), comparison_type=kind))


def rates(**changes: object) -> FixedWindowRates:
    """40 of 280 restorative and 55 of 270 comparison people, 12 months."""
    row = {"arm": "rj", "at_days": 365, "n_total": 300, "n_mature": 280, "n_event": 40}
    row |= {"estimate": 40 / 280, "conf_low": 0.1067, "conf_high": 0.1886, "bound": ""}
    frame = pd.DataFrame([row | changes])
    return FixedWindowRates(
        frame=frame, by="arm", conf_level=0.95, definition=DEFINITION, released=STAMP
    )


def contrast(low: float, estimate: float, high: float) -> Contrast:
    row = {"group": "rj", "reference": "comparison", "at_days": 365, "term": "risk_difference"}
    row |= {"estimate": estimate, "conf_low": low, "conf_high": high}
    arms = pd.DataFrame(
        {
            "group": ["rj", "comparison"],
            "at_days": [365, 365],
            "n": [280, 270],
            "n_event": [40, 55],
            "estimate": [40 / 280, 55 / 270],
        }
    )
    return Contrast(
        frame=pd.DataFrame([row]),
        by="arm",
        method="wald",
        conf_level=0.95,
        arms=arms,
        definition=DEFINITION,
        released=STAMP,
    )


def only(result: object, design: StudyDesign = DESIGN) -> str:
    (sentence,) = rj.claims(result, design=design).sentences
    return sentence


def test_a_rate_is_said_in_people_with_count_interval_window_period_and_records():
    assert only(rates()) == (
        "Restorative justice: **about 14 of every 100** people referred had a new filing "
        "recorded within 12 months (365 days) of referral (14.3%, 95% CI 10.7% to 18.9%; "
        "40 of 280 people followed for the whole window; referrals 2021-01-01 to 2021-12-31; "
        "records: state repository)."
    )


def test_a_suppressed_rate_says_its_bound_and_no_number():
    hidden = rates(
        n_event=np.nan,
        estimate=np.nan,
        conf_low=np.nan,
        conf_high=np.nan,
        bound="fewer than 11 of 60",
    )
    assert only(hidden) == (
        "Restorative justice: new filing within 12 months (365 days) of referral: "
        "fewer than 11 of 60."
    )
    silent = rates(estimate=np.nan, conf_low=np.nan, conf_high=np.nan)
    assert only(silent).endswith("suppressed by the disclosure rule.")


def test_a_number_hidden_for_the_sake_of_another_gets_no_bound():
    hidden = rates(estimate=np.nan, suppressed="complementary", bound="more than 76% of 45")
    assert only(hidden).endswith("suppressed by the disclosure rule.")


def test_one_window_can_be_chosen():
    both = rates()
    later = both.frame.assign(at_days=730, estimate=0.25)
    both = replace(both, frame=pd.concat([both.frame, later], ignore_index=True))
    assert len(rj.claims(both, design=DESIGN).sentences) == 2
    (said,) = rj.claims(both, design=DESIGN, at_days=730).sentences
    assert "within 24 months (730 days)" in said


@pytest.mark.parametrize(("share", "words"), [(0.125, "13"), (0.145, "15"), (0.1244, "12")])
def test_people_of_a_hundred_are_rounded_half_up_from_the_percentage_shown(share, words):
    from rjeval.report.wording import of_every_hundred

    assert of_every_hundred(share) == f"about {words} of every 100"


def test_a_causal_verb_needs_a_randomised_comparison_whatever_tier_is_claimed():
    claimed = replace(DESIGN, arms=replace(ARMS, tier=DesignTier("5")))
    assert claimed.arms.comparison_type != "rct_control"
    said = only(contrast(-0.121, -0.061, -0.002), claimed)
    assert "was lower in Restorative justice" in said
    assert CAUSAL.search(said) is None
    assert "assigned at random" not in said


def test_one_group_is_not_called_an_arm():
    alone = replace(DESIGN, arms=ArmsDesign())
    assert only(rates(), alone).startswith("**About 14 of every 100** people referred")


@pytest.mark.parametrize("tier", list("012345"))
def test_a_null_is_no_clear_difference_with_what_it_is_compatible_with(tier):
    said = only(contrast(-0.121, -0.061, 0.004), at_tier(tier))
    assert said.startswith("**No clear difference** between Restorative justice and Comparison")
    assert "from a fall of 12.1 to a rise of 0.4 percentage points" in said
    assert "difference −6.1 percentage points, 95% CI −12.1 to +0.4" in said
    assert "does not mean that there is no difference" in said
    assert "no effect" not in said


VERBS = {
    "2": "was lower in Restorative justice",
    "3": "was lower in association with Restorative justice",
    "4": "was lower, which is consistent with an effect of, Restorative justice",
    "5": "was reduced, on average, by assignment to Restorative justice",
}


@pytest.mark.parametrize(("tier", "verb"), VERBS.items())
def test_the_verb_of_a_clear_difference_follows_the_tier(tier, verb):
    said = only(contrast(-0.121, -0.061, -0.002), at_tier(tier))
    assert verb in said
    assert (CAUSAL.search(said) is None) == (tier != "5")


def test_a_rise_is_called_higher():
    assert "was higher in" in only(contrast(0.002, 0.061, 0.121))


def test_a_difference_stands_beside_both_rates():
    said = only(contrast(-0.121, -0.061, -0.002))
    assert "Restorative justice 14.3% of 280; Comparison 20.4% of 270" in said


def test_a_hidden_contrast_says_so():
    assert "not shown" in only(contrast(np.nan, np.nan, np.nan))


def test_the_willing_comparison_is_described_as_what_it_is():
    willing = replace(ARMS, comparison_type="willing_harmed_declined", tier=DesignTier("3"))
    said = only(contrast(-0.1, -0.06, -0.01), replace(DESIGN, arms=willing))
    assert "just as willing" in said


def test_mean_days_and_their_difference():
    frame = pd.DataFrame(
        {
            "arm": ["rj"],
            "n": [280],
            "estimate": [612.4],
            "conf_low": [590.0],
            "conf_high": [630.0],
        }
    )
    gap = contrast(-9.6, 28.3, 66.3)
    gap = replace(gap, frame=gap.frame.assign(term="rmst_difference", at_days=730))
    result = RestrictedMean(
        frame=frame,
        by="arm",
        horizon_days=730,
        conf_level=0.95,
        contrast=gap,
        definition=DEFINITION,
        released=STAMP,
    )
    mean, difference = rj.claims(result, design=DESIGN).sentences
    assert "went on average **612 days** of the first 24 months (730 days)" in mean
    assert "difference +28 days, 95% CI −10 to +66" in difference


def shares(**changes: object) -> RatingShares:
    frame = pd.DataFrame(
        {
            "item_id": ["overall", "voice"],
            "item": ["Satisfied", "Was heard"],
            "n": [130, 130],
            "n_top": [100, 90],
            "estimate": [100 / 130, 90 / 130],
            "conf_low": [0.69, 0.6],
            "conf_high": [0.833, 0.7],
            "bound": ["", ""],
        }
    )
    given = {
        "frame": frame,
        "by": "",
        "role": "harmed_party",
        "levels": ("bad", "good", "very good"),
        "top": 2,
        "conf_level": 0.95,
        "n_invited": 235,
        "n_responded": 135,
        "primary_item": "overall",
        "released": STAMP,
    }
    return RatingShares(**given | changes)


def test_satisfaction_names_role_answers_and_response():
    assert only(shares()) == (
        "Satisfied: **about 77 of every 100** harmed parties who answered said “good” or "
        "“very good” (76.9%, 95% CI 69.0% to 83.3%; n = 130; 57.4% of those invited answered; "
        "referrals 2021-01-01 to 2021-12-31)."
    )


def test_low_response_adds_the_warning():
    assert only(shares(n_responded=100)).endswith("respondents may differ.")


def cox(estimate: float, low: float, high: float, *, global_p: float = 0.5) -> ModelEstimates:
    frame = pd.DataFrame(
        {
            "component": ["coefficient"] * 2,
            "term": ["arm[rj]", "age_at_index"],
            "estimate": np.log([estimate, 0.95]),
            "std_error": [0.1, 0.1],
            "statistic": [0.0, 0.0],
            "p_value": [0.5, 0.5],
            "conf_low": np.log([low, 0.9]),
            "conf_high": np.log([high, 1.0]),
        }
    )
    test = pd.DataFrame({"term": ["arm[rj]", "GLOBAL"], "p_value": [0.5, global_p]})
    return ModelEstimates(
        frame=frame,
        model="cox",
        outcome="time to reoffence",
        formula="arm + age_at_index",
        scale="hazard ratio",
        conf_level=0.95,
        n=470,
        n_events=120,
        reference_levels={"arm": "comparison"},
        proportional_hazards={"km": test},
        released=STAMP,
    )


def test_a_model_says_what_was_held_alike_and_never_more_than_a_ratio():
    said = only(cox(0.80, 0.55, 1.16))
    assert "people alike in age at index" in said
    assert "**no clear difference** between Restorative justice and Comparison" in said
    assert "hazard ratio 0.80, 95% CI 0.55 to 1.16; n = 470, 120 events" in said
    assert "**lower in Restorative justice**" in only(cox(0.7, 0.5, 0.9))


def test_a_ratio_that_changed_over_time_is_called_an_average():
    assert "so it is an average" in only(cox(0.7, 0.5, 0.9, global_p=0.01))
    assert "average" not in only(cox(0.7, 0.5, 0.9, global_p=0.4))


def test_response_and_flow():
    response = ResponseRates(
        frame=pd.DataFrame(
            {
                "role": ["harmed_party"],
                "wave": ["post"],
                "n_invited": [230],
                "estimate": [0.587],
                "conf_low": [0.522],
                "conf_high": [0.649],
            }
        ),
        by="",
        conf_level=0.95,
        released=STAMP,
    )
    assert only(response) == (
        "Harmed parties (after the conference): 58.7% of 230 invited answered "
        "(95% CI 52.2% to 64.9%)."
    )
    flow = CohortFlow(
        frame=pd.DataFrame(
            {
                "step": [1, 2, 3],
                "label": ["Referred", "Not eligible", "Analysed"],
                "kind": ["stage", "exclusion", "stage"],
                "n": [600, 65, 535],
            }
        ),
        arms=("comparison", "rj"),
        released=STAMP,
    )
    assert only(flow) == "Referred: 600; analysed: 535; referrals 2021-01-01 to 2021-12-31."


def curve(cause: str, competing: tuple[str, ...], *, estimate: float = 0.25) -> Curves:
    frame = pd.DataFrame(
        {
            "arm": ["rj", "rj"],
            "cause": [cause] * 2,
            "time_days": [0.0, 365.0],
            "estimate": [0.0, estimate],
            "conf_low": [0.0, 0.2],
            "conf_high": [0.0, 0.3],
        }
    )
    return Curves(
        frame=frame,
        kind="cumulative_incidence",
        by="arm",
        conf_level=0.95,
        conf_type="log-log",
        horizon_days=365,
        groups=pd.DataFrame(),
        competing=competing,
        definition=DEFINITION,
        released=STAMP,
    )


def test_only_the_competing_exits_that_occurred_are_named_in_the_words_of_the_study():
    named = replace(DESIGN, labels=DESIGN.labels | {"competing": "Return for a violation"})
    assert "those apart who had another event first (return for a violation)" in only(
        curve("reoffence", ("competing",)), named
    )
    alone = only(curve("reoffence", ()))
    assert "another event" not in alone
    assert "death" not in alone


def test_what_competes_is_counted_beside_reoffending():
    said = only(curve("competing", ("death", "left_jurisdiction")))
    assert "**about 25 of every 100** people referred had another event first (death" in said
    assert only(curve("competing", ())).startswith("No event that competes with reoffending")


def test_a_curve_without_any_shown_day_says_so():
    assert "too few people or events" in only(curve("reoffence", (), estimate=np.nan))


def test_unreleased_results_make_no_sentence():
    with pytest.raises(DisclosureError, match="not released"):
        rj.claims(replace(rates(), released=None), design=DESIGN)


def test_a_result_without_a_sentence_is_refused_by_name():
    test = TestResult(frame=pd.DataFrame(), method="log-rank", groups=pd.DataFrame())
    with pytest.raises(TypeError, match="No sentence is known for TestResult; allowed: Fixed"):
        rj.claims(replace(test, released=STAMP), design=DESIGN)


def test_the_design_speaks_for_itself():
    said = rj.claims(design=DESIGN, kind="design").sentences
    assert said[0] == "Strength of the design: tier 2, two groups that were not matched."
    assert "Reoffending: new filing within 365 and 730 days of referral" in said[-1]
    silent = replace(DESIGN, recidivism=(), why_no_recidivism="No check was possible.")
    assert "No check was possible." in rj.claims(design=silent, kind="design").sentences[-1]
    limited = replace(DESIGN, limits=("Few people.",))
    assert rj.claims(design=limited, kind="limits").sentences == ("Few people.",)


@pytest.mark.parametrize("kind", ["nonsense", "results"])
def test_an_unknown_kind_is_refused(kind):
    if kind == "results":
        assert rj.claims(design=DESIGN).sentences == ()
        return
    with pytest.raises(ValueError, match="one of design, sources, limits, plan"):
        rj.claims(design=DESIGN, kind=kind)


def rating_model(component: str, **changes: object) -> ModelEstimates:
    """A difference of -7.7 points, or a change of -0.077, from -20.6 to 5.1."""
    row = {"component": component, "term": "mode[video]", "estimate": -0.077, "std_error": 0.066}
    row |= {"statistic": -1.2, "p_value": 0.24, "conf_low": -0.206, "conf_high": 0.051}
    model = ModelEstimates(
        frame=pd.DataFrame([row]),
        model="ordinal",
        outcome="Satisfied with the case",
        formula="mode + site_id",
        scale="",
        conf_level=0.95,
        n=130,
        reference_levels={"mode": "in_person"},
        released=STAMP,
    )
    return replace(model, **changes)


def test_a_difference_in_answers_is_told_in_points_and_is_no_effect_of_the_mode():
    (said,) = rj.claims(rating_model("coefficient"), design=DESIGN).sentences
    assert "no clear difference" in said
    assert "difference −7.7 percentage points" in said
    assert "−20.6 to +5.1" in said
    assert "chosen, not assigned" in said


def test_as_good_as_needs_a_margin_fixed_in_advance():
    none = rating_model("coefficient", notes=("No equivalence margin was fixed, so ...",))
    (said,) = rj.claims(none, design=DESIGN).sentences
    assert "neither way of meeting can be called as good as the other" in said
    note = "mode[video]: as good as the reference within 0.1: not shown."
    (said,) = rj.claims(rating_model("coefficient", notes=(note,)), design=DESIGN).sentences
    assert "is not shown to be within the margin" in said


def test_change_in_pairs_is_change_and_no_effect():
    counts = pd.DataFrame({"term": ["fear"], "n": [60.0]})
    frame = rating_model("coefficient").frame.assign(term="fear", conf_high=-0.02)
    result = rating_model(
        "coefficient", frame=frame, model="paired change", level_counts=counts, formula="fear"
    )
    (said,) = rj.claims(result, design=DESIGN).sentences
    assert "**lower after** than before" in said
    assert "n = 60 who answered both times" in said
    assert "not an effect of the programme" in said


def test_a_grid_tells_its_range_and_whether_it_changes_sides():
    rows = [("primary", -0.06, -0.13, 0.01), ("all with the event", 0.01, -0.07, 0.08)]
    rows += [("felonies only", -0.02, -0.09, 0.05)]
    frame = pd.DataFrame(rows, columns=["scenario", "estimate", "conf_low", "conf_high"])
    frame = frame.assign(group="rj", reference="comparison", at_days=365, term="risk_difference")
    grid = SensitivityGrid(
        frame=frame, contrasts={}, by="arm", at_days=365, conf_level=0.95, released=STAMP
    )
    (said,) = rj.claims(grid, design=DESIGN).sentences
    assert "between −6.0 and +1.0 percentage points" in said
    assert "not the same direction in all" in said
    assert "in none does the 95% CI leave out no difference" in said
    few = replace(grid, frame=frame.head(2))
    (said,) = rj.claims(few, design=DESIGN).sentences
    assert said.startswith("Too few other analyses")


def test_frequency_is_told_per_hundred_people_and_year():
    row = {"measure": "frequency", "arm": "rj", "n": 280, "n_event": 85, "estimate": 16.2}
    frame = pd.DataFrame([row | {"conf_low": 12.8, "conf_high": 20.5}])
    result = ReoffendingSummary(
        frame=frame, by="arm", at_days=365, conf_level=0.95, definition=DEFINITION, released=STAMP
    )
    (said,) = rj.claims(result, design=DESIGN).sentences
    assert "16.2 incidents" in said
    assert "95% CI 12.8 to 20.5; n = 280" in said
    none = replace(result, frame=frame.iloc[:0])
    (said,) = rj.claims(none, design=DESIGN).sentences
    assert "not given" in said
