"""Round counts to a base, so that what is shown is coarse and still adds up.

Nearest multiple of the base, and never below the threshold: with a base of 5 and a threshold
of 11, the counts 11 to 17 are shown as 15 (10 would read as a suppressed count).
"""

from __future__ import annotations

import numpy as np

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.quiet import quiet_solver

#: Significant digits of released statistics that do not follow from counts.
DIGITS = 3
#: How many multiples of the base a cell may move so that a table's totals add up.
MAX_STEPS = 3
#: What moving a hidden cell by a base costs, and what a relation broken by a base costs, in moves
#: of a shown cell by a base.
HIDDEN_COST = 0.01
BROKEN_COST = 10.0


def round_counts(counts: object, rule: DisclosureRule) -> np.ndarray:
    """Return counts rounded to ``rule.round_to``; NaN stays NaN.

    Parameters
    ----------
    counts : array_like
        Counts of people; those from 1 to ``min_cell - 1`` must have been hidden before.
    rule : DisclosureRule

    Returns
    -------
    ndarray of float
        Multiples of the base; never between 1 and ``min_cell - 1``.

    Examples
    --------
    >>> from rjeval.design.disclosure import DisclosureRule
    >>> round_counts([11, 12, 18, 0], DisclosureRule()).tolist()
    [15.0, 15.0, 20.0, 0.0]
    """
    values = np.asarray(counts, dtype=float)
    base = rule.round_to
    nearest = np.floor(values / base + 0.5) * base
    return np.where((values > 0) & (nearest < floor_shown(rule)), floor_shown(rule), nearest)


def round_count(count: float, rule: DisclosureRule) -> float:
    """Return one rounded count, NaN where it is under the threshold."""
    if not count >= rule.min_cell:
        return float("nan") if count != 0 else 0.0
    return float(round_counts([count], rule)[0])


def floor_shown(rule: DisclosureRule) -> int:
    """Return the smallest positive count that may be printed."""
    if not rule.suppresses:
        return 1
    return -(-rule.min_cell // rule.round_to) * rule.round_to


def controlled_rounding(
    values: np.ndarray,
    relations: np.ndarray,
    *,
    hidden: np.ndarray,
    anchored: np.ndarray,
    rule: DisclosureRule,
) -> np.ndarray:
    """Round linked counts so that, as far as can be, their relations still hold.

    Anchored cells (sizes of groups, grand totals, whatever other tables show too) are rounded by
    themselves, so that one count is the same number everywhere. The others minimise the sum of
    absolute changes over all tables of multiples of the base that break the relations least
    (Cox 1987, doi:10.1080/01621459.1987.10478456), by mixed integer programming. Hidden cells
    are rounded with the others, so that a completion of the shown table exists; their values are
    not returned.

    Parameters
    ----------
    values : ndarray of shape (k,)
        True counts.
    relations : ndarray of shape (m, k)
        ``relations @ values == 0``.
    hidden, anchored : ndarray of bool, shape (k,)
    rule : DisclosureRule

    Returns
    -------
    ndarray of shape (k,)
        Rounded counts, NaN where hidden. Where no table of multiples keeps all relations, some
        parts differ from their total by a base or two.
    """
    rounded = np.where(hidden, np.nan, round_counts(values, rule))
    filled = np.where(hidden, round_plain(values, rule), rounded)
    if relations.shape[0] == 0 or np.allclose(relations @ filled, 0):
        return rounded
    solved = _solve(values, relations, hidden=hidden, fixed=anchored & ~hidden, rule=rule)
    if solved is None:
        return rounded
    return np.where(hidden, np.nan, solved)


def round_plain(values: np.ndarray, rule: DisclosureRule) -> np.ndarray:
    """Return nearest multiples without the floor, for cells that are not shown."""
    base = rule.round_to
    return np.floor(np.asarray(values, dtype=float) / base + 0.5) * base


def significant(values: object, *, digits: int = DIGITS) -> np.ndarray:
    """Return numbers rounded to significant digits; 0 and NaN stay.

    Examples
    --------
    >>> significant([0.012345, 678.9]).tolist()
    [0.0123, 679.0]
    """
    numbers = np.asarray(values, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        power = digits - 1 - np.floor(np.log10(np.abs(numbers)))
        power = np.where(np.isfinite(power), power, 0.0)
        scale = 10.0 ** np.abs(power)
        rounded = np.where(
            power >= 0, np.round(numbers * scale) / scale, np.round(numbers / scale) * scale
        )
    return np.where(np.isfinite(numbers), rounded, numbers)


def _solve(
    values: np.ndarray,
    relations: np.ndarray,
    *,
    hidden: np.ndarray,
    fixed: np.ndarray,
    rule: DisclosureRule,
) -> np.ndarray | None:
    """Multiples of the base nearest to ``values`` that best keep the relations, or ``None``."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    m, k = relations.shape
    base = float(rule.round_to)
    units = np.asarray(values, dtype=float) / base
    low = np.maximum(np.floor(units) - MAX_STEPS, 0)
    high = np.ceil(units) + MAX_STEPS
    floor = floor_shown(rule) / base
    low = np.where(~hidden & (values > 0), np.maximum(low, floor), low)
    low, high = np.where(values == 0, 0, low), np.where(values == 0, 0, np.maximum(high, low))
    own = round_counts(values, rule) / base
    low, high = np.where(fixed, own, low), np.where(fixed, own, high)
    # Variables: units of each cell, how far each moves, how each relation is broken, up or down.
    eye, gap, none = np.eye(k), np.eye(m), np.zeros((k, 2 * m))
    constraints = [
        LinearConstraint(np.hstack([relations, np.zeros_like(relations), gap, -gap]), 0, 0),
        LinearConstraint(np.hstack([base * eye, -eye, none]), -np.inf, values),
        LinearConstraint(np.hstack([-base * eye, -eye, none]), -np.inf, -values),
    ]
    moved = np.where(hidden, HIDDEN_COST, 1.0)  # per person; the rest is in units of the base
    least = np.concatenate([low, np.zeros(k + 2 * m)])
    most = np.concatenate([high, np.full(k + 2 * m, np.inf)])
    with quiet_solver():
        answer = milp(
            np.concatenate([np.zeros(k), moved, np.full(2 * m, BROKEN_COST * base)]),
            constraints=constraints,
            integrality=np.concatenate([np.ones(k), np.zeros(k + 2 * m)]),
            bounds=Bounds(least, most),
            options={"time_limit": 5.0, "mip_rel_gap": 0.01},
        )
    if answer.x is None:
        return None
    return np.asarray(np.round(answer.x[:k]) * base, dtype=float)
