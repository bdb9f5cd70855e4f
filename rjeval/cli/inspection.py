"""Before a report is put in its place: what would an intruder learn from it."""

from __future__ import annotations

from pathlib import Path

import rjeval as rj
from rjeval.cli.data import processed_folder
from rjeval.design.study import StudyDesign
from rjeval.disclosure.attack import attack_report, person_tokens
from rjeval.disclosure.ledger import check_release
from rjeval.disclosure.release_log import read_log
from rjeval.errors import DisclosureError

#: Findings that a message names.
NAMED = 3


def inspect_report(folder: Path, *, design: StudyDesign, log: Path) -> None:
    """Read the finished documents as an intruder would, and compare all that was released.

    Raises
    ------
    DisclosureError
        Something would be given away; nothing is published.
    """
    if not design.disclosure.suppresses:
        return
    exports = rj.load_exports(processed_folder(design), design=design)
    attack = attack_report(folder, rule=design.disclosure, secrets=person_tokens(exports))
    findings = [*attack.findings, *check_release(read_log(log), rule=design.disclosure)]
    if findings:
        named = "; ".join(str(one) for one in findings[:NAMED])
        more = f"; and {len(findings) - NAMED} more" if len(findings) > NAMED else ""
        raise DisclosureError(
            f"The report would give something away ({len(findings)} findings): {named}{more}.",
            hint="Merge categories or windows, leave a table out, or raise the disclosure rule; "
            "nothing was published.",
        )
