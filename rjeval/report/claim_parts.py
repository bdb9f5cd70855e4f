"""Parts that sentences about reoffending share: who, how many, which interval, or why hidden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import StudyDesign
from rjeval.language import phrase
from rjeval.languages.reading import retell
from rjeval.report.wording import is_known, level_text, percent, sentence
from rjeval.results import Result


def interval_parts(row: Mapping[Any, Any], conf_level: float) -> dict[str, str]:
    """Share, level and ends of an interval, as parts of a sentence."""
    return {
        "share": percent(row["estimate"]),
        "level": level_text(conf_level),
        "low": percent(row["conf_low"]),
        "high": percent(row["conf_high"]),
    }


def hidden_text(row: Mapping[Any, Any], what: str) -> str:
    """Say that a number is not shown and why, with the bound that may be shown."""
    linked = row.get("suppressed") == "complementary"
    for column in ("refused",) if linked else ("refused", "bound"):
        if isinstance(row.get(column), str) and row[column]:
            return f"{sentence(what)}: {retell(row[column])}."
    return f"{sentence(what)}: {phrase('suppressed by the disclosure rule')}."


def definition_of(result: Result, design: StudyDesign) -> RecidivismDefinition:
    """Return the definition behind a result."""
    return result.definition if result.definition is not None else design.primary


def group_text(row: Mapping[Any, Any], by: str, design: StudyDesign) -> str:
    """Return the group that begins a sentence; nothing where the study has one arm."""
    if not by or (by == "arm" and not design.arms.has_comparison):
        return ""
    return f"{design.label(str(row[by]))}: "


def count_text(number: float) -> str:
    """Return a count, or that it is hidden."""
    return f"{number:,.0f}" if is_known(number) else phrase("(suppressed)")
