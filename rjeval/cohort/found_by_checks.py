"""Events that are dated by the check that found them: between which two checks they happened."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rjeval.cohort.derivation import derive_follow_up
from rjeval.cohort.rules import SEARCHED, FollowUpRules
from rjeval.terms import ExitReason

if TYPE_CHECKING:
    from ibis import BaseBackend

#: A window longer than any records: what is found after the study's own window is seen too.
NO_WINDOW = 36_500
LAST_CLEAR = "last_clear_days"


def derive_between_checks(
    frames: dict[str, pd.DataFrame],
    *,
    rules: FollowUpRules,
    backend: BaseBackend | None = None,
) -> pd.DataFrame:
    """Return follow-up with ``last_clear_days``: the last day known to be free of the event.

    An event found on day d happened after the last earlier check of each source, less the delay
    with which records are posted, and by d. Where that interval holds the end of the window,
    whether the event fell into the window is not known: such a person is followed to the last
    clear day only, and has no day of follow-up where there is none.
    """
    derived = derive_follow_up(frames, rules=rules, backend=backend)
    wide = derive_follow_up(frames, rules=replace(rules, window=NO_WINDOW), backend=backend)
    wide = wide.set_index("row_id").loc[derived["row_id"]].reset_index()
    found = wide["exit_reason"].eq(str(ExitReason.REOFFENCE)) & wide["status"].eq("followed")
    clear = _last_clear(wide.assign(found=wide["time_days"]), frames, rules)
    clear = np.maximum(clear, derived["entry_days"].to_numpy(dtype=float))
    inside = derived["exit_reason"].eq(str(ExitReason.REOFFENCE)).to_numpy(dtype=bool)
    late = found.to_numpy(dtype=bool) & ~inside & (clear < rules.window)
    result = derived.assign(**{LAST_CLEAR: np.where(inside, clear, np.nan)})
    time = result["time_days"].to_numpy(dtype=float)
    time[late] = np.minimum(time, clear)[late]
    result["time_days"] = time
    result.loc[late, "exit_reason"] = str(ExitReason.DATA_CUTOFF)
    nothing = late & (time <= result["entry_days"].to_numpy(dtype=float))
    result.loc[nothing, "status"] = "no_day"
    return result


def _last_clear(
    people: pd.DataFrame, frames: dict[str, pd.DataFrame], rules: FollowUpRules
) -> np.ndarray:
    """Return the day of the last check before ``found`` less the delay, of the slowest source."""
    checks = _check_days(frames, rules)
    rows = people[["row_id", "found"]].assign(row_id=people["row_id"].astype(str))
    rows = rows.assign(place=np.arange(len(rows)), found=rows["found"].astype(float))
    rows = rows.dropna(subset=["found"]).sort_values("found")
    clear = np.full(len(people), np.inf)
    for _, own in checks.groupby("source_group"):
        joined = pd.merge_asof(
            rows,
            own.sort_values("day")[["row_id", "day"]],
            left_on="found",
            right_on="day",
            by="row_id",
            allow_exact_matches=False,
        )
        place = joined["place"].to_numpy()
        day = joined["day"].fillna(0.0).to_numpy(dtype=float) - rules.delay
        clear[place] = np.minimum(clear[place], day)
    return np.maximum(np.where(np.isinf(clear), 0.0, clear), 0.0)


def _check_days(frames: dict[str, pd.DataFrame], rules: FollowUpRules) -> pd.DataFrame:
    """Return the days to which valid checks reach, since the index date."""
    checks = frames["checks"]
    groups = rules.source_groups
    checks = checks[checks["match_status"].isin(SEARCHED)]
    source = checks["source"].map(groups) if groups else pd.Series("any", index=checks.index)
    reach = checks[["coverage_to", "run_date"]].min(axis=1)
    ready = checks.assign(source_group=source, reach=reach).dropna(subset=["reach", "source_group"])
    people = frames["people"][["row_id", "person_id", "index_date"]]
    joined = people.merge(ready[["person_id", "source_group", "reach"]], on="person_id")
    days = (joined["reach"] - joined["index_date"]).dt.days.astype(float)
    joined = joined.assign(day=days, row_id=joined["row_id"].astype(str))
    return joined[joined["day"] > 0]
