"""Claims often made for restorative justice that a study's data cannot support.

Each claim names what it would take. Some no single programme's data can support; they are
always listed.
"""

from __future__ import annotations

from dataclasses import dataclass

from rjeval.design.study import StudyDesign
from rjeval.language import mark, phrase
from rjeval.report.collected import why_not_collected

#: Requirement that no study of one programme meets.
NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class OftenClaimed:
    """A claim, what must have been collected to speak of it, and what it takes."""

    claim: str
    takes: str
    requires: tuple[str, ...] = ()
    #: Words one of which an item of a survey must hold.
    asked: tuple[str, ...] = ()


CLAIMS = (
    OftenClaimed(
        claim=mark("less reoffending"),
        takes=mark(
            "records checks of everyone referred, over a window that all of them were followed"
        ),
        requires=("recidivism",),
    ),
    OftenClaimed(
        claim=mark("reintegration"),
        takes=mark("school, work and housing at the end and half a year later"),
        requires=(NEVER,),
    ),
    OftenClaimed(
        claim=mark("satisfaction of harmed parties"),
        takes=mark("a survey of all who were invited, with how many answered"),
        requires=("surveys:harmed_party", "survey_response"),
    ),
    OftenClaimed(
        claim=mark("closure and understanding"),
        takes=mark("a scale of closure, fear or anger before and after, from the same people"),
        asked=("closure", "fear", "anger"),
    ),
    OftenClaimed(
        claim=mark("agency of the people taking part"),
        takes=mark("questions on voice or choice, by role"),
        asked=("voice", "agency", "choice"),
    ),
    OftenClaimed(
        claim=mark("accountability"),
        takes=mark(
            "obligations with their completion, and how far harmed parties saw accountability"
        ),
        requires=("obligation",),
    ),
    OftenClaimed(
        claim=mark("repair by restitution"),
        takes=mark("what was owed and what was paid"),
        requires=("obligation", "payment"),
    ),
    OftenClaimed(
        claim=mark("skills of resolving conflict"),
        takes=mark("a scale of skills before and after"),
        asked=("skill",),
    ),
    OftenClaimed(
        claim=mark("empathy and mutual respect"),
        takes=mark("questions on respect or on seeing the other's side, in both roles"),
        asked=("respect", "empathy", "perspective"),
    ),
    OftenClaimed(
        claim=mark("trust in the legal system"),
        takes=mark("a survey of the community, drawn in the same way each time"),
        requires=("community_survey",),
    ),
    OftenClaimed(
        claim=mark("better relations in the community"),
        takes=mark("a survey of the community on cooperation, and a community to compare it with"),
        requires=(NEVER,),
    ),
    OftenClaimed(
        claim=mark("public safety in the area"),
        takes=mark("crime in the area; a programme of this size cannot be seen in it"),
        requires=(NEVER,),
    ),
    OftenClaimed(
        claim=mark("engagement of the community"),
        takes=mark("events, who came, and volunteers"),
        requires=("community_event",),
    ),
    OftenClaimed(
        claim=mark("reaching everybody alike"),
        takes=mark("who could have been referred, by group, beside who was"),
        requires=(NEVER,),
    ),
    OftenClaimed(
        claim=mark("access to justice"),
        takes=mark("clients of the clinic by service, wait, distance and language"),
        requires=("clinic_matter",),
    ),
    OftenClaimed(
        claim=mark("meeting by video as good as in person"),
        takes=mark("how each session was held, ratings by it, and a margin set beforehand"),
        requires=("session.mode", "survey_response"),
    ),
    OftenClaimed(
        claim=mark("professionals trained use what they learnt"),
        takes=mark("a survey of its use some months later; a test shows knowledge only"),
        requires=(NEVER,),
    ),
    OftenClaimed(
        claim=mark("cost per case"),
        takes=mark("costs by category, for the period of the referrals"),
        requires=("cost",),
    ),
    OftenClaimed(
        claim=mark("savings"),
        takes=mark("an effect from a matched or randomised design, and what the usual path costs"),
        requires=(NEVER,),
    ),
    OftenClaimed(
        claim=mark("diversion of people who would have gone to court"),
        takes=mark("how many of those eligible would have been charged without the programme"),
        requires=(NEVER,),
    ),
    OftenClaimed(
        claim=mark("change of policy or of the system"),
        takes=mark("a log of policies; it is told and not estimated"),
        requires=(NEVER,),
    ),
    OftenClaimed(
        claim=mark("healthier communities"),
        takes=mark("nothing that a programme's own data hold"),
        requires=(NEVER,),
    ),
)


def unmeasured_claims(design: StudyDesign) -> list[str]:
    """Say which claims these data cannot support, each with what it would take."""
    return [
        phrase(
            "Not measured here: {claim} (it would take {takes}).",
            claim=phrase(one.claim),
            takes=phrase(one.takes),
        )
        for one in CLAIMS
        if not is_measured(one, design)
    ]


def is_measured(claim: OftenClaimed, design: StudyDesign) -> bool:
    """Whether a study collects what a claim needs, whatever its results are.

    Examples
    --------
    >>> from pathlib import Path
    >>> is_measured(CLAIMS[0], StudyDesign(title="A study", root=Path(".")))
    False
    """
    if NEVER in claim.requires or why_not_collected(design, claim.requires):
        return False
    items = [item for survey in design.surveys for item in survey.items]
    maps = [one for one in design.exports if one.table == "survey_response"]
    items += [text for one in maps for text in _item_texts(one)]
    found = [item for item in items if any(word in item.lower() for word in claim.asked)]
    return bool(found) or not claim.asked


def _item_texts(export: object) -> list[str]:
    """Return what a map says of its items: constants, headers and templates."""
    named: list[str] = []
    for part in ("columns", "constants", "templates", "fill"):
        given = dict(getattr(export, part))
        named += [str(text) for text in (*given, *given.values())]
    values = dict(getattr(export, "values", {})).get("item_id", {})
    return [*named, *(str(text) for text in values.values())]
