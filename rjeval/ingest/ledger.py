"""What cleaning changed and what was wrong, in counts of rows; never a value."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pandas as pd

from rjeval.analysis_data import UNMAPPED_COLUMNS
from rjeval.ingest.blocks import Block

LEDGER_COLUMNS = ("table", "column", "rule", "detail", "n_rows")
QUALITY_COLUMNS = (
    "rule",
    "severity",
    "table",
    "column",
    "n_failed",
    "n_rows",
    "reason",
    "blocks",
)


#: Codes of one column that are kept apart; what goes beyond is one code without a text.
MOST_CODES = 1000


@dataclass(slots=True)
class Ledger:
    """Collects changes made and rules failed while exports are read."""

    changes: list[tuple[str, str, str, str, int]] = field(default_factory=list)
    failures: list[tuple[str, str, str, str, int, int, str, str]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    unmapped: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)

    def changed(
        self, table: str, rule: str, *, n_rows: int, column: str = "", detail: str = ""
    ) -> None:
        """Note a change; one that touched no row is not noted."""
        if n_rows:
            self.changes.append((table, column, rule, detail, int(n_rows)))

    def stated(self, table: str, rule: str, *, column: str = "", detail: str = "") -> None:
        """Note a fact about how a file was read, which changed no row."""
        self.changes.append((table, column, rule, detail, 0))

    def failed(
        self,
        rule: tuple[str, str, str, str],
        *,
        table: str,
        column: str,
        n_failed: int,
        n_rows: int,
    ) -> None:
        """Note a failed rule, given as (id, severity, reason, what it blocks)."""
        if n_failed:
            name, severity, reason, blocks = rule
            self.failures.append(
                (name, severity, table, column, int(n_failed), int(n_rows), reason, blocks)
            )

    def not_known(self, table: str, column: str, codes: dict[str, int]) -> None:
        """Note codes that no list and no map knows, with the number of rows that hold each."""
        if not codes:
            return
        known = self.unmapped.setdefault((table, column), Counter())
        for text, n_rows in codes.items():
            room = text in known or len(known) < MOST_CODES
            known[text if room else ""] += n_rows

    def unmapped_frame(self) -> pd.DataFrame:
        """Return the codes that nobody mapped, the most frequent of each column first."""
        rows = [
            (table, column, text, n_rows)
            for (table, column), known in self.unmapped.items()
            for text, n_rows in known.most_common()
        ]
        return pd.DataFrame(rows, columns=list(UNMAPPED_COLUMNS))

    def ledger_frame(self) -> pd.DataFrame:
        """Return the changes, equal lines added up."""
        frame = pd.DataFrame(self.changes, columns=list(LEDGER_COLUMNS))
        keys = list(LEDGER_COLUMNS[:4])
        return frame.groupby(keys, sort=False, dropna=False)["n_rows"].sum().reset_index()

    def quality_frame(self) -> pd.DataFrame:
        """Return the failed rules: errors first, then warnings, then information."""
        frame = pd.DataFrame(self.failures, columns=list(QUALITY_COLUMNS))
        keys = ["rule", "severity", "table", "column", "reason", "blocks"]
        frame = frame.groupby(keys, sort=False, as_index=False).agg(
            {"n_failed": "sum", "n_rows": "max"}
        )
        order = frame["severity"].map({"E": 0, "W": 1, "I": 2})
        ranked = frame.assign(_order=order).sort_values(
            ["_order", "rule", "table", "column"], kind="stable", ignore_index=True
        )
        return ranked[list(QUALITY_COLUMNS)]
