"""Sentences about reoffending: rates, differences, incidence, event-free time."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import StudyDesign
from rjeval.report.wording import (
    CAUTION,
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
)
from rjeval.results import Contrast, Curves, FixedWindowRates, RestrictedMean, Result

Row = dict[Hashable, Any]
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
    shown = result.frame.dropna(subset=["estimate"])
    if "cause" in shown:
        shown = shown[shown["cause"] == shown["cause"].iloc[0]] if len(shown) else shown
    last = shown.groupby(result.by, sort=False, observed=True).tail(1) if result.by else shown[-1:]
    definition = _definition(result, design)
    sentences = []
    for row in last.to_dict("records"):
        sentences.append(
            f"Counting death and departure as ends of follow-up, "
            f"{of_every_hundred(row['estimate'])} of every 100 {_who(row, result.by, design)}"
            f"{people_text(definition)} had a {definition.event_text} recorded by day "
            f"{row['time_days']:,.0f} ({percent(row['estimate'])}, "
            f"{level_text(result.conf_level)} {percent(row['conf_low'])} to "
            f"{percent(row['conf_high'])}{period_text(design)})."
        )
    return sentences


def mean_claims(result: RestrictedMean, design: StudyDesign) -> list[str]:
    """One sentence per group, and one for the difference where there is one."""
    definition = _definition(result, design)
    sentences = []
    for row in result.frame.to_dict("records"):
        who = f"{_who(row, result.by, design)}{people_text(definition)}"
        if not is_known(row["estimate"], row["conf_low"], row["conf_high"]):
            sentences.append(f"Mean time of {who} is not shown: too few people or events.")
            continue
        sentences.append(
            f"Over the first {months(result.horizon_days)}, {who} had on average "
            f"{row['estimate']:,.0f} days before any {definition.event_text} was recorded "
            f"({level_text(result.conf_level)} {row['conf_low']:,.0f} to "
            f"{row['conf_high']:,.0f}; n = {_count(row['n'])}{period_text(design)})."
        )
    if result.contrast is not None:
        sentences += contrast_claims(result.contrast, design)
    return sentences


def _rate(row: Row, result: FixedWindowRates, design: StudyDesign) -> str:
    definition = _definition(result, design)
    people, event = people_text(definition), definition.event_text
    who = f"{_who(row, result.by, design)}{people}"
    within = f"within {months(row['at_days'])} of {clock_text(definition, design)}"
    if not is_known(row["estimate"], row["conf_low"], row["conf_high"]):
        return _hidden(row, f"{who}: {event} {within}")
    counts = f"{_count(row['n_event'])} of {_count(row['n_mature'])} followed for the whole window"
    return (
        f"Of every 100 {who}, {of_every_hundred(row['estimate'])} had a {event} recorded "
        f"{within} ({percent(row['estimate'])}, {level_text(result.conf_level)} "
        f"{percent(row['conf_low'])} to {percent(row['conf_high'])}; {counts}; records: "
        f"{records_text(definition)}{period_text(design)})."
    )


def _hidden(row: Row, what: str) -> str:
    """Say that a number is not shown and why, with the bound that may be shown."""
    for column in ("refused", "bound"):
        if isinstance(row.get(column), str) and row[column]:
            return f"{what[0].upper()}{what[1:]}: {row[column]}."
    return f"{what[0].upper()}{what[1:]}: suppressed by the disclosure rule."


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
    caution = CAUTION[design.arms.tier]
    if low <= 0 <= high:
        fall, rise = _amount(abs(low), risk=risk), _amount(high, risk=risk)
        return (
            f"No clear difference between {group} and {reference} in {what}: the data are "
            f"compatible with a fall of {fall} to a rise of {rise} ({tail}). More people would be "
            f"needed to tell; this does not mean that there is no difference. {caution}"
        )
    verb = clear_verb(design.arms.tier, lower=estimate < 0)
    return (
        f"{what[0].upper()}{what[1:]} {verb} {group} compared with {reference} ({tail}). {caution}"
    )


def _size(estimate: float, low: float, high: float, *, risk: bool, level: str) -> str:
    if risk:
        return (
            f"difference {points(estimate)} percentage points, {level} "
            f"{points(low)} to {points(high)}"
        )
    return f"difference {estimate:+,.0f} days, {level} {low:+,.0f} to {high:+,.0f}"


def _amount(size: float, *, risk: bool) -> str:
    return f"{100 * size:.1f} percentage points" if risk else f"{size:,.0f} days"


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


def _who(row: Row, by: str, design: StudyDesign) -> str:
    """Return the group as an addition before "people referred"; nothing for one group."""
    if not by:
        return ""
    return f"{design.label(str(row[by]))} "


def _count(number: float) -> str:
    return f"{number:,.0f}" if is_known(number) else "(suppressed)"
