"""A twin as a study folder: one CSV per table in the dictionary's words, and the design."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from rjeval.design.study import StudyDesign
from rjeval.errors import ExportError
from rjeval.schemas.tables import TABLES
from rjeval.simulate.people import EXTRACT_DAY, REFERRAL_DAYS, as_dates

#: Parts of a design that say where data lie or what is done to them: a twin has its own.
LEFT_OUT = ("exports", "privacy", "microdata")
LIMIT = (
    "All people and numbers are invented: a twin was drawn from released tables of another study, "
    "and nothing in it is a finding."
)


def write_twin(
    tables: Mapping[str, pd.DataFrame],
    folder: Path,
    *,
    design: StudyDesign,
    absent: tuple[str, ...],
) -> None:
    """Write the folder of a twin, whole or not at all, for its owner alone.

    Raises
    ------
    ExportError
        The folder is there already, or cannot be written.
    """
    refuse_occupied(folder)
    fresh: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        raw = fresh / "data" / "raw"
        raw.mkdir(parents=True, mode=0o700)
        for name, frame in tables.items():
            _write(raw / f"{name}.csv", frame.to_csv(index=False, date_format="%Y-%m-%d"))
        _write(fresh / "study.toml", twin_design(design, tables))
        _write(fresh / "README.md", _readme(design, tables, absent))
        if folder.exists():
            folder.rmdir()
        fresh.rename(folder)
    except OSError as error:
        raise ExportError(
            f"The folder {folder.name} cannot be written: {error.strerror or 'output error'}.",
            hint="Choose another folder, or change its permissions.",
        ) from None
    finally:
        if fresh is not None:
            shutil.rmtree(fresh, ignore_errors=True)


def refuse_occupied(folder: Path) -> None:
    """Refuse a folder that holds something, or a file of that name.

    Raises
    ------
    ExportError
        Nothing is ever written over.
    """
    if folder.is_file() or (folder.exists() and any(folder.iterdir())):
        raise ExportError(
            f"{folder.name} is there already and is not empty.", hint="Name a new folder."
        )


def _write(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
        stream.write(text)


def twin_design(design: StudyDesign, tables: Mapping[str, pd.DataFrame]) -> str:
    """Return the ``study.toml`` of a twin: the study's questions, its own files and dates."""
    given = tomllib.loads((design.root / "study.toml").read_text(encoding="utf-8"))
    ready = {name: part for name, part in given.items() if name not in LEFT_OUT}
    last = as_dates(pd.Series([REFERRAL_DAYS - 1, EXTRACT_DAY])).dt.date
    first = as_dates(pd.Series([0])).dt.date.iloc[0]
    ready["study"] = {
        **given["study"],
        "title": f"Synthetic twin of: {design.title}",
        "synthetic": True,
        "period_start": first,
        "period_end": last.iloc[0],
        "extract_date": last.iloc[1],
        "limits": [LIMIT],
        "sources_note": "Invented by `rjeval twin` from released tables.",
    }
    if "report" in ready:
        report = {k: v for k, v in ready["report"].items() if k != "docx_template"}
        ready["report"] = report
    _fit_windows(ready, reach=last.iloc[1] - first)
    ready["exports"] = {
        name: {"file": f"{name}.csv", "columns": {str(c): str(c) for c in frame.columns}}
        for name, frame in tables.items()
    }
    head = "# A synthetic twin. No real people. Nothing in it is a finding.\n"
    return head + to_toml(ready)


def _fit_windows(ready: dict[str, Any], *, reach: timedelta) -> None:
    """Leave out windows that the twin's own dates cannot carry."""
    given = ready.get("recidivism", [])
    for one in [given] if isinstance(given, dict) else given:
        lost = int(one.get("waiting_period_days", 0)) + int(one.get("reporting_lag_days", 0))
        fits = [w for w in one.get("windows_days", []) if w + lost <= reach.days]
        if fits:
            one["windows_days"] = fits


def to_toml(given: Mapping[str, Any]) -> str:
    """Return a design as TOML: a block per section, whatever lies deeper in braces.

    Examples
    --------
    >>> print(to_toml({"study": {"title": "A", "seed": 1}, "survey": [{"role": "x"}]}))
    [study]
    title = "A"
    seed = 1
    <BLANKLINE>
    [[survey]]
    role = "x"
    <BLANKLINE>
    """
    blocks = []
    for name, part in given.items():
        if name == "exports":
            blocks += [_block(f"[exports.{table}]", one) for table, one in part.items()]
        elif isinstance(part, list):
            blocks += [_block(f"[[{name}]]", one) for one in part]
        else:
            blocks.append(_block(f"[{name}]", part))
    return "\n".join(blocks)


def _block(head: str, part: Mapping[str, Any]) -> str:
    return "\n".join([head, *(f"{_key(k)} = {_value(v)}" for k, v in part.items()), ""])


def _key(name: str) -> str:
    plain = name.replace("_", "").replace("-", "")
    return name if plain.isascii() and plain.isalnum() else json.dumps(name, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    return str(value)


def _readme(
    design: StudyDesign, tables: Mapping[str, pd.DataFrame], absent: tuple[str, ...]
) -> str:
    lines = [
        f"# Synthetic twin of: {design.title}",
        "",
        "Invented people with the tables, columns and questions of a true study, drawn from its "
        "released tables alone. For teaching and for writing code. No number in it is a finding.",
        "",
        "| Table | Rows | What one row is |",
        "|---|---|---|",
        *(f"| `{n}` | {len(f)} | {TABLES[n].grain} |" for n, f in tables.items()),
        "",
    ]
    if absent:
        lines += [f"Tables of the study that were not drawn: {', '.join(absent)}.", ""]
    lines += ["`rjeval check` looks at it, `rjeval report` evaluates it.", ""]
    return "\n".join(lines)
