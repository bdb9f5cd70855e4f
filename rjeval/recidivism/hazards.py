"""Cumulative hazard of reoffence by day: Nelson and Aalen's estimator."""

from __future__ import annotations

import numpy as np

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError
from rjeval.recidivism.curve_frames import count_rows, curve_frame, group_sizes
from rjeval.recidivism.normal import z_quantile
from rjeval.recidivism.unpack import group_rows
from rjeval.results.survival import Curves


def nelson_aalen(
    outcome: TimeToEvent,
    *,
    by: str | None = None,
    conf_type: str = "log",
    conf_level: float = 0.95,
) -> Curves:
    """Estimate the cumulative hazard of reoffence by each day.

    The sum of events over people at risk; its slope is the rate at which those who have not
    reoffended do so. Competing exits are censored, so the hazard is cause-specific.

    Parameters
    ----------
    outcome : TimeToEvent
    by : str, optional
        Column of groups; one curve labelled ``all`` (column ``group``) where not given.
    conf_type : {"log", "plain"}
    conf_level : float

    Returns
    -------
    Curves
        ``kind`` is ``cumulative_hazard``; the variance is the sum of ``d / n^2``, as R's
        ``std.chaz`` with ``ctype = 1``.

    Raises
    ------
    EstimationError
        ``by`` is no column, or ``conf_type`` is unknown.

    References
    ----------
    Aalen (1978), doi:10.1214/aos/1176344247.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> people = pd.DataFrame({"day": [1, 2, 4, 4], "new": [1, 1, 0, 0]})
    >>> outcome = rj.time_to_event(people, time="day", event="new")
    >>> rj.nelson_aalen(outcome).frame["estimate"].round(4).tolist()
    [0.0, 0.25, 0.5833, 0.5833]
    """
    if conf_type not in ("log", "plain"):
        raise EstimationError(f"conf_type must be one of log, plain, not '{conf_type}'.")
    rows = group_rows(outcome, by)
    counts = count_rows(rows, kind=rows.kind)
    n = np.maximum(counts.n_at_risk, 1).astype(float)
    estimate = np.cumsum(counts.n_event / n, axis=1)
    error = np.sqrt(np.cumsum(counts.n_event / n**2, axis=1))
    z = z_quantile(conf_level)
    if conf_type == "plain":
        low, high = np.maximum(estimate - z * error, 0.0), estimate + z * error
    else:
        factor = np.exp(z * np.divide(error, estimate, out=np.zeros_like(error), where=error > 0))
        low, high = estimate / factor, estimate * factor
    columns = {"estimate": estimate, "std_error": error, "conf_low": low, "conf_high": high}
    return Curves(
        frame=curve_frame(rows, counts, columns=columns, start=0.0),
        kind="cumulative_hazard",
        by=rows.by,
        conf_level=conf_level,
        conf_type=conf_type,
        horizon_days=outcome.horizon_days,
        groups=group_sizes(rows, counts),
        unit=outcome.unit,
        definition=outcome.definition,
        notes=rows.notes,
    )
