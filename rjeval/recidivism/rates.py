"""Fixed-window rates among mature people, and differences of risk between groups."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError, GuardError
from rjeval.language import mark, note
from rjeval.recidivism.contrasts import Arm, compare_proportions, compare_survival, contrast_frame
from rjeval.recidivism.curve_frames import overstated
from rjeval.recidivism.guards import refuse_later_knowledge
from rjeval.recidivism.known_times import refuse_days_between
from rjeval.recidivism.product_limit import survival_at
from rjeval.recidivism.proportions import wilson_interval
from rjeval.recidivism.unpack import group_rows
from rjeval.recidivism.windows import (
    MIN_COVERAGE,
    MIN_MATURE,
    count_window,
    coverage_note,
    doubt_notes,
    judge_window,
    mature_unchecked,
    need_people,
    unchecked_by_group,
    windows_of,
)
from rjeval.results.survival import Contrast, FixedWindowRates

METHODS = ("wald", "newcombe")
SOURCES = ("mature", "kaplan_meier")


def fixed_window_rates(
    outcome: TimeToEvent,
    *,
    by: str | None = None,
    at_days: float | Sequence[float],
    conf_level: float = 0.95,
) -> FixedWindowRates:
    """Estimate the share of people who reoffended inside each window.

    Mature people only: those who could have been followed for the whole window
    (``observable_days >= at_days``), whatever happened to them. An event on the last day of the
    window counts. People who left by a competing event count as without.

    Parameters
    ----------
    outcome : TimeToEvent
    by : str, optional
        Column of groups; one row labelled ``all`` (column ``group``) where not given.
    at_days : number or sequence of numbers
        Lengths of the windows.
    conf_level : float

    Returns
    -------
    FixedWindowRates
        Wilson intervals. ``bound_low`` and ``bound_high`` count people never checked as all
        without and all with the event. A rate is missing, and a note says why, where fewer than
        20 mature people or records of fewer than 80 % of them exist.

    Raises
    ------
    GuardError
        The data do not say how long people could have been followed, or every rate asked for
        would be missing.

    Notes
    -----
    People who entered follow-up late are left out with a note: they were not observed from the
    first day of the window.

    Where events are dated by the check that found them (``times_known = "checks"``), an event
    counts if it was found by the end of the window, and a person counts as without if a check
    shows it clear until then. Everybody else who could have been followed is counted in
    ``n_unchecked``, so between the bounds, with a note.

    References
    ----------
    Wilson (1927), doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> import rjeval as rj
    >>> people = pd.DataFrame({"day": [100] * 10 + [365] * 30, "new": [1] * 10 + [0] * 30})
    >>> outcome = rj.time_to_event(people, time="day", event="new")
    >>> rj.fixed_window_rates(outcome, at_days=365).frame["estimate"].tolist()
    [0.25]
    """
    _need_observable(outcome)
    refuse_days_between(outcome, windows_of(at_days))
    rows = group_rows(outcome, by)
    need_people(rows)
    missing = unchecked_by_group(outcome, rows)
    lines, notes = [], list(rows.notes)
    for g, label in enumerate(rows.labels):
        for window in windows_of(at_days):
            line = count_window(outcome, rows, g=g, window=window)
            unknown = mature_unchecked(missing[g], window) + line["n_undetermined"]
            line["n_unchecked"] = unknown
            refusal = judge_window(line, label=label, window=window, notes=notes)
            lines.append({rows.column: label, "at_days": window, "refused": refusal, **line})
    frame = pd.DataFrame(lines)
    if frame["refused"].all():
        raise GuardError(
            f"None of the rates asked for can be given: {notes[-1]}",
            hint=_instead_of_rates(outcome),
        )
    return FixedWindowRates(
        frame=_with_rates(frame, conf_level=conf_level, first=rows.column),
        by=rows.by,
        conf_level=conf_level,
        definition=outcome.definition,
        notes=tuple(one for one in (*notes, coverage_note(lines), *doubt_notes(lines)) if one),
    )


def risk_difference(
    outcome: TimeToEvent,
    *,
    by: str = "arm",
    at_days: float | Sequence[float],
    method: str = "wald",
    source: str = "mature",
    conf_level: float = 0.95,
) -> Contrast:
    """Contrast the risk of reoffence by a day between each group and the first.

    Parameters
    ----------
    outcome : TimeToEvent
    by : str
        Column of groups; the first category is the reference.
    at_days : number or sequence of numbers
    method : {"wald", "newcombe"}
        Interval of the difference: Wald's, or Newcombe's from two Wilson intervals (better
        below some 50 people per group). Its p-value is Wald's, or Pearson's chi-square.
    source : {"mature", "kaplan_meier"}
        Proportions of mature people, or one minus Kaplan-Meier with Greenwood's variance, which
        uses everybody's follow-up.
    conf_level : float

    Returns
    -------
    Contrast
        ``risk_difference``, ``risk_ratio``, ``odds_ratio`` and ``number_needed`` per group and
        window. Intervals of ratios are symmetric on the log scale and their ``std_error`` is
        that of the logarithm. ``number_needed`` is ``1 / |difference|``; its interval is missing
        where that of the difference holds 0.

    Raises
    ------
    GuardError
        A group has fewer than 20 mature people, or fewer than 80 % of them were checked.
    EstimationError
        Fewer than two groups, or unknown options.

    References
    ----------
    Newcombe (1998), doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.

    Examples
    --------
    >>> import rjeval as rj
    >>> people = pd.DataFrame(
    ...     {"day": [90.0] * 40, "new": [1, 0, 0, 0] * 5 + [1, 0] * 10}
    ... )
    >>> people["arm"] = ["rj"] * 20 + ["as usual"] * 20
    >>> outcome = rj.time_to_event(people, time="day", event="new", observable="day")
    >>> rj.risk_difference(outcome, by="arm", at_days=90).frame["estimate"].round(2).tolist()
    [-0.25, 0.5, 0.33, 4.0]
    """
    if method not in METHODS or source not in SOURCES:
        raise EstimationError(
            f"method must be one of {', '.join(METHODS)} and source one of {', '.join(SOURCES)}."
        )
    refuse_later_knowledge(outcome, [by])
    if source == "mature":
        arms, notes = _mature_arms(outcome, by=by, at_days=at_days, conf_level=conf_level)
        pairs = compare_proportions(arms, method=method, conf_level=conf_level)
    else:
        arms, notes = _curve_arms(outcome, by=by, at_days=at_days)
        pairs = compare_survival(arms, conf_level=conf_level)
    return Contrast(
        frame=contrast_frame(pairs),
        by=by,
        method=note("proportions of mature people, {method} interval", method=method.capitalize())
        if source == "mature"
        else mark("one minus Kaplan-Meier, Greenwood interval"),
        conf_level=conf_level,
        arms=pd.DataFrame(
            [(arm.group, arm.at_days, arm.n, arm.n_event, arm.estimate) for arm in arms],
            columns=["group", "at_days", "n", "n_event", "estimate"],
        ),
        definition=outcome.definition,
        notes=notes,
    )


def _instead_of_rates(outcome: TimeToEvent) -> str:
    if outcome.definition.times_known == "checks":
        return "Use a window at whose end people were checked, or interval_survival."
    return "Use a shorter window, join groups, or use kaplan_meier."


def _need_observable(outcome: TimeToEvent) -> None:
    if not outcome.observable_known:
        raise GuardError(
            "The data do not say how long each person could have been followed, so nobody is "
            "known to be mature for a fixed window.",
            hint="Give the observable time of each person, or use kaplan_meier.",
        )
    if outcome.definition.custody == "street_time":
        raise GuardError(
            "On a street-time clock a fixed window would leave out those held after a reoffence, "
            "so being mature would depend on the outcome.",
            hint="Use cumulative_incidence or kaplan_meier for this definition.",
        )


def _with_rates(frame: pd.DataFrame, *, conf_level: float, first: str) -> pd.DataFrame:
    shown = ~frame["refused"].to_numpy(dtype=bool)
    k, n = frame["n_event"].to_numpy(dtype=float), frame["n_mature"].to_numpy(dtype=float)
    low, high = wilson_interval(k, n, conf_level=conf_level)
    unchecked = frame["n_unchecked"].to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        numbers = {
            "estimate": k / n,
            "conf_low": low,
            "conf_high": high,
            "bound_low": k / (n + unchecked),
            "bound_high": (k + unchecked) / (n + unchecked),
        }
    hidden = {name: np.where(shown, values, np.nan) for name, values in numbers.items()}
    result = frame.assign(**hidden)
    return result[
        [
            *(first, "at_days", "n_total", "n_mature", "n_event", "n_competing"),
            *("estimate", "conf_low", "conf_high", "n_unchecked", "bound_low", "bound_high"),
        ]
    ]


def _mature_arms(
    outcome: TimeToEvent, *, by: str, at_days: float | Sequence[float], conf_level: float
) -> tuple[list[Arm], tuple[str, ...]]:
    rates = fixed_window_rates(outcome, by=by, at_days=at_days, conf_level=conf_level)
    absent = rates.frame["estimate"].isna()
    if absent.any():
        raise GuardError(
            f"Rates by {by} cannot be compared where one of them cannot be given: each group and "
            f"window needs at least {MIN_MATURE} mature people, and records checked for at least "
            f"{MIN_COVERAGE:.0%} of them.",
            hint="Use a shorter window, or source='kaplan_meier'.",
        )
    columns = [rates.frame[name].tolist() for name in (by, "at_days", "n_mature", "n_event")]
    arms = [
        Arm(group=group, at_days=day, n=n, n_event=k)
        for group, day, n, k in zip(*columns, strict=True)
    ]
    return arms, rates.notes


def _curve_arms(
    outcome: TimeToEvent, *, by: str, at_days: float | Sequence[float]
) -> tuple[list[Arm], tuple[str, ...]]:
    refuse_days_between(outcome, windows_of(at_days))
    rows = group_rows(outcome, by)
    arms = []
    for window in windows_of(at_days):
        points = survival_at(
            rows.time,
            rows.kind == 1,
            group=rows.code,
            n_groups=rows.n_groups,
            entry=rows.entry,
            at=window,
        )
        for label, n, point in zip(rows.labels, rows.n_people, points, strict=True):
            if point.beyond:
                raise EstimationError(
                    f"Follow-up of {by} '{label}' ends before day {window:g}.",
                    hint="Use an earlier day.",
                )
            arms.append(
                Arm(
                    group=label,
                    at_days=window,
                    n=int(n),
                    n_event=point.n_event,
                    risk=1 - point.survival,
                    error=point.std_error,
                )
            )
    return arms, (*rows.notes, *overstated(rows.kind))
