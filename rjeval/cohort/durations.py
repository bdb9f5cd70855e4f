"""Studies that bring days and exit reasons instead of dates."""

from __future__ import annotations

import pandas as pd

from rjeval.analysis_data import Exports
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.errors import DataError
from rjeval.terms import ExitReason

#: Exits that say only that nobody looked further.
ADMINISTRATIVE = tuple(
    str(one) for one in (ExitReason.END_OF_FOLLOW_UP, ExitReason.DATA_CUTOFF, ExitReason.AGED_OUT)
)
#: Where an event on day 0 is placed.
HALF_DAY = 0.5


def durations_of(
    included: pd.DataFrame, exports: Exports, *, definition: RecidivismDefinition
) -> pd.DataFrame:
    """Return the derived table of a study that brings durations.

    Follow-up is cut at the horizon of the definition; whatever came later is not counted. A
    reoffence or departure on day 0 is placed at half a day, after the start and before day 1, so
    that it keeps its order; who was only looked at on day 0 has no day observed.
    ``observable_days``, where the study does not bring it, is the horizon for people whose
    observation did not end early for want of data, and their time for the others.

    Raises
    ------
    DataError
        There is no table ``follow_up``.
    """
    if not exports.has("follow_up"):
        raise DataError(
            f"recidivism '{definition.name}' says that durations are given, but the study has no "
            "table follow_up.",
            hint="Add [exports.follow_up], or write durations_given = false.",
        )
    given = exports.tables["follow_up"]
    key = ["referral_id"] if _filled(given, "referral_id") else ["person_id"]
    if key == ["person_id"] and _filled(given, "case_id"):
        key.append("case_id")
    wanted = [*key, "time_days", "exit_reason"]
    extra = [name for name in ("entry_days", "observable_days") if name in given.columns]
    rows = included[["referral_id", *(name for name in key if name != "referral_id")]]
    joined = rows.merge(given[[*wanted, *extra]], on=key, how="left")
    return _cut(joined, float(definition.horizon_days))


def _filled(given: pd.DataFrame, name: str) -> bool:
    return name in given.columns and bool(given[name].notna().all())


def _cut(joined: pd.DataFrame, horizon: float) -> pd.DataFrame:
    time = joined["time_days"].astype("Float64").astype(float)
    reason = joined["exit_reason"].astype(object)
    entry = _numbers(joined, "entry_days").fillna(0.0)
    happened = ~reason.isin(ADMINISTRATIVE)
    time = time.mask((time == 0) & (entry == 0) & happened, HALF_DAY)
    observable = _numbers(joined, "observable_days")
    early = ~happened & (time < horizon)
    observable = observable.where(observable.notna(), time.where(early, horizon))
    beyond = (time > horizon) | ((time == horizon) & ~happened)
    followed = time.notna() & (time.clip(upper=horizon) > entry)
    status = pd.Series("followed", index=joined.index).mask(~followed, "no_day")
    return pd.DataFrame(
        {
            "row_id": joined["referral_id"],
            "status": status.mask(time.isna(), "never_checked"),
            "time_days": time.clip(upper=horizon),
            "exit_reason": reason.mask(beyond, str(ExitReason.END_OF_FOLLOW_UP)),
            "entry_days": entry,
            "observable_days": observable.clip(upper=horizon),
        }
    )


def _numbers(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame.columns:
        return pd.Series(float("nan"), index=frame.index)
    return frame[name].astype("Float64").astype(float)
