"""A notebook read as cells: prose and code, and what of the study each cell requires.

Metadata that a notebook may carry under ``rjeval``: for the notebook ``title``, ``order`` (its
place in the document, not in time) and ``kinds`` (the documents it belongs to); for a cell
``requires``, a list of the words of :mod:`rjeval.report.collected`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rjeval.errors import ReportError


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell; ``number`` counts code cells from 1, as a reader of the notebook would."""

    kind: str
    source: str
    number: int
    requires: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """A notebook's cells, its place in the document, and its hash."""

    path: Path
    cells: tuple[Cell, ...]
    order: float
    kinds: tuple[str, ...]
    digest: str

    @property
    def name(self) -> str:
        """File name."""
        return self.path.name


def read_notebook(path: Path) -> Notebook:
    """Read one notebook.

    Raises
    ------
    ReportError
        The file cannot be read or is no notebook.
    """
    try:
        content = path.read_bytes()
        raw = json.loads(content)
        cells = tuple(_cells(raw["cells"]))
    except OSError as error:
        raise ReportError(f"{path.name} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ReportError(
            f"{path.name} is not a Jupyter notebook.",
            hint="Take a fresh copy with `rjeval init`, or remove the file.",
        ) from None
    own = raw.get("metadata", {}).get("rjeval", {})
    return Notebook(
        path=path,
        cells=cells,
        order=float(own.get("order", _number(path))),
        kinds=tuple(own.get("kinds", ("annual",))),
        digest=hashlib.sha256(content).hexdigest(),
    )


def read_notebooks(folder: Path, *, kind: str) -> tuple[Notebook, ...]:
    """Read the notebooks of a document, in the order in which they are executed (by name)."""
    found = [read_notebook(path) for path in sorted(folder.glob("*.ipynb"))]
    chosen = tuple(one for one in found if kind in one.kinds)
    if not chosen:
        raise ReportError(
            f"No notebook for a report of kind '{kind}' lies in the folder {folder.name}.",
            hint="`rjeval init DIR` lays out a study with its notebooks.",
        )
    return chosen


def _cells(raw: list[dict[str, Any]]) -> list[Cell]:
    cells, number = [], 0
    for one in raw:
        number += one["cell_type"] == "code"
        source = one["source"]
        text = source if isinstance(source, str) else "".join(source)
        requires = tuple(one.get("metadata", {}).get("rjeval", {}).get("requires", ()))
        cells.append(Cell(kind=one["cell_type"], source=text, number=number, requires=requires))
    return cells


def _number(path: Path) -> float:
    """Return the leading number of a file name; notebooks without one come last."""
    digits = path.name.split("_", 1)[0]
    return float(digits) if digits.isdigit() else 1_000.0
