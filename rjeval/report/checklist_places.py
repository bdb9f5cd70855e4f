"""The reporting checklist, filled from the sections that the run made and not from the design."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from rjeval.design.study import StudyDesign
from rjeval.language import mark, phrase
from rjeval.languages.reading import in_english, retell
from rjeval.report.blocks import Document, Table
from rjeval.report.collected import SHOWN_INSTEAD, does_not_apply, why_not_collected
from rjeval.report.execution import ExecutedCell, ExecutedNotebook
from rjeval.report.left_out import DOES_NOT_APPLY, NOT_COLLECTED, heading_level
from rjeval.report.notebook import Notebook
from rjeval.report.refusal_texts import REFUSALS

#: How the checklist calls a document -> its kind.
KINDS = {"Annual evaluation": "annual", "Methods": "methods", "Fact sheet": "factsheet"}
KINDS_TEXT = {
    "Annual evaluation": mark("Annual evaluation"),
    "Methods": mark("Methods"),
    "Fact sheet": mark("Fact sheet"),
}
REMOVED = mark("taken out of the study's notebooks, or renamed")
_LAST_CELL = re.compile(r"(<td[^>]*>)((?:(?!<td).)*)(</td></tr>)", re.DOTALL)
_BODY_ROW = re.compile(r"<tr>(?:(?!</tr>)(?!<th scope=\"col\").)*</tr>", re.DOTALL)

#: Kind of document -> heading in English -> why its section is not there; empty where it is.
Sections = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class _Place:
    """One place that a row names: the document, the section, and both as one English text."""

    kind: str
    section: str
    text: str


def sections_of(
    books: Mapping[str, Iterable[Notebook]],
    executed: Iterable[ExecutedNotebook],
    *,
    design: StudyDesign,
) -> dict[str, dict[str, str]]:
    """Return each document's sections, with why one is not there.

    Parameters
    ----------
    books : mapping of kind of document to its notebooks
    executed : iterable of ExecutedNotebook
        Those of this run; of the others only what the design and the exports say is known.
    design : StudyDesign
    """
    done = {one.notebook.name: one.cells for one in executed}
    found: dict[str, dict[str, str]] = {}
    for kind, notebooks in books.items():
        own = found.setdefault(kind, {})
        for book in notebooks:
            for heading, why in _sections(done.get(book.name) or _unexecuted(book, design)):
                # Of two sections of one name one may be shown instead of the other.
                own[heading] = "" if own.get(heading) == "" else why
    return found


def fill_checklist(document: Document, sections: Sections) -> Document:
    """Return a document whose checklist says of each section whether it is there, and if not why.

    A section that the study's notebooks do not have was taken out by the researcher.
    """
    blocks = [
        _filled(block, sections) if isinstance(block, Table) and block.places else block
        for block in document.blocks
    ]
    return replace(document, blocks=tuple(blocks))


def _unexecuted(book: Notebook, design: StudyDesign) -> tuple[ExecutedCell, ...]:
    """Return the cells of a notebook of another run, as far as design and exports tell."""
    return tuple(
        ExecutedCell(
            cell=cell,
            not_collected=why_not_collected(design, cell.requires),
            applies=not does_not_apply(design, cell.requires),
        )
        for cell in book.cells
    )


def _sections(cells: Iterable[ExecutedCell]) -> Iterator[tuple[str, str]]:
    """Yield each heading with why its section is not there."""
    heading: ExecutedCell | None = None
    code: list[ExecutedCell] = []
    for one in cells:
        if heading_level(one):
            if heading is not None:
                yield _english(heading), _why(heading, code)
            heading, code = one, []
        elif one.cell.kind == "code":
            code.append(one)
    if heading is not None:
        yield _english(heading), _why(heading, code)


def _english(heading: ExecutedCell) -> str:
    first = heading.cell.source.strip().partition("\n\n")[0]
    return in_english(first).lstrip("# ").strip()


def _why(heading: ExecutedCell, code: list[ExecutedCell]) -> str:
    if heading.not_collected:
        return _reason(heading)
    if code and all(one.not_collected for one in code):
        return _reason(code[0])
    if code and all(one.not_given or one.not_collected for one in code):
        why = next(one.not_given for one in code if one.not_given)
        told = retell(why, among=REFUSALS).rstrip(".")
        return phrase("Not given: {why}.", why=told).rstrip(".")
    return ""


def _reason(left_out: ExecutedCell) -> str:
    if left_out.not_collected == SHOWN_INSTEAD:
        return SHOWN_INSTEAD
    lead = NOT_COLLECTED if left_out.applies else DOES_NOT_APPLY
    return f"{phrase(lead)}: {left_out.not_collected}"


def _filled(table: Table, sections: Sections) -> Table:
    rows = iter(table.places)

    def told(found: re.Match[str]) -> str:
        text = _told(next(rows, ""), sections)
        if not text:
            return found.group(0)
        return _LAST_CELL.sub(lambda one: f"{one[1]}{html.escape(text)}{one[3]}", found.group(0))

    return replace(table, html=_BODY_ROW.sub(told, table.html))


def _told(where: str, sections: Sections) -> str:
    """Return what a row says where a part of it is not there; else nothing."""
    places = list(_places(where))
    states = [_state(one, sections) for one in places]
    if not any(states):
        return ""
    shown = [
        _spoken(one) if not why else f"{_spoken(one)} ({_lower(why)})"
        for one, why in zip(places, states, strict=True)
    ]
    return "; ".join(shown)


def _places(where: str) -> Iterator[_Place]:
    """Yield the places that a row names; a section without a document is of the one before."""
    kind = ""
    for part in filter(None, where.split("; ")):
        lead, _, section = part.partition(": ")
        if section and lead in KINDS:
            kind = lead
        yield _Place(kind=KINDS.get(kind, ""), section=section or part, text=part)


def _state(place: _Place, sections: Sections) -> str:
    if not place.kind or place.section not in SECTIONS:
        return ""
    return sections.get(place.kind, {}).get(place.section, phrase(REMOVED))


def _spoken(place: _Place) -> str:
    """Return a place in the language in use."""
    if place.section not in SECTIONS:
        return phrase(place.text)
    lead = place.text.partition(": ")[0]
    named = (phrase(f"{level} {place.section}").lstrip("# ") for level in ("##", "#"))
    section = next((one for one in named if one != place.section), place.section)
    return f"{phrase(KINDS_TEXT[lead])}: {section}" if lead in KINDS else section


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


#: Sections of the shipped notebooks that the checklist names.
SECTIONS = frozenset(
    {
        "Comparison and measures",
        "Definition of the primary measure",
        "Difference between the arms",
        "Does the answer hang on one choice?",
        "Estimators",
        "Every row accounted for",
        "Follow-up",
        "Formulas",
        "From referral to the cohort",
        "How many reoffended",
        "How strong is this evidence?",
        "Limits",
        "Objectives",
        "Reproducing this report",
        "Sources",
        "Summary",
        "What cleaning changed",
        "What is missing",
        "What was fixed in advance",
        "When they reoffended",
        "Who they were",
        "With characteristics taken into account",
    }
)
