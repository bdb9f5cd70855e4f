"""The embedded engine of the derivation: in memory, never on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ibis import BaseBackend


def embedded_engine() -> BaseBackend:
    """Return DuckDB in memory, which writes no rows of people to a folder of its own.

    By default it lays rows that do not fit in memory in ``.tmp`` where it was started, with the
    rights that everybody's files have.
    """
    import ibis

    engine: BaseBackend = ibis.duckdb.connect()
    engine.raw_sql("SET temp_directory = ''")
    return engine
