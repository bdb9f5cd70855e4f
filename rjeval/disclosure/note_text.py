"""Counts inside caveats: the notes of a result pass the border like its numbers.

A note such as "7 people who entered late were left out" is a count of people. Small counts
become "fewer than 11", others are rounded. Numbers of a method are no counts of people and stay:
days, years, percentages, thresholds ("at least 20"), coefficients, degrees of freedom.
"""

from __future__ import annotations

import re

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.rounding import round_counts

#: A whole number that is not part of a decimal, a date, a name or a share.
_COUNT = re.compile(r"(?<![\w.,\-/])(\d{1,3}(?:,\d{3})+|\d+)(?![\w\-/]|[.,]\d|\s?%)")
#: Words before a number that make it a limit, and units after it that make it no count.
_LIMIT = re.compile(
    r"(?:at least|at most|fewer than|more than|less than|under|over|within|day|days|first|last|"
    r"factor|level|version|window|horizon|far from|differs? from|equal to|threshold(?: of)?|"
    r"margin of|multiples of|limit of|seed|tier|wave|item|cut|[tzp] =|df =)\s$",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"^\s?(?:of (?:the )?\d+ )?(?:bootstrap |residual |percentage )?(?:days?|months?|years?|"
    r"weeks?|hours?|minutes?|percent|points?|per|decimals?|digits|×|degrees|coefficients?|parameters?|terms?|"
    r"variables?|items?|questions?|levels?|categories|cuts?|steps?|samples|replicates|draws|"
    r"imputations|iterations|waves?|windows?|measures?|models?|residual)\b"
)
#: How much a count was rounded need not be said of one that is hidden.
_ABOUT_FEW = re.compile(r"\babout (?=fewer than \d)")
_YEARS = range(1900, 2101)


def safe_note(note: str, *, rule: DisclosureRule) -> str:
    """Return the note with its counts hidden or rounded.

    Examples
    --------
    >>> from rjeval.design.disclosure import DisclosureRule
    >>> safe_note("rj, 365 days: 7 people of 212 were left out.", rule=DisclosureRule())
    'rj, 365 days: fewer than 11 people of 210 were left out.'
    >>> safe_note("25 events for 7 coefficients (about 4 each).", rule=DisclosureRule())
    '25 events for 7 coefficients (fewer than 11 each).'
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

    return _ABOUT_FEW.sub("", _COUNT.sub(replaced, note))


def safe_notes(notes: tuple[str, ...], *, rule: DisclosureRule) -> tuple[str, ...]:
    """Return all notes with their counts hidden or rounded."""
    if not rule.suppresses:
        return notes
    return tuple(safe_note(note, rule=rule) for note in notes)
