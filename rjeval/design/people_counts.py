"""Small counts of people in prose: what a sentence may not say, in figures or in words."""

from __future__ import annotations

import re

_SPANISH = ("un", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez")
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
_POCAS = rf"(\d{{1,2}}|{'|'.join(_SPANISH)}|una)"
_PERSONAS = (
    r"(?:personas?|participantes?|j[oó]ven(?:es)?|víctimas?|ofensor(?:es|as|a)?|clientes?|"
    r"remisiones|remisión|niñ[ao]s?|menores|adolescentes?|familias?|mujer(?:es)?|hombres?|"
    r"acusad[ao]s?|casos?)"
)
_NO_CUENTA = (
    r"(?<!al menos )(?<!a lo más )(?<!como máximo )(?<!menos de )(?<!más de )(?<!cada )"
    r"(?<!bajo )(?<!una o )(?<!\d a )(?<![\w.,/–-])"
)
_FEW_IN_SPANISH = re.compile(
    rf"{_NO_CUENTA}{_POCAS} {_PERSONAS}\b(?! (?:de|por) cada)", re.IGNORECASE
)
_ABOUT_FEW_IN_SPANISH = re.compile(
    rf"\b(?:un[ao]s|alrededor de|cerca de|aproximadamente) {_POCAS}(?=[).;]|,\s|$)", re.IGNORECASE
)
#: One person is often anybody ("one person may have two cases"); with a past tense it is somebody.
_ONE_DID = re.compile(r"^ (?:was|were|had|did|has|\w+ed|came|left|died|went)\b")
_ONE_DID_IN_SPANISH = re.compile(r"^ (?:fue|era|estaba|tuvo|dijo|había|murió|salió|\w+ó)\b")
#: What counts a few people, what counts about a few, and what one person did, by language.
_LANGUAGES = (
    (_FEW_PEOPLE, _ABOUT_FEW, _ONE_DID),
    (_FEW_IN_SPANISH, _ABOUT_FEW_IN_SPANISH, _ONE_DID_IN_SPANISH),
)


def says_few_people(text: str, *, below: int) -> bool:
    """Return whether an English or Spanish sentence counts fewer people than ``below``.

    Parameters
    ----------
    text : str
    below : int
        ``min_cell`` of the disclosure rule.

    Examples
    --------
    >>> says_few_people("Four people returned on the day of their release.", below=11)
    True
    >>> says_few_people("Cuatro personas volvieron el día de su salida.", below=11)
    True
    >>> says_few_people("Collected by the facilitator (about 10).", below=11)
    True
    >>> says_few_people("About one person in ten was never checked.", below=11)
    False
    >>> says_few_people("About 9 of 100 people had a new filing; 12 people left.", below=11)
    False
    """
    return any(_says_few(text, below=below, forms=forms) for forms in _LANGUAGES)


def _says_few(text: str, *, below: int, forms: tuple[re.Pattern[str], ...]) -> bool:
    few_people, about_few, one_did = forms
    if any(0 < _value(match[1]) < below for match in about_few.finditer(text)):
        return True
    for match in few_people.finditer(text):
        number = _value(match[1])
        somebody = number > 1 or one_did.match(text[match.end() :])
        if 0 < number < below and somebody:
            return True
    return False


def _value(text: str) -> int:
    lower = text.lower()
    for words in (NUMBER_WORDS, _SPANISH, ("una",)):
        if lower in words:
            return words.index(lower) + 1
    return int(text)
