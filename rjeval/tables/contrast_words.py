"""Words for contrasts: names of measures, both absolute figures, one sentence per contrast."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from rjeval.results import Contrast
from rjeval.tables import format as fmt
from rjeval.tables.captions import reader_label

CONTRAST_NAMES = {
    "risk_difference": "Difference (percentage points)",
    "risk_ratio": "Risk ratio",
    "odds_ratio": "Odds ratio",
    "number_needed": "Number needed",
    "rmst_difference": "Difference in event-free days",
    "rmst_ratio": "Ratio of event-free days",
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
        when = "" if fmt.is_missing(day) else f" at {fmt.count(day)} days"
        if fmt.is_missing(row["n_event"]) or fmt.is_missing(row["n"]):
            texts.append(f"{name}{when}: not shown")
            continue
        size = row["n"]
        share = float(row["estimate"])
        figure = fmt.percent(share, n=size) if share <= 1 else f"{fmt.decimal(share)} days"
        texts.append(f"{name}{when}: {fmt.count(row['n_event'])} of {fmt.count(size)} ({figure})")
    return "; ".join(texts)


def contrast_note(
    row: Mapping[object, object], *, labels: Mapping[str, str] | None, level: float
) -> str:
    """Return one contrast as a sentence."""
    as_text = contrast_format(str(row["term"]))
    name = CONTRAST_NAMES.get(str(row["term"]), str(row["term"]))
    pair = f"{reader_label(row['group'], labels)} against {reader_label(row['reference'], labels)}"
    span = fmt.interval(row["conf_low"], row["conf_high"], as_text=as_text)
    return f"{name}, {pair}: {as_text(row['estimate'])} ({fmt.level_text(level)} {span})."


def groups_text(groups: pd.DataFrame, *, labels: Mapping[str, str] | None) -> str:
    """Return sizes and events of the groups compared."""
    if not {"group", "n", "observed"} <= set(groups.columns):
        return ""
    return "; ".join(
        f"{reader_label(row['group'], labels)}: n = {fmt.count(row['n'])}, "
        f"events {fmt.count(row['observed'])}"
        for row in groups.to_dict("records")
    )
