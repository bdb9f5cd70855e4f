"""How far a headline carries: hand-worked numbers of people, words by tier, unsupported claims."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.design.objectives import Aims, PlanningDesign
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import ArmsDesign, StudyDesign, SurveyDesign
from rjeval.errors import DisclosureError
from rjeval.report.unmeasured import CLAIMS, NEVER
from rjeval.report.verdict_claims import more_people
from rjeval.results import Contrast, FixedWindowRates, ReleaseStamp
from rjeval.terms import DesignTier

STAMP = ReleaseStamp(profile="public_strict", min_cell=11, round_to=5, n_suppressed=0)
DEFINITION = RecidivismDefinition(name="refiling", source_label="county court")
#: Two decimals in the quantiles of the hand-worked examples leave this much in the people.
HAND = 0.01


def contrast(low: float, high: float, n: tuple[float, float] = (185, 280)) -> Contrast:
    frame = pd.DataFrame(
        {
            "group": ["rj"],
            "reference": ["comparison"],
            "at_days": [365],
            "term": ["risk_difference"],
            "estimate": [(low + high) / 2],
            "conf_low": [low],
            "conf_high": [high],
        }
    )
    arms = pd.DataFrame(
        {
            "group": ["comparison", "rj"],
            "at_days": [365, 365],
            "n": n,
            "n_event": [35.0, 35.0],
            "estimate": [0.19, 0.125],
        }
    )
    return Contrast(
        frame=frame,
        arms=arms,
        by="arm",
        method="proportions",
        conf_level=0.95,
        released=STAMP,
        definition=DEFINITION,
    )


def study(tier: DesignTier = DesignTier.MATCHED, difference: float | None = 0.10, **more):
    kind = "rct_control" if tier == DesignTier.RANDOMISED else "other_site"
    return StudyDesign(
        title="Valley",
        root=Path(),
        arms=ArmsDesign(levels=("comparison", "rj"), tier=tier, comparison_type=kind),
        recidivism=(DEFINITION,),
        aims=Aims(planning=PlanningDesign(risk_difference=difference)),
        **more,
    )


def said(result, design) -> list[str]:
    return list(rj.claims(result, design=design, kind="verdict").sentences)


def test_people_still_needed_are_those_worked_out_by_hand():
    """Interval −14 to +1 points: error 0.15 / 3.92 = 0.03827. To find 10 points with 80%:
    0.10 / (1.96 + 0.84) = 0.03571. (0.03827 / 0.03571)² = 1.148; 465 × 0.148 = 69."""
    found = more_people(n=465, low=-0.14, high=0.01, planned=0.10, power=0.80)
    assert found == pytest.approx(465 * ((0.15 / 3.92) / (0.10 / 2.80)) ** 2 - 465, rel=2 * HAND)
    assert round(found, -1) == 70


def test_a_study_of_the_published_size_needs_nobody_more():
    """30% against 20%, 80% power: 293 people per arm (unpooled), so at that size about nobody."""
    n = 293
    half = 1.959964 * ((0.3 * 0.7 + 0.2 * 0.8) / n) ** 0.5
    found = more_people(n=2 * n, low=-0.1 - half, high=-0.1 + half, planned=0.10, power=0.80)
    assert found == pytest.approx(0, abs=HAND * 2 * n)


def test_four_times_the_people_halve_the_interval():
    """Twice the wanted error: four times the people, so three times as many more."""
    wanted = 0.10 / (1.959964 + 0.841621)
    end = 2 * wanted * 1.959964
    assert more_people(n=100, low=-end, high=end, planned=0.10, power=0.80) == pytest.approx(300)


def test_an_open_question_gets_its_three_sentences():
    can, cannot, settle = said(contrast(-0.14, 0.01), study())
    assert can.startswith("**What you can say.** **No clear difference** between")
    assert "That there is a difference, or that there is none." in cannot
    assert "county court" in cannot
    assert (
        "**What would settle it.** About 70 more people, in the same proportions as these 465"
        in (settle)
    )
    assert "a difference of 10.0 percentage points" in settle


@pytest.mark.parametrize(
    ("tier", "cannot_say", "settles"),
    [
        (DesignTier.UNMATCHED, "That the programme is the reason", "a question of design"),
        (DesignTier.MATCHED, "That the programme is the reason", "a question of design"),
        (DesignTier.RANDOMISED, "That everybody fares as the average", "a second trial elsewhere"),
    ],
)
def test_a_clear_difference_is_read_by_the_design(tier, cannot_say, settles):
    _, cannot, settle = said(contrast(-0.14, -0.02), study(tier))
    assert cannot_say in cannot
    assert settles in settle


def test_enough_people_and_no_planned_difference_and_hidden_counts_are_said():
    narrow = contrast(-0.02, 0.02, n=(5000, 5000))
    assert "are enough to find a difference of 10.0" in said(narrow, study())[2]
    assert "names no difference that would matter" in said(narrow, study(difference=None))[2]
    nan = float("nan")
    assert "are not shown" in said(contrast(nan, nan), study())[1]
    assert "the counts are not shown" in said(contrast(-0.1, 0.1, n=(nan, 280)), study())[2]


def test_one_group_is_told_that_no_number_replaces_a_comparison():
    frame = pd.DataFrame(
        {
            "arm": ["rj"],
            "at_days": [365],
            "n_mature": [280.0],
            "n_event": [40.0],
            "estimate": [0.143],
            "conf_low": [0.107],
            "conf_high": [0.188],
        }
    )
    rates = FixedWindowRates(
        frame=frame, by="arm", conf_level=0.95, released=STAMP, definition=DEFINITION
    )
    one = replace(study(), arms=ArmsDesign())
    can, cannot, settle = said(rates, one)
    assert "about 14 of every 100" in can.lower()
    assert "nobody was compared with" in cannot
    assert "No number of people can replace a comparison group" in settle


def test_a_verdict_needs_a_released_rate_or_difference():
    with pytest.raises(DisclosureError, match="not released"):
        said(replace(contrast(-0.1, 0.1), released=None), study())
    with pytest.raises(ValueError, match="'verdict' with results"):
        rj.claims(contrast(-0.1, 0.1), design=study(), kind="limits")


def test_what_no_programme_can_measure_is_always_listed_and_the_rest_by_what_was_collected():
    bare = rj.claims(design=study(), kind="not_measured").sentences
    assert all(one.startswith("Not measured here: ") and "it would take" in one for one in bare)
    assert any("public safety in the area" in one for one in bare)
    assert not any("less reoffending" in one for one in bare)
    without = replace(study(), recidivism=())
    assert any(
        "less reoffending" in one
        for one in rj.claims(design=without, kind="not_measured").sentences
    )
    assert {one.claim for one in CLAIMS if NEVER in one.requires} <= {
        one.removeprefix("Not measured here: ").split(" (it would")[0] for one in bare
    }


def test_an_item_that_asks_for_it_takes_a_claim_off_the_list():
    survey = SurveyDesign(
        name="s", role="harmed_party", item_id="respect", items=("respect", "voice")
    )
    listed = " ".join(rj.claims(design=study(surveys=(survey,)), kind="not_measured").sentences)
    assert "empathy and mutual respect" not in listed
    assert "agency of the people" not in listed
    assert "closure and understanding" in listed


#: Distance of a simulated power from the planned one: the formula is a normal approximation.
POWER_TOLERANCE = 0.015


@pytest.mark.parametrize(
    ("n1", "n0", "planned"), [(60, 40, 0.10), (120, 120, 0.12), (100, 50, 0.08)]
)
def test_so_many_more_people_find_the_planned_difference_as_often_as_planned(n1, n0, planned):
    """Simulated studies of the size asked for find the difference in 80 of 100."""
    p0, z = 0.25, 1.959964
    p1 = p0 - planned
    error = np.sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0)
    more = more_people(
        n=n1 + n0, low=-planned - z * error, high=-planned + z * error, planned=planned, power=0.80
    )
    times = 1 + more / (n1 + n0)
    large1, large0 = round(n1 * times), round(n0 * times)
    rng = np.random.default_rng(3)
    one, two = (rng.binomial(n, p, 50_000) / n for n, p in ((large1, p1), (large0, p0)))
    spread = np.sqrt(one * (1 - one) / large1 + two * (1 - two) / large0)
    assert abs(np.mean(np.abs(one - two) > z * spread) - 0.80) < POWER_TOLERANCE
