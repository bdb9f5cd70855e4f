"""``[report]`` and ``[terms]``: the language of what is printed, and what people are called."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rjeval.design.parse import known, section, texts, typed
from rjeval.errors import DesignError
from rjeval.language import ENGLISH, NOUNS, Language, choose_terms
from rjeval.languages.files import read_language

#: Keys of ``[report]``.
REPORT_KEYS = ("language", "docx_template")


def read_words(raw: dict[str, Any], *, folder: Path) -> Language:
    """Return the language of a study with its own words for the people in it."""
    report = section(raw, "report")
    known(report, REPORT_KEYS, where="[report]")
    name = typed(report, "language", str, ENGLISH, "[report]")
    return choose_terms(read_language(name, folder=folder), _terms(section(raw, "terms")))


def read_docx_template(raw: dict[str, Any], *, folder: Path) -> str:
    """Return the name of the programme's own Word template; empty where it has none.

    Raises
    ------
    DesignError
        There is no such Word file beside ``study.toml``.
    """
    name: str = typed(section(raw, "report"), "docx_template", str, "", "[report]")
    if name and not (name.endswith(".docx") and (folder / name).is_file()):
        raise DesignError(
            "[report] docx_template names no Word file (.docx) in the folder of the study.",
            hint="Save a Word document whose styles, page and logo you want beside study.toml.",
        )
    return name


def _terms(given: dict[str, Any]) -> dict[str, tuple[str, str]]:
    known(given, tuple(NOUNS), where="[terms]")
    terms = {}
    for who in given:
        words = texts(given[who], where=f"[terms] {who}")
        if len(words) != 2 or not all(word.strip() for word in words):
            raise DesignError(
                f"[terms] {who} needs two words, singular and plural.",
                hint='Write, say, responsible = ["youth", "young people"].',
            )
        terms[who] = (words[0], words[1])
    return terms
