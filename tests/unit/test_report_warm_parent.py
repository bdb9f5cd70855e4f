"""Kernels forked from a warm parent: each with its own memory, environment, folder and end."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import time

import pytest

from rjeval.errors import ReportError
from rjeval.report.kernel import Kernel
from rjeval.report.starting import WarmParent
from rjeval.results.base import REPORT_MODE

#: Background thread of pyarrow's allocator, which has handlers of its own for forks.
ALLOCATOR = "jemalloc_bg_thd"

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kernels are forked on POSIX only")


def value(kernel: Kernel, code: str) -> object:
    done = kernel.run(code, seconds=60)
    assert done.error is None, done.error
    return ast.literal_eval(done.displays[0].data["text/plain"])


@pytest.fixture(scope="module")
def parent():
    with WarmParent() as warm:
        yield warm


def test_each_kernel_has_its_own_memory_folder_and_environment(parent, tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with (
        Kernel(tmp_path / "one", {"GIVEN": "a"}, parent=parent) as one,
        Kernel(tmp_path / "two", {"GIVEN": "b"}, parent=parent) as two,
    ):
        one.run("secret = 1; import rjeval; rjeval.secret = 1", seconds=60)
        asked = (
            "import os, rjeval; (os.getpid(), os.getcwd(), os.environ['GIVEN'], "
            f"os.environ['{REPORT_MODE}'], 'secret' in globals(), hasattr(rjeval, 'secret'))"
        )
        first, second = value(one, asked), value(two, asked)
    assert first[0] != second[0]
    assert first[1:] == (str(tmp_path / "one"), "a", "1", True, True)
    assert second[1:] == (str(tmp_path / "two"), "b", "1", False, False)


def test_a_variable_of_the_environment_that_was_not_given_is_unknown(parent, tmp_path, monkeypatch):
    monkeypatch.setenv("SET_AFTER_THE_PARENT", "1")
    with Kernel(tmp_path, parent=parent) as kernel:
        assert value(kernel, "import os; os.environ['SET_AFTER_THE_PARENT']") == "1"
    monkeypatch.delenv("SET_AFTER_THE_PARENT")
    with Kernel(tmp_path, parent=parent) as kernel:
        assert value(kernel, "import os; 'SET_AFTER_THE_PARENT' in os.environ") is False


def test_engines_are_there_and_draw_other_random_numbers(parent, tmp_path):
    asked = "import sys, random; ('pandas' in sys.modules, 'ibis' in sys.modules, random.random())"
    with Kernel(tmp_path, parent=parent) as one, Kernel(tmp_path, parent=parent) as two:
        first, second = value(one, asked), value(two, asked)
    assert first[:2] == second[:2] == (True, True)
    assert first[2] != second[2]


def test_a_stopped_kernel_leaves_nothing_and_the_parent_serves_on(parent, tmp_path):
    code = "import os, subprocess; (os.getpid(), subprocess.Popen(['sleep', '600']).pid)"
    with Kernel(tmp_path, parent=parent) as kernel:
        processes = value(kernel, code)
    for process in processes:
        assert _is_gone(process)
    with Kernel(tmp_path, parent=parent) as kernel:
        assert value(kernel, "1 + 1") == 2


def test_a_dying_kernel_is_said(parent, tmp_path):
    with (
        Kernel(tmp_path, parent=parent) as kernel,
        pytest.raises(ReportError, match="kernel died"),
    ):
        kernel.run("import os; os._exit(3)", seconds=60)


def test_kernels_end_with_their_parent(tmp_path):
    with WarmParent() as warm:
        kernel = Kernel(tmp_path, parent=warm)
        process = value(kernel, "import os; os.getpid()")
    assert _is_gone(process)
    kernel.stop()


def test_without_a_parent_that_serves_kernels_start_from_nothing(tmp_path):
    warm = WarmParent()
    warm.leave()
    with Kernel(tmp_path, parent=warm) as kernel:
        assert value(kernel, "import sys; 'pandas' in sys.modules") is False


def test_nobody_waits_for_the_imports_of_a_parent_that_is_not_needed():
    """An error in the data ends the run while the parent still imports."""
    warm = WarmParent()
    with pytest.raises(KeyError), warm:
        raise KeyError
    assert warm._process is not None
    assert warm._process.returncode == -signal.SIGKILL


def test_warming_up_starts_no_thread_that_a_fork_would_lose():
    """A lost thread could hold a lock for ever; that of jemalloc is made anew after a fork."""
    code = (
        "from pathlib import Path; from rjeval.report.warm_parent import warm_up; warm_up(); "
        "print(*(one.read_text() for one in Path('/proc/self/task').glob('*/comm')), sep='')"
    )
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "Agg"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **single},
        capture_output=True,
        text=True,
        check=True,
    )
    threads = [name for name in done.stdout.split() if name != ALLOCATOR]
    assert len(threads) <= 1  # none is listed where the system has no such folder


def _is_gone(process: int) -> bool:
    """Whether a process ends within a second; a zombie that nobody waits for has ended."""
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        if _is_zombie(process):
            return True
        time.sleep(0.01)
    os.kill(process, signal.SIGKILL)
    return False


def _is_zombie(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat") as facts:  # noqa: PTH123 - a file of the kernel
            return facts.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False
