"""What one table decides by itself: bad cells, exact duplicates, its Pandera model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

from rjeval.design.study import StudyDesign
from rjeval.ingest.blocks import BLOCKED, TOLERATED, Block, stops
from rjeval.ingest.drafts import Draft
from rjeval.ingest.ledger import Ledger
from rjeval.ingest.rows import MappedRows
from rjeval.language import mark
from rjeval.schemas.columns import Column, Table
from rjeval.schemas.models import validate

#: Rule and bad cells by column, of one file.
BadCells = dict[str, tuple[str, np.ndarray]]
#: What is wrong with a row that a rule of reading refuses.
REASONS = {
    "V01": mark("A needed cell is empty."),
    "V02": mark("The row has more cells than the header, so its cells are out of place."),
    "V07": mark("A number cannot be read."),
    "V08": mark("A value is not in the code list."),
    "V10": mark("A text does not have the form that the dictionary asks for."),
    "V11": mark("A key is empty, or names more than one row."),
    "V21": mark("A date cannot be read by the declared formats."),
    "V54": mark("A number lies outside its range."),
    "V86": mark("A NIBRS code does not have three characters, as when read as a number."),
}


def settle_table(
    draft: Draft,
    bads: list[BadCells],
    *,
    parts: Sequence[MappedRows],
    design: StudyDesign,
    ledger: Ledger,
) -> None:
    """Apply what one table decides by itself: cells, duplicates, the table's model."""
    _note_absent(draft.table, parts, ledger)
    _refuse(draft, ("V02", ""), np.concatenate([part.ragged for part in parts]), ledger)
    _settle_bad_cells(draft, _gathered(bads, parts), design=design, ledger=ledger)
    _drop_doubles(draft, ledger)
    _check_model(draft, ledger)


def _note_absent(table: Table, parts: Sequence[MappedRows], ledger: Ledger) -> None:
    given = {str(name) for part in parts for name in part.text.columns}
    for column in table.columns:
        if column.level == "R" and column.name not in given:
            ledger.stated(table.name, "not_collected", column=column.name, detail="V01")


def _refuse(
    draft: Draft,
    rule: tuple[str, str],
    mask: np.ndarray,
    ledger: Ledger,
    *,
    blocks: str = "these rows, which are in quarantine",
) -> None:
    name, column = rule
    rows = np.flatnonzero(mask)
    if len(rows):
        draft.refuse(rows, rule=name, column=column)
        ledger.failed(
            (name, "E", REASONS[name], blocks),
            table=draft.table.name,
            column=column,
            n_failed=len(rows),
            n_rows=len(draft.frame),
        )


@dataclass(slots=True)
class _Unread:
    """Cells of one column that cannot be read, over all files; ``known`` ones may stay so."""

    rule: str
    mask: np.ndarray
    known: np.ndarray


def _gathered(bads: list[BadCells], parts: Sequence[MappedRows]) -> dict[str, _Unread]:
    found: dict[str, _Unread] = {}
    n_rows, start = sum(len(part.row) for part in parts), 0
    for bad, part in zip(bads, parts, strict=True):
        end = start + len(part.row)
        for name, (rule, mask) in bad.items():
            if not mask.any():
                continue
            if name not in found:
                empty = np.zeros((2, n_rows), dtype=bool)
                found[name] = _Unread(rule=rule, mask=empty[0], known=empty[1])
            found[name].mask[start:end] = mask
            found[name].known[start:end] = mask & (name in part.spec.unmapped)
        start = end
    return found


def _settle_bad_cells(
    draft: Draft, bads: dict[str, _Unread], *, design: StudyDesign, ledger: Ledger
) -> None:
    """Refuse the row of a cell that decides; make any other bad cell missing, and count it.

    Where outcomes were not understood, the refusal also stops the study.
    """
    in_place = draft.refused == ""
    for name, bad in bads.items():
        mask = bad.mask & in_place
        column = draft.table.column(name)
        share = float(mask.mean()) if len(mask) else 0.0
        if column is None or not stops(column, rule=bad.rule, share=share, design=design):
            _settle(draft, (bad.rule, name), mask, ledger)
            continue
        _tolerate(draft, (bad.rule, name), mask & bad.known, ledger)
        _block(draft, (bad.rule, name), mask & ~bad.known, ledger)


def _tolerate(draft: Draft, rule: tuple[str, str], mask: np.ndarray, ledger: Ledger) -> None:
    draft.tolerated |= mask
    _refuse(draft, rule, mask, ledger, blocks=TOLERATED)


def _block(draft: Draft, rule: tuple[str, str], mask: np.ndarray, ledger: Ledger) -> None:
    if not mask.any():
        return
    _refuse(draft, rule, mask, ledger, blocks=BLOCKED)
    name, column = rule
    block = Block(
        table=draft.table.name,
        column=column,
        rule=name,
        n_rows=int(mask.sum()),
        n_total=len(mask),
        n_spellings=int(draft.text.loc[mask, column].nunique()),
    )
    ledger.blocks.append(block)


def _settle(draft: Draft, rule: tuple[str, str], mask: np.ndarray, ledger: Ledger) -> None:
    name, column_name = rule
    if not mask.any():
        return
    column = draft.table.column(column_name)
    if column is None or _costs_row(column):
        _refuse(draft, rule, mask, ledger)
        return
    draft.blank(np.flatnonzero(mask), column_name)
    ledger.failed(
        (name, "W", f"{REASONS[name][:-1]}; the cell was made missing.", ""),
        table=draft.table.name,
        column=column_name,
        n_failed=int(mask.sum()),
        n_rows=len(draft.frame),
    )
    ledger.changed(
        draft.table.name,
        "cell_made_missing",
        n_rows=int(mask.sum()),
        column=column_name,
        detail=name,
    )


def _costs_row(column: Column) -> bool:
    return column.decisive or column.kind == "date"


def _drop_doubles(draft: Draft, ledger: Ledger) -> None:
    """Mark rows that repeat an earlier row in every column of the table."""
    free = draft.refused == ""
    if draft.table.key:  # only rows that share a key can be equal
        free &= draft.frame.duplicated(list(draft.table.key), keep=False).to_numpy(dtype=bool)
    double = draft.frame[free].duplicated().to_numpy(dtype=bool)
    draft.double[np.flatnonzero(free)[double]] = True
    ledger.changed(
        draft.table.name,
        "exact_duplicate_removed",
        n_rows=int(double.sum()),
        detail=mark("equal to an earlier row in every mapped column"),
    )


def _check_model(draft: Draft, ledger: Ledger) -> None:
    """Apply the table's Pandera model to the rows that are left."""
    places = np.flatnonzero(draft.kept)
    for finding in validate(draft.table.name, cast(pd.DataFrame, draft.accepted())):
        mask = np.zeros(len(draft.frame), dtype=bool)
        mask[places[finding.rows]] = True
        _settle(draft, (finding.rule, finding.column), mask, ledger)
