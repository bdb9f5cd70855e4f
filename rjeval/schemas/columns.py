"""What the data dictionary says about a column and about a table.

Free of pandas and Pandera, so that anything may look a column up without their cost.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Kinds of column; ``multi`` holds several categories, joined by ``;``.
KINDS = ("id", "text", "category", "multi", "int", "number", "bool", "date")
#: How much a column is wanted: required, conditional, optional.
LEVELS = ("R", "C", "O")
#: Privacy classes: direct identifier, quasi-identifier, sensitive, none of these.
PRIVACY = ("D", "Q", "S", "QS", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the data dictionary.

    Parameters
    ----------
    name, title, description : str
    kind : str
        One of ``KINDS``.
    unit : str
        Unit of a number, such as ``days``.
    allowed : tuple of str
        Values of a category; empty means that any is allowed.
    low, high : float or None
        Smallest and largest number allowed.
    level : str
        One of ``LEVELS``.
    privacy : str
        One of ``PRIVACY``.
    needed : bool
        The table cannot be used without it: a row that lacks it is refused.
    outcome : bool
        A value that cannot be read refuses the row, because it could change a published number.
    pattern : str
        Regular expression that the whole text must match.
    """

    name: str
    kind: str
    title: str
    description: str = ""
    unit: str = ""
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    level: str = "O"
    privacy: str = "-"
    needed: bool = False
    outcome: bool = False
    pattern: str = ""

    @property
    def decisive(self) -> bool:
        """Whether a cell that cannot be read costs the whole row."""
        return self.needed or self.outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of the data dictionary.

    Parameters
    ----------
    name, title : str
    grain : str
        What one row is.
    key : tuple of str
        Columns that together name a row; empty where a row has no name.
    parents : tuple of (column, parent table, parent column)
        Keys that must be met in another table, where that table is collected.
    """

    name: str
    title: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    parents: tuple[tuple[str, str, str], ...] = ()

    def column(self, name: str) -> Column | None:
        """Return a column by name, ``None`` where the dictionary has none."""
        return next((one for one in self.columns if one.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns, in order."""
        return tuple(one.name for one in self.columns)

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns without which the table cannot be used."""
        return tuple(one.name for one in self.columns if one.needed)


def identity(name: str, title: str, **more: object) -> Column:
    """Return an id: opaque text, case kept, never a number."""
    return Column(name=name, kind="id", title=title, **more)  # type: ignore[arg-type]


def day(name: str, title: str, **more: object) -> Column:
    """Return a calendar date without a time of day."""
    return Column(name=name, kind="date", title=title, unit="date", **more)  # type: ignore[arg-type]


def category(name: str, title: str, allowed: str, **more: object) -> Column:
    """Return a category; ``allowed`` lists its values, parted by blanks."""
    values = tuple(allowed.split())
    return Column(name=name, kind="category", title=title, allowed=values, **more)  # type: ignore[arg-type]


def number(name: str, title: str, unit: str, **more: object) -> Column:
    """Return a decimal number, at least 0 unless told otherwise."""
    more.setdefault("low", 0)
    return Column(name=name, kind="number", title=title, unit=unit, **more)  # type: ignore[arg-type]


def whole(name: str, title: str, unit: str, **more: object) -> Column:
    """Return a whole number, at least 0 unless told otherwise."""
    more.setdefault("low", 0)
    return Column(name=name, kind="int", title=title, unit=unit, **more)  # type: ignore[arg-type]


def flag(name: str, title: str, **more: object) -> Column:
    """Return true, false or missing; "no" and "not recorded" differ."""
    return Column(name=name, kind="bool", title=title, **more)  # type: ignore[arg-type]


def text(name: str, title: str, **more: object) -> Column:
    """Return a short coded text."""
    return Column(name=name, kind="text", title=title, **more)  # type: ignore[arg-type]
