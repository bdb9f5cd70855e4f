"""Rows that are parts of one follow-up (intervals of risk), and what they must not be taken for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.errors import GuardError


def parts_of(frame: pd.DataFrame, chosen: np.ndarray | None, *, late: bool) -> np.ndarray | None:
    """Return the code of the follow-up of each chosen row where some have several rows.

    A person who is followed anew from each referral has a follow-up for each, with a clock of its
    own; those are no parts of one another.
    """
    name = "referral_id" if "referral_id" in frame.columns else "person_id"
    if not late or not frame[name].duplicated().any():
        return None
    unit = frame[name].to_numpy()
    return np.asarray(pd.factorize(unit if chosen is None else unit[chosen])[0])


def have_repeats(unit: np.ndarray | None, event: np.ndarray) -> bool:
    """Whether any follow-up has the event in more than one row."""
    return unit is not None and bool((np.bincount(unit[event]) > 1).any())


def refuse_repeats(unit: np.ndarray | None, event: np.ndarray) -> None:
    """Refuse several events of a person where only the first can be meant.

    Raises
    ------
    GuardError
        Somebody has the event in more than one row.
    """
    if have_repeats(unit, event):
        raise GuardError(
            "Some people have the event more than once, so these rows are no times to a first "
            "event.",
            hint="Use the first event of each person; for all of them mean_cumulative_function, "
            'negative_binomial_regression, or cox_regression(cluster="person_id").',
        )
