"""Command that drafts the map of files which nobody has mapped yet."""

from __future__ import annotations

import argparse
from pathlib import Path

from rjeval.cli.console import say
from rjeval.errors import DesignError
from rjeval.ingest.mapping import propose_map

START = (
    "# --- Draft by `rjeval map`: take the marks away from what is right, and mend the rest. ---"
)


def draft_map(given: argparse.Namespace) -> None:
    """Print the draft, or add it to a study's design as a comment that changes nothing."""
    draft = propose_map(given.files)
    if given.write is None:
        say(draft)
        return
    file = given.write / "study.toml" if given.write.is_dir() else given.write
    _append(file, draft)
    say(f"The draft stands at the end of {file}, every line a comment.")
    say("Next: take the marks away, mend what is left open, then `rjeval check`.")


def _append(file: Path, draft: str) -> None:
    if not file.is_file():
        raise DesignError(
            f"There is no {file.name} in {file.parent.name or 'this folder'}.",
            hint="Run `rjeval init DIR` to lay out a study, then map into it.",
        )
    lines = [START, *(f"# {line}".rstrip() for line in draft.splitlines())]
    try:
        with file.open("a", encoding="utf-8") as stream:
            stream.write("\n" + "\n".join(lines) + "\n")
    except OSError as error:
        raise DesignError(f"{file.name} cannot be written: {error.strerror}.") from None
