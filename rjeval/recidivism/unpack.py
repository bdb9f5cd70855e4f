"""Person-level follow-up becomes arrays: groups, weights, strata, clusters, with plain refusals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.day_codes import DayCodes
from rjeval.errors import EstimationError
from rjeval.language import note
from rjeval.model_frame import refuse_identifier
from rjeval.recidivism.day_axis import COUNTED
from rjeval.recidivism.exit_kinds import category_codes, count_codes, kinds_of
from rjeval.recidivism.guards import not_comparable
from rjeval.recidivism.known_times import interval_notes
from rjeval.recidivism.parts import parts_of, refuse_repeats
from rjeval.terms import COMPETING_EXITS, ExitReason

#: Name of the one group where none is asked for.
ALL = "all"
#: Most levels that need no coding of their own: their numbers fit one byte.
FEW_LEVELS = 1 << 8


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GroupedRows:
    """Arrays of the rows that have a group.

    ``kind`` is 0 censored, 1 reoffence, 2 competing exit, and ``code`` the group, both in the
    narrowest integers (widen before multiplying); ``chosen`` are positions in the frame, ``None``
    where all rows are kept; ``late`` says whether anybody has a delayed entry;
    ``n_people`` counts people per group, each once however many rows he or she has;
    ``goes_on`` marks rows after which the same person stays under observation in the group, so
    that their end is no censoring (``None`` where each person has one row); no time is beyond
    ``longest``; ``unit`` is the code of the follow-up that each row is a part of (``None`` where
    each has one row); ``codes`` are those of the table, where they are known and all rows are kept.
    """

    by: str
    column: str
    labels: tuple[str, ...]
    code: np.ndarray
    time: np.ndarray
    entry: np.ndarray
    kind: np.ndarray
    chosen: np.ndarray | None
    late: bool
    n_people: np.ndarray
    notes: tuple[str, ...]
    longest: float
    goes_on: np.ndarray | None = None
    unit: np.ndarray | None = None
    codes: DayCodes | None = None

    @property
    def n_groups(self) -> int:
        """How many groups."""
        return len(self.labels)

    @property
    def kept(self) -> np.ndarray:
        """Positions in the frame of the rows."""
        return np.arange(self.time.size) if self.chosen is None else self.chosen


def group_rows(outcome: TimeToEvent, by: str | None, *, first_only: bool = True) -> GroupedRows:
    """Return the arrays of follow-up by group, leaving out rows whose group is missing.

    Groups come in the order of the categories, else sorted; those without rows are left out.
    People with several events are refused unless ``first_only`` is false.
    """
    frame = outcome.frame
    if not len(frame):
        raise EstimationError("There is nobody in the follow-up data.")
    labels, code, chosen, size = _narrow_codes(frame, by)
    refuse_identifier(by or "", n_levels=len(labels), n_rows=code.size)
    notes = (*outcome.notes, *interval_notes(outcome), *not_comparable(outcome, by))
    codes = outcome.day_codes
    if codes is None:
        arrays = [frame[name].to_numpy(dtype=float) for name in ("time_days", "entry_days")]
        arrays.append(kinds_of(outcome))
    else:
        arrays = [*codes.columns[:2], codes.kind]
    if chosen is not None:
        notes = (
            *notes,
            note("{n} rows without {by} were left out.", n=len(frame) - chosen.size, by=by),
        )
        arrays, codes = [part[chosen] for part in arrays], None
    time, entry, kind = arrays
    late = bool(entry.max() > 0) if codes is None else codes.late
    person = repeated_people(frame, chosen, late=late)
    unit = parts_of(frame, chosen, late=late)
    if first_only:
        refuse_repeats(unit, kind == 1)
    return GroupedRows(
        by=by or "",
        column=by or "group",
        labels=labels,
        code=code,
        time=time,
        entry=entry,
        kind=kind,
        chosen=chosen,
        late=late,
        n_people=size if person is None else count_people(code, person, size=len(labels)),
        notes=notes,
        longest=outcome.horizon_days,
        goes_on=_goes_on(code, unit, time=time, entry=entry),
        unit=unit,
        codes=codes,
    )


def repeated_people(
    frame: pd.DataFrame, chosen: np.ndarray | None, *, late: bool
) -> np.ndarray | None:
    """Return the code of the person of each chosen row where people have several rows."""
    if not late or not frame["person_id"].duplicated().any():
        return None
    person = frame["person_id"].to_numpy()
    return np.asarray(pd.factorize(person if chosen is None else person[chosen])[0])


def count_people(code: np.ndarray, person: np.ndarray | None, *, size: int) -> np.ndarray:
    """Return people per code ``0 ... size - 1``, each once however many rows he or she has."""
    if person is None:
        return count_codes(code, size)
    whom = np.unique(np.stack([code, person]), axis=1)[0]
    return np.bincount(whom, minlength=size)


def _goes_on(
    code: np.ndarray, unit: np.ndarray | None, *, time: np.ndarray, entry: np.ndarray
) -> np.ndarray | None:
    if unit is None:
        return None
    ends = pd.MultiIndex.from_arrays([code, unit, time])
    return np.asarray(ends.isin(pd.MultiIndex.from_arrays([code, unit, entry])))


def kinds_by_cause(outcome: TimeToEvent, rows: GroupedRows, cause: str) -> np.ndarray:
    """Return 0 censored, 1 the cause, 2 any other event for each kept row.

    ``cause`` is ``reoffence``, ``competing`` (all competing exits) or one competing exit reason.
    """
    if cause == ExitReason.REOFFENCE:
        return rows.kind
    if cause == "competing":
        return np.array([0, 2, 1], dtype=np.int8)[rows.kind]
    check_choice("cause", cause, ("reoffence", "competing", *sorted(COMPETING_EXITS)))
    own = (outcome.frame["exit_reason"] == cause).to_numpy(dtype=bool)
    own = own if rows.chosen is None else own[rows.chosen]
    return np.where(rows.kind == 0, 0, np.where(own, 1, 2))


def check_choice(name: str, given: str, allowed: tuple[str, ...]) -> None:
    """Refuse an option that is not among those allowed."""
    if given not in allowed:
        raise EstimationError(f"{name} must be one of {', '.join(allowed)}, not '{given}'.")


def group_codes(
    frame: pd.DataFrame, by: str | None
) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """Return group labels, the code of each kept row, and the kept positions."""
    labels, code, chosen, _ = _narrow_codes(frame, by)
    kept = np.arange(code.size) if chosen is None else chosen
    return labels, code.astype(np.intp), kept


def _narrow_codes(
    frame: pd.DataFrame, by: str | None
) -> tuple[tuple[str, ...], np.ndarray, np.ndarray | None, np.ndarray]:
    """Return the same in the narrowest integers at hand, and the rows of each group.

    No positions where all rows are kept.
    """
    if by is None:
        return (ALL,), np.zeros(len(frame), dtype=np.int8), None, np.array([len(frame)])
    column = require(frame, by)
    if isinstance(column.dtype, pd.CategoricalDtype):
        code = category_codes(column)
        n = count_codes(code, len(column.dtype.categories))
        names = column.dtype.categories
        if 0 < np.count_nonzero(n) < n.size:
            used = n > 0
            code = np.where(code >= 0, (np.cumsum(used) - 1).astype(code.dtype)[code], -1)
            n, names = n[used], names[used]
        labels = tuple(map(str, names))
    else:
        code, found = pd.factorize(column, sort=True)
        n = count_codes(code, len(found))
        labels = tuple(map(str, found))
    if int(n.sum()) == code.size and code.size:
        return labels, code, None, n
    kept = np.flatnonzero(code >= 0)
    if not kept.size:
        raise EstimationError(f"No row has a value of {by}.")
    return labels, code[kept], kept, n


def require(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return a column, or say which columns there are."""
    if not isinstance(name, str):
        raise EstimationError(
            f"One column is named by a text, not by a {type(name).__name__}.",
            hint="Groups of several columns: join these to one column first.",
        )
    if name not in frame.columns:
        raise EstimationError(
            f"The follow-up data have no column '{name}'.",
            hint=f"Columns: {', '.join(map(str, frame.columns))}.",
        )
    return frame[name]


