"""Wording rules applied to text that a person wrote: which rule, where, and what to write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rjeval.report.passages import Passage
from rjeval.report.spanish_wording import SPANISH_RULES
from rjeval.report.wording_rules import RULES
from rjeval.terms import DesignTier

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÁÉÍÓÚÑ¿¡“\"])|\x1e")
_BLANK = re.compile(r"\n\s*\n")
_ITEM = re.compile(r"(?:^|\n)\s*(?:[-*+•]|\d+[.)])\s+")
#: Signs of emphasis around words, which are no stars of significance.
_EMPHASIS = re.compile(r"(\*{1,3}|_{1,3})(?=\S)(.+?)(?<=\S)\1(?!\w)")
#: Letters of what was found that a finding repeats.
SHOWN_LETTERS = 60
#: Rules on what must stand beside a number, which in a table stands in other columns.
BESIDE_NUMBERS = frozenset({"W2", "W3", "W9"})
#: Words that make a cell of a table a sentence, held to these rules too.
WORDS_OF_SENTENCE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One sentence that breaks a rule: number of the paragraph, rule, what to write instead."""

    paragraph: int
    rule: str
    found: str
    advice: str
    #: A sentence that keeps the rules.
    better: str


def lint_text(text: str, *, tier: DesignTier = DesignTier.ONE_GROUP) -> list[Finding]:
    """Apply the wording rules to text whose paragraphs are separated by blank lines.

    Items of a list are sentences of their own.

    Examples
    --------
    >>> [(one.rule, one.found) for one in lint_text("The clinic reduced crime.")]
    [('W1', 'reduced')]
    """
    findings: list[Finding] = []
    for number, paragraph in enumerate(_BLANK.split(text), start=1):
        parted = _EMPHASIS.sub(r"\2", _ITEM.sub(" \x1e ", paragraph))
        findings += list(_judge(parted, number, tier))
    return findings


def lint_passage(passage: Passage, *, tier: DesignTier) -> list[Finding]:
    """Apply the wording rules to a passage; numbers in tables may stand by themselves."""
    findings = lint_text(passage.text, tier=tier)
    if passage.in_table and len(passage.text.split()) < WORDS_OF_SENTENCE:
        return [one for one in findings if one.rule not in BESIDE_NUMBERS]
    return findings


def _judge(paragraph: str, number: int, tier: DesignTier) -> Iterator[Finding]:
    sentences = [" ".join(one.split()) for one in _SENTENCE.split(paragraph)]
    whole_text = " ".join(sentences)
    for whole in (False, True):
        for text in [whole_text] if whole else sentences:
            for rule in (*RULES, *SPANISH_RULES):
                found = rule.broken_by(text, tier) if rule.whole is whole else ""
                if found:
                    yield Finding(
                        paragraph=number,
                        rule=rule.name,
                        found=found[:SHOWN_LETTERS],
                        advice=rule.advice,
                        better=rule.better,
                    )
