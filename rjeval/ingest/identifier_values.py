"""What the values of identifiers look like: patterns, labels and check digits."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from stdnum.br import cpf
from stdnum.ca import sin
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.in_ import aadhaar
from stdnum.it import codicefiscale
from stdnum.mx import curp
from stdnum.se import personnummer
from stdnum.us import itin, ssn

from rjeval.ingest.identifier_people import named_people

_STREET = (
    "St|Street|Ave|Avenue|Rd|Road|Blvd|Boulevard|Lane|Ln|Drive|Dr|Ct|Way|Terrace|Place|Pl|"
    "Parkway|Pkwy|Highway|Hwy"
)
_SEPARATED = r"\s*(#|:|\bno\b\.?|\bnumber\b|\bnum\b|\bid\b)[\s#:.]*"
_DAY = (
    r"([0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}|[0-9]{4}-[0-9]{2}-[0-9]{2}|"
    r"[0-9]{1,2} [A-Z][a-z]+\.? [0-9]{4}|[A-Z][a-z]+\.? [0-9]{1,2},? [0-9]{4})"
)
#: Kind of identifier -> what a value looks like (RE2 syntax).
VALUE_PATTERNS: dict[str, str] = {
    "telephone": r"(^|[^0-9./-])(\+?1[ .-]?)?(\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .-])"
    r"[2-9][0-9]{2}[ .-][0-9]{4}($|[^0-9-])",
    "e-mail": r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}",
    "network address": r"(^|[^0-9.])(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\.(25[0-5]|2[0-4][0-9]|"
    r"1?[0-9]?[0-9])){3}($|[^0-9.])|\b([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b|"
    r"\b([0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}\b",
    "web address": r"https?://|(^|\s)www\.[a-z0-9-]+\.",
    "address": r"(^|[\s,;(])[0-9]{1,5}[A-Za-z]? ((N|S|E|W|North|South|East|West)\.? )?"
    rf"(([A-Z][A-Za-z'-]+|[0-9]+(st|nd|rd|th)) ){{1,3}}({_STREET})($|[\s,.;)])|"
    r"(?i:\bP\.? ?O\.? ?Box [0-9]+)",
    "date of birth": rf"(?i:\b(d\.?o\.?b|born|birth ?date|date of birth)\b)[^0-9A-Za-z]{{0,4}}"
    rf"(on )?{_DAY}",
    "police or court identity number": rf"(?i:\b(FBI|SID|NCIC)({_SEPARATED}|\s*)"
    r"[A-Z]{0,3}[0-9]{5,}[A-Z0-9]*\b)",
    "licence or vehicle": r"(?i:\b(DL|OLN|driver'?s? licen[cs]e|licen[cs]e plate|plate|VIN)"
    rf"{_SEPARATED}[A-Z0-9-]*[0-9][A-Z0-9-]{{3,}})",
    "medical record": rf"(?i:\b(MRN|medical record|medicaid|medicare){_SEPARATED}"
    r"[A-Z0-9-]*[0-9][A-Z0-9-]{3,})",
    "passport": rf"(?i:\b(passport|alien){_SEPARATED}[A-Z0-9-]*[0-9][A-Z0-9-]{{3,}})",
    "account": rf"(?i:\b(account|acct\.?|IBAN){_SEPARATED}[A-Z0-9-]*[0-9][A-Z0-9-]{{4,}})",
}
#: UK national insurance number, and the first letters that are never given.
NINO = r"(?i:\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D])\b"
NEVER_GIVEN = frozenset({"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"})
#: Distinct values that a column of nine digits needs to be judged, how many are looked at, and
#: the first three digits that must differ: numbers counted upwards share theirs.
NINE_DIGITS, LOOKED_AT, AREAS = 20, 2000, 4


def _is_nino(text: str) -> bool:
    """Return whether a text of that shape may be a UK national insurance number."""
    return text[:2].upper() not in NEVER_GIVEN


#: Kind, shape, and the checks of python-stdnum of which one must hold.
CHECKED: tuple[tuple[str, str, tuple[Callable[[str], bool], ...]], ...] = (
    (
        "social security number",
        r"(^|[^0-9-])[0-9]{3}[ -][0-9]{2}[ -][0-9]{4}($|[^0-9-])",
        (ssn.is_valid, itin.is_valid),
    ),
    ("national number", r"\b[0-9]{3}[ -][0-9]{3}[ -][0-9]{3}\b", (sin.is_valid,)),
    ("national number", r"\b[0-9]{3} [0-9]{3} [0-9]{4}\b", (nhs.is_valid,)),
    ("national number", r"\b[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}\b", (cpf.is_valid,)),
    ("national number", r"\b[0-9]{4} [0-9]{4} [0-9]{4}\b", (aadhaar.is_valid,)),
    ("national number", r"\b[A-Z]{4}[0-9]{6}[HM][A-Z]{5}[0-9A-Z][0-9]\b", (curp.is_valid,)),
    (
        "national number",
        r"\b[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z]\b",
        (codicefiscale.is_valid,),
    ),
    ("national number", r"\b([0-9]{8}|[XYZ]-?[0-9]{7})-?[A-Z]\b", (dni.is_valid, nie.is_valid)),
    (
        "national number",
        r"\b[12] ?[0-9]{2} ?[01][0-9] ?[0-9AB]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}\b",
        (nir.is_valid,),
    ),
    ("national number", r"\b[0-9]{6}[-+][0-9]{4}\b", (personnummer.is_valid,)),
    ("national number", NINO, (_is_nino,)),
)
#: Share of a column's values of a shape that must pass the check digit: others pass by chance.
CHECKED_SHARE = 0.9
#: What each pattern holds, so that most columns need one quick look.
ABLE = "|".join(
    (
        r"@|://|www\.|[0-9][-.) ]+[0-9]|[0-9]\w* [A-Z0-9][A-Za-z0-9.'-]* |[Bb][Oo][Xx] [0-9]",
        r"[0-9A-Fa-f][:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-]",
        r"[0-9A-Fa-f]:[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]+:",
        r"(?i:\b(fbi|sid|ncic|dl|oln|licen[cs]e|plate|vin|mrn|record|medicaid|medicare|passport|"
        r"alien|account|acct|iban|dob|d\.o\.?b|born|birth ?date|birth)\b)",
        r"[A-Z]{4}[0-9]{6}[HM]|[A-Z]{6}[0-9]{2}[A-Z]|[0-9]{7}-?[A-Z]|\b[12][0-9]{14}\b",
        r"[A-Za-z'-]{2,}[.,]? [A-Z]",
        r"[A-Za-z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-Da-d]\b",
    )
)


def looks_like(column: pd.Series) -> tuple[str, int]:
    """Return the kind of identifier that a column's values show, and in how many rows."""
    given = pa.array(column, type=pa.large_string())
    if isinstance(given, pa.ChunkedArray):
        given = given.combine_chunks()
    able = given.filter(pc.match_substring_regex(given, ABLE))
    if not len(able):
        return _bare_numbers(given)
    values = pc.dictionary_encode(able)
    texts = values.dictionary
    for kind, found in _searches(texts):
        if not pc.any(found).as_py():
            continue
        places = pc.indices_nonzero(found)
        rows = pc.sum(pc.is_in(values.indices, places.cast(values.indices.type))).as_py()
        return kind, int(rows or 0)
    return _bare_numbers(given)


