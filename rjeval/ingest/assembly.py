"""One table from all its maps: its files' rows typed and put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np
import pandas as pd

from rjeval.design.exports import ExportMap
from rjeval.design.study import StudyDesign
from rjeval.errors import DesignError
from rjeval.ingest.column_tables import ColumnTable
from rjeval.ingest.drafts import Draft
from rjeval.ingest.held_tables import SOURCE_FILE, key_order, row_files, sorting_keys
from rjeval.ingest.ledger import Ledger
from rjeval.ingest.rows import MappedRows
from rjeval.ingest.settling import BadCells, settle_table
from rjeval.ingest.values import number_if_all, type_column, type_covariate
from rjeval.language import mark
from rjeval.schemas.columns import Table
from rjeval.schemas.frames import TEXT, conform
from rjeval.terms import MissingState

#: Fact of the ledger: a mapped column of a file holds nothing in any row.
EMPTY_COLUMN = "column_empty"


def require_mapped(table: Table, specs: list[ExportMap]) -> None:
    """Refuse a map without the columns that the table cannot do without.

    Raises
    ------
    DesignError
        Naming the columns (rule V01), a name that is taken, or a state of missing answers that
        does not exist.
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
        if SOURCE_FILE in given:
            raise DesignError(
                f"[exports.{table.name}] maps a column {SOURCE_FILE}, a name that rjeval keeps for "
                "the file of each row.",
                hint="Give the covariate another name.",
            )
        unknown = set(spec.missing_states.values()) - set(MissingState)
        if unknown:
            raise DesignError(
                f"[exports.{table.name}] missing_states has a state that does not exist.",
                hint=f"Allowed: {', '.join(MissingState)}.",
            )


def assemble(
    table: Table, parts: Sequence[MappedRows], *, design: StudyDesign, ledger: Ledger
) -> Draft:
    """Return a table's draft: typed rows of all its files, with what is wrong in one table."""
    typed = [_type_part(table, part, ledger) for part in parts]
    frame = _numbers(pd.concat([one for one, _ in typed], ignore_index=True), table, ledger)
    texts = [cast(pd.DataFrame, part.text) for part in parts]
    text = pd.concat(texts, ignore_index=True)
    draft = start_draft(table, conform(table, frame), text, parts=parts)
    settle_table(draft, [bad for _, bad in typed], parts=parts, design=design, ledger=ledger)
    return draft


def start_draft(
    table: Table,
    frame: pd.DataFrame | ColumnTable,
    text: pd.DataFrame | ColumnTable,
    *,
    parts: Sequence[MappedRows],
) -> Draft:
    """Return a table's draft before any rule has looked at it."""
    n_rows = len(frame)
    files = tuple(dict.fromkeys(part.file for part in parts))
    codes = [np.full(len(part.row), files.index(part.file), dtype=np.int16) for part in parts]
    return Draft(
        table=table,
        frame=frame,
        text=text,
        file=pd.Categorical.from_codes(cast(Any, np.concatenate(codes)), pd.Index(files)),
        row=np.concatenate([part.row for part in parts]),
        n_read=sum(part.n_read for part in parts),
        n_filtered=sum(part.n_filtered for part in parts),
        files=files,
        refused=np.full(n_rows, "", dtype=object),
        refused_column=np.full(n_rows, "", dtype=object),
        double=np.zeros(n_rows, dtype=bool),
        tolerated=np.zeros(n_rows, dtype=bool),
    )


def _type_part(table: Table, part: MappedRows, ledger: Ledger) -> tuple[pd.DataFrame, BadCells]:
    ready: dict[str, pd.Series] = {}
    bad: BadCells = {}
    for name, values, wrong in typed_columns(table, part, ledger):
        ready[name] = values
        if wrong is not None:
            bad[name] = wrong
    return pd.DataFrame(ready, index=part.text.index), bad


def typed_columns(
    table: Table, part: MappedRows, ledger: Ledger
) -> Iterator[tuple[str, pd.Series, tuple[str, np.ndarray] | None]]:
    """Type the columns of one file, one after the other: name, values, rule and bad cells."""
    states: dict[str, list[str]] = {}
    for name in map(str, part.states.columns):
        target = "missing_state" if table.column("missing_state") else f"{name}_missing_state"
        states.setdefault(target, []).append(name)
    given = [str(name) for name in part.text.columns]
    for name in dict.fromkeys([*given, *states]):
        found = [part.states[source] for source in states.get(name, [])]
        wrong = None
        if name in given:
            values, wrong = _typed(table, name, part, ledger)
        else:
            values = found.pop(0)
        for more in found:
            values = values.fillna(more)
        yield name, values, wrong


def _typed(
    table: Table, name: str, part: MappedRows, ledger: Ledger
) -> tuple[pd.Series, tuple[str, np.ndarray] | None]:
    column, text = table.column(name), part.text[name]
    if text.isna().all():
        ledger.stated(table.name, EMPTY_COLUMN, column=name, detail=part.file)
    if column is None:
        return type_covariate(text, name, part.spec, ledger), None
    if column.kind in ("id", "text") and name not in part.spec.values:
        return text, None
    typed = type_column(text, column, part.spec, ledger)
    return typed.values, (typed.rule, typed.bad)


def _numbers(frame: pd.DataFrame, table: Table, ledger: Ledger) -> pd.DataFrame:
    ready = {}
    for name in map(str, frame.columns):
        numbers = covariate_numbers(frame[name], name, table, ledger)
        if numbers is not None:
            ready[name] = numbers
    return frame.assign(**ready) if ready else frame


def covariate_numbers(
    values: pd.Series, name: str, table: Table, ledger: Ledger
) -> pd.Series | None:
    """Covariates whose every value is a plain number become numbers, and the ledger says so."""
    if table.column(name) is not None or not isinstance(values.dtype, pd.StringDtype):
        return None
    numbers = number_if_all(values)
    if numbers is not None:
        n_rows = int(numbers.notna().sum())
        detail = mark("every value is a plain number")
        ledger.changed(table.name, "covariate_as_number", n_rows=n_rows, column=name, detail=detail)
    return numbers


def accepted_rows(draft: Draft) -> tuple[pd.DataFrame, pd.Series | None]:
    """Return the accepted rows in the order of their key, and the files if there are several."""
    frame = draft.accepted()
    keys = sorting_keys(draft)
    order = key_order(frame[keys].reset_index(drop=True), keys)
    ordered = frame.take(order)
    files = row_files(draft, ordered.index.to_numpy())
    ready = conform(draft.table, ordered.reset_index(drop=True)).astype(
        {name: TEXT for name in ordered.columns if ordered[name].dtype == object}
    )
    return ready, files
