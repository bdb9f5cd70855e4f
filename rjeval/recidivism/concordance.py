"""Harrell's concordance of a risk score with event times, and its standard error."""

from __future__ import annotations

import numpy as np

from rjeval.recidivism.risk_sets import RiskSets, stable_order

#: Decimals of a score that count: linear predictors of equal rows differ in their last bits.
SCORE_DECIMALS = 10
#: Share of all pairs, weighted, that is none but rounding.
NO_PAIRS = 1e-14
#: Cells of a table of keys by leading bits, as a multiple of the points.
TABLE_CELLS = 4


def concordance(
    score: np.ndarray, sets: RiskSets, *, cluster: np.ndarray | None = None
) -> tuple[float, float]:
    """Return the concordance and its infinitesimal-jackknife standard error, as R's.

    A pair is comparable where one person has the event while the other is still at risk after
    it (also when censored on that very day); two events on one day are not a pair. Ties of the
    score count one half. Pairs never cross strata. Exact, in time n log n.
    """
    rank = np.unique(np.round(score, SCORE_DECIMALS), return_inverse=True)[1]
    at, m = sets.event_at, sets.n_events
    weight = None if (sets.weight == 1).all() else sets.weight
    of_events = None if weight is None else weight[:m]
    tied = _tied_events(at, rank[:m], of_events)
    later = _at_risk(sets, rank, weight) - tied
    events = _Ordered(at, rank[:m], of_events)
    earlier = events.before(sets.after, rank)
    if sets.first is not None:
        earlier -= events.before(sets.first, rank)
    earlier[:, :m] -= tied
    gain = earlier[2] - 2 * earlier[0] - earlier[1]
    gain[:m] += 2 * later[0] + later[1] - later[2]
    pairs = earlier[2]
    pairs[:m] += later[2]
    n_pairs = float(sets.weight @ pairs) / 2
    if not n_pairs > NO_PAIRS * float(sets.weight.sum()) ** 2:
        return float("nan"), float("nan")
    somers = float(sets.weight @ gain) / 2 / n_pairs
    change = sets.weight * (gain - somers * pairs) / (2 * n_pairs)
    if cluster is not None:
        change = np.bincount(cluster[sets.order], weights=change)
    return (1 + somers) / 2, float(np.sqrt(np.sum(change**2)))


def _tied_events(at: np.ndarray, rank: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    """Weight of events of the same time with a lower score, the same score, any score."""
    size = int(rank.max(initial=0)) + 1
    both = at * size + rank
    order = stable_order(both)
    placed = both[order]
    running = _running(None if weight is None else weight[order], both.size)
    low, high = (running[np.searchsorted(placed, both, side=side)] for side in ("left", "right"))
    start = running[np.searchsorted(placed, at * size)]
    end = running[np.searchsorted(placed, (at + 1) * size)]
    return np.stack([low - start, high - low, end - start])


def _at_risk(sets: RiskSets, rank: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    """Weight at risk at each event with a lower score, the same score, any score."""
    asked, at = rank[: sets.n_events], sets.event_at
    gone = _Ordered(sets.after, rank, weight).before(at + 1, asked)
    if sets.first is not None:
        return _Ordered(sets.first, rank, weight).before(at + 1, asked) - gone
    of_rank = np.bincount(rank, weights=weight)
    running = np.concatenate([[0.0], np.cumsum(of_rank)])
    whole = np.full(asked.size, running[-1])
    return np.stack([running[asked], of_rank[asked], whole]) - gone


def _running(weight: np.ndarray | None, size: int) -> np.ndarray:
    if weight is None:
        return np.arange(size + 1)
    return np.concatenate([[0.0], np.cumsum(weight)])


def _look_up(table: np.ndarray, key: np.ndarray, lead: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return weight with a smaller key and lower leading bits, and with a smaller key at all."""
    n_leads = table.shape[1]
    running = np.zeros((len(table), n_leads + 1))
    np.cumsum(table, axis=1, out=running[:, 1:])
    return running.ravel()[key * (n_leads + 1) + lead], running[:, -1][key]


class _Ordered:
    """Points in order of a key, asked how much weight lies before a key below a rank.

    The leading bits of the ranks are counted in a table of keys by bits. The rest is a wavelet
    matrix: ranks are split bit by bit, each level a stable partition, so that one pair of
    positions per question is carried down the levels with two look-ups each. Without weights
    the positions themselves are the counts.
    """

    def __init__(self, key: np.ndarray, rank: np.ndarray, weight: np.ndarray | None) -> None:
        order = stable_order(key)
        self._key, self._rank = key[order], rank[order].astype(np.int32)
        self._weight = None if weight is None else weight[order]
        self._n_keys = int(key.max(initial=0)) + 1

    def before(self, key: np.ndarray, asked: np.ndarray) -> np.ndarray:
        """Return weight with a smaller key and (lower rank, same rank, any rank), as rows."""
        key = np.minimum(key.astype(np.intp, copy=False), self._n_keys)
        asked = asked.astype(np.int32)
        bits = max(int(self._rank.max(initial=0)), int(asked.max(initial=0))).bit_length()
        cells = TABLE_CELLS * self._rank.size // self._n_keys
        shift = max(bits - max(cells, 1).bit_length() + 1, 0)
        lead = self._rank >> shift
        n_leads = (1 << (bits - shift)) + 1
        counts = self._counts(lead, n_leads, None)
        heavy = counts if self._weight is None else self._counts(lead, n_leads, self._weight)
        below, total = _look_up(heavy, key, asked >> shift)
        place = key * n_leads + (asked >> shift)
        order = stable_order(lead)
        starts = np.concatenate([[0], np.cumsum(np.bincount(lead, minlength=n_leads))])
        left = starts[asked >> shift].astype(np.int32)
        inside = counts.ravel()[place].astype(np.int32)
        del place
        below, same = self._descend(order, left, left + inside, asked, shift=shift, below=below)
        return np.stack([below, same, total])

    def _counts(self, lead: np.ndarray, n_leads: int, weight: np.ndarray | None) -> np.ndarray:
        """Return sums before each key, by leading bits; a last row for all keys."""
        cell = self._key.astype(np.intp) * n_leads + lead
        table = np.bincount(cell, weights=weight, minlength=self._n_keys * n_leads)
        table = np.cumsum(table.reshape(self._n_keys, n_leads), axis=0)
        return np.concatenate([np.zeros((1, n_leads), dtype=table.dtype), table])

    def _descend(
        self,
        order: np.ndarray,
        left: np.ndarray,
        right: np.ndarray,
        asked: np.ndarray,
        *,
        shift: int,
        below: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        rank = self._rank[order]
        weight = None if self._weight is None else self._weight[order]
        for bit in range(shift - 1, -1, -1):
            low = (rank >> bit) & 1 == 0
            seen = np.zeros(rank.size + 1, dtype=np.int32)
            np.cumsum(low, out=seen[1:], dtype=np.int32)
            up = (asked >> bit) & 1 == 1
            zero_left, zero_right = seen[left], seen[right]
            if weight is None:
                below += (zero_right - zero_left) * up
            else:
                heavy = np.concatenate([[0.0], np.cumsum(np.where(low, weight, 0.0))])
                below += (heavy[right] - heavy[left]) * up
                weight = np.concatenate([weight[low], weight[~low]])
            left = np.where(up, seen[-1] + left - zero_left, zero_left)
            right = np.where(up, seen[-1] + right - zero_right, zero_right)
            rank = np.concatenate([rank[low], rank[~low]])
        running = _running(weight, rank.size)
        return below, running[right] - running[left]
