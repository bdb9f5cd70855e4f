"""Commands on words: data dictionary, languages, wording rules, the fixed plan of analysis."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

import rjeval as rj
from rjeval.cli.console import say
from rjeval.errors import DesignError, ReportError
from rjeval.languages.files import SHIPPED, shipped_text
from rjeval.report.lint import lint_passage
from rjeval.report.lock import amend_lock, write_lock
from rjeval.report.passages import read_passages
from rjeval.schemas.dictionary import dictionary_html, dictionary_markdown, write_template
from rjeval.terms import DesignTier


def dictionary(given: argparse.Namespace) -> None:
    """Print the data dictionary, or write it as Markdown, HTML or a workbook to fill in."""
    out: Path | None = given.out
    if out is None:
        say(dictionary_markdown())
        return
    if out.suffix == ".xlsx":
        write_template(out)
        say(f"The template lies in {out}: one sheet per table, allowed values as drop-downs.")
        return
    text = dictionary_html() if out.suffix == ".html" else dictionary_markdown()
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ReportError(f"{out.name} cannot be written: {error.strerror}.") from None
    say(f"The data dictionary lies in {out}")


def words(given: argparse.Namespace) -> None:
    """Write a shipped language as one file, from which to start another."""
    out: Path = given.out
    shipped = SHIPPED[1:]
    if given.code not in shipped:
        raise DesignError(f"--from must be one of {', '.join(shipped)}.")
    if out.exists():
        raise ReportError(f"{out.name} is there already.", hint="Choose another name.")
    try:
        out.write_text(shipped_text(given.code, empty=given.empty), encoding="utf-8")
    except OSError as error:
        raise ReportError(f"{out.name} cannot be written: {error.strerror}.") from None
    say(f"The words of the report lie in {out}; translate each right side.")
    say(f'Next: beside study.toml, with language = "{out.name}" under its [report].')


def lint(given: argparse.Namespace) -> None:
    """Apply the wording rules to texts; findings are an error."""
    n_found = 0
    for file in given.files:
        for passage in read_passages(file):
            for one in lint_passage(passage, tier=DesignTier(given.tier)):
                n_found += 1
                where = f"{passage.place + ', ' if passage.place else ''}paragraph {one.paragraph}"
                say(f"{file.name}, {where}, {one.rule}: “{one.found}”. {one.advice}")
                say(f"  For instance: {one.better}")
    if n_found:
        raise ReportError(f"Sentences that break a wording rule: {n_found}.")
    say("No wording rule is broken.")


def lock(given: argparse.Namespace) -> None:
    """Fix the plan of analysis before outcomes are linked."""
    design, today = rj.read_design(given.study), datetime.now(UTC).date()
    if given.amend is not None:
        path = amend_lock(design, reason=given.amend, today=today)
        say(f"The change and its reason are written down in {path.name}.")
        return
    path = write_lock(design, today=today)
    say(f"The plan of analysis is fixed in {path.name}; each report says what deviates from it.")
