"""What a rule about rows or tables is, and the data that it may look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import StudyDesign, SurveyDesign
from rjeval.language import mark, note
from rjeval.schemas.tables import TABLES


class CannotRunError(Exception):
    """A rule lacks what it needs; its text says what, and is shown to people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Rows of one table that break a rule; ``rows`` are index labels of its frame."""

    table: str
    column: str
    rows: pd.Index
    n_rows: int

    def __repr__(self) -> str:
        return f"Hit({self.table}.{self.column}: {len(self.rows)} of {self.n_rows})"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RuleData:
    """Typed frames by table, and the facts of the design that rules need."""

    tables: Mapping[str, pd.DataFrame]
    extract_date: date | None = None
    period_start: date | None = None
    arms: tuple[str, ...] = ()
    surveys: tuple[SurveyDesign, ...] = ()
    definitions: tuple[RecidivismDefinition, ...] = ()
    period_end: date | None = None
    randomised: bool = False
    covariates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ages: tuple[int, ...] = ()

    @classmethod
    def of(cls, tables: Mapping[str, pd.DataFrame], design: StudyDesign) -> RuleData:
        """Return what rules may look at, for the frames of one study."""
        extra = {
            name: tuple(c for c in frame.columns if TABLES[name].column(str(c)) is None)
            for name, frame in tables.items()
        }
        return cls(
            tables=tables,
            extract_date=design.extract_date,
            period_start=design.period_start,
            arms=design.arms.levels,
            surveys=design.surveys,
            definitions=design.recidivism,
            period_end=design.period_end,
            randomised=design.arms.comparison_type == "rct_control",
            covariates=extra,
            ages=design.ages,
        )

    def frame(self, table: str, *columns: str) -> pd.DataFrame:
        """Return the frame of a table, if these columns of it were collected.

        Raises
        ------
        CannotRunError
            The table or one of the columns was not collected.
        """
        if table not in self.tables:
            raise CannotRunError(note("{what} was not collected", what=table))
        frame = self.tables[table]
        for name in columns:
            if name not in frame.columns or frame[name].isna().all():
                raise CannotRunError(note("{what} was not collected", what=f"{table}.{name}"))
        return frame

    def extract(self) -> pd.Timestamp:
        """Return the extract date.

        Raises
        ------
        CannotRunError
            The design does not declare one.
        """
        if self.extract_date is None:
            raise CannotRunError(mark("[study] extract_date is not declared (V06)"))
        return pd.Timestamp(self.extract_date)


def hit_all(table: str, column: str, frame: pd.DataFrame) -> Hit:
    """Return a hit on all rows of a table, where the rule is about the table as a whole."""
    return Hit(table=table, column=column, rows=frame.index, n_rows=len(frame))


def hit(table: str, column: str, broken: pd.Series) -> Hit:
    """Return the rows of a table where a boolean series is true."""
    mask = broken.fillna(False).astype(bool)
    return Hit(table=table, column=column, rows=broken.index[mask], n_rows=len(broken))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the rule book.

    Parameters
    ----------
    id : str
        ``V01`` to ``V100`` as in the rule book; above 100 are rules added since.
    severity : {"E", "W", "I"}
        Error (blocks what depends on it), warning (travels into the report), information.
    reason : str
        One line: what is wrong with such rows.
    blocks : str
        The analyses that an error blocks, in words.
    refuses : bool
        Whether such rows are put into quarantine.
    find : callable
        Takes :class:`RuleData`, returns the hits, or raises :class:`CannotRunError`.
    """

    id: str
    severity: str
    reason: str
    tables: tuple[str, ...]
    find: Callable[[RuleData], list[Hit]]
    blocks: str = ""
    refuses: bool = False

    @property
    def stamp(self) -> tuple[str, str, str, str]:
        """Id, severity, reason and what is blocked, as the quality table has them."""
        return self.id, self.severity, self.reason, self.blocks
