"""How well the columns of an unknown file fit the dictionary, by their names and contents."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import pandas as pd
from rapidfuzz import fuzz

from rjeval.ingest.files import RawTable
from rjeval.ingest.guesses import guess_dates
from rjeval.ingest.known_codes import MISSING_TEXTS, codes_of
from rjeval.ingest.known_names import names_of
from rjeval.ingest.values import FALSE, TRUE, WHOLE, fold
from rjeval.schemas.columns import Column, Table
from rjeval.schemas.tables import TABLES

#: Score from which a match is written, and from which it is shown as a comment.
SURE, UNSURE = 80, 60
#: Texts of a column that are looked at, the most frequent first.
SAMPLE = 300
MOST_VALUES = 25
#: A number may be written as a few words, such as the answers of a scale.
FEW_CODES = 20
#: Points that a table loses for each id, and each other column, that it needs and the file lacks.
LACKING_ID, LACKING = 25, 12
#: The id that names a row has at least this share of different texts.
KEY_SHARE = 0.05
#: Share of texts that a column must be able to hold for a match to be sure.
FITTING = 0.8
#: Needed dates that are the same in all rows of a pull; any other tells of an event.
OF_A_PULL = frozenset({"coverage_to"})
#: A name alone, where the contents tell nothing, counts a little less than name and contents.
NAME_ONLY = 0.97
NUMBER = r"-?[$£€]?\d[\d,]*(\.\d+)?"

Matches = Mapping[str, Sequence[tuple[float, "FileColumn"]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileColumn:
    """One column of a file: its name, a sample of its texts, how often each occurs."""

    name: str
    counts: pd.Series
    n_rows: int
    dates: tuple[tuple[str, ...], tuple[str, ...]] | None
    texts: pd.Series
    missing: tuple[str, ...] = ()
    shares: dict[object, float | None] = field(default_factory=dict)

    def share(self, column: Column) -> float | None:
        """Return how much of the texts a column could hold, worked out once per kind."""
        key = (column.kind, column.allowed, column.low, column.high, column.pattern)
        if key not in self.shares:
            self.shares[key] = _content(column, self)
        return self.shares[key]

    @property
    def distinct(self) -> float:
        """Share of different texts among the filled cells."""
        filled = int(self.counts.sum())
        return len(self.counts) / filled if filled else 1.0

    def __repr__(self) -> str:
        return f"FileColumn({self.name})"


def look_at_column(raw: RawTable, name: str) -> FileColumn:
    """Return what a column of a file looks like; texts that mean "none" are passed over."""
    text = raw.data[name]
    counts = text[text.ne("")].value_counts()
    coded = counts.index.astype(str).str.casefold().isin(MISSING_TEXTS)
    said = counts[~coded]
    sample = pd.Series(said.index, dtype="string").astype(str).head(SAMPLE)
    dates = guess_dates(sample)
    return FileColumn(
        name=name,
        counts=said,
        n_rows=len(text),
        dates=dates,
        texts=sample,
        missing=tuple(map(str, counts.index[coded])),
    )


def parted(counts: pd.Series) -> pd.Series:
    """Return how often each choice occurs where a cell may hold several of them."""
    parts = pd.Series(counts.index, dtype="string").astype(str).str.split(r"\s*[;|]\s*")
    each = pd.Series(counts.to_numpy(), index=parts.index)
    single = parts.explode()
    return each.reindex(single.index).groupby(single.to_numpy()).sum().sort_values(ascending=False)


def score(table: Table, column: Column, one: FileColumn) -> float:
    """Return how well a file column fits a dictionary column, from 0 to 100."""
    given = plain(one.name)
    name = max(
        fuzz.token_sort_ratio(given, plain(known)) for known in names_of(table.name, column.name)
    )
    if not _may_be_key(table, column, one):
        return 0.5 * name
    share = one.share(column)
    if share is None:
        return NAME_ONLY * name if column.kind not in ("id", "text") else float(name)
    points = 0.75 * name + 25 * share if share > 0 else 0.5 * name
    counted = column.kind in ("int", "number", "date", "text")
    fits = share >= FITTING or not counted
    named = name >= SURE and (name == 100 or given not in _all_names())
    return points if named and fits else min(points, SURE - 1.0)


@cache
def _all_names() -> frozenset[str]:
    """Return all names by which any column is known: one of another column is no near miss."""
    return frozenset(
        plain(name)
        for table in TABLES.values()
        for column in table.columns
        for name in names_of(table.name, column.name)
    )


def _may_be_key(table: Table, column: Column, one: FileColumn) -> bool:
    """Return whether a column repeats too little to rule out that it names the rows."""
    if table.key != (column.name,) or len(one.counts) == 0:
        return True
    return one.distinct >= KEY_SHARE or len(one.counts) >= one.n_rows


@cache
def plain(name: str) -> str:
    """Return the words of a name, in small letters."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(re.findall("[a-z0-9]+", fold(spaced)))


