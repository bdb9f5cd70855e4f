"""A file's rows to the text of one table: filters, then the map's columns; each step counted."""

from __future__ import annotations

import string
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rjeval.design.exports import ExportMap
from rjeval.ingest.column_tables import ColumnTable
from rjeval.ingest.files import RawTable
from rjeval.ingest.headers import ROW_NUMBER, UNNAMED, tidy
from rjeval.ingest.ledger import Ledger
from rjeval.language import mark, note
from rjeval.schemas.frames import TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedRows:
    """Rows of one file as text of one table; ``row`` counts data rows of the file from 1.

    Of a file too large for memory, the cells are set down and read column by column.
    """

    spec: ExportMap
    file: str
    text: pd.DataFrame | ColumnTable
    row: np.ndarray
    ragged: np.ndarray
    states: pd.DataFrame | ColumnTable
    n_read: int
    n_filtered: int


def map_rows(raw: RawTable, spec: ExportMap, ledger: Ledger) -> MappedRows:
    """Return the rows of a file that belong to a table, renamed by its map, blank as missing."""
    n_read = len(raw.frame)
    kept = _data_rows(raw, spec, ledger)
    kept = _repeat_down(kept, spec, ledger)
    kept = _where(kept, spec, ledger)
    place = kept.index.to_numpy()
    row = place + 1 + raw.first
    plain = kept.reset_index(drop=True)
    text = _columns(plain, spec, row)
    _note_trimmed(raw, spec, place, ledger)
    text = _blank_to_missing(text, spec, ledger)
    text, states = _missing_states(text, spec, ledger)
    text = _fill(text, spec, ledger)
    return MappedRows(
        spec=spec,
        file=raw.file,
        text=text,
        row=row,
        ragged=np.isin(place, np.array(raw.ragged, dtype=np.int64)),
        states=states,
        n_read=n_read,
        n_filtered=n_read - len(text),
    )


def _data_rows(raw: RawTable, spec: ExportMap, ledger: Ledger) -> pd.DataFrame:
    """Return the rows without blank lines, repeated headers and footers."""
    frame, lines = raw.cells, raw.lines
    blank = lines.blank
    repeated = _repeats_header(frame, spec) & ~blank
    footer = _footers(lines.first, spec) & ~blank & ~repeated
    detected = lines.detected & ~blank & ~footer & ~repeated
    for rule, mask in (
        ("blank_rows_removed", blank),
        ("repeated_header_removed", repeated),
        ("declared_footer_removed", footer),
        ("detected_footer_removed", detected),
    ):
        ledger.changed(spec.table, rule, n_rows=int(mask.sum()), detail=raw.file)
    aside = blank | repeated | footer | detected
    return frame[~aside] if aside.any() else frame


def _repeats_header(frame: pd.DataFrame, spec: ExportMap) -> np.ndarray:
    """Find lines that repeat the header; a column without a name repeats as a blank."""
    names = list(dict.fromkeys(tidy(name) for name in spec.columns.values()))
    named = [name for name in names if not name.startswith(UNNAMED)]
    same = np.full(len(frame), len(named) > 0)
    for name in names:
        again = name if name in named else ""
        same &= frame[name].eq(again).to_numpy(dtype=bool, na_value=False)
    return same


def _footers(first: pd.Series, spec: ExportMap) -> np.ndarray:
    if not spec.footer:
        return np.zeros(len(first), dtype=bool)
    begins = tuple(text.casefold() for text in spec.footer)
    return first.fillna("").str.casefold().str.startswith(begins).to_numpy(dtype=bool)


def _repeat_down(frame: pd.DataFrame, spec: ExportMap, ledger: Ledger) -> pd.DataFrame:
    """Copy a value down over the blanks below it, in the columns declared so."""
    ready = {}
    for name in map(tidy, spec.repeat_down):
        cells = frame[name].mask(frame[name].eq(""))
        filled = cells.ffill()
        n_rows = int((cells.isna() & filled.notna()).sum())
        ledger.changed(spec.table, "repeated_down", n_rows=n_rows, column=name)
        ready[name] = filled
    return frame.assign(**ready) if ready else frame


