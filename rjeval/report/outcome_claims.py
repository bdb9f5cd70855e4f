"""Sentences about reoffending: rates, differences, incidence."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import StudyDesign
from rjeval.language import phrase
from rjeval.report.claim_parts import (
    count_text,
    definition_of,
    group_text,
    hidden_text,
    interval_parts,
)
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
)

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


def _as_incidence(result: Curves) -> Curves:
    """Return the share with the event, from a curve of those without it."""
    frame = result.frame
    turned = frame.assign(
        estimate=1 - frame["estimate"],
        conf_low=1 - frame["conf_high"],
        conf_high=1 - frame["conf_low"],
    )
    return replace(result, frame=turned, kind="cumulative_incidence")


def incidence_claims(result: Curves, design: StudyDesign) -> list[str]:
    """One sentence per group: the last shown point of its curve."""
    if result.kind == "survival":
        result = _as_incidence(result)
    if result.kind != "cumulative_incidence":
        return []
    others = ", ".join(design.label(one).lower() for one in result.competing)
    of_others = "cause" in result.frame and (result.frame["cause"] == "competing").all()
    if of_others and not others:
        return [phrase("No event that competes with reoffending is recorded in these data.")]
    definition = definition_of(result, design)
    first = phrase("another event first ({others})", others=others)
    event = first
    if not of_others:
        event = phrase("{event} recorded", event=definition.event_text)
    tail = "" if of_others or not others else phrase(", those apart who had {first}", first=first)
    blocks = (
        result.frame.groupby(result.by, sort=False, observed=True)
        if result.by
        else [("", result.frame)]
    )
    sentences: list[str] = []
    for group, block in blocks:
        who = group_text({result.by: group}, result.by, design)
        shown = block[block["time_days"] > 0].dropna(subset=["estimate", "conf_low", "conf_high"])
        if shown.empty:
            sentences.append(
                who + phrase("{event}: not shown, because too few people or events.", event=event)
            )
            continue
        row = shown.iloc[-1].to_dict()
        sentences.append(
            who
            + phrase(
                "**{about}** {people} had {event} by day {day:,.0f}{tail} ({share}, {level} {low} "
                "to {high}{period})."
                if of_others
                else "**{about}** {people} had a {event} by day {day:,.0f}{tail} ({share}, {level} "
                "{low} to {high}{period}).",
                about=of_every_hundred(row["estimate"]),
                people=people_text(definition),
                event=event,
                day=row["time_days"],
                tail=tail,
                period=period_text(design),
                **interval_parts(row, result.conf_level),
            )
        )
    return sentences


def _rate(row: Row, result: FixedWindowRates, design: StudyDesign) -> str:
    definition = definition_of(result, design)
    group = group_text(row, result.by, design)
    within = _within(row, definition, design)
    if not is_known(row["estimate"], row["conf_low"], row["conf_high"]):
        return hidden_text(row, f"{group}{phrase(definition.event_text)} {within}")
    return group + phrase(
        "**{about}** {people} had a {event} recorded {within} ({share}, {level} {low} to {high}; "
        "{n_event} of {n} people followed for the whole window{period}; records: {records}).",
        about=of_every_hundred(row["estimate"]),
        people=people_text(definition),
        event=definition.event_text,
        within=within,
        n_event=count_text(row["n_event"]),
        n=count_text(row["n_mature"]),
        period=period_text(design),
        records=records_text(definition),
        **interval_parts(row, result.conf_level),
    )


def _within(row: Row, definition: RecidivismDefinition, design: StudyDesign) -> str:
    return phrase(
        "within {time} of {clock}",
        time=months(row["at_days"]),
        clock=clock_text(definition, design),
    )


def _difference(row: Row, result: Contrast, design: StudyDesign) -> str:
    definition = definition_of(result, design)
    risk = row["term"] == "risk_difference"
    group, reference = design.label(str(row["group"])), design.label(str(row["reference"]))
    what = phrase(
        "the share with a {event} recorded {within}"
        if risk
        else "time without a recorded {event} {within}",
        event=definition.event_text,
        within=_within(row, definition, design),
    )
    low, estimate, high = row["conf_low"], row["estimate"], row["conf_high"]
    if not is_known(low, estimate, high):
        return phrase(
            "{group} against {reference}, {what}: not shown, because the counts behind it are "
            "suppressed.",
            group=group,
            reference=reference,
            what=what,
        )
    size = _size(estimate, low, high, risk=risk, level=level_text(result.conf_level))
    tail = f"{size}{_both_rates(row, result, design)}{period_text(design)}"
    if low <= 0 <= high:
        unclear = phrase(
            "**No clear difference** between {group} and {reference} in {what}: the data are "
            "compatible with anything from a fall of {low} to a rise of {high} {unit} ({tail}). "
            "More people would be needed to tell; this does not mean that there is no difference.",
            group=group,
            reference=reference,
            what=what,
            low=_amount(low, risk=risk),
            high=_amount(high, risk=risk),
            unit=phrase("percentage points" if risk else "days"),
            tail=tail,
        )
        return f"{unclear} {caution(design)}"
    clear = phrase(
        "{what} **{verb} {group}** compared with {reference} ({tail}).",
        what=sentence(what),
        verb=clear_verb(design.arms, lower=estimate < 0),
        group=group,
        reference=reference,
        tail=tail,
    )
    return f"{clear} {caution(design)}"


def _size(estimate: float, low: float, high: float, *, risk: bool, level: str) -> str:
    if risk:
        return phrase(
            "difference {estimate} percentage points, {level} {low} to {high}",
            estimate=points(estimate),
            level=level,
            low=points(low),
            high=points(high),
        )
    return phrase(
        "difference {estimate} days, {level} {low} to {high}",
        estimate=_days(estimate),
        level=level,
        low=_days(low),
        high=_days(high),
    )


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
        parts.append(
            phrase(
                "{group} {share} of {n}",
                group=design.label(str(name)),
                share=percent(one["estimate"]),
                n=count_text(one["n"]),
            )
        )
    return f"; {'; '.join(parts)}"
