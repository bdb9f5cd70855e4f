"""Release curves: exact values on a coarse grid of days, only where enough people stand behind.

A drop of an exact curve is one person's date. A released curve is the exact curve evaluated at
the windows of the definition, at multiples of ``curve_grid_days`` and at the horizon. Between two
shown days at least ``min_cell`` people have the event and, at each shown day, at least
``min_cell`` are without it and observed.
The exact value on the grid is unbiased, unlike a curve recomputed from rounded risk sets.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.bounds import above_text, below_text
from rjeval.disclosure.day_grid import Grid, grid_of, windows_of
from rjeval.disclosure.intervals import decimals_for, outward
from rjeval.disclosure.money import dominated
from rjeval.disclosure.populations import near_window, widen_counts
from rjeval.disclosure.rounding import round_count, round_counts
from rjeval.disclosure.stamp import stamped
from rjeval.errors import WithheldError
from rjeval.language import mark, note
from rjeval.results import Curves

#: Columns that are values of the curve, not counts.
VALUES = ("estimate", "std_error", "conf_low", "conf_high")
#: Kind of curves whose events are incidents, and the column that counts people in them.
INCIDENTS, PEOPLE = "mean_cumulative", "n_first"
COUNTS = ("n_at_risk", "n_event", "n_competing", "n_censored")


def release_curves(result: Curves, *, frame: pd.DataFrame, rule: DisclosureRule) -> Curves:
    """Release curves; see :func:`rjeval.release`.

    Released ``n_event``, ``n_competing`` and ``n_censored`` are counts since the last shown day,
    rounded one by one; under the threshold they are NaN. Values have 2, 3 or 4 decimals, for
    fewer than 500, fewer than 5,000 or more people, so that they say no more than the rounded
    counts. Two days of a curve are merged (the earlier one is left out) where fewer than
    ``min_cell`` events lie between them; the last possible day is kept. In a mean cumulative
    function people with a first event are counted, because several events may be one person's;
    a group in which one or two people have most of the events is hidden.

    Raises
    ------
    WithheldError
        For a mean cumulative function that does not say how many people its events are of.
    """
    frame, groups = _of_people(result, frame=frame)
    keys = _block_keys(frame, by=result.by)
    labels = (
        frame[keys].astype(str).agg("|".join, axis=1) if keys else pd.Series("", index=frame.index)
    )
    blocks: list[pd.DataFrame] = []
    lead_days: dict[str, set[float]] = {}
    for _, block in frame.groupby(labels, sort=False):
        group = str(block[result.by].iloc[0]) if result.by in frame.columns else ""
        size = _group_size(groups, group=group, block=block)
        wide = widen_counts(result, size, by=result.by, labels=[group], rule=rule)[0]
        grid = grid_of(rule, horizon=result.horizon_days, windows=windows_of(result))
        released = _release_block(block, size=(size, float(wide)), rule=rule, grid=grid)
        days = lead_days.setdefault(group, set(released["time_days"]))
        if _counts_reoffences(result) and _near(result, block, group=group, rule=rule):
            released["n_event"] = np.nan
        released["n_at_risk"] = released["n_at_risk"].where(released["time_days"].isin(list(days)))
        blocks.append(released)
    columns = [name for name in frame.columns if name != PEOPLE]
    shown = pd.concat(blocks, ignore_index=True)[[*columns, "suppressed", "bound"]]
    groups = _release_groups(result, groups, rule=rule)
    hidden = int((shown["suppressed"] != "").sum() + groups[["n", "n_events"]].isna().sum().sum())
    told = note(
        "Curves are shown at the ends of windows and every {days} days at most, where at least "
        "{least} people were still at risk and at least {least} had the event since the day "
        "shown before; numbers at risk are rounded to {round_to}.",
        days=rule.curve_grid_days,
        least=rule.min_cell,
        round_to=rule.round_to,
    )
    return stamped(result, shown, rule=rule, n_suppressed=hidden, notes=(told,), groups=groups)


def _of_people(result: Curves, *, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return frame and groups; a group whose incidents are one or two people's has no people."""
    if result.kind != INCIDENTS:
        return frame, result.groups
    if PEOPLE not in frame or not {"n_with_event", "largest", "second"} <= set(result.groups):
        raise WithheldError(
            "This mean cumulative function does not say how many people its events are of.",
            hint="Release what rj.mean_cumulative_function gives.",
        )
    groups = result.groups.copy()
    unsafe = dominated(groups["n_events"], first=groups["largest"], second=groups["second"])
    groups["n_with_event"] = groups["n_with_event"].where(~unsafe, 0)
    names = groups.loc[unsafe, "group"].astype(str)
    by = frame[result.by] if result.by in frame else pd.Series(names.min(), index=frame.index)
    own = by.astype(str).isin(list(names))
    return frame.assign(**{PEOPLE: frame[PEOPLE].where(~own, 0)}), groups


