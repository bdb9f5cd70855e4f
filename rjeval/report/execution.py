"""Execute a report's notebooks in fresh kernels, two at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import nullcontext
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import rjeval.errors
from rjeval.design.study import StudyDesign
from rjeval.errors import ReportError, RjevalError
from rjeval.report.collected import does_not_apply, why_not_collected
from rjeval.report.kernel import CellError, Display, Kernel
from rjeval.report.notebook import Cell, Notebook
from rjeval.report.refusal import (
    bound_names,
    is_refusal,
    used_names,
    without_counts,
    without_settings,
)
from rjeval.report.starting import WarmParent

#: Kernels that run side by side.
SIDE_BY_SIDE = 2
#: Seconds that one cell may take.
CELL_SECONDS = 900.0

#: Called after each cell with the notebook's name, cells done and cells in all.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutedCell:
    """A cell with what it displayed, or with why the study has nothing for it.

    ``applies`` is false where data are there, but the analysis does not apply to the study.
    ``not_given`` is the sentence of a refused estimate; ``follows`` says that the cell was left
    because it needs what an earlier cell, refused for that reason, would have given.
    """

    cell: Cell
    displays: tuple[Display, ...] = ()
    not_collected: str = ""
    applies: bool = True
    not_given: str = ""
    follows: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutedNotebook:
    """A notebook after execution, and the seconds it took."""

    notebook: Notebook
    cells: tuple[ExecutedCell, ...]
    seconds: float


def execute_notebooks(
    notebooks: Iterable[Notebook],
    *,
    design: StudyDesign,
    progress: Progress | None = None,
    cell_seconds: float = CELL_SECONDS,
    environment: Mapping[str, str] | None = None,
    parent: WarmParent | None = None,
) -> tuple[ExecutedNotebook, ...]:
    """Execute notebooks in fresh kernels, two side by side, those with most to do first.

    Several kernels are forked from one warm parent, the one given or one for this run alone;
    each has a memory of its own.

    What comes back stands in the order given.

    Raises
    ------
    ReportError
        A cell failed; the message names notebook and cell and says why in one sentence. An
        estimate that was refused is no failure: its cell says why there is no number.
    """
    stop, given = Event(), list(notebooks)
    own = WarmParent() if parent is None and len(given) > 1 else None
    parent = parent or own
    with own or nullcontext(), ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
        started = {
            # Each thread speaks the language of this one.
            one.name: pool.submit(
                copy_context().run,
                _Run(design, one, stop, progress, cell_seconds, environment or {}, parent).execute,
            )
            for one in sorted(given, key=_n_code_cells, reverse=True)
        }
        jobs = [started[one.name] for one in given]
        try:
            wait(jobs, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()
        return _results(jobs)


def _n_code_cells(notebook: Notebook) -> int:
    return sum(one.kind == "code" for one in notebook.cells)


def _results(jobs: list[Future[ExecutedNotebook]]) -> tuple[ExecutedNotebook, ...]:
    """Results of all jobs; the failure that stopped the others comes before theirs."""
    errors = [error for job in jobs if (error := job.exception()) is not None]
    real = [error for error in errors if not isinstance(error, _StoppedError)]
    for error in real:
        raise error
    return tuple(job.result() for job in jobs)


class _StoppedError(RjevalError):
    """Another notebook failed, so this one was left."""


@dataclass(frozen=True, slots=True)
class _Run:
    """One notebook's execution."""

    design: StudyDesign
    notebook: Notebook
    stop: Event
    progress: Progress | None
    cell_seconds: float
    environment: Mapping[str, str]
    parent: WarmParent | None
    #: Names that a refused cell would have bound -> why it was refused.
    refused: dict[str, str] = field(default_factory=dict)

    def execute(self) -> ExecutedNotebook:
        began, done = time.perf_counter(), []
        if self.stop.is_set():
            raise _StoppedError("Left, because another notebook failed.")
        with Kernel(self.design.root, self.environment, parent=self.parent) as kernel:
            for number, cell in enumerate(self.notebook.cells, start=1):
                if self.stop.is_set():
                    raise _StoppedError("Left, because another notebook failed.")
                try:
                    done.append(self._run(cell, kernel))
                except BaseException:
                    self.stop.set()
                    raise
                if self.progress is not None:
                    self.progress(self.notebook.name, number, len(self.notebook.cells))
        seconds = time.perf_counter() - began
        return ExecutedNotebook(notebook=self.notebook, cells=tuple(done), seconds=seconds)

    def _run(self, cell: Cell, kernel: Kernel) -> ExecutedCell:
        reason = why_not_collected(self.design, cell.requires)
        if reason:
            applies = not does_not_apply(self.design, cell.requires)
            return ExecutedCell(cell=cell, not_collected=reason, applies=applies)
        if cell.kind != "code" or not cell.source.strip():
            return ExecutedCell(cell=cell)
        waits_for = self._waits_for(cell)
        if waits_for:
            return ExecutedCell(cell=cell, not_given=waits_for, follows=True)
        try:
            run = kernel.run(cell.source, seconds=self.cell_seconds, stopped=self.stop.is_set)
        except ReportError as error:
            if self.stop.is_set():
                raise _StoppedError("Left, because another notebook failed.") from None
            raise self._failure(cell, error.message, hint=error.hint) from None
        if run.error is not None and is_refusal(run.error.kind):
            return self._refuse(cell, run.error)
        if run.error is not None:
            sentence, hint = _one_sentence(run.error)
            raise self._failure(cell, sentence, hint=hint)
        for name in bound_names(cell.source) & self.refused.keys():
            del self.refused[name]
        return ExecutedCell(cell=cell, displays=tuple(run.displays))

    def _waits_for(self, cell: Cell) -> str:
        """Why what this cell needs was refused; what it would have bound is refused with it."""
        if not self.refused:
            return ""
        needed = used_names(cell.source) & self.refused.keys()
        reasons = [self.refused[name] for name in sorted(needed)]
        if reasons:
            self.refused.update(dict.fromkeys(bound_names(cell.source), reasons[0]))
        return reasons[0] if reasons else ""

    def _refuse(self, cell: Cell, error: CellError) -> ExecutedCell:
        """Note why there is no number, and go on."""
        sentence = without_settings(_one_sentence(error)[0])
        reason = without_counts(sentence) if self.design.disclosure.suppresses else sentence
        self.refused.update(dict.fromkeys(bound_names(cell.source), reason))
        return ExecutedCell(cell=cell, not_given=reason)

    def _failure(self, cell: Cell, sentence: str, *, hint: str = "") -> ReportError:
        return ReportError(
            f"{self.notebook.name}, code cell {cell.number}: {sentence}",
            notebook=self.notebook.name,
            cell=cell.number,
            hint=hint or "Run the notebook by hand in JupyterLab to see more.",
        )


def _one_sentence(error: CellError) -> tuple[str, str]:
    """Our own errors speak for themselves; any other may hold values, so only its kind is told."""
    known = getattr(rjeval.errors, error.kind, None)
    if isinstance(known, type) and issubclass(known, RjevalError):
        message, _, hint = error.text.partition("\n")
        return message, hint
    return f"the cell raised {error.kind}.", ""


def notebook_folder(study: Path, *, packaged: Path) -> Path:
    """Return a study's own notebooks, or the packaged ones where it has none."""
    own = study / "notebooks"
    return own if any(own.glob("*.ipynb")) else packaged / "notebooks"
