"""Curves over follow-up: Kaplan-Meier and cumulative incidence with competing events."""

from __future__ import annotations

import numpy as np

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError
from rjeval.language import mark, note
from rjeval.recidivism.curve_frames import (
    COMPETING_SHARE,
    OVERSTATED,
    count_rows,
    curve_rows,
    later_tables,
    many_compete,
    thin_tails,
)
from rjeval.recidivism.day_axis import DayCounts
from rjeval.recidivism.exit_kinds import competing_exits
from rjeval.recidivism.incidence import (
    aalen_johansen,
    gray_error,
    incidence_interval,
    jackknife_error,
)
from rjeval.recidivism.product_limit import kaplan_meier_estimate, survival_interval
from rjeval.recidivism.unpack import (
    GroupedRows,
    check_choice,
    group_rows,
    kinds_by_cause,
    positive_weights,
)
from rjeval.results.survival import Curves

STD_ERRORS = {"infinitesimal_jackknife": mark("infinitesimal jackknife"), "gray": mark("gray")}


def kaplan_meier(
    outcome: TimeToEvent,
    *,
    by: str | None = None,
    weights: str | None = None,
    conf_type: str = "log-log",
    conf_level: float = 0.95,
) -> Curves:
    """Estimate the probability of no reoffence by each day (Kaplan and Meier 1958).

    Competing exits and all other ends of follow-up are censored. Delayed entry is respected: a
    person is at risk on a day if ``entry_days < day <= time_days``. Events come before
    censorings of the same day.

    Parameters
    ----------
    outcome : TimeToEvent
    by : str, optional
        Column of groups; one curve labelled ``all`` (column ``group``) where not given.
    weights : str, optional
        Column of weights above 0 (such as inverse probabilities). The standard error is then
        the infinitesimal jackknife over people, which does not take weights for numbers of
        people; all counts stay counts of people.
    conf_type : {"log-log", "log", "plain"}
        Scale on which the pointwise interval is symmetric; R's default is ``log``.
    conf_level : float

    Returns
    -------
    Curves
        ``kind`` is ``survival``; ``std_error`` is Greenwood's, of the survival itself.

    Raises
    ------
    EstimationError
        ``by`` is no column, or ``conf_type`` is unknown.

    Notes
    -----
    Departs from R's ``survfit`` in two ways: while nobody has had the event the limits are
    1 and 1 (R prints NA for log-log), and times are never rounded together (R joins times that
    differ by less than 1.5e-8 of their size).

    References
    ----------
    Kaplan and Meier (1958), doi:10.1080/01621459.1958.10501452.

    Examples
    --------
    >>> import rjeval as rj
    >>> import pandas as pd
    >>> people = pd.DataFrame({"week": [1, 2, 2, 3], "arrest": [1, 1, 0, 0]})
    >>> outcome = rj.time_to_event(people, time="week", event="arrest", unit=None)
    >>> rj.kaplan_meier(outcome).frame[["time_days", "n_at_risk", "estimate"]]
       time_days  n_at_risk  estimate
    0        0.0          4      1.00
    1        1.0          4      0.75
    2        2.0          3      0.50
    3        3.0          1      0.50
    """
    rows = group_rows(outcome, by)
    counts = count_rows(rows, kind=rows.kind)
    laid = curve_rows(counts)
    if weights is None:
        estimate, log_error = kaplan_meier_estimate(
            laid.n_at_risk, laid.n_event, blocks=laid.blocks
        )
    else:
        weight = positive_weights(outcome.frame.iloc[rows.kept], weights)
        weighted, error = _weighted(rows, weight)
        estimate, log_error = laid.lay(weighted, first=1), laid.lay(error)
    low, high = survival_interval(estimate, log_error, conf_type=conf_type, conf_level=conf_level)
    with np.errstate(invalid="ignore"):
        std_error = estimate * log_error
    columns = {"estimate": estimate, "std_error": std_error, "conf_low": low, "conf_high": high}
    notes = (*rows.notes, *thin_tails(rows, laid))
    if many_compete(counts):
        notes = (
            *notes,
            note(OVERSTATED, share=COMPETING_SHARE),
        )
    frame, groups = later_tables(rows, counts, laid, columns=columns)
    return Curves(
        frame=frame,
        groups=groups,
        kind="survival",
        by=rows.by,
        conf_level=conf_level,
        conf_type=conf_type,
        horizon_days=outcome.horizon_days,
        unit=outcome.unit,
        definition=outcome.definition,
        notes=notes,
    )


