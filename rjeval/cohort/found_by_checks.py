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
FIRST_DAY_AFTER = 1.0


def derive_between_checks(
    frames: dict[str, pd.DataFrame],
    *,
    rules: FollowUpRules,
    backend: BaseBackend | None = None,
) -> pd.DataFrame:
    """Return follow-up with ``last_clear_days`` and ``found_days``, between which an event lies.

    An event found on day d happened by d, and after the last earlier check of each source, less
    the delay with which records are posted. On the clock of follow-up a check stands for the day
    that it reaches, less the delay, whether it finds an event or not: events and people without
    any are then seen by the same rule, and no event is lost because it was found by the last
    check. A check so early that it stands for no day of follow-up tells of nobody: its events are
    those of the next one, or of the day they were found where no other followed. An event whose
    check stands for a day after the window leaves its person followed for the window; where the
    last clear day is inside the window, the two columns say that whether the event fell into it
    is not known.

    ``observable_days`` is what checks up to the end of the records would have shown, since who
    was checked no more may have been so because of what had been found.
    """
    derived = derive_follow_up(frames, rules=rules, backend=backend)
    at_once = replace(rules, window=NO_WINDOW, delay=0)
    wide = derive_follow_up(frames, rules=at_once, backend=backend)
    wide = wide.set_index("row_id").loc[derived["row_id"]].reset_index()
    again = wide["exit_reason"].eq(str(ExitReason.REOFFENCE)) & wide["status"].eq("followed")
    found = wide["time_days"].astype(float).where(again.astype(bool)).to_numpy(dtype=float)
    entry = derived["entry_days"].to_numpy(dtype=float)
    clear = np.maximum(_last_clear(wide.assign(found=found), frames, rules), entry)
    stands_for = _stands_for(wide.assign(found=found), entry, frames, rules)
    inside = stands_for <= rules.window
    told = inside | (~np.isnan(found) & (clear < rules.window))
    result = derived.assign(
        last_clear_days=np.where(told, clear, np.nan),
        found_days=np.where(told, found, np.nan),
        time_days=np.where(inside, stands_for, derived["time_days"].to_numpy(dtype=float)),
        observable_days=_could_be_seen(derived, frames, rules),
    )
    result.loc[inside, "exit_reason"] = str(ExitReason.REOFFENCE)
    result.loc[inside, "status"] = "followed"
    return result


def _could_be_seen(
    derived: pd.DataFrame, frames: dict[str, pd.DataFrame], rules: FollowUpRules
) -> np.ndarray:
    """Return the days that checks up to the end of the records would have shown, in the window."""
    index = frames["people"].set_index("row_id").loc[derived["row_id"], "index_date"]
    last = pd.Timestamp(0) + pd.to_timedelta(derived["known_to"].max(), unit="D")
    days = (last - index).dt.days.to_numpy(dtype=float) - rules.delay
    seen = derived["observable_days"].to_numpy(dtype=float)
    return np.fmax(seen, np.clip(days, 0.0, rules.window))


def _stands_for(
    people: pd.DataFrame, entry: np.ndarray, frames: dict[str, pd.DataFrame], rules: FollowUpRules
) -> np.ndarray:
    """Return the day of follow-up that the check which found each event stands for."""
    found = people["found"].to_numpy(dtype=float)
    soonest = entry + FIRST_DAY_AFTER
    early = found - rules.delay < soonest
    if not early.any():
        return found - rules.delay
    rows = pd.DataFrame({"row_id": people["row_id"].astype(str), "from": soonest + rules.delay})
    rows = rows.assign(place=np.arange(len(rows)))[early].sort_values("from")
    following = np.full(len(people), -np.inf)
    for _, own in _check_days(frames, rules).groupby("source_group"):
        joined = pd.merge_asof(
            rows,
            own.sort_values("day")[["row_id", "day"]],
            left_on="from",
            right_on="day",
            by="row_id",
            direction="forward",
        )
        place, day = joined["place"].to_numpy(), joined["day"].to_numpy(dtype=float)
        following[place] = np.maximum(following[place], day - rules.delay)
    known = np.isfinite(following)
    return np.where(early, np.where(known, following, found), found - rules.delay)


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
