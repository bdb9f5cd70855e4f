"""Text to typed values by declared rules; what cannot be read is marked, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rjeval.design.exports import ExportMap
from rjeval.errors import DesignError
from rjeval.ingest.dates import parse_dates
from rjeval.ingest.ledger import Ledger
from rjeval.language import mark, note
from rjeval.schemas.columns import Column
from rjeval.schemas.frames import DTYPES, TEXT

WHOLE = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.0+)?")
DECIMAL = re.compile(r"[$£€]?\s?[+-]?[$£€]?(\d+|\d{1,3}(,\d{3})+)?(\.\d+)?([eE][+-]?\d+)?")
TRUE = frozenset({"true", "t", "yes", "y", "1", "checked", "x"})
FALSE = frozenset({"false", "f", "no", "n", "0", "unchecked"})
RULES = {
    "date": "V21",
    "int": "V07",
    "number": "V07",
    "bool": "V08",
    "category": "V08",
    "multi": "V08",
}
#: What the ledger says of categories and dates.
BY_DESIGN = mark("{n} spellings to {values} values (by the design)")
BY_CASE = mark("{n} spellings to {values} values (case, blanks)")
DECLARED = mark("by the declared format {formats}")
FIRST_FORMAT = mark("two declared formats fit; the first was used")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Values of one column; ``bad`` marks text that breaks ``rule``."""

    values: pd.Series
    bad: np.ndarray
    rule: str


def fold(text: str) -> str:
    """Return a text without case, accents, or differences of blank, dash and underscore.

    Examples
    --------
    >>> fold("  Not–Filed ") == fold("not_filed")
    True
    """
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    return re.sub(r"[\s\-_‐-―/]+", "_", plain.casefold().strip()).strip("_")


def type_column(text: pd.Series, column: Column, spec: ExportMap, ledger: Ledger) -> Typed:
    """Return the values of a dictionary column from its text."""
    if column.kind == "date":
        return _dates(text, column.name, spec, ledger)
    codes, texts = pd.factorize(text)
    given = [str(one) for one in texts]
    if column.kind in ("category", "bool", "multi") or column.name in spec.values:
        chosen, rules = _look_up(given, column, spec)
        _note_categories(given, chosen, rules, codes, (column.name, spec), ledger)
    else:
        chosen = list(given)
    bad = np.append(np.array([one is None for one in chosen], dtype=bool), False)
    _note_unknown(given, bad, codes, (column.name, spec), ledger)
    values = _convert(chosen, column.kind)
    if column.kind in ("int", "number"):
        bad[:-1] |= pd.isna(values).to_numpy(dtype=bool)
    taken = values.reindex(codes).set_axis(text.index)
    return Typed(values=taken, bad=bad[codes], rule=RULES.get(column.kind, "V10"))


def _convert(chosen: list[str | None], kind: str) -> pd.Series:
    """Values of the unique texts; position -1 does not exist, so a missing code stays missing."""
    if kind == "int":
        numbers = [_whole(one) for one in chosen]
        return pd.Series(pd.array(numbers, dtype="Int64"))
    if kind == "number":
        return pd.Series([_decimal(one) for one in chosen], dtype="float64")
    if kind == "bool":
        known = {"true": True, "false": False}
        return pd.Series(pd.array([known.get(str(one)) for one in chosen], dtype="boolean"))
    return pd.Series(chosen, dtype=DTYPES[kind])  # type: ignore[call-overload]


def _whole(text: str | None) -> int | None:
    if text is None or not WHOLE.fullmatch(text):
        return None
    return int(text.replace(",", "").split(".")[0])


def _decimal(text: str | None) -> float:
    if text is None or not DECIMAL.fullmatch(text) or not re.search(r"\d", text):
        return np.nan
    return float(re.sub(r"[$£€,\s]", "", text))


def _look_up(
    given: list[str], column: Column, spec: ExportMap
) -> tuple[list[str | None], list[str]]:
    """Value and rule of each unique text: mapped by the design, found after folding, neither."""
    exact, folded = _declared(column, spec)
    known = {fold(one): one for one in column.allowed}
    if column.kind == "bool":
        known = {**dict.fromkeys(TRUE, "true"), **dict.fromkeys(FALSE, "false")}
    open_list = not known
    chosen: list[str | None] = []
    rules: list[str] = []
    for one in given:
        if column.kind == "multi":
            value, rule = _parts(one, (exact, folded, known), spec.delimiters.get(column.name, ";"))
        else:
            value, rule = _one(one, exact, folded, known)
        chosen.append(one if value is None and open_list else value)
        rules.append(rule)
    return chosen, rules


def _one(
    text: str, exact: Mapping[str, str], folded: Mapping[str, str], known: Mapping[str, str]
) -> tuple[str | None, str]:
    if text in exact:
        return exact[text], "value_mapped"
    key = fold(text)
    if key in folded:
        return folded[key], "value_mapped"
    if key in known:
        value = known[key]
        return value, "" if value == text else "category_normalised"
    return None, "unmapped"


