"""Commands on what must not leave: keys, and rows for others."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

import rjeval as rj
from rjeval.analysis_data import Exports
from rjeval.cli.console import say
from rjeval.cli.data import processed_folder
from rjeval.cli.private_files import write_private
from rjeval.design.privacy import refuse_inside
from rjeval.design.study import StudyDesign
from rjeval.disclosure.microdata import (
    Microdata,
    protect_microdata,
    refuse_about_harmed,
    refuse_funded,
)
from rjeval.errors import DisclosureError
from rjeval.ingest.keys import make_key
from rjeval.ingest.store import inert


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


def export_microdata(given: argparse.Namespace) -> None:
    """Write the rows that ``[microdata]`` asks for, if enough people look alike; else refuse."""
    design = rj.read_design(given.study)
    exports = rj.load_exports(processed_folder(design), design=design)
    harmed = design.microdata.rows == "harmed_party"
    rows = _harmed_rows(exports) if harmed else _cohort_rows(exports, design)
    table = "harmed_party" if harmed else "referral"
    safe = protect_microdata(rows, design.microdata, table=table, seed=design.seed)
    path: Path = given.file.expanduser()
    refuse_in_study(path, design.root)
    texts = {
        path: inert(safe.frame).to_csv(index=False),
        path.with_name(path.name + ".README.md"): _explained(safe, design),
    }
    write_private(texts)
    say(f"{len(safe.frame)} rows in {path}, readable by you alone; {path.name}.README.md says what")
    say(
        f"the columns are. At least {safe.smallest_class} people look alike in each group. Rows of "
        "people stay personal data: send them under a written agreement."
    )


def refuse_in_study(path: Path, root: Path) -> None:
    """Refuse to write what leaves the study back into it, where nobody would look it through.

    Raises
    ------
    DisclosureError
        The path lies in the study folder.
    """
    if path.resolve().is_relative_to(root.resolve()):
        raise DisclosureError(
            f"{path.name} would lie in the study folder, among data that may not leave.",
            hint="Name a place outside it.",
        )


def _harmed_rows(exports: Exports) -> pd.DataFrame:
    harmed = _table(exports, "harmed_party")
    refuse_funded(harmed, streams=_streams(exports))
    return harmed


def _cohort_rows(exports: Exports, design: StudyDesign) -> pd.DataFrame:
    harmed = exports.tables["harmed_party"] if exports.has("harmed_party") else None
    refuse_about_harmed(design.microdata, harmed)
    cohort = rj.select_cohort(exports, design=design)
    rows = cohort.included
    if not {"time_days", "exit_reason"} & set(design.microdata.columns):
        return rows
    outcome = rj.measure_time_to_event(cohort, exports, design=design).frame
    new = [name for name in ("time_days", "exit_reason") if name not in rows.columns]
    return rows.merge(outcome[["referral_id", *new]], on="referral_id", how="left")


def _table(exports: Exports, name: str) -> pd.DataFrame:
    if not exports.has(name):
        raise DisclosureError(f"[microdata] asks for rows of {name}, which the study lacks.")
    return exports.tables[name]


def _streams(exports: Exports) -> frozenset[str]:
    """Streams of money that pay for any programme of the study."""
    if not exports.has("program") or "funding_stream" not in exports.tables["program"].columns:
        return frozenset()
    given = exports.tables["program"]["funding_stream"].dropna().str.split(";")
    return frozenset(one.strip() for streams in given for one in streams)


def _explained(safe: Microdata, design: StudyDesign) -> str:
    lines = [
        f"# Rows from: {design.title}",
        "",
        f"{len(safe.frame)} rows, in random order, without ids. Missing cells are empty.",
        "",
        "| Column | Role | What it is |",
        "|---|---|---|",
        *(f"| `{r.column}` | {r.role} | {r.what} |" for r in safe.columns.itertuples(index=False)),
        "",
        f"At least {safe.smallest_class} rows share all quasi-identifiers; in each such group a "
        f"sensitive column has at least {min(safe.least_values.values())} different values.",
        "",
        "These rows describe people. Do not try to recognise anybody, do not join them to other "
        "data, do not pass them on, and delete them when the work is done.",
        "",
    ]
    return "\n".join(lines)
