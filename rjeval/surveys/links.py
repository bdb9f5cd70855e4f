"""Links of cumulative models: how a latent position becomes a chance of each category.

With ``F`` the distribution function of the link, ``P(rating <= j) = F(threshold_j - x'b)``.
Each link answers for one category at a time: the log-probability of lying between a lower and
an upper bound, with first and second derivatives in both. A bound that is ``None`` is infinite.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

#: Smallest probability whose logarithm is taken.
TINY = 1e-300
_ROOT_2PI = np.sqrt(2 * np.pi)

Values = np.ndarray
Bound = Values | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Log-probability of a category and its derivatives in the upper and lower bound.

    A derivative that involves an infinite bound is 0.
    """

    logp: Values
    up: Values
    low: Values
    up_up: Values
    low_low: Values
    up_low: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link: distribution function, its complement, density, slope of density, quantile."""

    name: str
    cdf: Callable[[Values], Values]
    upper: Callable[[Values], Values]
    density: Callable[[Values], Values]
    slope: Callable[[Values], Values]
    quantile: Callable[[Values], Values]
    scale: str = ""

    def interval(self, up: Bound, low: Bound) -> Interval:
        """Return log-probability and derivatives for one category."""
        if self.name == "logit":
            return _logit_interval(up, low)
        return self._interval(up, low)

    def _interval(self, up: Bound, low: Bound) -> Interval:
        given = up if up is not None else low
        if given is None:
            raise ValueError("a category needs at least one finite bound")
        zero = np.zeros_like(given)
        p = np.maximum(self._between(up, low), TINY)
        at_up = zero if up is None else self.density(up) / p
        at_low = zero if low is None else -self.density(low) / p
        slope_up = zero if up is None else self.slope(up) / p
        slope_low = zero if low is None else -self.slope(low) / p
        return Interval(
            logp=np.log(p),
            up=at_up,
            low=at_low,
            up_up=slope_up - at_up**2,
            low_low=slope_low - at_low**2,
            up_low=-at_up * at_low,
        )

    def _between(self, up: Bound, low: Bound) -> Values:
        if up is None:
            return self.upper(low) if low is not None else np.ones(0)
        if low is None:
            return self.cdf(up)
        return np.where(low > 0, self.upper(low) - self.upper(up), self.cdf(up) - self.cdf(low))


def _logit_interval(up: Bound, low: Bound) -> Interval:
    """Use the closed form p = F(u) (1 - F(l)) (1 - exp(l - u)), in which nothing cancels."""
    if low is None and up is not None:
        above = special.expit(-up)
        zero = np.zeros_like(up)
        bend = -above * (1 - above)
        return Interval(
            logp=np.log1p(-above), up=above, low=zero, up_up=bend, low_low=zero, up_low=zero
        )
    if up is None and low is not None:
        below = special.expit(low)
        zero = np.zeros_like(low)
        bend = -below * (1 - below)
        return Interval(
            logp=np.log1p(-below), up=zero, low=-below, up_up=zero, low_low=bend, up_low=zero
        )
    if up is None or low is None:
        raise ValueError("a category needs at least one finite bound")
    above, below = special.expit(-up), special.expit(low)
    odds = 1 / np.expm1(np.maximum(up - low, 1e-12))
    bend = odds * (1 + odds)
    return Interval(
        logp=np.log1p(-above) + np.log1p(-below) - np.log1p(odds),
        up=above + odds,
        low=-below - odds,
        up_up=-above * (1 - above) - bend,
        low_low=-below * (1 - below) - bend,
        up_low=bend,
    )


def _exp(x: Values) -> Values:
    return np.exp(np.clip(x, -700.0, 700.0))


def _gumbel(x: Values) -> Values:
    """Density of the smallest extreme value, exp(x - exp(x))."""
    return np.exp(np.clip(x - _exp(x), -700.0, 700.0))


def _normal(x: Values) -> Values:
    return np.exp(-0.5 * np.square(np.clip(x, -38.0, 38.0))) / _ROOT_2PI


LINKS: dict[str, Link] = {
    "logit": Link(
        name="logit",
        cdf=special.expit,
        upper=lambda x: special.expit(-x),
        density=lambda x: special.expit(x) * special.expit(-x),
        slope=lambda x: (
            special.expit(x) * special.expit(-x) * (special.expit(-x) - special.expit(x))
        ),
        quantile=special.logit,
        scale="odds ratio",
    ),
    "probit": Link(
        name="probit",
        cdf=special.ndtr,
        upper=lambda x: special.ndtr(-x),
        density=_normal,
        slope=lambda x: -x * _normal(x),
        quantile=special.ndtri,
    ),
    "cloglog": Link(
        name="cloglog",
        cdf=lambda x: -np.expm1(-_exp(x)),
        upper=lambda x: np.exp(-_exp(x)),
        density=_gumbel,
        slope=lambda x: _gumbel(x) * (1 - _exp(x)),
        quantile=lambda p: np.log(-np.log1p(-p)),
    ),
    "loglog": Link(
        name="loglog",
        cdf=lambda x: np.exp(-_exp(-x)),
        upper=lambda x: -np.expm1(-_exp(-x)),
        density=lambda x: _gumbel(-x),
        slope=lambda x: -_gumbel(-x) * (1 - _exp(-x)),
        quantile=lambda p: -np.log(-np.log(p)),
    ),
    "cauchit": Link(
        name="cauchit",
        cdf=lambda x: 0.5 + np.arctan(x) / np.pi,
        upper=lambda x: 0.5 - np.arctan(x) / np.pi,
        density=lambda x: 1 / (np.pi * (1 + x**2)),
        slope=lambda x: -2 * x / (np.pi * (1 + x**2) ** 2),
        quantile=lambda p: np.tan(np.pi * (p - 0.5)),
    ),
}
