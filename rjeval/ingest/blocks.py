"""Cells that nobody mapped and that could change a published number stop the study.

A row with an unknown disposition that is merely set aside makes a rate fall, and nothing tells.
So an unmapped value in a column of outcomes blocks, until the map names it or the study says
under ``unmapped`` that it goes on without these rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rjeval.design.study import StudyDesign
from rjeval.errors import ValidationError
from rjeval.schemas.columns import Column
from rjeval.terms import AnalysisSet, Clock

if TYPE_CHECKING:
    from rjeval.ingest.drafts import Draft
    from rjeval.ingest.ledger import Ledger

#: Share of rows whose date may be unreadable before the study is stopped.
UNREADABLE_DATES = 0.01
#: Dates that can start follow-up or end it, beside those that the dictionary calls outcomes.
CLOCK_DATES = frozenset({*Clock, "held_date"})
#: Findings that a message names.
NAMED = 5
MAP_RULE, NUMBER_RULE, DATE_RULE = "V08", "V07", "V21"
BLOCKED = "every analysis, until the map or the file is mended"
TOLERATED = (
    "these rows, which are in quarantine as study.toml allows; people whose outcome they hold "
    "count as never checked, where records checks are collected"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One column that stops the study: counts only."""

    table: str
    column: str
    rule: str
    n_rows: int
    n_total: int
    n_spellings: int

    def __str__(self) -> str:
        rows = f"{self.table}.{self.column}: {self.n_rows} of {self.n_total} rows hold"
        many = "spellings" if self.n_spellings != 1 else "spelling"
        if self.rule == DATE_RULE:
            return f"{rows} {self.n_spellings} different texts that no declared format reads"
        if self.rule == NUMBER_RULE:
            return f"{rows} {self.n_spellings} {many} that are no number"
        return f"{rows} {self.n_spellings} {many} that no code list and no map knows"


def stops(column: Column, *, rule: str, share: float, design: StudyDesign) -> bool:
    """Return whether unreadable cells of a column stop the study."""
    if rule == DATE_RULE:
        weighty = column.decisive or column.name in CLOCK_DATES
        return weighty and share > UNREADABLE_DATES
    if rule == NUMBER_RULE:
        return column.outcome
    return rule == MAP_RULE and (column.decisive or _is_asked(column, design))


def _is_asked(column: Column, design: StudyDesign) -> bool:
    """Return whether the design rests on how referrals ended."""
    asked = any(one.population is AnalysisSet.COMPLETED for one in design.recidivism)
    return column.name == "exit_status" and asked


def refuse_blocks(blocks: Sequence[Block]) -> None:
    """Stop where outcomes were not understood.

    Raises
    ------
    ValidationError
        Naming table, column, rows and number of spellings; never a value.
    """
    if not blocks:
        return
    named = "; ".join(map(str, blocks[:NAMED]))
    more = f"; and {len(blocks) - NAMED} more columns" if len(blocks) > NAMED else ""
    raise ValidationError(
        f"Values that decide outcomes were not understood: {named}{more}.",
        hint=_hint(blocks[0]),
        checks=tuple((one.table, one.column, one.rule, one.n_rows) for one in blocks),
    )


def _hint(first: Block) -> str:
    where = f"[exports.{first.table}]"
    if first.rule == DATE_RULE:
        cure = f"Declare their format: dates.{first.column} = [...] under {where}"
    elif first.column == "arm":
        cure = f"Add them to [exports.{first.table}.values.arm], or declare the arm under [arms]"
    else:
        cure = f"Add them to [exports.{first.table}.values.{first.column}]"
    return (
        f"{cure}, or to missing where they mean no answer; `rjeval prepare` writes the rows to "
        f'data/processed/unread. To go on without them, write unmapped = ["{first.column}"] '
        f"under {where}."
    )


def withhold_outcomes(drafts: Mapping[str, Draft], ledger: Ledger) -> None:
    """Make the outcome of people missing whose event the study goes on without.

    Their records checks are set aside, so that they count as never checked: an event that
    cannot be understood is not the same as no event.
    """
    events, checks = drafts.get("followup_event"), drafts.get("records_check")
    if events is None or checks is None or not events.tolerated.any():
        return
    people = set(events.frame.loc[events.tolerated, "person_id"].dropna())
    rows = np.flatnonzero(checks.frame["person_id"].isin(people).to_numpy(dtype=bool))
    n_new = checks.refuse(rows, rule=MAP_RULE, column="person_id")
    reason = "The person has an event that the map does not understand."
    ledger.failed(
        (MAP_RULE, "E", reason, "the outcome of these people, which counts as missing"),
        table="records_check",
        column="person_id",
        n_failed=n_new,
        n_rows=len(checks.frame),
    )
