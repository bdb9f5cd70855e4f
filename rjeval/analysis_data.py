"""What estimators take: person-level data, valid by construction; reprs show counts, no people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from rjeval.day_codes import DayCodes, check_days, code_days
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import SurveyDesign
from rjeval.errors import ValidationError
from rjeval.terms import COMPETING_EXITS, ExitReason

#: Columns that each table of follow-up must have, in this order, before the covariates.
FOLLOW_UP_COLUMNS = (
    "person_id",
    "case_id",
    "arm",
    "time_days",
    "exit_reason",
    "entry_days",
    "observable_days",
)


class _CountsOnly:
    """A repr that shows counts and column names, never rows."""

    __slots__ = ()

    def _counts(self) -> dict[str, object]:
        raise TypeError("a person-level type states its own counts")

    def __repr__(self) -> str:
        counts = self._counts().items()
        return f"{type(self).__name__}({', '.join(f'{name}={value}' for name, value in counts)})"

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><th>{k}</th><td>{v}</td></tr>" for k, v in self._counts().items())
        return f"<table><caption>{type(self).__name__}</caption>{rows}</table>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TableAccount:
    """Rows of one table: read = accepted + quarantined + exact duplicates + non-data lines."""

    table: str
    n_read: int
    n_accepted: int
    n_quarantined: int
    n_duplicates: int
    n_filtered: int = 0
    files: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        total = self.n_accepted + self.n_quarantined + self.n_duplicates + self.n_filtered
        if total != self.n_read:
            raise ValidationError(
                f"{self.table}: {self.n_read} rows were read but {total} are accounted for.",
                hint="This is a defect of rjeval; please report it.",
            )

    def __repr__(self) -> str:
        return (
            f"{self.table}: {self.n_read} read = {self.n_accepted} accepted + "
            f"{self.n_quarantined} quarantined + {self.n_duplicates} exact duplicates + "
            f"{self.n_filtered} set aside by keep_where"
        )


#: What the codes that nobody mapped are listed by.
UNMAPPED_COLUMNS = ("table", "column", "text", "n_rows")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Exports(_CountsOnly):
    """A programme's exports after cleaning: one typed frame per table.

    Parameters
    ----------
    tables : mapping of table name to frame
        Accepted rows only, typed by the data dictionary.
    accounts : tuple of TableAccount
        Rows read, accepted, quarantined, duplicate, per table.
    ledger : DataFrame
        ``table, column, rule, detail, n_rows``: each change made.
    quality : DataFrame
        Rules failed: ``rule, severity, table, column, n_failed, n_rows, reason, blocks``.
    quarantine : mapping of table name to frame
        Refused rows with their rule (person-level; written only to the quarantine folder).
    sources : tuple of (name, sha256, bytes)
        The raw files that were read.
    unmapped : DataFrame
        ``table, column, text, n_rows``: codes unknown to all lists and maps; kept with the tables.
    design_fingerprint, exports_fingerprint : str
        Hashes of ``study.toml``, and of its parts that can change these tables.
    key_print : str
        Keyed hash by which another key for pseudonyms and dates is told; empty without a key.
    row_files : mapping of table name to Series
        File of each accepted row, for tables that several files make; estimators never see it.
    """

    tables: Mapping[str, pd.DataFrame]
    accounts: tuple[TableAccount, ...]
    ledger: pd.DataFrame
    quality: pd.DataFrame
    quarantine: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    sources: tuple[tuple[str, str, int], ...] = ()
    unmapped: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=list(UNMAPPED_COLUMNS))
    )
    design_fingerprint: str = ""
    exports_fingerprint: str = ""
    key_print: str = ""
    row_files: Mapping[str, pd.Series] = field(default_factory=dict)

    def _counts(self) -> dict[str, object]:
        rows = {one.table: one.n_accepted for one in self.accounts}
        rows |= {name: len(self.tables[name]) for name in self.tables if name not in rows}
        return {name: f"{rows[name]} rows" for name in self.tables}

    def has(self, *names: str) -> bool:
        """Whether all these tables were collected."""
        return all(name in self.tables for name in names)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Cohort(_CountsOnly):
    """Everybody assessed, with the reason why a person is not analysed.

    ``frame`` has one row per referral: ``referral_id, person_id, case_id, arm, index_date,
    exclusion_reason`` (missing for those analysed), then funnel dates, groups and covariates.
    ``definition`` is the one whose clock and population chose them.
    """

    frame: pd.DataFrame
    arms: tuple[str, ...]
    definition: RecidivismDefinition | None = None

    def _counts(self) -> dict[str, object]:
        return {"assessed": len(self.frame), "included": len(self.included)}

    @property
    def included(self) -> pd.DataFrame:
        """Rows that are analysed."""
        return self.frame[self.frame["exclusion_reason"].isna()]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TimeToEvent(_CountsOnly):
    """Time from index date to first reoffence, one row per person (or per risk interval).

    Parameters
    ----------
    frame : DataFrame
        ``person_id, case_id, arm, time_days, exit_reason, entry_days, observable_days``,
        then covariates. ``observable_days`` is the time for which the person could have been
        followed whatever happened; it decides who is mature for a fixed window. Days and reasons
        of exit are coded once, as columns of its own that nobody can write to.
    unchecked : DataFrame
        People whose records were never checked over their window: outcome missing, not zero.
        Same columns without times.
    horizon_days : float
        Longest follow-up analysed.
    definition : RecidivismDefinition
        The definition that made it.
    observable_known : bool
        ``False`` where a flat table did not say how long people could have been followed.
    dated_by : mapping of column to column
        Which date (or day since the clock started) says when a value was settled.

    Raises
    ------
    ValidationError
        Unless ``0 <= entry_days < time_days <= horizon_days`` in each row.
    """

    frame: pd.DataFrame
    horizon_days: float
    definition: RecidivismDefinition
    unchecked: pd.DataFrame = field(default_factory=pd.DataFrame)
    observable_known: bool = True
    unit: str | None = "days"
    covariates: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    dated_by: Mapping[str, str] = field(default_factory=dict)
    _codes: DayCodes | None = field(init=False, default=None, compare=False)

    def __post_init__(self) -> None:
        missing = [name for name in FOLLOW_UP_COLUMNS if name not in self.frame.columns]
        if missing:
            raise ValidationError(f"time to event lacks the column {', '.join(missing)}.")
        check_days(self.frame, self.horizon_days)
        for name, value in zip(("frame", "_codes"), code_days(self.frame), strict=True):
            object.__setattr__(self, name, value)

    @property
    def day_codes(self) -> DayCodes | None:
        """Codes of whole days, while the table holds what was coded."""
        return self._codes if self._codes and self._codes.agree_with(self.frame) else None

    def _counts(self) -> dict[str, object]:
        ended = {"reoffences": self.reoffended, "competing": self.competing}
        return {
            "people": self.frame["person_id"].nunique(),  # who may have several rows
            **{name: int(people.sum()) for name, people in ended.items()},
            "never_checked": len(self.unchecked),
            "horizon_days": self.horizon_days,
        }

    @property
    def reoffended(self) -> np.ndarray:
        """Boolean array: the person reoffended (as recorded) by ``time_days``."""
        return (self.frame["exit_reason"] == ExitReason.REOFFENCE).to_numpy(dtype=bool)

    @property
    def competing(self) -> np.ndarray:
        """Boolean array: follow-up ended in a competing event."""
        return self.frame["exit_reason"].isin(list(COMPETING_EXITS)).to_numpy(dtype=bool)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EventHistory(_CountsOnly):
    """All incidents of each person in follow-up that no reoffence ends: how often, how serious.

    ``people`` has one row per referral followed: the columns of ``TimeToEvent`` (when and why
    observation ended), then ``n_events``, ``worst_level``, ``chi_days`` (sum of harm weights;
    missing where none is recorded) and the covariates; exposure is ``time_days - entry_days``.
    ``events`` has one row per incident: ``referral_id, time_days, level, chi_days``.
    """

    people: pd.DataFrame
    events: pd.DataFrame
    horizon_days: float
    definition: RecidivismDefinition
    unchecked: pd.DataFrame = field(default_factory=pd.DataFrame)
    covariates: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def _counts(self) -> dict[str, object]:
        return {"people": len(self.people), "incidents": len(self.events)}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTable:
    """Counts by day and group: all that curves, tests and restricted means need.

    ``frame`` columns: group columns, ``time_days, n_at_risk, n_event, n_competing, n_censored,
    n_entered``; ``n_at_risk`` is just before ``time_days``.
    """

    frame: pd.DataFrame
    by: tuple[str, ...]
    horizon_days: float
    definition: RecidivismDefinition


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Ratings(_CountsOnly):
    """Answers of one role to one or more rated items, one row per respondent and item.

    ``frame`` columns: ``party_id, case_id, arm, mode, item_id, rating`` (ordered categorical,
    worst first), ``weight``, then covariates. People asked who did not answer have rows without
    a rating; ``missing_state`` (where known) says why. ``n_eligible`` and ``n_invited`` are counts
    of people, from the invitation table, and are the denominator of response.
    """

    frame: pd.DataFrame
    role: str
    levels: tuple[str, ...]
    primary_item: str
    survey: SurveyDesign | None = None
    top: int = 2
    n_eligible: int | None = None
    n_invited: int | None = None
    n_responded: int | None = None
    covariates: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def _counts(self) -> dict[str, object]:
        return {
            "role": self.role,
            "items": self.frame["item_id"].nunique(),
            "answers_to_primary_item": int(self.of()["rating"].notna().sum()),
            "invited": self.n_invited,
        }

    def of(self, item_id: str | None = None) -> pd.DataFrame:
        """Rows of one item; of the primary item where none is named."""
        return self.frame[self.frame["item_id"] == (item_id or self.primary_item)]

    def wording(self, item_id: str) -> str:
        """Short wording of an item, as shown in figures."""
        known = {} if self.survey is None else self.survey.wording
        return known.get(item_id, item_id.replace("_", " ").capitalize())
