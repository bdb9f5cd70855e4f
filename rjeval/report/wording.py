"""Words of a claim: verbs that the design tier allows, shares as people, windows as months."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import ArmsDesign, StudyDesign
from rjeval.language import mark, phrase
from rjeval.terms import AnalysisSet, DesignTier

#: How the people analysed are spoken of.
PEOPLE = {
    AnalysisSet.ALL_REFERRED: mark("people referred"),
    AnalysisSet.OFFERED: mark("people offered the programme"),
    AnalysisSet.CONSENTED: mark("people who consented"),
    AnalysisSet.CONFERENCED: mark("people whose conference was held"),
    AnalysisSet.COMPLETED: mark("people who completed the programme"),
}
#: What must follow a difference found at this tier.
CAUTION = {
    DesignTier.COUNTS: mark("This study counts and does not compare."),
    DesignTier.ONE_GROUP: mark("There is no comparison group, so nothing is said about an effect."),
    DesignTier.UNMATCHED: mark(
        "The groups were not matched and differ in other ways, so this is not an estimate of what "
        "the programme did."
    ),
    DesignTier.MATCHED: mark(
        "The groups are alike in recorded characteristics at best, and may differ in others."
    ),
    DesignTier.QUASI_EXPERIMENT: mark(
        "The design supports this reading, but it was not randomised."
    ),
    DesignTier.RANDOMISED: mark("People were assigned at random and are analysed as assigned."),
}
#: Verbs for a lower and a higher share.
_VERBS = {
    DesignTier.UNMATCHED: (mark("was lower in"), mark("was higher in")),
    DesignTier.MATCHED: (
        mark("was lower in association with"),
        mark("was higher in association with"),
    ),
    DesignTier.QUASI_EXPERIMENT: (
        mark("was lower, which is consistent with an effect of,"),
        mark("was higher, which is consistent with an effect of,"),
    ),
    DesignTier.RANDOMISED: (
        mark("was reduced, on average, by assignment to"),
        mark("was increased, on average, by assignment to"),
    ),
}
_MONTHS = {91: 3, 182: 6, 183: 6, 365: 12, 548: 18, 730: 24, 1095: 36, 1460: 48, 1825: 60}


def months(days: float) -> str:
    """Return a window in words.

    Examples
    --------
    >>> months(365), months(200)
    ('12 months (365 days)', '200 days')
    """
    whole = int(days)
    if whole in _MONTHS:
        return phrase("{n} months ({days:,} days)", n=_MONTHS[whole], days=whole)
    return phrase("{days:,} days", days=whole)


def percent(share: float) -> str:
    """Return a share as a percentage.

    Examples
    --------
    >>> percent(0.1412)
    '14.1%'
    """
    return f"{100 * share:.1f}%"


def points(difference: float) -> str:
    """Return a difference of shares in percentage points, with its sign.

    Examples
    --------
    >>> points(-0.057), points(0.012)
    ('−5.7', '+1.2')
    """
    rounded = round(100 * difference, 1) + 0.0
    sign = "−" if rounded < 0 else "+" if rounded > 0 else ""
    return f"{sign}{abs(rounded):.1f}"


def of_every_hundred(share: float) -> str:
    """Return a share as people among a hundred: the percentage shown, halves rounded up.

    Examples
    --------
    >>> of_every_hundred(0.141), of_every_hundred(0.001), of_every_hundred(0.999)
    ('about 14 of every 100', 'fewer than 1 of every 100', 'nearly all of every 100')
    """
    if share > 0.995:
        return phrase("nearly all of every 100") if share < 1 else phrase("all")
    if 0 < share < 0.005:
        return phrase("fewer than 1 of every 100")
    shown = Decimal(f"{100 * share:.1f}").quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return phrase("about {n} of every 100", n=shown) if share > 0 else phrase("none")


def level_text(conf_level: float) -> str:
    """Return a confidence level in words.

    Examples
    --------
    >>> level_text(0.95)
    '95% CI'
    """
    return phrase("{level:g}% CI", level=round(100 * conf_level, 1))


def people_text(definition: RecidivismDefinition) -> str:
    """Return how the people of a definition are spoken of."""
    return phrase(PEOPLE[definition.population])


def records_text(definition: RecidivismDefinition) -> str:
    """Return where the events were looked up."""
    return phrase(dict(definition.six_labels())["Records"])


def clock_text(definition: RecidivismDefinition, design: StudyDesign) -> str:
    """Return what starts the clock."""
    return definition.clock_label or design.label(definition.clock)


def period_text(design: StudyDesign) -> str:
    """Return the period of the referrals analysed, as the end of a sentence's bracket."""
    if design.period_start is None or design.period_end is None:
        return ""
    return phrase(
        "; referrals {start} to {end}",
        start=design.period_start.isoformat(),
        end=design.period_end.isoformat(),
    )


def caution(design: StudyDesign) -> str:
    """Return what must follow a difference found by this design."""
    if design.arms.comparison_type == "willing_harmed_declined":
        return phrase(
            "The comparison group was just as willing, but its harmed parties declined or were "
            "not reached; such cases may differ in ways that no record holds."
        )
    return phrase(CAUTION[held_tier(design.arms)])


def held_tier(arms: ArmsDesign) -> DesignTier:
    """Return the tier whose words may be used: the highest only where chance chose the arm.

    Examples
    --------
    >>> claimed = ArmsDesign(comparison_type="other_site", tier=DesignTier.RANDOMISED)
    >>> held_tier(claimed) == DesignTier.UNMATCHED
    True
    """
    if arms.tier == DesignTier.RANDOMISED and arms.comparison_type != "rct_control":
        return DesignTier.UNMATCHED
    return arms.tier


def sentence(text: str) -> str:
    """Return a text with a capital at its beginning, also behind emphasis.

    Examples
    --------
    >>> sentence("**about 14 of every 100** people"), sentence("people")
    ('**About 14 of every 100** people', 'People')
    """
    start = len(text) - len(text.lstrip("*"))
    return text[:start] + text[start : start + 1].upper() + text[start + 1 :]


def is_known(*numbers: float) -> bool:
    """Whether none of these numbers is hidden or missing."""
    return not any(number is None or math.isnan(float(number)) for number in numbers)


def clear_verb(arms: ArmsDesign, *, lower: bool) -> str:
    """Return the verb phrase for a difference whose interval leaves out no difference.

    Examples
    --------
    >>> clear_verb(ArmsDesign(tier=DesignTier.UNMATCHED), lower=True)
    'was lower in'
    >>> trial = ArmsDesign(comparison_type="rct_control", tier=DesignTier.RANDOMISED)
    >>> clear_verb(trial, lower=True)
    'was reduced, on average, by assignment to'
    """
    tier = held_tier(arms)
    if tier not in _VERBS:
        tier = DesignTier.UNMATCHED
    return phrase(_VERBS[tier][0 if lower else 1])
