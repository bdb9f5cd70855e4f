"""Text to calendar dates: ISO first, then the formats that the map declares; never a guess.

Beside ``strptime`` formats a map may declare ``excel`` (days since 1899-12-30, as a spreadsheet
counts them), ``pivot=NN``: with a two-digit year, NN and less is 20NN, more is 19NN, and
``zone=Area/City``: a moment that names its time zone counts as the day that it was there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rjeval.errors import DesignError

ISO = r"^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$"
#: A moment that names its time zone; its calendar day there may differ from the day here.
ZONED = r"[ T]\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})$"
#: Two numbers of which either may be the month.
DAY_MONTH = r"^\d{1,2}[/.\- ]\d{1,2}[/.\- ]\d{2,4}(?:\D|$)"
#: Dates that systems write for "none" or "unknown"; none survives cleaning.
SENTINELS = frozenset(
    {
        "1900-01-01",
        "1899-12-30",
        "1899-12-31",
        "1800-01-01",
        "1753-01-01",
        "1970-01-01",
        "0001-01-01",
        "2099-12-31",
        "2999-12-31",
        "9999-12-31",
    }
)
#: Years outside these are no dates of a programme.
FIRST_YEAR, LAST_YEAR = 1900, 2100
#: Days of a spreadsheet that lie between 1950 and 2100, so that no plain number is taken for one.
EXCEL_DAYS = (18264, 73051)
EXCEL_START = pd.Timestamp("1899-12-30")
#: A two-digit year up to this one is of this century, where a map declares no pivot.
PIVOT = 68


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """Parsed dates; ``bad`` marks text that no declared format reads."""

    values: pd.Series
    bad: np.ndarray
    n_cut: int = 0
    n_sentinel: int = 0
    n_swappable: int = 0
    n_ambiguous: int = 0
    n_zoned: int = 0
    n_moved: int = 0


def parse_dates(text: pd.Series, formats: tuple[str, ...]) -> Dates:
    """Return calendar dates from text.

    Parameters
    ----------
    text : Series of str
        Trimmed; missing stays missing.
    formats : tuple of str
        Declared ``strptime`` formats, tried in order after ISO.

    Notes
    -----
    Sentinel dates become missing and are counted. ``n_swappable`` counts dates whose day and
    month could be exchanged and that the declared format settled; ``n_ambiguous`` those which
    two declared formats read as different days (the first format wins). ``n_zoned`` counts
    moments that name a time zone and whose day was taken as written, ``n_moved`` those that fell
    on another day in the declared zone.
    """
    codes, texts = pd.factorize(text)
    uniques = pd.Series(np.asarray(texts, dtype=object))
    parsed, cut, clash = _parse_uniques(uniques, formats)
    day = parsed.dt.normalize()
    zoned = uniques.astype(str).str.contains(ZONED) & day.notna()
    local, moved = _local_days(uniques, day, zoned, formats)
    day = day.mask(moved, local)
    sentinel = day.dt.strftime("%Y-%m-%d").isin(SENTINELS) | _beyond(uniques)
    year = day.dt.year
    implausible = day.notna() & ~sentinel & ((year < FIRST_YEAR) | (year > LAST_YEAR))
    bad = (day.isna() & ~sentinel) | implausible
    day = day.mask(sentinel | implausible)
    swappable = _swappable(uniques, day, formats)
    weight = np.bincount(codes[codes >= 0], minlength=len(uniques))

    def total(mask: pd.Series | np.ndarray) -> int:
        return int(weight[np.asarray(mask, dtype=bool)].sum())

    taken = np.append(day.to_numpy(dtype="datetime64[ns]"), np.datetime64("NaT", "ns"))
    wrong = np.append(bad.to_numpy(dtype=bool), False)
    return Dates(
        values=pd.Series(taken[codes], index=text.index),
        bad=wrong[codes],
        n_cut=total(cut & day.notna()),
        n_sentinel=total(sentinel),
        n_swappable=total(swappable),
        n_ambiguous=total(clash),
        n_zoned=0 if _option("zone=", formats) else total(zoned & day.notna()),
        n_moved=total(moved),
    )


def _option(name: str, formats: tuple[str, ...]) -> str:
    """Return what an option among the formats says, ``""`` where it is not there."""
    return next((one.removeprefix(name) for one in formats if one.startswith(name)), "")


def _local_days(
    uniques: pd.Series, day: pd.Series, zoned: pd.Series, formats: tuple[str, ...]
) -> tuple[pd.Series, pd.Series]:
    """Return the days of moments in the declared zone, and where they are not those written.

    Raises
    ------
    DesignError
        There is no zone of that name.
    """
    zone = _option("zone=", formats)
    if not zone:
        return day, pd.Series(False, index=day.index)
    moments = pd.to_datetime(
        uniques.astype(str).where(zoned), utc=True, errors="coerce", format="ISO8601"
    )
    try:
        local = moments.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    except (KeyError, ValueError):
        raise DesignError(
            f"dates name the time zone '{zone}', which does not exist.",
            hint="Write it as Area/City, such as zone=America/Chicago.",
        ) from None
    return local, zoned & local.notna() & local.ne(day)


def _parse_uniques(
    uniques: pd.Series, formats: tuple[str, ...]
) -> tuple[pd.Series, pd.Series, np.ndarray]:
    texts = uniques.astype(str)
    iso = texts.str.match(ISO)
    parsed = pd.to_datetime(texts.where(iso).str.slice(0, 10), format="%Y-%m-%d", errors="coerce")
    cut = iso & texts.str.len().gt(10)
    clash = np.zeros(len(uniques), dtype=bool)
    pivot = int(_option("pivot=", formats) or PIVOT)
    for form in formats:
        if form.startswith(("pivot=", "zone=")):
            continue
        found = _parse(texts.where(~iso), form, pivot)
        differs = parsed.notna() & found.notna() & ~iso
        clash |= (differs & (parsed.dt.normalize() != found.dt.normalize())).to_numpy(dtype=bool)
        new = found.notna() & parsed.isna()
        cut = cut | (new & bool(re.search("%[HIMSpfTX]", form)))
        parsed = parsed.fillna(found)
    return parsed, cut, clash


def _parse(texts: pd.Series, form: str, pivot: int) -> pd.Series:
    """Return the dates that one declared format reads; missing where it reads none."""
    if form == "excel":
        plain = texts.str.fullmatch(r"\d{5}(?:\.\d+)?").astype("boolean").fillna(False)
        days = pd.to_numeric(texts.where(plain.astype(bool)), errors="coerce")
        days = days.where(days.between(*EXCEL_DAYS))
        whole = pd.to_timedelta(days.fillna(0.0) // 1, unit="D")
        return (EXCEL_START + whole).mask(days.isna())
    found = pd.to_datetime(texts, format=form, errors="coerce")
    if "%y" not in form:
        return found
    year = found.dt.year % 100
    late = year.gt(pivot) & found.dt.year.ge(2000)
    early = year.le(pivot) & found.dt.year.lt(2000)
    century = pd.DateOffset(years=100)
    return found.mask(late, found - century).mask(early, found + century)


def _beyond(uniques: pd.Series) -> pd.Series:
    """Sentinels that lie beyond what a timestamp can hold."""
    return uniques.astype(str).str.contains(r"\b(?:9999|2999|0001)\b", regex=True)


def _swappable(uniques: pd.Series, day: pd.Series, formats: tuple[str, ...]) -> pd.Series:
    """Dates in a numeric day-month or month-day format whose day and month both fit a month."""
    numeric = any("%d" in form and "%m" in form and form[:2] != "%Y" for form in formats)
    if not numeric:
        return pd.Series(False, index=uniques.index)
    like = uniques.astype(str).str.match(DAY_MONTH)
    return like & day.notna() & day.dt.day.le(12) & day.dt.day.ne(day.dt.month)