def _bare_numbers(given: pa.Array) -> tuple[str, int]:
    """Judge a column of nine digits, of which nearly all may be US numbers without dashes.

    Random numbers pass too, so this is a suspicion: a person must look.
    """
    long = pc.equal(pc.binary_length(given), 9)
    n_rows = pc.sum(long).as_py() or 0
    filled = pc.sum(pc.not_equal(given, "")).as_py() or 0
    if n_rows < NINE_DIGITS or n_rows < CHECKED_SHARE * filled:
        return "", 0
    texts = pc.unique(given.filter(long))[:LOOKED_AT].to_pylist()
    valid = [one for one in texts if ssn.is_valid(one)]
    alike = len(valid) >= max(NINE_DIGITS, CHECKED_SHARE * len(texts))
    if not alike or len({one[:3] for one in valid}) < AREAS:
        return "", 0
    return "possible social security number", int(n_rows)


def _searches(texts: pa.Array):  # type: ignore[no-untyped-def]
    """Yield each kind with the places of the texts that show it, the surest first."""
    yield CHECKED[0][0], _checked(texts, CHECKED[0][1], CHECKED[0][2], share=0.0)
    for kind, form in VALUE_PATTERNS.items():
        yield kind, pc.match_substring_regex(texts, form)
    for kind, form, checks in CHECKED[1:]:
        yield kind, _checked(texts, form, checks, share=CHECKED_SHARE)
    yield "name", named_people(texts)


def _checked(
    texts: pa.Array, form: str, checks: tuple[Callable[[str], bool], ...], *, share: float
) -> pa.Array:
    """Texts of a shape that pass a check digit; none, where too many of that shape do not."""
    shaped = pc.match_substring_regex(texts, form)
    if not pc.any(shaped).as_py():
        return shaped
    pattern = re.compile(form)
    valid = np.zeros(len(texts), dtype=bool)
    places = np.flatnonzero(shaped.to_numpy(zero_copy_only=False))
    for place in places:
        parts = [one.group().strip(" ,;:()") for one in pattern.finditer(texts[place].as_py())]
        valid[place] = any(check(_bare(part)) for part in parts for check in checks)
    if valid.sum() < share * len(places):
        valid[:] = False
    return pa.array(valid)


def _bare(text: str) -> str:
    """Return a number without what stands around it."""
    return text.strip("#.'\"[]").replace(" ", "-") if text.count(" ") == 2 else text
