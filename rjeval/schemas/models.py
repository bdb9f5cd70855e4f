"""One Pandera model per table, and a check that gives counts and row numbers, never values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rjeval.errors import ValidationError
from rjeval.schemas.columns import Column, Table
from rjeval.schemas.frames import dtype_of
from rjeval.schemas.tables import table as table_of

if TYPE_CHECKING:
    import pandera.pandas as pa

#: What the rules that a model itself decides say.
MODEL_RULES = {
    "V01": "a needed cell is empty",
    "V07": "a column does not have the type that the dictionary gives it",
    "V08": "a value is not in the code list",
    "V10": "a text does not have the form that the dictionary asks for",
    "V11": "a key is empty, or names more than one row",
    "V54": "a number lies outside its range",
    "V86": "a NIBRS code does not have three characters, as when read as a number",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Rows of one table that break one rule; ``rows`` are positions, from 0."""

    table: str
    column: str
    rule: str
    rows: np.ndarray

    @property
    def n_failed(self) -> int:
        """How many rows break the rule."""
        return len(self.rows)

    def __repr__(self) -> str:
        return f"Finding({self.table}.{self.column}: {self.rule}, n_failed={self.n_failed})"


@cache
def model(name: str) -> pa.DataFrameSchema:
    """Return the Pandera model of a table, made from its entry in the dictionary."""
    import pandera.pandas as pa

    table = table_of(name)
    columns = {one.name: _model_column(one) for one in table.columns}
    return pa.DataFrameSchema(
        columns,
        name=table.name,
        title=table.title,
        description=table.grain,
        unique=list(table.key) or None,
        report_duplicates="all",
        strict=False,
        coerce=False,
    )


def _model_column(column: Column) -> pa.Column:
    import pandera.pandas as pa

    return pa.Column(
        dtype_of(column),
        checks=_checks(column),
        nullable=not column.needed,
        title=column.title,
        description=column.description or column.title,
        metadata={
            "unit": column.unit,
            "level": column.level,
            "privacy": column.privacy,
            "needed": column.needed,
            "outcome": column.outcome,
        },
    )


def _checks(column: Column) -> list[pa.Check]:
    import pandera.pandas as pa

    found = []
    if column.allowed and column.kind == "multi":
        allowed = set(column.allowed)
        found.append(pa.Check(lambda given: _parts_allowed(given, allowed), error="V08"))
    elif column.allowed:
        found.append(pa.Check.isin(list(column.allowed), error="V08"))
    if column.low is not None:
        found.append(pa.Check.ge(column.low, error="V54"))
    if column.high is not None:
        found.append(pa.Check.le(column.high, error="V54"))
    if column.pattern:
        rule = "V86" if column.name == "nibrs_code" else "V10"
        whole = rf"^(?:{column.pattern})$"
        found.append(pa.Check(lambda given: given.str.match(whole, na=True), error=rule))
    return found


def _parts_allowed(given: pd.Series, allowed: set[str]) -> pd.Series:
    codes, texts = pd.factorize(given)
    good = np.array(
        [all(part in allowed for part in str(one).split(";")) for one in texts] + [True]
    )
    return pd.Series(good[codes], index=given.index)


def validate(name: str, frame: pd.DataFrame) -> tuple[Finding, ...]:
    """Check a typed frame against the model of its table.

    Parameters
    ----------
    name : str
        Table of the dictionary.
    frame : DataFrame
        Typed as :func:`rjeval.schemas.frames.conform` leaves it. Never changed. What gives
        columns as a frame does, but is none, is validated column by column.

    Returns
    -------
    tuple of Finding
        One per column and rule, with the positions of the rows; empty where all is well.
        Pandera's own errors, which print failing values, never leave this function.
    """
    whole = isinstance(frame, pd.DataFrame)
    found = [_broken(one, frame) for one in ((model(name),) if whole else _parts(name))]
    cases = [one for one in found if one is not None]
    if not cases:
        return ()
    return _findings(table_of(name), pd.concat(cases, ignore_index=True), n_rows=len(frame))


@cache
def _parts(name: str) -> tuple[pa.DataFrameSchema, ...]:
    """Return the model of a table column by column, then its key: what fails is the same.

    For a table too large for memory, whose columns are read one by one; it takes twice the time
    on small ones.
    """
    import pandera.pandas as pa

    table, whole = table_of(name), model(name)
    columns = [pa.DataFrameSchema({one: whole.columns[one]}) for one in table.names]
    if not table.key:
        return tuple(columns)
    free = {one: pa.Column(required=False, nullable=True) for one in table.key}
    key = pa.DataFrameSchema(free, unique=list(table.key), report_duplicates="all")
    return (*columns, key)


def _broken(part: pa.DataFrameSchema, frame: pd.DataFrame) -> pd.DataFrame | None:
    """Return where a part of a model is broken; only the columns of the part are read."""
    from pandera.errors import SchemaErrors

    names = [name for name in part.columns if name in frame.columns]
    given = frame if isinstance(frame, pd.DataFrame) else frame[names]
    try:
        part.validate(given.reset_index(drop=True), lazy=True)
    except SchemaErrors as errors:
        return errors.failure_cases[["column", "check", "index"]].copy()
    return None


def _findings(table: Table, cases: pd.DataFrame, *, n_rows: int) -> tuple[Finding, ...]:
    found = []
    cases["rule"] = [_rule(str(check)) for check in cases["check"]]
    keys = cases["rule"].eq("V11")
    cases.loc[keys, "column"] = ", ".join(table.key)
    for (column, rule), rows in cases.groupby(["column", "rule"], sort=True)["index"]:
        numbers = pd.to_numeric(rows, errors="coerce")
        if numbers.isna().all():
            positions = np.arange(n_rows)
        else:
            positions = np.unique(numbers.dropna().to_numpy(dtype=np.int64))
        found.append(Finding(table=table.name, column=str(column), rule=str(rule), rows=positions))
    return tuple(found)


def _rule(check: str) -> str:
    if check in MODEL_RULES:
        return check
    if check.startswith("not_nullable"):
        return "V01"
    if "unique" in check:
        return "V11"
    return "V07"


def require_valid(name: str, frame: pd.DataFrame) -> None:
    """Refuse a frame that breaks the model of its table.

    Raises
    ------
    ValidationError
        With one entry of counts per column and rule, and no value.
    """
    found = validate(name, frame)
    if not found:
        return
    checks = tuple((one.table, one.column, one.rule, one.n_failed) for one in found)
    first = found[0]
    more = f" ({len(found) - 1} further rules fail)" if len(found) > 1 else ""
    raise ValidationError(
        f"{first.table}.{first.column}: {first.n_failed} of {len(frame)} rows break {first.rule}: "
        f"{MODEL_RULES[first.rule]}{more}.",
        hint="Run `rjeval check` for the whole list.",
        checks=checks,
    ) from None
