"""Sentences about the run: what may be shown, what it was computed with, what others found."""

from __future__ import annotations

import platform
from importlib.metadata import version

from rjeval.design.disclosure import PROFILE_NAMES, PROFILES, DisclosureRule
from rjeval.design.study import StudyDesign
from rjeval.language import mark, phrase
from rjeval.provenance import versions

#: Published findings on restorative justice, each with its source; never mixed with own results.
EVIDENCE = (
    mark(
        "A systematic review of randomised trials of face-to-face conferences found a modest "
        "fall in the frequency of reoffending over two years, and more satisfied victims "
        "(Strang and others, doi:10.4073/csr.2013.12)."
    ),
    mark(
        "A meta-analysis of programmes for adults found a small fall in general reoffending, "
        "none in violent reoffending, and gains in satisfaction, procedural justice and "
        "accountability (Fulham and others, doi:10.1177/17488958231215228)."
    ),
    mark(
        "A Cochrane review of conferencing for young people found too little evidence to say "
        "(Livingstone and others, doi:10.1002/14651858.CD008898.pub2)."
    ),
    mark("Findings of other programmes are context; they are not results of this one."),
)

#: Bias of released numbers in percentage points, and the events expected from which on shares have
#: hardly any: measured by ``tests/simulation/test_disclosure_bias.py``, which compares them.
CURVE_POINTS, SHARE_POINTS, FEW_POINTS, LOST_POINTS = 0.1, 0.1, 3, 5
FEW_EVENTS = 18


def disclosure_claims(design: StudyDesign) -> list[str]:
    """Say what may be shown of this study, and what is done to it first."""
    rule = design.disclosure
    if not rule.suppresses:
        return [
            phrase("Nothing is suppressed in this report. It is for internal review only."),
        ]
    return [
        phrase("Disclosure rule: {profile}.", profile=_name(rule)),
        phrase(
            "Counts of people from 1 to {most} are not shown, nor any other count from which they "
            "could be worked out.",
            most=rule.min_cell - 1,
        ),
        phrase(
            "Shown counts are rounded to multiples of {base} (small counts upwards); percentages "
            "are worked out from the rounded counts, and their intervals are widened to hold the "
            "exact ones.",
            base=rule.round_to,
        ),
        phrase(
            "Percentages and means are not given for fewer than {people} people, models not with "
            "fewer than {df} residual degrees of freedom.",
            people=rule.min_denominator,
            df=rule.min_residual_df,
        ),
        phrase("Curves are shown every {days} days at most.", days=rule.curve_grid_days),
        *_measured(rule),
    ]


def _name(rule: DisclosureRule) -> str:
    return phrase(PROFILE_NAMES[rule.profile]).replace("_", " ")


def _measured(rule: DisclosureRule) -> list[str]:
    """Say how far protected numbers lie from exact ones, where it was measured for this rule."""
    if rule != PROFILES["public_strict"]:
        return []
    return [
        phrase(
            "Measured by simulation, shown values of curves differ from the exact ones by less "
            "than {curve} percentage points on average, and shares with {events} or more events "
            "expected by little more than {share}; shares with about 12 events come out up to "
            "{few} points high, because 11 and 12 are shown as 15.",
            curve=CURVE_POINTS,
            events=FEW_EVENTS,
            share=SHARE_POINTS,
            few=FEW_POINTS,
        ),
        phrase(
            "Where fewer than {least} people of a group were not followed, they are counted in "
            "its size, so that nobody learns how few they are; its shares then come out low, a "
            "share of one half in a group of 60 by about {points} points on average.",
            least=rule.min_cell,
            points=LOST_POINTS,
        ),
    ]


def software_claims(design: StudyDesign) -> list[str]:
    """Say what the report was computed with, so that it can be made again."""
    names = ("numpy", "pandas", "scipy", "lifelines", "ibis-framework", "matplotlib")
    found = versions(names)
    listed = ", ".join(f"{name} {found[name]}" for name in names)
    return [
        phrase(
            "Made with rjeval {version} on Python {python}: {packages}.",
            version=version("rjeval"),
            python=platform.python_version(),
            packages=listed,
        ),
        phrase("Seed of everything random: {seed}.", seed=design.seed),
        phrase(
            "Hash of the study's design (SHA-256 of study.toml): {hash}.", hash=design.fingerprint
        ),
        phrase(
            "Hashes of the prepared data, the notebooks and the documents stand in manifest.json."
        ),
    ]


def evidence_claims(_: StudyDesign) -> list[str]:
    """Say what others found, with its sources, apart from this study's results."""
    return [phrase(one) for one in EVIDENCE]


def model_plan_claims(design: StudyDesign) -> list[str]:
    """Models as the design declares them, before any of them was fitted."""
    models, sentences = design.models, []
    if models.recidivism:
        sentences.append(
            phrase(
                "Time to reoffence: Cox regression on {formula}; Efron's handling of ties; "
                "competing exits are censored{cluster}.",
                formula=models.recidivism,
                cluster=_cluster(models.cluster),
            )
        )
    if models.satisfaction:
        sentences.append(
            phrase(
                "Ratings: proportional-odds regression on {formula}, one role at a time{cluster}.",
                formula=models.satisfaction,
                cluster=_cluster(models.cluster),
            )
        )
    return sentences or [phrase("The design declares no model.")]


def _cluster(name: str) -> str:
    return phrase("; standard errors robust to clustering by {name}", name=name) if name else ""
