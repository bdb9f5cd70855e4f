"""A report of 3,000 referrals beside one made by hand: ``python -m benchmarks.report``.

``RJEVAL_PEER_PYTHON`` names an interpreter with papermill and nbconvert; without it, and where
they cannot be imported here, our side is timed alone, and that is said.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PEER = "RJEVAL_PEER_PYTHON"
SIZE = 3_000
#: What the console script does.
RUN = "from rjeval.cli.main import run; run()"


def prepare(folder: Path) -> None:
    """Invent a programme, clean its exports, and lay out a flat table for the peer."""
    import rjeval as rj
    from rjeval.cli.data import store
    from rjeval.cli.main import main as run

    run(["simulate", str(folder), "--size", str(SIZE)])
    design = rj.read_design(folder)
    store(design, None)
    exports = rj.load_exports(folder / "data" / "processed", design=design)
    cohort = rj.select_cohort(exports, design=design)
    outcome = rj.measure_time_to_event(cohort, exports, design=design)
    frame = outcome.frame
    flat = frame[["case_id", "arm", "time_days", "age_at_index", "prior_arrests", "site_id"]]
    flat = flat.assign(
        event=frame["exit_reason"].eq("reoffence"),
        status=frame["exit_reason"].map({"reoffence": 1, "deceased": 2, "left_jurisdiction": 2}),
    )
    flat["status"] = flat["status"].fillna(0).astype(int)
    flat.dropna().to_csv(folder / "data" / "processed" / "outcome.csv", index=False)


def measure(job: Callable[[], object]) -> tuple[float, float]:
    """Return seconds of the clock and of the processor, this process and its children."""
    before, began = _used(), time.perf_counter()
    job()
    return time.perf_counter() - began, _used() - before


def _used() -> float:
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(one.ru_utime + one.ru_stime for one in map(resource.getrusage, who))


def peer_python() -> str:
    """Return an interpreter that has papermill and nbconvert; empty where there is none."""
    python = os.environ.get(PEER, sys.executable)
    asked = subprocess.run([python, "-c", "import papermill, nbconvert"], capture_output=True)
    return python if asked.returncode == 0 else ""


def main() -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    from benchmarks.peer_report import make_by_hand

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "study"
        prepare(folder)
        command = [sys.executable, "-c", RUN, "report", str(folder)]
        ours, ours_cpu = measure(
            lambda: subprocess.run([*command, "--kind", "all", "--times"], check=True)
        )
        annual = [*command, "--kind", "annual", "--again", "--out", str(Path(name) / "annual")]
        alone, alone_cpu = measure(lambda: subprocess.run(annual, check=True))
        again, again_cpu = measure(lambda: subprocess.run([*command, "--kind", "all"], check=True))
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; clock and processor")
        print(f"{ours:7.1f} s {ours_cpu:7.1f} s  three documents, all forms, {SIZE:,} referrals")
        print(f"{alone:7.1f} s {alone_cpu:7.1f} s  annual evaluation, all forms")
        print(f"{again:7.1f} s {again_cpu:7.1f} s  again, nothing changed")
        python = peer_python()
        if not python:
            print(f"by hand: not timed, papermill and nbconvert are not there (set {PEER})")
            return
        data = folder / "data" / "processed"
        theirs, theirs_cpu = measure(lambda: make_by_hand(Path(name), data, python=python))
        print(f"{theirs:7.1f} s {theirs_cpu:7.1f} s  by hand: one HTML file")
        print(f"ratio of the processor, by hand over annual: {theirs_cpu / alone_cpu:.2f}")


if __name__ == "__main__":
    main()
