"""Hold back what would tell of the few people who came or left since an earlier release.

Where the environment names a ledger, each released twin is compared with all that was published
before. A count that changed by fewer than ``min_cell`` is hidden with its row; a curve, test or
contrast of a group that changed by so few is hidden with it; a model is not given again.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.differencing import (
    Key,
    by_a_few,
    key_of,
    learnt_from_margins,
    values_of,
)
from rjeval.disclosure.earlier_blocks import near_rates, with_partners
from rjeval.disclosure.ledger import read_ledger
from rjeval.disclosure.published import (
    ABOUT,
    DAYS,
    SIDE_TABLES,
    PublishedCell,
    cells_by_row,
    parts_of,
    published_cells,
    scalar_cells,
    subject_of,
)
from rjeval.disclosure.release_log import cell_from
from rjeval.disclosure.stamp import AnyResult
from rjeval.errors import WithheldError
from rjeval.language import note
from rjeval.results import CohortFlow, Curves, ModelEstimates, Result, SensitivityGrid
from rjeval.results.survival import grid_frame

#: Names the ledger to compare with; set by whoever runs a report, unset elsewhere.
RELEASE_LEDGER = "RJEVAL_RELEASE_LEDGER"
#: Numbers that are settings of a row, not findings.
_SETTINGS = ABOUT | DAYS | {"probability", "df"}
#: Counts that may be hidden without the rest of their row; those of one line go together.
_FAMILIES = (
    ("n_level_", "mean"),
    ("n_unchecked", "bound_"),
    ("n_competing",),
    ("n_censored",),
    ("n_at_risk",),
    ("n_refused", "n_no_contact"),
    ("n_completed", "n_partial"),
    ("n_paid_in_full",),
    ("n_paid_nothing",),
)
#: Columns that name the groups a row is about.
_GROUPS = ("group", "reference")

Earlier = Mapping[Key, frozenset[float]]


def hold_back(result: AnyResult, *, rule: DisclosureRule) -> AnyResult:
    """Return the released twin without what changed by a few people since an earlier release.

    Raises
    ------
    WithheldError
        For a model, and for a table in which the hidden change would follow from the rest.
    """
    path = os.environ.get(RELEASE_LEDGER, "")
    earlier = _earlier(path) if path else {}
    if not earlier:
        return result
    return _held(result, subject=subject_of(result), earlier=earlier, rule=rule)


def _held(result: AnyResult, *, subject: str, earlier: Earlier, rule: DisclosureRule) -> AnyResult:
    changes = _scalars_without(result, subject=subject, earlier=earlier, rule=rule)
    levels = getattr(result, "levels", ())
    changed = _changed(result.frame, subject=subject, earlier=earlier, rule=rule, levels=levels)
    lesser = _lesser(changed, result=result)
    mask = np.asarray(changed.drop(columns=lesser).any(axis=1), dtype=bool)
    if mask.any():
        near = _near(result.frame, subject=subject, earlier=earlier, rule=rule)
        mask = with_partners(result, mask, near=near)
    if isinstance(result, Curves):
        mask |= near_rates(result, earlier=earlier, rule=rule)
    if isinstance(result, CohortFlow):
        mask[:1] = False  # who was assessed changed by a few: the whole report is refused
    touched: set[str] = set()
    for name in SIDE_TABLES:
        side = getattr(result, name, None)
        if isinstance(side, pd.DataFrame) and len(side):
            moved = _changed(side, subject=f"{subject}, {name}", earlier=earlier, rule=rule)
            own = np.asarray(moved.any(axis=1), dtype=bool)
            touched |= set(side.loc[own, "group"].astype(str))
            changes |= {name: _blanked(side, own, rule=rule)} if own.any() else {}
    parts = parts_of(result)
    held = {
        name: _held(part, subject=f"{subject}, {name}", earlier=earlier, rule=rule)
        for name, part in parts.items()
    }
    if any(held[name] is not part for name, part in parts.items()):
        changes |= _with_parts(result, held)
    if not mask.any() and not changes and not changed[lesser].to_numpy().any():
        return result
    whole = replace(result, **changes)
    families = (("n_",),) if isinstance(result, CohortFlow) else _FAMILIES
    frame = _without_lesser(whole.frame, changed[lesser], families=families)
    mask |= _about(frame, by=str(getattr(result, "by", "")), groups=touched)
    shown: AnyResult = replace(whole, frame=_blanked(frame, mask, rule=rule))
    if learnt_from_margins(published_cells([shown]), rule=rule):
        raise _withheld(result, rule=rule)
    return shown


def _with_parts(result: Result, held: dict[str, Any]) -> dict[str, Any]:
    """Put changed contrasts into the result that carries them."""
    if isinstance(result, SensitivityGrid):
        return {"contrasts": held, "frame": grid_frame(held)}
    return held


def _lesser(changed: pd.DataFrame, *, result: Result) -> list[str]:
    """Return the counts that may be hidden by themselves, without the share of their row."""
    if isinstance(result, CohortFlow):
        return [name for name in changed.columns if name != "n"]
    prefixes = tuple(prefix for family in _FAMILIES for prefix in family)
    own = [name for name in changed.columns if str(name).startswith(prefixes)]
    curve = isinstance(result, Curves) and "n_event" in changed.columns
    return [*own, "n_event"] if curve else own


def _without_lesser(
    frame: pd.DataFrame, changed: pd.DataFrame, *, families: tuple[tuple[str, ...], ...]
) -> pd.DataFrame:
    """Blank counts that changed by a few, with the numbers that would lead back to them."""
    shown = frame.copy()
    for name in [one for one in changed.columns if changed[one].any()]:
        family = next((f for f in families if str(name).startswith(f)), (str(name),))
        own = [one for one in shown.columns if str(one).startswith(family)]
        shown = shown.astype(dict.fromkeys(own, float))
        shown.loc[changed[name].to_numpy(dtype=bool), own] = np.nan
    return shown


def _about(frame: pd.DataFrame, *, by: str, groups: set[str]) -> np.ndarray:
    """Boolean array: rows about any of these groups; all rows where none says whom it is about."""
    names = [name for name in (*_GROUPS, by) if name and name in frame.columns]
    if not groups or not names:
        return np.full(len(frame), bool(groups))
    found = [frame[name].astype(str).isin(list(groups)).to_numpy() for name in names]
    return np.asarray(np.logical_or.reduce(found), dtype=bool)


def _blanked(frame: pd.DataFrame, mask: np.ndarray, *, rule: DisclosureRule) -> pd.DataFrame:
    """Hide all numbers of some rows, and say why."""
    if not mask.any():
        return frame
    numbers = [
        name
        for name in frame.columns
        if name not in _SETTINGS
        and pd.api.types.is_numeric_dtype(frame[name])
        and not pd.api.types.is_bool_dtype(frame[name])
    ]
    shown = frame.astype(dict.fromkeys(numbers, float))
    shown.loc[mask, numbers] = np.nan
    why = note(
        "not shown: changed by fewer than {least} since an earlier report", least=rule.min_cell
    )
    for name, text in (("suppressed", "complementary"), ("bound", why)):
        if name in shown.columns:
            own = mask & (shown["suppressed"] == "").to_numpy() if name == "suppressed" else mask
            shown[name] = np.where(own, text, shown[name])
    return shown


def _near(
    frame: pd.DataFrame, *, subject: str, earlier: Earlier, rule: DisclosureRule
) -> np.ndarray:
    """Boolean array: rows of which a count changed by a few, or none did."""
    rows = cells_by_row(frame, subject=subject)
    gaps = [
        [
            min(abs(cell.value - one) for one in earlier[key_of(cell)])
            for cell in row
            if cell.value is not None and earlier.get(key_of(cell))
        ]
        for row in rows
    ]
    return np.array([bool(one) and min(one) < rule.min_cell for one in gaps], dtype=bool)


def _changed(
    frame: pd.DataFrame,
    *,
    subject: str,
    earlier: Earlier,
    rule: DisclosureRule,
    levels: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Return which counts of which rows changed by a few since any earlier release."""
    rows = cells_by_row(frame, subject=subject, levels=levels)
    found = [
        {cell.measure: _by_a_few(cell, earlier=earlier, rule=rule) for cell in row} for row in rows
    ]
    return pd.DataFrame(found, index=range(len(frame))).astype(bool)


