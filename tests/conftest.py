"""Shared by all tests: one BLAS thread, and where the real data lie."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """Top folder of the repository, which is itself a study folder."""
    return ROOT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of public files that may not be copied here; tests say so where it is absent."""
    given = os.environ.get("RJEVAL_REAL_DATA")
    folder = Path(given) if given else ROOT.parent / "shared" / "data" / "external"
    if not folder.is_dir():
        pytest.skip("real data absent: set RJEVAL_REAL_DATA to the folder that holds them")
    return folder
