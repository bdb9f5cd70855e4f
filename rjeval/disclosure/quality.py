"""Release the data-quality account: counts of rows, which may still be people.

In a table with one row per person a failed rule with three rows is three people. So counts of 1
to ``min_cell - 1`` rows that failed, were refused or were changed are hidden. What is wrong with
a row is seldom a fact about a person, so rows read and accepted are always shown, rounded, and
no other cells are given up to protect a hidden one; a count of no rows is shown.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.rounding import round_counts
from rjeval.disclosure.stamp import stamped
from rjeval.language import note
from rjeval.results import DataQuality

PARTS = ("n_accepted", "n_quarantined", "n_duplicates", "n_filtered")


def release_quality(
    result: DataQuality, *, frame: pd.DataFrame, rule: DisclosureRule
) -> DataQuality:
    """Release the account, the failed rules and the ledger; see :func:`rjeval.release`."""
    frame = frame.copy().reset_index(drop=True)
    hidden = np.zeros(len(frame), dtype=bool)
    for name in [n for n in ("n_read", *PARTS) if n in frame]:
        counts = frame[name].to_numpy(dtype=float)
        small = (counts > 0) & (counts < rule.min_cell)
        frame[name] = np.where(small, np.nan, round_counts(counts, rule))
        hidden |= small
    frame["suppressed"] = np.where(frame["n_read"].isna(), "primary", "")
    rules = _release_rows(result.rules, columns=("n_failed", "n_rows"), rule=rule)
    ledger = _release_rows(result.ledger, columns=("n_rows",), rule=rule)
    n_hidden = int(hidden.sum()) + sum(int((f["suppressed"] != "").sum()) for f in (rules, ledger))
    return stamped(result, frame, rule=rule, n_suppressed=n_hidden, rules=rules, ledger=ledger)


def _release_rows(
    frame: pd.DataFrame, *, columns: tuple[str, ...], rule: DisclosureRule
) -> pd.DataFrame:
    """Round counts of rows; 1 to ``min_cell - 1`` are hidden, and so is a tiny remainder."""
    frame = frame.copy().reset_index(drop=True)
    present = [name for name in columns if name in frame]
    if not present:
        return frame.assign(suppressed="", bound="")
    counts = frame[present[0]].to_numpy(dtype=float)
    small = (counts > 0) & (counts < rule.min_cell)
    kinds = np.where(small, "primary", "").astype(object)
    if "n_rows" in present and "n_failed" in present:
        rest = frame["n_rows"].to_numpy(dtype=float) - counts
        kinds[~small & (rest > 0) & (rest < rule.min_cell)] = "complementary"
    for name in present:
        values = frame[name].to_numpy(dtype=float)
        under = (values > 0) & (values < rule.min_cell)
        rounded = np.where(under, np.nan, round_counts(values, rule))
        frame[name] = np.where(kinds != "", np.nan, rounded) if name == present[0] else rounded
    bound = np.where(small, note("fewer than {least} rows", least=rule.min_cell), "")
    return frame.assign(suppressed=kinds, bound=bound)
