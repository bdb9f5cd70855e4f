"""The strength of a design in words: by its tier, by how the comparison came about, as held."""

from __future__ import annotations

from pathlib import Path

import pytest

from rjeval.design.study import ArmsDesign, StudyDesign
from rjeval.report.design_claims import design_claims
from rjeval.terms import DesignTier

ARMS = ("comparison", "rj")


@pytest.mark.parametrize(
    ("arms", "said"),
    [
        (ArmsDesign(), "tier 1, one group, its outcomes at fixed times."),
        (
            ArmsDesign(levels=ARMS, tier=DesignTier.ONE_GROUP),
            "tier 1, outcomes of each group at fixed times, which are not compared.",
        ),
        (
            ArmsDesign(levels=ARMS, tier=DesignTier.UNMATCHED, comparison_type="other_site"),
            "tier 2, two groups that were not matched.",
        ),
        (
            ArmsDesign(
                levels=ARMS, tier=DesignTier.MATCHED, comparison_type="willing_harmed_declined"
            ),
            "tier 3, a comparison group just as willing.",
        ),
        (
            ArmsDesign(
                levels=ARMS, tier=DesignTier.MATCHED, comparison_type="eligible_not_referred"
            ),
            "tier 3, a comparison group alike in recorded characteristics.",
        ),
        (
            ArmsDesign(levels=ARMS, tier=DesignTier.RANDOMISED, comparison_type="rct_control"),
            "tier 5, a randomised trial, analysed as assigned.",
        ),
        (
            ArmsDesign(levels=ARMS, tier=DesignTier.RANDOMISED, comparison_type="historical"),
            "tier 5, claimed, but held to tier 2 because nobody was assigned at random.",
        ),
    ],
)
def test_the_words_follow_tier_and_kind_of_comparison(arms, said):
    first = design_claims(StudyDesign(title="Valley", root=Path(), arms=arms))[0]
    assert first == f"Strength of the design: {said}"
