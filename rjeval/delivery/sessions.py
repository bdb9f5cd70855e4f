"""Meetings: how they were held, and how long people waited for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from rjeval.analysis_data import Cohort, Exports
from rjeval.delivery.tally import (
    columns_of,
    in_order,
    names_in_words,
    one_each,
    rows_of,
    table_of,
    tally,
)
from rjeval.errors import DataError
from rjeval.language import mark, note
from rjeval.results import CountTable
from rjeval.terms import Arm

#: Meetings in which the people of a case meet, in contrast to preparation and follow-up.
MEETINGS = ("conference", "circle", "panel")
#: Upper ends, in days, of the bands from referral to conference.
BAND_ENDS = (30, 60, 90, 180)
NONE_HELD = "none held"
BEFORE_REFERRAL = "before referral"


def count_sessions(
    exports: Exports,
    by: str | Sequence[str] = "mode",
    *,
    types: Sequence[str] = MEETINGS,
    unit: str = "cases",
    labels: Mapping[str, str] | None = None,
) -> CountTable:
    """Count cases by how their first meeting was held, or all planned meetings.

    Parameters
    ----------
    exports : Exports
        With the table ``session``.
    by : str or sequence of str
        One or two columns of ``session`` or, for a case, of ``referral`` such as ``site_id``.
    types : sequence of str
        Values of ``session_type`` that are meant; by default conferences, circles and panels,
        without preparation and follow-up.
    unit : {"cases", "meetings"}
        ``cases``: each case with a meeting held counts once, by its first one. ``meetings``:
        each meeting planned, held or not; use it with ``by="status"``.
    labels : mapping, optional

    Returns
    -------
    CountTable

    Raises
    ------
    DataError
        The table or the column was not collected.
    """
    rows = table_of(exports, "session")
    rows = rows[rows["session_type"].isin(list(types))]
    rows = _with_case_columns(rows, exports=exports, by=by)
    names = columns_of(rows, by)
    if unit == "cases":
        rows = one_each(_held(rows), unit="cases", order="held_date")
        what, title = mark("cases with a meeting held"), mark("Cases by {names}")
    elif unit == "meetings":
        what, title = mark("meetings planned"), mark("Meetings by {names}")
    else:
        raise ValueError("unit must be 'cases' or 'meetings'.")
    told = note(title, names=names_in_words(names))
    return tally(rows, by=names, what=what, title=told, labels=labels)


def time_to_conference(
    exports: Exports,
    cohort: Cohort | None = None,
    *,
    by: str = "",
    arm: str | None = Arm.RESTORATIVE,
    labels: Mapping[str, str] | None = None,
) -> CountTable:
    """Count people by days from referral to the first conference held.

    Parameters
    ----------
    exports : Exports
        With the tables ``session`` and ``referral``.
    cohort : Cohort, optional
        Count those analysed; without it, everybody referred.
    by : str, optional
        A second column, such as ``"site_id"``.
    arm : str or None
        Only this arm, where arms are recorded; the comparison arm has no conference.
    labels : mapping, optional

    Returns
    -------
    CountTable
        ``days_to_conference`` in the bands 0-30, 31-60, 61-90, 91-180 and over 180 days, and
        ``none held``; the denominator is everybody, so waiting is not flattered by leaving
        out those who never came to a conference.

    Notes
    -----
    A conference dated before the referral is shown as ``before referral``: an error of dates,
    not a short wait. One held on a day that nobody recorded is ``not_recorded``.
    """
    first = first_conference(exports)
    rows = rows_of(cohort if cohort is not None else exports)
    if "referral_date" not in rows.columns:
        when = table_of(exports, "referral").set_index("referral_id")["referral_date"]
        rows = rows.assign(referral_date=rows["referral_id"].map(when))
    if arm is not None and "arm" in rows.columns:
        rows = rows[rows["arm"] == str(arm)]
    rows = one_each(rows, unit="people", order="referral_date")
    wait = (rows["case_id"].map(first) - rows["referral_date"]).dt.days
    held = rows["case_id"].isin(first.index).to_numpy()
    rows = rows.assign(days_to_conference=_bands(wait, held=held))
    names = columns_of(rows, ("days_to_conference", by) if by else "days_to_conference")
    title = mark("Days from referral to the first conference held")
    return tally(rows, by=names, what="people", title=title, labels=labels)


def first_conference(exports: Exports) -> pd.Series:
    """Return the date of the first meeting held in each case, indexed by ``case_id``.

    Cases without a meeting held are absent; the date is missing where nobody recorded it.
    """
    rows = table_of(exports, "session")
    held = _held(rows[rows["session_type"].isin(MEETINGS)])
    return held.groupby("case_id")["held_date"].min()


def _held(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep meetings that took place: status held, or a date where no status is collected."""
    if "status" in rows.columns:
        return rows[rows["status"] == "held"]
    return rows[rows["held_date"].notna()]


def _bands(wait: pd.Series, *, held: np.ndarray) -> pd.Series:
    lows = [0, *(end + 1 for end in BAND_ENDS[:-1])]
    names = [f"{low}-{high} days" for low, high in zip(lows, BAND_ENDS, strict=True)]
    names += [f"over {BAND_ENDS[-1]} days", NONE_HELD]
    days = wait.to_numpy(dtype=float, na_value=np.nan)
    codes = np.searchsorted(BAND_ENDS, days, side="left")
    codes = np.where(np.isnan(days), np.where(held, -1, len(names) - 1), codes)
    if (days < 0).any():
        names.append(BEFORE_REFERRAL)
        codes = np.where(days < 0, len(names) - 1, codes)
    return in_order(codes, names=names, index=wait.index)


def _with_case_columns(
    rows: pd.DataFrame, *, exports: Exports, by: str | Sequence[str]
) -> pd.DataFrame:
    """Add columns of the case, such as its site, where the meeting does not hold them."""
    names = (by,) if isinstance(by, str) else tuple(by)
    absent = [name for name in names if name not in rows.columns]
    if not absent or not exports.has("referral"):
        return rows
    referral = exports.tables["referral"]
    for name in [one for one in absent if one in referral.columns]:
        of_case = referral.groupby("case_id")[name]
        if (of_case.nunique() > 1).any():
            raise DataError(
                f"{name} differs between people of one case, so meetings cannot be counted by it.",
                hint="Use a column that belongs to the case, such as site_id.",
            )
        rows = rows.assign(**{name: rows["case_id"].map(of_case.first())})
    return rows
