"""Wording rules applied to text that a person wrote: which rule, where, and what to write."""

from __future__ import annotations

import html
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rjeval.errors import ReportError
from rjeval.report.spanish_wording import SPANISH_RULES
from rjeval.report.wording_rules import RULES
from rjeval.terms import DesignTier

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÁÉÍÓÚÑ¿¡“\"])")
_PARAGRAPH = re.compile(r"<w:p[ >].*?</w:p>", re.DOTALL)
_RUN = re.compile(r"<w:t(?: [^>]*)?>(.*?)</w:t>", re.DOTALL)
_BLANK = re.compile(r"\n\s*\n")
_FENCED = re.compile(r"^(```|~~~).*?^\1[^\S\n]*$", re.DOTALL | re.MULTILINE)
#: Letters of what was found that a finding repeats.
SHOWN_LETTERS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One sentence that breaks a rule: number of the paragraph, rule, what to write instead."""

    paragraph: int
    rule: str
    found: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Words of a file that stand together, and where: ``""``, or ``cell 3`` of a notebook."""

    place: str
    text: str


def lint_text(text: str, *, tier: DesignTier = DesignTier.ONE_GROUP) -> list[Finding]:
    """Apply the wording rules to text whose paragraphs are separated by blank lines.

    Examples
    --------
    >>> [(one.rule, one.found) for one in lint_text("The clinic reduced crime.")]
    [('W1', 'reduced')]
    """
    findings = []
    for number, paragraph in enumerate(_BLANK.split(text), start=1):
        findings += list(_judge(" ".join(paragraph.split()), number, tier))
    return findings


def read_passages(file: Path) -> list[Passage]:
    """Return the words of a notebook's text cells, a Word file, or plain or Markdown text.

    Raises
    ------
    ReportError
        The file cannot be read.
    """
    try:
        if file.suffix == ".ipynb":
            cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
            numbered = enumerate(cells, start=1)
            return [
                Passage(place=f"cell {number}", text="".join(one["source"]))
                for number, one in numbered
                if one["cell_type"] == "markdown"
            ]
        if file.suffix == ".docx":
            with zipfile.ZipFile(file) as parts:
                xml = parts.read("word/document.xml").decode()
            paragraphs = ["".join(_RUN.findall(one)) for one in _PARAGRAPH.findall(xml)]
            return [Passage(place="", text=html.unescape("\n\n".join(paragraphs)))]
        return [Passage(place="", text=_FENCED.sub("", file.read_text(encoding="utf-8")))]
    except OSError as error:
        raise ReportError(f"{file.name} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, zipfile.BadZipFile):
        raise ReportError(
            f"{file.name} is not readable text.",
            hint="Give a notebook, a .docx, or text in UTF-8.",
        ) from None


def read_words(file: Path) -> str:
    """Return the words of a file as one text; see :func:`read_passages`."""
    return "\n\n".join(one.text for one in read_passages(file))


def _judge(paragraph: str, number: int, tier: DesignTier) -> Iterator[Finding]:
    sentences = _SENTENCE.split(paragraph)
    for whole in (False, True):
        for text in [paragraph] if whole else sentences:
            for rule in (*RULES, *SPANISH_RULES):
                found = rule.broken_by(text, tier) if rule.whole is whole else ""
                if found:
                    yield Finding(
                        paragraph=number,
                        rule=rule.name,
                        found=found[:SHOWN_LETTERS],
                        advice=rule.advice,
                    )
