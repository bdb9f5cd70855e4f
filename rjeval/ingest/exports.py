"""The door of the front half: raw exports to clean tables, saved and loaded whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from rjeval.analysis_data import Exports
from rjeval.design.exports import ExportMap
from rjeval.design.study import StudyDesign
from rjeval.ingest import store
from rjeval.ingest.assembly import accepted_frame, assemble, require_mapped
from rjeval.ingest.blocks import Block, refuse_blocks
from rjeval.ingest.checks import apply_rules
from rjeval.ingest.drafts import Draft
from rjeval.ingest.files import RawTable, find_files
from rjeval.ingest.headers import require_columns
from rjeval.ingest.identifiers import refuse_identifiers
from rjeval.ingest.ledger import Ledger
from rjeval.ingest.readers import read_any
from rjeval.ingest.rows import MappedRows, map_rows
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
    exports = Exports(
        tables={name: accepted_frame(draft) for name, draft in drafts.items()},
        accounts=tuple(draft.account() for draft in drafts.values()),
        ledger=ledger.ledger_frame(),
        quality=ledger.quality_frame(),
        quarantine=_quarantine(drafts),
        sources=tuple((one.name, one.sha256, one.n_bytes) for one in reader.sources.values()),
        design_fingerprint=design.fingerprint,
        exports_fingerprint=exports_fingerprint(design),
    )
    return exports, tuple(ledger.blocks)


def _quarantine(drafts: dict[str, Draft]) -> dict[str, pd.DataFrame]:
    found = {name: draft.quarantine() for name, draft in drafts.items()}
    return {name: frame for name, frame in found.items() if len(frame)}


class _Reader:
    """Reads each file once, however many tables it feeds."""

    def __init__(self, folder: Path, design: StudyDesign, ledger: Ledger) -> None:
        self.folder, self.design, self.ledger = folder, design, ledger
        self.read: dict[tuple[object, ...], RawTable] = {}
        self.sources: dict[str, RawFile] = {}

    def draft(self, table: Table, specs: Sequence[ExportMap]) -> Draft:
        parts: list[MappedRows] = []
        for spec in specs:
            n_before = sum(part.n_read for part in parts)
            for path in find_files(self.folder, spec):
                raw = self._raw(path, spec)
                parts.append(map_rows(raw, spec, self.ledger))
            self._check_count(spec, sum(part.n_read for part in parts) - n_before)
        return assemble(table, parts, design=self.design, ledger=self.ledger)

    def _raw(self, path: Path, spec: ExportMap) -> RawTable:
        key = (path, spec.sheet, spec.header_row, spec.encoding, spec.delimiter)
        if key not in self.read:
            raw = read_any(path, spec)
            refuse_identifiers(raw, self.design.identifiers_reviewed)
            for rule, detail in raw.notes:
                self.ledger.stated(spec.table, rule, detail=detail)
            name = path.relative_to(self.folder).as_posix()
            self.sources[name] = hash_file(path, name=name)
            self.read[key] = raw
        raw = self.read[key]
        require_columns(
            spec, [str(name) for name in raw.frame.columns], doubled=raw.doubled, file=raw.file
        )
        return raw

    def _check_count(self, spec: ExportMap, n_read: int) -> None:
        if spec.expected_rows is not None and n_read != spec.expected_rows:
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
