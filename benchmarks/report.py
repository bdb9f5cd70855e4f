"""Seconds of each stage of the demonstration's report: ``python -m benchmarks.report``."""

from __future__ import annotations

import os
import resource
import tempfile
import time
from pathlib import Path


def measure(folder: Path) -> dict[str, float]:
    """Make the demonstration's report in a folder and return seconds by stage."""
    import rjeval as rj
    from rjeval.cli.data import store
    from rjeval.report.build import make_report
    from rjeval.report.packaged import copy_study

    copy_study(folder, with_design=True, with_data=True)
    design = rj.read_design(folder)
    began = time.perf_counter()
    store(design, None)
    prepared = time.perf_counter() - began
    done = make_report(design)
    return {"prepare": prepared, **done.seconds}


def main() -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        stages = measure(Path(folder))
        total = time.perf_counter() - began
    for name, seconds in stages.items():
        print(f"{seconds:7.2f} s  {name}")
    print(f"{total:7.2f} s  in all, {os.cpu_count()} cores")
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(f"{sum(one.ru_utime + one.ru_stime for one in used):7.2f} s  of CPU")


if __name__ == "__main__":
    main()
