"""Harrell's concordance of a risk score with event times, and its standard error."""

from __future__ import annotations

import numpy as np

from rjeval.recidivism.risk_sets import RiskSets

#: Decimals of a score that count: linear predictors of equal rows differ in their last bits.
SCORE_DECIMALS = 10


def concordance(
    score: np.ndarray, sets: RiskSets, *, cluster: np.ndarray | None = None
) -> tuple[float, float]:
    """Return the concordance and its infinitesimal-jackknife standard error, as R's.

    A pair is comparable where one person has the event while the other is still at risk after
    it (also when censored on that very day); two events on one day are not a pair. Ties of the
    score count one half. Pairs never cross strata. Exact, in time n log n.
    """
    rank = np.unique(np.round(score, SCORE_DECIMALS), return_inverse=True)[1]
    rows, at, weight = sets.event_rows, sets.event_at, sets.weight
    events = _Ordered(at, rank[rows], weight[rows])
    tied = events.before(at + 1, rank[rows]) - events.before(at, rank[rows])
    later = _at_risk(sets, rank, at) - tied
    earlier = events.before(sets.after, rank)
    if sets.first is not None:
        earlier -= events.before(sets.first, rank)
    earlier[:, rows] -= tied
    gain = earlier[2] - 2 * earlier[0] - earlier[1]
    gain[rows] += 2 * later[0] + later[1] - later[2]
    pairs = earlier[2]
    pairs[rows] += later[2]
    n_pairs = float(weight @ pairs) / 2
    if not n_pairs > 0:
        return float("nan"), float("nan")
    somers = float(weight @ gain) / 2 / n_pairs
    change = weight * (gain - somers * pairs) / (2 * n_pairs)
    if cluster is not None:
        change = np.bincount(cluster, weights=change)
    return (1 + somers) / 2, float(np.sqrt(np.sum(change**2)))


def _at_risk(sets: RiskSets, rank: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Weight at risk at each event with a lower score, the same score, any score."""
    asked = rank[sets.event_rows]
    gone = _Ordered(sets.after, rank, sets.weight).before(at + 1, asked)
    if sets.first is not None:
        return _Ordered(sets.first, rank, sets.weight).before(at + 1, asked) - gone
    of_rank = np.bincount(rank, weights=sets.weight)
    running = np.concatenate([[0.0], np.cumsum(of_rank)])
    whole = np.full(asked.size, running[-1])
    return np.stack([running[asked], of_rank[asked], whole]) - gone


class _Ordered:
    """Points in order of a key, asked how much weight lies before a key below a rank.

    A wavelet matrix: ranks are split bit by bit, each level a stable partition, so that one
    pair of positions per question is carried down the levels with two look-ups each.
    """

    def __init__(self, key: np.ndarray, rank: np.ndarray, weight: np.ndarray) -> None:
        order = np.argsort(key, kind="stable")
        self._rank, self._weight = rank[order], weight[order]
        self._upto = np.concatenate([[0], np.cumsum(np.bincount(key))])

    def before(self, key: np.ndarray, asked: np.ndarray) -> np.ndarray:
        """Return weight with a smaller key and (lower rank, same rank, any rank), as rows."""
        right = self._upto[np.minimum(key, self._upto.size - 1)]
        left = np.zeros_like(right)
        rank, weight = self._rank, self._weight
        total = np.concatenate([[0.0], np.cumsum(weight)])[right]
        below = np.zeros(right.size)
        top = max(int(rank.max(initial=0)), int(asked.max(initial=0)))
        for bit in range(top.bit_length() - 1, -1, -1):
            low = (rank >> bit) & 1 == 0
            seen = np.concatenate([[0], np.cumsum(low)])
            heavy = np.concatenate([[0.0], np.cumsum(np.where(low, weight, 0.0))])
            up = (asked >> bit) & 1 == 1
            below += np.where(up, heavy[right] - heavy[left], 0.0)
            zero_left, zero_right = seen[left], seen[right]
            left = np.where(up, seen[-1] + left - zero_left, zero_left)
            right = np.where(up, seen[-1] + right - zero_right, zero_right)
            rank = np.concatenate([rank[low], rank[~low]])
            weight = np.concatenate([weight[low], weight[~low]])
        running = np.concatenate([[0.0], np.cumsum(weight)])
        return np.stack([below, running[right] - running[left], total])
