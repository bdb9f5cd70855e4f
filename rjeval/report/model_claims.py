"""Sentences about regressions: ratios, differences in shares of answers, change in pairs."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from rjeval.design.study import StudyDesign
from rjeval.language import Told, mark, phrase
from rjeval.report.wording import caution, is_known, level_text, percent, period_text, points
from rjeval.results import ModelEstimates

Row = dict[Hashable, Any]
#: Significance below which a proportional-hazards test speaks.
PH_ALARM = 0.05
#: Significance of an interaction, adjusted for their number, below which subgroups differ.
INTERACTION = 0.05
#: Note by which a result on ratings says whose they are.
ANSWERS_OF = "Answers of "
SELF_SELECTED = mark(
    "How a session was held was chosen, not assigned, so this is no effect of the mode."
)
NO_COMPARISON = mark(
    "Nobody was compared with, so this is change and not an effect of the programme."
)
#: Groups whose contrast becomes a sentence; all other terms stay in the tables.
SPOKEN_OF = ("arm[", "mode[")


def model_claims(result: ModelEstimates, design: StudyDesign) -> list[str]:
    """Sentences on arms and on modes, adjusted as the formula says; or on change in pairs."""
    if result.model == "paired change":
        own = result.frame[result.frame["component"] == "coefficient"]
        return [_change(row, result, design) for row in own.to_dict("records")]
    if result.model == "cox_subgroups":
        return _subgroups(result, design)
    between = result.frame[result.frame["component"] == "spread"]
    if len(between):
        shares = between[between["term"].str.startswith("icc(")]
        return [_between_groups(row, result, design) for row in shares.to_dict("records")]
    frame = result.exponentiated()
    wanted = frame[frame["term"].str.startswith(SPOKEN_OF)]
    rows: list[Row] = wanted.to_dict("records")
    if result.model != "ordinal" or result.scale:
        return [_model(row, result, design) for row in rows]
    if wanted["statistic"].isna().all():
        return [_predicted(row, result, design) for row in rows]
    return [_points(row, result, design) for row in rows]


def _predicted(row: Row, result: ModelEstimates, design: StudyDesign) -> str:
    """Predicted share of favourable answers at one level."""
    variable, _, level = str(row["term"]).partition("[")
    who = (
        f"{phrase(result.outcome)}, {design.label(level.rstrip(']'))}"
        f"{_adjusted(result, design, variable)}"
    )
    if not is_known(row["estimate"], row["conf_low"], row["conf_high"]):
        return f"{who}: {phrase('suppressed by the disclosure rule')}."
    return phrase(
        "{who}: {share} favourable answers predicted ({level} {low} to {high}; n = {n}{period}).",
        who=who,
        share=percent(row["estimate"]),
        level=level_text(result.conf_level),
        low=percent(row["conf_low"]),
        high=percent(row["conf_high"]),
        n=_count(result.n),
        period=period_text(design),
    )


def _subgroups(result: ModelEstimates, design: StudyDesign) -> list[str]:
    """Say only what the tests of a difference between subgroups say."""
    sentences = []
    for name, p_value in result.fit.items():
        test, _, by = name.partition(":")
        if test != "interaction_p":
            continue
        adjusted = result.fit.get(f"interaction_p_holm:{by}", p_value)
        by = by or result.formula.partition("*")[2].split("+")[0].strip()
        reason = next((one.reason for one in design.subgroups if one.by == by), "")
        told = phrase(
            "The hazard ratio between the arms **differed** between groups of {group} "
            "(interaction test, declared in the design; n = {n}{period}). Groups are not to be "
            "compared by which of them leaves out no effect."
            if adjusted < INTERACTION
            else "There is **no clear difference** in the hazard ratio between groups of {group} "
            "(interaction test, declared in the design; n = {n}{period}). Groups are not to be "
            "compared by which of them leaves out no effect.",
            group=_lower(design.label(by)),
            n=_count(result.n),
            period=period_text(design),
        )
        if reason:
            told += " " + phrase("It was looked at because {reason}.", reason=reason.rstrip("."))
        sentences.append(told)
    return sentences


def _between_groups(row: Row, result: ModelEstimates, design: StudyDesign) -> str:
    """Share of the variation in ratings that lies between facilitators, sites, ..."""
    name = str(row["term"]).removeprefix("icc(").removesuffix(")")
    group = design.label(name if name in design.labels else name.removesuffix("_id"))
    what = phrase(
        "{outcome}, variation by {group}", outcome=phrase(result.outcome), group=_lower(group)
    )
    low, estimate, high = row["conf_low"], row["estimate"], row["conf_high"]
    if not is_known(low, estimate, high):
        return f"{what}: {phrase('suppressed by the disclosure rule')}."
    return phrase(
        "{what}: {share} of the variation in ratings (intraclass correlation; {level} {low} to "
        "{high}; n = {n}{period}). None would mean that ratings do not depend on it.",
        what=what,
        share=percent(estimate),
        level=level_text(result.conf_level),
        low=percent(low),
        high=percent(high),
        n=_count(result.n),
        period=period_text(design),
    )


def _points(row: Row, result: ModelEstimates, design: StudyDesign) -> str:
    """Difference in the share of favourable answers, in percentage points."""
    variable, _, level = str(row["term"]).partition("[")
    group = design.label(level.rstrip("]"))
    reference = _reference(result, design, variable)
    what = phrase(
        "{outcome}, {group} against {reference}",
        outcome=phrase(result.outcome),
        group=_lower(group),
        reference=_lower(reference),
    )
    what += _adjusted(result, design, variable)
    low, estimate, high = row["conf_low"], row["estimate"], row["conf_high"]
    if not is_known(low, estimate, high):
        return f"{what}: {phrase('suppressed by the disclosure rule')}."
    numbers = phrase(
        "difference {estimate} percentage points in the share of favourable answers, {level} "
        "{low} to {high}; n = {n}{period}",
        estimate=points(estimate),
        level=level_text(result.conf_level),
        low=points(low),
        high=points(high),
        n=_count(result.n),
        period=period_text(design),
    )
    if low <= 0 <= high:
        finding = phrase("**no clear difference**")
    else:
        finding = phrase("**lower**" if estimate < 0 else "**higher**")
    warning = caution(design) if variable == "arm" else phrase(SELF_SELECTED)
    return (
        f"{what}: {finding} ({numbers}). {warning}{_overlap(result)}"
        f"{_margin(result, str(row['term']))}"
    )


def _overlap(result: ModelEstimates) -> str:
    """Say whether people have a counterpart in the other group, where that was looked at."""
    told = [note for note in result.notes if "counterpart" in note]
    return f" {phrase(told[0])}" if told else ""


def _margin(result: ModelEstimates, term: str) -> str:
    """Say of "as good as" only what a margin fixed in advance allows."""
    given = " ".join(result.notes)
    if "No equivalence margin" in given:
        return " " + phrase(
            "No difference that would not matter was fixed in advance, so neither way of meeting "
            "can be called as good as the other."
        )
    if f"{term}: as good as" not in given:
        return ""
    shown = any(
        n.startswith(f"{term}: as good as") and n.endswith(": shown.") for n in result.notes
    )
    return " " + phrase(
        "The difference is within the margin that was fixed in advance."
        if shown
        else "The difference is not shown to be within the margin that was fixed in advance."
    )


def _change(row: Row, result: ModelEstimates, design: StudyDesign) -> str:
    """Mean change of one item among those who answered both times."""
    said = next((note for note in result.notes if note.startswith(ANSWERS_OF)), "")
    who = said.removeprefix(ANSWERS_OF).rstrip(".")
    told = phrase(said.parts["who"]) if isinstance(said, Told) and "who" in said.parts else who
    item = design.label(str(row["term"]))
    item = f"{told}, {_lower(item)}" if who else item
    # Only parties of cases belong to the period of the referrals.
    period = period_text(design) if "parties" in who else ""
    low, estimate, high = row["conf_low"], row["estimate"], row["conf_high"]
    if not is_known(low, estimate, high):
        return phrase("{item}: change is suppressed by the disclosure rule.", item=item)
    counts = result.level_counts
    own = counts.loc[counts["term"] == row["term"], "n"].tolist() if "n" in counts else []
    pairs = phrase("; n = {n} who answered both times", n=_count(own[0])) if own else ""
    numbers = phrase(
        "mean change {estimate} points, {level} {low} to {high}{pairs}{period}",
        estimate=_signed(estimate),
        level=level_text(result.conf_level),
        low=_signed(low),
        high=_signed(high),
        pairs=pairs,
        period=period,
    )
    if low <= 0 <= high:
        finding = phrase("**no clear change** from before to after")
    else:
        finding = phrase(
            "**lower after** than before" if estimate < 0 else "**higher after** than before"
        )
    compared = (result.frame["component"] == "difference").any()
    return f"{item}: {finding} ({numbers}).{'' if compared else ' ' + phrase(NO_COMPARISON)}"


def _signed(number: float) -> str:
    return f"{number:+.2f}".replace("-", "−")


def _model(row: Row, result: ModelEstimates, design: StudyDesign) -> str:
    variable, _, level = str(row["term"]).partition("[")
    group = design.label(level.rstrip("]"))
    reference = _reference(result, design, variable)
    scale = phrase(result.scale or "difference")
    low, estimate, high = row["conf_low"], row["estimate"], row["conf_high"]
    base = phrase("Model of {outcome}", outcome=_outcome(result))
    base += _adjusted(result, design, variable)
    if not is_known(low, estimate, high):
        return phrase(
            "{model}: {group} against {reference} is suppressed by the disclosure rule.",
            model=base,
            group=group,
            reference=reference,
        )
    null = 1.0 if result.scale else 0.0
    numbers = phrase(
        "{scale} {estimate:.2f}, {level} {low:.2f} to {high:.2f}; n = {n}{events}",
        scale=scale,
        estimate=estimate,
        level=level_text(result.conf_level),
        low=low,
        high=high,
        n=_count(result.n),
        events=_events(result),
    )
    template = mark("**higher in {group}** than in {reference}")
    if low <= null <= high:
        template = mark("**no clear difference** between {group} and {reference}")
    elif estimate < null:
        template = mark("**lower in {group}** than in {reference}")
    finding = phrase(template, group=group, reference=reference)
    warning = caution(design) if variable == "arm" else phrase(SELF_SELECTED)
    return f"{base}: {finding} ({numbers}{period_text(design)}).{_hazards(result)} {warning}"


def _adjusted(result: ModelEstimates, design: StudyDesign, variable: str) -> str:
    """Name the other terms of the formula, in the words of the study."""
    terms = [term.strip() for term in result.formula.split("+")]
    others = [_lower(design.label(term)) for term in terms if term and term != variable]
    return phrase(", people alike in {terms}", terms=", ".join(others)) if others else ""


def _reference(result: ModelEstimates, design: StudyDesign, variable: str) -> str:
    found = result.reference_levels.get(variable)
    return phrase("the reference") if found is None else design.label(str(found))


def _hazards(result: ModelEstimates) -> str:
    for table in result.proportional_hazards.values():
        overall = table[table["term"] == "GLOBAL"]
        if len(overall) and overall["p_value"].iloc[0] < PH_ALARM:
            return " " + phrase(
                "The ratio changed over follow-up (proportional-hazards test), so it is an "
                "average; the differences at fixed times say more."
            )
    return ""


def _outcome(result: ModelEstimates) -> str:
    return phrase(result.outcome).replace("_", " ")


def _events(result: ModelEstimates) -> str:
    return "" if result.n_events is None else phrase(", {n} events", n=_count(result.n_events))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _count(number: float | None) -> str:
    return f"{number:,.0f}" if number is not None and is_known(number) else phrase("(suppressed)")
