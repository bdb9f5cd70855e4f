"""Turns of phrase that give people away, in each language in which a report may be."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rjeval.language import Language
from rjeval.languages.reading import pattern_of, tongues

_NUMBER = r"\d[\d,]*(?![.,]*\d|%)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """Turns of phrase of one language.

    Parameters
    ----------
    k_of_n : pattern
        Groups: ``about``, a word that makes it a natural frequency, ``n`` and ``whole``.
    n_equals : pattern
        Group: the number.
    wording : tuple of pattern and what it says
    mark : pattern
        The mark on what may not leave the study folder.
    """

    k_of_n: re.Pattern[str]
    n_equals: re.Pattern[str]
    wording: tuple[tuple[re.Pattern[str], str], ...]
    mark: re.Pattern[str]


_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten"
_FEW = rf"(?:{_WORDS}|\d{{1,2}})"
_PEOPLE = (
    r"(?:person|people|respondents?|participants?|youth|victims?|offenders?|clients?|referrals?|"
    r"harmed part(?:y|ies)|responsible part(?:y|ies)|members?|parties|party|cases?)"
)
_PALABRAS = "una?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez"
_POCAS = rf"(?:{_PALABRAS}|\d{{1,2}})"
_PERSONAS = (
    r"(?:personas?|participantes?|jóvenes|joven|víctimas?|ofensor(?:es|as|a)?|clientes?|"
    r"remisiones|remisión|miembros?|partes?|casos?|familias?|menores|adolescentes?)"
)

ENGLISH_FORMS = Forms(
    k_of_n=re.compile(
        r"(?<![\d.,–-])(?P<about>about\s+)?(?P<n>\d{1,2})\s+(?:out\s+)?of\s+"
        r"(?:the\s+)?(?P<whole>\d[\d,]*)\b"
    ),
    n_equals=re.compile(rf"\b(?:n|events?|clusters|answers|people)\s*=\s*({_NUMBER})"),
    wording=(
        (
            re.compile(
                r"\b(?:all|everyone|everybody) (?:but|except) (?:for )?"
                rf"(?:{_FEW}|a few)\b",
                re.I,
            ),
            "says all but a few",
        ),
        (re.compile(rf"\b(?:only|just) {_FEW} (?:\w+ )?{_PEOPLE}\b", re.I), "says only a few"),
        (
            re.compile(rf"\bnone of the (?:\d[\d,]*|{_WORDS}|{_PEOPLE})\b", re.I),
            "says none of a group",
        ),
        (
            re.compile(
                rf"\b(?:all \d[\d,]* {_PEOPLE}|every (?:single )?{_PEOPLE} (?:was|were|had|said))",
                re.I,
            ),
            "says all of a group",
        ),
        (
            re.compile(r"(?<![\d.])100(?:\.0+)?\s?% of\b|(?<![Tt]ier )\b(\d[\d,]*) of \1\b"),
            "says 100% of a group",
        ),
    ),
    mark=re.compile(r"not for release", re.I),
)
SPANISH_FORMS = Forms(
    k_of_n=re.compile(
        r"(?<![\d.,–-])(?P<about>(?:un[ao]s|cerca de|alrededor de|aproximadamente)\s+)?"
        r"(?P<n>\d{1,2})\s+(?:de|entre)\s+(?:(?:l[ao]s|un total de)\s+)?(?P<whole>\d[\d,]*)\b"
    ),
    n_equals=re.compile(rf"\b(?:n|eventos?|conglomerados|respuestas|personas)\s*=\s*({_NUMBER})"),
    wording=(
        (
            re.compile(
                r"\b(?:tod[ao]s|todo el mundo) (?:menos|salvo|excepto) "
                rf"(?:{_POCAS}|un[ao]s poc[ao]s)\b",
                re.I,
            ),
            "says all but a few",
        ),
        (
            re.compile(
                rf"\b(?:s[oó]lo|solamente|únicamente|apenas) (?:un[ao]s )?{_POCAS} "
                rf"(?:\w+ )?{_PERSONAS}\b",
                re.I,
            ),
            "says only a few",
        ),
        (
            re.compile(
                rf"\bningun[ao] de l[ao]s (?:\d[\d,]*|{_PALABRAS}|{_PERSONAS})\b",
                re.I,
            ),
            "says none of a group",
        ),
        (
            re.compile(
                rf"\b(?:tod[ao]s l[ao]s \d[\d,]* {_PERSONAS}|"
                rf"(?:tod[ao]s l[ao]s|cada un[ao] de l[ao]s) {_PERSONAS} "
                r"(?:fueron|fue|eran|era|tuvieron|tuvo|dijeron|dijo|estaban)\b)",
                re.I,
            ),
            "says all of a group",
        ),
        (
            re.compile(
                r"(?<![\d.])100(?:\.0+)?\s?% de\b|"
                r"(?<![Nn]ivel )\b(\d[\d,]*) de (?:l[ao]s )?\1\b"
            ),
            "says 100% of a group",
        ),
    ),
    mark=re.compile(r"no publicar", re.I),
)
#: Languages that rjeval ships.
FORMS = {"en": ENGLISH_FORMS, "es": SPANISH_FORMS}


#: Where the figures say a natural frequency.
OF_HUNDRED = "{group}: about {about} of 100 ({level} CI {low} to {high})"


def forms() -> tuple[Forms, ...]:
    """Return the forms of all languages that are known, and of a study's own from its templates."""
    own = [_from_templates(one) for one in tongues() if one.code not in FORMS]
    return (*FORMS.values(), *own)


def _from_templates(language: Language) -> Forms:
    """Return what the phrases of a language tell of its turns of phrase."""

    def made(template: str, **parts: str) -> str:
        return pattern_of(language.phrases.get(template, template), parts)

    k_of_n = made("{n} of {whole}", n=r"\d{1,2}", whole=r"\d[\d,]*\b")
    about = _about_word(language)
    return Forms(
        k_of_n=re.compile(rf"(?<![\d.,–-])(?P<about>{about}){k_of_n}"),
        n_equals=re.compile(rf"\b{made('events = {n}', n=_NUMBER)}"),
        wording=(),
        mark=re.compile(re.escape(language.phrases.get("not for release", "not for release"))),
    )


def _about_word(language: Language) -> str:
    """Return the expression of the word that makes "9 of 100" a natural frequency."""
    told = language.phrases.get(OF_HUNDRED, OF_HUNDRED).partition("{about}")[0]
    word = told.rpartition("}")[2].strip(" :")
    return rf"(?:{re.escape(word)}\s+)?" if word else ""
