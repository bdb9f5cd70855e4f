"""Sentences about people and their ratings: flow, response, satisfaction."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from rjeval.design.study import StudyDesign
from rjeval.language import mark, phrase
from rjeval.languages.reading import retell
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
#: When a survey was asked.
WAVES = {
    "pre": mark("before the conference"),
    "post": mark("after the conference"),
    "followup_1m": mark("1 month later"),
    "followup_6m": mark("6 months later"),
    "followup_12m": mark("12 months later"),
}


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
            sentences.append(
                phrase("{who}: response is suppressed by the disclosure rule.", who=who)
            )
            continue
        sentences.append(
            phrase(
                "{who}: {share} of {n} invited answered ({level} {low} to {high}).",
                who=who,
                share=percent(row["estimate"]),
                n=_count(row["n_invited"]),
                level=level_text(result.conf_level),
                low=percent(row["conf_low"]),
                high=percent(row["conf_high"]),
            )
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
        f"{phrase(first['label'])}: {_count(first['n'])}; {_lower(phrase(last['label']))}: "
        f"{_count(last['n'])}{period_text(design)}."
    ]


def _share(row: Row, result: RatingShares, design: StudyDesign) -> str:
    who = _lower(design.label(result.role))
    if result.by and result.by in row:
        who = f"{who} ({design.label(str(row[result.by]))})"
    item = str(row.get("item", result.primary_item))
    if not is_known(row["estimate"], row["conf_low"], row["conf_high"]):
        linked = row.get("suppressed") == "complementary"
        bound = "" if linked else row.get("bound")
        why = retell(bound or "suppressed by the disclosure rule")
        return f"{item}, {who}: {why}."
    said = phrase(
        "{item}: **{about}** {who} who answered said {top} ({share}, {level} {low} to {high}; "
        "n = {n}{more}).",
        item=item,
        about=of_every_hundred(row["estimate"]),
        who=who,
        top=phrase(" or ").join(f"“{level}”" for level in result.levels[-result.top :]),
        share=percent(row["estimate"]),
        level=level_text(result.conf_level),
        low=percent(row["conf_low"]),
        high=percent(row["conf_high"]),
        n=_count(row["n"]),
        more=_response(result) + period_text(design),
    )
    return said + _caution(result)


def _response(result: RatingShares) -> str:
    if result.n_invited is None or result.n_responded is None or not result.n_invited:
        return ""
    return phrase(
        "; {share} of those invited answered", share=percent(result.n_responded / result.n_invited)
    )


def _caution(result: RatingShares) -> str:
    if not result.n_invited or result.n_responded is None:
        return ""
    if result.n_responded / result.n_invited >= LOW_RESPONSE:
        return ""
    return " " + phrase("Fewer than half of those invited answered, and respondents may differ.")


def _wave(row: Row) -> str:
    return phrase(WAVES.get(str(row["wave"]), str(row["wave"]).replace("_", " ")))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _count(number: float | None) -> str:
    return f"{number:,.0f}" if number is not None and is_known(number) else phrase("(suppressed)")
