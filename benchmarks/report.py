"""Our documents beside the same content made by hand: ``python -m benchmarks.report``.

Both sides start from the raw exports of a programme of 3,000 referrals and make the same tables,
figures and models, in the same forms. What is ours alone (disclosure control, inspection, text
alternatives, quarantine and ledger) is done, and is in our time. ``RJEVAL_PEER_PYTHON`` names an
interpreter with papermill, nbconvert, lifelines, statsmodels and Pandera; without it, and where
they cannot be imported here, our side is timed alone, and that is said.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

PEER = "RJEVAL_PEER_PYTHON"
SIZE = 3_000
REPEATS = 3
#: What the console script does.
RUN = "from rjeval.cli.main import run; run()"
#: What is compared: contents and whether as a page only.
JOBS = (("annual", True), ("annual", False), ("all", False))
NAMES = {"annual": "annual evaluation", "all": "three documents"}


def measure(job: Callable[[], object]) -> tuple[float, float]:
    """Return seconds of the clock and of the processor, this process and its children."""
    before, began = _used(), time.perf_counter()
    job()
    return time.perf_counter() - began, _used() - before


def _used() -> float:
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(one.ru_utime + one.ru_stime for one in map(resource.getrusage, who))


def peer_python() -> str:
    """Return an interpreter that has what the peer takes; empty where there is none."""
    python = os.environ.get(PEER, sys.executable)
    needs = "import papermill, nbconvert, lifelines, statsmodels, pandera"
    asked = subprocess.run([python, "-c", needs], capture_output=True)
    return python if asked.returncode == 0 else ""


def ours(study: Path, *, kind: str, page_only: bool, prepared: bool = False) -> None:
    """Make a report anew, from the raw exports or from data prepared before."""
    if not prepared:
        shutil.rmtree(study / "data" / "processed", ignore_errors=True)
    shutil.rmtree(study / "reports", ignore_errors=True)
    command = [sys.executable, "-c", RUN, "report", str(study), "--kind", kind]
    forms = ["--formats", "html"] if page_only else []
    subprocess.run([*command, *forms], check=True, capture_output=True)


def main() -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    from benchmarks.peer_report import make_by_hand

    python = peer_python()
    with tempfile.TemporaryDirectory() as name:
        folder, study = Path(name), Path(name) / "study"
        simulate = [sys.executable, "-c", RUN, "simulate", str(study), "--size", str(SIZE)]
        subprocess.run(simulate, check=True, capture_output=True)
        print(f"{os.cpu_count()} cores; medians of {REPEATS}: clock and processor, in seconds")
        for kind, page_only in JOBS:
            what = f"{NAMES[kind]}, {'HTML' if page_only else 'HTML, PDF, DOCX'}"
            _tell(f"{what}: from raw exports", kind=kind, page_only=page_only, study=study)
            _tell(f"{what}: prepared", kind=kind, page_only=page_only, study=study, prepared=True)
            if python:
                by_hand = partial(
                    make_by_hand,
                    folder,
                    study / "data" / "raw",
                    kind=kind,
                    python=python,
                    page_only=page_only,
                )
                _say(f"{what}: by hand from raw exports", by_hand)
        again = [sys.executable, "-c", RUN, "report", str(study), "--kind", "all"]
        _say(
            "three documents again, nothing changed",
            lambda: subprocess.run(again, check=True, capture_output=True),
        )
        if not python:
            print(f"by hand: not timed, papermill and the others are not there (set {PEER})")


def _tell(what: str, *, kind: str, page_only: bool, study: Path, prepared: bool = False) -> None:
    _say(what, lambda: ours(study, kind=kind, page_only=page_only, prepared=prepared))


def _say(what: str, job: Callable[[], object]) -> None:
    taken = [measure(job) for _ in range(REPEATS)]
    clock, processor = (statistics.median(one) for one in zip(*taken, strict=True))
    load = os.getloadavg()[0]
    print(f"{clock:7.1f} {processor:7.1f}  {what} (load {load:.1f})", flush=True)


if __name__ == "__main__":
    main()
