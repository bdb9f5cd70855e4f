"""What stands behind a report: hashes of inputs and notebooks, versions, rule, seed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from rjeval.design.study import StudyDesign
from rjeval.provenance import versions
from rjeval.report.execution import ExecutedNotebook

#: Distributions beside those of the data whose version can change a number or a page.
ENGINES = (
    "scipy",
    "ibis-framework",
    "duckdb",
    "statsmodels",
    "formulaic",
    "matplotlib",
    "ipykernel",
    "pypandoc_binary",
    "typst",
)


def describe_report(
    design: StudyDesign,
    executed: Iterable[ExecutedNotebook],
    *,
    kind: str,
    processed: Path,
    files: Iterable[Path],
) -> str:
    """Return ``manifest.json``: everything needed to make the report again, and no data."""
    rule = design.disclosure
    content = {
        "kind": kind,
        "title": design.title,
        "synthetic": design.synthetic,
        "design_fingerprint": design.fingerprint,
        "extract_date": design.extract_date.isoformat() if design.extract_date else None,
        "seed": design.seed,
        "disclosure": {
            "profile": rule.profile,
            "min_cell": rule.min_cell,
            "min_denominator": rule.min_denominator,
            "round_to": rule.round_to,
            "curve_grid_days": rule.curve_grid_days,
        },
        "inputs": {path.name: digest_of(path) for path in sorted(processed.glob("*.parquet"))},
        "notebooks": {one.notebook.name: one.notebook.digest for one in executed},
        "outputs": {path.name: digest_of(path) for path in sorted(files)},
        "versions": versions() | versions(ENGINES),
    }
    return json.dumps(content, indent=2, sort_keys=False) + "\n"


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
