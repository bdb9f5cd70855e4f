"""Counts inside caveats: the notes of a result pass the border like its numbers.

A note such as "7 people who entered late were left out" is a count of people. Small counts
become "fewer than 11", others are rounded. Numbers of a method are no counts of people and stay:
days, years, percentages, thresholds ("at least 20"), coefficients, degrees of freedom.
"""

from __future__ import annotations

import re

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.rounding import round_counts
from rjeval.language import Ready, Told, note, raised

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


def safe_note(text: str, *, rule: DisclosureRule) -> str:
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
        digits = match.group(1)
        before, after = text[: match.start()], text[match.end() :]
        number = int(digits.replace(",", ""))
        year = number in _YEARS and "," not in digits
        if _LIMIT.search(before) or _UNIT.search(after) or year:
            return digits
        if number < rule.min_cell:
            return f"fewer than {rule.min_cell}"
        return f"{round_counts([number], rule)[0]:,.0f}"

    safe = _ABOUT_FEW.sub("", _COUNT.sub(replaced, text))
    if safe == text:
        return text
    return rebuilt(text, text=safe, rule=rule) if isinstance(text, Told) else safe


def rebuilt(told: Told, *, text: str, rule: DisclosureRule) -> str:
    """Return a safe text as a note that can be translated; the plain text where that fails.

    The note keeps its template, and its parts are replaced by what the safe text has in their
    place, so that no translation can show a number that the English text hides.
    """
    if told.raised:
        return raised(text)
    fixed = re.split(r"(\{[^{}]*\})", told.template)
    pattern = "".join("(.*?)" if one.startswith("{") else re.escape(one) for one in fixed)
    found = re.fullmatch(pattern, text, re.DOTALL)
    if found is None:
        return text
    parts: dict[str, str] = {}
    for field, shown in zip(
        (one for one in fixed if one.startswith("{")), found.groups(), strict=True
    ):
        name = re.split(r"[!:]", field[1:-1])[0]
        own = told.parts[name]
        if parts.setdefault(name, _part(own, shown=shown, rule=rule)) != shown:
            return text
    safe = note(told.template, **parts)
    return safe if safe == text else text


def _part(own: object, *, shown: str, rule: DisclosureRule) -> str:
    """Return what stands in the place of a part."""
    if isinstance(own, Told) and own == shown:
        return own
    if shown == f"fewer than {rule.min_cell}":
        return note("fewer than {least}", least=rule.min_cell)
    return rebuilt(own, text=shown, rule=rule) if isinstance(own, Told) else Ready(shown)


def safe_notes(notes: tuple[str, ...], *, rule: DisclosureRule) -> tuple[str, ...]:
    """Return all notes with their counts hidden or rounded."""
    if not rule.suppresses:
        return notes
    return tuple(safe_note(one, rule=rule) for one in notes)
