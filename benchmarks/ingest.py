"""Time and memory of reading exports: against pandas and Pandera, and per row of a long table.

Each job runs in a process of its own, so that its peak memory is its own; times are of the
processor, user and system, and leave out the imports. The files are made in a process of their own
too: the system counts what the parent holds into a child's peak.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks.ingest_files import CODES, DATES, write_events, write_referrals

#: Rows of the wide table, and of the long one.
WIDE, LONG, LONGEST = 1_000_000, (100_000, 1_000_000), 10_000_000


def plain(folder: Path) -> None:
    """Do what a careful analyst writes without rjeval: read, validate lazily, save."""
    import pandera.pandas as pa

    path = folder / "raw" / "referral.csv"
    frame = pd.read_csv(path, parse_dates=list(DATES), dtype={"area": str, "case_id": str})
    columns = {name: pa.Column(str, pa.Check.isin(codes)) for name, codes in CODES.items()}
    columns |= {name: pa.Column("datetime64[ns]") for name in DATES}
    columns["referral_id"] = pa.Column(str, pa.Check.str_matches(r"^R\d{8}$"), unique=True)
    columns["age_at_referral"] = pa.Column(int, pa.Check.in_range(8, 120))
    pa.DataFrameSchema(columns).validate(frame, lazy=True).to_parquet(folder / "plain.parquet")


def ours(folder: Path) -> None:
    """Read, map, clean, check and save with rjeval."""
    import rjeval as rj

    design = rj.read_design(folder)
    exports = rj.read_exports(folder / "raw", design=design)
    rj.save_exports(exports, folder / "processed")


JOBS = {"plain": plain, "ours": ours}
FILES = {"referrals": write_referrals, "events": write_events}


def compare(rows: int = WIDE) -> dict[str, object]:
    """Time the wide table both ways, in one run on one file."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _started("referrals", folder, str(rows))
        mine, theirs = measured("ours", folder), measured("plain", folder)
        return {
            "rows": rows,
            "MB": megabytes(folder),
            "rjeval s": mine["seconds"],
            "pandas and Pandera s": theirs["seconds"],
            "ratio": round(mine["seconds"] / theirs["seconds"], 2),
            "rjeval peak GB": mine["peak"],
            "pandas peak GB": theirs["peak"],
        }


def per_row(rows: int) -> dict[str, object]:
    """Time the long table, and its peak memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _started("events", folder, str(rows))
        mine = measured("ours", folder)
        return {
            "rows": rows,
            "MB": megabytes(folder),
            "rjeval s": mine["seconds"],
            "microseconds per row": round(1e6 * mine["seconds"] / rows, 1),
            "peak GB": mine["peak"],
        }


def megabytes(folder: Path) -> int:
    """Return the size of a study's exports."""
    return round(sum(path.stat().st_size for path in (folder / "raw").iterdir()) / 1e6)


def measured(job: str, folder: Path) -> dict[str, float]:
    """Run a job in a process of its own; return its seconds and its peak memory in GB."""
    return dict(json.loads(_started(job, folder)))


def _started(job: str, folder: Path, *more: str) -> str:
    command = [sys.executable, "-m", "benchmarks.ingest", job, str(folder), *more]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main(job: str, folder: str, rows: str = "0") -> None:
    """Make a file, or run one job and print what it took."""
    if job in FILES:
        FILES[job](Path(folder), rows=int(rows))
        return
    import pandera.backends.pandas.builtin_checks  # imports are not timed
    import pandera.pandas  # noqa: F401
    import pyarrow.csv  # noqa: F401

    import rjeval.ingest.exports  # noqa: F401

    start = _processor()
    JOBS[job](Path(folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    given = {"seconds": round(_processor() - start, 2), "peak": round(peak / 1e6, 2)}
    sys.stdout.write(json.dumps(given))


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(*sys.argv[1:])
