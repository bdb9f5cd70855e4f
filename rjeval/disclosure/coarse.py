"""Estimates of a level of a category, so coarse that the people behind it cannot be worked out.

With few other terms the variance of a coefficient is a sum of reciprocals of counts: from a
standard error of 0.289 follow twelve events, however they were rounded. So the error of a level is
shown as that of the fewest people in a span of as many as rounding joins, the estimate in steps
of an eighth of the error at most, and all else follows from what is shown.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.intervals import outward

#: Steps of estimates, on the model's own scale, and how many of them an error holds at least.
STEPS = np.array([0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0])
PER_ERROR = 8
#: Decimals of interval ends, and of numbers that follow from them.
DECIMALS = 3


def fewest_people(std_error: object, *, rule: DisclosureRule) -> np.ndarray:
    """Return the fewest people, of those joined by rounding, whose error this may be.

    An error ``s`` is that of ``1 / s ** 2`` people compared with very many. They are joined in
    spans of ``round_to`` from half a span under ``min_cell`` on, and in half spans below, where an
    error is that of two groups.

    Examples
    --------
    >>> fewest_people([1 / 12**0.5, 1 / 15**0.5, 1 / 16**0.5], rule=DisclosureRule()).tolist()
    [8.5, 13.5, 13.5]
    """
    people = 1 / np.asarray(std_error, dtype=float) ** 2
    first = rule.min_cell - rule.round_to / 2
    width = np.where(people >= first, rule.round_to, rule.round_to / 2)
    fewest = first + np.floor((people - first) / width) * width
    return np.asarray(np.where(fewest > 0, fewest, people / 2))


def coarsened(
    frame: pd.DataFrame, *, conf_level: float, rule: DisclosureRule, unit: float = 1.0
) -> dict[str, np.ndarray]:
    """Return estimate, interval, error, statistic and p-value of rows, as coarse as must be.

    The interval holds the exact one. The error is half its width by the normal quantile, so that
    statistic and p-value tell nothing beside it and claim no more. ``unit`` is the error of one
    person's outcome: that of the residuals in a linear model.
    """
    estimate, error, low, high = (
        frame[name].to_numpy(dtype=float)
        for name in ("estimate", "std_error", "conf_low", "conf_high")
    )
    wide = unit / np.sqrt(fewest_people(error / unit, rule=rule))
    place = np.searchsorted(STEPS, np.nan_to_num(wide / unit) / PER_ERROR, side="right") - 1
    step = STEPS[np.maximum(place, 0)] * unit
    shown = np.round(estimate / step) * step
    with np.errstate(divide="ignore", invalid="ignore"):
        below, above = ((estimate - low) / error, (high - estimate) / error)
    ends = outward(
        shown - below * wide - step / 2, shown + above * wide + step / 2, decimals=DECIMALS
    )
    half = (ends[1] - ends[0]) / 2 / ndtri(0.5 + conf_level / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = shown / half
    return {
        "estimate": np.round(shown, DECIMALS),
        "conf_low": ends[0],
        "conf_high": ends[1],
        "std_error": np.round(half, DECIMALS),
        "statistic": np.round(statistic, DECIMALS),
        "p_value": np.round(2 * ndtr(-np.abs(statistic)), DECIMALS + 1),
    }
