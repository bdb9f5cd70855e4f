"""A warm parent of kernels: ``python -P -m rjeval.report.warm_parent``, POSIX only.

It imports once what notebooks use and draws one empty figure, then forks a kernel for each
request. It computes nothing and reads no data, so every kernel starts from the same engines and
from a memory of its own. Requests and answers are lines of JSON; when the requests end, so do the
kernels.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import sys
import threading
import warnings
from contextlib import suppress
from typing import IO, Any

#: Engines that several notebooks use, beside what ``rjeval`` imports for its own face.
ENGINES = (
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "IPython.core.completer",
    "pyarrow.parquet",
    "duckdb",
    "ibis",
    "ibis.backends.duckdb",
    "formulaic",
    "PIL.PngImagePlugin",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "matplotlib.font_manager",
    "scipy.optimize",
    "scipy.special",
)


def warm_up() -> None:
    """Import what notebooks use; nothing is started, so a fork finds one thread.

    Raises
    ------
    RuntimeError
        Something started a thread, which a fork would not carry over.
    """
    import rjeval

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in dir(rjeval):
            getattr(rjeval, name)
        for name in ENGINES:
            with suppress(ImportError):
                importlib.import_module(name)
        importlib.import_module("rjeval.figures.first_drawing").draw_once()
    if threading.active_count() != 1:
        raise RuntimeError("An import started a thread, so no kernel can be forked.")
    gc.collect()
    gc.freeze()


def serve(requests: IO[str], answers: IO[str]) -> None:
    """Answer requests until there are no more, then end every kernel."""
    kernels: dict[int, bool] = {}
    try:
        for line in requests:
            answer = _answer(json.loads(line), kernels, pipes=(requests, answers))
            answers.write(json.dumps(answer) + "\n")
            answers.flush()
    finally:
        for process in [one for one, alive in kernels.items() if alive]:
            _end(process)


def _answer(
    request: dict[str, Any], kernels: dict[int, bool], *, pipes: tuple[IO[str], ...]
) -> dict[str, Any]:
    if request["do"] == "start":
        process = os.fork()
        if process == 0:
            _become_kernel(request, pipes=pipes)
        with suppress(OSError):
            os.setpgid(process, process)  # the kernel does the same; whoever comes first
        kernels[process] = True
        return {"process": process}
    process = int(request["process"])
    if request["do"] == "stop" and kernels[process]:
        _end(process)
        kernels[process] = False
    elif kernels[process]:
        kernels[process] = os.waitpid(process, os.WNOHANG)[0] == 0
        if not kernels[process]:
            _kill_group(process)
    return {"alive": kernels[process]}


def _end(process: int) -> None:
    """End a kernel and whatever it started."""
    _kill_group(process)
    with suppress(ChildProcessError):
        os.waitpid(process, 0)


def _kill_group(process: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)


def _become_kernel(request: dict[str, Any], *, pipes: tuple[IO[str], ...]) -> None:
    """Turn a forked child into a kernel; this never returns."""
    try:
        with suppress(OSError):
            os.setpgid(0, 0)
        for pipe in pipes:
            os.close(pipe.fileno())
        _hush()
        os.environ.clear()
        os.environ.update(request["environment"])
        os.environ["JPY_PARENT_PID"] = str(os.getppid())  # it ends when this parent is killed
        os.chdir(request["folder"])
        sys.argv = list(request["arguments"])
        from ipykernel.kernelapp import IPKernelApp

        IPKernelApp.launch_instance(argv=sys.argv[1:])
    finally:
        os._exit(0)


def _hush() -> None:
    """Point the standard streams to nowhere: kernels talk over their sockets."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def main() -> None:
    """Warm up, then serve requests on what were the standard streams."""
    requests, answers = os.fdopen(os.dup(0), "r"), os.fdopen(os.dup(1), "w")
    _hush()
    warm_up()
    serve(requests, answers)


if __name__ == "__main__":
    main()
