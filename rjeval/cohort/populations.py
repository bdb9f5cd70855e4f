"""Count people of each group from the cohort to the longest window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from rjeval.design.populations import EVERYBODY, PopulationCounts
from rjeval.model_frame import MOST_LEVELS


def count_populations(
    frame: pd.DataFrame,
    *,
    followed: np.ndarray,
    windows_days: Sequence[float],
    event: np.ndarray | None = None,
) -> PopulationCounts:
    """Count people of a cohort, those followed and those mature for each window.

    Parameters
    ----------
    frame : DataFrame
        Everybody in the cohort, with ``observable_days``.
    followed : ndarray of bool
        Who of them is followed.
    windows_days : sequence of number
    event : ndarray of bool, optional
        Who of them had the event, on ``time_days`` of the frame; else no events are counted.

    Returns
    -------
    PopulationCounts
        By each category of at most 20 levels, and of everybody.
    """
    days = frame["observable_days"].to_numpy(dtype=float)
    steps = [np.ones(len(frame), dtype=bool), followed]
    steps += [followed & (days >= window) for window in sorted(windows_days)]
    time = frame["time_days"].to_numpy(dtype=float)
    happened = np.zeros(len(frame), dtype=bool) if event is None else event
    had = [
        mature & happened & (time <= window)
        for mature, window in zip(steps[2:], sorted(windows_days), strict=True)
    ]
    events = {} if event is None else _by_category(frame, had)
    return PopulationCounts(_by_category(frame, steps), events)


def _by_category(
    frame: pd.DataFrame, masks: Sequence[np.ndarray]
) -> dict[tuple[str, str], tuple[int, ...]]:
    """Count who is in each mask, of everybody and at each level of each category."""
    found = {EVERYBODY: tuple(int(mask.sum()) for mask in masks)}
    for name, levels, code in _categories(frame):
        counts = [np.bincount(code[mask], minlength=len(levels) + 1) for mask in masks]
        for number, level in enumerate(levels, start=1):
            found[(name, level)] = tuple(int(count[number]) for count in counts)
    return found


def _categories(frame: pd.DataFrame) -> Iterator[tuple[str, list[str], np.ndarray]]:
    """Yield each category with its levels and the place of each row's among them, 0 for none."""
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_bool_dtype(column.dtype):
            column = column.astype("category")
        if not isinstance(column.dtype, pd.CategoricalDtype):
            continue
        if len(column.cat.categories) <= MOST_LEVELS:
            levels = [str(level) for level in column.cat.categories]
            yield str(name), levels, column.cat.codes.to_numpy().astype(np.intp) + 1
