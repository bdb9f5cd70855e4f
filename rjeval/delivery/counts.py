"""Who was served: people by any category, referrals by quarter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from rjeval.analysis_data import Cohort, Exports
from rjeval.delivery.tally import (
    TITLES,
    banded,
    columns_of,
    in_order,
    names_in_words,
    one_each,
    rows_of,
    tally,
)
from rjeval.errors import DataError
from rjeval.language import mark, note
from rjeval.results import CountTable
from rjeval.terms import OUTSIDE_PERIOD

#: From this many quarters on, the ends are taken for errors of dates and put together.
MANY_QUARTERS = 40
TAIL_SHARE = 0.01


def count_people(
    data: Cohort | Exports,
    by: str | Sequence[str],
    *,
    unit: str = "people",
    among: str = "included",
    bands: Mapping[str, Sequence[float]] | None = None,
    title: str = "",
    labels: Mapping[str, str] | None = None,
) -> CountTable:
    """Count people (or cases, or referrals) by one or two columns.

    Parameters
    ----------
    data : Cohort or Exports
        A cohort, or the tables ``referral`` and ``person`` of the exports.
    by : str or sequence of str
        One or two columns, such as ``"gender"`` or ``("program_id", "exit_status")``.
    unit : {"people", "cases", "referrals"}
        What is counted. A person referred twice counts once, as at the first referral; a case
        counts once, so the columns must be the same for all people of a case.
    among : {"included", "assessed"}
        Of a cohort: those analysed, or everybody.
    bands : mapping of column to edges, optional
        Numbers in bands: ``{"age_at_referral": (12, 15, 18, 26)}`` gives 12-14, 15-17, 18-25.
    title : str, optional
    labels : mapping, optional
        Display labels, as in ``design.labels``.

    Returns
    -------
    CountTable
        The columns counted by, ``n``, and ``share`` of everybody counted. Who has no value is
        counted as ``not_recorded``, never dropped, so counts add up to the total.

    Raises
    ------
    DataError
        No such column or table, or a column that differs within a case.

    Examples
    --------
    >>> import pandas as pd
    >>> from rjeval.analysis_data import Cohort
    >>> frame = pd.DataFrame({
    ...     "referral_id": ["1", "2", "3"], "person_id": ["a", "b", "b"],
    ...     "case_id": ["c", "d", "e"], "arm": "rj", "index_date": pd.Timestamp("2024-01-01"),
    ...     "exclusion_reason": None, "gender": ["woman", None, "man"],
    ... })
    >>> count_people(Cohort(frame=frame, arms=("rj",)), "gender").frame
             gender  n  share
    0         woman  1    0.5
    1  not_recorded  1    0.5
    """
    rows = rows_of(data, among=among)
    names = columns_of(rows, by)
    if unit == "cases":
        _check_same_within_case(rows, names=names)
    rows = one_each(rows, unit=unit)
    for name, edges in (bands or {}).items():
        if name in names:
            rows = rows.assign(**{name: banded(rows[name], edges=edges)})
    shown = title or note(TITLES[unit], names=names_in_words(names))
    return tally(rows, by=names, what=unit, title=shown, labels=labels)


def count_by_quarter(
    data: Cohort | Exports,
    *,
    date: str = "",
    by: str = "",
    among: str = "assessed",
    labels: Mapping[str, str] | None = None,
) -> CountTable:
    """Count referrals by calendar quarter, empty quarters included.

    Parameters
    ----------
    data : Cohort or Exports
    date : str, optional
        Date column; ``referral_date``, or ``index_date`` where there is none.
    by : str, optional
        A second column, such as ``"arm"``.
    among : {"assessed", "included"}
        Of a cohort: everybody, or those analysed.
    labels : mapping, optional

    Returns
    -------
    CountTable
        ``quarter`` (such as ``2024 Q1``), perhaps ``by``, then ``n`` and ``share``. Referrals
        without a date are counted as ``not_recorded``.

    Raises
    ------
    DataError
        There is no date of referral at all, or dates were shifted.

    Notes
    -----
    Quarters are those of the calendar dates in the data; shifted dates are refused. Where
    dates span 40 quarters or more, as typing errors make them, up to 1% of the referrals at
    either end stand in one row, ``before`` the first and ``after`` the last quarter shown.
    """
    rows = rows_of(data, among=among)
    when = date or next((c for c in ("referral_date", "index_date") if c in rows.columns), "")
    if not when or when not in rows.columns:
        raise DataError("There is no date of referral, so referrals cannot be counted by quarter.")
    days = pd.to_datetime(rows[when])
    if OUTSIDE_PERIOD in rows.columns:
        raise DataError(
            "Dates of this study were shifted, so counts by calendar quarter mean nothing (V34).",
            hint="Count by another column, or leave shift_dates out of [privacy].",
        )
    if not days.notna().any():
        raise DataError(
            f"No referral has a {when}, so referrals cannot be counted by quarter.",
            hint="A study that brings durations instead of dates has no calendar.",
        )
    rows = rows.assign(quarter=_quarters(days))
    names = columns_of(rows, ("quarter", by) if by else "quarter")
    if "referral_id" in rows.columns:
        rows = one_each(rows, unit="referrals", order=when)
    title, notes = _counted(data, among=among)
    return tally(rows, by=names, what="referrals", title=title, labels=labels, notes=notes)


def _counted(data: Cohort | Exports, *, among: str) -> tuple[str, tuple[str, ...]]:
    """Return a title that says who is counted, and a note where that is more than the cohort."""
    if not isinstance(data, Cohort):
        return mark("Referrals by quarter"), ()
    if among == "included":
        return mark("Referrals included in the cohort, by quarter"), ()
    caveat = mark(
        "Everybody assessed is counted, also those left out of the cohort, such as people "
        "referred outside the study period."
    )
    return mark("Referrals assessed, by quarter"), (caveat,)


def _quarters(days: pd.Series) -> pd.Series:
    """Calendar quarters in order, none left out; tails far outside are one row each."""
    number = days.dt.year * 4 + days.dt.quarter - 1
    known = np.sort(number.dropna().to_numpy(dtype=int))
    first, last = int(known[0]), int(known[-1])
    if last - first >= MANY_QUARTERS:
        few = int(TAIL_SHARE * known.size)
        first, last = int(known[few]), int(known[-1 - few])
    names = [f"before {_name(first)}", *map(_name, range(first, last + 1)), f"after {_name(last)}"]
    place = (number.clip(first - 1, last + 1) - (first - 1)).fillna(-1).to_numpy(dtype=int)
    shown = in_order(place, names=names, index=days.index)
    outer = [n for n, at in ((names[0], 0), (names[-1], len(names) - 1)) if at not in place]
    return shown.cat.remove_categories(outer)


def _name(quarter: int) -> str:
    return f"{quarter // 4} Q{quarter % 4 + 1}"


def _check_same_within_case(rows: pd.DataFrame, *, names: tuple[str, ...]) -> None:
    if "case_id" not in rows.columns:
        return
    for name in names:
        varied = rows.groupby("case_id")[name].nunique(dropna=False) > 1
        if varied.any():
            raise DataError(
                f"{name} differs between people of one case in {int(varied.sum())} of "
                f"{len(varied)} cases, so cases cannot be counted by it.",
                hint="Count people or referrals by it.",
            )
