"""Commands on documents: a study's report, and the demonstration."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import rjeval as rj
from rjeval.cli.console import progress_bar, say
from rjeval.cli.data import is_prepared, store
from rjeval.cli.inspection import Secrets, inspect_report, ledger_path
from rjeval.cli.layout import writing_to
from rjeval.design.study import StudyDesign
from rjeval.disclosure.earlier import RELEASE_LEDGER
from rjeval.disclosure.ledger import kept_on_failure
from rjeval.disclosure.release_log import RELEASE_LOG
from rjeval.report.build import ALL, EXECUTE, Report, make_report
from rjeval.report.forms import FORMATS
from rjeval.report.packaged import copy_study, is_checkout, packaged_study
from rjeval.report.scratch import scratch_folder
from rjeval.report.starting import WarmParent


def report(given: argparse.Namespace) -> None:
    """Prepare where needed, then make the report."""
    design = rj.read_design(given.study)
    done, seconds = _prepare_and_report(
        design,
        raw=given.raw,
        kind=given.kind,
        out=given.out,
        again=given.again,
        formats=given.formats,
        since=given.since,
    )
    _say_where(done)
    if given.times:
        _say_times(done, seconds)


def demo(given: argparse.Namespace) -> None:
    """Make all documents of the demonstration study, in place or in a folder of its own."""
    source = packaged_study()
    folder = given.folder
    if folder is None:
        folder = source if is_checkout(source) else Path("rjeval-demo")
    if folder.resolve() != source:
        with writing_to(folder):
            copy_study(folder, with_design=True, with_data=True)
    design = rj.read_design(folder)
    done, _ = _prepare_and_report(design)
    _say_where(done)


def _prepare_and_report(
    design: StudyDesign,
    *,
    raw: Path | None = None,
    kind: str = ALL,
    out: Path | None = None,
    again: bool = False,
    formats: Iterable[str] = FORMATS,
    since: Path | None = None,
) -> tuple[Report, float]:
    with progress_bar() as bar, ExitStack() as opened:
        began, parent = time.perf_counter(), None
        if not is_prepared(design, raw):
            bar.stage("prepare")
            # It imports while data are prepared; a report is made of new data in any case.
            parent = opened.enter_context(WarmParent())
            store(design, raw)
        seconds = time.perf_counter() - began
        secrets = opened.enter_context(Secrets(design))

        def stage(name: str) -> None:
            bar.stage(name)
            if name == EXECUTE:
                secrets.gather()

        with scratch_folder() as log, kept_on_failure(ledger_path(design)) as ledger:
            done = make_report(
                design,
                kind=kind,
                out=out,
                again=again,
                formats=formats,
                since=since,
                progress=bar.cells,
                stage=stage,
                environment={RELEASE_LOG: str(log), RELEASE_LEDGER: str(ledger)},
                inspect=lambda folder: inspect_report(
                    folder, design=design, kind=kind, log=log, secrets=secrets
                ),
                parent=parent,
            )
    return done, seconds


def _say_where(done: Report) -> None:
    unchanged = "" if done.made else ", unchanged: nothing it rests on has changed"
    say(f"The report lies in {done.folder}{unchanged}")
    for file in done.files:
        say(f"  {file.name}")
    if done.changes:
        say(done.changes)


def _say_times(done: Report, prepared: float) -> None:
    say(f"  {prepared:6.1f} s  prepare")
    for name, seconds in done.seconds.items():
        say(f"  {seconds:6.1f} s  {name}")