def codes_of(frame: pd.DataFrame, names: str | tuple[str, ...] | list[str]) -> np.ndarray:
    """Return one integer code per distinct combination of columns (no value may be missing)."""
    wanted = [names] if isinstance(names, str) else list(names)
    for name in wanted:
        require(frame, name)
    if len(wanted) == 1:
        column = frame[wanted[0]]
        if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu":
            return _integer_codes(column.to_numpy())
        return np.asarray(pd.factorize(frame[wanted[0]], sort=True)[0], dtype=np.intp)
    return frame.groupby(wanted, observed=True, sort=True).ngroup().to_numpy(dtype=np.intp)


def few_levels(frame: pd.DataFrame, names: str | tuple[str, ...] | list[str]) -> np.ndarray | None:
    """Return codes of one column of few whole numbers, some perhaps unused, or ``None``."""
    column = require(frame, names) if isinstance(names, str) else None
    if column is None or not isinstance(column.dtype, np.dtype) or column.dtype.kind not in "iu":
        return None
    values = column.to_numpy()
    code = np.empty(values.size, dtype=np.uint8)
    wide = False
    for start in range(0, values.size, COUNTED):
        part = values[start : start + COUNTED]
        # Bits that any of them has: they tell whether all lie between 0 and 255, as is usual.
        wide = wide or not 0 <= int(np.bitwise_or.reduce(part)) < FEW_LEVELS
        # The lowest byte of each number is enough: differences wrap round to what they are.
        code[start : start + COUNTED] = part
    low = int(values.min() if wide else code.min())
    if wide and int(values.max()) - low >= FEW_LEVELS:
        return None
    code -= np.uint8(low & 255)
    return code


def _integer_codes(values: np.ndarray) -> np.ndarray:
    """Return the rank of each whole number among those that occur, without sorting rows."""
    low, high = (int(values.min()), int(values.max())) if values.size else (0, 0)
    if high - low > max(1 << 16, 4 * values.size):
        return np.asarray(pd.factorize(values, sort=True)[0], dtype=np.intp)
    code = values.astype(np.intp) - low
    seen = np.bincount(code) > 0
    return code if seen.all() else (np.cumsum(seen) - 1)[code]


def positive_weights(frame: pd.DataFrame, name: str) -> np.ndarray:
    """Return a column of weights, refusing what is not above nought."""
    weight = require(frame, name).to_numpy(dtype=float)
    bad = int((~(weight > 0)).sum())
    if bad:
        raise EstimationError(
            f"{bad} of {weight.size} values of the weight {name} are missing or not above 0.",
            hint="Leave these rows out, with a reason, before fitting.",
        )
    return weight
