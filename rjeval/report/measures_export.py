"""Performance measures as files that a funder's system can be fed from."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

MEASURES = "performance_measures"


def write_measures(measures: Sequence[Mapping[str, Any]], folder: Path) -> list[Path]:
    """Write released measures as CSV and JSON, one record each, hidden numbers empty."""
    lines = io.StringIO()
    table = csv.DictWriter(lines, fieldnames=list(measures[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(measures)
    files = [folder / f"{MEASURES}.csv", folder / f"{MEASURES}.json"]
    files[0].write_text(lines.getvalue(), encoding="utf-8")
    text = json.dumps([dict(one) for one in measures], indent=2, ensure_ascii=False)
    files[1].write_text(text + "\n", encoding="utf-8")
    return files
