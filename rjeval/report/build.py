"""A study's report: notebooks executed, document assembled, files moved into place at once."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from rjeval.design.study import StudyDesign
from rjeval.errors import ReportError
from rjeval.report.document import Document, assemble_document
from rjeval.report.docx import write_docx
from rjeval.report.execution import (
    ExecutedNotebook,
    Progress,
    execute_notebooks,
    notebook_folder,
)
from rjeval.report.html import render_html
from rjeval.report.manifest import describe_report
from rjeval.report.notebook import read_notebooks
from rjeval.report.packaged import packaged_study
from rjeval.report.pdf import write_pdf

KINDS = ("annual",)
FORMS = ("html", "pdf", "docx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Where a report lies, and the seconds that each stage took."""

    folder: Path
    files: tuple[Path, ...]
    seconds: dict[str, float]


def make_report(
    design: StudyDesign,
    *,
    kind: str = "annual",
    out: Path | None = None,
    progress: Progress | None = None,
    stage: Callable[[str], None] | None = None,
) -> Report:
    """Execute a study's notebooks and write the report as HTML, PDF and DOCX.

    Parameters
    ----------
    design : StudyDesign
        Its processed data must lie in ``data/processed`` of the study folder.
    kind : str
        Which document; one of ``KINDS``.
    out : Path, optional
        Folder for reports; ``reports`` of the study folder where none is given.
    progress : callable, optional
        Told after each cell: notebook, cells done, cells in all.
    stage : callable, optional
        Told the name of each stage as it begins.

    Returns
    -------
    Report
        ``<out>/<study slug>/<extract date>/`` with the files and ``manifest.json``.

    Raises
    ------
    ReportError
        A cell failed or the document could not be made; an earlier report stays as it was.
    """
    folder = (out or design.root / "reports") / study_slug(design) / _date(design)
    _recover(folder)
    clock = _Clock(stage)
    notebooks = read_notebooks(notebook_folder(design.root, packaged=packaged_study()), kind=kind)
    with clock.measure("execute"):
        executed = execute_notebooks(notebooks, design=design, progress=progress)
    with clock.measure("assemble"):
        document = assemble_document(executed, design=design, kind=kind)
    with _written_at_once(folder) as target:
        _write_forms(document, target, name=f"{kind}_report", clock=clock)
        made = [path for path in target.iterdir() if path.is_file()]
        text = describe_report(
            design, executed, kind=kind, processed=design.root / "data" / "processed", files=made
        )
        (target / "manifest.json").write_text(text, encoding="utf-8")
    return Report(
        folder=folder,
        files=tuple(sorted(folder.iterdir())),
        seconds=clock.seconds | _notebook_seconds(executed),
    )


def study_slug(design: StudyDesign) -> str:
    """Return the name of a study's folder of reports, from its title.

    Examples
    --------
    >>> study_slug(StudyDesign(title="River Valley: RJ, 2021–23", root=Path(".")))
    'river-valley-rj-2021-23'
    """
    return re.sub(r"[^a-z0-9]+", "-", design.title.lower()).strip("-")[:60] or "study"


def _date(design: StudyDesign) -> str:
    return design.extract_date.isoformat() if design.extract_date else "undated"


def _write_forms(document: Document, target: Path, *, name: str, clock: _Clock) -> None:
    made = f"Made with rjeval {version('rjeval')}"
    with tempfile.TemporaryDirectory(prefix="rjeval-") as scratch_name:
        scratch = Path(scratch_name)
        for figure in document.figures:
            (scratch / f"figure-{figure.number}.svg").write_text(figure.svg, encoding="utf-8")
            (scratch / f"figure-{figure.number}.png").write_bytes(figure.png)
        with clock.measure("html"):
            (target / f"{name}.html").write_text(render_html(document), encoding="utf-8")
        with clock.measure("pdf"):
            write_pdf(document, target / f"{name}.pdf", scratch=scratch, made=made)
        with clock.measure("docx"):
            write_docx(document, target / f"{name}.docx", scratch=scratch, made=made)


def _notebook_seconds(executed: tuple[ExecutedNotebook, ...]) -> dict[str, float]:
    return {f"  {one.notebook.name}": one.seconds for one in executed}


@contextmanager
def _written_at_once(folder: Path) -> Iterator[Path]:
    """Give a temporary folder beside ``folder``, and put it in its place when all went well."""
    try:
        fresh = _fresh_folder(folder.parent)
    except OSError as error:
        raise ReportError(
            f"The folder for reports cannot be written: {error.strerror}.",
            hint="Choose another with --out, or change its permissions.",
        ) from None
    try:
        yield fresh
        _swap(fresh, folder)
    except OSError as error:
        raise ReportError(f"The report cannot be put in place: {error.strerror}.") from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _fresh_folder(parent: Path) -> Path:
    parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=".new-", dir=parent))


def _swap(fresh: Path, folder: Path) -> None:
    """Two renames; between them the earlier report stands under the name ``_recover`` knows."""
    fresh.chmod(0o755)
    if folder.exists():
        folder.rename(_earlier(folder))
    fresh.rename(folder)
    shutil.rmtree(_earlier(folder), ignore_errors=True)


def _earlier(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}-earlier")


def _recover(folder: Path) -> None:
    """Put the earlier report back, if a run was killed between the two renames."""
    if _earlier(folder).exists() and not folder.exists():
        _earlier(folder).rename(folder)
    shutil.rmtree(_earlier(folder), ignore_errors=True)


class _Clock:
    """Seconds by stage."""

    def __init__(self, stage: Callable[[str], None] | None) -> None:
        self.seconds: dict[str, float] = {}
        self._stage = stage

    @contextmanager
    def measure(self, name: str) -> Iterator[None]:
        """Time what stands inside the block."""
        if self._stage is not None:
            self._stage(name)
        began = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - began
