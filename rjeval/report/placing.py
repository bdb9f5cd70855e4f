"""A folder written beside its place and put there in one step, whatever stops the run."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rjeval.errors import ReportError


@contextmanager
def written_at_once(folder: Path) -> Iterator[Path]:
    """Give a temporary folder beside ``folder``, and put it in its place when all went well.

    Raises
    ------
    ReportError
        The place cannot be written; what stood there is unchanged.
    """
    try:
        fresh = _fresh_folder(folder.parent)
    except OSError as error:
        raise ReportError(
            f"The folder for reports cannot be written: {error.strerror}.",
            hint="Choose another with --out, or change its permissions.",
        ) from None
    try:
        yield fresh
        _swap(fresh, folder)
    except OSError as error:
        raise ReportError(f"The report cannot be put in place: {error.strerror}.") from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def recover(folder: Path) -> None:
    """Put the earlier folder back, if a run was killed between the two renames."""
    if _earlier(folder).exists() and not folder.exists():
        _earlier(folder).rename(folder)
    shutil.rmtree(_earlier(folder), ignore_errors=True)


def _fresh_folder(parent: Path) -> Path:
    parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=".new-", dir=parent))


def _swap(fresh: Path, folder: Path) -> None:
    """Two renames; between them the earlier folder stands under the name ``recover`` knows."""
    fresh.chmod(0o755)
    if folder.exists():
        folder.rename(_earlier(folder))
    fresh.rename(folder)
    shutil.rmtree(_earlier(folder), ignore_errors=True)


def _earlier(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}-earlier")
