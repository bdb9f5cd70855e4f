"""Files for their owner alone, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rjeval.errors import ExportError


def write_private(texts: Mapping[Path, str]) -> None:
    """Write each text to its file with the rights 0600, beside its place first, then into it.

    Raises
    ------
    ExportError
        A file cannot be written; those that stood there are unchanged.
    """
    fresh: dict[Path, Path] = {}
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
            fresh[path] = Path(name)
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
        for path, new in fresh.items():
            new.replace(path)
    except OSError as error:
        raise ExportError(
            f"{path.name} cannot be written: {error.strerror or 'output error'}.",
            hint="Check the disk and the rights on the folder.",
        ) from None
    finally:
        for new in fresh.values():
            new.unlink(missing_ok=True)
