"""The folder of a new study: a design to fill in, the notebooks, and where data and reports go."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from rjeval.cli.console import say
from rjeval.errors import ReportError
from rjeval.language import ENGLISH
from rjeval.report.packaged import copy_study

HOOK = ".githooks/pre-commit"
_READMES = {
    "data/raw/README.md": "The programme's exports, as its systems wrote them, without names or "
    "other direct identifiers. Never edited; rjeval reads them and changes nothing here.\n",
    "data/processed/README.md": "Written by `rjeval prepare`: one Parquet file per table, a "
    "manifest, and quarantine/ with the rows that were refused. Person-level: keep it inside.\n",
    "reports/README.md": "Written by `rjeval report`: one folder per study and extract date.\n",
    ".gitignore": "# Person-level data, reports and keys stay out of version control.\n"
    "data/raw/*\ndata/processed/*\ndata/.*\nreports/*\n!README.md\n*.key\n*.parquet\n"
    ".ipynb_checkpoints/\n",
}


def init(given: argparse.Namespace) -> None:
    """Lay out a study folder; files that are already there are left as they are.

    In another language than English the notebooks are written in it, and the design names it.
    """
    folder: Path = given.folder
    template = files("rjeval.cli") / "study_template.toml"
    hook = files("rjeval.cli") / "pre_commit_hook.sh"
    design = _in_language(template.read_text("utf-8"), given.language)
    texts = {"study.toml": design, **_READMES, HOOK: hook.read_text("utf-8")}
    with writing_to(folder):
        made = [name for name, text in texts.items() if _write_new(folder / name, text)]
        if HOOK in made:
            (folder / HOOK).chmod(0o755)
        copy_study(folder, language=given.language)
    say(f"Study folder {folder}: {len(made)} new files, and the notebooks.")
    say("Under git, let its hook refuse data and reports: git config core.hooksPath .githooks")
    say("Next: put the exports into data/raw, then, in the study's folder,")
    say("  rjeval map data/raw/* --write .    drafts which column is which")
    say("  rjeval check                       says what is right and what is not")


def _in_language(template: str, code: str) -> str:
    """Return the template of a design with the language of its reports named."""
    if code == ENGLISH:
        return template
    return re.sub(
        r'^# \[report\]\n# language = "\w+"',
        f'[report]\nlanguage = "{code}"  ',
        template,
        flags=re.M,
    )


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Say in one sentence that a folder cannot be written.

    Raises
    ------
    ReportError
        A file of that name exists, the disk is full, or permissions are missing.
    """
    try:
        yield
    except OSError as error:
        raise ReportError(
            f"The folder {folder.name} cannot be written: {error.strerror}.",
            hint="Choose another folder, or change its permissions.",
        ) from None


def _write_new(path: Path, text: str) -> bool:
    """Write a file unless it exists; say whether it was written."""
    if path.exists():
        return False
    _make_folder(path.parent)
    path.write_text(text, encoding="utf-8")
    return True


def _make_folder(folder: Path) -> None:
    """Make a folder; one for data is its owner's alone."""
    if folder.exists():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700 if "data" in (folder.name, folder.parent.name) else 0o777)
