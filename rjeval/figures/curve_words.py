"""Title, alternative text and caption of survival and incidence curves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from rjeval.figures.contrast_words import contrast_number, interval_text, kind_of
from rjeval.figures.drawing import Drawing
from rjeval.figures.risk_table import GRID_TOLERANCE_DAYS
from rjeval.figures.timeline import day_text, milestones
from rjeval.figures.wording import (
    closing_notes,
    count,
    display,
    for_release,
    joined,
    listed,
    share_digits,
    share_with_interval,
    transform_text,
    with_article,
)
from rjeval.language import mark, phrase
from rjeval.results import Contrast, Curves, HazardsOverTime

#: A released value this near to a milestone may stand for it, with its own day named.
NEAR_DAYS = 46
#: Kinds of interval that only curves between checks have.
BETWEEN_CHECKS = ("bootstrap percentiles", "none")
_GUIDES = mark("Values are known on the marked days only; the lines between them are guides.")
_AT_RISK = mark("Numbers at risk stand under shown days; a dash marks a suppressed count.")
NOT_SHOWN = mark("not shown at that time")


def since_text(curves: Curves | HazardsOverTime, unit: str) -> str:
    """Return the label of the time axis: unit and clock.

    The clock is the definition's; without a definition only the unit is named.
    """
    if curves.definition is None:
        return phrase("Follow-up, {unit}", unit=unit)
    return phrase(
        "{unit} since {clock}",
        unit=f"{unit[:1].upper()}{unit[1:]}",
        clock=curves.definition.clock_text,
    )


def curve_drawing(
    curves: Curves,
    rows: Mapping[str, pd.DataFrame],
    *,
    words: Mapping[str, str],
    cumulative: bool,
    risk_table: bool,
) -> Drawing:
    """Return words and numbers of a figure of curves.

    Parameters
    ----------
    rows : mapping of group name to rows
        As drawn, in drawing order.
    """
    event = with_article(curves.definition.event_text if curves.definition else "event")
    title = phrase(
        "People with {event} over follow-up"
        if cumulative
        else "People without {event} over follow-up",
        event=event,
    )
    return Drawing(
        title=title,
        subtitle=phrase(
            "Share of people, with {interval} (shaded); labelled at the end of each curve",
            interval=interval_text(curves.conf_level),
        ),
        alt=_alt(curves, rows, title=title),
        caption=_caption(curves, words, cumulative=cumulative, risk_table=risk_table),
        data=_plotted(rows),
        for_release=for_release(curves),
    )


def _alt(curves: Curves, rows: Mapping[str, pd.DataFrame], *, title: str) -> str:
    sentences = [phrase("Line chart: {what}.", what=f"{title[:1].lower()}{title[1:]}")]
    for day in milestones(curves):
        parts = [f"{name} {value_at(block, day, curves)}" for name, block in rows.items()]
        sentences.append(
            phrase(
                "At {time}: {values}.", time=day_text(day, unit=curves.unit), values=listed(parts)
            )
        )
    return joined(sentences)


def value_at(rows: pd.DataFrame, day: float, curves: Curves) -> str:
    """Return the value of a drawn curve at a day, in words.

    A step curve holds its last value until the next step, as far as its rows reach. A released
    curve is read at the grid day nearest to the milestone, which is named where it differs.
    """
    digits = share_digits(curves.frame)
    hidden = rows.loc[rows["estimate"].isna()].to_dict("records")
    shown = rows[rows["estimate"].notna()]
    times = shown["time_days"].to_numpy(dtype=float)
    if not curves.is_released:
        before = shown[times <= day]
        if before.empty or times[-1] < day - GRID_TOLERANCE_DAYS:
            return phrase("not followed up so far")
        return share_with_interval(before.iloc[-1].to_dict(), curves.conf_level, digits=digits)
    nearest = int(abs(times - day).argmin()) if times.size else 0
    if not times.size or abs(times[nearest] - day) > NEAR_DAYS:
        if hidden and hidden[-1]["time_days"] <= day:
            return share_with_interval(hidden[-1], curves.conf_level)
        return phrase(NOT_SHOWN)
    off = times[nearest]
    row = shown.iloc[nearest].to_dict()
    value = share_with_interval(row, curves.conf_level, digits=digits)
    if abs(off - day) <= GRID_TOLERANCE_DAYS:
        return value
    return phrase("{value} on day {day:,.0f}", value=value, day=off)


def _caption(
    curves: Curves, words: Mapping[str, str], *, cumulative: bool, risk_table: bool
) -> str:
    return joined(
        (
            _method(curves, cumulative=cumulative),
            phrase(
                "Shaded: pointwise {interval} ({kind}).",
                interval=interval_text(curves.conf_level),
                kind=transform_text(curves.conf_type),
            ),
            _people(curves, words),
            phrase(_GUIDES) if for_release(curves) else "",
            phrase(_AT_RISK) if for_release(curves) and risk_table else "",
            closing_notes(curves),
        )
    )


def _method(curves: Curves, *, cumulative: bool) -> str:
    if curves.kind == "cumulative_incidence":
        return phrase("Cumulative incidence (Aalen–Johansen), competing events accounted for.")
    if curves.conf_type in BETWEEN_CHECKS:
        return phrase("Turnbull's estimate, from events known to lie between two checks.")
    if cumulative:
        return phrase("One minus the Kaplan–Meier estimate; competing events end observation.")
    return phrase("Kaplan–Meier estimate.")


def _people(curves: Curves, words: Mapping[str, str]) -> str:
    parts = []
    for group in curves.groups.to_dict("records"):
        name = display(group["group"], words) if curves.by else phrase("Everyone")
        parts.append(
            phrase(
                "{group} n = {n}, events {n_event}",
                group=name,
                n=count(group["n"]),
                n_event=count(group["n_events"]),
            )
        )
    return f"{listed(parts)}." if parts else ""


def _plotted(rows: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    columns = ["time_days", "n_at_risk", "estimate", "conf_low", "conf_high"]
    columns += ["suppressed", "bound"]
    blocks = []
    for name, block in rows.items():
        part = block[[c for c in columns if c in block.columns]].copy()
        part.insert(0, "group", name)
        blocks.append(part)
    return pd.concat(blocks, ignore_index=True) if blocks else pd.DataFrame(columns=columns)


def with_differences(
    drawing: Drawing, curves: Curves, contrast: Contrast, *, words: Mapping[str, str]
) -> Drawing:
    """Return the words of curves with the risk differences at the milestones added."""
    kind = kind_of("risk_difference")
    rows = contrast.frame[contrast.frame["term"] == "risk_difference"].to_dict("records")
    values: dict[str, list[str]] = {}
    for row in rows:
        pair = phrase(
            "{group} compared with {reference}",
            group=display(row["group"], words),
            reference=display(row["reference"], words),
        )
        at = day_text(float(row["at_days"]))
        said = phrase("{value} at {time}", value=contrast_number(row, kind), time=at)
        values.setdefault(pair, []).append(said)
    lines = [
        phrase(
            "Risk difference, {unit}, {pair}: {values}",
            unit=phrase(kind.unit),
            pair=pair,
            values=listed(parts),
        )
        for pair, parts in values.items()
    ]
    notes = closing_notes(curves)
    method = phrase(
        "Risk differences: {method}, {interval}.",
        method=phrase(contrast.method),
        interval=interval_text(contrast.conf_level),
    )
    return replace(
        drawing,
        subtitle="\n".join((drawing.subtitle, *lines)),
        alt=joined((drawing.alt, *(f"{line}." for line in lines))),
        caption=joined(
            (drawing.caption.removesuffix(notes), method, closing_notes(curves, contrast))
        ),
        for_release=for_release(curves, contrast),
    )
