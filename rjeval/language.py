"""The language of what people read: English templates in the code, other languages as one file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from rjeval.terms import LABELS, label

#: The language in which rjeval is written; it needs no file.
ENGLISH = "en"
#: What English texts call the people: singular and plural by turns.
NOUNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "harmed": ("harmed party", "harmed parties", "person harmed", "people harmed"),
        "responsible": (
            "responsible party",
            "responsible parties",
            "person responsible",
            "people responsible",
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language.

    Parameters
    ----------
    code : str
        BCP 47, such as ``es``; it becomes the language of the HTML, PDF and DOCX.
    name : str
        Its name in itself.
    labels : mapping of identifier to label
    phrases : mapping of English template to its translation, with the same named parts
    nouns : mapping of ``harmed`` and ``responsible`` to what the texts call these people
        Pairs of singular and plural, every form that the texts use.
    chosen : mapping of such a form to the programme's own word for it
    own : mapping of identifier to the study's own label, whatever the language
    """

    code: str = "en-GB"
    name: str = "English"
    labels: Mapping[str, str] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)
    nouns: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOUNS)
    chosen: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)


#: What a group of everybody is called.
EVERYONE = "Everyone"
_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_spoken: ContextVar[Language | None] = ContextVar("language", default=None)
_ENGLISH = Language()


def spoken() -> Language:
    """Return the language in use: that of the design read last."""
    return _spoken.get() or _ENGLISH


def use_language(language: Language) -> None:
    """Print in this language from here on."""
    _spoken.set(language)


def mark(text: str) -> str:
    """Mark a constant that :func:`phrase` will translate where it is printed.

    Examples
    --------
    >>> mark("Not collected")
    'Not collected'
    """
    return text


class Ready(str):
    """Text in the place of a number: a template's format for numbers leaves it as it is."""

    def __format__(self, form: str, /) -> str:
        """Return the text itself, whatever the format.

        Examples
        --------
        >>> "{n:,} people".format(n=Ready("fewer than 11"))
        'fewer than 11 people'
        """
        return str(self)


class Told(Ready):
    """English text that remembers how it was made, so that it can be printed in any language.

    Results keep their notes in English, which code may compare; :func:`phrase` translates them
    where they are printed. Whatever is joined to such a text makes it a plain one.
    """

    template: str
    parts: Mapping[str, Any]
    identifier: str
    lowered: bool
    #: Whether it is the sentence of an error, whose template is found by its words.
    raised: bool = False


def note(template: str, /, **parts: Any) -> Told:
    """Return an English text for a result to keep, which :func:`phrase` can translate later.

    A text made so already comes back as it is.

    Examples
    --------
    >>> note("{n} of {whole} people", n=3, whole=8)
    '3 of 8 people'
    """
    if isinstance(template, Told):
        return template
    told = Told(template.format(**parts) if parts else template)
    told.template, told.parts, told.identifier, told.lowered = template, parts, "", False
    return told


def named(identifier: str, *, lower: bool = False) -> Told:
    """Return the English label of an identifier, which :func:`phrase` can translate later.

    Examples
    --------
    >>> named("refiling"), named("harmed_party", lower=True)
    ('new filing', 'harmed parties')
    """
    text = label(identifier)
    told = note(text.lower() if lower else text)
    told.identifier, told.lowered = identifier, lower
    return told


def category(value: object) -> str:
    """Return a group or category of the data for a note: identifiers named, texts as they are.

    Examples
    --------
    >>> category("rj"), category("Site A"), category("all")
    ('Restorative justice', 'Site A', 'Everyone')
    """
    text = str(value)
    if text == "all":
        return note(EVERYONE)
    return named(text) if _IDENTIFIER.fullmatch(text) else text


def raised(message: str) -> Told:
    """Return the sentence of an error for a result to keep; it is translated where printed.

    Examples
    --------
    >>> raised("A trend needs at least two waves.")
    'A trend needs at least two waves.'
    """
    told = note("{message}", message=message)
    told.raised = True
    return told


