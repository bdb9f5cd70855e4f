"""A study folder on the fly: files, an [exports] part, and the exports read from them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

import rjeval as rj

HEAD = """
[study]
title = "A study of two people"
period_start = 2022-01-01
period_end = 2022-12-31
extract_date = 2024-12-31
why_no_recidivism = "This test is about reading."
"""
#: The least that a referral needs, with one column of each kind.
REFERRAL = """
[exports.referral]
file = "referrals.csv"
[exports.referral.columns]
referral_id = "Ref"
person_id = "Person"
referral_date = "Referred"
exit_status = "Outcome"
"""


@dataclass
class Study:
    folder: Path

    def write(self, **files: str | bytes) -> None:
        """Write raw files; ``__`` in a name stands for the dot."""
        raw = self.folder / "raw"
        raw.mkdir(exist_ok=True)
        for name, content in files.items():
            data = content.encode("utf-8") if isinstance(content, str) else content
            (raw / name.replace("__", ".")).write_bytes(data)

    def design(self, exports: str = REFERRAL, *, more: str = ""):
        (self.folder / "study.toml").write_text(HEAD + more + exports, encoding="utf-8")
        return rj.read_design(self.folder)

    def read(self, exports: str = REFERRAL, *, more: str = "", **files: str | bytes):
        self.write(**files)
        return rj.read_exports(self.folder / "raw", design=self.design(exports, more=more))


@pytest.fixture
def study(tmp_path):
    return Study(tmp_path)


@pytest.fixture
def lines():
    """Ledger or quality lines of one rule as {(table, column): n}."""

    def of(frame, rule):
        count = "n_rows" if "detail" in frame.columns else "n_failed"
        mine = frame[frame["rule"] == rule]
        return {(r.table, r.column): int(getattr(r, count)) for r in mine.itertuples(index=False)}

    return of
