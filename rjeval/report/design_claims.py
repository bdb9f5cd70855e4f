"""Sentences that the study's design states: how it compares, its sources, its limits."""

from __future__ import annotations

from rjeval.design.study import ArmsDesign, StudyDesign
from rjeval.language import mark, phrase
from rjeval.report.design_texts import check_design_texts
from rjeval.report.wording import caution, held_tier
from rjeval.terms import DesignTier

TIER_TEXT = {
    DesignTier.COUNTS: mark("counts of what was done"),
    DesignTier.ONE_GROUP: mark("one group, its outcomes at fixed times"),
    DesignTier.UNMATCHED: mark("two groups that were not matched"),
    DesignTier.MATCHED: mark("a comparison group alike in recorded characteristics"),
    DesignTier.QUASI_EXPERIMENT: mark("a strong quasi-experiment"),
    DesignTier.RANDOMISED: mark("a randomised trial, analysed as assigned"),
}
COMPARISON_TEXT = {
    "rct_control": mark("people assigned at random to the usual procedure"),
    "willing_harmed_declined": mark(
        "people who were willing, but whose harmed party declined or could not be reached"
    ),
    "eligible_not_referred": mark("people who were eligible but not referred"),
    "other_site": mark("people of another site"),
    "historical": mark("people of an earlier period"),
    "predicted": mark("rates predicted from published figures"),
}


def design_claims(design: StudyDesign) -> list[str]:
    """How the study compares, and each measure of reoffending that it declares."""
    arms = design.arms
    names = [design.label(one) for one in arms.levels]
    sentences = [
        phrase(
            "Strength of the design: tier {tier}, {text}.", tier=arms.tier, text=_tier_text(arms)
        )
    ]
    if arms.has_comparison:
        against = COMPARISON_TEXT.get(arms.comparison_type, mark("the comparison group"))
        others = ", ".join(name for name in names[1:])
        sentences.append(
            phrase(
                "{group} is compared with {reference}; the comparison group are {people}.",
                group=others,
                reference=names[0],
                people=phrase(against),
            )
        )
    if arms.comparison_type == "willing_harmed_declined":
        sentences.append(phrase("Such cases may differ in ways that no record holds."))
    else:
        sentences.append(caution(design))
    sentences += [phrase(one.sentence(one.windows_days)) for one in design.recidivism]
    if not design.recidivism and design.why_no_recidivism:
        sentences.append(
            phrase("Reoffending is not measured here: {why}", why=design.why_no_recidivism)
        )
    return sentences


def _tier_text(arms: ArmsDesign) -> str:
    """Return the tier in words, as the kind of comparison makes it."""
    if arms.tier == DesignTier.MATCHED and arms.comparison_type == "willing_harmed_declined":
        return phrase("a comparison group just as willing")
    held = held_tier(arms)
    if held != arms.tier:
        return phrase(
            "claimed, but held to tier {tier} because nobody was assigned at random", tier=held
        )
    if arms.has_comparison and arms.tier == DesignTier.ONE_GROUP:
        return phrase("outcomes of each group at fixed times, which are not compared")
    return phrase(TIER_TEXT[arms.tier])


def source_claims(design: StudyDesign) -> list[str]:
    """Where the data come from."""
    check_design_texts(design)
    sentences = [design.sources_note] if design.sources_note else []
    if design.extract_date is not None:
        sentences.append(phrase("Data extracted on {day}.", day=design.extract_date.isoformat()))
    return sentences or [phrase("The study states no source of its data.")]


def limit_claims(design: StudyDesign) -> list[str]:
    """Say what the study cannot, as its authors state it."""
    check_design_texts(design)
    return list(design.limits) or [
        phrase("The study's design states no limits; ask its authors why.")
    ]
