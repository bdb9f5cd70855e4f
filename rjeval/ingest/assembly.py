"""One table from all its maps: typed, without exact duplicates, refused rows marked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rjeval.design.exports import ExportMap
from rjeval.design.study import StudyDesign
from rjeval.errors import DesignError
from rjeval.ingest.blocks import BLOCKED, TOLERATED, Block, stops
from rjeval.ingest.drafts import Draft
from rjeval.ingest.ledger import Ledger
from rjeval.ingest.rows import MappedRows
from rjeval.ingest.values import number_if_all, type_column, type_covariate
from rjeval.schemas.columns import Column, Table
from rjeval.schemas.frames import TEXT, conform
from rjeval.schemas.models import MODEL_RULES, validate
from rjeval.terms import MissingState

REASONS = {
    **MODEL_RULES,
    "V02": "the row has more cells than the header, so its cells are out of place",
    "V07": "a number cannot be read",
    "V08": "a value is not in the code list",
    "V21": "a date cannot be read by the declared formats",
}


def require_mapped(table: Table, specs: list[ExportMap]) -> None:
    """Refuse a map without the columns that the table cannot do without.

    Raises
    ------
    DesignError
        Naming the columns (rule V01), or a state of missing answers that does not exist.
    """
    for spec in specs:
        given = {*spec.columns, *spec.constants, *spec.templates, *spec.fill}
        lacking = [name for name in table.needed if name not in given]
        if lacking:
            raise DesignError(
                f"[exports.{table.name}] does not map {', '.join(lacking)}, which the table "
                "needs (rule V01).",
                hint="Map it under columns, or give it under constants or templates.",
            )
        unknown = set(spec.missing_states.values()) - set(MissingState)
        if unknown:
            raise DesignError(
                f"[exports.{table.name}] missing_states has a state that does not exist.",
                hint=f"Allowed: {', '.join(MissingState)}.",
            )


def assemble(
    table: Table, parts: list[MappedRows], *, design: StudyDesign, ledger: Ledger
) -> Draft:
    """Return a table's draft: typed rows of all its files, with what is wrong in one table."""
    typed = [_type_part(table, part, ledger) for part in parts]
    bads = [(len(one), bad) for one, bad in typed]
    frame = _numbers(pd.concat([one for one, _ in typed], ignore_index=True), table, ledger)
    n_rows = len(frame)
    draft = Draft(
        table=table,
        frame=conform(table, frame),
        text=pd.concat([part.text for part in parts], ignore_index=True),
        file=np.concatenate([np.full(len(part.text), part.file, dtype=object) for part in parts]),
        row=np.concatenate([part.row for part in parts]),
        n_read=sum(part.n_read for part in parts),
        n_filtered=sum(part.n_filtered for part in parts),
        files=tuple(dict.fromkeys(part.file for part in parts)),
        refused=np.full(n_rows, "", dtype=object),
        refused_column=np.full(n_rows, "", dtype=object),
        double=np.zeros(n_rows, dtype=bool),
        tolerated=np.zeros(n_rows, dtype=bool),
    )
    _note_absent(table, parts, ledger)
    _refuse(draft, ("V02", ""), np.concatenate([part.ragged for part in parts]), ledger)
    _settle_bad_cells(draft, _gathered(bads, parts), design=design, ledger=ledger)
    _drop_doubles(draft, ledger)
    _check_model(draft, ledger)
    return draft


def _type_part(
    table: Table, part: MappedRows, ledger: Ledger
) -> tuple[pd.DataFrame, dict[str, tuple[str, np.ndarray]]]:
    ready: dict[str, pd.Series] = {}
    bad: dict[str, tuple[str, np.ndarray]] = {}
    for name in map(str, part.text.columns):
        column = table.column(name)
        text = part.text[name]
        if column is None:
            ready[name] = type_covariate(text, name, part.spec, ledger)
        elif column.kind in ("id", "text") and name not in part.spec.values:
            ready[name] = text
        else:
            typed = type_column(text, column, part.spec, ledger)
            ready[name] = typed.values
            bad[name] = (typed.rule, typed.bad)
    for name in map(str, part.states.columns):
        target = "missing_state" if table.column("missing_state") else f"{name}_missing_state"
        earlier = ready.get(target)
        found = part.states[name]
        ready[target] = found if earlier is None else earlier.fillna(found)
    return pd.DataFrame(ready, index=part.text.index), bad


def _numbers(frame: pd.DataFrame, table: Table, ledger: Ledger) -> pd.DataFrame:
    """Covariates whose every value is a plain number become numbers, and the ledger says so."""
    ready = {}
    for name in map(str, frame.columns):
        if table.column(name) is not None or not isinstance(frame[name].dtype, pd.StringDtype):
            continue
        numbers = number_if_all(frame[name])
        if numbers is not None:
            n_rows = int(numbers.notna().sum())
            detail = "every value is a plain number"
            ledger.changed(
                table.name, "covariate_as_number", n_rows=n_rows, column=name, detail=detail
            )
            ready[name] = numbers
    return frame.assign(**ready) if ready else frame


def _note_absent(table: Table, parts: list[MappedRows], ledger: Ledger) -> None:
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
            (name, "E", _sentence(name), blocks),
            table=draft.table.name,
            column=column,
            n_failed=len(rows),
            n_rows=len(draft.frame),
        )


def _sentence(rule: str) -> str:
    text = REASONS[rule]
    return f"{text[0].upper()}{text[1:]}."


@dataclass(slots=True)
class _BadCells:
    """Cells of one column that cannot be read, over all files; ``known`` ones may stay so."""

    rule: str
    mask: np.ndarray
    known: np.ndarray


def _gathered(
    bads: list[tuple[int, dict[str, tuple[str, np.ndarray]]]], parts: list[MappedRows]
) -> dict[str, _BadCells]:
    found: dict[str, _BadCells] = {}
    n_rows, start = sum(length for length, _ in bads), 0
    for (length, bad), part in zip(bads, parts, strict=True):
        for name, (rule, mask) in bad.items():
            if name not in found:
                empty = np.zeros((2, n_rows), dtype=bool)
                found[name] = _BadCells(rule=rule, mask=empty[0], known=empty[1])
            found[name].mask[start : start + length] = mask
            found[name].known[start : start + length] = mask & (name in part.spec.unmapped)
        start += length
    return found


def _settle_bad_cells(
    draft: Draft, bads: dict[str, _BadCells], *, design: StudyDesign, ledger: Ledger
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
        (name, "W", f"{_sentence(name)[:-1]}; the cell was made missing.", ""),
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
        detail="equal to an earlier row in every mapped column",
    )


def _check_model(draft: Draft, ledger: Ledger) -> None:
    """Apply the table's Pandera model to the rows that are left."""
    places = np.flatnonzero(draft.kept)
    for finding in validate(draft.table.name, draft.accepted()):
        mask = np.zeros(len(draft.frame), dtype=bool)
        mask[places[finding.rows]] = True
        _settle(draft, (finding.rule, finding.column), mask, ledger)


def accepted_frame(draft: Draft) -> pd.DataFrame:
    """Return the accepted rows in the order of their key, with a fresh index."""
    frame = draft.accepted()
    keys = [name for name in draft.table.key or draft.table.needed if name in frame.columns]
    ordered = frame.sort_values(keys, kind="stable", na_position="last", ignore_index=True)
    return conform(draft.table, ordered).astype(
        {name: TEXT for name in ordered.columns if ordered[name].dtype == object}
    )
