"""Start the process of a kernel: forked from a warm parent, or from nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Protocol

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
#: Seconds that the warm parent may take to leave once it has nothing more to do.
LEAVE_SECONDS = 10


class KernelProcess(Protocol):
    """The process of one kernel."""

    def is_alive(self) -> bool:
        """Whether it still runs."""

    def end(self) -> None:
        """End it and whatever it started."""


class PlainProcess:
    """A kernel started as a program of its own, in its own process group."""

    def __init__(self, connection: str, *, folder: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, our own arguments
            [sys.executable, "-m", *kernel_arguments(connection)],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def end(self) -> None:
        """End it and whatever it started."""
        with suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        self._process.wait()


class WarmParent:
    """A process that has imported what notebooks use, and forks kernels.

    Where the platform cannot fork, or the warm parent cannot serve, kernels are started from
    nothing: :meth:`start` gives a :class:`PlainProcess` then.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._serves = False
        self._process: subprocess.Popen[str] | None = None
        if hasattr(os, "fork"):
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "rjeval.report.warm_parent"],
                env={**os.environ, **dict.fromkeys(ONE_THREAD, "1"), "MPLBACKEND": "Agg"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                text=True,
            )

    def __enter__(self) -> WarmParent:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None and not self._serves and self._process is not None:
            self._process.kill()  # it has no kernels, and nobody should wait for its imports
        self.leave()

    def start(
        self, connection: str, *, folder: Path, environment: Mapping[str, str]
    ) -> KernelProcess:
        """Start a kernel in a folder, with an environment that holds nothing else."""
        request = {
            "do": "start",
            "arguments": kernel_arguments(connection),
            "folder": str(folder),
            "environment": dict(environment),
        }
        self._serves = True
        answer = self._ask(request)
        if answer is None:
            return PlainProcess(connection, folder=folder, environment=environment)
        return _Forked(self, int(answer["process"]))

    def asks(self, do: str, *, process: int) -> bool:
        """Return whether a forked kernel is alive, after stopping it where that is asked."""
        answer = self._ask({"do": do, "process": process})
        return bool(answer and answer["alive"])

    def leave(self) -> None:
        """End the warm parent and with it its kernels."""
        if self._process is None:
            return
        with self._lock, suppress(OSError):
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
        try:
            self._process.wait(timeout=LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ask(self, request: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the answer; none where the warm parent is gone."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            return None
        with self._lock, suppress(OSError, ValueError):
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
            return dict(json.loads(line)) if line else None
        return None


class _Forked:
    """A kernel forked from the warm parent, which alone may wait for it."""

    def __init__(self, parent: WarmParent, process: int) -> None:
        self._parent, self._number = parent, process

    def is_alive(self) -> bool:
        return self._parent.asks("look", process=self._number)

    def end(self) -> None:
        self._parent.asks("stop", process=self._number)


def kernel_arguments(connection: str) -> list[str]:
    """Return the program of a kernel and its arguments."""
    quiet = ("--HistoryManager.enabled=False", "--InteractiveShell.xmode=Minimal")
    return ["ipykernel_launcher", "-f", connection, *quiet]
