"""Counts inside caveats: the notes of a result pass the border like its numbers.

A note such as "7 people who entered late were left out" is a count of people. Small counts
become "fewer than 11", others are rounded; days, years, percentages and the thresholds of
methods ("at least 20") stay.
"""

from __future__ import annotations

import re

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.rounding import round_counts

#: A whole number that is not part of a decimal, a date, a name or a share.
_COUNT = re.compile(r"(?<![\w.,\-/])(\d{1,3}(?:,\d{3})+|\d+)(?![\w\-/]|[.,]\d|\s?%)")
#: Words before a number that make it a limit, and units after it that make it no count.
_LIMIT = re.compile(
    r"(?:at least|at most|fewer than|more than|less than|under|over|about|within|day|days|first|"
    r"last|factor|level|version|window|horizon)\s$",
    re.IGNORECASE,
)
_UNIT = re.compile(r"^\s?(?:days?|months?|years?|weeks?|percent|per|decimals?|digits|×|degrees)\b")
_YEARS = range(1900, 2101)


def safe_note(note: str, *, rule: DisclosureRule) -> str:
    """Return the note with its counts hidden or rounded.

    Examples
    --------
    >>> from rjeval.design.disclosure import DisclosureRule
    >>> safe_note("rj, 365 days: 7 people of 212 were left out.", rule=DisclosureRule())
    'rj, 365 days: fewer than 11 people of 210 were left out.'
    """

    def replaced(match: re.Match[str]) -> str:
        text = match.group(1)
        before, after = note[: match.start()], note[match.end() :]
        number = int(text.replace(",", ""))
        year = number in _YEARS and "," not in text
        if _LIMIT.search(before) or _UNIT.search(after) or year:
            return text
        if number < rule.min_cell:
            return f"fewer than {rule.min_cell}"
        return f"{round_counts([number], rule)[0]:,.0f}"

    return _COUNT.sub(replaced, note)


def safe_notes(notes: tuple[str, ...], *, rule: DisclosureRule) -> tuple[str, ...]:
    """Return all notes with their counts hidden or rounded."""
    if not rule.suppresses:
        return notes
    return tuple(safe_note(note, rule=rule) for note in notes)
