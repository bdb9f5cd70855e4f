"""What one run releases, noted down by every kernel, so that the run is checked as a whole.

A report's notebooks run in separate processes. Where the environment names a folder, each call
of ``rj.release`` appends the cells that a reader will see to a file of its process; the run then
reads them all, compares them with each other and with the ledger, and only then publishes.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from rjeval.disclosure.published import (
    SIDE_TABLES,
    PublishedCell,
    published_cells,
    subject_of,
)

#: Names the folder of the log; set by whoever runs a report, unset elsewhere.
RELEASE_LOG = "RJEVAL_RELEASE_LOG"
#: Ends of the names of the log's files: counts, and hashes of all that is shown.
CELLS, DIGESTS = ".cells.jsonl", ".digests.jsonl"


def log_releases(results: Iterable[Any]) -> None:
    """Append what these released results show to the log of the run, where there is one."""
    folder = os.environ.get(RELEASE_LOG)
    if not folder:
        return
    public = [one for one in results if one.released.profile != "internal"]
    cells = [json.dumps(asdict(cell), ensure_ascii=False) for cell in published_cells(public)]
    digests = [json.dumps([subject_of(one), _digest(one)], ensure_ascii=False) for one in public]
    Path(folder).mkdir(parents=True, exist_ok=True)
    for lines, suffix in ((cells, CELLS), (digests, DIGESTS)):
        with (Path(folder) / f"{os.getpid()}{suffix}").open("a", encoding="utf-8") as log:
            log.writelines(f"{line}\n" for line in lines)


def read_log(folder: str | Path) -> list[PublishedCell]:
    """Return the cells that all processes of a run released, each once, in a fixed order."""
    return [cell_from(json.loads(line)) for line in _lines(folder, suffix=CELLS)]


def read_digests(folder: str | Path) -> dict[str, list[str]]:
    """Return hashes of all that a run showed, numbers that are no counts included, by subject."""
    digests: dict[str, list[str]] = {}
    for line in _lines(folder, suffix=DIGESTS):
        subject, digest = json.loads(line)
        digests.setdefault(subject, []).append(digest)
    return digests


def _lines(folder: str | Path, *, suffix: str) -> list[str]:
    lines: set[str] = set()
    for path in Path(folder).glob(f"*{suffix}"):
        lines.update(path.read_text(encoding="utf-8").splitlines())
    return sorted(lines)


def _digest(result: Any) -> str:
    """Return a hash of a released result's tables, as they are shown."""
    tables = [result.frame, *(getattr(result, name, None) for name in SIDE_TABLES)]
    texts = [one.to_csv(index=False) for one in tables if isinstance(one, pd.DataFrame)]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def cell_from(record: dict[str, Any]) -> PublishedCell:
    """Return a cell as it was written."""
    return PublishedCell(
        subject=record["subject"],
        measure=record["measure"],
        categories=tuple((str(a), str(b)) for a, b in record["categories"]),
        value=record["value"],
        kind=record["kind"],
    )
