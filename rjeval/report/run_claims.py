"""Sentences about the run: what may be shown, what it was computed with, what others found."""

from __future__ import annotations

import platform
from importlib.metadata import version

from rjeval.design.study import StudyDesign
from rjeval.provenance import versions

#: Published findings on restorative justice, each with its source; never mixed with own results.
EVIDENCE = (
    "A systematic review of randomised trials of face-to-face conferences found a modest fall in "
    "the frequency of reoffending over two years, and more satisfied victims (Strang and others, "
    "doi:10.4073/csr.2013.12).",
    "A meta-analysis of programmes for adults found a small fall in general reoffending, none in "
    "violent reoffending, and gains in satisfaction, procedural justice and accountability "
    "(Fulham and others, doi:10.1177/17488958231215228).",
    "A Cochrane review of conferencing for young people found too little evidence to say "
    "(Livingstone and others, doi:10.1002/14651858.CD008898.pub2).",
    "Findings of other programmes are context; they are not results of this one.",
)


def disclosure_claims(design: StudyDesign) -> list[str]:
    """Say what may be shown of this study, and what is done to it first."""
    rule = design.disclosure
    if not rule.suppresses:
        return ["Nothing is suppressed in this report. It is for internal review only."]
    return [
        f"Disclosure rule: {rule.profile.replace('_', ' ')}.",
        f"Counts of people from 1 to {rule.min_cell - 1} are not shown, nor any other count from "
        "which they could be worked out.",
        f"Shown counts are rounded to multiples of {rule.round_to} (small counts upwards); "
        "percentages are worked out from the rounded counts, and their intervals are widened to "
        "hold the exact ones.",
        f"Percentages and means are not given for fewer than {rule.min_denominator} people, "
        f"models not with fewer than {rule.min_residual_df} residual degrees of freedom.",
        f"Curves are shown every {rule.curve_grid_days} days at most.",
    ]


def software_claims(design: StudyDesign) -> list[str]:
    """Say what the report was computed with, so that it can be made again."""
    names = ("numpy", "pandas", "scipy", "lifelines", "statsmodels", "ibis-framework", "matplotlib")
    found = versions(names)
    listed = ", ".join(f"{name} {found[name]}" for name in names)
    return [
        f"Made with rjeval {version('rjeval')} on Python {platform.python_version()}: {listed}.",
        f"Seed of everything random: {design.seed}.",
        f"Hash of the study's design (SHA-256 of study.toml): {design.fingerprint}.",
        "Hashes of the prepared data, the notebooks and the documents stand in manifest.json.",
    ]


def evidence_claims(_: StudyDesign) -> list[str]:
    """Say what others found, with its sources, apart from this study's results."""
    return list(EVIDENCE)


def model_plan_claims(design: StudyDesign) -> list[str]:
    """Models as the design declares them, before any of them was fitted."""
    models, sentences = design.models, []
    if models.recidivism:
        sentences.append(
            f"Time to reoffence: Cox regression on {models.recidivism}; Efron's handling of ties; "
            f"competing exits are censored{_cluster(models.cluster)}."
        )
    if models.satisfaction:
        sentences.append(
            f"Ratings: proportional-odds regression on {models.satisfaction}, one role at a "
            f"time{_cluster(models.cluster)}."
        )
    return sentences or ["The design declares no model."]


def _cluster(name: str) -> str:
    return f"; standard errors robust to clustering by {name}" if name else ""
