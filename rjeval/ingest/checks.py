"""Applies the rule book to the drafts: refused rows to quarantine, everything counted."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from rjeval.design.study import StudyDesign
from rjeval.ingest.drafts import Draft
from rjeval.ingest.ledger import Ledger
from rjeval.schemas.relations import ORPHANS, RELATIONS
from rjeval.schemas.row_rules import ROW_RULES
from rjeval.schemas.rules import CannotRunError, Hit, Rule, RuleData


def apply_rules(drafts: Mapping[str, Draft], design: StudyDesign, ledger: Ledger) -> None:
    """Run all rules on the drafts, those that refuse rows first.

    Orphans are looked for last among these, table by table, so that the children of a refused
    row go with it; the other rules then see accepted rows only.
    """
    rules = (*ROW_RULES, *RELATIONS)
    for rule in rules:
        if rule.refuses:
            _apply(rule, drafts, design, ledger)
    while _apply(ORPHANS, drafts, design, ledger):
        pass
    for rule in rules:
        if not rule.refuses:
            _apply(rule, drafts, design, ledger)


def _apply(rule: Rule, drafts: Mapping[str, Draft], design: StudyDesign, ledger: Ledger) -> int:
    accepted = {name: draft.accepted() for name, draft in drafts.items()}
    try:
        hits = rule.find(RuleData.of(accepted, design))
    except CannotRunError as why:
        ledger.stated("", "rule_not_run", column=rule.id, detail=str(why))
        return 0
    return sum(_settle(rule, one, drafts, ledger) for one in hits if len(one.rows))


def _settle(rule: Rule, hit: Hit, drafts: Mapping[str, Draft], ledger: Ledger) -> int:
    ledger.failed(
        rule.stamp,
        table=hit.table,
        column=hit.column,
        n_failed=len(hit.rows),
        n_rows=hit.n_rows,
    )
    if not rule.refuses:
        return 0
    rows: pd.Index = hit.rows
    return drafts[hit.table].refuse(rows, rule=rule.id, column=hit.column)
