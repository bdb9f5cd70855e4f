"""The ledger of releases: what was published, so that the next release is compared with it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.differencing import (
    Finding,
    changed_by_a_few,
    learnt_from_margins,
    shown_elsewhere,
)
from rjeval.disclosure.published import PublishedCell
from rjeval.disclosure.release_log import cell_from
from rjeval.errors import DisclosureError

FILE_NAME = "releases.json"
FORMAT = 1
#: How many findings a message names; the rest are counted.
NAMED = 5


def read_ledger(path: str | Path) -> list[dict[str, Any]]:
    """Return the entries of a ledger, oldest first; none where there is no file.

    Raises
    ------
    DisclosureError
        If the file is not a ledger of this format.
    """
    path = Path(path)
    if not path.exists():
        return []
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        known = content["format"] == FORMAT and isinstance(content["releases"], list)
    except (ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise DisclosureError(
            f"{path.name} is not a ledger of releases of format {FORMAT}.",
            hint="Restore it from a copy; without it, releases cannot be compared.",
        )
    return list(content["releases"])


def check_release(
    cells: Sequence[PublishedCell],
    *,
    ledger: Sequence[dict[str, Any]] = (),
    as_of: date | None = None,
    rule: DisclosureRule,
) -> list[Finding]:
    """Return what a release would give away by itself and together with earlier ones.

    Parameters
    ----------
    cells : sequence of PublishedCell
        All that one run publishes, in whatever documents: ``published_cells(results)``, or
        :func:`rjeval.disclosure.release_log.read_log` for a run in several processes.
    ledger : sequence of dict
        From :func:`read_ledger`.
    as_of : date, optional
        Date of the data. Earlier releases of the same date are joined with these cells; those
        of other dates are compared with them cell by cell.
    rule : DisclosureRule
    """
    stamp = as_of.isoformat() if as_of else ""
    same = [cell for entry in ledger if entry["as_of"] == stamp for cell in _cells(entry)]
    found = shown_elsewhere([*cells, *same]) + learnt_from_margins([*cells, *same], rule=rule)
    for entry in ledger:
        if entry["as_of"] != stamp:
            found += changed_by_a_few(cells, _cells(entry), rule=rule)
    return list(dict.fromkeys(found))


def record_release(
    path: str | Path,
    cells: Sequence[PublishedCell],
    *,
    document: str,
    as_of: date | None = None,
    rule: DisclosureRule,
) -> None:
    """Compare a release with all earlier ones, then enter it in the ledger.

    Parameters
    ----------
    path : path
        ``reports/releases.json``; made where absent, replaced whole or not at all.
    cells : sequence of PublishedCell
        As for :func:`check_release`.
    document : str
        What they are published in, such as ``annual``.
    as_of : date, optional
        Date of the data, ``design.extract_date``.
    rule : DisclosureRule

    Raises
    ------
    DisclosureError
        If a count could be learnt by comparison. Cells are named by their labels, never with
        their numbers, and nothing is entered.
    """
    path = Path(path)
    ledger = read_ledger(path)
    found = check_release(cells, ledger=ledger, as_of=as_of, rule=rule)
    if found:
        named = "; ".join(f"{one.where} ({one.why})" for one in found[:NAMED])
        more = f"; and {len(found) - NAMED} more" if len(found) > NAMED else ""
        raise DisclosureError(
            f"{len(found)} counts could be learnt by comparing this release with others: "
            f"{named}{more}.",
            hint="Keep the earlier figures, merge categories, or wait until more people are added.",
        )
    body = json.dumps([asdict(cell) for cell in cells], sort_keys=True)
    entry = {
        "document": document,
        "as_of": as_of.isoformat() if as_of else "",
        "profile": rule.profile,
        "min_cell": rule.min_cell,
        "round_to": rule.round_to,
        "sha256": hashlib.sha256(body.encode()).hexdigest(),
        "cells": json.loads(body),
    }
    if any(one["sha256"] == entry["sha256"] and one["document"] == document for one in ledger):
        return
    _write(path, [*ledger, entry])


def _cells(entry: dict[str, Any]) -> list[PublishedCell]:
    """Return the cells of an entry as they were published."""
    return [cell_from(record) for record in entry["cells"]]


def _write(path: Path, releases: list[dict[str, Any]]) -> None:
    """Replace the file in one step, so that a killed run leaves the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        text = json.dumps({"format": FORMAT, "releases": releases}, indent=1, ensure_ascii=False)
        draft.write_text(text + "\n", encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
