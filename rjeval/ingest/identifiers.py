"""The gate: direct identifiers of people stop the run, in mapped and unmapped columns alike.

Column names are judged by their words, values by patterns that leave little doubt. What stops
the run is stated as column, kind and count; a value is never shown.
"""

from __future__ import annotations

import re

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from stdnum.us import ssn

from rjeval.errors import IdentifierError
from rjeval.ingest.files import RawTable

#: Words that make ``name`` the name of a person.
PERSON_WORDS = (
    "first|last|middle|given|family|full|maiden|legal|preferred|nick|sur|fore|client|victim|"
    "offender|defendant|participant|person|youth|juvenile|student|child|parent|guardian|mother|"
    "father|respondent|attorney|officer|contact|caller|party|member|survivor|complainant|inmate"
)
#: Kind of identifier -> what its column is called (words parted by ``_``).
NAME_PATTERNS = {
    "network address": r"(^|_)(ip_?addr(ess)?|mac_?address|device_?id)(_|$)",
    "name": rf"(^|_)name$(?<=^name)|(^|_)({PERSON_WORDS})_?name(s)?(_|$)|(^|_)(surname|forename|"
    r"alias|aka|nickname)(es)?(_|$)|^(first|last)$|^initials$",
    "date of birth": r"(^|_)(dob|birth_?date|date_?of_?birth|birth_?day|d_o_b)(_|$)",
    "telephone": r"(^|_)(tele)?phone(s)?(_|$)|(^|_)(mobile|cell_?phone|fax|tel)(_|$)",
    "e-mail": r"(^|_)(e_?mail)(s)?(_|$)",
    "address": r"(^|_)(street|address|addr|residence_address|home_address|postcode|apt)(_|$|\d)",
    "social security number": r"(^|_)(ssn|social_?security(_?(no|number|num))?)(_|$)",
    "police or court identity number": r"(^|_)(fbi_?(no|number|id|num)|sid_?(no|number|num)|sid|"
    r"state_?id(entification)?_?(no|number)?|booking_?photo|mugshot)(_|$)",
    "licence or vehicle": r"(^|_)(driver_?s?_?licen[cs]e|dl_?(no|number)|licen[cs]e_?plate|plate_?"
    r"(no|number)|vin)(_|$)",
    "passport": r"(^|_)(passport|alien_?(no|number)|a_?number)(_|$)",
    "medical record": r"(^|_)(mrn|medical_?record_?(no|number)|medicaid_?(id|no|number))(_|$)",
}
#: Kind of identifier -> what a value looks like (RE2 syntax).
VALUE_PATTERNS = {
    "social security number": r"(^|[^0-9-])[0-9]{3}-[0-9]{2}-[0-9]{4}($|[^0-9-])",
    "telephone": r"(^|[^0-9./-])(\+?1[ .-]?)?(\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .-])"
    r"[2-9][0-9]{2}[.-][0-9]{4}($|[^0-9-])",
    "e-mail": r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}",
    "network address": r"(^|[^0-9.])(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\.(25[0-5]|2[0-4][0-9]|"
    r"1?[0-9]?[0-9])){3}($|[^0-9.])",
    "web address": r"https?://|(^|\s)www\.[a-z0-9-]+\.",
}
#: What each of these patterns holds, so that most columns need one quick look.
ABLE = r"@|://|www\.|[0-9][-.) ]+[0-9]"


def refuse_identifiers(raw: RawTable, reviewed: tuple[str, ...]) -> None:
    """Stop if a column names or holds direct identifiers.

    Parameters
    ----------
    raw : RawTable
        All columns of the file, mapped or not; footers, which hold nobody, are passed over.
    reviewed : tuple of str
        Columns that a person has looked at and cleared, from ``[privacy] reviewed_columns``.

    Raises
    ------
    IdentifierError
        Names the file, column, kind and number of rows; never a value.
    """
    data = raw.data
    cleared = {name.strip().casefold() for name in reviewed}
    for name in map(str, data.columns):
        if name.casefold() in cleared:
            continue
        column = data[name]
        kind = named_like(name)
        n_rows = int(column.str.strip().fillna("").ne("").sum()) if kind else 0
        if not n_rows:
            kind, n_rows = looks_like(column)
        if n_rows:
            raise IdentifierError(
                f"{raw.file}: column '{name}' holds a direct identifier ({kind}) in {n_rows} of "
                f"{len(column)} rows (rules V14, V97).",
                hint="Remove the column from the export. If a person has checked that it holds "
                "none, list it under [privacy] reviewed_columns in study.toml.",
            )


def named_like(name: str) -> str:
    """Return the kind of identifier that a column name promises, ``""`` for none.

    Examples
    --------
    >>> named_like("Client Last Name")
    'name'
    >>> named_like("program_name")
    ''
    >>> named_like("DateOfBirth")
    'date of birth'
    """
    words = re.sub(r"([a-z])([A-Z])", r"\1_\2", name)
    plain = re.sub(r"[^a-z0-9]+", "_", words.casefold()).strip("_")
    return next((kind for kind, form in NAME_PATTERNS.items() if re.search(form, plain)), "")


def looks_like(column: pd.Series) -> tuple[str, int]:
    """Return the kind of identifier that a column's values show, and in how many rows."""
    given = pa.array(column, type=pa.large_string())
    if isinstance(given, pa.ChunkedArray):
        given = given.combine_chunks()
    able = given.filter(pc.match_substring_regex(given, ABLE))
    if not len(able):
        return "", 0
    values = pc.dictionary_encode(able)
    texts = values.dictionary
    for kind, form in VALUE_PATTERNS.items():
        found = pc.match_substring_regex(texts, form)
        if kind == "social security number" and pc.any(found).as_py():
            found = pc.and_(found, _valid_numbers(texts))
        if not pc.any(found).as_py():
            continue
        places = pc.indices_nonzero(found)
        rows = pc.sum(pc.is_in(values.indices, places.cast(values.indices.type))).as_py()
        return kind, int(rows or 0)
    return "", 0


def _valid_numbers(texts: object) -> object:
    form = re.compile(r"(?<![0-9-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![0-9-])")
    given = [str(one) if one is not None else "" for one in texts.to_pylist()]  # type: ignore[attr-defined]
    return pa.array([any(ssn.is_valid(one) for one in form.findall(text)) for text in given])
