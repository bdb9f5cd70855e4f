"""Count people, cases or referrals by categories, each once, with nobody left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from rjeval.analysis_data import Cohort, Exports
from rjeval.errors import DataError
from rjeval.language import mark, named, note
from rjeval.results import CountTable

#: Category of those for whom nothing was recorded; they are counted, never dropped.
NOT_RECORDED = "not_recorded"
#: What can be counted -> the column that tells one from another.
UNITS = {
    mark("people"): "person_id",
    mark("referrals"): "referral_id",
    mark("cases"): "case_id",
}
#: What the table of each unit is called.
TITLES = {
    "people": mark("People by {names}"),
    "referrals": mark("Referrals by {names}"),
    "cases": mark("Cases by {names}"),
}


def rows_of(data: Cohort | Exports, *, among: str = "included") -> pd.DataFrame:
    """Return one row per referral, with the columns of the person beside it.

    Parameters
    ----------
    data : Cohort or Exports
        Of a cohort, those analysed (``among="included"``) or everybody (``"assessed"``).
    """
    if isinstance(data, Cohort):
        if among not in ("included", "assessed"):
            raise ValueError("among must be 'included' or 'assessed'.")
        return data.included if among == "included" else data.frame
    referral = table_of(data, "referral")
    if not data.has("person"):
        return referral
    person = data.tables["person"]
    extra = [name for name in person.columns if name not in referral.columns]
    return referral.merge(
        person[["person_id", *extra]], on="person_id", how="left", validate="many_to_one"
    )


def table_of(exports: Exports, name: str) -> pd.DataFrame:
    """Return a table, or say in one sentence that it was not collected."""
    if not exports.has(name):
        raise DataError(
            f"This study did not collect the table {name}.",
            hint=f"Map a file to [exports.{name}] in study.toml, or leave this section out.",
        )
    return exports.tables[name]


def columns_of(rows: pd.DataFrame, by: str | Sequence[str]) -> tuple[str, ...]:
    """Return the columns to count by: one or two that exist."""
    names = (by,) if isinstance(by, str) else tuple(by)
    if not 1 <= len(names) <= 2 or len(set(names)) < len(names):
        raise ValueError("by must name one column, or two different ones.")
    absent = [name for name in names if name not in rows.columns]
    if absent:
        raise DataError(
            f"There is no column {', '.join(absent)} to count by.",
            hint=f"Columns: {', '.join(map(str, rows.columns))}.",
        )
    return names


def names_in_words(names: Sequence[str]) -> str:
    """Return one or two columns as words in the middle of a title."""
    told = [named(one, lower=True) for one in names]
    return note("{first} and {last}", first=told[0], last=told[-1]) if len(told) > 1 else told[0]


def one_each(rows: pd.DataFrame, *, unit: str, order: str = "") -> pd.DataFrame:
    """Keep one row per person, case or referral: the first in time."""
    if unit not in UNITS:
        raise ValueError(f"unit must be one of {', '.join(UNITS)}.")
    key = UNITS[unit]
    if key not in rows.columns:
        raise DataError(f"There is no column {key}, so {unit} cannot be counted.")
    when = order or next((c for c in ("referral_date", "index_date") if c in rows.columns), "")
    if when:
        rows = rows.sort_values(when, kind="stable", na_position="last")
    return rows[rows[key].notna()].drop_duplicates(key)


def banded(values: pd.Series, *, edges: Sequence[float]) -> pd.Series:
    """Return numbers as bands; ``(12, 15, 18, 26)`` gives 12-14, 15-17, 18-25.

    Whole numbers are meant: a band runs to one less than the next edge. What lies outside
    gets ``under`` the first or ``and over`` the last edge, so that nobody is lost.
    """
    bounds = list(edges)
    if len(bounds) < 2 or bounds != sorted(set(bounds)):
        raise ValueError("the edges of bands must be at least two numbers, increasing.")
    names = [f"under {bounds[0]:g}"]
    names += [
        f"{low:g}-{high - 1:g}" if high - low > 1 else f"{low:g}" for low, high in pairwise(bounds)
    ]
    names.append(f"{bounds[-1]:g} and over")
    inside = pd.to_numeric(values).to_numpy(dtype=float, na_value=np.nan)
    codes = np.where(np.isnan(inside), -1, np.searchsorted(bounds, inside, side="right"))
    used = [name for place, name in enumerate(names) if 0 < place < len(bounds) or place in codes]
    shown = in_order(codes, names=names, index=values.index)
    return shown.cat.set_categories(used)


def in_order(codes: np.ndarray, *, names: list[str], index: pd.Index) -> pd.Series:
    """Return ordered categories from their places; -1 is missing."""
    text = np.array([*names, None], dtype=object)[codes]
    return pd.Series(pd.Categorical(text, categories=names, ordered=True), index=index)


def tally(
    rows: pd.DataFrame,
    *,
    by: tuple[str, ...],
    what: str,
    title: str,
    labels: Mapping[str, str] | None = None,
    notes: tuple[str, ...] = (),
) -> CountTable:
    """Count rows by one or two columns; empty cells are counted as ``not_recorded``.

    Ordered categories keep their order, with zeros in between; others stand from the most
    frequent to the least, equal ones by name.
    """
    keys = {name: _levels(rows[name]) for name in by}
    frame = pd.DataFrame(keys).groupby(list(by), observed=True, sort=True).size()
    if len(by) == 1:
        shown = [c for c in keys[by[0]].cat.categories if c != NOT_RECORDED or c in frame.index]
        frame = frame.reindex(pd.Index(shown, name=by[0]), fill_value=0)
    counted = frame.rename("n").reset_index()
    for name in by:
        counted[name] = counted[name].astype(str)
    total = int(counted["n"].sum())
    counted["share"] = counted["n"] / total if total else np.nan
    return CountTable(
        frame=counted,
        title=title,
        dimensions=by,
        what=what,
        denominator=what,
        labels=dict(labels or {}),
        notes=notes,
        unordered=tuple(name for name in by if not _is_ordered(rows[name])),
    )


def _is_ordered(values: pd.Series) -> bool:
    return isinstance(values.dtype, pd.CategoricalDtype) and bool(values.cat.ordered)


def _levels(values: pd.Series) -> pd.Series:
    """Return a categorical with the order in which categories are shown; missing last."""
    if _is_ordered(values):
        names = [str(one) for one in values.cat.categories]
    else:
        count = values.dropna().astype(str).value_counts()
        names = sorted(count.index, key=lambda one: (-count[one], one))
    text = values.astype(object).where(values.notna(), NOT_RECORDED).astype(str)
    order = list(dict.fromkeys([*names, NOT_RECORDED]))
    return pd.Series(pd.Categorical(text, categories=order, ordered=True), index=values.index)
