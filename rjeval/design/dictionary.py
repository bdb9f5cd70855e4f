"""The one door to the data dictionary: names of tables and columns, for checks of a design."""

from __future__ import annotations

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
