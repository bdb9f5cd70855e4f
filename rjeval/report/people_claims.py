"""Sentences about people and their ratings: flow, response, satisfaction, models."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from rjeval.design.study import StudyDesign
from rjeval.report.wording import (
    caution,
    is_known,
    level_text,
    of_every_hundred,
    percent,
    period_text,
)
from rjeval.results import CohortFlow, ModelEstimates, RatingShares, ResponseRates

Row = dict[Hashable, Any]
#: Response below which a reader is told that respondents may differ.
LOW_RESPONSE = 0.5
#: Significance below which a proportional-hazards test speaks.
PH_ALARM = 0.05
SELF_SELECTED = "How a session was held was chosen, not assigned, so this is no effect of the mode."


def share_claims(result: RatingShares, design: StudyDesign) -> list[str]:
    """One sentence per group on the primary item."""
    rows = result.frame
    if result.primary_item and "item_id" in rows:
        rows = rows[rows["item_id"] == result.primary_item]
    return [_share(row, result, design) for row in rows.to_dict("records")]


def response_claims(result: ResponseRates, design: StudyDesign) -> list[str]:
    """One sentence per role, wave and group."""
    sentences = []
    for row in result.frame.to_dict("records"):
        group = f", {design.label(str(row[result.by]))}" if result.by in row else ""
        who = f"{design.label(str(row['role']))} ({_wave(row)}{group})"
        if not is_known(row["estimate"], row["conf_low"], row["conf_high"]):
            sentences.append(f"{who}: response is suppressed by the disclosure rule.")
            continue
        sentences.append(
            f"{who}: {percent(row['estimate'])} of {_count(row['n_invited'])} invited answered "
            f"({level_text(result.conf_level)} {percent(row['conf_low'])} to "
            f"{percent(row['conf_high'])})."
        )
    return sentences


def flow_claims(result: CohortFlow, design: StudyDesign) -> list[str]:
    """One sentence: how many were assessed and how many are analysed."""
    frame = result.frame
    stages = frame[frame["kind"] == "stage"] if "kind" in frame else frame
    if len(stages) < 2:
        return []
    first, last = stages.iloc[0], stages.iloc[-1]
    return [
        f"{first['label']}: {_count(first['n'])}; {_lower(last['label'])}: {_count(last['n'])}"
        f"{period_text(design)}."
    ]


def model_claims(result: ModelEstimates, design: StudyDesign) -> list[str]:
    """One sentence per contrast of arms (or of modes), adjusted as the formula says."""
    frame = result.exponentiated()
    wanted = frame[frame["term"].str.startswith(("arm[", "mode["))]
    return [_model(row, result, design) for row in wanted.to_dict("records")]


def _share(row: Row, result: RatingShares, design: StudyDesign) -> str:
    who = _lower(design.label(result.role))
    if result.by and result.by in row:
        who = f"{who} ({design.label(str(row[result.by]))})"
    item = str(row.get("item", result.primary_item))
    if not is_known(row["estimate"], row["conf_low"], row["conf_high"]):
        linked = row.get("suppressed") == "complementary"
        bound = "" if linked else row.get("bound")
        return f"{item}, {who}: {bound or 'suppressed by the disclosure rule'}."
    top = " or ".join(f"“{level}”" for level in result.levels[-result.top :])
    return (
        f"{item}: **{of_every_hundred(row['estimate'])}** {who} who answered said {top} "
        f"({percent(row['estimate'])}, {level_text(result.conf_level)} "
        f"{percent(row['conf_low'])} to {percent(row['conf_high'])}; n = {_count(row['n'])}"
        f"{_response(result)}{period_text(design)}).{_caution(result)}"
    )


def _response(result: RatingShares) -> str:
    if result.n_invited is None or result.n_responded is None or not result.n_invited:
        return ""
    return f"; {percent(result.n_responded / result.n_invited)} of those invited answered"


def _caution(result: RatingShares) -> str:
    if not result.n_invited or result.n_responded is None:
        return ""
    if result.n_responded / result.n_invited >= LOW_RESPONSE:
        return ""
    return " Fewer than half of those invited answered, and respondents may differ."


def _model(row: Row, result: ModelEstimates, design: StudyDesign) -> str:
    variable, _, level = str(row["term"]).partition("[")
    group = design.label(level.rstrip("]"))
    reference = design.label(str(result.reference_levels.get(variable, "the reference")))
    scale = result.scale or "difference"
    low, estimate, high = row["conf_low"], row["estimate"], row["conf_high"]
    base = f"Model of {_outcome(result)}{_adjusted(result, design, variable)}"
    if not is_known(low, estimate, high):
        return f"{base}: {group} against {reference} is suppressed by the disclosure rule."
    null = 1.0 if result.scale else 0.0
    numbers = (
        f"{scale} {estimate:.2f}, {level_text(result.conf_level)} {low:.2f} to {high:.2f}; "
        f"n = {_count(result.n)}{_events(result)}"
    )
    if low <= null <= high:
        finding = f"**no clear difference** between {group} and {reference}"
    else:
        direction = "lower" if estimate < null else "higher"
        finding = f"**{direction} in {group}** than in {reference}"
    warning = caution(design) if variable == "arm" else SELF_SELECTED
    return f"{base}: {finding} ({numbers}{period_text(design)}).{_hazards(result)} {warning}"


def _adjusted(result: ModelEstimates, design: StudyDesign, variable: str) -> str:
    """Name the other terms of the formula, in the words of the study."""
    terms = [term.strip() for term in result.formula.split("+")]
    others = [_lower(design.label(term)) for term in terms if term and term != variable]
    return f", people alike in {', '.join(others)}" if others else ""


def _hazards(result: ModelEstimates) -> str:
    for table in result.proportional_hazards.values():
        overall = table[table["term"] == "GLOBAL"]
        if len(overall) and overall["p_value"].iloc[0] < PH_ALARM:
            return (
                " The ratio changed over follow-up (proportional-hazards test), so it is an "
                "average; the differences at fixed times say more."
            )
    return ""


def _outcome(result: ModelEstimates) -> str:
    return result.outcome.replace("_", " ")


def _events(result: ModelEstimates) -> str:
    return "" if result.n_events is None else f", {_count(result.n_events)} events"


def _wave(row: Row) -> str:
    return str(row["wave"]).replace("_", " ")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _count(number: float | None) -> str:
    return f"{number:,.0f}" if number is not None and is_known(number) else "(suppressed)"
