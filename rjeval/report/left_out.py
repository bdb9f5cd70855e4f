"""What a study lacks, told where a reader looks for it: in its section, or at the chapter's end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rjeval.language import mark, phrase
from rjeval.report.blocks import Note
from rjeval.report.collected import SHOWN_INSTEAD
from rjeval.report.execution import ExecutedCell

NOT_COLLECTED, DOES_NOT_APPLY = mark("Not collected"), mark("Does not apply")


@dataclass(frozen=True, slots=True)
class _Section:
    """A heading with the cells up to the next one; what stands before any heading has none."""

    cells: list[ExecutedCell] = field(default_factory=list)

    @property
    def heading(self) -> ExecutedCell | None:
        """The cell that begins with the heading."""
        first = self.cells[0] if self.cells else None
        return first if first is not None and heading_level(first) else None

    @property
    def begins_chapter(self) -> bool:
        """Whether the heading is one of the first level."""
        return self.heading is not None and heading_level(self.heading) == 1

    @property
    def code(self) -> list[ExecutedCell]:
        """Code cells, but for those in whose place another one is shown."""
        return [
            one
            for one in self.cells
            if one.cell.kind == "code" and one.not_collected != SHOWN_INSTEAD
        ]


def heading_level(one: ExecutedCell) -> int:
    """Level of the heading with which a text cell begins; 0 where it begins otherwise."""
    if one.cell.kind != "markdown":
        return 0
    text = one.cell.source.lstrip()
    return len(text) - len(text.lstrip("#"))


def with_notes(
    cells: Sequence[ExecutedCell], *, spoken: Callable[[str], str]
) -> Iterator[ExecutedCell | Note]:
    """Yield the cells that are told, with a note where something is left out.

    A section of which other parts are shown says what was not collected, at its place; that a
    part of it does not apply to this kind of study is not worth a word. A section left out with
    its heading is named at the end of its chapter, with the reason.

    Parameters
    ----------
    cells : sequence of ExecutedCell
    spoken : callable
        Markdown of a notebook to that of the report's language.
    """
    pending: dict[tuple[bool, str], list[str]] = {}
    chapter: set[str] = set()
    for section in _sections(cells):
        if section.begins_chapter:
            yield from _ending(pending, told=chapter)
            pending, chapter = {}, set()
        heading = section.heading
        if heading is not None and heading.not_collected and _all_left_out(section):
            if heading.not_collected != SHOWN_INSTEAD:
                named = spoken(heading.cell.source).lstrip("# ").partition("\n")[0].strip()
                key = heading.applies, heading.not_collected
                pending.setdefault(key, []).append(named)
            continue
        if section.begins_chapter:
            chapter = {one.not_collected for one in section.code}
        yield from _told(section)
    yield from _ending(pending, told=chapter)


def _sections(cells: Sequence[ExecutedCell]) -> Iterator[_Section]:
    section = _Section()
    for one in cells:
        if heading_level(one):
            yield section
            section = _Section()
        section.cells.append(one)
    yield section


def _all_left_out(section: _Section) -> bool:
    return all(one.not_collected for one in section.cells)


def _told(section: _Section) -> Iterator[ExecutedCell | Note]:
    """Yield the cells of a section, and notes on those left out of it."""
    nothing = bool(section.code) and all(one.not_collected for one in section.code)
    waiting: list[ExecutedCell] = []
    told: set[str] = set()
    replaced = _replaced(section)
    for one in section.cells:
        if one.not_collected == SHOWN_INSTEAD or (one.not_collected and replaced(one)):
            continue
        if one.not_collected:
            waiting += [one] if one.cell.kind == "code" else []
            continue
        if waiting and (one.displays or one.not_given or one.cell.kind == "markdown"):
            yield from _notes(waiting, nothing=nothing, told=told)
            waiting = []
        yield one
    yield from _notes(waiting, nothing=nothing, told=told)


def _replaced(section: _Section) -> Callable[[ExecutedCell], bool]:
    """Return whether a cell is left out for want of what another, shown, does without."""
    without = {
        word.partition(":")[2]
        for one in section.cells
        for word in one.cell.requires
        if word.startswith("without:") and not one.not_collected
    }
    return lambda one: bool(without & set(one.cell.requires))


def _notes(left_out: list[ExecutedCell], *, nothing: bool, told: set[str]) -> Iterator[Note]:
    """One sentence on what was not collected; where nothing else is shown, on what does not apply.

    A reason is told once in a section.
    """
    for applies, lead in ((True, NOT_COLLECTED), (False, DOES_NOT_APPLY)):
        reasons = dict.fromkeys(
            one.not_collected
            for one in left_out
            if one.applies is applies and one.not_collected not in told
        )
        told.update(reasons)
        if reasons and (applies or nothing):
            yield Note(text=f"{phrase(lead)}: {'; '.join(reasons)}.")


def _ending(pending: dict[tuple[bool, str], list[str]], *, told: set[str]) -> Iterator[Note]:
    """One note on sections not collected, one on those that do not apply, each with its reason.

    A reason that the chapter's own heading has told already goes without saying.
    """
    for kind, lead in ((True, NOT_COLLECTED), (False, DOES_NOT_APPLY)):
        parts = [
            phrase(
                "{reason} (left out here: {sections})",
                reason=reason,
                sections="; ".join(dict.fromkeys(names)),
            )
            for (applies, reason), names in pending.items()
            if applies is kind and reason not in told
        ]
        if parts:
            yield Note(text=f"{phrase(lead)}: {'; '.join(parts)}.")