def _counts_reoffences(result: Curves) -> bool:
    """Whether the events of the curves are those of the rates, and not others first."""
    return result.kind != INCIDENTS and str(getattr(result, "cause", "")) != "competing"


def _near(result: Curves, block: pd.DataFrame, *, group: str, rule: DisclosureRule) -> bool:
    """Whether the events of a block lie a few from those of its group's longest window."""
    events = float(block["n_event"].sum())
    labels = [group] if result.by else ()
    return bool(near_window(result, events, by=result.by, labels=labels, rule=rule)[0])


def _people_column(block: pd.DataFrame) -> str:
    """Name of the counts that are people: in a function of incidents, of their first ones."""
    return PEOPLE if PEOPLE in block else "n_event"


def _block_keys(frame: pd.DataFrame, *, by: str) -> list[str]:
    """Columns that tell one curve from another."""
    numbers = {"time_days", PEOPLE, *COUNTS, *VALUES}
    keys = [name for name in frame.columns if name not in numbers]
    return keys if by == "" or by in keys else [by, *keys]


def _group_size(groups: pd.DataFrame, *, group: str, block: pd.DataFrame) -> float:
    """People in the group; with delayed entry more than were at risk on day 0."""
    own = groups["group"].astype(str) == group if group else pd.Series(True, index=groups.index)
    found = groups.loc[own, "n"]
    return float(found.iloc[0]) if len(found) == 1 else float(block["n_at_risk"].max())


def _release_block(
    block: pd.DataFrame, *, size: tuple[float, float], rule: DisclosureRule, grid: Grid
) -> pd.DataFrame:
    """One curve on the grid, or one row that says why there is none; size as is and as shown."""
    block = block.sort_values("time_days").reset_index(drop=True)
    people, wide = size
    events = float(block[_people_column(block)].sum())
    thin = people < max(rule.min_denominator, rule.min_cell)
    kept = [] if thin else _kept_days(block, rule=rule, grid=grid)
    if not kept:
        return _hidden_block(block, size=size, rule=rule, events=events, thin=thin)
    previous = [-1.0, 0.0, *kept[:-1]]
    rows = [
        _row_at(block, day, last=last, rule=rule)
        for last, day in zip(previous, [0.0, *kept], strict=True)
    ]
    if _at_risk(block, 0.0) == people:
        rows[0]["n_at_risk"] = float(round_counts([wide], rule)[0])
    horizon = float(grid.days[-1])
    if kept[-1] < horizon:
        tail = rows[-1] | dict.fromkeys((*VALUES, *COUNTS), np.nan)
        bound = mark("too few people or events after this day")
        rows.append(
            tail
            | {
                "time_days": min(kept[-1] + rule.curve_grid_days, horizon),
                "suppressed": "tail",
                "bound": bound,
            }
        )
    shown = pd.DataFrame(rows)
    decimals = int(decimals_for(people))
    ends = outward(shown["conf_low"], shown["conf_high"], decimals=decimals)
    shown[list(VALUES)] = shown[list(VALUES)].astype(float).round(decimals)
    shown["conf_low"], shown["conf_high"] = ends
    return shown


def _kept_days(block: pd.DataFrame, *, rule: DisclosureRule, grid: Grid) -> list[float]:
    """Days of the grid that may be shown: enough at risk, enough events between them.

    The windows of the definition come first, then the days between them.
    """
    left = np.array([_without_event(block, day) for day in grid.days])
    enough = left >= rule.min_cell
    days, wanted = grid.days[enough], grid.is_window[enough]
    times = block["time_days"].to_numpy(dtype=float)
    total = np.cumsum(block[_people_column(block)].to_numpy(dtype=float))
    seen = np.concatenate([[0.0], total])[np.searchsorted(times, days, side="right")]
    kept: list[int] = []
    for i in [*np.flatnonzero(wanted), *np.flatnonzero(~wanted)]:
        before = max((seen[k] for k in kept if k < i), default=0.0)
        after = min((seen[k] for k in kept if k > i), default=np.inf)
        if seen[i] - before >= rule.min_cell and after - seen[i] >= rule.min_cell:
            kept.append(int(i))
    kept.sort()
    last = len(days) - 1
    if kept and kept[-1] != last and seen[last] > seen[kept[-1]]:
        kept[-1] = last
    return [float(days[i]) for i in kept]


