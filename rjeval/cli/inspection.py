"""Before a report is put in its place: what would an intruder learn from it and earlier ones."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path

import rjeval as rj
from rjeval.cli.data import processed_folder
from rjeval.design.study import StudyDesign
from rjeval.disclosure.attack import attack_report, person_tokens
from rjeval.disclosure.ledger import FILE_NAME, Origin, record_release
from rjeval.disclosure.release_log import read_digests, read_log
from rjeval.errors import DisclosureError
from rjeval.provenance import Manifest

#: Findings that a message names.
NAMED = 3


class Secrets:
    """What must appear in no report: the ids of people and cases, gathered beside other work."""

    def __init__(self, design: StudyDesign) -> None:
        self._design = design
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._tokens: Future[frozenset[str]] | None = None

    def __enter__(self) -> Secrets:
        return self

    def __exit__(self, *failure: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def gather(self) -> None:
        """Begin, in a thread of its own."""
        if self._tokens is None and self._design.disclosure.suppresses:
            self._tokens = self._pool.submit(copy_context().run, self._read)

    def tokens(self) -> frozenset[str]:
        """Return them, once they are all there."""
        self.gather()
        return self._tokens.result() if self._tokens is not None else frozenset()

    def _read(self) -> frozenset[str]:
        exports = rj.load_exports(processed_folder(self._design), design=self._design)
        return person_tokens(exports)


def inspect_report(
    folder: Path, *, design: StudyDesign, kind: str, log: Path, secrets: Secrets
) -> None:
    """Read the finished documents as an intruder would, then enter them in the ledger.

    Raises
    ------
    DisclosureError
        Something would be given away; nothing is published and nothing entered.
    """
    if not design.disclosure.suppresses:
        return
    attack = attack_report(folder, rule=design.disclosure, secrets=secrets.tokens())
    findings = attack.findings
    if findings:
        named = "; ".join(str(one) for one in findings[:NAMED])
        more = f"; and {len(findings) - NAMED} more" if len(findings) > NAMED else ""
        raise DisclosureError(
            f"The report would give something away ({len(findings)} findings): {named}{more}.",
            hint="Merge categories or windows, leave a table out, or raise the disclosure rule; "
            "nothing was published.",
        )
    record_release(
        ledger_path(design),
        read_log(log),
        document=kind,
        origin=_origin(design, log=log),
        rule=design.disclosure,
    )


def ledger_path(design: StudyDesign) -> Path:
    """Where a study keeps what it published, wherever its reports are written to."""
    return design.root / "reports" / FILE_NAME


def _origin(design: StudyDesign, *, log: Path) -> Origin:
    """Say from which exports and which design the documents were made."""
    text = (processed_folder(design) / "manifest.json").read_text(encoding="utf-8")
    exports = repr(Manifest.from_json(text).raw)
    return Origin(
        data=hashlib.sha256(exports.encode()).hexdigest(),
        design=design.fingerprint,
        as_of=design.extract_date,
        digests=read_digests(log),
    )
