"""Claims often made for restorative justice that a study's data cannot support.

Each claim names what it would take. Some no single programme's data can support; they are
always listed.
"""

from __future__ import annotations

from dataclasses import dataclass

from rjeval.design.study import StudyDesign
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
        claim="less reoffending",
        takes="records checks of everyone referred, over a window that all of them were followed",
        requires=("recidivism",),
    ),
    OftenClaimed(
        claim="reintegration",
        takes="school, work and housing at the end and half a year later",
        requires=(NEVER,),
    ),
    OftenClaimed(
        claim="satisfaction of harmed parties",
        takes="a survey of all who were invited, with how many answered",
        requires=("surveys:harmed_party", "survey_response"),
    ),
    OftenClaimed(
        claim="closure and understanding",
        takes="a scale of closure, fear or anger before and after, from the same people",
        asked=("closure", "fear", "anger"),
    ),
    OftenClaimed(
        claim="agency of the people taking part",
        takes="questions on voice or choice, by role",
        asked=("voice", "agency", "choice"),
    ),
    OftenClaimed(
        claim="accountability",
        takes="obligations with their completion, and how far harmed parties saw accountability",
        requires=("obligation",),
    ),
    OftenClaimed(
        claim="repair by restitution",
        takes="what was owed and what was paid",
        requires=("obligation", "payment"),
    ),
    OftenClaimed(
        claim="skills of resolving conflict",
        takes="a scale of skills before and after",
        asked=("skill",),
    ),
    OftenClaimed(
        claim="empathy and mutual respect",
        takes="questions on respect or on seeing the other's side, in both roles",
        asked=("respect", "empathy", "perspective"),
    ),
    OftenClaimed(
        claim="trust in the legal system",
        takes="a survey of the community, drawn in the same way each time",
        requires=("community_survey",),
    ),
    OftenClaimed(
        claim="better relations in the community",
        takes="a survey of the community on cooperation, and a community to compare it with",
        requires=(NEVER,),
    ),
    OftenClaimed(
        claim="public safety in the area",
        takes="crime in the area; a programme of this size cannot be seen in it",
        requires=(NEVER,),
    ),
    OftenClaimed(
        claim="engagement of the community",
        takes="events, who came, and volunteers",
        requires=("community_event",),
    ),
    OftenClaimed(
        claim="reaching everybody alike",
        takes="who could have been referred, by group, beside who was",
        requires=(NEVER,),
    ),
    OftenClaimed(
        claim="access to justice",
        takes="clients of the clinic by service, wait, distance and language",
        requires=("clinic_matter",),
    ),
    OftenClaimed(
        claim="meeting by video as good as in person",
        takes="how each session was held, ratings by it, and a margin set beforehand",
        requires=("session.mode", "survey_response"),
    ),
    OftenClaimed(
        claim="professionals trained use what they learnt",
        takes="a survey of its use some months later; a test shows knowledge only",
        requires=(NEVER,),
    ),
    OftenClaimed(
        claim="cost per case, and money saved",
        takes="costs by category; savings also an effect from a matched or randomised design",
        requires=("cost",),
    ),
    OftenClaimed(
        claim="keeping people out of court who would have gone there",
        takes="how many of those eligible would have been charged without the programme",
        requires=(NEVER,),
    ),
    OftenClaimed(
        claim="change of policy or of the system",
        takes="a log of policies; it is told and not estimated",
        requires=(NEVER,),
    ),
    OftenClaimed(
        claim="healthier communities",
        takes="nothing that a programme's own data hold",
        requires=(NEVER,),
    ),
)


def unmeasured_claims(design: StudyDesign) -> list[str]:
    """Say which claims these data cannot support, each with what it would take."""
    return [
        f"Not measured here: {one.claim} (it would take {one.takes})."
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
