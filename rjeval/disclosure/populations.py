"""One number for populations that differ by a few people, whatever table they stand in.

The cohort, those followed and those mature for a window lie one within the other. Where two of
them differ by 1 to ``min_cell - 1`` people, rounding each by itself would tell about how many;
so both are shown as the wider one. What is shown follows from the study alone, so kernels that
know nothing of each other print the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.design.populations import PopulationCounts, widened
from rjeval.disclosure.rounding import round_counts
from rjeval.language import note


def widen_counts(
    result: Any, counts: object, *, by: str, labels: object = (), rule: DisclosureRule
) -> np.ndarray:
    """Return populations of groups as the widest ones from which they differ by a few people.

    Parameters
    ----------
    result : Result
        Its definition knows the populations; without one, nothing changes.
    counts : array_like
        People of each group; a count under the threshold stays, because it is hidden.
    by : str
        Column of the groups; ``""`` for everybody.
    labels : array_like
        Group of each count; not needed for everybody.
    rule : DisclosureRule
    """
    given = np.atleast_1d(np.asarray(counts, dtype=float))
    people = _people(result)
    if people is None or not rule.suppresses:
        return given
    named = [str(one) for one in np.asarray(labels, dtype=object)] if by else [""] * len(given)
    wide = [
        widened(n, people.chain(by, label), least=rule.min_cell) if n >= rule.min_cell else n
        for n, label in zip(given.tolist(), named, strict=True)
    ]
    return np.asarray(wide, dtype=float)


def show_populations(
    result: Any, counts: object, *, by: str, labels: object = (), rule: DisclosureRule
) -> np.ndarray:
    """Return populations as they are printed: widened, rounded, missing under the threshold."""
    wide = widen_counts(result, counts, by=by, labels=labels, rule=rule)
    return np.where(wide >= rule.min_cell, round_counts(wide, rule), np.nan)


def show_levels(result: Any, counts: pd.DataFrame, *, rule: DisclosureRule) -> pd.Series:
    """Return people behind the levels of a model (``arm[rj]``) as they are printed."""
    parts = counts["term"].astype(str).str.extract(r"^(?P<by>[^\[]+)\[(?P<level>.*)\]$")
    shown = pd.Series(round_counts(counts["n"], rule), index=counts.index)
    for by, block in parts.groupby("by", sort=False):
        own = counts.loc[block.index, "n"]
        shown.loc[block.index] = show_populations(
            result, own, by=str(by), labels=block["level"], rule=rule
        )
    return shown


def widening_note(shown: object, counts: object, *, rule: DisclosureRule) -> tuple[str, ...]:
    """Return a note where some population is shown as a wider one; none else."""
    gap = np.asarray(shown, dtype=float) - np.asarray(counts, dtype=float)
    if not (gap > 0).any():
        return ()
    return (
        note(
            "Fewer than {least} people of a group were not followed, or not for the whole window; "
            "they are counted in its size.",
            least=rule.min_cell,
        ),
    )


def near_window(
    result: Any,
    counts: object,
    *,
    by: str,
    labels: object = (),
    days: object = None,
    rule: DisclosureRule,
) -> np.ndarray:
    """Boolean array: events of all follow-up that lie a few from those of a whole window.

    Rates count people followed for the whole window. Beside them, events of everybody would tell
    how many of the few others had the event.

    Parameters
    ----------
    result : Result
        Its definition knows the events of the windows; without one, no count is near.
    counts : array_like
        People with the event among everybody followed, by group.
    by, labels
        As for :func:`widen_counts`.
    days : array_like, optional
        Day by which each count is meant, compared with the window of that day; else each count is
        of all follow-up and is compared with all windows.
    rule : DisclosureRule
    """
    given = np.atleast_1d(np.asarray(counts, dtype=float))
    people = _people(result)
    if people is None or not rule.suppresses:
        return np.zeros(len(given), dtype=bool)
    named = [str(one) for one in np.asarray(labels, dtype=object)] if by else [""] * len(given)
    windows = [float(one) for one in sorted(result.definition.windows_days)]
    near = np.zeros(len(given), dtype=bool)
    for window, day in enumerate(windows):
        inside = np.array([people.events_at(by, label, window=window) for label in named])
        whole = np.array([people.is_whole(by, label, window=window) for label in named])
        # In a window for which everybody was followed, the events by its last day are its own.
        asked = day == windows[-1] if days is None else np.asarray(days, dtype=float) == day
        other = (inside >= rule.min_cell) & ~(whole & asked)
        other &= np.ones(len(given), dtype=bool) if days is None else asked
        near |= other & (np.abs(given - inside) < rule.min_cell)
    return near


def _people(result: Any) -> PopulationCounts | None:
    definition = getattr(result, "definition", None)
    return None if definition is None else definition.people
