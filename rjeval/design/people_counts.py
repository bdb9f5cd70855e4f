"""Small counts of people in prose: what a sentence may not say, in figures or in words."""

from __future__ import annotations

import re

NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_FEW = rf"(\d{{1,2}}|{'|'.join(NUMBER_WORDS)})"
_PEOPLE = (
    r"(?:people|persons?|respondents?|participants?|youths?|victims?|offenders?|clients?|"
    r"referrals?|harmed part(?:y|ies)|responsible part(?:y|ies)|children|famil(?:y|ies)|women|"
    r"men|girls?|boys?|defendants?|releases|cases)"
)
#: Words before a number that make it a limit or a frequency, not a count.
_NO_COUNT = (
    r"(?<!at least )(?<!at most )(?<!fewer than )(?<!more than )(?<!less than )(?<!under )"
    r"(?<!over )(?<!every )(?<!each )(?<!one or )(?<![\w.,/–-])"
)
_FEW_PEOPLE = re.compile(
    rf"{_NO_COUNT}{_FEW} (?:(?!of\b|in\b|or\b|and\b|to\b|per\b)[a-z]+ )?{_PEOPLE}\b(?! in )",
    re.IGNORECASE,
)
_ABOUT_FEW = re.compile(rf"\babout {_FEW}(?=[).;]|,\s|$)", re.IGNORECASE)
#: One person is often anybody ("one person may have two cases"); with a past tense it is somebody.
_ONE_DID = re.compile(r"^ (?:was|were|had|did|has|\w+ed|came|left|died|went)\b")


def says_few_people(text: str, *, below: int) -> bool:
    """Return whether a sentence counts fewer people than ``below``, in figures or in words.

    Parameters
    ----------
    text : str
    below : int
        ``min_cell`` of the disclosure rule.

    Examples
    --------
    >>> says_few_people("Four people returned on the day of their release.", below=11)
    True
    >>> says_few_people("Collected by the facilitator (about 10).", below=11)
    True
    >>> says_few_people("About one person in ten was never checked.", below=11)
    False
    >>> says_few_people("About 9 of 100 people had a new filing; 12 people left.", below=11)
    False
    """
    if any(0 < _value(match[1]) < below for match in _ABOUT_FEW.finditer(text)):
        return True
    for match in _FEW_PEOPLE.finditer(text):
        number = _value(match[1])
        somebody = number > 1 or _ONE_DID.match(text[match.end() :])
        if 0 < number < below and somebody:
            return True
    return False


def _value(text: str) -> int:
    lower = text.lower()
    return NUMBER_WORDS.index(lower) + 1 if lower in NUMBER_WORDS else int(text)
