"""The one door to the data dictionary: names of tables and columns, for checks of a design."""

from __future__ import annotations

from rjeval.language import mark
from rjeval.schemas.tables import TABLES, table

#: Columns that derivation adds to those of the dictionary.
DERIVED = (
    "age_at_index",
    "arm",
    "index_date",
    "mode",
    "party_id",
    "rating",
    "time_days",
    "weight",
)


def table_columns(name: str) -> tuple[str, ...]:
    """Return the columns of a table.

    Raises
    ------
    DesignError
        The dictionary has no table of that name.
    """
    return table(name).names


def every_column() -> frozenset[str]:
    """Return all columns of the dictionary, and those that derivation adds."""
    return frozenset({*DERIVED, *(name for one in TABLES.values() for name in one.names)})


def record_sources() -> tuple[str, ...]:
    """Return the sources of records that the dictionary knows."""
    column = TABLES["records_check"].column("source")
    return () if column is None else column.allowed


#: Columns that can be made coarser, and what becomes of them.
COARSER = {
    "birth_year": mark("birth date to year"),
    "zip3": mark("postcode to its first three digits"),
    "age_band": mark("age to band"),
    "age_at_referral": mark("age to band"),
    "age_first_contact": mark("age to band"),
}
#: Ids of people that stand in columns of several names.
PARTY_IDS = frozenset({"person_id", "harmed_id", "party_id"})


def generalisable(name: str) -> tuple[str, ...]:
    """Return the columns of a table that can be generalised."""
    return tuple(one for one in table(name).names if one in COARSER)


def needed_columns(name: str) -> tuple[str, ...]:
    """Return the columns without which a table cannot be used."""
    return table(name).needed


def joined_columns(name: str, column: str) -> frozenset[str]:
    """Return the names under which the ids of a column stand in any table.

    Empty for a column that is neither an id nor a text; a covariate of the study's own, which
    the dictionary does not have, stands for itself.
    """
    found = table(name).column(column)
    if found is not None and found.kind not in ("id", "text"):
        return frozenset()
    return PARTY_IDS if column in PARTY_IDS else frozenset({column})
