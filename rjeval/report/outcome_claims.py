"""Sentences about reoffending: rates, differences, incidence, event-free time."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import StudyDesign
from rjeval.report.wording import (
    caution,
    clear_verb,
    clock_text,
    is_known,
    level_text,
    months,
    of_every_hundred,
    people_text,
    percent,
    period_text,
    points,
    records_text,
    sentence,
)
from rjeval.results import (
    Contrast,
    Curves,
    FixedWindowRates,
    ReoffendingSummary,
    RestrictedMean,
    Result,
    SensitivityGrid,
)

Row = dict[Hashable, Any]
#: Analyses from which on their range says something.
LEAST_ANALYSES = 3
#: Contrasts that become a sentence; ratios and the number needed stay in the tables.
_DIFFERENCES = ("risk_difference", "rmst_difference")


def rate_claims(result: FixedWindowRates, design: StudyDesign) -> list[str]:
    """One sentence per group and window."""
    rows: list[Row] = result.frame.to_dict("records")
    return [_rate(row, result, design) for row in rows]


def contrast_claims(result: Contrast, design: StudyDesign) -> list[str]:
    """One sentence per difference."""
    rows: list[Row] = result.frame.to_dict("records")
    return [_difference(row, result, design) for row in rows if row["term"] in _DIFFERENCES]


def incidence_claims(result: Curves, design: StudyDesign) -> list[str]:
    """One sentence per group: the last shown point of its curve."""
    if result.kind != "cumulative_incidence":
        return []
    others = ", ".join(design.label(one).lower() for one in result.competing)
    of_others = "cause" in result.frame and (result.frame["cause"] == "competing").all()
    if of_others and not others:
        return ["No event that competes with reoffending is recorded in these data."]
    definition = _definition(result, design)
    first = f"another event first ({others})"
    event = first if of_others else f"{definition.event_text} recorded"
    tail = "" if of_others or not others else f", those apart who had {first}"
    blocks = (
        result.frame.groupby(result.by, sort=False, observed=True)
        if result.by
        else [("", result.frame)]
    )
    sentences: list[str] = []
    for group, block in blocks:
        who = _group({result.by: group}, result.by, design)
        shown = block[block["time_days"] > 0].dropna(subset=["estimate", "conf_low", "conf_high"])
        if shown.empty:
            sentences.append(f"{who}{event}: not shown, because too few people or events.")
            continue
        row = shown.iloc[-1]
        sentences.append(
            f"{who}**{of_every_hundred(row['estimate'])}** {people_text(definition)} had "
            f"{'' if of_others else 'a '}{event} by day {row['time_days']:,.0f}{tail} "
            f"({percent(row['estimate'])}, {level_text(result.conf_level)} "
            f"{percent(row['conf_low'])} to {percent(row['conf_high'])}{period_text(design)})."
        )
    return sentences


def mean_claims(result: RestrictedMean, design: StudyDesign) -> list[str]:
    """One sentence per group, and one for the difference where there is one."""
    definition = _definition(result, design)
    sentences = []
    for row in result.frame.to_dict("records"):
        who = f"{_group(row, result.by, design)}{people_text(definition)}"
        if not is_known(row["estimate"], row["conf_low"], row["conf_high"]):
            sentences.append(_hidden(row, f"{who}: mean time to {definition.event_text}"))
            continue
        sentences.append(
            f"{who} went on average **{row['estimate']:,.0f} days** of the first "
            f"{months(result.horizon_days)} before any {definition.event_text} was recorded "
            f"({level_text(result.conf_level)} {row['conf_low']:,.0f} to "
            f"{row['conf_high']:,.0f}; n = {_count(row['n'])}{period_text(design)})."
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
                "Too few other analyses can be made of these data to say how far the difference "
                "hangs on one choice."
            )
            continue
        low, high = own["estimate"].min(), own["estimate"].max()
        side = "the same direction in all" if low * high > 0 else "not the same direction in all"
        clear = int(((own["conf_low"] > 0) | (own["conf_high"] < 0)).sum())
        apart = "in none" if not clear else f"in {clear} of them"
        sentences.append(
            f"{design.label(str(group))} against {design.label(str(reference))}, over {len(own)} "
            f"analyses of one window the difference lies between {points(low)} and {points(high)} "
            f"percentage points, with {side}; {apart} does the {level_text(result.conf_level)} "
            f"leave out no difference. No analysis was chosen for its result. {caution(design)}"
        )
    return sentences


def summary_claims(result: ReoffendingSummary, design: StudyDesign) -> list[str]:
    """One sentence per group: how often, which the rates do not tell."""
    frame = result.frame[result.frame["measure"] == "frequency"]
    definition = _definition(result, design)
    if frame.empty:
        return [
            "How often people reoffended is not given, because the records do not hold every "
            "incident of a person."
        ]
    sentences = []
    for row in frame.to_dict("records"):
        group = _group(row, result.by, design)
        if not is_known(row["estimate"], row["conf_low"], row["conf_high"]):
            sentences.append(_hidden(row, f"{group}incidents per 100 people and year"))
            continue
        sentences.append(
            f"{group}**{row['estimate']:.1f} incidents** per 100 {people_text(definition)} and "
            f"year of follow-up were recorded that count as {definition.event_text} "
            f"({level_text(result.conf_level)} {row['conf_low']:.1f} to {row['conf_high']:.1f}; "
            f"n = {_count(row['n'])}{period_text(design)})."
        )
    return sentences


def _rate(row: Row, result: FixedWindowRates, design: StudyDesign) -> str:
    definition = _definition(result, design)
    group = _group(row, result.by, design)
    within = f"within {months(row['at_days'])} of {clock_text(definition, design)}"
    if not is_known(row["estimate"], row["conf_low"], row["conf_high"]):
        return _hidden(row, f"{group}{definition.event_text} {within}")
    return (
        f"{group}**{of_every_hundred(row['estimate'])}** {people_text(definition)} had a "
        f"{definition.event_text} recorded {within} ({percent(row['estimate'])}, "
        f"{level_text(result.conf_level)} {percent(row['conf_low'])} to "
        f"{percent(row['conf_high'])}; {_count(row['n_event'])} of {_count(row['n_mature'])} "
        f"people followed for the whole window{period_text(design)}; records: "
        f"{records_text(definition)})."
    )


def _hidden(row: Row, what: str) -> str:
    """Say that a number is not shown and why, with the bound that may be shown."""
    linked = row.get("suppressed") == "complementary"
    for column in ("refused",) if linked else ("refused", "bound"):
        if isinstance(row.get(column), str) and row[column]:
            return f"{sentence(what)}: {row[column]}."
    return f"{sentence(what)}: suppressed by the disclosure rule."


def _difference(row: Row, result: Contrast, design: StudyDesign) -> str:
    definition = _definition(result, design)
    risk = row["term"] == "risk_difference"
    group, reference = design.label(str(row["group"])), design.label(str(row["reference"]))
    within = f"within {months(row['at_days'])} of {clock_text(definition, design)}"
    what = (
        f"the share with a {definition.event_text} recorded {within}"
        if risk
        else f"time without a recorded {definition.event_text} {within}"
    )
    low, estimate, high = row["conf_low"], row["estimate"], row["conf_high"]
    if not is_known(low, estimate, high):
        return (
            f"{group} against {reference}, {what}: not shown, because the counts behind it "
            "are suppressed."
        )
    size = _size(estimate, low, high, risk=risk, level=level_text(result.conf_level))
    tail = f"{size}{_both_rates(row, result, design)}{period_text(design)}"
    if low <= 0 <= high:
        return (
            f"**No clear difference** between {group} and {reference} in {what}: the data are "
            f"compatible with anything from a fall of {_amount(low, risk=risk)} to a rise of "
            f"{_amount(high, risk=risk)} {'percentage points' if risk else 'days'} ({tail}). "
            "More people would be needed to tell; this does not mean that there is no "
            f"difference. {caution(design)}"
        )
    verb = clear_verb(design.arms, lower=estimate < 0)
    return (
        f"{sentence(what)} **{verb} {group}** compared with {reference} ({tail}). {caution(design)}"
    )


def _size(estimate: float, low: float, high: float, *, risk: bool, level: str) -> str:
    if risk:
        return (
            f"difference {points(estimate)} percentage points, {level} "
            f"{points(low)} to {points(high)}"
        )
    return f"difference {_days(estimate)} days, {level} {_days(low)} to {_days(high)}"


def _days(number: float) -> str:
    return f"{number:+,.0f}".replace("-", "−")


def _amount(size: float, *, risk: bool) -> str:
    return f"{abs(100 * size):.1f}" if risk else f"{abs(size):,.0f}"


def _both_rates(row: Row, result: Contrast, design: StudyDesign) -> str:
    """Both absolute rates, which stand beside every difference."""
    arms = result.arms
    if row["term"] != "risk_difference":
        return ""
    at = arms[arms["at_days"] == row["at_days"]]
    parts = []
    for name in (row["group"], row["reference"]):
        mine = at[at["group"] == name]
        if len(mine) != 1 or not is_known(mine["estimate"].iloc[0]):
            return ""
        one = mine.iloc[0]
        parts.append(f"{design.label(str(name))} {percent(one['estimate'])} of {_count(one['n'])}")
    return f"; {'; '.join(parts)}"


def _definition(result: Result, design: StudyDesign) -> RecidivismDefinition:
    return result.definition if result.definition is not None else design.primary


def _group(row: Row, by: str, design: StudyDesign) -> str:
    """Return the group that begins a sentence; nothing where the study has one arm."""
    if not by or (by == "arm" and not design.arms.has_comparison):
        return ""
    return f"{design.label(str(row[by]))}: "


def _count(number: float) -> str:
    return f"{number:,.0f}" if is_known(number) else "(suppressed)"
