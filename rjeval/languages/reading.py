"""Read texts back: which template made them, and what they say in another language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from string import Formatter

from rjeval.language import Language, Told, in_own_words, phrase, spoken
from rjeval.languages.files import SHIPPED, read_shipped

#: Letters that a template must have of its own before a text is taken to be made by it.
LEAST_LETTERS = 4


def pattern_of(template: str, parts: Mapping[str, str] | None = None) -> str:
    r"""Return the regular expression of the texts that a template makes.

    Parameters
    ----------
    template : str
    parts : mapping of a part's name to the expression that it must match
        Any other part matches anything; each is a group of its name.

    Examples
    --------
    >>> pattern_of("{n:,} of {whole}", {"n": r"[\d,]+"})
    '(?P<n>[\\d,]+)\\ of\\ (?P<whole>.+?)'
    """
    text, seen = "", set()
    for literal, name, _, _ in Formatter().parse(template):
        text += re.escape(literal)
        if name:
            given = (parts or {}).get(name, ".+?")
            text += f"(?P={name})" if name in seen else f"(?P<{name}>{given})"
            seen.add(name)
    return text


def retell(text: str, *, among: tuple[str, ...] = ()) -> str:
    """Return a plain English text in the language in use, part by part; else as it is.

    For English that lost how it was made, such as the message of an error.

    Parameters
    ----------
    text : str
    among : tuple of str
        Templates that may have made it; every phrase of the language where none is given.

    Examples
    --------
    >>> retell("10 days")
    '10 days'
    """
    language = spoken()
    if isinstance(text, Told) or text in language.phrases or not language.phrases:
        return phrase(text)
    for template, pattern in _patterns(among or tuple(language.phrases)):
        found = pattern.fullmatch(text)
        if found and template in language.phrases:
            parts = {name: _part(part) for name, part in found.groupdict().items()}
            told = in_own_words(language.phrases[template])
            return _without_formats(told).format(**parts)
    return text


def _part(text: str) -> str:
    """Return a part of a text in the language in use; names of columns by their labels."""
    name = text.replace(" ", "_")
    language = spoken()
    if name in language.own:
        return language.own[name]
    if name in language.labels:
        told = in_own_words(language.labels[name], language=language)
        return told[:1].lower() + told[1:]
    return retell(text)


def tongues() -> tuple[Language, ...]:
    """Return the languages that a report may be in, but for English: the shipped and that in use.

    Examples
    --------
    >>> [one.code for one in tongues()]
    ['es']
    """
    others = [read_shipped(code) for code in SHIPPED[1:]]
    own = [spoken()] if spoken().phrases and not any(one is spoken() for one in others) else []
    return (*own, *others)


def in_english(text: str) -> str:
    """Return the English of a heading or label of any language; else the text as it is.

    Examples
    --------
    >>> in_english("Invitadas"), in_english("Lakeside")
    ('Invited', 'Lakeside')
    """
    return next((told for one in tongues() if (told := _back(one).get(text))), text)


_english: dict[int, tuple[Language, dict[str, str]]] = {}


def _back(language: Language) -> Mapping[str, str]:
    """Return what each text without parts says in English."""
    kept = _english.get(id(language))
    if kept is None or kept[0] is not language:
        from rjeval.terms import LABELS

        pairs = {
            in_own_words(told, language=language): LABELS[key]
            for key, told in language.labels.items()
            if key in LABELS
        }
        for english, told in language.phrases.items():
            pairs.setdefault(in_own_words(told, language=language), english)
        kept = _english[id(language)] = (language, pairs)
    return kept[1]


@cache
def _patterns(templates: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return templates with parts, those with most text of their own first."""
    own = {one: len(re.findall(r"[^\W\d_]", re.sub(r"\{[^}]*\}", "", one))) for one in templates}
    with_parts = [one for one in templates if "{" in one and own[one] >= LEAST_LETTERS]
    ordered = sorted(with_parts, key=lambda one: -own[one])
    return tuple((one, re.compile(pattern_of(one), re.DOTALL)) for one in ordered)


def _without_formats(template: str) -> str:
    """Return a template whose parts are texts already."""
    return re.sub(r"\{(\w+):[^}]*\}", r"{\1}", template)
