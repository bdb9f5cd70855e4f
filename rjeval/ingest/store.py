"""Clean tables on disk: Parquet, manifest and quarantine, swapped in whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from rjeval.analysis_data import Exports, TableAccount
from rjeval.design.study import StudyDesign
from rjeval.errors import ExportError
from rjeval.ingest.held_tables import SOURCE_FILE, HeldTables
from rjeval.ingest.keys import is_other_key
from rjeval.provenance import Manifest, RawFile, exports_fingerprint, hash_file, versions
from rjeval.schemas.frames import conform
from rjeval.schemas.tables import table as table_of

MANIFEST = "manifest.json"
#: Refused rows of a run that was stopped; an earlier clean set beside it stays as it was.
UNREAD = "unread"
#: Names that a saved set owns; anything else in the folder is kept.
OWN = (
    MANIFEST,
    "quarantine",
    UNREAD,
    "ledger.csv",
    "quality.csv",
    "accounts.json",
    "unmapped.csv",
)
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
#: What a spreadsheet takes for a formula; a plain negative number is none.
FORMULA = r"^\s*(?:[=+@]|[\t\r\n]|-(?!\d+(?:[.,]\d+)?$))"
COUNTS = ("n_read", "n_accepted", "n_quarantined", "n_duplicates", "n_filtered")


def save(exports: Exports, folder: Path) -> None:
    """Write everything beside ``folder``, then put it in its place."""
    try:
        with _replacing(folder) as fresh:
            _write(exports, fresh)
    except OSError as error:
        raise ExportError(
            f"{folder.name} cannot be written: {error.strerror or 'output error'}.",
            hint="Check the disk and the rights on the folder; what stood there is unchanged.",
        ) from None


@contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """Give an empty folder that takes the place of ``folder`` if all goes well."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    recover(folder)
    if folder.exists() and not os.access(folder, os.W_OK):
        raise PermissionError(13, os.strerror(13))
    prefix = f"{_fresh_prefix(folder)}{os.getpid()}-"
    fresh = Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent))
    try:
        yield fresh
        _keep_others(folder, fresh)
        _sync(fresh)
        _swap(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _swap(fresh: Path, folder: Path) -> None:
    """Two renames; between them the earlier set stands under the name that ``recover`` knows."""
    earlier = _earlier(folder)
    if folder.exists():
        folder.rename(earlier)
    fresh.rename(folder)
    shutil.rmtree(earlier, ignore_errors=True)


def _earlier(folder: Path) -> Path:
    return folder.parent / f".{folder.name}-earlier"


def recover(folder: Path) -> None:
    """Put the earlier set back, if a run was killed; remove what that run had half written."""
    earlier = _earlier(folder)
    if earlier.exists() and not folder.exists():
        earlier.rename(folder)
    shutil.rmtree(earlier, ignore_errors=True)
    prefix = _fresh_prefix(folder)
    for path in folder.parent.glob(f"{prefix}*"):
        writer = path.name.removeprefix(prefix).split("-")[0]
        if not (writer.isdigit() and _alive(int(writer))):
            shutil.rmtree(path, ignore_errors=True)


def _fresh_prefix(folder: Path) -> str:
    return f".{folder.name}-new-"


def _alive(process: int) -> bool:
    """Return whether a process of this number runs; one that is not ours counts as running."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _keep_others(folder: Path, fresh: Path) -> None:
    if not folder.exists():
        return
    for path in sorted(folder.iterdir()):
        if path.name in OWN or path.suffix == ".parquet":
            continue
        if path.is_dir():
            shutil.copytree(path, fresh / path.name, symlinks=True)
        else:
            shutil.copy2(path, fresh / path.name)


def _sync(folder: Path) -> None:
    for path in [*sorted(folder.rglob("*")), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _write(exports: Exports, folder: Path) -> None:
    names = []
    for name in exports.tables:
        _write_table(exports, name, folder / f"{name}.parquet")
        names.append(f"{name}.parquet")
    (folder / "quarantine").mkdir(mode=PRIVATE_FOLDER)
    for name, frame in exports.quarantine.items():
        inert(frame).to_csv(folder / "quarantine" / f"{name}.csv", index=False)
        names.append(f"quarantine/{name}.csv")
    inert(exports.ledger).to_csv(folder / "ledger.csv", index=False)
    inert(exports.quality).to_csv(folder / "quality.csv", index=False)
    inert(exports.unmapped).to_csv(folder / "unmapped.csv", index=False)
    accounts = [
        {"table": one.table, "files": list(one.files), **{c: getattr(one, c) for c in COUNTS}}
        for one in exports.accounts
    ]
    (folder / "accounts.json").write_text(json.dumps(accounts, indent=2), encoding="utf-8")
    names += ["ledger.csv", "quality.csv", "unmapped.csv", "accounts.json"]
    manifest = Manifest(
        kind="exports",
        design_fingerprint=exports.design_fingerprint,
        exports_fingerprint=exports.exports_fingerprint,
        key_print=exports.key_print,
        raw=tuple(RawFile(name=n, sha256=s, n_bytes=b) for n, s, b in exports.sources),
        written=tuple(hash_file(folder / name, name=name) for name in names),
        rows={one["table"]: {c: one[c] for c in COUNTS} for one in accounts},
        versions=versions(),
    )
    (folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    for path in [*folder.rglob("*"), folder]:
        path.chmod(PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE)


def _write_table(exports: Exports, name: str, path: Path) -> None:
    """Write a table, with the file of each row where several files make it."""
    tables = exports.tables
    large = tables.large(name) if isinstance(tables, HeldTables) else None
    if large is not None:
        large.write(path)
        return
    frame = tables[name]
    if name in exports.row_files:
        frame = frame.assign(**{SOURCE_FILE: exports.row_files[name]})
    frame.to_parquet(path, index=False)


def save_unread(exports: Exports, folder: Path) -> None:
    """Write the refused rows of a run that was stopped, so that they can be looked up."""
    target = folder / UNREAD
    try:
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True, mode=PRIVATE_FOLDER)
        for name, frame in {**exports.quarantine, "unmapped": exports.unmapped}.items():
            path = target / f"{name}.csv"
            inert(frame).to_csv(path, index=False)
            path.chmod(PRIVATE_FILE)
    except OSError as error:
        raise ExportError(
            f"{folder.name}/{UNREAD} cannot be written: {error.strerror or 'output error'}.",
            hint="Check the disk and the rights on the folder.",
        ) from None


def inert(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose texts no spreadsheet takes for a formula: those get an apostrophe."""
    ready = {}
    for name in frame.columns:
        column = frame[name]
        if column.dtype == object or isinstance(column.dtype, pd.StringDtype):
            formula = column.astype("string").str.match(FORMULA).fillna(False)
            column = column.mask(formula.astype(bool), "'" + column.astype("string"))
        ready[name] = column
    return pd.DataFrame(ready, index=frame.index)


def load(folder: Path, design: StudyDesign) -> Exports:
    """Read a saved set, if it is whole and was made with this design."""
    recover(folder)
    manifest = _manifest(folder)
    if manifest.exports_fingerprint != exports_fingerprint(design):
        raise ExportError(
            f"{folder.name} was prepared with another design: [exports], dates, arms or scales "
            "in study.toml have changed since.",
            hint="Run `rjeval prepare` again.",
        )
    if is_other_key(design, manifest.key_print):
        raise ExportError(
            f"{folder.name} was prepared with another key than [privacy] key_file holds now.",
            hint="Put the old key back, or run `rjeval prepare` again: pseudonyms will change.",
        )
    for one in manifest.written:
        path = folder / one.name
        if not path.is_file() or hash_file(path, name=one.name) != one:
            raise ExportError(
                f"{folder.name}/{one.name} is missing or was changed since it was written.",
                hint="Run `rjeval prepare` again; clean tables are never mended by hand.",
            )
    accounts = json.loads((folder / "accounts.json").read_text(encoding="utf-8"))
    read = {one["table"]: pd.read_parquet(folder / f"{one['table']}.parquet") for one in accounts}
    return Exports(
        tables={
            name: conform(table_of(name), frame.drop(columns=SOURCE_FILE, errors="ignore"))
            for name, frame in read.items()
        },
        accounts=tuple(TableAccount(**{**one, "files": tuple(one["files"])}) for one in accounts),
        ledger=_csv(folder / "ledger.csv"),
        quality=_csv(folder / "quality.csv"),
        quarantine={
            path.stem: pd.read_csv(path, dtype=str, keep_default_na=False)
            for path in sorted((folder / "quarantine").glob("*.csv"))
        },
        sources=tuple((one.name, one.sha256, one.n_bytes) for one in manifest.raw),
        unmapped=_csv(folder / "unmapped.csv", dtype={"text": str}),
        design_fingerprint=manifest.design_fingerprint,
        exports_fingerprint=manifest.exports_fingerprint,
        key_print=manifest.key_print,
        row_files={
            name: frame[SOURCE_FILE] for name, frame in read.items() if SOURCE_FILE in frame.columns
        },
    )


def _manifest(folder: Path) -> Manifest:
    try:
        text = (folder / MANIFEST).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ExportError(
            f"There are no prepared data in {folder.name}.",
            hint="Run `rjeval prepare` first.",
        ) from None
    except OSError as error:
        raise ExportError(f"{folder.name} cannot be read: {error.strerror}.") from None
    return Manifest.from_json(text)


def _csv(path: Path, dtype: Mapping[Hashable, type[str]] | None = None) -> pd.DataFrame:
    return pd.read_csv(path, keep_default_na=False, dtype=dtype)
