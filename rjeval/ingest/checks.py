"""Applies the rule book to the drafts: refused rows to quarantine, everything counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pandas as pd

from rjeval.design.study import StudyDesign
from rjeval.ingest.blocks import MAP_RULE, Block, withhold_outcomes
from rjeval.ingest.drafts import Draft
from rjeval.ingest.ledger import Ledger
from rjeval.schemas.rule_book import ORPHANS, RULES
from rjeval.schemas.rules import CannotRunError, Hit, Rule, RuleData


def apply_rules(drafts: Mapping[str, Draft], design: StudyDesign, ledger: Ledger) -> None:
    """Run all rules on the drafts, those that refuse rows first.

    Orphans are looked for last among these, again and again until none is left, so that the
    children of a refused row go with it; the other rules then see accepted rows only.
    """
    withhold_outcomes(drafts, ledger)
    run = _Run(drafts, design, ledger)
    for rule in RULES:
        if rule.refuses:
            run.apply(rule)
    while run.apply(ORPHANS):
        pass
    for rule in RULES:
        if not rule.refuses:
            run.apply(rule)


class _Run:
    """Drafts with their accepted rows at hand, which change only where a rule refuses some."""

    def __init__(self, drafts: Mapping[str, Draft], design: StudyDesign, ledger: Ledger) -> None:
        self.drafts, self.design, self.ledger = drafts, design, ledger
        self.accepted = {name: draft.accepted() for name, draft in drafts.items()}

    def apply(self, rule: Rule) -> int:
        """Run a rule; return how many rows it refused that no rule had refused before."""
        try:
            hits = rule.find(RuleData.of(self._frames(), self.design))
        except CannotRunError as why:
            self.ledger.stated("", "rule_not_run", column=rule.id, detail=str(why))
            return 0
        return sum(self._settle(rule, one) for one in hits if len(one.rows))

    def _frames(self) -> dict[str, pd.DataFrame]:
        """Return the accepted rows; a table too large for memory does what rules ask of a frame."""
        return cast("dict[str, pd.DataFrame]", self.accepted)

    def _settle(self, rule: Rule, hit: Hit) -> int:
        self.ledger.failed(
            rule.stamp,
            table=hit.table,
            column=hit.column,
            n_failed=len(hit.rows),
            n_rows=hit.n_rows,
        )
        if not rule.refuses:
            return 0
        draft = self.drafts[hit.table]
        if rule.id == MAP_RULE:
            self._block(draft, hit)
        n_new = draft.refuse(hit.rows, rule=rule.id, column=hit.column)
        self.accepted[hit.table] = draft.accepted()
        return n_new

    def _block(self, draft: Draft, hit: Hit) -> None:
        """Stop the study for arms that it does not declare."""
        block = Block(
            table=hit.table,
            column=hit.column,
            rule=MAP_RULE,
            n_rows=len(hit.rows),
            n_total=hit.n_rows,
            n_spellings=int(draft.frame.loc[hit.rows, hit.column].nunique()),
        )
        self.ledger.blocks.append(block)