def _where(frame: pd.DataFrame, spec: ExportMap, ledger: Ledger) -> pd.DataFrame:
    for name, allowed in spec.keep_where.items():
        cells = frame[tidy(name)].fillna("")
        keep = cells.ne("") if allowed == ("*",) else cells.isin(list(allowed))
        n_rows = int((~keep).sum())
        detail = mark("rows set aside by keep_where")
        ledger.changed(spec.table, "keep_where", n_rows=n_rows, column=name, detail=detail)
        frame = frame[keep.to_numpy(dtype=bool)]
    return frame


def _columns(frame: pd.DataFrame, spec: ExportMap, row: np.ndarray) -> pd.DataFrame:
    ready = {name: frame[tidy(given)] for name, given in spec.columns.items()}
    for name, given in spec.constants.items():
        ready[name] = pd.Series(given, index=frame.index, dtype=TEXT)
    for name, template in spec.templates.items():
        ready[name] = _compose(frame, template, row)
    return pd.DataFrame(ready, index=frame.index)


def _compose(frame: pd.DataFrame, template: str, row: np.ndarray) -> pd.Series:
    """Return texts composed from columns; missing where any part is blank."""
    whole = pd.Series("", index=frame.index, dtype=TEXT)
    for literal, name, _, _ in string.Formatter().parse(template):
        whole = whole + literal
        if name == ROW_NUMBER:
            whole = whole + pd.Series(row.astype(str), index=frame.index, dtype=TEXT)
        elif name is not None:
            cell = frame[tidy(name)]
            whole = whole + cell.mask(cell.eq(""))
    return whole


def _note_trimmed(raw: RawTable, spec: ExportMap, kept: np.ndarray, ledger: Ledger) -> None:
    for name, given in spec.columns.items():
        mask = raw.trimmed.get(tidy(given))
        if mask is not None:
            n_rows = int(mask[kept].sum())
            ledger.changed(spec.table, "blanks_trimmed", n_rows=n_rows, column=name)


def _blank_to_missing(text: pd.DataFrame, spec: ExportMap, ledger: Ledger) -> pd.DataFrame:
    tokens = {one.strip().casefold() for one in spec.missing}
    ready = {}
    for name in text.columns:
        cell = text[name]
        if name in spec.constants:
            ready[name] = cell
            continue
        if tokens:
            coded = cell.str.casefold().isin(tokens)
            detail = mark("coded missing values, as declared")
            n_coded = int(coded.sum())
            ledger.changed(spec.table, "missing_code", n_rows=n_coded, column=name, detail=detail)
            cell = cell.mask(coded)
        ready[name] = cell.mask(cell.eq(""))
    return pd.DataFrame(ready, index=text.index)


def _missing_states(
    text: pd.DataFrame, spec: ExportMap, ledger: Ledger
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take declared codes of missing answers out of the values; keep which of four they are."""
    states: dict[str, pd.Series] = {}
    if not spec.missing_states:
        return text, pd.DataFrame(index=text.index)
    lookup = {key.strip().casefold(): state for key, state in spec.missing_states.items()}
    ready = {}
    for name in text.columns:
        found = text[name].str.casefold().map(lookup).astype(TEXT)
        hit = found.notna()
        ready[name] = text[name].mask(hit)
        if hit.any():
            states[name] = found
            for state, n_rows in found.value_counts().items():
                ledger.changed(
                    spec.table, "missing_state", n_rows=n_rows, column=name, detail=str(state)
                )
    return pd.DataFrame(ready, index=text.index), pd.DataFrame(states, index=text.index)


def _fill(text: pd.DataFrame, spec: ExportMap, ledger: Ledger) -> pd.DataFrame:
    ready = {}
    for name, given in spec.fill.items():
        cells = text[name] if name in text else pd.Series(index=text.index, dtype=TEXT)
        n_rows = int(cells.isna().sum())
        ledger.changed(
            spec.table,
            "blank_filled",
            n_rows=n_rows,
            column=name,
            detail=note("with '{given}'", given=given),
        )
        ready[name] = cells.fillna(given)
    return text.assign(**ready) if ready else text
