"""The ledger of releases: what was published, so that the next release is compared with it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
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
#: Where a finding lies that speaks of the whole report.
EVERYONE = "everyone assessed"
#: What somebody can do whose report is refused because of an earlier one.
_WAYS_ON = (
    "Go on giving the earlier report and wait for an extract with more people; or, to read the "
    'new numbers among staff only, set profile = "internal" in [disclosure] of study.toml and '
    "make the report with --out in another folder; or, only if the earlier report was never given "
    f"to anybody, set its entry in reports/{FILE_NAME} aside. docs/howto/disclosure.md says more."
)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a release is made of, so that it is known which earlier ones speak of the same.

    Parameters
    ----------
    data : str
        Hash of the exports. A release of other data is compared as a whole: where fewer than
        the threshold came or left, nothing that changed may be shown.
    design : str
        Hash of the design. Releases of the same data and design are joined as one.
    as_of : date, optional
        Date of the data, by which an earlier release is named.
    digests : mapping of str to list of str
        Hashes of all that is shown, by subject:
        :func:`rjeval.disclosure.release_log.read_digests`.
    """

    data: str = ""
    design: str = ""
    as_of: date | None = None
    digests: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def date(self) -> str:
        """The date of the data as it stands in the ledger."""
        return self.as_of.isoformat() if self.as_of else ""

    def is_of(self, entry: Mapping[str, Any]) -> bool:
        """Whether an earlier release speaks of the same people, chosen in the same way."""
        same = (entry["data"], entry["design"], entry["as_of"])
        return same == (self.data, self.design, self.date)


def check_release(
    cells: Sequence[PublishedCell],
    *,
    ledger: Sequence[dict[str, Any]] = (),
    origin: Origin | None = None,
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
    origin : Origin, optional
        Earlier releases of the same origin are joined with these cells; all are compared with
        them cell by cell.
    rule : DisclosureRule
    """
    origin = origin or Origin()
    same = [cell for entry in ledger if origin.is_of(entry) for cell in _cells(entry)]
    found = shown_elsewhere([*cells, *same]) + learnt_from_margins([*cells, *same], rule=rule)
    for entry in ledger:
        found += _by_so_few(cells, entry, origin=origin, rule=rule)
        found += changed_by_a_few(cells, _cells(entry), rule=rule)
    return list(dict.fromkeys(found))


def _by_so_few(
    cells: Sequence[PublishedCell],
    entry: dict[str, Any],
    *,
    origin: Origin,
    rule: DisclosureRule,
) -> list[Finding]:
    """Find that other data differ by so few people that whatever changed speaks of them."""
    now, then = everyone(cells), everyone(_cells(entry))
    if origin.data == entry["data"] or now is None or then is None:
        return []
    before = entry["digests"]
    changed = any(
        before.get(_hashed(subject), list(digests)) != list(digests)
        for subject, digests in origin.digests.items()
    )
    if abs(now - then) >= rule.min_cell or not changed:
        return []
    when = f" of {entry['as_of']}" if entry["as_of"] else ""
    why = (
        f"fewer than {rule.min_cell} people came or left since the report{when}, so that "
        "whatever changed speaks of them"
    )
    return [Finding(rule="differencing", where=EVERYONE, why=why)]


def everyone(cells: Sequence[PublishedCell]) -> float | None:
    """Return the shown number of people at the first stage of the flow, if it is shown."""
    flow = [
        cell.value
        for cell in cells
        if cell.subject.startswith("CohortFlow") and cell.measure == "n" and cell.value is not None
    ]
    return max(flow, default=None)


def record_release(
    path: str | Path,
    cells: Sequence[PublishedCell],
    *,
    document: str,
    origin: Origin | None = None,
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
    origin : Origin, optional
        Of which data and design.
    rule : DisclosureRule

    Raises
    ------
    DisclosureError
        If a count could be learnt by comparison. Cells are named by their labels, never with
        their numbers, and nothing is entered.
    """
    path, origin = Path(path), origin or Origin()
    ledger = read_ledger(path)
    found = check_release(cells, ledger=ledger, origin=origin, rule=rule)
    if found:
        raise _learnt(found)
    body = [json.dumps(asdict(cell), sort_keys=True, ensure_ascii=False) for cell in cells]
    entry = {
        "document": document,
        "as_of": origin.date,
        "data": origin.data,
        "design": origin.design,
        "profile": rule.profile,
        "min_cell": rule.min_cell,
        "round_to": rule.round_to,
        "sha256": _hashed("\n".join(body)),
        "digests": {_hashed(name): list(ones) for name, ones in sorted(origin.digests.items())},
        "cells": [json.loads(line) for line in body],
    }
    known = ("document", "data", "design", "sha256", "digests")
    if any(all(one[name] == entry[name] for name in known) for one in ledger):
        return
    _write(path, [*ledger, entry])


def _learnt(found: Sequence[Finding]) -> DisclosureError:
    whole = [one for one in found if one.where == EVERYONE]
    if whole:
        return DisclosureError(
            f"The report differs from an earlier one, and {whole[0].why}.",
            hint=f"No setting helps. {_WAYS_ON}",
        )
    named = "; ".join(f"{one.where} ({one.why})" for one in found[:NAMED])
    more = f"; and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return DisclosureError(
        f"{len(found)} counts could be learnt by comparing this release with others: "
        f"{named}{more}.",
        hint=f"Merge the categories named, or leave that table out. {_WAYS_ON}",
    )


@contextmanager
def kept_on_failure(path: str | Path) -> Iterator[Path]:
    """Give the ledger's path; where the block fails, the ledger is put back as it was."""
    path = Path(path)
    before = path.read_bytes() if path.exists() else None
    try:
        yield path
    except BaseException:
        if before is None:
            path.unlink(missing_ok=True)
        elif path.read_bytes() != before:
            _replace(path, before)
        raise


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _cells(entry: dict[str, Any]) -> list[PublishedCell]:
    """Return the cells of an entry as they were published."""
    return [cell_from(record) for record in entry["cells"]]


def _write(path: Path, releases: list[dict[str, Any]]) -> None:
    """Write all entries, one cell to a line."""
    entries = []
    for entry in releases:
        head = json.dumps({**entry, "cells": []}, ensure_ascii=False)
        lines = ",\n".join(json.dumps(cell, ensure_ascii=False) for cell in entry["cells"])
        entries.append(f"{head.removesuffix('[]}')}[\n{lines}\n]}}")
    text = f'{{"format": {FORMAT}, "releases": [\n' + ",\n".join(entries) + "\n]}\n"
    _replace(path, text.encode())


def _replace(path: Path, content: bytes) -> None:
    """Replace the file in one step, so that a killed run leaves the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
