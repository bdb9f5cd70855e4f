"""Commands on data: check the exports, store them clean."""

from __future__ import annotations

import argparse
from pathlib import Path

import rjeval as rj
from rjeval.analysis_data import Exports
from rjeval.cli.account import many, say_account, say_gaps
from rjeval.cli.console import say
from rjeval.design.study import StudyDesign
from rjeval.errors import ExportError, FailedRulesError, ReportError
from rjeval.ingest.blocks import refuse_blocks
from rjeval.ingest.exports import examine_exports
from rjeval.ingest.keys import is_other_key
from rjeval.ingest.previous import changes_since
from rjeval.ingest.quality_page import quality_page
from rjeval.ingest.store import save_unread
from rjeval.provenance import Manifest, exports_fingerprint, hash_file

#: Dates of a study without which little can be checked.
DATES = ("period_start", "period_end", "extract_date")


def check(given: argparse.Namespace) -> None:
    """Read everything, say what was found, change nothing; with ``--html``, write a page."""
    design = rj.read_design(given.study)
    say(f"Design: {design.title}; {many(len(design.tables()), 'table')}, as study.toml asks.")
    unset = [name for name in DATES if getattr(design, name) is None]
    if unset:
        say(f"[study] does not say {', '.join(unset)}: rules and rates that need them cannot run.")
    exports, blocks = examine_exports(raw_folder(design, given.raw), design=design)
    say_account(exports)
    say_gaps(exports)
    changes = changes_since(exports, processed_folder(design))
    if changes:
        say(f"Not as it was when the exports were last prepared: {len(changes)}")
    for one in changes:
        say(f"  {one}")
    if given.html is not None:
        page = quality_page(exports, title=design.title, blocks=blocks, changes=changes)
        _write_page(given.html, page)
    refuse_blocks(blocks)
    _tell_errors(exports)


def _tell_errors(exports: Exports) -> None:
    """Say by the exit code that error rules failed; warnings and remarks leave it at 0.

    Raises
    ------
    FailedRulesError
        In counts.
    """
    errors = exports.quality[
        (exports.quality["severity"] == "E") & exports.quality["n_failed"].gt(0)
    ]
    if errors.empty:
        say("No error: `rjeval prepare` stores the clean tables.")
        return
    rules, tables = errors["rule"].nunique(), errors["table"].nunique()
    all_tables = many(len(exports.accounts), "table")
    refused = sum(one.n_quarantined for one in exports.accounts)
    raise FailedRulesError(
        f"{many(rules, 'error rule')} failed in {tables} of {all_tables}; "
        f"{many(refused, 'row')} refused.",
        hint="Mend the file or the map. Or go on: `rjeval prepare` puts these rows into "
        "data/processed/quarantine, and the report says so.",
    )


def _write_page(file: Path, page: str) -> None:
    try:
        file.write_text(page, encoding="utf-8")
    except OSError as error:
        raise ReportError(f"{file.name} cannot be written: {error.strerror}.") from None
    say(f"The quality page lies in {file}; it holds counts of rows and is not for release.")


def prepare(given: argparse.Namespace) -> None:
    """Clean the exports and store them in the study's ``data/processed``."""
    design = rj.read_design(given.study)
    say_account(store(design, given.raw))
    say(f"Stored in {processed_folder(design)}")


def store(design: StudyDesign, raw: Path | None) -> Exports:
    """Read the exports, save them, and return them."""
    exports, blocks = examine_exports(raw_folder(design, raw), design=design)
    if blocks:
        save_unread(exports, processed_folder(design))
    refuse_blocks(blocks)
    rj.save_exports(exports, processed_folder(design))
    return exports


def is_prepared(design: StudyDesign, raw: Path | None) -> bool:
    """Whether the clean tables were made from these exports with this design."""
    try:
        text = (processed_folder(design) / "manifest.json").read_text(encoding="utf-8")
        manifest = Manifest.from_json(text)
        found = [
            hash_file(raw_folder(design, raw) / one.name, name=one.name) for one in manifest.raw
        ]
    except (OSError, ExportError):
        return False
    same_design = manifest.exports_fingerprint == exports_fingerprint(design)
    same_key = not is_other_key(design, manifest.key_print)
    return same_design and same_key and found == list(manifest.raw)


def processed_folder(design: StudyDesign) -> Path:
    """Where a study's clean tables lie."""
    return design.root / "data" / "processed"


def raw_folder(design: StudyDesign, raw: Path | None) -> Path:
    """Where a study's exports lie."""
    return raw if raw is not None else design.root / "data" / "raw"
