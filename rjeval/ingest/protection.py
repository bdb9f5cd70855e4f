"""Declared columns dropped, pseudonymised or made coarser, before anything else sees them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from rjeval.design.dictionary import COARSER
from rjeval.design.exports import ExportMap
from rjeval.design.privacy import DROP, PSEUDONYMISE, uses
from rjeval.design.study import StudyDesign
from rjeval.ingest.dates import parse_dates
from rjeval.ingest.files import RawTable
from rjeval.ingest.keys import pseudonym, read_key
from rjeval.ingest.ledger import Ledger
from rjeval.ingest.rows import MappedRows
from rjeval.language import mark
from rjeval.schemas.frames import TEXT
from rjeval.schemas.people import HARMED_PARTY

#: Three-digit areas of 20,000 people or fewer in the 2000 census, as the guidance of the US
#: Department of Health and Human Services on 45 CFR 164.514(b)(2)(i)(B) lists them.
SMALL_AREAS = frozenset(
    [
        "036",
        "059",
        "063",
        "102",
        "203",
        "556",
        "692",
        "790",
        "821",
        "823",
        "830",
        "831",
        "878",
        "879",
        "884",
        "890",
        "893",
    ]
)
SMALL_AREA = "000"
#: Ages from which bands are five years wide instead of two, and from which there is one band.
ADULT_BANDS, OLDEST = 20, 90
#: Bands of the federal victim-assistance forms, which every column age_band takes.
BANDS = next(one.allowed for one in HARMED_PARTY.columns if one.name == "age_band")
AGE = re.compile(r"(\d{1,3})(?:\.0+)?")


def protect_rows(rows: MappedRows, *, design: StudyDesign, ledger: Ledger) -> MappedRows:
    """Return the rows with what ``[privacy]`` declares done; each change is counted.

    Quarantine, clean tables and ledger are made from what this returns, so no original value
    of a declared column reaches any of them.
    """
    actions = design.privacy.of(rows.spec.table)
    chosen = {name: actions[name] for name in map(str, rows.text.columns) if name in actions}
    if not chosen:
        return rows
    key = read_key(design) if PSEUDONYMISE in chosen.values() else b""
    ready: dict[str, pd.Series] = {}
    for name, action in chosen.items():
        given = rows.text[name]
        if action == DROP:
            _note(ledger, rows.spec.table, ("dropped", name, ""), given.notna())
        elif action == PSEUDONYMISE:
            ready[name] = _by_value(given, lambda one: pseudonym(key, one))
            _note(ledger, rows.spec.table, ("pseudonymised", name, "HMAC-SHA256"), given.notna())
        else:
            ready[name] = _coarser(given, name, rows.spec, ledger)
    kept = rows.text.drop(columns=[name for name in chosen if name not in ready])
    dropped = [one for one, action in chosen.items() if action == DROP]
    states = rows.states.drop(columns=dropped, errors="ignore")
    return replace(rows, text=kept.assign(**ready), states=states)


def drop_unread(raw: RawTable, spec: ExportMap, *, design: StudyDesign, ledger: Ledger) -> None:
    """Count the cells of columns that no map reads and that ``[privacy]`` drops by their header."""
    dropped = {
        name.strip().casefold()
        for name, action in design.privacy.of(spec.table).items()
        if action == DROP and not uses(spec, name)
    }
    for name in map(str, raw.data.columns):
        if name.strip().casefold() in dropped:
            _note(ledger, spec.table, ("dropped", name, raw.file), raw.data[name].ne(""))


def _note(ledger: Ledger, table: str, what: tuple[str, str, str], mask: pd.Series) -> None:
    rule, column, detail = what
    ledger.changed(table, rule, n_rows=int(mask.sum()), column=column, detail=detail)


def _by_value(given: pd.Series, change: Callable[[str], str | None]) -> pd.Series:
    """Change each distinct text once; missing stays missing."""
    codes, texts = pd.factorize(given)
    changed = pd.Series([change(str(one)) for one in texts], dtype=TEXT)
    return changed.reindex(codes).set_axis(given.index)


def _coarser(given: pd.Series, name: str, spec: ExportMap, ledger: Ledger) -> pd.Series:
    if name == "birth_year":
        ready = birth_years(given, spec.dates.get(name, ()))
    elif name == "zip3":
        ready = _by_value(given, area_of)
    elif name == "age_band":
        ready = _by_value(given, lambda one: band_of(one, BANDS))
    else:
        ready = _by_value(given, age_of_band)
    known = given.notna()
    changed = known & ready.notna() & ready.ne(given)
    _note(ledger, spec.table, ("generalised", name, COARSER[name]), changed)
    lost = mark("not readable; the cell was made missing")
    _note(ledger, spec.table, ("generalised_unread", name, lost), known & ready.isna())
    return ready


def birth_years(given: pd.Series, formats: tuple[str, ...]) -> pd.Series:
    """Return years of birth from dates in declared formats, or from years as they stand."""
    plain = given.str.fullmatch(r"\d{4}").fillna(False).astype(bool)
    dates = parse_dates(given.mask(plain), formats).values
    years = dates.dt.year.astype("Int64").astype("string").astype(TEXT)
    return given.where(plain, years)


def area_of(text: str) -> str | None:
    """Return the first three digits of a postcode; ``000`` where few people live there.

    Examples
    --------
    >>> area_of("80204-1234"), area_of("80204"), area_of("82190"), area_of("2139")
    ('802', '802', '000', None)
    """
    found = re.fullmatch(r"(\d{3})(?:\d{2}(?:-?\d{4})?)?", text.strip())
    if not found:
        return None
    return SMALL_AREA if found[1] in SMALL_AREAS else found[1]


def age_of_band(text: str) -> str | None:
    """Return the highest age of the band that an age lies in; 90 for all who are older.

    Bands are of two years under 20 and of five years from there, and none holds both 17 and 18.

    Examples
    --------
    >>> age_of_band("14"), age_of_band("17"), age_of_band("18"), age_of_band("20")
    ('15', '17', '19', '24')
    >>> age_of_band("97"), age_of_band("unknown")
    ('90', None)
    """
    found = AGE.fullmatch(text.strip())
    if not found:
        return None
    age = int(found[1])
    if age >= OLDEST:
        return str(OLDEST)
    width = 2 if age < ADULT_BANDS else 5
    return str(min(age // width * width + width - 1, OLDEST - 1))


def band_of(text: str, bands: tuple[str, ...]) -> str | None:
    """Return the band of the dictionary that an age lies in; a band stays as it is.

    Examples
    --------
    >>> bands = ("0-12", "13-17", "18-24", "25-59", "60+")
    >>> band_of("16", bands), band_of("60", bands), band_of("13-17", bands), band_of("?", bands)
    ('13-17', '60+', '13-17', None)
    """
    if text.strip() in bands:
        return text.strip()
    found = AGE.fullmatch(text.strip())
    if not found:
        return None
    age = int(found[1])
    for band in bands:
        low, _, high = band.rstrip("+").partition("-")
        if int(low) <= age <= (int(high) if high else np.inf):
            return band
    return None
