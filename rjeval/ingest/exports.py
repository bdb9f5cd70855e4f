"""The door of the front half: raw exports to clean tables, saved and loaded whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd

from rjeval.analysis_data import Exports
from rjeval.design.exports import ExportMap
from rjeval.design.study import StudyDesign
from rjeval.ingest import store
from rjeval.ingest.assembly import accepted_rows, assemble, require_mapped
from rjeval.ingest.blocks import Block, refuse_blocks
from rjeval.ingest.checks import apply_rules
from rjeval.ingest.drafts import Draft
from rjeval.ingest.files import RawTable, find_files
from rjeval.ingest.headers import require_columns
from rjeval.ingest.held_tables import HeldTables, LargeTable
from rjeval.ingest.identifiers import (
    Finding,
    find_identifiers,
    handled_columns,
    refuse_identifiers,
)
from rjeval.ingest.keys import key_print
from rjeval.ingest.large_tables import are_large, assemble_large, is_text, spill_rows
from rjeval.ingest.ledger import Ledger
from rjeval.ingest.protection import drop_unread, protect_rows
from rjeval.ingest.readers import read_any
from rjeval.ingest.rows import MappedRows, map_rows
from rjeval.ingest.shifting import shift_dates
from rjeval.ingest.spill import Spill
from rjeval.ingest.text_stream import TextStream
from rjeval.provenance import RawFile, exports_fingerprint, hash_file
from rjeval.schemas.columns import Table
from rjeval.schemas.tables import TABLES
from rjeval.schemas.tables import table as table_of


def read_exports(raw_folder: str | Path, *, design: StudyDesign) -> Exports:
    """Read a programme's exports: as text, mapped, checked for identifiers, typed, validated.

    Parameters
    ----------
    raw_folder : str or Path
        Folder with the files that the design's ``[exports]`` names. Nothing in it is changed.
    design : StudyDesign
        Says which file feeds which table, and how its columns and values are named.

    Returns
    -------
    Exports
        Accepted rows by table; the account of all rows; the ledger of changes; failed rules;
        the rows in quarantine.

    Raises
    ------
    ExportError
        A file is missing, empty, unreadable, or lacks a mapped column.
    IdentifierError
        A column names or holds direct identifiers of people.
    DesignError
        The map names a table or a value that the data dictionary does not have.
    ValidationError
        Values that decide outcomes are in no code list and in no map, or more than one in a
        hundred of the dates that decide cannot be read. A map's ``unmapped`` lets a study go on
        without such rows.
    """
    exports, blocks = examine_exports(raw_folder, design=design)
    refuse_blocks(blocks)
    return exports


def examine_exports(
    raw_folder: str | Path, *, design: StudyDesign
) -> tuple[Exports, tuple[Block, ...]]:
    """Read the exports as :func:`read_exports` does; return also what stops the study."""
    folder = Path(raw_folder)
    ledger = Ledger()
    specs = {name: [one for one in design.exports if one.table == name] for name in design.tables()}
    for name, maps in specs.items():
        require_mapped(table_of(name), maps)
    reader = _Reader(folder, design, ledger)
    drafts = {name: reader.draft(TABLES[name], specs[name]) for name in TABLES if name in specs}
    apply_rules(drafts, design, ledger)
    if design.privacy.shift_dates:
        shift_dates(drafts, design=design, ledger=ledger)
    tables, row_files = _accepted(drafts, reader.spills)
    exports = Exports(
        tables=tables,
        accounts=tuple(draft.account() for draft in drafts.values()),
        ledger=ledger.ledger_frame(),
        quality=ledger.quality_frame(),
        quarantine=_quarantine(drafts),
        sources=tuple((one.name, one.sha256, one.n_bytes) for one in reader.sources.values()),
        unmapped=ledger.unmapped_frame(),
        design_fingerprint=design.fingerprint,
        exports_fingerprint=exports_fingerprint(design),
        key_print=key_print(design),
        row_files=row_files,
    )
    return exports, tuple(ledger.blocks)


def _accepted(
    drafts: dict[str, Draft], spills: dict[str, Spill]
) -> tuple[HeldTables, dict[str, pd.Series]]:
    """Return the accepted rows, and the file of each where several files make a table."""
    tables: dict[str, pd.DataFrame | LargeTable] = {}
    row_files: dict[str, pd.Series] = {}
    for name, draft in drafts.items():
        if name in spills:
            tables[name] = LargeTable(draft, spills[name])
            continue
        tables[name], files = accepted_rows(draft)
        if files is not None:
            row_files[name] = files
    return HeldTables(tables), row_files


def _quarantine(drafts: dict[str, Draft]) -> dict[str, pd.DataFrame]:
    found = {name: draft.quarantine() for name, draft in drafts.items()}
    return {name: frame for name, frame in found.items() if len(frame)}


class _Reader:
    """Reads each file once, however many tables it feeds."""

    def __init__(self, folder: Path, design: StudyDesign, ledger: Ledger) -> None:
        self.folder, self.design, self.ledger = folder, design, ledger
        self.read: dict[tuple[object, ...], RawTable] = {}
        self.found: dict[tuple[object, ...], tuple[Finding, ...]] = {}
        self.sources: dict[str, RawFile] = {}
        self.spills: dict[str, Spill] = {}

    def draft(self, table: Table, specs: Sequence[ExportMap]) -> Draft:
        files = [(path, spec) for spec in specs for path in find_files(self.folder, spec)]
        if are_large(files, self.design):
            return self._large_draft(table, files)
        parts = [self._take(self._raw(path, spec), spec) for path, spec in files]
        self._check_counts(parts)
        return assemble(table, parts, design=self.design, ledger=self.ledger)

    def _large_draft(self, table: Table, files: Sequence[tuple[Path, ExportMap]]) -> Draft:
        spill = self.spills[table.name] = Spill(self.design.root)
        parts = []
        for path, spec in files:
            chunks = self._chunks(path, spec) if is_text(path, spec) else [self._raw(path, spec)]
            parts.append(spill_rows(chunks, partial(self._take, spec=spec), spill=spill))
        self._check_counts(parts)
        return assemble_large(table, parts, design=self.design, ledger=self.ledger, spill=spill)

    def _take(self, raw: RawTable, spec: ExportMap) -> MappedRows:
        drop_unread(raw, spec, design=self.design, ledger=self.ledger)
        rows = map_rows(raw, spec, self.ledger)
        return protect_rows(rows, design=self.design, ledger=self.ledger)

    def _chunks(self, path: Path, spec: ExportMap) -> Iterator[RawTable]:
        """Read a file as a stream; the chunk that holds an identifier is the last one read."""
        for raw in TextStream(path, spec).chunks():
            if not raw.first and path.relative_to(self.folder).as_posix() not in self.sources:
                self._note(raw, path, spec)
            found = find_identifiers(raw)
            if found:
                rows = f"{raw.file}, rows {raw.first + 1} to {raw.first + len(raw.frame)}"
                self._gate(replace(raw, file=rows), spec, found=found)
            else:
                self._gate(raw, spec, found=())
            yield raw

    def _raw(self, path: Path, spec: ExportMap) -> RawTable:
        key = (path, spec.sheet, spec.header_row, spec.encoding, spec.delimiter)
        if key not in self.read:
            raw = read_any(path, spec)
            self.found[key] = find_identifiers(raw)
            self._note(raw, path, spec)
            self.read[key] = raw
        self._gate(self.read[key], spec, found=self.found[key])
        return self.read[key]

    def _note(self, raw: RawTable, path: Path, spec: ExportMap) -> None:
        for rule, detail in raw.notes:
            self.ledger.stated(spec.table, rule, detail=detail)
        name = path.relative_to(self.folder).as_posix()
        self.sources[name] = hash_file(path, name=name)

    def _gate(self, raw: RawTable, spec: ExportMap, *, found: tuple[Finding, ...]) -> None:
        names = [str(name) for name in raw.frame.columns]
        cleared = {
            *self.design.identifiers_reviewed,
            *handled_columns(spec, self.design, names),
        }
        refuse_identifiers(raw, cleared, found=found)
        require_columns(spec, names, doubled=raw.doubled, file=raw.file)

    def _check_counts(self, parts: Sequence[MappedRows]) -> None:
        for spec in {id(part.spec): part.spec for part in parts}.values():
            n_read = sum(part.n_read for part in parts if part.spec is spec)
            if spec.expected_rows is None or n_read == spec.expected_rows:
                continue
            self.ledger.failed(
                ("V05", "W", "The file has not the number of rows that its exporter declares.", ""),
                table=spec.table,
                column="",
                n_failed=abs(n_read - spec.expected_rows),
                n_rows=n_read,
            )


def save_exports(exports: Exports, folder: str | Path) -> None:
    """Write clean tables, quarantine and manifest, whole or not at all.

    Parameters
    ----------
    exports : Exports
    folder : str or Path
        For example ``data/processed``. What an earlier run left there is replaced in one step;
        a run that is killed leaves it as it was. Other files in it (a README) stay.

    Raises
    ------
    ExportError
        The folder cannot be written.
    """
    store.save(exports, Path(folder))


def load_exports(folder: str | Path, *, design: StudyDesign) -> Exports:
    """Load what :func:`save_exports` wrote, if it was made with this design and is unchanged.

    Raises
    ------
    ExportError
        Nothing was saved there, a file was changed since, or the design's part on exports was.
    """
    return store.load(Path(folder), design)
