"""Keep the integer solver's own remarks out of notebooks: it writes them past Python."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def quiet_solver() -> Iterator[None]:
    """Send what compiled code writes to standard output nowhere, while the block runs.

    HiGHS writes a line about its own bookkeeping to the process's standard output, whatever its
    options say; in a report that line would stand under the cell.
    """
    with contextlib.ExitStack() as stack:
        try:
            sys.stdout.flush()
            kept = os.dup(1)
        except OSError:  # there is no standard output to protect
            yield
            return
        stack.callback(os.close, kept)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        stack.callback(os.close, nowhere)
        os.dup2(nowhere, 1)
        stack.callback(os.dup2, kept, 1)
        yield
