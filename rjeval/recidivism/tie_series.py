"""Efron's sums over many tied events as short power series: no term per event."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Share of the events in the risk below which the series is used; beyond it, and for a small
#: number of ties, each event has its own term.
SMALL_SHARE = 0.1
#: Terms of the series: ``0.1 ** 18 * 19`` is below half a unit in the last place.
TERMS = 18


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TieScalars:
    """Sums over the events tied at each time, of their reduced risk sets ``R = S - (l/d) E``.

    ``k1`` sums ``1 / R``, ``k2`` ``(l/d) / R``, ``k3``, ``k4``, ``k5`` sum ``1``, ``l/d`` and
    ``(l/d)^2`` over ``R^2``; ``log`` sums ``log R`` over all events. Each with its mean weight.
    """

    k1: np.ndarray
    k2: np.ndarray
    k3: np.ndarray
    k4: np.ndarray
    k5: np.ndarray
    log: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TieSeries:
    """Power sums ``sum over l < d of (l / d)^j`` of each number ``d`` of tied events.

    With ``q = E / S`` the sums over ``l`` of ``1 / (S - (l / d) E)`` and its kin are series in
    ``q`` whose coefficients are these power sums, all positive: nothing cancels.
    """

    n_tied: np.ndarray
    powers: np.ndarray

    @classmethod
    def of(cls, n_tied: np.ndarray) -> TieSeries:
        """Return the power sums for these numbers of ties."""
        top = int(n_tied.max())
        share = np.arange(top, dtype=np.longdouble) / top
        powers = np.empty((TERMS + 3, n_tied.size))
        term = np.ones(top, dtype=np.longdouble)
        stretch, power = top / n_tied.astype(np.longdouble), np.ones(n_tied.size, np.longdouble)
        for j in range(TERMS + 3):
            powers[j] = np.cumsum(term)[n_tied - 1] * power
            term *= share
            power = power * stretch
        return cls(n_tied=n_tied, powers=powers)

    def scalars(self, s0: np.ndarray, e0: np.ndarray, *, efron: bool) -> TieScalars:
        """Return the sums over tied events at risk sums ``s0`` and event sums ``e0``."""
        d = self.n_tied.astype(float)
        if not efron:
            zero = np.zeros_like(s0)
            return TieScalars(
                k1=d / s0, k2=zero, k3=d / s0**2, k4=zero, k5=zero, log=float(d @ np.log(s0))
            )
        q = e0 / s0
        k1, k2, k3, k4, k5 = np.zeros((5, q.size))
        log, power = np.zeros(q.size), np.ones(q.size)
        p = self.powers
        for j in range(TERMS + 1):
            k1 += power * p[j]
            k2 += power * p[j + 1]
            k3 += (j + 1) * power * p[j]
            k4 += (j + 1) * power * p[j + 1]
            k5 += (j + 1) * power * p[j + 2]
            power = power * q
            log += power * p[j + 1] / (j + 1)
        result = np.stack(
            [k1 / s0, k2 / s0, k3 / s0**2, k4 / s0**2, k5 / s0**2, d * np.log(s0) - log]
        )
        large = np.flatnonzero(q > SMALL_SHARE)
        if large.size:
            result[:, large] = _term_by_term(s0[large], e0[large], self.n_tied[large])
        return TieScalars(
            k1=result[0],
            k2=result[1],
            k3=result[2],
            k4=result[3],
            k5=result[4],
            log=float(result[5].sum()),
        )


def _term_by_term(s0: np.ndarray, e0: np.ndarray, n_tied: np.ndarray) -> np.ndarray:
    at = np.repeat(np.arange(n_tied.size), n_tied)
    starts = np.cumsum(n_tied) - n_tied
    fraction = (np.arange(at.size) - starts[at]) / n_tied[at]
    reduced = s0[at] - fraction * e0[at]
    once, twice = 1 / reduced, 1 / reduced**2
    parts = [once, fraction * once, twice, fraction * twice, fraction**2 * twice, np.log(reduced)]
    return np.stack([np.add.reduceat(part, starts) for part in parts])
