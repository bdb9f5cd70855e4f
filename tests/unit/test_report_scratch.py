"""Temporary folders: what a killed run left is cleared by the next, what others use is not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from rjeval.report import scratch

posix = pytest.mark.skipif(not hasattr(os, "fork"), reason="asks whether a process lives")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Let the system's folder for temporary files be an empty one."""
    monkeypatch.setattr(scratch.tempfile, "tempdir", str(tmp_path))
    return tmp_path


@posix
def test_what_a_killed_process_left_is_cleared_at_the_next_start(folder):
    code = "import os; print(os.getpid(), flush=True); os.kill(os.getpid(), 9)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    left = folder / f"rjk-{ended.stdout.strip()}-abc"
    left.mkdir()
    (left / "kernel.json").write_text("{}", encoding="utf-8")
    others = [folder / "rjk-1-init", folder / f"rjk-{os.getpid()}-mine", folder / "other"]
    for one in others:
        one.mkdir()
    with scratch.scratch_folder() as made:
        assert made.is_dir()
        assert not left.exists()
    assert not made.exists()
    assert all(one.is_dir() for one in others)


@posix
def test_a_link_is_not_followed(folder):
    kept = folder / "kept"
    kept.mkdir()
    (folder / "rjk-999999999-x").symlink_to(kept)
    scratch.clear_stale()
    assert kept.is_dir()
    assert (folder / "rjk-999999999-x").is_symlink()
