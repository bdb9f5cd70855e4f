"""What one run releases, noted down by every kernel, so that the run is checked as a whole.

A report's notebooks run in separate processes. Where the environment names a folder, each call
of ``rj.release`` appends the cells that a reader will see to a file of its process; the run then
reads them all, compares them with each other and with the ledger, and only then publishes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rjeval.disclosure.published import PublishedCell, published_cells

#: Names the folder of the log; set by whoever runs a report, unset elsewhere.
RELEASE_LOG = "RJEVAL_RELEASE_LOG"


def log_releases(results: Iterable[Any]) -> None:
    """Append what these released results show to the log of the run, where there is one."""
    folder = os.environ.get(RELEASE_LOG)
    if not folder:
        return
    public = [one for one in results if one.released.profile != "internal"]
    lines = [json.dumps(asdict(cell), ensure_ascii=False) for cell in published_cells(public)]
    path = Path(folder) / f"{os.getpid()}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as log:
        log.writelines(f"{line}\n" for line in lines)


def read_log(folder: str | Path) -> list[PublishedCell]:
    """Return the cells that all processes of a run released, each once, in a fixed order."""
    lines: set[str] = set()
    for path in Path(folder).glob("*.jsonl"):
        lines.update(path.read_text(encoding="utf-8").splitlines())
    return [cell_from(json.loads(line)) for line in sorted(lines)]


def cell_from(record: dict[str, Any]) -> PublishedCell:
    """Return a cell as it was written."""
    return PublishedCell(
        subject=record["subject"],
        measure=record["measure"],
        categories=tuple((str(a), str(b)) for a, b in record["categories"]),
        value=record["value"],
        kind=record["kind"],
    )