def _parts(
    text: str, maps: tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str]], delimiter: str
) -> tuple[str | None, str]:
    whole, rule = _one(text, *maps)
    if whole is not None or delimiter not in text:
        return whole, rule
    found = [_one(part.strip(), *maps)[0] for part in text.split(delimiter) if part.strip()]
    if any(part is None for part in found):
        return None, "unmapped"
    return ";".join(sorted({str(part) for part in found})), "category_normalised"


def _declared(column: Column, spec: ExportMap) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the map's own values, as written and folded; targets must be in the dictionary."""
    exact = spec.values.get(column.name, {})
    allowed = {"true", "false"} if column.kind == "bool" else set(column.allowed)
    for target in exact.values():
        parts = target.split(";") if column.kind == "multi" else [target]
        if allowed and not set(parts) <= allowed:
            raise DesignError(
                f"[exports.{spec.table}] values.{column.name} maps to '{target}', which the data "
                "dictionary does not have.",
                hint=f"Allowed: {', '.join(sorted(allowed))}.",
            )
    return exact, {fold(key): value for key, value in exact.items()}


def _note_categories(
    given: list[str],
    chosen: list[str | None],
    rules: list[str],
    codes: np.ndarray,
    where: tuple[str, ExportMap],
    ledger: Ledger,
) -> None:
    """Count rows whose category was mapped or normalised; no value, and no count per value."""
    name, spec = where
    weight = np.bincount(codes[codes >= 0], minlength=len(given))
    for kind, template in (("value_mapped", BY_DESIGN), ("category_normalised", BY_CASE)):
        mine = [i for i, rule in enumerate(rules) if rule == kind and chosen[i] != given[i]]
        detail = note(template, n=len(mine), values=len({chosen[i] for i in mine}))
        n_rows = int(weight[mine].sum()) if mine else 0
        ledger.changed(spec.table, kind, n_rows=n_rows, column=name, detail=detail)


def _note_unknown(
    given: list[str],
    bad: np.ndarray,
    codes: np.ndarray,
    where: tuple[str, ExportMap],
    ledger: Ledger,
) -> None:
    """List the codes that were not understood, with their rows."""
    name, spec = where
    weight = np.bincount(codes[codes >= 0], minlength=len(given))
    unknown = {given[i]: int(weight[i]) for i in np.flatnonzero(bad[:-1])}
    ledger.not_known(spec.table, name, unknown)


def _dates(text: pd.Series, name: str, spec: ExportMap, ledger: Ledger) -> Typed:
    formats = spec.dates.get(name, ())
    dates = parse_dates(text, formats)
    for rule, n_rows, detail in (
        ("time_of_day_cut", dates.n_cut, mark("date and time cut to the date")),
        ("sentinel_date_removed", dates.n_sentinel, mark("a date that systems write for none")),
        ("day_month_settled", dates.n_swappable, note(DECLARED, formats=", ".join(formats))),
        ("time_zone_given", dates.n_zoned, mark("the day was taken as written, in that zone")),
        ("time_zone_applied", dates.n_moved, mark("another day in the declared time zone")),
        (
            "day_month_ambiguous",
            dates.n_ambiguous,
            FIRST_FORMAT,
        ),
    ):
        ledger.changed(spec.table, rule, n_rows=n_rows, column=name, detail=detail)
    return Typed(values=dates.values, bad=dates.bad, rule="V21")


def type_covariate(text: pd.Series, name: str, spec: ExportMap, ledger: Ledger) -> pd.Series:
    """Return a column that the dictionary does not have: a date where declared, else text."""
    if name in spec.dates:
        dates = _dates(text, name, spec, ledger)
        n_bad = int(dates.bad.sum())
        detail = mark("not read by the declared formats")
        ledger.changed(spec.table, "covariate_date_lost", n_rows=n_bad, column=name, detail=detail)
        return dates.values
    open_column = Column(name=name, kind="text", title=name)
    values = type_column(text, open_column, spec, ledger).values.astype(TEXT)
    bracketed = values.str.match(r"^\[.*\]$", na=False)
    n_rows = int(bracketed.sum())
    detail = mark("square brackets around the whole text")
    ledger.changed(spec.table, "brackets_removed", n_rows=n_rows, column=name, detail=detail)
    return values.mask(bracketed, values.str.slice(1, -1).str.strip())


def number_if_all(values: pd.Series) -> pd.Series | None:
    """Return a text column as numbers if every value is a plain number, else ``None``.

    A leading zero is a code, not a number.
    """
    codes, texts = pd.factorize(values)
    given = [str(one) for one in texts]
    plain = re.compile(r"-?(0|[1-9]\d*)?(\.\d+)?")
    if not given or not all(re.search(r"\d", one) and plain.fullmatch(one) for one in given):
        return None
    numbers = pd.Series([float(one) for one in given], dtype="float64")
    return numbers.reindex(codes).set_axis(values.index)
