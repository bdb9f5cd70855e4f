"""Which files a map names, and what their bytes are; nothing outside the raw folder is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from rjeval.design.exports import ExportMap
from rjeval.errors import ExportError
from rjeval.ingest.furniture import Lines, look_at

#: Bytes looked at before the whole file is.
BEGINNING = 4096


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """A file's table as text: one string column per file column, nothing interpreted.

    ``notes`` are (rule, detail) pairs for the ledger; ``ragged`` holds the positions of rows
    with more cells than the header; ``doubled`` the column names that stand there twice; a chunk
    of a larger file begins at its row ``first``, from 0.
    """

    file: str
    frame: pd.DataFrame
    header_row: int
    notes: tuple[tuple[str, str], ...] = ()
    ragged: tuple[int, ...] = ()
    doubled: tuple[str, ...] = ()
    first: int = 0

    @cached_property
    def _trimming(self) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
        """Cells without blanks around them; columns that had none are not copied."""
        ready, found = {}, {}
        for name in map(str, self.frame.columns):
            cell = self.frame[name]
            given = pa.array(cell, type=pa.large_string())
            changed = pc.not_equal(pc.utf8_trim_whitespace(given), given).fill_null(True)
            ready[name] = cell
            if pc.any(changed).as_py():
                found[name] = changed.to_numpy(zero_copy_only=False)
                ready[name] = cell.str.strip()
        return pd.DataFrame(ready, index=self.frame.index), found

    @property
    def trimmed(self) -> Mapping[str, np.ndarray]:
        """Rows whose cell had blanks around it as read, for the columns that have any."""
        return self._trimming[1]

    @property
    def cells(self) -> pd.DataFrame:
        """The cells without blanks around them."""
        return self._trimming[0]

    @cached_property
    def lines(self) -> Lines:
        """What each line looks like, so that lines without data can be told."""
        return look_at(self.cells)

    @cached_property
    def data(self) -> pd.DataFrame:
        """The cells of lines that are neither blank nor a footer beyond doubt."""
        aside = self.lines.blank | self.lines.detected
        return self.cells[~aside] if aside.any() else self.cells

    def __repr__(self) -> str:
        return f"RawTable({self.file}: {len(self.frame)} rows, {self.frame.shape[1]} columns)"


def find_files(raw_folder: Path, spec: ExportMap) -> list[Path]:
    """Return the files that a map names, in the order of their names.

    Raises
    ------
    ExportError
        The folder or the file is missing, or lies outside the raw folder.
    """
    if not raw_folder.is_dir():
        raise ExportError(
            f"There is no folder {raw_folder.name} for the raw exports.",
            hint="Give the folder that holds the files named in study.toml.",
        )
    if Path(spec.file).is_absolute() or ".." in Path(spec.file).parts:
        raise ExportError(
            f"[exports.{spec.table}] file leaves the raw folder.",
            hint="Name files by their path below the raw folder.",
        )
    found = sorted(path for path in raw_folder.glob(spec.file) if path.is_file())
    if not found:
        raise ExportError(
            f"[exports.{spec.table}]: {spec.file} is not in {raw_folder.name}.",
            hint=_nearest(raw_folder, spec.file),
        )
    home = raw_folder.resolve()
    for path in found:
        if not path.resolve().is_relative_to(home):
            raise ExportError(
                f"{path.name} is a link that leads out of the raw folder.",
                hint="Copy the file itself into the raw folder.",
            )
    return found


def _nearest(raw_folder: Path, wanted: str) -> str:
    import difflib

    names = sorted(path.name for path in raw_folder.iterdir() if path.is_file())
    near = difflib.get_close_matches(wanted, names, n=1)
    if near:
        return f"Did you mean {near[0]}?"
    return f"The folder holds {len(names)} files; check the name in study.toml."


def unreadable_file(path: Path, error: OSError) -> ExportError:
    """Return the error of a file that the system does not give."""
    return ExportError(
        f"{path.name} cannot be read: {error.strerror or 'input error'}.",
        hint="Check that the file is closed elsewhere and that you may read it.",
    )


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes.

    Raises
    ------
    ExportError
        The file is empty or cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise unreadable_file(path, error) from None
    if not data[:BEGINNING].strip() and not data.strip():
        raise ExportError(
            f"{path.name} is empty (0 rows, no header).",
            hint="Export it again; an export that stopped half way often leaves an empty file.",
        )
    return data
