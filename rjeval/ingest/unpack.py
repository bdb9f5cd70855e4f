"""A file's bytes, unpacked where it is a gzip or zip archive, within bounds."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from rjeval.errors import ExportError
from rjeval.ingest.files import read_bytes
from rjeval.language import note

#: An archive may not grow by more than this factor (above a floor), nor beyond the limit.
MOST_GROWTH, FLOOR_BYTES, MOST_BYTES = 200, 1 << 26, 1 << 33


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """Bytes of one table's file; ``suffix`` says what kind of file they are."""

    file: str
    suffix: str
    data: bytes = field(repr=False)
    notes: tuple[tuple[str, str], ...] = ()


def unpack(path: Path) -> Packet:
    """Return the bytes of a file, or of the one file inside an archive.

    Raises
    ------
    ExportError
        Empty, damaged, several files in one archive, or an archive that grows out of bounds.
    """
    data = read_bytes(path)
    suffix = path.suffix.lower()
    if suffix == ".gz":
        inner = _limited(path, data, gzip.GzipFile(fileobj=io.BytesIO(data)))
        kind = PurePosixPath(path.stem).suffix.lower()
        return Packet(file=path.name, suffix=kind, data=inner, notes=(_note(path, "gzip"),))
    if suffix == ".zip":
        return _from_zip(path, data)
    return Packet(file=path.name, suffix=suffix, data=data)


def _note(path: Path, kind: str) -> tuple[str, str]:
    return "unpacked", note("{file}: {kind} archive", file=path.name, kind=kind)


def _from_zip(path: Path, data: bytes) -> Packet:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise _damaged(path) from None
    inside = [one for one in archive.infolist() if not _is_clutter(one)]
    if len(inside) != 1:
        raise ExportError(
            f"{path.name} holds {len(inside)} files; an archive may hold one table only.",
            hint="Unpack it into the raw folder and name the files in study.toml.",
        )
    if inside[0].flag_bits & 0x1:
        raise ExportError(
            f"{path.name} is protected by a password.", hint="Unpack it into the raw folder."
        )
    kind = PurePosixPath(inside[0].filename).suffix.lower()
    try:
        content = _limited(path, data, archive.open(inside[0]))
    except zipfile.BadZipFile:
        raise _damaged(path) from None
    return Packet(file=path.name, suffix=kind, data=content, notes=(_note(path, "zip"),))


def _is_clutter(member: zipfile.ZipInfo) -> bool:
    return member.is_dir() or member.filename.startswith(("__MACOSX/", "."))


def _limited(path: Path, packed: bytes, stream: IO[bytes] | gzip.GzipFile) -> bytes:
    limit = min(MOST_BYTES, max(FLOOR_BYTES, MOST_GROWTH * len(packed)))
    try:
        content = stream.read(limit + 1)
    except (OSError, EOFError, zlib.error):
        raise _damaged(path) from None
    if len(content) > limit:
        raise ExportError(
            f"{path.name} grows more than {MOST_GROWTH} times when unpacked and was not read.",
            hint="Unpack it by hand if you trust it.",
        )
    if not content.strip():
        raise ExportError(f"{path.name} holds an empty file.", hint="Export it again.")
    return content


def _damaged(path: Path) -> ExportError:
    return ExportError(
        f"{path.name} is damaged or cut short and cannot be unpacked.",
        hint="Copy it again from where it came.",
    )
