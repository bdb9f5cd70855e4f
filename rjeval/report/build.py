"""A study's reports: notebooks executed once, documents assembled, files moved in at once."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rjeval.design.study import StudyDesign
from rjeval.report.changes import changes_markup, compare_reports
from rjeval.report.checklist_places import fill_checklist, sections_of
from rjeval.report.design_texts import check_design_texts
from rjeval.report.document import KIND_TITLES, assemble_document, insert_section
from rjeval.report.execution import (
    ExecutedNotebook,
    Progress,
    execute_notebooks,
    notebook_folder,
)
from rjeval.report.forms import FORMATS, PIXELS, Forms, choose_forms, write_forms
from rjeval.report.manifest import (
    MANIFEST,
    Inputs,
    collect_inputs,
    describe_document,
    manifest_text,
    read_documents,
)
from rjeval.report.measures_export import write_measures
from rjeval.report.notebook import Notebook, read_notebooks
from rjeval.report.packaged import packaged_study
from rjeval.report.placing import recover, written_at_once
from rjeval.report.record import EarlierReport, read_earlier, record_of, record_text
from rjeval.report.starting import WarmParent
from rjeval.report.suppression_log import suppression_markup
from rjeval.results.base import VECTORS_ONLY

#: Kind of document -> name of its files.
FILE_NAMES = {"annual": "annual_report", "factsheet": "fact_sheet", "methods": "methods_appendix"}
#: The document that is compared with that of an earlier report.
COMPARED_KIND = "annual"
#: Documents that close with how many of their numbers are not shown.
LOGGED_KINDS = ("annual", "methods")
#: The document that holds the reporting checklist.
CHECKED_KIND = "methods"
#: The document beside which its measures lie as files for a funder.
MEASURED_KIND = "factsheet"
ALL = "all"
#: The stage in which notebooks are executed.
EXECUTE = "execute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Where a report lies, what was made anew, the seconds of each stage, what changed since."""

    folder: Path
    files: tuple[Path, ...]
    seconds: dict[str, float]
    made: tuple[str, ...]
    changes: str = ""


def make_report(  # noqa: PLR0913 - each option is one named choice of the run
    design: StudyDesign,
    *,
    kind: str = "annual",
    out: Path | None = None,
    again: bool = False,
    formats: Iterable[str] = FORMATS,
    since: Path | None = None,
    progress: Progress | None = None,
    stage: Callable[[str], None] | None = None,
    environment: Mapping[str, str] | None = None,
    inspect: Callable[[Path], None] | None = None,
    parent: WarmParent | None = None,
) -> Report:
    """Execute a study's notebooks and write its documents as HTML, PDF and DOCX.

    A document whose inputs (design, prepared data, notebooks, code, versions) are those of the
    one that lies there is left as it is.

    Parameters
    ----------
    design : StudyDesign
        Its prepared data must lie in ``data/processed`` of the study folder.
    kind : {"annual", "factsheet", "methods", "all"}
        Which document, or all of them from one execution.
    out : Path, optional
        Folder for reports; ``reports`` of the study folder where none is given.
    again : bool
        Make it also where nothing has changed.
    formats : iterable of {"html", "pdf", "docx"}
        What to write; forms that lie there already and are still current are kept with them.
    since : Path, optional
        Folder of an earlier report: the annual evaluation says what changed since, and why.
    progress : callable, optional
        Told after each cell: notebook, cells done, cells in all.
    stage : callable, optional
        Told the name of each stage as it begins.
    environment : mapping, optional
        Further variables of the kernels' environment.
    inspect : callable, optional
        Given the finished folder before it is put in its place; what it raises stops the report.
    parent : WarmParent, optional
        From which kernels are forked, started by the caller while something else was done.

    Returns
    -------
    Report
        ``<out>/<study slug>/<extract date>/`` with the files and ``manifest.json``.

    Raises
    ------
    ReportError
        A cell failed or the document could not be made; an earlier report stays as it was.
    """
    check_design_texts(design)
    folder = (out or design.root / "reports") / study_slug(design) / _date(design)
    recover(folder)
    clock = _Clock(stage)
    with clock.measure("inputs"):
        inputs = collect_inputs(design)
        wanted = _notebooks(design, kind)
        standing = read_documents(folder)
        compared = read_earlier(since, name=FILE_NAMES[COMPARED_KIND]) if since else None
        keys = {
            one: inputs.key(books, since=compared.digest)
            if compared and one == COMPARED_KIND
            else inputs.key(books)
            for one, books in wanted.items()
        }
        forms = {
            one: choose_forms(formats, standing.get(one, {}), key=keys[one], name=FILE_NAMES[one])
            for one in wanted
        }
        if not again:
            wanted = {one: books for one, books in wanted.items() if forms[one].missing}
    changes = ""
    if wanted:
        with clock.measure(EXECUTE):
            unique = {book.name: book for books in wanted.values() for book in books}
            ordered = [unique[name] for name in sorted(unique)]
            pixels = any(PIXELS in forms[one].written for one in wanted)
            executed = execute_notebooks(
                ordered,
                design=design,
                progress=progress,
                environment=dict(environment or {}) | ({} if pixels else {VECTORS_ONLY: "1"}),
                parent=parent,
            )
        clock.seconds |= {f"  {one.notebook.name}": one.seconds for one in executed}
        documents = _Documents(design, inputs, keys, forms, executed, clock, compared)
        with written_at_once(folder) as target:
            changes = documents.write(wanted, target, standing=standing, earlier=folder)
            if inspect is not None:
                with clock.measure("inspect"):
                    inspect(target)
    return Report(
        folder=folder,
        files=tuple(sorted(folder.iterdir())),
        seconds=clock.seconds,
        made=tuple(wanted),
        changes=changes,
    )


