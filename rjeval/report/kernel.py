"""One fresh Jupyter kernel: start it, run code in it, collect what it displayed."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from rjeval.errors import ReportError
from rjeval.report.scratch import make_scratch
from rjeval.report.starting import ONE_THREAD, PlainProcess, WarmParent
from rjeval.results.base import REPORT_MODE

#: Seconds in which a kernel must answer after its start.
START_SECONDS = 90
#: Seconds between looks at whether a silent kernel is still alive and still wanted.
POLL_SECONDS = 0.5
#: Seconds between two questions to a kernel that is starting.
ASK_AGAIN_SECONDS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """One thing that a cell displayed: content by media type, and its metadata."""

    data: dict[str, Any]
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellError:
    """What a failing cell raised."""

    kind: str
    text: str


@dataclass(slots=True, kw_only=True)
class CellRun:
    """What came of one cell."""

    displays: list[Display] = field(default_factory=list)
    error: CellError | None = None


class Kernel:
    """A kernel process in its own group, reached over IPC where the platform has it.

    Messages go over two plain sockets: requests, and what cells display. Jupyter's own clients
    would add an event loop per thread that nobody closes.

    Parameters
    ----------
    folder : Path
        Working folder of the kernel: the study.
    environment : mapping, optional
        Further variables of its environment.
    parent : WarmParent, optional
        Fork the kernel from there, with its engines imported; else it is started from nothing.
    """

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        *,
        parent: WarmParent | None = None,
    ) -> None:
        import zmq
        from jupyter_client.connect import write_connection_file
        from jupyter_client.session import Session

        self._scratch = make_scratch()
        connection = str(self._scratch / "kernel.json")
        transport = "ipc" if hasattr(os, "fork") else "tcp"
        address = str(self._scratch / "s") if transport == "ipc" else "127.0.0.1"
        key = secrets.token_hex(32).encode()
        _, facts = write_connection_file(connection, ip=address, transport=transport, key=key)
        join = "-" if transport == "ipc" else ":"
        self._session = Session(key=key)
        self._context = zmq.Context()
        self._requests = self._context.socket(zmq.DEALER)
        self._requests.connect(f"{transport}://{address}{join}{facts['shell_port']}")
        self._displays = self._context.socket(zmq.SUB)
        self._displays.subscribe(b"")
        self._displays.connect(f"{transport}://{address}{join}{facts['iopub_port']}")
        self._ready = False
        start = PlainProcess if parent is None else parent.start
        given = _environment(self._scratch) | dict(environment or {})
        self._process = start(connection, folder=folder, environment=given)

    def __enter__(self) -> Kernel:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def run(
        self, code: str, *, seconds: float, stopped: Callable[[], bool] = lambda: False
    ) -> CellRun:
        """Run code and return what it displayed, or how it failed.

        Raises
        ------
        ReportError
            The kernel died, never started, took longer than ``seconds``, or was ``stopped``.
        """
        self._wait_until_ready()
        content = {"code": code, "store_history": False, "allow_stdin": False}
        request = self._ask("execute_request", content)
        done, deadline = CellRun(), time.monotonic() + seconds
        while True:
            message = self._next_message(deadline, stopped)
            if message["parent_header"].get("msg_id") != request:
                continue
            content = message["content"]
            if message["msg_type"] in ("display_data", "execute_result"):
                done.displays.append(Display(data=content["data"], metadata=content["metadata"]))
            elif message["msg_type"] == "error":
                done.error = CellError(kind=content["ename"], text=content["evalue"])
            elif message["msg_type"] == "status" and content["execution_state"] == "idle":
                return done

    def stop(self) -> None:
        """End the kernel and whatever it started."""
        self._context.destroy(linger=0)
        self._process.end()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _wait_until_ready(self) -> None:
        """Ask until an answer is seen on the socket of displays: then nothing will be missed."""
        deadline = time.monotonic() + START_SECONDS
        while not self._ready:
            self._ask("kernel_info_request", {})
            self._ready = self._receive(ASK_AGAIN_SECONDS) is not None
            if not self._ready and (self._dead() or time.monotonic() > deadline):
                raise ReportError(
                    "A notebook kernel did not start.",
                    hint="Check that ipykernel is installed in the same environment as rjeval.",
                )

    def _ask(self, kind: str, content: dict[str, Any]) -> str:
        sent = self._session.send(self._requests, kind, content)
        return str(sent["header"]["msg_id"]) if sent else ""

    def _receive(self, seconds: float) -> dict[str, Any] | None:
        if not self._displays.poll(int(1000 * seconds)):
            return None
        return dict(self._session.recv(self._displays)[1] or {})

    def _dead(self) -> bool:
        return not self._process.is_alive()

    def _next_message(self, deadline: float, stopped: Callable[[], bool]) -> dict[str, Any]:
        while True:
            received = self._receive(POLL_SECONDS)
            if received is not None:
                return received
            if self._dead():
                raise ReportError("The notebook's kernel died.")
            if time.monotonic() > deadline:
                raise ReportError("The cell took longer than it may.")
            if stopped():
                raise ReportError("The cell was stopped.")


def _environment(scratch: Path) -> dict[str, str]:
    """Variables of the kernel: report mode, one thread, no personal start-up files."""
    given = dict(os.environ)
    given.update(dict.fromkeys(ONE_THREAD, "1"))
    given[REPORT_MODE] = "1"
    given["IPYTHONDIR"] = str(scratch / "ipython")
    if hasattr(os, "fork"):
        given["JPY_PARENT_PID"] = str(os.getpid())  # the kernel ends when this process is killed
    given["MPLBACKEND"] = "Agg"
    given["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    return given
