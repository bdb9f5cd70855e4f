"""Where a result comes from: hashes of files, counts of rows, versions, the design's print."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rjeval.design.study import StudyDesign
from rjeval.errors import ExportError

#: Distributions whose version can change a number.
DISTRIBUTIONS = ("rjeval", "numpy", "pandas", "pandera", "pyarrow")


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFile:
    """A file as it was read: name below its folder, SHA-256, size in bytes."""

    name: str
    sha256: str
    n_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What lies beside saved data or a report, so that it can be checked and made again.

    Parameters
    ----------
    kind : str
        What the manifest is about, such as ``exports``.
    design_fingerprint : str
        SHA-256 of ``study.toml``.
    exports_fingerprint : str
        SHA-256 of the parts of the design that can change the clean tables.
    key_print : str
        Keyed hash by which another key is told; empty where no key was used.
    raw : tuple of RawFile
        Files read.
    written : tuple of RawFile
        Files written.
    rows : mapping of table to counts
    versions : mapping of distribution to version
    """

    kind: str
    design_fingerprint: str = ""
    exports_fingerprint: str = ""
    key_print: str = ""
    raw: tuple[RawFile, ...] = ()
    written: tuple[RawFile, ...] = ()
    rows: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the manifest as JSON, keys in a fixed order, without times."""
        ready = {**asdict(self), "rows": {k: dict(v) for k, v in self.rows.items()}}
        return json.dumps(ready, indent=2, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Return the manifest that ``to_json`` wrote.

        Raises
        ------
        ExportError
            The text is not a manifest.
        """
        try:
            given = json.loads(text)
            given["raw"] = tuple(RawFile(**one) for one in given["raw"])
            given["written"] = tuple(RawFile(**one) for one in given["written"])
            return cls(**given)
        except (ValueError, TypeError, KeyError):
            raise ExportError(
                "manifest.json is not a manifest of rjeval.",
                hint="Run `rjeval prepare` again.",
            ) from None


def hash_file(path: Path, *, name: str) -> RawFile:
    """Return a file's hash and size under a given name."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
            size += len(block)
    return RawFile(name=name, sha256=digest.hexdigest(), n_bytes=size)


def versions(names: tuple[str, ...] = DISTRIBUTIONS) -> dict[str, str]:
    """Return the versions of Python and of the distributions that can change a number."""
    found = {"python": platform.python_version()}
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def exports_fingerprint(design: StudyDesign) -> str:
    """Return a hash of those parts of a design that can change the clean tables."""
    parts = (
        tuple(repr(asdict(one)) for one in design.exports),
        design.identifiers_reviewed,
        repr(asdict(design.privacy)),
        design.period_end if design.privacy.shift_dates else None,
        design.extract_date,
        design.period_start,
        design.arms.levels,
        design.ages,
        tuple((s.role, s.items, s.levels) for s in design.surveys),
    )
    return hashlib.sha256(repr(parts).encode("utf-8")).hexdigest()
