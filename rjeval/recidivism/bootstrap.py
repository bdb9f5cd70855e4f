"""Bootstrap of areas under Kaplan-Meier curves: multinomial draws of day counts, not of rows."""

from __future__ import annotations

import numpy as np

from rjeval.recidivism.day_axis import DayCounts

#: Replicates worked out at a time.
BLOCK = 200


def bootstrap_areas(
    counts: DayCounts, *, horizon: float, n_bootstrap: int, generator: np.random.Generator
) -> np.ndarray:
    """Return restricted means of bootstrap samples of people; shape (groups, replicates).

    To draw people with replacement is to draw, from a multinomial distribution, how many leave
    on each day with and without the event; so the cost does not depend on the number of people.
    """
    result = np.empty((counts.n_event.shape[0], n_bootstrap))
    inside = counts.times <= horizon
    times = counts.times[inside]
    edges = np.diff(np.concatenate([[0.0], times, [horizon]]))
    for g, line in enumerate(result):
        event, left = counts.n_event[g], counts.n_competing[g] + counts.n_censored[g]
        cells = np.concatenate([event[inside], left[inside], [(event + left)[~inside].sum()]])
        used = np.flatnonzero(cells)
        n = int(cells.sum())
        for start in range(0, n_bootstrap, BLOCK):
            size = min(BLOCK, n_bootstrap - start)
            drawn = np.zeros((size, cells.size))
            drawn[:, used] = generator.multinomial(n, cells[used] / n, size=size)
            line[start : start + size] = _areas(drawn, n=n, size=times.size, edges=edges)
    return result


def _areas(drawn: np.ndarray, *, n: int, size: int, edges: np.ndarray) -> np.ndarray:
    event, gone = drawn[:, :size], drawn[:, :size] + drawn[:, size : 2 * size]
    at_risk = n - np.cumsum(gone, axis=1) + gone
    with np.errstate(divide="ignore", invalid="ignore"):
        stay = np.where(at_risk > 0, 1 - event / at_risk, 1.0)
    survival = np.cumprod(stay, axis=1)
    return np.asarray(edges[0] + survival @ edges[1:])
