"""Commands on data: check the exports, store them clean."""

from __future__ import annotations

import argparse
from pathlib import Path

import rjeval as rj
from rjeval.analysis_data import Exports
from rjeval.cli.console import say
from rjeval.design.study import StudyDesign
from rjeval.errors import ExportError, ReportError
from rjeval.ingest.blocks import refuse_blocks
from rjeval.ingest.exports import examine_exports
from rjeval.ingest.previous import changes_since
from rjeval.ingest.quality_page import quality_page
from rjeval.ingest.store import save_unread
from rjeval.provenance import Manifest, exports_fingerprint, hash_file


def check(given: argparse.Namespace) -> None:
    """Read everything, say what was found, change nothing; with ``--html``, write a page."""
    design = rj.read_design(given.study)
    say(f"Design: {design.title}; {len(design.tables())} tables, as study.toml asks.")
    exports, blocks = examine_exports(raw_folder(design, given.raw), design=design)
    say_account(exports)
    changes = changes_since(exports, processed_folder(design))
    if changes:
        say(f"Not as it was when the exports were last prepared: {len(changes)}")
    for one in changes:
        say(f"  {one}")
    if given.html is not None:
        page = quality_page(exports, title=design.title, blocks=blocks, changes=changes)
        _write_page(given.html, page)
    refuse_blocks(blocks)


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
    return same_design and found == list(manifest.raw)


def processed_folder(design: StudyDesign) -> Path:
    """Where a study's clean tables lie."""
    return design.root / "data" / "processed"


def raw_folder(design: StudyDesign, raw: Path | None) -> Path:
    """Where a study's exports lie."""
    return raw if raw is not None else design.root / "data" / "raw"


def say_account(exports: Exports) -> None:
    """Print each table's account and each rule that failed, in counts."""
    say("Rows accounted for:")
    for account in exports.accounts:
        say(f"  {account!r}")
    failed = exports.quality[exports.quality["n_failed"] > 0]
    if len(failed):
        say(f"Rules that failed: {len(failed)} (counts of rows; see the report's first section)")
    for row in failed.to_dict("records"):
        where = ".".join(str(row[key]) for key in ("table", "column") if str(row[key]).strip())
        say(
            f"  {row['rule']} {row['severity']}: {where}, {row['n_failed']} of {row['n_rows']} rows"
        )
