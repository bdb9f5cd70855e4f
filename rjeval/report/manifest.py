"""What stands behind a report: hashes, versions, rule and seed; and whether it is still current."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rjeval.design.study import StudyDesign
from rjeval.provenance import versions
from rjeval.report.notebook import Notebook

MANIFEST = "manifest.json"
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
_PACKAGE = Path(__file__).resolve().parents[1]
_CODE_SUFFIXES = {".py", ".typ", ".lua", ".css", ".html", ".xml", ".toml", ".mplstyle", ".js"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything that can change a document of a study."""

    design: StudyDesign
    processed: Path
    code: str
    versions: Mapping[str, str]

    def key(self, notebooks: Iterable[Notebook], *, since: str = "") -> str:
        """Return one hash of all inputs of a document; equal keys mean equal documents."""
        prepared, own = self.processed / MANIFEST, self.design.docx_template
        parts = [
            self.design.fingerprint,
            digest_of(prepared) if prepared.is_file() else "",
            self.code,
            json.dumps(dict(self.versions), sort_keys=True),
            digest_of(self.design.root / own) if own else "",
            *(f"{one.name}:{one.digest}" for one in notebooks),
            *([hashlib.sha256(since.encode()).hexdigest()] if since else []),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def collect_inputs(design: StudyDesign) -> Inputs:
    """Hash the code and look up the versions behind a report that is to be made."""
    hashed = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in _CODE_SUFFIXES and path.is_file():
            hashed.update(path.relative_to(_PACKAGE).as_posix().encode())
            hashed.update(path.read_bytes())
    return Inputs(
        design=design,
        processed=design.root / "data" / "processed",
        code=hashed.hexdigest(),
        versions=versions() | versions(ENGINES),
    )


def describe_document(key: str, notebooks: Iterable[Notebook], files: Iterable[Path]) -> Any:
    """Return a document's entry in the manifest."""
    return {
        "key": key,
        "notebooks": {one.name: one.digest for one in notebooks},
        "outputs": {path.name: digest_of(path) for path in sorted(files)},
    }


def manifest_text(inputs: Inputs, documents: Mapping[str, Any]) -> str:
    """Return ``manifest.json``: everything needed to make the report again, and no data."""
    design = inputs.design
    rule = design.disclosure
    tables = sorted(inputs.processed.glob("*.parquet"))
    content = {
        "title": design.title,
        "synthetic": design.synthetic,
        "design_fingerprint": design.fingerprint,
        "extract_date": design.extract_date.isoformat() if design.extract_date else None,
        "seed": design.seed,
        "definitions": {
            one.name: {label: _lasting(text) for label, text in one.six_labels()}
            for one in design.recidivism
        },
        "disclosure": {
            "profile": rule.profile,
            "min_cell": rule.min_cell,
            "min_denominator": rule.min_denominator,
            "round_to": rule.round_to,
            "curve_grid_days": rule.curve_grid_days,
        },
        "inputs": {path.name: digest_of(path) for path in tables},
        "code": inputs.code,
        "documents": dict(documents),
        "versions": dict(inputs.versions),
    }
    return json.dumps(content, indent=2) + "\n"


def _lasting(label: str) -> str:
    """Return a label but for the day to which records reach, which moves with every pull."""
    return label.split("; records to ")[0]


def read_documents(folder: Path) -> dict[str, Any]:
    """Return the documents that a folder's manifest describes and whose files are unchanged."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {
            kind: entry
            for kind, entry in content["documents"].items()
            if all(digest_of(folder / name) == was for name, was in entry["outputs"].items())
        }
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return {}


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
