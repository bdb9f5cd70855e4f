"""Put the stamp on a released twin, and say which rule applies to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

import pandas as pd

from rjeval.design.disclosure import HARMED_PARTY_FLOOR, PROFILES, DisclosureRule
from rjeval.disclosure.note_text import safe_notes
from rjeval.results import ReleaseStamp, Result

AnyResult = TypeVar("AnyResult", bound=Result)
#: Identifiers and words that mark a table as being about people harmed.
HARMED_WORDS = ("harmed", "victim")
#: Those that mark a table as being about the other party, who answers beside them.
PARTY_WORDS = ("responsible_part", "responsible part")


def stamped(
    result: AnyResult,
    frame: pd.DataFrame,
    *,
    rule: DisclosureRule,
    n_suppressed: int = 0,
    notes: tuple[str, ...] = (),
    **changes: Any,
) -> AnyResult:
    """Return the twin of a result with another frame and a release stamp."""
    stamp = ReleaseStamp(
        profile=rule.profile,
        min_cell=rule.min_cell,
        round_to=rule.round_to,
        n_suppressed=n_suppressed,
        notes=notes,
    )
    for column in ("suppressed", "bound"):
        if column not in frame.columns:
            frame = frame.assign(**{column: ""})
    return replace(
        result,
        frame=frame.reset_index(drop=True),
        released=stamp,
        notes=safe_notes(result.notes, rule=rule),
        **changes,
    )


def mentions_harmed(*texts: object) -> bool:
    """Return whether any text speaks of people harmed."""
    return _mention(HARMED_WORDS, texts)


def _mention(words: tuple[str, ...], texts: tuple[object, ...]) -> bool:
    joined = " ".join(str(text).lower() for text in texts)
    return any(word in joined for word in words)


def rule_for(rule: DisclosureRule, *texts: object) -> DisclosureRule:
    """Return the rule for a result of which these texts say whom it is about.

    Answers of both parties stand in one table of response, so counts of either are rounded as
    those of people harmed are, lest one count have two values.
    """
    if mentions_harmed(*texts):
        return raised_for_harmed(rule)
    if _mention(PARTY_WORDS, texts):
        return replace(rule, round_to=raised_for_harmed(rule).round_to)
    return rule


def raised_for_harmed(rule: DisclosureRule) -> DisclosureRule:
    """Return the rule with its limits at those of ``public_strict``, or above, for people harmed.

    Exact counts of several questions would tell how few of the people harmed left one out.

    Examples
    --------
    >>> from rjeval.design.disclosure import profile_rule
    >>> rule = raised_for_harmed(profile_rule("public_standard"))
    >>> rule.min_cell, rule.round_to
    (11, 5)
    """
    if not rule.suppresses:
        return rule
    strict = PROFILES["public_strict"]
    return replace(
        rule,
        min_cell=max(rule.min_cell, HARMED_PARTY_FLOOR),
        round_to=max(rule.round_to, strict.round_to),
    )
