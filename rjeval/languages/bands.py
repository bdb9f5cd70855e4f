"""Categories in the language in use: those that rjeval makes of numbers and days, and levels."""

from __future__ import annotations

import re
from functools import cache

from rjeval.language import mark, phrase, spoken
from rjeval.languages.reading import pattern_of

_NUMBER = r"[\d.,]+"
_QUARTER = r"\d{4}[ -]?Q[1-4]"
_YEAR = r"\d{4}"
#: Bands as they stand in results; a category of the data is none of them.
BANDS = (
    mark("under {edge}"),
    mark("over {edge} days"),
    mark("{edge} and over"),
    mark("{low}-{high} days"),
    mark("before {quarter}"),
    mark("after {quarter}"),
    mark("{year} Q{number}"),
)


def band_text(text: str) -> str:
    """Return a category made of numbers or days in the language in use; others as they are.

    Examples
    --------
    >>> band_text("under 12"), band_text("Lakeside")
    ('under 12', 'Lakeside')
    """
    for template in BANDS if any(one.isdigit() for one in text) else ():
        found = _pattern(template).fullmatch(text)
        if found:
            parts = found.groupdict()
            if "quarter" in parts:
                parts["quarter"] = band_text(parts["quarter"])
            return phrase(template, **parts)
    return text


def level_identifier(variable: object, level: object) -> str:
    """Return the name under which a language has a label for a level of one variable.

    Where it has none, the level itself: the same word may mean two things in two columns.

    Examples
    --------
    >>> level_identifier("offence_group", "person")
    'person'
    """
    name = f"{variable}.{level}"
    return name if name in spoken().labels else str(level)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts = {"edge": _NUMBER, "low": _NUMBER, "high": _NUMBER, "quarter": _QUARTER}
    parts |= {"year": _YEAR, "number": "[1-4]"}
    return re.compile(pattern_of(template, parts))
