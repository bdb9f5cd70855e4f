"""Attack a finished report: read all its files as an intruder would, and say what they give away.

Run before a report is moved into place, and in the tests of every report. It knows nothing of the
results behind the report; it sees only what a reader sees, and what a curious reader finds in
comments, properties, drawings and sidecar files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from rjeval.analysis_data import Exports
from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.attack_files import Exhibit, RawTable, open_file
from rjeval.disclosure.attack_models import attack_models
from rjeval.disclosure.attack_quantities import attack_quantities
from rjeval.disclosure.attack_tables import attack_tables
from rjeval.disclosure.attack_texts import attack_texts
from rjeval.disclosure.differencing import Finding
from rjeval.errors import DisclosureError
from rjeval.languages.reading import in_english, tongues

#: Shorter ids are ordinary words and numbers.
SHORTEST_SECRET = 5
#: Row of a flow that counts who leaves it.
LEFT_OUT = "Left out: {why}"
#: Ids that name places and instruments, not people.
PUBLIC_IDS = frozenset({"program_id", "site_id", "instrument_id", "item_id"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackReport:
    """What an intruder found in a report.

    Parameters
    ----------
    findings : tuple of Finding
        Rule, file and reason; never the number or the token itself.
    n_files, n_tables, n_texts : int
        How much was read.
    unread : tuple of str
        Files that could not be read, with the reason; they have not been cleared.
    """

    findings: tuple[Finding, ...]
    n_files: int
    n_tables: int
    n_texts: int
    unread: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether everything was read and nothing was found."""
        return not self.findings and not self.unread

    def summary(self) -> str:
        """Return the outcome in a few lines."""
        head = (
            f"{self.n_files} files, {self.n_tables} tables and {self.n_texts} texts read: "
            f"{len(self.findings) or 'no'} finding{'' if len(self.findings) == 1 else 's'}."
        )
        lines = [f"- {finding}" for finding in self.findings]
        lines += [f"- not read: {name}" for name in self.unread]
        return "\n".join([head, *lines])


def attack_report(
    folder: str | Path, *, rule: DisclosureRule | None = None, secrets: Iterable[str] = ()
) -> AttackReport:
    """Read a report folder as an intruder would.

    Parameters
    ----------
    folder : path
        Folder of one report: HTML, DOCX, PDF, SVG, PNG, CSV, JSON, notebooks.
    rule : DisclosureRule, optional
        The rule that it should obey; ``public_strict`` where not given.
    secrets : iterable of str
        Ids, free texts and planted tokens that must appear nowhere; see :func:`person_tokens`.

    Returns
    -------
    AttackReport

    Raises
    ------
    DisclosureError
        If there is no such folder, or nothing in it.
    """
    folder, own = Path(folder), rule or DisclosureRule()
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    if not paths:
        raise DisclosureError(
            "The report folder is absent or empty, so there is nothing to attack.",
            hint="Give the folder that holds annual_report.html.",
        )
    exhibits = [open_file(path, name=path.relative_to(folder).as_posix()) for path in paths]
    hidden = frozenset(text for text in secrets if len(text) >= SHORTEST_SECRET)
    found: list[Finding] = []
    for exhibit in exhibits:
        exhibit.tables = [_in_english(one) for one in exhibit.tables]
        found += attack_texts(exhibit, rule=own, secrets=hidden)
        found += attack_tables(exhibit, rule=own)
        if exhibit.unread == "row file":
            why = "a file of rows does not belong in a report"
            found.append(Finding(rule="row file", where=exhibit.name, why=why))
    found += _between_documents(exhibits)
    found += attack_quantities(exhibits)
    found += attack_models(exhibits, rule=own)
    others = [one for one in exhibits if one.unread and one.unread != "row file"]
    return AttackReport(
        findings=tuple(dict.fromkeys(found)),
        n_files=len(exhibits),
        n_tables=sum(len(one.tables) for one in exhibits),
        n_texts=sum(len(one.texts) + len(one.hidden_texts) for one in exhibits),
        unread=tuple(f"{one.name} ({one.unread})" for one in others),
    )


def person_tokens(exports: Exports) -> frozenset[str]:
    """Return the ids of people and cases in the exports, to be looked for in a report.

    Only for :func:`attack_report`; never print them.
    """
    tokens: set[str] = set()
    for frame in exports.tables.values():
        for name in frame.columns:
            if str(name).endswith("_id") and name not in PUBLIC_IDS:
                values: Sequence[object] = pd.unique(frame[name].dropna()).tolist()
                tokens |= {str(value) for value in values}
    return frozenset(token for token in tokens if len(token) >= SHORTEST_SECRET)


def _in_english(table: RawTable) -> RawTable:
    """Return a table with its headings and the names of its rows as an English report has them."""
    return replace(
        table,
        header=tuple(_english(text) for text in table.header),
        rows=tuple((_english(row[0]), *row[1:]) if row else row for row in table.rows),
    )


def _english(text: str) -> str:
    for language in tongues():
        lead = language.phrases.get(LEFT_OUT, LEFT_OUT).partition("{")[0]
        if text.startswith(lead):
            return LEFT_OUT.partition("{")[0] + text.removeprefix(lead)
    return in_english(text)


def _between_documents(exhibits: Sequence[Exhibit]) -> Iterator[Finding]:
    """Yield tables in which one document hides a cell that another shows."""
    seen: dict[tuple[object, ...], tuple[bool, str]] = {}
    for exhibit in exhibits:
        for key, is_hidden in _cells(exhibit):
            earlier, where = seen.setdefault(key, (is_hidden, exhibit.name))
            if earlier != is_hidden and where != exhibit.name:
                why = f"a cell hidden here or in {where} is shown in the other"
                yield Finding(rule="between documents", where=exhibit.name, why=why)


def _cells(exhibit: Exhibit) -> Iterator[tuple[tuple[object, ...], bool]]:
    """Cells with what identifies them in any document: headings, row, place among its like."""
    like: Counter[tuple[object, ...]] = Counter()
    for table in exhibit.tables:
        names = (table.header, tuple(row[0] for row in table.rows if row))
        like[names] += 1
        for number, row in enumerate(table.rows):
            for heading, text in zip(table.header[1:], row[1:], strict=False):
                hidden = text in ("–", "") or text.startswith("<")
                yield (*names, like[names], number, heading), hidden