def _scalars_without(
    result: Result, *, subject: str, earlier: Earlier, rule: DisclosureRule
) -> dict[str, Any]:
    """Return what stands beside the table and must go; a model goes with it."""
    cells = scalar_cells(result, subject=subject)
    gone = [one.measure for one in cells if _by_a_few(one, earlier=earlier, rule=rule)]
    if gone and isinstance(result, ModelEstimates):
        raise _withheld(result, rule=rule)
    # Events of all arms less those of one would tell the few that changed in the other.
    moved = [one for one in cells if one.measure == "n_events" and earlier.get(key_of(one))]
    gone += [one.measure for one in moved if one.value not in earlier[key_of(one)]]
    return dict.fromkeys(gone)


def _by_a_few(cell: PublishedCell, *, earlier: Earlier, rule: DisclosureRule) -> bool:
    return by_a_few(cell.value, earlier.get(key_of(cell), frozenset()), rule=rule)


def _withheld(result: Result, *, rule: DisclosureRule) -> WithheldError:
    return WithheldError(
        f"This {type(result).__name__} differs from an earlier report's by fewer than "
        f"{rule.min_cell} people, so the change would speak of them.",
        hint="Go on giving the earlier report's figures until more people were added; the rest of "
        "the report is made without them.",
    )


def _earlier(path: str) -> Earlier:
    file = Path(path)
    return _read(path, file.stat().st_mtime_ns) if file.exists() else {}


@lru_cache(maxsize=2)
def _read(path: str, changed_ns: int) -> Earlier:  # noqa: ARG001  (a changed file is read anew)
    """Return all values ever published of each count."""
    cells = (cell_from(record) for entry in read_ledger(path) for record in entry["cells"])
    return {key: frozenset(found) for key, found in values_of(cells).items()}
