"""Command that drafts the map of files which nobody has mapped yet."""

from __future__ import annotations

import argparse
import re
import tomllib
from pathlib import Path

from rjeval.cli.console import say
from rjeval.errors import DesignError
from rjeval.ingest.mapping import propose_map

START = "# --- Draft by `rjeval map`: mend what is marked `decide` or `unsure`. ---"
BESIDE = (
    "# --- Draft by `rjeval map`: take the marks away from what is right, and mend the rest. ---"
)
OPEN = re.compile(r"^# (unsure|decide|needed and not found|REMOVE)", re.MULTILINE)
TABLE = re.compile(r"^\[\[exports", re.MULTILINE)
#: Files that lie in the raw folder without being exports.
NOT_EXPORTS = ("README.md", ".gitignore", ".DS_Store", "Thumbs.db")


def draft_map(given: argparse.Namespace) -> None:
    """Print the draft, or add it to a study's design.

    A design that maps no file yet takes the draft as it is; one that does takes it as a comment
    that changes nothing.
    """
    files = [one for one in given.files if one.name not in NOT_EXPORTS]
    draft = propose_map(files or given.files)
    if given.write is None:
        say(draft)
        return
    file = given.write / "study.toml" if given.write.is_dir() else given.write
    beside = _maps_files(file)
    _append(file, _as_comment(draft) if beside else [START, *draft.splitlines()])
    n_open = len(OPEN.findall(draft))
    say(f"The draft stands at the end of {file}{', every line a comment' if beside else ''}.")
    if not TABLE.search(draft):
        say("Nothing was sure enough to count: all its lines are comments. Do the files hold one")
        say("row per person, referral, meeting or event? `rjeval dictionary` says what is read.")
    elif beside:
        say("Next: take the marks away, mend what is left open, then `rjeval check`.")
    else:
        say(f"Next: mend the {n_open} lines marked `decide`, `unsure`, `needed` or `REMOVE`,")
        say("then `rjeval check`.")


def _maps_files(file: Path) -> bool:
    """Return whether a design maps any file already."""
    if not file.is_file():
        raise DesignError(
            f"There is no {file.name} in {file.parent.name or 'this folder'}.",
            hint="Run `rjeval init DIR` to lay out a study, then map into it.",
        )
    try:
        return "exports" in tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise DesignError(
            f"{file.name} is not valid TOML, so no draft can be added to it.",
            hint="Run `rjeval check`, which says where it breaks off.",
        ) from None


def _as_comment(draft: str) -> list[str]:
    return [BESIDE, *(f"# {line}".rstrip() for line in draft.splitlines())]


def _append(file: Path, lines: list[str]) -> None:
    try:
        with file.open("a", encoding="utf-8") as stream:
            stream.write("\n" + "\n".join(lines) + "\n")
    except OSError as error:
        raise DesignError(f"{file.name} cannot be written: {error.strerror}.") from None
