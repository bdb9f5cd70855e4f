"""One flat table of durations, without a study folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rjeval.analysis_data import FOLLOW_UP_COLUMNS, TimeToEvent
from rjeval.cohort.populations import count_populations
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.errors import DataError, ValidationError
from rjeval.language import note
from rjeval.terms import ExitReason

#: Days of each unit of time.
DAYS_OF_UNIT = {"days": 1.0, "weeks": 7.0, "months": 30.4375, "years": 365.25, None: 1.0}
#: Columns of the result that a flat table may bring under the same name.
OWN = ("person_id", "case_id", "arm")
ONE_ARM = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Roles:
    """Which column of the table plays which part."""

    time: str
    event: str
    id: str | None
    entry: str | None
    competing: str | None
    observable: str | None

    @property
    def used(self) -> list[str]:
        return [
            one
            for one in (self.time, self.event, self.id, self.entry, self.competing, self.observable)
            if one is not None
        ]


def time_to_event(  # noqa: PLR0913 - each part of the table is one named option
    frame: pd.DataFrame,
    *,
    time: str,
    event: str,
    unit: str | None = "days",
    id: str | None = None,
    entry: str | None = None,
    competing: str | None = None,
    covariates: list[str] | tuple[str, ...] | None = None,
    observable: str | None = None,
    dated_by: Mapping[str, str] | None = None,
    definition: RecidivismDefinition | None = None,
) -> TimeToEvent:
    """Take one flat table of durations, one row per person.

    Parameters
    ----------
    frame : DataFrame
        Never changed.
    time : str
        Column of the time from the index date to the event or the end of follow-up.
    event : str
        Boolean or 0/1 column; 1 is the event.
    unit : {"days", "weeks", "months", "years", None}
        Unit of ``time``, ``entry`` and ``observable``; 7, 30.4375 and 365.25 days. ``None`` keeps
        the numbers as they are.
    id : str or None
        Column that names the person; row numbers where ``None``. An id may stand in several rows
        (intervals of risk) only where ``entry`` is given.
    entry : str or None
        Column of the time at which observation began (delayed entry); 0 where ``None``.
    competing : str or None
        Column whose non-empty values are competing exits of people without the event. The words
        ``death``, ``left_jurisdiction`` and ``custody`` keep their meaning; others become
        ``competing``. ``False`` and 0 count as empty.
    covariates : sequence of str or None
        Columns kept; all others where ``None``. Texts become categories.
    observable : str or None
        Column of the time for which the person could have been followed, whatever happened.
    dated_by : mapping of column to column, optional
        Which date (or day since the clock started) says when a covariate was settled, where its
        name does not say it (``coach_date`` beside ``coach`` does). Contrasts by a covariate that
        was settled after the clock started are refused. Dates count from the column
        ``index_date``.

    Returns
    -------
    TimeToEvent
        The horizon is the longest time. Where ``observable`` is not given: if all people without
        event and competing exit were followed to the horizon, everybody could be followed to it;
        otherwise how long is not known, and fixed-window rates cannot say who is mature.

    Raises
    ------
    DataError
        A column is not there, or ``event`` holds anything but 0 and 1.
    ValidationError
        A time is missing, negative or zero, or not after entry.

    Examples
    --------
    >>> import pandas as pd
    >>> men = pd.DataFrame({"week": [20, 52, 52], "arrest": [1, 0, 0], "fin": ["no", "yes", "no"]})
    >>> time_to_event(men, time="week", event="arrest", unit="weeks")
    TimeToEvent(people=3, reoffences=1, competing=0, never_checked=0, horizon_days=364.0)
    """
    roles = _Roles(
        time=time, event=event, id=id, entry=entry, competing=competing, observable=observable
    )
    dates = {**(dated_by or {})}
    _check_columns(frame, [*roles.used, *(covariates or ()), *dates, *dates.values()])
    if unit not in DAYS_OF_UNIT:
        raise DataError("unit is not one of days, weeks, months, years, None.")
    days = DAYS_OF_UNIT[unit]
    happened = _happened(frame[event], event)
    table = pd.DataFrame(
        {
            "person_id": _ids(frame, roles),
            "time_days": _numbers(frame[time]) * days,
            "exit_reason": _exits(frame, roles, happened),
            "entry_days": 0.0 if entry is None else _numbers(frame[entry]) * days,
        }
    )
    _check_times(table, time)
    horizon = float(table["time_days"].max())
    table["observable_days"], known = _observable(frame, table, observable, days)
    wanted = covariates if covariates is None else [*covariates, *dates.values()]
    kept = _covariates(frame, roles, wanted)
    table["case_id"] = kept["case_id"].to_numpy() if "case_id" in kept else table["person_id"]
    table["arm"] = _arm(kept)
    rest = kept.drop(columns=[name for name in OWN if name in kept])
    rest.index = table.index
    ready = pd.concat([table[list(FOLLOW_UP_COLUMNS)], rest], axis=1)
    chosen = definition or _bare_definition(horizon, event)
    everybody = np.ones(len(ready), dtype=bool)
    people = count_populations(
        ready,
        followed=everybody,
        windows_days=chosen.windows_days,
        event=ready["exit_reason"].eq(ExitReason.REOFFENCE).to_numpy(dtype=bool),
    )
    return TimeToEvent(
        frame=ready,
        horizon_days=horizon,
        definition=chosen.with_people(people),
        observable_known=known,
        unit=unit,
        covariates=tuple(rest.columns),
        dated_by=dates,
    )


def _bare_definition(horizon: float, event: str) -> RecidivismDefinition:
    return RecidivismDefinition(
        name="flat table",
        windows_days=(max(1, int(np.ceil(horizon))),),
        reporting_lag_days=0,
        durations_given=True,
        event_label=event.replace("_", " "),
        clock_label=note("start of follow-up"),
        source_label=note("as in the table"),
    )


def _check_columns(frame: pd.DataFrame, names: list[str]) -> None:
    absent = [name for name in names if name not in frame.columns]
    if absent:
        raise DataError(
            f"The table has no column {', '.join(absent)}.",
            hint=f"Columns: {', '.join(map(str, frame.columns))}.",
        )
    if frame.empty:
        raise DataError("The table has no rows.")


def _numbers(column: pd.Series) -> np.ndarray:
    if not pd.api.types.is_numeric_dtype(column):
        raise DataError(f"The column {column.name} holds texts, not numbers.")
    return column.astype("Float64").to_numpy(dtype=float, na_value=np.nan)


def _happened(column: pd.Series, name: str) -> np.ndarray:
    bad = int((~column.isin([0, 1])).sum())
    if bad:
        raise DataError(
            f"The event column {name} holds something other than 0, 1, true and false in {bad} of "
            f"{len(column)} rows.",
            hint="Write 1 for the event and 0 for none; leave out people whose outcome is missing.",
        )
    return column.astype(bool).to_numpy()


def _ids(frame: pd.DataFrame, roles: _Roles) -> np.ndarray:
    if roles.id is None:
        return np.arange(1, len(frame) + 1)
    repeated = int(frame[roles.id].duplicated().sum())
    if repeated and roles.entry is None:
        raise DataError(
            f"The id column {roles.id} repeats in {repeated} of {len(frame)} rows.",
            hint="Give entry= where rows are intervals of risk; otherwise keep one row per person.",
        )
    return frame[roles.id].to_numpy()


def _exits(frame: pd.DataFrame, roles: _Roles, happened: np.ndarray) -> pd.Categorical:
    reason = np.full(len(frame), str(ExitReason.DATA_CUTOFF), dtype=object)
    if roles.competing is not None:
        given = frame[roles.competing].astype(object)
        said = given.notna() & ~given.isin([0, False, "", " "])
        known = {str(ExitReason.DEATH), str(ExitReason.LEFT_JURISDICTION), str(ExitReason.CUSTODY)}
        words = given.where(given.isin(known), str(ExitReason.COMPETING))
        reason = np.where(said, words, reason)
    reason = np.where(happened, str(ExitReason.REOFFENCE), reason)
    return pd.Categorical(reason, categories=[str(one) for one in ExitReason])


def _check_times(table: pd.DataFrame, name: str) -> None:
    time, entry = table["time_days"], table["entry_days"]
    missing = int(time.isna().sum() + entry.isna().sum())
    if missing:
        raise ValidationError(f"The column {name} is missing in {missing} of {len(table)} rows.")
    early = int(((time <= entry) | (entry < 0)).sum())
    if early:
        raise ValidationError(
            f"{early} of {len(table)} rows have a time of zero, below zero, or not after entry.",
            hint="Follow-up needs at least a part of a day: leave these rows out and say how many, "
            "or add the half day that your protocol allows.",
        )


def _observable(
    frame: pd.DataFrame, table: pd.DataFrame, observable: str | None, days: float
) -> tuple[np.ndarray, bool]:
    time = table["time_days"].to_numpy()
    if observable is not None:
        return _numbers(frame[observable]) * days, True
    horizon = time.max()
    censored = (table["exit_reason"] == ExitReason.DATA_CUTOFF).to_numpy()
    if (time[censored] == horizon).all():
        return np.full(len(time), horizon), True
    return np.where(censored, time, np.nan), False


def _covariates(
    frame: pd.DataFrame, roles: _Roles, covariates: list[str] | tuple[str, ...] | None
) -> pd.DataFrame:
    """Columns kept beside the times, texts as categories."""
    names = list(covariates) if covariates is not None else list(frame.columns)
    names += [one for one in OWN if one in frame.columns and one not in names]
    taken = {*roles.used, *FOLLOW_UP_COLUMNS} - set(OWN)
    kept = frame[[name for name in names if name not in taken]].copy()
    texts = [
        name
        for name in kept.columns
        if name != "case_id"
        and (
            pd.api.types.is_object_dtype(kept[name].dtype)
            or isinstance(kept[name].dtype, pd.StringDtype)
        )
    ]
    return kept.astype(dict.fromkeys(texts, "category"))


def _arm(kept: pd.DataFrame) -> pd.Categorical:
    if "arm" not in kept.columns:
        return pd.Categorical([ONE_ARM] * len(kept))
    return pd.Categorical(kept["arm"].astype("category"))
