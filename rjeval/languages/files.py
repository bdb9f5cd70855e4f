"""A language from its TOML file, or one sentence that says what is wrong with it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any

from rjeval.errors import DesignError
from rjeval.language import ENGLISH, NOUNS, Language

#: Languages that come with rjeval.
SHIPPED = (ENGLISH, "es")


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
        return read_shipped(name)
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


def shipped_text(code: str, *, empty: bool = False) -> str:
    """Return a shipped language as the text of one file, the pattern for another.

    Parameters
    ----------
    code : str
    empty : bool
        Leave the right sides empty: what is not translated yet is said in English.
    """
    language = read_shipped(code)
    lines = [
        "# Translate each right side, and keep each {part} in braces under its English name.",
        "# An empty right side is said in English.",
        f"code = {_quoted('' if empty else language.code)}",
        f"name = {_quoted('' if empty else language.name)}",
        "",
        "# What the texts call these people: singular, plural, and so on.",
        "[nouns]",
        *(
            f"{who} = {json.dumps([] if empty else list(words), ensure_ascii=False)}"
            for who, words in language.nouns.items()
        ),
    ]
    for part, given in (("labels", language.labels), ("phrases", language.phrases)):
        texts = sorted((key, "" if empty else text) for key, text in given.items())
        lines += ["", f"[{part}]", *(f"{_quoted(key)} = {_quoted(text)}" for key, text in texts)]
    return "\n".join(lines) + "\n"


def parts_of(template: str) -> frozenset[str]:
    """Return the names in braces of a template.

    Examples
    --------
    >>> sorted(parts_of("{n} of {total:,} people"))
    ['n', 'total']
    """
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name)


@cache
def read_shipped(code: str) -> Language:
    """Return a shipped language, joined from its files, one per room of the code."""
    folder = files("rjeval") / "languages" / code
    whole: dict[str, Any] = {}
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
        for part in _PARTS:
            raw[part] = {**whole.get(part, {}), **raw.get(part, {})}
        whole |= raw
    return _checked(whole, where=code)


def _quoted(text: str) -> str:
    """Return a text as TOML writes it; JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False)


def _parse(text: str, *, where: str) -> Language:
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DesignError(f"{where} is not valid TOML: {error}.") from None
    return _checked(raw, where=where)


def _checked(raw: Mapping[str, Any], *, where: str) -> Language:
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
