"""Temporary folders that name their process, so that what a killed run left is cleared away."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

#: Short, because the path of a socket may not be long.
PREFIX = "rjk-"
_NAME = re.compile(rf"{PREFIX}(\d+)-")
#: Age in seconds at which a folder is stale where it cannot be asked whether its process lives.
STALE_SECONDS = 86_400.0


def make_scratch() -> Path:
    """Make a folder for this process, after clearing those of processes that have ended."""
    clear_stale()
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give a temporary folder that is gone afterwards, at the latest when rjeval runs again."""
    folder = make_scratch()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_stale() -> None:
    """Remove own folders whose process has ended without doing so itself."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if _is_own(folder) and _is_stale(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_own(folder: Path) -> bool:
    """Whether it is a true folder of this user, and no link to somewhere else."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    return not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()


def _is_stale(folder: Path) -> bool:
    named = _NAME.match(folder.name)
    if named is None or not hasattr(os, "fork"):
        return time.time() - folder.stat().st_mtime > STALE_SECONDS
    try:
        os.kill(int(named.group(1)), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
