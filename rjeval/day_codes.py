"""Days and reasons of exit as one narrow code per row, made once with the table of follow-up."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rjeval.errors import ValidationError
from rjeval.terms import COMPETING_EXITS, ExitReason

#: Cells that two bytes can number: three kinds of exit by day, of 21,844 days with an exit.
CELLS = 1 << 16
#: Columns that are coded, in the order of ``DayCodes.columns``.
CODED = ("time_days", "entry_days", "exit_reason")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class DayCodes:
    """Codes of whole days and kinds of exit, and the very memory that they were made from.

    Parameters
    ----------
    key : ndarray of uint16
        ``kind * (1 + times.size) + place`` of each row, where ``place`` counts ``times`` from 1.
    kind : ndarray of int8
        0 censored, 1 reoffence, 2 competing exit.
    n_kinds : {2, 3}
        2 where nobody left by a competing exit.
    times : ndarray of float
        Days on which anybody left, in order.
    late : bool
        Whether anybody's observation began after day 0.
    columns : tuple of ndarray
        The columns coded, which nobody can write to.
    reasons : CategoricalDtype
        The reasons that the codes of exits stand for.
    """

    key: np.ndarray
    kind: np.ndarray
    n_kinds: int
    times: np.ndarray
    late: bool
    columns: tuple[np.ndarray, ...]
    reasons: pd.CategoricalDtype

    def agree_with(self, frame: pd.DataFrame) -> bool:
        """Return whether a table still holds the very columns that were coded.

        Nobody can write to their memory, and it lives as long as these codes: a column at the same
        place in memory, of the same size and type, has the values that were coded. Each way of
        changing the table either fails or puts another column in place.

        Examples
        --------
        >>> time, entry = np.array([3.0, 2.0]), np.zeros(2)
        >>> reason = pd.Categorical(["reoffence", "data_cutoff"])
        >>> frame = pd.DataFrame(dict(zip(CODED, [time, entry, reason], strict=True)))
        >>> frame, codes = code_days(frame)
        >>> codes.agree_with(frame), codes.key.tolist(), codes.agree_with(frame.copy())
        (True, [5, 1], False)
        """
        found = _columns(frame)
        if found is None:
            return False
        arrays, reasons = found
        same = reasons is self.reasons or reasons == self.reasons
        return same and all(map(_same, arrays, self.columns))


def check_days(frame: pd.DataFrame, horizon_days: float) -> None:
    """Refuse follow-up whose days are impossible.

    Raises
    ------
    ValidationError
        Unless ``0 <= entry_days < time_days <= horizon_days`` in each row.
    """
    time, entry = (frame[name].to_numpy(dtype=float) for name in CODED[:2])
    with np.errstate(invalid="ignore"):
        bad = ~((entry >= 0) & (entry < time) & (time <= horizon_days))
    if bad.any():
        raise ValidationError(
            f"time to event: {int(bad.sum())} of {len(bad)} rows break "
            "0 <= entry_days < time_days <= horizon_days.",
            hint="Check the dates of these people, or the horizon.",
        )


def code_days(frame: pd.DataFrame) -> tuple[pd.DataFrame, DayCodes | None]:
    """Return a table whose coded columns are its own and cannot be written to, and their codes.

    Where days are not whole, or columns not of the usual types, the table comes back as it is,
    without codes. The table that is given is never changed.
    """
    found = _columns(frame)
    if found is None or not len(frame) or not frame.columns.is_unique:
        return frame, None
    arrays, reasons = found
    with np.errstate(invalid="ignore"):  # what a conversion makes of a fraction differs from it
        day = arrays[0].astype(np.uint16)
    if not np.array_equal(day, arrays[0]):
        return frame, None
    seen = np.bincount(day) > 0
    times = np.flatnonzero(seen)
    if 3 * (length := 1 + times.size) > CELLS:
        return frame, None
    # A missing reason has the code -1, which is the last place.
    kind = np.array([*(_kind(one) for one in reasons.categories), 0], dtype=np.int8)[arrays[2]]
    key = np.cumsum(seen).astype(np.uint16)[day]
    key += kind.astype(np.uint16) * np.uint16(length)
    own = tuple(_locked(one.copy()) for one in arrays)
    exits = pd.Categorical.from_codes(own[2], dtype=reasons)  # type: ignore[arg-type]
    ready: dict[Hashable, object] = {**dict(frame.items()), CODED[2]: exits}
    ready |= dict(zip(CODED[:2], own[:2], strict=True))
    table = pd.DataFrame(ready, index=frame.index, copy=False)
    codes = DayCodes(
        key=_locked(key),
        kind=_locked(kind),
        n_kinds=3 if kind.max() > 1 else 2,
        times=_locked(times.astype(float)),
        late=bool(own[1].max() > 0),
        columns=own,
        reasons=exits.dtype,
    )
    return (table, codes) if codes.agree_with(table) else (frame, None)


def _columns(frame: pd.DataFrame) -> tuple[tuple[np.ndarray, ...], pd.CategoricalDtype] | None:
    """Return the arrays under the columns, without copying; ``None`` for any other types."""
    try:
        time, entry, reason = [frame[name] for name in CODED]
    except KeyError:
        return None
    kind = reason.dtype
    if time.dtype != float or entry.dtype != float or not isinstance(kind, pd.CategoricalDtype):
        return None
    return (time.to_numpy(), entry.to_numpy(), np.asarray(reason.array.codes)), kind


def _same(one: np.ndarray, coded: np.ndarray) -> bool:
    """Return whether an array is a view of all that was coded, which nobody can write to."""
    return (
        one.base is coded
        and one.strides == coded.strides
        and one.shape == coded.shape
        and one.dtype == coded.dtype
        and not coded.flags.writeable
    )


def _locked(values: np.ndarray) -> np.ndarray:
    values.flags.writeable = False
    return values


def _kind(reason: object) -> int:
    return 1 if reason == ExitReason.REOFFENCE else 2 * (reason in COMPETING_EXITS)
