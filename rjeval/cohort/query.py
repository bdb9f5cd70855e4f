"""Run the expressions of the follow-up on DuckDB: nothing is written or worked out twice.

For so deep an expression, writing its SQL takes longer than running it. The text depends on the
rules alone, so it is kept; and a result is found again where the same records are asked for under
the same rules, which a report does in several chapters.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
from ibis.expr.types import Table
from ibis.formats.pandas import PandasData

from rjeval.cohort.engine import embedded_engine
from rjeval.cohort.rules import FollowUpRules

#: Results that are kept, each with a copy of its records; tables of more rows than this are not.
KEPT = 12
MOST_ROWS = 200_000

#: From records, as ``bind`` gives them, and rules to a table.
Expression = Callable[[Any, FollowUpRules], Table]
Frames = Mapping[str, pd.DataFrame]


@dataclass(frozen=True, slots=True, eq=False)
class _Result:
    frames: dict[str, pd.DataFrame]
    tables: tuple[pd.DataFrame, ...]


_written: dict[object, tuple[str, ibis.Schema]] = {}
_results: OrderedDict[object, _Result] = OrderedDict()


def run_query(
    frames: Frames,
    expressions: tuple[Expression, ...],
    rules: FollowUpRules,
    *,
    bind: Callable[..., Any],
) -> list[pd.DataFrame]:
    """Return the table of each expression over these records.

    Parameters
    ----------
    frames : mapping
        Records by name; they are not changed.
    expressions : tuple of callable
        Functions of a module, which are the same object whenever they are named.
    rules : FollowUpRules
    bind : callable
        From Ibis tables, each by the name of its records, to what the expressions take.
    """
    key = (expressions, rules)
    kept = _results.get(key)
    if kept is None or not _same(kept.frames, frames):
        kept = _Result(_copy_of(frames), tuple(_ask(frames, expressions, rules, bind)))
        _keep(key, kept)
    return [one.copy() for one in kept.tables]


def _copy_of(frames: Frames) -> dict[str, pd.DataFrame]:
    """Return a copy that nobody changes: one that is kept already, or a new one."""
    for kept in _results.values():
        if _same(kept.frames, frames):
            return kept.frames
    return {name: one.copy() for name, one in frames.items()}


def _same(frames: Frames, others: Frames) -> bool:
    return frames.keys() == others.keys() and all(
        one.equals(others[name]) for name, one in frames.items()
    )


def _keep(key: object, result: _Result) -> None:
    if sum(map(len, result.frames.values())) > MOST_ROWS:
        return
    _results[key] = result
    _results.move_to_end(key)
    while len(_results) > KEPT:
        _results.popitem(last=False)


def _ask(
    frames: Frames,
    expressions: tuple[Expression, ...],
    rules: FollowUpRules,
    bind: Callable[..., Any],
) -> list[pd.DataFrame]:
    engine: Any = embedded_engine()
    try:
        for name, frame in frames.items():
            engine.con.register(name, pa.Table.from_pandas(frame, preserve_index=False))
        schemas = tuple((name, ibis.memtable(one).schema()) for name, one in frames.items())
        texts = [_text(engine, one, rules, (bind, schemas)) for one in expressions]
        return [
            PandasData.convert_table(engine.con.sql(text).to_arrow_table().to_pandas(), schema)
            for text, schema in texts
        ]
    finally:
        engine.disconnect()


def _text(
    engine: ibis.BaseBackend,
    expression: Expression,
    rules: FollowUpRules,
    records: tuple[Callable[..., Any], tuple[tuple[str, ibis.Schema], ...]],
) -> tuple[str, ibis.Schema]:
    """Return the SQL of an expression and the types of what it gives.

    Selects are not merged while SQL is written: DuckDB's planner merges them anyway.
    """
    key = (expression, rules, records)
    if key not in _written:
        bind, schemas = records
        tables = {name: ibis.table(schema, name=name) for name, schema in schemas}
        merged, ibis.options.sql.fuse_selects = ibis.options.sql.fuse_selects, False
        try:
            table = expression(bind(**tables), rules)
            _written[key] = (str(engine.compile(table)), table.schema())
        finally:
            ibis.options.sql.fuse_selects = merged
    return _written[key]
