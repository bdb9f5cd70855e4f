"""Intervals that stay true after rounding: never narrower than the exact interval allows.

Rates follow from rounded counts, so an interval worked out from them alone may miss what the
exact interval holds. A released interval is the hull of both; the exact one is first coarsened
outward, as the values of curves are, so that it says no more than the rounded counts.
"""

from __future__ import annotations

import math

import numpy as np

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.rounding import DIGITS, floor_shown
from rjeval.language import mark, note

#: A number that lies on a step of the coarse grid but for this share of a step stays there.
STEP_SLACK = 1e-9


def decimals_for(size: object) -> np.ndarray:
    """Return the decimals of shares that say no more than rounded counts of so many people.

    Examples
    --------
    >>> decimals_for([60, 500, 5000]).tolist()
    [2, 3, 4]
    """
    people = np.asarray(size, dtype=float)
    return np.select([people < 500, people < 5000], [2, 3], 4)


def outward(low: object, high: object, *, decimals: object) -> tuple[np.ndarray, np.ndarray]:
    """Return an interval with its ends moved outward to whole decimals.

    Examples
    --------
    >>> low, high = outward(0.1664, 0.2572, decimals=2)
    >>> float(low), float(high)
    (0.16, 0.26)
    """
    scale = 10.0 ** np.asarray(decimals, dtype=float)
    below = np.floor(np.asarray(low, dtype=float) * scale + STEP_SLACK) / scale
    above = np.ceil(np.asarray(high, dtype=float) * scale - STEP_SLACK) / scale
    return below, above


def outward_significant(
    low: object, high: object, *, digits: int = DIGITS
) -> tuple[np.ndarray, np.ndarray]:
    """Return an interval with its ends moved outward to significant digits.

    Examples
    --------
    >>> low, high = outward_significant(580.81, 642.32)
    >>> float(low), float(high)
    (580.0, 643.0)
    """
    ends = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        places = [digits - 1 - np.floor(np.log10(np.abs(end))) for end in ends]
    places = [np.where(np.isfinite(one), one, 0.0) for one in places]
    return (
        outward(ends[0], ends[0], decimals=places[0])[0],
        outward(ends[1], ends[1], decimals=places[1])[1],
    )


def hull(
    shown: tuple[np.ndarray, np.ndarray], exact: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the hull of two intervals; missing where the shown one is."""
    low, high = (np.asarray(end, dtype=float) for end in shown)
    return (
        np.where(np.isnan(low), np.nan, np.fmin(low, exact[0])),
        np.where(np.isnan(high), np.nan, np.fmax(high, exact[1])),
    )


def share_interval(
    shown: tuple[np.ndarray, np.ndarray], *, low: object, high: object, size: object
) -> tuple[np.ndarray, np.ndarray]:
    """Return the hull of an interval from rounded counts and the exact interval of a share."""
    below, above = outward(low, high, decimals=decimals_for(size))
    return hull(shown, (np.clip(below, 0, 1), np.clip(above, 0, 1)))


def rounding_notes(
    event: object, size: object, *, rule: DisclosureRule, widened: object = False
) -> tuple[str, ...]:
    """Return a note on how far rounding can move the shares shown; none where nothing is rounded.

    The bound is worked out from the shown counts alone, so it tells nothing of the true ones.
    ``widened`` sizes are those of wider populations, larger by fewer than ``min_cell`` people.

    Examples
    --------
    >>> rounding_notes([35], [185], rule=DisclosureRule())
    ('Rounding can move a share by up to 2 percentage points.',)
    """
    count, people = np.asarray(event, dtype=float), np.asarray(size, dtype=float)
    fine = np.isfinite(count) & (people > 0)
    if rule.round_to < 2 or not fine.any():
        return ()
    wider = np.broadcast_to(np.asarray(widened, dtype=bool), people.shape)
    fewer = np.where(wider, rule.min_cell - 1, 0)[fine]
    count, people = count[fine], people[fine]
    few, many = _true_range(count, rule)
    least, most = _true_range(people, rule)
    least = np.maximum(least - fewer, few)
    ends = np.stack([np.minimum(many / least, 1.0), few / most])
    moved = 100 * float(np.abs(ends - count / people).max())
    if moved < 1:
        return (mark("Rounding can move a share by less than 1 percentage point."),)
    return (
        note(
            "Rounding can move a share by up to {points} percentage points.",
            points=math.ceil(moved),
        ),
    )


def _true_range(shown: np.ndarray, rule: DisclosureRule) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest counts that are shown as these."""
    half = rule.round_to // 2
    low = np.where(shown == floor_shown(rule), rule.min_cell, shown - half)
    return np.where(shown == 0, 0, low), np.where(shown == 0, 0, shown + half)
