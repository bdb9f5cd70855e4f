"""Command that invents a programme: its raw exports with the design that reads them."""

from __future__ import annotations

import argparse
from pathlib import Path

from rjeval.cli.console import say
from rjeval.errors import ExportError
from rjeval.report.packaged import copy_study
from rjeval.simulate.programme import DEFAULT_SEED, simulate_programme
from rjeval.simulate.write import write_study


def simulate(given: argparse.Namespace) -> None:
    """Write a study folder of a synthetic programme, labelled so in its design."""
    folder: Path = given.folder
    seed = DEFAULT_SEED if given.seed is None else given.seed
    try:
        programme = simulate_programme(n_referrals=given.size, seed=seed)
        counts = write_study(programme, folder / "data" / "raw")
        copy_study(folder, with_design=True)
    except OSError as error:
        raise ExportError(
            f"The folder {folder.name} cannot be written: {error.strerror}.",
            hint="Choose another folder, or change its permissions.",
        ) from None
    say(f"Synthetic programme of {given.size} referrals, seed {seed}, in {folder / 'data' / 'raw'}")
    say("Planted defects: " + ", ".join(f"{name} {n}" for name, n in counts.items()))
    say(f"Next: rjeval report {folder}")
