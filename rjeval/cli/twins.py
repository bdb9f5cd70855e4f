"""Command that writes a synthetic twin: estimates and releases first, then invents people."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import rjeval as rj
from rjeval.analysis_data import Exports
from rjeval.cli.console import say
from rjeval.cli.data import processed_folder
from rjeval.cli.private import refuse_in_study
from rjeval.design.study import StudyDesign
from rjeval.errors import DataError, EstimationError, RjevalError, WithheldError
from rjeval.ingest.exports import examine_exports
from rjeval.report.packaged import copy_study
from rjeval.simulate.twin import draw_twin
from rjeval.simulate.twin_study import refuse_occupied, write_twin


def twin(given: argparse.Namespace) -> None:
    """Write a study folder of invented people, drawn from this study's released results."""
    design = rj.read_design(given.study)
    folder: Path = given.folder.expanduser()
    refuse_in_study(folder, design.root)
    refuse_occupied(folder)
    exports = rj.load_exports(processed_folder(design), design=design)
    released = list(released_results(exports, design))
    tables, absent = draw_twin(*released, design=design, seed=design.seed)
    write_twin(tables, folder, design=design, absent=absent)
    copy_study(folder)
    made = rj.read_design(folder)
    _, blocks = examine_exports(folder / "data" / "raw", design=made)
    if blocks:
        raise RjevalError(
            f"The twin in {folder.name} does not pass its own check.",
            hint="This is a defect of rjeval; please report it.",
        )
    say(
        f"Twin of {sum(map(len, tables.values())):,} rows in {folder}, from {len(released)} results"
    )
    say("that may be released. No number in it is a finding.")
    if absent:
        say(f"Not drawn: {', '.join(absent)}.")
    say(f"Next: rjeval report {folder}")


def released_results(exports: Exports, design: StudyDesign) -> Iterator[Any]:
    """Yield what a twin is made from, each released by the design's own rule; nothing else.

    A result that cannot be estimated or shown is left out.
    """
    cohort = rj.select_cohort(exports, design=design)
    by = "arm" if design.arms.has_comparison else None
    makers: list[Callable[[], Any]] = [
        lambda: rj.trace_flow(cohort),
        lambda: rj.describe_cohort(cohort, by=by, variables=design.covariates or None),
    ]
    if design.recidivism:
        makers.append(lambda: _rates(exports, cohort, design, by))
    makers += [_shares(exports, cohort, design, one.role) for one in design.surveys]
    for make in makers:
        try:
            yield rj.release(make(), rule=design.disclosure)
        except (DataError, EstimationError, WithheldError):
            continue


def _rates(exports: Exports, cohort: Any, design: StudyDesign, by: str | None) -> Any:
    outcome = rj.measure_time_to_event(cohort, exports, design=design)
    return rj.fixed_window_rates(outcome, by=by, at_days=list(design.primary.windows_days))


def _shares(exports: Exports, cohort: Any, design: StudyDesign, role: str) -> Callable[[], Any]:
    return lambda: rj.satisfaction_shares(
        rj.score_ratings(exports, cohort, design=design, role=role)
    )