def study_slug(design: StudyDesign) -> str:
    """Return the name of a study's folder of reports, from its title.

    Examples
    --------
    >>> study_slug(StudyDesign(title="River Valley: RJ, 2021–23", root=Path(".")))
    'river-valley-rj-2021-23'
    """
    return re.sub(r"[^a-z0-9]+", "-", design.title.lower()).strip("-")[:60] or "study"


def _notebooks(design: StudyDesign, kind: str) -> dict[str, tuple[Notebook, ...]]:
    folder = notebook_folder(design.root, packaged=packaged_study())
    kinds = tuple(KIND_TITLES) if kind == ALL else (kind,)
    return {one: read_notebooks(folder, kind=one) for one in kinds}


def _date(design: StudyDesign) -> str:
    return design.extract_date.isoformat() if design.extract_date else "undated"


@dataclass(frozen=True, slots=True)
class _Documents:
    """Executed notebooks on their way to files."""

    design: StudyDesign
    inputs: Inputs
    keys: dict[str, str]
    forms: dict[str, Forms]
    executed: tuple[ExecutedNotebook, ...]
    clock: _Clock
    compared: EarlierReport | None = None

    def write(
        self,
        wanted: dict[str, tuple[Notebook, ...]],
        target: Path,
        *,
        standing: dict[str, dict[str, dict[str, str]]],
        earlier: Path,
    ) -> str:
        """Write the wanted documents, take along the others that stand, and the manifest.

        Returns one sentence on what changed since the report that this one is compared with.
        """
        changes = ""
        entries: dict[str, object] = {}
        for kind, entry in standing.items():
            if kind not in wanted:
                for name in entry["outputs"]:
                    shutil.copy2(earlier / name, target / name)
                entries[kind] = entry
        for kind, notebooks in wanted.items():
            names = {one.name for one in notebooks}
            mine = [one for one in self.executed if one.notebook.name in names]
            with self.clock.measure("assemble"):
                document = assemble_document(mine, design=self.design, kind=kind)
            if kind == CHECKED_KIND:
                document = fill_checklist(document, self._sections())
            record = record_of(document)
            if kind == COMPARED_KIND and self.compared is not None:
                now = json.loads(manifest_text(self.inputs, {}))
                found = compare_reports(self.compared, record=record, manifest=now)
                document = insert_section(document, changes_markup(found), where="changes")
                changes = found.message
            if kind in LOGGED_KINDS:
                document = insert_section(
                    document,
                    suppression_markup(record_of(document)),
                    where="suppression",
                    last=True,
                )
            own = self.design.docx_template
            forms = {one: target / f"{FILE_NAMES[kind]}.{one}" for one in self.forms[kind].written}
            write_forms(
                document,
                forms,
                template=self.design.root / own if own else None,
                measure=self.clock.measure,
            )
            files = list(forms.values())
            files.append(target / f"{FILE_NAMES[kind]}.json")
            files[-1].write_text(record_text(record), encoding="utf-8")
            if kind == MEASURED_KIND and document.measures:
                files += write_measures(document.measures, target)
            entries[kind] = describe_document(self.keys[kind], notebooks, files)
        text = manifest_text(self.inputs, entries)
        (target / MANIFEST).write_text(text, encoding="utf-8")
        return changes

    def _sections(self) -> dict[str, dict[str, str]]:
        """Return the sections of all documents, those of other runs as far as they are known."""
        books = _notebooks(self.design, ALL)
        return sections_of(books, self.executed, design=self.design)


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
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began
