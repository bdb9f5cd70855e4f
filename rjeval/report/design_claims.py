"""Sentences that the study's design states: how it compares, its sources, its limits."""

from __future__ import annotations

from rjeval.design.study import ArmsDesign, StudyDesign
from rjeval.report.design_texts import check_design_texts
from rjeval.report.wording import caution, held_tier
from rjeval.terms import DesignTier

TIER_TEXT = {
    DesignTier.COUNTS: "counts of what was done",
    DesignTier.ONE_GROUP: "one group, its outcomes at fixed times",
    DesignTier.UNMATCHED: "two groups that were not matched",
    DesignTier.MATCHED: "a comparison group alike in recorded characteristics",
    DesignTier.QUASI_EXPERIMENT: "a strong quasi-experiment",
    DesignTier.RANDOMISED: "a randomised trial, analysed as assigned",
}
COMPARISON_TEXT = {
    "rct_control": "people assigned at random to the usual procedure",
    "willing_harmed_declined": "people who were willing, but whose harmed party declined or could "
    "not be reached",
    "eligible_not_referred": "people who were eligible but not referred",
    "other_site": "people of another site",
    "historical": "people of an earlier period",
    "predicted": "rates predicted from published figures",
}


def design_claims(design: StudyDesign) -> list[str]:
    """How the study compares, and each measure of reoffending that it declares."""
    arms = design.arms
    names = [design.label(one) for one in arms.levels]
    sentences = [f"Strength of the design: tier {arms.tier}, {_tier_text(arms)}."]
    if arms.has_comparison:
        against = COMPARISON_TEXT.get(arms.comparison_type, "the comparison group")
        others = ", ".join(name for name in names[1:])
        sentences.append(
            f"{others} is compared with {names[0]}; the comparison group are {against}."
        )
    sentences.append(caution(design))
    sentences += [one.sentence(one.windows_days) for one in design.recidivism]
    if not design.recidivism and design.why_no_recidivism:
        sentences.append(f"Reoffending is not measured here: {design.why_no_recidivism}")
    return sentences


def _tier_text(arms: ArmsDesign) -> str:
    """Return the tier in words, as the kind of comparison makes it."""
    if arms.tier == DesignTier.MATCHED and arms.comparison_type == "willing_harmed_declined":
        return "a comparison group just as willing"
    held = held_tier(arms)
    if held != arms.tier:
        return f"claimed, but held to tier {held} because nobody was assigned at random"
    if arms.has_comparison and arms.tier == DesignTier.ONE_GROUP:
        return "outcomes of each group at fixed times, which are not compared"
    return TIER_TEXT[arms.tier]


def source_claims(design: StudyDesign) -> list[str]:
    """Where the data come from."""
    check_design_texts(design)
    sentences = [design.sources_note] if design.sources_note else []
    if design.extract_date is not None:
        sentences.append(f"Data extracted on {design.extract_date.isoformat()}.")
    return sentences or ["The study states no source of its data."]


def limit_claims(design: StudyDesign) -> list[str]:
    """Say what the study cannot, as its authors state it."""
    check_design_texts(design)
    return list(design.limits) or ["The study's design states no limits; ask its authors why."]
