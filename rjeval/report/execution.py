"""Execute a report's notebooks in fresh kernels, two at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import rjeval.errors
from rjeval.design.study import StudyDesign
from rjeval.errors import ReportError, RjevalError
from rjeval.report.collected import why_not_collected
from rjeval.report.kernel import CellError, Display, Kernel
from rjeval.report.notebook import Cell, Notebook

#: Kernels that run side by side.
SIDE_BY_SIDE = 2
#: Seconds that one cell may take.
CELL_SECONDS = 900.0

#: Called after each cell with the notebook's name, cells done and cells in all.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutedCell:
    """A cell with what it displayed, or with why the study has nothing for it."""

    cell: Cell
    displays: tuple[Display, ...] = ()
    not_collected: str = ""


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
) -> tuple[ExecutedNotebook, ...]:
    """Execute notebooks in fresh kernels, in order, the next beside the former.

    Raises
    ------
    ReportError
        A cell failed; the message names notebook and cell and says why in one sentence.
    """
    stop = Event()
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
        jobs = [
            pool.submit(_Run(design, one, stop, progress, cell_seconds, environment or {}).execute)
            for one in notebooks
        ]
        try:
            wait(jobs, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()
        return _results(jobs)


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

    def execute(self) -> ExecutedNotebook:
        began, done = time.perf_counter(), []
        if self.stop.is_set():
            raise _StoppedError("Left, because another notebook failed.")
        with Kernel(self.design.root, self.environment) as kernel:
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
            return ExecutedCell(cell=cell, not_collected=reason)
        if cell.kind != "code" or not cell.source.strip():
            return ExecutedCell(cell=cell)
        try:
            run = kernel.run(cell.source, seconds=self.cell_seconds, stopped=self.stop.is_set)
        except ReportError as error:
            if self.stop.is_set():
                raise _StoppedError("Left, because another notebook failed.") from None
            raise self._failure(cell, error.message, hint=error.hint) from None
        if run.error is not None:
            sentence, hint = _one_sentence(run.error)
            raise self._failure(cell, sentence, hint=hint)
        return ExecutedCell(cell=cell, displays=tuple(run.displays))

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
