"""Release the data-quality account: counts of rows, which may still be people.

In a table with one row per person a failed rule with three rows is three people. So counts of 1
to ``min_cell - 1`` rows that failed, were refused or were changed are hidden. What is wrong with
a row is seldom a fact about a person, so rows read and accepted are always shown, rounded, and
no other cells are given up to protect a hidden one; a count of no rows is shown.

Rows that stay, although a value in them was changed or doubted, often share that value: cases
without an agreement, people never checked, everybody of one kind whose spelling was mended. Other
tables hide such counts for the sake of a few people, so here they are on a grid twice as wide as
what is hidden.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.rounding import round_counts
from rjeval.disclosure.stamp import stamped
from rjeval.language import note
from rjeval.results import DataQuality

#: Severity of rules whose rows are refused: they are in no other table.
REFUSING = "E"
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
    stay = ~result.rules["severity"].eq(REFUSING) if "severity" in result.rules else False
    rules = _coarsened(rules, result.rules, of="n_failed", own=stay, rule=rule)
    inside = result.ledger["column"].ne("") if "column" in result.ledger else False
    ledger = _coarsened(ledger, result.ledger, of="n_rows", own=inside, rule=rule)
    told = note("Rows with a value that was changed or doubted: to the nearest {n}.", n=_wide(rule))
    n_hidden = int(hidden.sum()) + sum(int((f["suppressed"] != "").sum()) for f in (rules, ledger))
    return stamped(
        result, frame, rule=rule, n_suppressed=n_hidden, rules=rules, ledger=ledger, notes=(told,)
    )


def _wide(rule: DisclosureRule) -> int:
    """Return the step of a grid from which no count under the threshold follows."""
    return 2 * (rule.min_cell - 1)


def _coarsened(
    shown: pd.DataFrame,
    exact: pd.DataFrame,
    *,
    of: str,
    own: pd.Series | bool,
    rule: DisclosureRule,
) -> pd.DataFrame:
    """Put counts of some rows on the wide grid, unless they are of all rows there are."""
    if of not in exact:
        return shown
    counts, step = exact[of].to_numpy(dtype=float), float(_wide(rule))
    wide = np.maximum(np.floor(counts / step + 0.5), 1.0) * step
    some = np.asarray(own, dtype=bool) & (counts > 0) & shown[of].notna().to_numpy()
    if of != "n_rows" and "n_rows" in exact:
        whole = shown["n_rows"].to_numpy(dtype=float)
        wide = np.where(counts == exact["n_rows"].to_numpy(dtype=float), whole, wide)
        wide = np.fmin(wide, whole)
    return shown.assign(**{of: np.where(some, wide, shown[of].to_numpy(dtype=float))})


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