def _content(column: Column, one: FileColumn) -> float | None:
    """Return the share of a field's texts that a column could hold; ``None`` tells nothing."""
    texts = one.texts
    if not len(texts):
        return None
    if column.kind == "date":
        return 1.0 if one.dates is not None else 0.0
    if column.kind in ("id", "text"):
        return _plain_text(column, one)
    if column.kind in ("int", "number"):
        return _numbers(column, one)
    if column.kind == "bool":
        return float(texts.map(fold).isin(TRUE | FALSE).mean())
    words = {plain(word) for value in column.allowed for word in codes_of(value)}
    if column.kind == "multi":
        texts = parted(one.counts).index.to_series().astype(str)
    known = float(texts.map(plain).isin(words).mean())
    return known if known else (None if len(one.counts) <= MOST_VALUES else 0.0)


def _plain_text(column: Column, one: FileColumn) -> float | None:
    """Return 0 for dates, which are no ids and no words; else what a pattern says."""
    if one.dates is not None and not one.texts.str.fullmatch(r"\d{5,8}(?:\.\d+)?").all():
        return 0.0
    return float(one.texts.str.fullmatch(column.pattern).mean()) if column.pattern else None


def _numbers(column: Column, one: FileColumn) -> float | None:
    """Return the share of numbers within the bounds of a column."""
    form = WHOLE.pattern if column.kind == "int" else NUMBER
    like = one.texts.str.fullmatch(form).astype(bool)
    if not like.any():
        return None if len(one.counts) <= FEW_CODES else 0.0
    numbers = pd.to_numeric(one.texts[like].str.replace(r"[$£€,]", "", regex=True))
    low, high = column.low, column.high
    fit = numbers.between(
        float("-inf") if low is None else low, float("inf") if high is None else high
    )
    return float(fit.sum() / len(one.texts))


def assign(table: Table, fields: Sequence[FileColumn]) -> Matches:
    """Return the best fields of each column, each field given away once, best pairs first."""
    pairs = [
        (score(table, column, one), column.name, one) for column in table.columns for one in fields
    ]
    pairs = sorted((pair for pair in pairs if pair[0] >= UNSURE), key=lambda pair: -pair[0])
    found: dict[str, list[tuple[float, FileColumn]]] = {}
    taken: set[str] = set()
    for points, name, one in pairs:
        if name not in found and one.name not in taken:
            found[name] = [(points, one)]
            taken.add(one.name)
        elif name in found and len(found[name]) < 3 and one.name not in taken:
            found[name].append((points, one))
    return found


def sure_columns(found: Matches) -> set[str]:
    """Return the dictionary columns that a file surely holds."""
    return {name for name, matches in found.items() if matches[0][0] >= SURE}


def fit(table: Table, fields: Sequence[FileColumn]) -> float:
    """Return how much of a table a file holds: matched columns, less the needed that lack."""
    found = assign(table, fields)
    points = sum(max(0.0, matches[0][0] - UNSURE) for matches in found.values())
    lacking = [column for column in table.columns if column.needed and column.name not in found]
    loss = sum(LACKING_ID if column.kind == "id" else LACKING for column in lacking)
    return points / max(len(fields), 1) ** 0.5 - loss


def holds(table: Table, fields: Sequence[FileColumn]) -> bool:
    """Return whether a file feeds a table as well: what it needs is there or can be composed.

    The id of the row can be composed from another id, and a needed category or date may be the
    same in all rows; but some column beside ids must be there.
    """
    sure = sure_columns(assign(table, fields))
    given = [column for column in table.columns if column.name in sure]
    lacking = [column for column in table.columns if column.needed and column.name not in sure]
    told = [column for column in given if column.kind not in ("id", "text")]
    if not lacking:
        return len(sure) >= 2
    named = any(column.kind == "id" for column in given)
    mendable = all(may_be_given(table, column) for column in lacking)
    return named and mendable and len(told) >= 1 and len(lacking) <= 2


def may_be_given(table: Table, column: Column) -> bool:
    """Return whether a needed column can be composed, or be the same in all rows."""
    if column.kind == "id":
        return (column.name,) == table.key
    return column.kind == "category" or column.name in OF_A_PULL