def join_notes(texts: Iterable[str], *, between: str = ", ") -> Told:
    """Return texts with commas between them, each still to be translated.

    Examples
    --------
    >>> join_notes([note("{days} days", days=365), note("{days} days", days=730)])
    '365 days, 730 days'
    """
    parts = {f"part{number}": one for number, one in enumerate(texts)}
    return note(between.join(f"{{{name}}}" for name in parts), **parts)


def phrase(template: str, /, **parts: Any) -> str:
    """Return an English template in the language in use, with its parts filled in.

    Parameters
    ----------
    template : str
        The English text; ``{name}`` stands for a part. What the language does not have is
        said in English. A text made by :func:`note` or :func:`named` brings its own parts.
    **parts
        Ready texts or numbers; a template may give them a format, as in ``{n:,}``. Texts made
        by :func:`note` or :func:`named` are translated too.

    Examples
    --------
    >>> phrase("{n:,} people answered", n=1200)
    '1,200 people answered'
    """
    language = spoken()
    if isinstance(template, Told):
        if template.raised:
            from rjeval.languages.reading import retell

            return retell(str(template))
        if template.identifier in language.own or template.identifier in language.labels:
            return _named_text(template, language)
        parts = {**template.parts, **parts}
        template = template.template
    text = in_own_words(language.phrases.get(template, template), language=language)
    ready = {
        name: Ready(phrase(one)) if isinstance(one, Told) else one for name, one in parts.items()
    }
    return text.format(**ready) if ready else text


def _named_text(told: Told, language: Language) -> str:
    """Return the label of an identifier: the study's, else the language's."""
    own = language.own.get(told.identifier)
    text = in_own_words(language.labels[told.identifier], language=language) if own is None else own
    return text.lower() if told.lowered else text


def in_own_words(text: str, *, language: Language | None = None) -> str:
    """Return a text of rjeval's own with the programme's words for the people.

    Examples
    --------
    >>> victims = choose_terms(Language(), {"harmed": ("victim", "victims")})
    >>> in_own_words("Harmed parties answered.", language=victims)
    'Victims answered.'
    """
    chosen = (language or spoken()).chosen
    if not chosen:
        return text
    forms = "|".join(re.escape(form) for form in sorted(chosen, key=len, reverse=True))

    def own(found: re.Match[str]) -> str:
        word = chosen[found.group(0).lower()]
        return word[0].upper() + word[1:] if found.group(0)[0].isupper() else word

    return re.sub(rf"\b(?:{forms})\b", own, text, flags=re.IGNORECASE)


def choose_terms(language: Language, terms: Mapping[str, tuple[str, str]]) -> Language:
    """Return a language that calls people by the programme's words.

    Parameters
    ----------
    language : Language
    terms : mapping
        ``harmed`` and ``responsible`` to (singular, plural), such as ("youth", "young people").
        Articles and adjectives around them stay; a language with gender may need its own file.
    """
    chosen = {
        form.lower(): terms[who][number % 2]
        for who, forms in language.nouns.items()
        if who in terms
        for number, form in enumerate(forms)
    }
    return replace(language, chosen=MappingProxyType(chosen))


def spoken_label(identifier: str) -> str | None:
    """Return what an identifier is called in the language in use, or ``None`` if it has no name.

    Examples
    --------
    >>> spoken_label("rj"), spoken_label("Site A")
    ('Restorative justice', None)
    """
    text = spoken().labels.get(identifier, LABELS.get(identifier))
    return None if text is None else in_own_words(text)


def read_label(identifier: str, overrides: Mapping[str, str] | None = None) -> str:
    """Return what people read for an identifier in the language in use.

    Examples
    --------
    >>> read_label("age_at_referral"), read_label("rj", {"rj": "Circles"})
    ('Age at referral', 'Circles')
    """
    if overrides and identifier in overrides:
        return overrides[identifier]
    return spoken_label(identifier) or label(identifier)


def language_labels(language: Language) -> Mapping[str, str]:
    """Return the labels of a language over the English ones, in the programme's words."""
    both = {**LABELS, **language.labels}
    return MappingProxyType(
        {key: in_own_words(text, language=language) for key, text in both.items()}
    )
