"""Sentences about reoffending beside the rates: event-free time, how often, other analyses."""

from __future__ import annotations

from rjeval.design.study import StudyDesign
from rjeval.language import phrase
from rjeval.report.claim_parts import count_text, definition_of, group_text, hidden_text
from rjeval.report.outcome_claims import contrast_claims
from rjeval.report.wording import (
    caution,
    is_known,
    level_text,
    months,
    people_text,
    period_text,
    points,
)
from rjeval.results import ReoffendingSummary, RestrictedMean, SensitivityGrid

#: Analyses from which on their range says something.
LEAST_ANALYSES = 3


def mean_claims(result: RestrictedMean, design: StudyDesign) -> list[str]:
    """One sentence per group, and one for the difference where there is one."""
    definition = definition_of(result, design)
    sentences = []
    for row in result.frame.to_dict("records"):
        who = f"{group_text(row, result.by, design)}{people_text(definition)}"
        if not is_known(row["estimate"], row["conf_low"], row["conf_high"]):
            what = phrase("mean time to {event}", event=definition.event_text)
            sentences.append(hidden_text(row, f"{who}: {what}"))
            continue
        sentences.append(
            phrase(
                "{who} went on average **{mean:,.0f} days** of the first {window} before any "
                "{event} was recorded ({level} {low:,.0f} to {high:,.0f}; n = {n}{period}).",
                who=who,
                mean=row["estimate"],
                window=months(result.horizon_days),
                event=definition.event_text,
                level=level_text(result.conf_level),
                low=row["conf_low"],
                high=row["conf_high"],
                n=count_text(row["n"]),
                period=period_text(design),
            )
        )
    if result.contrast is not None:
        sentences += contrast_claims(result.contrast, design)
    return sentences


def grid_claims(result: SensitivityGrid, design: StudyDesign) -> list[str]:
    """One sentence per contrast: between which figures it lies, and whether it changes sides."""
    frame = result.frame[result.frame["term"] == "risk_difference"].dropna(subset=["estimate"])
    frame = frame[frame["at_days"] == result.at_days]  # a risk by another day is another question
    sentences = []
    for (group, reference), own in frame.groupby(["group", "reference"], sort=False):
        if len(own) < LEAST_ANALYSES:
            sentences.append(
                phrase(
                    "Too few other analyses can be made of these data to say how far the "
                    "difference hangs on one choice."
                )
            )
            continue
        low, high = own["estimate"].min(), own["estimate"].max()
        side = phrase("not the same direction in all")
        if low * high > 0:
            side = phrase("the same direction in all")
        clear = int(((own["conf_low"] > 0) | (own["conf_high"] < 0)).sum())
        apart = phrase("in {n} of them", n=clear) if clear else phrase("in none")
        sentences.append(
            phrase(
                "{group} against {reference}, over {n} analyses of one window the difference lies "
                "between {low} and {high} percentage points, with {side}; {apart} does the "
                "{level} leave out no difference. No analysis was chosen for its result.",
                group=design.label(str(group)),
                reference=design.label(str(reference)),
                n=len(own),
                low=points(low),
                high=points(high),
                side=side,
                apart=apart,
                level=level_text(result.conf_level),
            )
            + f" {caution(design)}"
        )
    return sentences


def summary_claims(result: ReoffendingSummary, design: StudyDesign) -> list[str]:
    """One sentence per group: how often, which the rates do not tell."""
    frame = result.frame[result.frame["measure"] == "frequency"]
    definition = definition_of(result, design)
    if frame.empty:
        return [
            phrase(
                "How often people reoffended is not given, because the records do not hold every "
                "incident of a person."
            )
        ]
    sentences = []
    for row in frame.to_dict("records"):
        group = group_text(row, result.by, design)
        if not is_known(row["estimate"], row["conf_low"], row["conf_high"]):
            sentences.append(hidden_text(row, group + phrase("incidents per 100 people and year")))
            continue
        sentences.append(
            group
            + phrase(
                "**{rate:.1f} incidents** per 100 {people} and year of follow-up were recorded "
                "that count as {event} ({level} {low:.1f} to {high:.1f}; n = {n}{period}).",
                rate=row["estimate"],
                people=people_text(definition),
                event=definition.event_text,
                level=level_text(result.conf_level),
                low=row["conf_low"],
                high=row["conf_high"],
                n=count_text(row["n"]),
                period=period_text(design),
            )
        )
    return sentences
