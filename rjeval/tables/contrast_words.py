"""Words for contrasts: names of measures, both absolute figures, one sentence per contrast."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from rjeval.language import mark, phrase
from rjeval.results import Contrast
from rjeval.tables import format as fmt
from rjeval.tables.captions import reader_label

CONTRAST_NAMES = {
    "risk_difference": mark("Difference (percentage points)"),
    "risk_ratio": mark("Risk ratio"),
    "odds_ratio": mark("Odds ratio"),
    "number_needed": mark("Number needed"),
    "rmst_difference": mark("Difference in event-free days"),
    "rmst_ratio": mark("Ratio of event-free days"),
}


def contrast_format(term: str) -> Callable[[object], str]:
    """Return the function that turns a contrast of this kind into text."""
    if term == "risk_difference":
        return fmt.points
    return fmt.decimal if term in ("number_needed", "rmst_difference") else fmt.ratio


def arms_text(result: Contrast, *, labels: Mapping[str, str] | None) -> str:
    """Return both absolute figures in words: no relative figure without them."""
    texts = []
    for row in result.arms.to_dict("records"):
        name = reader_label(row["group"], labels)
        day = row.get("at_days")
        if not fmt.is_missing(day):
            name = phrase("{group} at {days} days", group=name, days=fmt.count(day))
        if fmt.is_missing(row["estimate"]) or fmt.is_missing(row["n"]):
            texts.append(phrase("{group}: not shown", group=name))
            continue
        size = row["n"]
        share = float(row["estimate"])
        figure = fmt.percent(share, n=size) if share <= 1 else _days(share)
        if fmt.is_missing(row["n_event"]):
            texts.append(
                phrase("{group}: {figure} (n = {n})", group=name, figure=figure, n=fmt.count(size))
            )
            continue
        texts.append(
            phrase(
                "{group}: {n_event} of {n} ({figure})",
                group=name,
                n_event=fmt.count(row["n_event"]),
                n=fmt.count(size),
                figure=figure,
            )
        )
    return "; ".join(texts)


def _days(number: float) -> str:
    return phrase("{days} days", days=fmt.decimal(number))


def pair_text(row: Mapping[object, object], *, labels: Mapping[str, str] | None) -> str:
    """Return who is compared with whom."""
    return phrase(
        "{group} against {reference}",
        group=reader_label(row["group"], labels),
        reference=reader_label(row["reference"], labels),
    )


def contrast_name(term: str, *, labels: Mapping[str, str] | None = None) -> str:
    """Return what people read for a measure of contrast."""
    return phrase(CONTRAST_NAMES[term]) if term in CONTRAST_NAMES else reader_label(term, labels)


def contrast_note(
    row: Mapping[object, object], *, labels: Mapping[str, str] | None, level: float
) -> str:
    """Return one contrast as a sentence."""
    as_text = contrast_format(str(row["term"]))
    name, pair = contrast_name(str(row["term"])), pair_text(row, labels=labels)
    span = fmt.interval(row["conf_low"], row["conf_high"], as_text=as_text)
    return f"{name}, {pair}: {as_text(row['estimate'])} ({fmt.level_text(level)} {span})."


def groups_text(groups: pd.DataFrame, *, labels: Mapping[str, str] | None) -> str:
    """Return sizes and events of the groups compared."""
    if not {"group", "n", "observed"} <= set(groups.columns):
        return ""
    return "; ".join(
        phrase(
            "{group}: n = {n}, events {n_event}",
            group=reader_label(row["group"], labels),
            n=fmt.count(row["n"]),
            n_event=fmt.count(row["observed"]),
        )
        for row in groups.to_dict("records")
    )
