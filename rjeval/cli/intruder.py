"""Command that attacks a finished report, as somebody would who wants to recognise people."""

from __future__ import annotations

import argparse
from pathlib import Path

import rjeval as rj
from rjeval.cli.console import say
from rjeval.design import DisclosureRule
from rjeval.disclosure.attack import attack_report, person_tokens
from rjeval.errors import DisclosureError


def attack(given: argparse.Namespace) -> None:
    """Read a report folder as an intruder would; anything found, or left unread, is an error."""
    rule, secrets = DisclosureRule(), frozenset[str]()
    study: Path | None = given.study
    if study is not None:
        design = rj.read_design(study)
        rule = design.disclosure
        secrets = person_tokens(rj.read_exports(design.root / "data" / "raw", design=design))
    outcome = attack_report(given.report, rule=rule, secrets=secrets)
    say(outcome.summary())
    if study is None:
        say("Ids of the raw data were not looked for; name the study with --study to do so.")
    if not outcome.is_clean:
        raise DisclosureError(
            f"The report gives something away or could not be read: {len(outcome.findings)} "
            f"findings, {len(outcome.unread)} files not read.",
            hint="Release every result with rj.release, and take out what is named above.",
        )
