"""What sentences, captions, drawings and properties give away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rjeval.design.disclosure import DisclosureRule
from rjeval.design.people_counts import says_few_people
from rjeval.disclosure.attack_files import Exhibit
from rjeval.disclosure.attack_forms import forms
from rjeval.disclosure.differencing import Finding

_CONTACT = re.compile(r"\b\d{3}-\d{2}-\d{4}\b|\b[\w.+-]+@[\w-]+\.\w{2,}|\(\d{3}\) \d{3}-\d{4}")
_FOLDER = re.compile(r"/(?:home|Users|root|work)/\w+|[A-Z]:\\Users\\")
_ROW_NAMES = re.compile(r"\b(?:person|referral|case|harmed|party|invitation|event|check)_id\b")
#: A word or number that is not a piece of a decimal.
_TOKEN = re.compile(r"(?<![\w.,-])[\w-]+(?![\w-]|[.,]\d)")
#: Denominators of natural frequencies ("about 9 of 100").
ROUND_HUNDREDS = (100, 1000)
#: Corners of one drawn line beyond which it is an exact curve.
MAX_CORNERS = 120
_LINE = re.compile(r"<(?:path|polyline|polygon)\b[^>]*?\b(?:d|points)=\"([^\"]*)\"", re.DOTALL)
_MARKER = re.compile(r"<circle\b|<use\b[^>]*href=\"#m")
#: Marks of one drawing beyond which they are single people.
MAX_MARKERS = 400


def attack_texts(
    exhibit: Exhibit, *, rule: DisclosureRule, secrets: frozenset[str]
) -> Iterator[Finding]:
    """Yield what texts, hidden texts and drawings of a file give away.

    ``secrets`` are ids, free texts and planted tokens of the raw data; a finding names only the
    rule, never the secret.
    """
    for text in exhibit.texts:
        for name, why in _text_findings(text, rule=rule):
            yield Finding(rule=name, where=exhibit.name, why=why)
    for text in [*exhibit.texts, *exhibit.hidden_texts]:
        if _CONTACT.search(text):
            yield Finding(rule="contact", where=exhibit.name, why="looks like a direct identifier")
        if _FOLDER.search(text):
            yield Finding(
                rule="folder", where=exhibit.name, why="names a folder of a person's machine"
            )
    for text in exhibit.hidden_texts:
        if _small_of(text, rule=rule) or _small_equals(text, rule=rule):
            yield Finding(rule="small count", where=exhibit.name, why="in a property or comment")
        if _lists_row_names(text):
            why = "the headings of a table of single people"
            yield Finding(rule="row names", where=exhibit.name, why=why)
    yield from _secret_findings(exhibit, secrets=secrets)
    yield from _drawing_findings(exhibit)


def _text_findings(text: str, *, rule: DisclosureRule) -> Iterator[tuple[str, str]]:
    if _small_of(text, rule=rule):
        yield "small count", "a sentence says k of n with k under the threshold"
    if _small_equals(text, rule=rule):
        yield "small count", "a sentence says n = k with k under the threshold"
    if any(says_few_people(one, below=rule.min_cell) for one in text.splitlines()):
        yield "small count", "a sentence counts people under the threshold"
    for one in forms():
        for pattern, why in one.wording:
            if pattern.search(text):
                yield "wording", why
        if one.mark.search(text):
            yield "mark", "bears the mark not for release"
    if _lists_row_names(text):
        yield "row names", "the headings of a table of single people"


def _lists_row_names(text: str) -> bool:
    """Whether one line names two columns that only tables of single people have."""
    return any(len(set(_ROW_NAMES.findall(line))) > 1 for line in text.splitlines())


def _small_of(text: str, *, rule: DisclosureRule) -> bool:
    for found in (match for one in forms() for match in one.k_of_n.finditer(text)):
        n = int(found["whole"].replace(",", ""))
        if int(found["n"]) < rule.min_cell <= n and not (found["about"] and n in ROUND_HUNDREDS):
            return True
    return False


def _small_equals(text: str, *, rule: DisclosureRule) -> bool:
    numbers = [n for one in forms() for n in one.n_equals.findall(text)]
    return any(int(n.replace(",", "")) < rule.min_cell for n in numbers)


def _secret_findings(exhibit: Exhibit, *, secrets: frozenset[str]) -> Iterator[Finding]:
    """Whole words, and whole cells, that stand in the raw data as ids or planted tokens."""
    if not secrets:
        return
    cells = [
        cell for table in exhibit.tables for row in (table.header, *table.rows) for cell in row
    ]
    phrases = [secret for secret in secrets if " " in secret]
    for text in [*exhibit.texts, *exhibit.hidden_texts, *cells]:
        if secrets.intersection(_TOKEN.findall(text)) or any(one in text for one in phrases):
            why = "holds an id or text of the raw data"
            yield Finding(rule="secret", where=exhibit.name, why=why)


def _drawing_findings(exhibit: Exhibit) -> Iterator[Finding]:
    for drawing in exhibit.drawings:
        corners = [len(re.findall(r"[-\d.]+[ ,]+[-\d.]+", line)) for line in _LINE.findall(drawing)]
        if max(corners, default=0) > MAX_CORNERS:
            yield Finding(rule="exact curve", where=exhibit.name, why="a line has too many corners")
        if len(_MARKER.findall(drawing)) > MAX_MARKERS:
            yield Finding(rule="single marks", where=exhibit.name, why="a mark for each person")
