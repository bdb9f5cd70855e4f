"""Quarterly records checks, and what they could see."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.simulate.people import EXTRACT_DAY, ORIGIN
from rjeval.simulate.truth import Truth

#: Records go back this far, in days before the first possible referral.
COVERAGE_START = -2373  # 2015-01-01
ADULT_DAYS = 6574  # 18 years of 365.25 days, less a fraction


def quarter_ends() -> np.ndarray:
    """Return the days of the quarterly pulls; the last is the extract."""
    ends = pd.date_range(pd.Timestamp(ORIGIN), periods=18, freq="QE").to_numpy()
    return ((ends - ORIGIN) / np.timedelta64(1, "D")).astype(int)


def draw_coverage(rng: np.random.Generator, people: pd.DataFrame, *, truth: Truth) -> pd.DataFrame:
    """Return per person: ever checked, and whether adult records were searched."""
    n = len(people)
    checked = rng.random(n) >= truth.unchecked_share
    minor = people["age"].to_numpy() < 18
    uncovered = minor & (rng.random(n) < truth.adult_uncovered_share)
    return pd.DataFrame({"checked": checked, "adult_covered": ~uncovered})


def draw_checks(people: pd.DataFrame) -> pd.DataFrame:
    """Return one row per person and pull, from the first quarter end after referral.

    Each pull returns the whole history, so ``coverage_from`` is the same everywhere and
    ``coverage_to`` is the day of the pull.
    """
    ends = quarter_ends()
    checked = np.flatnonzero(people["checked"].to_numpy())
    first = np.searchsorted(ends, people["referral"].to_numpy()[checked], side="right")
    number = len(ends) - first
    person = np.repeat(checked, number)
    pull = np.repeat(first, number) + _counter(number)
    return pd.DataFrame({"person": person, "pull": pull, "run": ends[pull]})


def visible(events: pd.DataFrame, *, people: pd.DataFrame) -> np.ndarray:
    """Return which events the searched records hold."""
    person = events["person"].to_numpy()
    birthday = people["birth"].to_numpy()[person] + ADULT_DAYS
    aged_out = ~people["adult_covered"].to_numpy()[person] & (
        events["offence"].to_numpy() >= birthday
    )
    known = events["filing"].to_numpy() <= EXTRACT_DAY
    return people["checked"].to_numpy()[person] & known & ~aged_out


def surfaced(events: pd.DataFrame, *, checks: pd.DataFrame) -> np.ndarray:
    """Return the row of the check in which each event was first seen."""
    ends = quarter_ends()
    first_row = checks.groupby("person").cumcount().eq(0).to_numpy()
    start = pd.Series(np.flatnonzero(first_row), index=checks["person"].to_numpy()[first_row])
    row = start.reindex(events["person"]).to_numpy().astype(int)
    pull = np.searchsorted(ends, events["filing"].to_numpy())
    return row + np.maximum(pull - checks["pull"].to_numpy()[row], 0)


def _counter(number: np.ndarray) -> np.ndarray:
    """0, 1, ..., number - 1 for each entry, one after the other."""
    if not number.size:
        return np.array([], dtype=int)
    starts = np.cumsum(number) - number
    return np.arange(int(number.sum())) - np.repeat(starts, number)
