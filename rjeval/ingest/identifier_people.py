"""Names of people in text, and columns of birth dates whatever they are called."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from rjeval.schemas.frames import TEXT

#: Forenames common in the United States and its neighbours.
_FORENAMES = (
    "James|John|Robert|Michael|William|David|Richard|Joseph|Thomas|Charles|Christopher|Daniel|"
    "Matthew|Anthony|Steven|Paul|Andrew|Joshua|Kenneth|Kevin|Brian|George|Timothy|Ronald|Edward|"
    "Jason|Jeffrey|Ryan|Jacob|Nicholas|Eric|Jonathan|Stephen|Brandon|Benjamin|Samuel|Gregory|"
    "Alexander|Patrick|Jose|Juan|Luis|Carlos|Miguel|Mary|Patricia|Jennifer|Elizabeth|Barbara|"
    "Susan|Jessica|Sarah|Karen|Lisa|Nancy|Betty|Sandra|Margaret|Ashley|Kimberly|Emily|Donna|"
    "Michelle|Carol|Amanda|Melissa|Deborah|Stephanie|Rebecca|Sharon|Laura|Cynthia|Amy|Kathleen|"
    "Angela|Shirley|Anna|Brenda|Pamela|Emma|Nicole|Helen|Samantha|Katherine|Christine|Maria|"
    "Rachel"
)
_ANY_FORENAME = f"{_FORENAMES}|{_FORENAMES.upper()}"
#: Second words that make a forename the name of a place or of an institution.
PLACES = re.compile(
    "act|avenue|center|centre|clinic|college|county|court|drive|foundation|hall|high|hospital|"
    "house|institute|law|lane|library|office|park|place|program|programme|project|road|rule|"
    "school|street|university",
    re.IGNORECASE,
)
NAME_PATTERNS = (
    rf"\b({_ANY_FORENAME})( [A-Z]\.?)? ([A-Z][A-Za-z'-]{{2,}})\b",
    rf"\b([A-Z][A-Za-z'-]+), ({_ANY_FORENAME})\b",
    r"\b(Mr|Mrs|Ms|Miss)\.? [A-Z][a-z]+",
)
#: Rows that a column of dates needs to be judged, and the years by which births come earlier.
BIRTH_ROWS, BIRTH_YEARS = 20, 8
#: Distinct values of a column that are looked at for dates.
SAMPLE = 500
FULL_DATE = re.compile(r"(?:\d{1,2}[/.-]\d{1,2}[/.-](\d{4})|(\d{4})-\d{2}-\d{2})(?:[ T].*)?")


def named_people(texts: pa.Array) -> pa.Array:
    """Texts that hold a person's name: a title, or a common forename beside another name."""
    found = np.zeros(len(texts), dtype=bool)
    for form in NAME_PATTERNS:
        shaped = pc.match_substring_regex(texts, form)
        pattern = re.compile(form)
        for place in np.flatnonzero(shaped.to_numpy(zero_copy_only=False)):
            found[place] |= any(
                not PLACES.fullmatch(one.groups()[-1] or "")
                for one in pattern.finditer(texts[place].as_py())
            )
    return pa.array(found)


def birth_date_columns(frame: pd.DataFrame) -> dict[str, int]:
    """Return columns of full dates that lie a childhood before the file's other dates.

    A column counts where at least 20 rows hold dates, mostly different ones, and 19 in 20 of them
    lie 8 years or more before the middle of the latest other column of dates.
    """
    years = {}
    for name in map(str, frame.columns):
        given = pa.array(frame[name], type=pa.large_string())
        cells = given.filter(pc.not_equal(given, ""))
        if len(cells) < BIRTH_ROWS or not FULL_DATE.fullmatch(cells[0].as_py()):
            continue
        some = pd.Series(pc.unique(cells)[:SAMPLE].to_pandas(), dtype=TEXT)
        found = some.str.extract(rf"^{FULL_DATE.pattern}$")
        year = pd.to_numeric(found[0].fillna(found[1]), errors="coerce").dropna()
        if len(year) >= 0.9 * len(some):
            spread = len(some) >= min(0.5 * len(cells), SAMPLE)
            years[name] = (year.quantile(0.95), year.median(), spread, len(cells))
    hits = {}
    for name, (late, _, spread, n_rows) in years.items():
        others = [middle for other, (_, middle, _, _) in years.items() if other != name]
        if spread and others and late <= max(others) - BIRTH_YEARS:
            hits[name] = n_rows
    return hits
