"""All pairs of groups compared at once, with Holm's adjustment."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError
from rjeval.language import note
from rjeval.recidivism.tests import log_rank_test
from rjeval.recidivism.unpack import group_rows
from rjeval.results.survival import TestResult

UNTESTED = pd.DataFrame({"term": [""], "statistic": np.nan, "df": 1, "p_value": np.nan})


def pairwise_log_rank_test(
    outcome: TimeToEvent,
    *,
    by: str,
    strata: str | tuple[str, ...] | None = None,
    weighting: str | tuple[float, float] = "log-rank",
) -> TestResult:
    """Compare each pair of groups by a log-rank test, p-values adjusted by Holm's method.

    Parameters
    ----------
    outcome, by, strata, weighting
        As in :func:`rjeval.log_rank_test`.

    Returns
    -------
    TestResult
        One row per pair (``term`` is ``b - a``), with the further column ``p_adjusted``: the
        chance of any false claim in the family is at most the level. A pair in which nobody has
        the event is not tested (NaN) and does not count in the adjustment; a note says how many.

    References
    ----------
    Holm (1979), https://www.jstor.org/stable/4615733.

    Examples
    --------
    >>> import rjeval as rj
    >>> people = pd.DataFrame(
    ...     {"day": range(1, 10), "new": [1] * 9, "site": ["a", "b", "c"] * 3}
    ... )
    >>> outcome = rj.time_to_event(people, time="day", event="new", covariates=["site"])
    >>> rj.pairwise_log_rank_test(outcome, by="site").frame["term"].tolist()
    ['b - a', 'c - a', 'c - b']
    """
    labels = group_rows(outcome, by).labels
    whole = log_rank_test(outcome, by=by, strata=strata, weighting=weighting)
    tests: dict[str, pd.DataFrame] = {}
    for first, second in combinations(labels, 2):
        chosen = outcome.frame[by].astype(str).isin([first, second])
        pair = replace(outcome, frame=outcome.frame[chosen], notes=())
        try:
            test = log_rank_test(pair, by=by, strata=strata, weighting=weighting).frame
        except EstimationError:  # nothing else can be wrong: all groups together were tested
            test = UNTESTED
        tests[f"{second} - {first}"] = test
    frame = pd.concat(list(tests.values()), ignore_index=True)
    frame = frame.assign(term=list(tests), p_adjusted=holm(frame["p_value"].to_numpy()))
    untested = int(frame["p_value"].isna().sum())
    said = (note("Pairs without events, or never at risk together, not tested: {n}.", n=untested),)
    return replace(
        whole,
        frame=frame,
        method=note("{method}, pairs, Holm", method=whole.method),
        notes=(*whole.notes, *(said if untested else ())),
    )


def holm(p_values: np.ndarray) -> np.ndarray:
    """Return p-values adjusted by Holm's step-down method; NaN stays and is not counted.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values)[: np.count_nonzero(~np.isnan(p_values))]  # NaN sorts last
    scaled = p_values[order] * np.arange(order.size, 0, -1)
    adjusted = np.full(p_values.size, np.nan)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted
