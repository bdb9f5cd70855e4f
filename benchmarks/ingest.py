"""Time of reading exports against plain pandas and Pandera, in one run on one file.

`python benchmarks/ingest.py [ROWS]` writes a file of ROWS x 25 (default 1,000,000), reads it
both ways and prints seconds, their ratio (at most 2.0 is wanted) and peak memory.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

import rjeval as rj

STUDY = """
[study]
title = "Benchmark"
period_start = 2015-01-01
period_end = 2024-06-30
extract_date = 2025-12-31
why_no_recidivism = "A benchmark."
[exports.referral]
file = "referrals.csv"
[exports.referral.columns]
"""
CODES = {
    "referral_source": ("Police", "Prosecutor", "Court", "School", "Self"),
    "eligible": ("Yes", "No", "Undetermined"),
    "responsible_consent": ("Yes", "No", "Withdrawn", "No contact"),
    "harmed_consent": ("Yes", "No", "Surrogate", "No contact"),
    "arm": ("RJ", "Comparison"),
    "exit_status": ("Completed", "Partial", "Transferred", "Moved"),
    "legal_disposition": ("Dismissed", "Reduced", "Plea", "Pending"),
    "offence_group": ("Person", "Property", "Society"),
    "offence_level": ("Misdemeanor", "Felony", "Petty"),
}
DATES = ("incident_date", "arrest_or_citation_date", "referral_date", "offered_date", "exit_date")


def write_file(path: Path, *, rows: int) -> list[str]:
    """Write a realistic export: ids, dates, codes, numbers, remarks in codes."""
    rng = np.random.default_rng(1)
    number = np.arange(rows)
    day = np.datetime64("2015-01-01") + rng.integers(0, 3400, rows)
    table = {
        "referral_id": [f"R{i:08d}" for i in number],
        "person_id": [f"003{i % (rows * 9 // 10):012d}" for i in number],
        "case_id": [f"{i // 2:09d}" for i in number],
        "program_id": ["RJ-1"] * rows,
        "site_id": np.array(["north", "south", "east"])[rng.integers(0, 3, rows)],
        "age_at_referral": rng.integers(12, 60, rows),
        "incident_key": [f"I-{i}" for i in rng.integers(0, rows, rows)],
        **{
            name: np.array(codes)[rng.integers(0, len(codes), rows)]
            for name, codes in CODES.items()
        },
        **{name: (day + 7 * place).astype(str) for place, name in enumerate(DATES)},
        "enrolled_date": [""] * rows,
        "score": rng.integers(0, 40, rows),
        "worker": [f"W{i:03d}" for i in rng.integers(0, 400, rows)],
        "area": [f"{i:03d}" for i in rng.integers(0, 900, rows)],
    }
    frame = pd.DataFrame(table)
    frame.to_csv(path, index=False)
    return list(frame.columns)


def plain(path: Path, folder: Path) -> None:
    """What a careful analyst writes without rjeval: read, validate lazily, save."""
    frame = pd.read_csv(path, parse_dates=list(DATES), dtype={"area": str, "case_id": str})
    columns = {name: pa.Column(str, pa.Check.isin(codes)) for name, codes in CODES.items()}
    columns |= {name: pa.Column("datetime64[ns]") for name in DATES}
    columns["referral_id"] = pa.Column(str, pa.Check.str_matches(r"^R\d{8}$"), unique=True)
    columns["age_at_referral"] = pa.Column(int, pa.Check.in_range(8, 120))
    pa.DataFrameSchema(columns).validate(frame, lazy=True).to_parquet(folder / "plain.parquet")


def ours(study: Path, folder: Path) -> None:
    """Read, map, clean, check and save with rjeval."""
    design = rj.read_design(study)
    exports = rj.read_exports(study / "raw", design=design)
    rj.save_exports(exports, folder / "processed")


def seconds(work, *given) -> np.ndarray:
    """Seconds on the clock and of all processors; the second holds on a busy machine too."""
    start = np.array([time.perf_counter(), time.process_time()])
    work(*given)
    return np.array([time.perf_counter(), time.process_time()]) - start


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "raw").mkdir()
        columns = write_file(folder / "raw" / "referrals.csv", rows=rows)
        text = STUDY + "".join(f'{one} = "{one}"\n' for one in columns)
        (folder / "study.toml").write_text(text, encoding="utf-8")
        size = (folder / "raw" / "referrals.csv").stat().st_size / 1e6
        print(f"{rows:,} rows x {len(columns)} columns, {size:.0f} MB")
        mine = seconds(ours, folder, folder)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        theirs = seconds(plain, folder / "raw" / "referrals.csv", folder)
        for place, kind in enumerate(("clock", "processor")):
            print(
                f"{kind}: rjeval {mine[place]:.2f} s, pandas and Pandera {theirs[place]:.2f} s, "
                f"ratio {mine[place] / theirs[place]:.2f} (at most 2.0 is wanted)"
            )
        print(f"peak memory of rjeval: {peak:.2f} GB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
