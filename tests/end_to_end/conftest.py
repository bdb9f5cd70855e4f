"""The demonstration, made once by the command that a newcomer types."""

from __future__ import annotations

from pathlib import Path

import pytest

from rjeval.cli.main import main


@pytest.fixture(scope="session")
def study(tmp_path_factory) -> Path:
    """Study folder of the demonstration after its report was made."""
    folder = tmp_path_factory.mktemp("demo") / "rjeval-demo"
    assert main(["demo", str(folder)]) == 0
    return folder


@pytest.fixture(scope="session")
def report(study) -> Path:
    """Folder of its documents."""
    (manifest,) = (study / "reports").rglob("manifest.json")
    return manifest.parent
