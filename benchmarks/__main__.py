"""Print the tables: ``python -m benchmarks [--parts survival surveys] [--rows 3000 30000]``."""

from __future__ import annotations

import argparse
import os
import platform

PARTS = ("survival", "surveys", "ingest", "disclosure")


def main() -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # before NumPy is loaded
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[3_000, 30_000, 300_000, 3_000_000])
    parser.add_argument("--parts", nargs="+", default=list(PARTS), choices=PARTS)
    parser.add_argument(
        "--large", action="store_true", help="ingest: also 10,000,000 rows (1.3 GB, some minutes)"
    )
    asked = parser.parse_args()
    import numpy as np
    import pandas as pd

    from benchmarks.survival_peers import PEERS, installed

    versions = [f"{peer} {installed(peer)}" for peer in PEERS if installed(peer)]
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, one BLAS thread, load "
        f"{os.getloadavg()[0]:.1f}; Python {platform.python_version()}, NumPy {np.__version__}, "
        f"pandas {pd.__version__}, {', '.join(versions)}"
    )
    if "survival" in asked.parts:
        print_survival(asked.rows)
    if "surveys" in asked.parts:
        print_surveys()
    if "disclosure" in asked.parts:
        print_disclosure()
    if "ingest" in asked.parts:
        print_ingest(large=asked.large)


def print_survival(rows: list[int]) -> None:
    from benchmarks import survival

    print(
        "Milliseconds of the processor by rjeval (medians of 5); "
        "under each peer its time divided by ours, and in brackets what was aimed for.\n"
    )
    lines, versions = [], ""
    for n in rows:
        found, versions = survival.compare(n)
        lines += found
    print(survival.table(lines), "\n", flush=True)
    print(f"R: {versions}. {survival.absent()}\n")
    shown = ", ".join(f"{survival.JOBS[job]} {over:.1f}" for job, over in survival.peaks().items())
    print(f"Peak memory at 300,000 rows over the columns read: {shown}.\n")


def print_surveys() -> None:
    from benchmarks import surveys

    print("Milliseconds of the processor (medians of 5) of rating regressions.\n")
    print(surveys.as_markdown(surveys.run()), flush=True)
    print(f"\nR: {surveys.r_versions()}.")


def print_ingest(*, large: bool) -> None:
    import pandas as pd
    import pandera
    import pyarrow

    from benchmarks import ingest

    print(f"pandera {pandera.__version__}, pyarrow {pyarrow.__version__}. CPU seconds.\n")
    print("1,000,000 rows x 25 columns, CSV to accepted Parquet; at most 2.0 is wanted.\n")
    print(pd.DataFrame([ingest.compare()]).to_string(index=False), "\n", flush=True)
    print("A table of events with its people and checks; flat cost per row is wanted.\n")
    for rows in (*ingest.LONG, *([ingest.LONGEST] if large else [])):
        print(pd.DataFrame([ingest.per_row(rows)]).to_string(index=False), flush=True)


def print_disclosure() -> None:
    import pandas as pd

    from benchmarks import disclosure

    print("CPU seconds of releases; rows of the released tables, and the share shown.\n")
    print(pd.DataFrame(disclosure.run()).to_string(index=False), flush=True)


if __name__ == "__main__":
    main()
