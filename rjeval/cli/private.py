"""Commands on what must not leave: keys, rows for others, a twin that holds nobody."""

from __future__ import annotations

import argparse
from pathlib import Path

from rjeval.cli.console import say
from rjeval.design.privacy import refuse_inside
from rjeval.ingest.keys import make_key


def keygen(given: argparse.Namespace) -> None:
    """Write a new key outside any study folder, for its owner's eyes only."""
    path: Path = given.file.expanduser()
    for folder in path.absolute().parents:
        if (folder / "study.toml").is_file() and (folder / "data").is_dir():
            refuse_inside(path, folder)
    make_key(path)
    say(f"Key written to {path}; only you can read it.")
    say("Keep a copy in a safe place, never beside the data: with it, pseudonyms can be undone by")
    say("trying ids. Name it in study.toml: [privacy] key_file. No key is ever overwritten.")
