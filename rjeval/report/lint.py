"""Wording rules for text that a person wrote: which rule, where, and a better sentence."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rjeval.errors import ReportError
from rjeval.terms import DesignTier

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"])")
_PARAGRAPH = re.compile(r"<w:p[ >].*?</w:p>", re.DOTALL)
_RUN = re.compile(r"<w:t(?: [^>]*)?>(.*?)</w:t>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One sentence that breaks a rule: number of the paragraph, rule, what to write instead."""

    paragraph: int
    rule: str
    found: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    name: str
    pattern: re.Pattern[str]
    advice: str
    unless: re.Pattern[str] | None = None
    tiers: frozenset[DesignTier] = frozenset(DesignTier)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_PERCENT = r"\d+(?:\.\d+)?\s?(?:%|percent\b|per cent\b)"
#: Designs that cannot speak of effects.
_WEAK = frozenset({DesignTier.COUNTS, DesignTier.ONE_GROUP, DesignTier.UNMATCHED})
RULES = (
    _Rule(
        name="W1",
        pattern=_words(
            r"\b(reduc(?:ed|es|ing)|prevent(?:ed|s)|caus(?:ed|es)|effective(?:ness)?|proven|works|"
            r"impact of|sav(?:ed|es)|thanks to)\b"
        ),
        advice="Without a matched or randomised comparison, describe: “x of n had …”.",
        unless=_words(r"proven (offence|reoffending)|to be proven"),
        tiers=_WEAK,
    ),
    _Rule(
        name="W2",
        pattern=_words(_PERCENT),
        advice="Give the count behind each percentage: “40 of 280 (14.3%)”, or n and interval.",
        unless=_words(r"\d[\d,]* of \d|n\s?=|\bCI\b|confidence|interval"),
    ),
    _Rule(
        name="W3",
        pattern=_words(
            r"(recidivism|reoffend\w*).*(\d|\brate|lower|higher|fell|rose)|"
            r"(\d|\brate|lower|higher|fell|rose).*(recidivism|reoffend\w*)"
        ),
        advice="Name event, window and clock: “a new filing within 12 months of referral”.",
        unless=_words(
            r"(within|over|during|by) .*(month|day|year)|definition|measure|label|counts as|defined"
        ),
    ),
    _Rule(
        name="W4",
        pattern=_words(rf"{_PERCENT} (less|more|lower|higher|fewer|reduction|fall|drop|increase)"),
        advice="Print both rates; say percentage points for their difference.",
        unless=_words(r"from .*%.* to .*%|percentage points"),
    ),
    _Rule(
        name="W6",
        pattern=_words(r"\b(complet(?:ers?|ed the program\w*)|graduates?)\b"),
        advice="Show everyone referred beside those who completed, and say that completers differ.",
        unless=_words(r"completers differ|those who complete differ|everyone referred"),
    ),
    _Rule(
        name="W7",
        pattern=_words(r"\bno (significant )?(effect|difference|impact)\b|not significant\b"),
        advice="Write “no clear difference; compatible with a fall of a to a rise of b”.",
        unless=_words(r"not mean"),
    ),
    _Rule(
        name="W8",
        pattern=_words(r"\*{2,3}p|p\s?[<=]\s?0?\.\d|statistically significant"),
        advice="Print the interval; p-values belong in the appendix, stars nowhere.",
    ),
    _Rule(
        name="W9",
        pattern=_words(rf"satisf\w+.*{_PERCENT}|{_PERCENT}.*satisf\w+"),
        advice="Name the role and how many of those invited answered.",
        unless=_words(r"invited|response|responded|answered"),
    ),
    _Rule(
        name="W11",
        pattern=_words(r"(national|state|county)(wide)? (average|rate)"),
        advice="A national or state rate is context, not a comparison group: say “for context”.",
        unless=_words(r"for context"),
    ),
    _Rule(
        name="W12",
        pattern=_words(r"sav(ed|es|ings?)\b.*[$£€]|[$£€].*sav(ed|es|ings?)\b"),
        advice="Money saved needs a matched design, the method, the price year and a range.",
    ),
    _Rule(
        name="W14",
        pattern=_words(r"\ball but (one|two|three|\d+)\b|\bonly (one|two|three) \w+ (dis|did)"),
        advice="This gives a small number away; leave it out.",
    ),
    _Rule(
        name="W15",
        pattern=_words(r"\b(offenders?|perpetrators?|criminals?|inmates?)\b"),
        advice="Write people first: “the person responsible”, “people referred”.",
    ),
    _Rule(
        name="W17",
        pattern=_words(r"(video|virtual|online).*\b(as (effective|good) as|equivalent)"),
        advice="Video was chosen, not assigned; equivalence needs a margin set beforehand.",
    ),
    _Rule(
        name="W18",
        pattern=_words(r"\b(will (fall|drop|reduce|continue)|is expected to|projected|forecast)\b"),
        advice="Say that this is a forecast, or stay with what was observed.",
    ),
)


def lint_text(text: str, *, tier: DesignTier = DesignTier.ONE_GROUP) -> list[Finding]:
    """Apply the wording rules to text whose paragraphs are separated by blank lines.

    Examples
    --------
    >>> [(one.rule, one.found) for one in lint_text("The clinic reduced crime.")]
    [('W1', 'reduced')]
    """
    findings = []
    for number, paragraph in enumerate(re.split(r"\n\s*\n", text), start=1):
        for sentence in _SENTENCE.split(" ".join(paragraph.split())):
            findings += list(_judge(sentence, number, tier))
    return findings


def read_words(file: Path) -> str:
    """Return the words of a notebook's text cells, a Word file, or plain or Markdown text.

    Raises
    ------
    ReportError
        The file cannot be read.
    """
    try:
        if file.suffix == ".ipynb":
            cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
            words = ["".join(one["source"]) for one in cells if one["cell_type"] == "markdown"]
            return "\n\n".join(words)
        if file.suffix == ".docx":
            with zipfile.ZipFile(file) as parts:
                xml = parts.read("word/document.xml").decode()
            return "\n\n".join("".join(_RUN.findall(one)) for one in _PARAGRAPH.findall(xml))
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise ReportError(f"{file.name} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, zipfile.BadZipFile):
        raise ReportError(
            f"{file.name} is not readable text.",
            hint="Give a notebook, a .docx, or text in UTF-8.",
        ) from None


def _judge(sentence: str, paragraph: int, tier: DesignTier) -> Iterator[Finding]:
    for rule in RULES:
        hit = rule.pattern.search(sentence)
        if hit is None or tier not in rule.tiers:
            continue
        if rule.unless is not None and rule.unless.search(sentence):
            continue
        yield Finding(
            paragraph=paragraph, rule=rule.name, found=hit.group(0)[:60], advice=rule.advice
        )