def cumulative_incidence(
    outcome: TimeToEvent,
    *,
    by: str | None = None,
    cause: str = "reoffence",
    conf_type: str = "log-log",
    conf_level: float = 0.95,
    std_error: str = "infinitesimal_jackknife",
) -> Curves:
    """Estimate the probability of having reoffended by each day, other exits competing.

    The Aalen-Johansen estimator: people who died or left can no longer reoffend and do not
    count as if they still might. Ties are exact; no time is moved.

    Parameters
    ----------
    outcome : TimeToEvent
    by : str, optional
        Column of groups; one curve labelled ``all`` (column ``group``) where not given.
    cause : str
        ``reoffence``, ``competing`` (all competing exits together) or one competing exit
        reason, such as ``death``; all others then compete.
    conf_type : {"log-log", "plain"}
        ``log-log`` is symmetric on ``log(-log F)``.
    conf_level : float
    std_error : {"infinitesimal_jackknife", "gray"}
        ``infinitesimal_jackknife`` equals ``survfit`` in R; ``gray`` equals
        ``cmprsk::cuminc`` and is for data without delayed entry.

    Returns
    -------
    Curves
        ``kind`` is ``cumulative_incidence``; the column ``cause`` names the cause, ``n_event``
        counts it and ``n_competing`` all other events. A note says which standard error.

    Raises
    ------
    EstimationError
        Unknown ``by``, ``cause``, ``conf_type`` or ``std_error``, or ``gray`` with delayed entry.

    References
    ----------
    Aalen and Johansen (1978), https://www.jstor.org/stable/4615704.

    Examples
    --------
    >>> import rjeval as rj
    >>> import pandas as pd
    >>> people = pd.DataFrame(
    ...     {"day": [1, 2, 2, 3], "new": [1, 0, 1, 0], "gone": ["", "death", "", ""]}
    ... )
    >>> outcome = rj.time_to_event(people, time="day", event="new", competing="gone")
    >>> rj.cumulative_incidence(outcome).frame["estimate"].tolist()
    [0.0, 0.25, 0.5, 0.5]
    """
    check_choice("conf_type", conf_type, ("log-log", "plain"))
    check_choice("std_error", std_error, tuple(STD_ERRORS))
    rows = group_rows(outcome, by)
    if std_error == "gray" and rows.late:
        raise EstimationError(
            "The standard error 'gray' does not allow delayed entry.",
            hint="Use std_error='infinitesimal_jackknife'.",
        )
    kind = kinds_by_cause(outcome, rows, cause)
    counts = count_rows(rows, kind=kind)
    shape = counts.n_at_risk.shape
    laid = curve_rows(counts)
    estimate, error = np.empty(shape), np.empty(shape)
    for g in range(rows.n_groups):
        estimate[g], error[g] = _incidence_of_group(rows, counts, kind=kind, g=g, how=std_error)
    estimate, error = laid.lay(estimate), laid.lay(error)
    low, high = incidence_interval(estimate, error, conf_type=conf_type, conf_level=conf_level)
    columns = {"estimate": estimate, "std_error": error, "conf_low": low, "conf_high": high}
    frame, groups = later_tables(rows, counts, laid, columns=columns, cause=cause)
    return Curves(
        frame=frame,
        groups=groups,
        kind="cumulative_incidence",
        by=rows.by,
        conf_level=conf_level,
        conf_type=conf_type,
        horizon_days=outcome.horizon_days,
        unit=outcome.unit,
        definition=outcome.definition,
        notes=(
            *rows.notes,
            *thin_tails(rows, laid),
            note("Standard error: {kind}.", kind=note(STD_ERRORS[std_error])),
        ),
        cause=cause,
        competing=competing_exits(outcome),
    )


def _weighted(rows: GroupedRows, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weighted survival by group and day, and the jackknife error of its logarithm."""
    event = (rows.kind == 1).astype(np.intp)
    sums = count_rows(rows, kind=event, weight=weight)
    people = count_rows(rows, kind=event)
    # Where everybody at risk has the event, sums of weights must not differ by rounding.
    np.copyto(sums.n_at_risk, sums.n_event, where=people.n_at_risk == people.n_event)
    estimate, _ = kaplan_meier_estimate(sums.n_at_risk, sums.n_event)
    error = np.empty_like(estimate)
    for g in range(rows.n_groups):
        cells, owner = _row_cells(rows, sums, kind=event, g=g, weight=weight)
        either = sums.n_event[g]
        error[g] = jackknife_error(sums.n_at_risk[g], either, either, cells=cells, owner=owner)
    with np.errstate(divide="ignore", invalid="ignore"):
        return estimate, np.where(estimate > 0, error / estimate, np.inf)


def _row_cells(
    rows: GroupedRows, counts: DayCounts, *, kind: np.ndarray, g: int, weight: np.ndarray
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray | None]:
    """Each row of a group as a cell of its own, for the jackknife, and whose it is."""
    own = np.flatnonzero(rows.code == g)
    exits = np.searchsorted(counts.times, rows.time[own])
    entry = np.where(rows.entry[own] > 0, rows.entry[own], -1.0)
    entries = np.searchsorted(counts.times, entry, side="right")
    owner = None if rows.unit is None else rows.unit[own]
    return (exits, kind[own], entries, weight[own] ** 2), owner


def _incidence_of_group(
    rows: GroupedRows, counts: DayCounts, *, kind: np.ndarray, g: int, how: str
) -> tuple[np.ndarray, np.ndarray]:
    at_risk, own = counts.n_at_risk[g], counts.n_event[g]
    either = own + counts.n_competing[g]
    estimate, _ = aalen_johansen(at_risk, own, either)
    if how == "gray":
        used = at_risk > 0
        error = np.zeros(at_risk.size)
        error[used] = gray_error(at_risk[used], own[used], either[used])
        return estimate, error
    cells: tuple[np.ndarray, np.ndarray, np.ndarray | None, np.ndarray]
    owner = None
    if rows.late:
        cells, owner = _row_cells(rows, counts, kind=kind, g=g, weight=np.ones(rows.code.size))
    else:
        exits = np.stack([counts.n_censored[g], own, counts.n_competing[g]])
        which, code = np.nonzero(exits)
        cells = (code, which, None, exits[which, code])
    return estimate, jackknife_error(at_risk, own, either, cells=cells, owner=owner)
