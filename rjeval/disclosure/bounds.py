"""Words for what is hidden: a bound that is true, instead of silence."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtri

from rjeval.design.disclosure import DisclosureRule
from rjeval.language import mark, note

#: Said of a count that is large enough by itself; a bound of it would be false.
PROTECTING = mark("not shown, to protect a smaller number")


def wilson_interval(
    n_event: object, n: object, *, level: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Return the Wilson interval of proportions (Wilson 1927, doi:10.1080/01621459.1927.10502953).

    Examples
    --------
    >>> low, high = wilson_interval(12, 12)
    >>> round(float(low), 3), round(float(high), 3)
    (0.758, 1.0)
    """
    count, size = np.asarray(n_event, dtype=float), np.asarray(n, dtype=float)
    z = float(ndtri(0.5 + level / 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = count / size
        centre = (share + z * z / (2 * size)) / (1 + z * z / size)
        half = z / (1 + z * z / size) * np.sqrt(share * (1 - share) / size + (z / (2 * size)) ** 2)
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)


def smallest_true_size(n_shown: float, rule: DisclosureRule, *, widened: bool = False) -> float:
    """Return the smallest true size that is shown as ``n_shown``, where told by a wider one too."""
    fewer = rule.min_cell - 1 if widened else 0
    return max(n_shown - (rule.round_to - 1) // 2 - fewer, rule.min_cell)


def below_text(
    rule: DisclosureRule,
    *,
    n_shown: float = float("nan"),
    level: float = 0.0,
    widened: bool = False,
) -> str:
    """Return the bound for a count under the threshold.

    Parameters
    ----------
    rule : DisclosureRule
    n_shown : float
        Released denominator; NaN where there is none.
    level : float
        Confidence level; above 0, the upper limit that belongs to the bound is added.
    widened : bool
        The denominator is that of a wider population, larger by fewer than ``min_cell``.

    Examples
    --------
    >>> below_text(DisclosureRule(), n_shown=60)
    'fewer than 11 of 60 (under 18%)'
    """
    limit = rule.min_cell
    if not n_shown >= limit:
        return note("fewer than {least}", least=limit)
    size = smallest_true_size(n_shown, rule, widened=widened)
    percent = 100 * (limit - 1) / size
    if not level:
        return note(
            "fewer than {least} of {n:,.0f} (under {percent}%)",
            least=limit,
            n=n_shown,
            percent=_above(percent),
        )
    top = float(wilson_interval(limit - 1, size, level=level)[1])
    return note(
        "fewer than {least} of {n:,.0f} (under {percent}%; {level:.0%} interval up to {top}%)",
        least=limit,
        n=n_shown,
        percent=_above(percent),
        level=level,
        top=_above(100 * top),
    )


def above_text(rule: DisclosureRule, *, n_shown: float) -> str:
    """Return the bound for a count so near its denominator that the rest is under the threshold.

    Examples
    --------
    >>> above_text(DisclosureRule(), n_shown=60)
    'more than 82% of 60'
    """
    size = smallest_true_size(n_shown, rule)
    share = 100 * (1 - (rule.min_cell - 1) / size)
    return note("more than {percent}% of {n:,.0f}", percent=max(math.ceil(share) - 1, 0), n=n_shown)


def most_text(rule: DisclosureRule, *, n_shown: float) -> str:
    """Return the bound for a shown count of which fewer than the threshold are missing to all.

    Examples
    --------
    >>> most_text(DisclosureRule(), n_shown=55)
    'more than 84%'
    """
    least = smallest_true_size(n_shown, rule)
    share = 100 * least / (least + rule.min_cell - 1)
    return note("more than {percent}%", percent=max(math.ceil(share) - 1, 0))


def _above(percent: float) -> str:
    """Shortest percentage that lies above the given one, at most 100."""
    if percent >= 1:
        return str(min(math.floor(percent) + 1, 100))
    return f"{(math.floor(percent * 10) + 1) / 10:.1f}"
