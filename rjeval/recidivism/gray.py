"""Gray's k-sample test that groups have the same cumulative incidence of one cause."""

from __future__ import annotations

import numpy as np


def gray_score(
    n_at_risk: np.ndarray, n_cause: np.ndarray, n_other: np.ndarray, *, rho: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return the scores of all groups, and the covariance of all but the last, of one stratum.

    Parameters
    ----------
    n_at_risk, n_cause, n_other : ndarray of shape (groups, times)
        Without delayed entry.
    rho : float
        Weight ``(1 - F(t-))^rho`` with the pooled incidence.

    Notes
    -----
    As ``cmprsk::cuminc``: the covariance is that of Gray (1988), tied events thinned by
    ``1 - (d - 1) / (n - 1)``.
    """
    n, d1, d2 = (part.astype(float) for part in (n_at_risk, n_cause, n_other))
    there = n > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        stay = np.where(there, (n - d1 - d2) / n, 1.0)
        after = np.cumprod(stay, axis=1)
        before = _lag(after, 1.0)
        own = np.cumsum(np.where(there, before * d1 / n, 0.0), axis=1)
        own_before = _lag(own, 0.0)
        size = np.where(there & (before > 0), n / before, 0.0)
        total, events = size.sum(axis=0), d1.sum(axis=0)
        pooled = np.cumsum(np.where(total > 0, events / total, 0.0))
        pooled_before = np.concatenate([[0.0], pooled[:-1]])
        weight = (1 - pooled_before) ** rho
        free = size * (1 - own_before)
        share = np.where(free.sum(axis=0) > 0, free / free.sum(axis=0), 0.0)
        score = (weight * (d1 - events * share)).sum(axis=1)
        part = np.where(total > 0, size / total, 0.0)
        a = -weight * size[:, None, :] * part[None, :, :]
        diagonal = np.arange(len(n))
        a[diagonal, diagonal] += weight * size
        growth = np.where(total > 0, events / (total * (1 - pooled_before)), 0.0)
        c = np.cumsum(a * growth, axis=2)
        first = _spread(events, total * before, there) * before * events
        first = np.where(there & (events > 0), first / (total * n), 0.0)
        rest = np.where(after > 0, (1 - pooled) / after, 0.0)
        level = np.where(after > 0, 1 - rest, 1.0)
        second = _spread(d2, n, there) * before**2 * d2 / n**2
        second = np.where((after > 0) & (d2 > 0), second, 0.0)
    k = len(n) - 1
    moved = (a - level * c)[:k]
    drawn = (rest * c)[:k]
    last = c[:k, :, -1]
    variance = np.einsum("ikt,jkt,kt->ij", moved, moved, first)
    variance += np.einsum("ikt,jkt,kt->ij", drawn, drawn, second)
    v3 = (level**2 * first + rest**2 * second).sum(axis=1)
    v2 = np.einsum("ikt,kt->ik", moved, level * first)
    v2 -= np.einsum("ikt,kt->ik", drawn, rest * second)
    cross = last @ v2.T
    return score, variance + (last * v3) @ last.T + cross + cross.T


def _lag(values: np.ndarray, first: float) -> np.ndarray:
    return np.concatenate([np.full((len(values), 1), first), values[:, :-1]], axis=1)


def _spread(deaths: np.ndarray, size: np.ndarray, there: np.ndarray) -> np.ndarray:
    thinned = 1 - (deaths - 1) / (size - 1)
    return np.where((deaths > 1) & there, thinned, 1.0)
