"""Sentences about people and their ratings: flow, response, satisfaction."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from rjeval.design.study import StudyDesign
from rjeval.report.wording import (
    is_known,
    level_text,
    of_every_hundred,
    percent,
    period_text,
)
from rjeval.results import CohortFlow, RatingShares, ResponseRates

Row = dict[Hashable, Any]
#: Response below which a reader is told that respondents may differ.
LOW_RESPONSE = 0.5


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


def _wave(row: Row) -> str:
    return str(row["wave"]).replace("_", " ")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _count(number: float | None) -> str:
    return f"{number:,.0f}" if number is not None and is_known(number) else "(suppressed)"
