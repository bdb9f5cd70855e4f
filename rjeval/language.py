"""The language of what people read: English templates in the code, other languages as one file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any

from rjeval.errors import DesignError
from rjeval.terms import LABELS

#: The language in which rjeval is written; it needs no file.
ENGLISH = "en"
#: Languages that come with rjeval.
SHIPPED = (ENGLISH, "es")
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
    """

    code: str = "en-GB"
    name: str = "English"
    labels: Mapping[str, str] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)
    nouns: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOUNS)
    chosen: Mapping[str, str] = field(default_factory=dict)


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


def phrase(template: str, /, **parts: Any) -> str:
    """Return an English template in the language in use, with its parts filled in.

    Parameters
    ----------
    template : str
        The English text; ``{name}`` stands for a part. What the language does not have is
        said in English.
    **parts
        Ready texts or numbers; a template may give them a format, as in ``{n:,}``.

    Examples
    --------
    >>> phrase("{n:,} people answered", n=1200)
    '1,200 people answered'
    """
    language = spoken()
    text = in_own_words(language.phrases.get(template, template), language=language)
    return text.format(**parts) if parts else text


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


def read_language(name: str, *, folder: Path) -> Language:
    """Return a shipped language by its code, or one from a study's own TOML file.

    Parameters
    ----------
    name : str
        ``en``, ``es``, or the name of a ``.toml`` file beside ``study.toml``.
    folder : Path
        The study's folder.

    Raises
    ------
    DesignError
        No such language, or a file that is not valid: a translation must keep the parts
        in braces of its English text, or a number would be lost.
    """
    if name == ENGLISH:
        return Language()
    if name in SHIPPED:
        return _shipped(name)
    if not name.endswith(".toml"):
        raise DesignError(
            f"[report] language must be one of {', '.join(SHIPPED)}, or a .toml file.",
            hint="Run `rjeval words --out words.toml` to start a language of your own.",
        )
    try:
        text = (folder / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise DesignError(
            f"The language file {Path(name).name} cannot be read as UTF-8 text.",
            hint="Put it beside study.toml and name it under [report] language.",
        ) from None
    return _parse(text, where=Path(name).name)


def shipped_text(code: str) -> str:
    """Return the file of a shipped language, as the pattern for another."""
    return (files("rjeval") / "languages" / f"{code}.toml").read_text(encoding="utf-8")


def parts_of(template: str) -> frozenset[str]:
    """Return the names in braces of a template.

    Examples
    --------
    >>> sorted(parts_of("{n} of {total:,} people"))
    ['n', 'total']
    """
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name)


@cache
def _shipped(code: str) -> Language:
    return _parse(shipped_text(code), where=f"{code}.toml")


def _parse(text: str, *, where: str) -> Language:
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DesignError(f"{where} is not valid TOML: {error}.") from None
    for key in ("code", "name"):
        if not isinstance(raw.get(key), str) or not raw[key].strip():
            raise DesignError(f'{where}: {key} is missing; write {key} = "..." at its top.')
    labels, phrases = (_texts(raw.get(part, {}), f"{where}: [{part}]") for part in _PARTS)
    _keep_parts(phrases, where)
    return Language(
        code=raw["code"],
        name=raw["name"],
        labels=labels,
        phrases=phrases,
        nouns=_nouns(raw.get("nouns", {}), where),
    )


def _nouns(given: Any, where: str) -> Mapping[str, tuple[str, ...]]:
    right = isinstance(given, dict) and all(
        isinstance(forms, list) and all(isinstance(form, str) for form in forms)
        for forms in given.values()
    )
    if not right or not set(given) <= set(NOUNS):
        raise DesignError(
            f"{where}: [nouns] holds lists of words for {' and '.join(NOUNS)}: singular, plural."
        )
    return MappingProxyType({who: tuple(forms) for who, forms in given.items()})


_PARTS = ("labels", "phrases")


def _texts(given: Any, where: str) -> Mapping[str, str]:
    """Return a table of texts; an empty text is one not translated yet, said in English."""
    if not isinstance(given, dict) or not all(isinstance(one, str) for one in given.values()):
        raise DesignError(f"{where} must be a table of texts.")
    return MappingProxyType({key: one for key, one in given.items() if one})


def _keep_parts(phrases: Mapping[str, str], where: str) -> None:
    """Refuse a translation that would lose, or invent, a number."""
    broken = 0
    for english, translated in phrases.items():
        try:
            broken += parts_of(english) != parts_of(translated)
        except ValueError:
            broken += 1
    if broken:
        raise DesignError(
            f"{where}: {broken} phrases do not have the same parts in braces as their English.",
            hint="Keep each {part} of the English text, under its English name.",
        )


def language_labels(language: Language) -> Mapping[str, str]:
    """Return the labels of a language over the English ones, in the programme's words."""
    both = {**LABELS, **language.labels}
    return MappingProxyType(
        {key: in_own_words(text, language=language) for key, text in both.items()}
    )