def _without_event(block: pd.DataFrame, day: float) -> float:
    """People at risk at the end of a day, with those whose observation ends on it."""
    if PEOPLE in block:
        return _at_risk(block, day)
    today = block[block["time_days"] == day]
    events = sum(float(today[name].sum()) for name in ("n_event", "n_competing") if name in today)
    return _at_risk(block, day) - events


def _at_risk(block: pd.DataFrame, day: float) -> float:
    """People at risk just before a day."""
    times = block["time_days"].to_numpy(dtype=float)
    at = int(np.searchsorted(times, day, side="left"))
    if at < len(times):
        return float(block["n_at_risk"].iloc[at])
    last = block.iloc[-1]
    gone = sum(
        float(last[name]) for name in COUNTS[1:] if name in block and not pd.isna(last[name])
    )
    return float(last["n_at_risk"]) - gone


def _row_at(
    block: pd.DataFrame, day: float, *, last: float, rule: DisclosureRule
) -> dict[str, object]:
    """Return the curve at a day: exact values, rounded counts since the last shown day."""
    times = block["time_days"].to_numpy(dtype=float)
    at = int(np.searchsorted(times, day, side="right")) - 1
    row: dict[str, object] = dict(block.iloc[max(at, 0)])
    since = (times > last) & (times <= day)
    for name in COUNTS[1:]:
        if name in block:
            count = float(block[name][since].sum())
            untracked = not block[name].any()
            row[name] = 0.0 if day == 0 or untracked else _count_since(count, rule=rule)
    row["n_at_risk"] = float(round_counts([_at_risk(block, day)], rule)[0])
    return row | {"time_days": day, "suppressed": "", "bound": ""}


def _count_since(count: float, *, rule: DisclosureRule) -> float:
    """Return the rounded count between two shown days; no people at all is hidden like a few."""
    return round_count(count, rule) if count else float("nan")


def _hidden_block(
    block: pd.DataFrame,
    *,
    size: tuple[float, float],
    rule: DisclosureRule,
    events: float,
    thin: bool,
) -> pd.DataFrame:
    """One row for a curve that is hidden whole."""
    row: dict[str, object] = dict(block.iloc[0])
    people = round_count(size[1], rule)
    row |= {name: np.nan for name in (*VALUES, *COUNTS) if name in block}
    widened = size[1] > size[0]
    few = below_text(rule, n_shown=people, widened=widened)
    few = mark("too few people") if thin else few
    if not thin and events >= rule.min_cell:
        few = mark("too few people still at risk")
    kind = "denominator" if thin else "primary"
    return pd.DataFrame([row | {"n_at_risk": people, "suppressed": kind, "bound": few}])


def _release_groups(result: Curves, groups: pd.DataFrame, *, rule: DisclosureRule) -> pd.DataFrame:
    """Sizes and events of the groups, rounded, hidden under the threshold."""
    groups = groups.copy().reset_index(drop=True)
    size = groups["n"].to_numpy(dtype=float)
    people = groups["n_with_event" if "n_with_event" in groups else "n_events"]
    groups = groups.drop(columns=["n_with_event", "largest", "second"], errors="ignore")
    bounds = []
    for name in [n for n in ("n_events", "n_competing") if n in groups]:
        shown = groups[name].to_numpy(dtype=float)
        count = people.to_numpy(dtype=float) if name == "n_events" else shown
        rest = size - count
        untracked = name == "n_competing" and not count.any()
        fine = (count >= rule.min_cell) & (rest >= rule.min_cell)
        groups[name] = np.where(fine | untracked, round_counts(shown, rule), np.nan)
        bounds.append((count, fine))
    near = near_window(result, people, by=result.by, labels=groups["group"], rule=rule)
    groups["n_events"] = groups["n_events"].mask(near & _counts_reoffences(result))
    wide = widen_counts(result, size, by=result.by, labels=groups["group"], rule=rule)
    groups["n"] = np.where(size >= rule.min_cell, round_counts(wide, rule), np.nan)
    events, fine = bounds[0]
    groups["suppressed"] = np.where(fine, "", "primary")
    groups["bound"] = [
        ""
        if ok
        else above_text(rule, n_shown=n)
        if count >= rule.min_cell
        else below_text(rule, n_shown=n, widened=bool(wider))
        for ok, n, count, wider in zip(fine, groups["n"], events, wide > size, strict=True)
    ]
    return groups
