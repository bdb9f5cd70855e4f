"""Restricted mean time without reoffence, per group, with differences and ratios."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError
from rjeval.language import mark, note
from rjeval.recidivism.bootstrap import bootstrap_areas
from rjeval.recidivism.curve_frames import overstated
from rjeval.recidivism.day_axis import count_by_day
from rjeval.recidivism.guards import refuse_later_knowledge
from rjeval.recidivism.known_times import refuse_interval_times
from rjeval.recidivism.normal import two_sided_p, z_quantile
from rjeval.recidivism.product_limit import restricted_area
from rjeval.recidivism.proportions import log_ratio
from rjeval.recidivism.unpack import GroupedRows, group_rows
from rjeval.results.survival import Contrast, RestrictedMean


def restricted_mean(
    outcome: TimeToEvent,
    *,
    by: str | None = None,
    horizon_days: float,
    n_bootstrap: int = 0,
    seed: int = 1,
    conf_level: float = 0.95,
) -> RestrictedMean:
    """Estimate the mean number of days without reoffence, up to a horizon.

    The area under the Kaplan-Meier curve from 0 to ``horizon_days``. It needs no proportional
    hazards, and its difference between arms is in days.

    Parameters
    ----------
    outcome : TimeToEvent
    by : str, optional
        Column of groups; each later group is contrasted with the first.
    horizon_days : float
        Upper limit. Follow-up of each group must reach it.
    n_bootstrap : int
        Above 0: intervals of means, differences and ratios are percentiles of so many bootstrap
        samples of people (without delayed entry); standard errors and p-values stay Greenwood's.
    seed : int
        Of the bootstrap.
    conf_level : float

    Returns
    -------
    RestrictedMean
        ``std_error`` is Greenwood's, as in R's ``print(survfit(), rmean=)``; ``contrast`` has
        ``rmst_difference`` and ``rmst_ratio`` (its interval symmetric on the log scale, its
        ``std_error`` that of the logarithm).

    Raises
    ------
    GuardError
        The study knows the interval of each event only.
    EstimationError
        The horizon is beyond the last observed time of a group.

    References
    ----------
    Royston and Parmar (2013), doi:10.1186/1471-2288-13-152.

    Examples
    --------
    >>> import rjeval as rj
    >>> people = pd.DataFrame({"day": [1, 3], "new": [1, 0]})
    >>> outcome = rj.time_to_event(people, time="day", event="new")
    >>> rj.restricted_mean(outcome, horizon_days=3).frame["estimate"].tolist()
    [2.0]
    """
    refuse_interval_times(outcome.definition, "A restricted mean uses")
    rows = group_rows(outcome, by)
    _check_horizon(rows, horizon_days)
    if rows.n_groups > 1:
        refuse_later_knowledge(outcome, [rows.by])
    counts = count_by_day(
        rows.time,
        (rows.kind == 1).astype(np.intp),
        group=rows.code,
        n_groups=rows.n_groups,
        entry=rows.entry,
    )
    areas = [
        restricted_area(counts.times, counts.n_at_risk[g], counts.n_event[g], horizon=horizon_days)
        for g in range(rows.n_groups)
    ]
    mean, error = np.array(areas).T
    z = z_quantile(conf_level)
    inside = counts.times <= horizon_days
    frame = pd.DataFrame(
        {
            rows.column: rows.labels,
            "n": rows.n_people,
            "n_event": counts.n_event[:, inside].sum(axis=1),
            "estimate": mean,
            "std_error": error,
            "conf_low": np.maximum(mean - z * error, 0.0),
            "conf_high": np.minimum(mean + z * error, horizon_days),
        }
    )
    contrast = _contrast(frame, rows, outcome, horizon=horizon_days, conf_level=conf_level)
    if n_bootstrap:
        if rows.late:
            raise EstimationError("The bootstrap does not allow delayed entry.")
        generator = np.random.default_rng(seed)
        drawn = bootstrap_areas(
            counts, horizon=horizon_days, n_bootstrap=n_bootstrap, generator=generator
        )
        frame, contrast = _percentiles(frame, contrast, drawn, conf_level=conf_level)
    return RestrictedMean(
        frame=frame,
        by=rows.by,
        horizon_days=horizon_days,
        conf_level=conf_level,
        contrast=contrast,
        definition=outcome.definition,
        notes=(*rows.notes, *overstated(rows.kind)),
    )


def _check_horizon(rows: GroupedRows, horizon_days: float) -> None:
    last = np.zeros(rows.n_groups)
    np.maximum.at(last, rows.code, rows.time)
    if not 0 < horizon_days <= last.min():
        raise EstimationError(
            f"horizon_days is {horizon_days:g}, but follow-up of the shortest-followed group "
            f"ends at {last.min():g}.",
            hint=f"Use a horizon of at most {last.min():g} for all groups.",
        )


def _contrast(
    frame: pd.DataFrame,
    rows: GroupedRows,
    outcome: TimeToEvent,
    *,
    horizon: float,
    conf_level: float,
) -> Contrast | None:
    if rows.n_groups < 2:
        return None
    z = z_quantile(conf_level)
    mean, error = frame["estimate"].to_numpy(), frame["std_error"].to_numpy()
    lines = []
    for g in range(1, rows.n_groups):
        gap, spread = mean[g] - mean[0], float(np.hypot(error[g], error[0]))
        log_error = float(np.hypot(error[g] / mean[g], error[0] / mean[0]))
        ratio = log_ratio(mean[g] / mean[0], log_error, conf_level=conf_level)
        statistic = gap / spread if spread > 0 else np.nan
        head = (rows.labels[g], rows.labels[0], horizon)
        lines.append(
            (*head, "rmst_difference", gap, spread, statistic, gap - z * spread, gap + z * spread)
        )
        lines.append(
            (
                *(*head, "rmst_ratio", ratio.estimate, ratio.std_error),
                *(ratio.statistic, ratio.conf_low, ratio.conf_high),
            )
        )
    table = pd.DataFrame(
        lines,
        columns=[
            *("group", "reference", "at_days", "term", "estimate", "std_error"),
            *("statistic", "conf_low", "conf_high"),
        ],
    )
    table.insert(7, "p_value", two_sided_p(table["statistic"].to_numpy(dtype=float)))
    arms = frame.rename(columns={rows.column: "group"})[["group", "n", "n_event", "estimate"]]
    arms.insert(1, "at_days", horizon)
    return Contrast(
        frame=table,
        by=rows.by,
        method=mark("difference and ratio of restricted means (Greenwood, Wald)"),
        conf_level=conf_level,
        arms=arms,
        definition=outcome.definition,
        notes=rows.notes,
    )


def _percentiles(
    frame: pd.DataFrame, contrast: Contrast | None, drawn: np.ndarray, *, conf_level: float
) -> tuple[pd.DataFrame, Contrast | None]:
    """Put percentiles of bootstrap replicates in the place of the limits."""
    tails = [(1 - conf_level) / 2, (1 + conf_level) / 2]
    low, high = np.quantile(drawn, tails, axis=1)
    frame = frame.assign(conf_low=low, conf_high=high)
    if contrast is None:
        return frame, None
    replicates = []
    for other in drawn[1:]:
        replicates += [other - drawn[0], other / drawn[0]]
    low, high = np.quantile(np.stack(replicates), tails, axis=1)
    method = note(
        "{method}; limits by {n} bootstrap samples",
        method=note(contrast.method),
        n=drawn.shape[1],
    )
    table = contrast.frame.assign(conf_low=low, conf_high=high)
    return frame, replace(contrast, frame=table, method=method)
