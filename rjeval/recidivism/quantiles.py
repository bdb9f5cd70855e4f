"""Days by which a share of people have reoffended, with intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError
from rjeval.language import mark, note
from rjeval.recidivism.curve_frames import (
    COMPETING_SHARE,
    count_rows,
    group_sizes,
    many_compete,
)
from rjeval.recidivism.known_times import refuse_interval_times
from rjeval.recidivism.product_limit import kaplan_meier_estimate, survival_interval
from rjeval.recidivism.unpack import group_rows
from rjeval.results.survival import SurvivalQuantiles

#: Note on quantiles where Kaplan-Meier overstates reoffending.
TOO_EARLY = mark(
    "More than {share:.0%} of people left by a competing event, whom Kaplan-Meier takes for people "
    "who might still reoffend: these days come too early. Read them from the cumulative incidence."
)
#: A probability this close to a step of the curve lies on it (R's tolerance).
ON_A_STEP = 1.4901161193847656e-08


def survival_quantiles(
    outcome: TimeToEvent,
    *,
    by: str | None = None,
    probabilities: Sequence[float] = (0.25, 0.5, 0.75),
    conf_type: str = "log-log",
    conf_level: float = 0.95,
) -> SurvivalQuantiles:
    """Estimate the day by which each share of people have reoffended (0.5 is the median).

    Parameters
    ----------
    outcome : TimeToEvent
    by : str, optional
        Column of groups; one group labelled ``all`` (column ``group``) where not given.
    probabilities : sequence of float
        Shares with the event, between 0 and 1.
    conf_type : {"log-log", "log", "plain"}
    conf_level : float

    Returns
    -------
    SurvivalQuantiles
        Where the Kaplan-Meier curve does not fall that far the day is missing (NaN): it was
        not reached. Limits are where the pointwise band crosses (Brookmeyer and Crowley). A note
        says where more than 5% of people left by a competing event: with those censored the days
        come too early, and :func:`rjeval.cumulative_incidence` is the curve to read them from.

    Raises
    ------
    GuardError
        The study knows the interval of each event only.
    EstimationError
        A probability outside 0 to 1, or an unknown column or ``conf_type``.

    Notes
    -----
    Where the curve is flat at the probability the day is the middle of the flat part, as in R.

    References
    ----------
    Brookmeyer and Crowley (1982), doi:10.2307/2530286.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> people = pd.DataFrame({"day": [1, 2, 4, 9], "new": [1, 1, 1, 1]})
    >>> outcome = rj.time_to_event(people, time="day", event="new")
    >>> rj.survival_quantiles(outcome, probabilities=[0.5]).frame["estimate"].item()
    3.0
    """
    wanted = np.asarray(probabilities, dtype=float)
    if not wanted.size or not ((wanted > 0) & (wanted < 1)).all():
        raise EstimationError("probabilities must be one or more numbers between 0 and 1.")
    refuse_interval_times(outcome.definition, "A quantile uses")
    rows = group_rows(outcome, by)
    counts = count_rows(rows, kind=rows.kind)
    survival, error = kaplan_meier_estimate(counts.n_at_risk, counts.n_event)
    low, high = survival_interval(survival, error, conf_type=conf_type, conf_level=conf_level)
    sizes = group_sizes(rows, counts)
    notes = rows.notes
    if many_compete(counts):
        notes = (*notes, note(TOO_EARLY, share=COMPETING_SHARE))
    left = counts.n_event + counts.n_competing + counts.n_censored > 0
    blocks = []
    for g, label in enumerate(rows.labels):
        seen = left[g]
        times = counts.times[seen]
        blocks.append(
            pd.DataFrame(
                {
                    rows.column: label,
                    "probability": wanted,
                    "n": sizes["n"][g],
                    "n_event": sizes["n_events"][g],
                    "estimate": crossing(times, survival[g, seen], wanted),
                    "conf_low": crossing(times, low[g, seen], wanted),
                    "conf_high": crossing(times, high[g, seen], wanted),
                }
            )
        )
    return SurvivalQuantiles(
        frame=pd.concat(blocks, ignore_index=True),
        by=rows.by,
        conf_level=conf_level,
        conf_type=conf_type,
        definition=outcome.definition,
        notes=notes,
    )


def crossing(times: np.ndarray, curve: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return when a falling step curve passes ``1 - share``; NaN where it never does."""
    known = ~np.isnan(curve)
    t, fallen = times[known], np.maximum.accumulate(1 - curve[known])
    if not t.size:
        return np.full(share.size, np.nan)
    first = np.searchsorted(fallen, share - ON_A_STEP, side="left")
    beyond = np.searchsorted(fallen, share + ON_A_STEP, side="left")
    last = t.size - 1
    middle = (t[np.minimum(first, last)] + t[np.minimum(beyond, last)]) / 2
    return np.where(first <= last, middle, np.nan)
