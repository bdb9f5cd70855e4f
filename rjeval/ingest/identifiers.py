"""The gate: direct identifiers of people stop the run, in mapped and unmapped columns alike.

Column names are judged by their words, values by patterns that leave little doubt. What stops
the run is stated as column, kind and count; a value is never shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rjeval.design.exports import ExportMap
from rjeval.design.privacy import DROP, uses
from rjeval.design.study import StudyDesign
from rjeval.errors import IdentifierError
from rjeval.ingest.files import RawTable
from rjeval.ingest.identifier_people import birth_date_columns
from rjeval.ingest.identifier_values import looks_like

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A column that names or holds direct identifiers, and in how many rows; never a value."""

    column: str
    kind: str
    n_rows: int


def find_identifiers(raw: RawTable) -> tuple[Finding, ...]:
    """Return every column of a file that names or holds direct identifiers.

    All columns are looked at, mapped or not; footers, which hold nobody, are passed over.
    """
    data = raw.data
    births = birth_date_columns(data)
    found = []
    for name in map(str, data.columns):
        column = data[name]
        kind = named_like(name)
        n_rows = int(column.str.strip().fillna("").ne("").sum()) if kind else 0
        if not n_rows:
            kind, n_rows = looks_like(column)
        if not n_rows and name in births:
            kind, n_rows = "date of birth", births[name]
        if n_rows:
            found.append(Finding(column=name, kind=kind, n_rows=n_rows))
    return tuple(found)


def refuse_identifiers(
    raw: RawTable, cleared: Iterable[str], *, found: tuple[Finding, ...] | None = None
) -> None:
    """Stop if a column names or holds direct identifiers.

    Parameters
    ----------
    raw : RawTable
    cleared : iterable of str
        Columns that a person has looked at (``[privacy] reviewed_columns``), or with which
        ``[privacy]`` says what to do.
    found : tuple of Finding, optional
        What :func:`find_identifiers` gave for this file, if that was asked before.

    Raises
    ------
    IdentifierError
        Names the file, column, kind and number of rows, and further such columns; never a value.
    """
    known = {name.strip().casefold() for name in cleared}
    given = find_identifiers(raw) if found is None else found
    left = [one for one in given if one.column.strip().casefold() not in known]
    if not left:
        return
    first, *others = left
    more = ", ".join(f"'{one.column}' ({one.kind}, {one.n_rows} rows)" for one in others)
    raise IdentifierError(
        f"{raw.file}: column '{first.column}' holds a direct identifier ({first.kind}) in "
        f"{first.n_rows} of {len(raw.data)} rows (rules V14, V97)."
        + (f" So do {len(others)} more columns: {more}." if others else ""),
        hint="Remove the column from the export, or say under [privacy] in study.toml what to do "
        "with it: drop, pseudonymise or generalise. If a person has checked that it holds none, "
        "list it under reviewed_columns there.",
    )


def handled_columns(spec: ExportMap, design: StudyDesign, headers: Iterable[str]) -> list[str]:
    """Return the columns of a file with which ``[privacy]`` does something wherever they are used.

    A column that feeds several columns of the dictionary must be handled in each; one that this
    map does not read may be dropped by its header, or be handled by another map of the file.
    """
    peers = [one for one in design.exports if one.file == spec.file]
    return [header for header in headers if _handled(header, spec, peers, design)]


def _handled(header: str, spec: ExportMap, peers: list[ExportMap], design: StudyDesign) -> bool:
    mine = uses(spec, header)
    if mine:
        return all(one in design.privacy.of(spec.table) for one in mine)
    named = header.strip().casefold()
    dropped = {
        one.strip().casefold()
        for peer in peers
        for one, action in design.privacy.of(peer.table).items()
        if action == DROP
    }
    if named in dropped:
        return True
    theirs = [(peer.table, one) for peer in peers for one in uses(peer, header)]
    return bool(theirs) and all(one in design.privacy.of(table) for table, one in theirs)


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
