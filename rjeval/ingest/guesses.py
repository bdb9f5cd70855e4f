"""Guesses for a draft that a person mends: header line, date formats. Never used in reading."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from rjeval.ingest.dates import EXCEL_DAYS, ISO

#: Formats tried for a draft; the second of each pair swaps day and month.
FORMATS = (
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%m/%d/%y",
    "%d/%m/%y",
    "%m-%d-%Y",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%d.%m.%y",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%Y %I:%M:%S %p",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M",
)
#: Years that a date of a programme may have, for a guess.
YEARS = (1900, 2100)
#: Most formats that one column is thought to mix.
MOST_FORMATS = 3
#: Share of texts that no format need read: slips of the hand, impossible days.
UNREAD = 0.05
#: What every format has: parts with a mark between them, or eight digits.
LIKE_A_DATE = r"\d[/.\- ,]|[/.\- ,]\d|^\d{8}$"


def guess_header(lines: Sequence[Sequence[str]]) -> int:
    """Return the line that most looks like column names: full, in words, no two alike."""
    widest = max((_filled(line) for line in lines), default=0)
    best, place = 0, 0
    for number, line in enumerate(lines):
        cells = [cell.strip() for cell in line if cell.strip()]
        words = sum(not re.fullmatch(r"[\d.,%$/:\- ]+", cell) for cell in cells)
        wide = len(cells) >= max(2, 0.5 * widest) or (widest == 1 and len(cells) == 1)
        named = words >= 0.7 * len(cells) and len(set(cells)) >= 0.9 * len(cells)
        if wide and named and len(cells) > best:
            best, place = len(cells), number
    return place


def _filled(line: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in line)


def guess_dates(texts: pd.Series) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the formats that read a column's texts, and those that would read it as well.

    ``None`` where the texts are no dates; a few that are none (``UNREAD``) may stand among them.
    No format at all means ISO. Where day and month could be exchanged in every text, the second
    tuple is not empty and a person must decide.
    """
    if len(texts) and _serials(texts):
        return ("excel",), ()
    if not len(texts) or texts.str.contains(LIKE_A_DATE).mean() < 1 - UNREAD:
        return None
    left = texts[~texts.str.match(ISO)]
    chosen: list[str] = []
    rivals: list[str] = []
    spare = UNREAD * len(texts)
    while len(left) > spare and len(chosen) < MOST_FORMATS:
        read = {form: _reads(left, form) for form in FORMATS}
        best = max(read, key=lambda form: int(read[form].sum()))
        if not read[best].any():
            return None
        equal = [form for form in FORMATS if form != best and read[form].sum() == read[best].sum()]
        rivals += [form for form in equal if _differs(left, best, form)]
        chosen.append(best)
        left = left[~read[best].to_numpy(dtype=bool)]
    return None if len(left) > spare else (tuple(chosen), tuple(rivals))


def _serials(texts: pd.Series) -> bool:
    """Return whether all texts are days of a spreadsheet; names must then speak for dates."""
    plain = texts.str.fullmatch(r"\d{5}(?:\.\d+)?")
    return bool(plain.all()) and bool(pd.to_numeric(texts).between(*EXCEL_DAYS).all())


def _reads(texts: pd.Series, form: str) -> pd.Series:
    found = pd.to_datetime(texts, format=form, errors="coerce")
    return found.notna() & found.dt.year.between(*YEARS)


def _differs(texts: pd.Series, one: str, other: str) -> bool:
    first = pd.to_datetime(texts, format=one, errors="coerce")
    second = pd.to_datetime(texts, format=other, errors="coerce")
    return bool((first.notna() & second.notna() & first.ne(second)).any())
