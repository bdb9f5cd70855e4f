"""Categories that rjeval makes of numbers and days, told again in the language in use."""

from __future__ import annotations

import re
from functools import cache

from rjeval.language import mark, phrase
from rjeval.languages.reading import pattern_of

_NUMBER = r"[\d.,]+"
_QUARTER = r"\d{4}[ -]?Q[1-4]"
#: Bands as they stand in results; a category of the data is none of them.
BANDS = (
    mark("under {edge}"),
    mark("over {edge} days"),
    mark("{edge} and over"),
    mark("{low}-{high} days"),
    mark("before {quarter}"),
    mark("after {quarter}"),
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
            return phrase(template, **found.groupdict())
    return text


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts = {"edge": _NUMBER, "low": _NUMBER, "high": _NUMBER, "quarter": _QUARTER}
    return re.compile(pattern_of(template, parts))
