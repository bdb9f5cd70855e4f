"""Risk sets of the subdistribution hazard: people who left otherwise linger with weights."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from rjeval.recidivism.day_axis import count_by_day
from rjeval.recidivism.partial_likelihood import CoxFit
from rjeval.recidivism.product_limit import kaplan_meier_estimate
from rjeval.recidivism.risk_sets import RiskSets, lay_out
from rjeval.recidivism.score_residuals import sandwich, score_residuals, sum_by_cluster


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SubdistributionSets(RiskSets):
    """Risk sets in which a competing exit at ``T`` stays with weight ``G(t-) / G(T-)``.

    ``G`` is the Kaplan-Meier curve of being censored. ``lingering`` are rows of the new order,
    ``linger_at`` the values of ``after`` among them and ``linger_starts`` the first of each.
    """

    lingering: np.ndarray
    linger_at: np.ndarray
    linger_starts: np.ndarray
    inverse: np.ndarray
    free: np.ndarray

    def sum_at_risk(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return weighted sums over the rows at risk, and sums over the events."""
        total, of_events = RiskSets.sum_at_risk(self, values)
        return total + self._lingering_at_risk(values[..., self.lingering]), of_events

    def sums_at_risk(self, risk: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the same of ``risk`` times each column; shape (times, columns)."""
        total, of_events = RiskSets.sums_at_risk(self, risk, columns)
        values = columns[:, self.lingering] * risk[self.lingering]
        return total + self._lingering_at_risk(values).T, of_events

    def _lingering_at_risk(self, values: np.ndarray) -> np.ndarray:
        """Return weighted sums over those still counted after a competing event, by time."""
        late = np.zeros((*values.shape[:-1], self.times.size + 1))
        if self.lingering.size:
            stay = values * self.inverse
            late[..., self.linger_at] = np.add.reduceat(stay, self.linger_starts, axis=-1)
        return np.asarray(self.free * np.cumsum(late[..., :-1], axis=-1))

    def spread_over_rows(self, per_time: np.ndarray) -> np.ndarray:
        """Return weighted sums over the times at which each row is at risk."""
        result = RiskSets.spread_over_rows(self, per_time)
        running = np.concatenate([[0.0], np.cumsum(per_time * self.free)])
        rows = self.lingering
        result[rows] += self.inverse * (running[-1] - running[self.after[rows]])
        return result


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Censoring:
    """Censoring by exit time: times, people at risk, censored, and its curve just before."""

    times: np.ndarray
    n_at_risk: np.ndarray
    n_censored: np.ndarray
    before: np.ndarray


def lay_out_subdistribution(
    time: np.ndarray, kind: np.ndarray
) -> tuple[SubdistributionSets, Censoring]:
    """Return the risk sets and the censoring curve of exits ``kind`` (0, 1 cause, 2 other)."""
    sets = lay_out(time, kind == 1)
    counts = count_by_day(time, (kind == 0).astype(np.intp))
    curve, _ = kaplan_meier_estimate(counts.n_at_risk[0], counts.n_event[0])
    before = np.concatenate([[1.0], curve[:-1]])
    lingering = np.flatnonzero(kind[sets.order] == 2)
    exits = np.searchsorted(counts.times, time[sets.order[lingering]])
    linger_at, linger_starts = np.unique(sets.after[lingering], return_index=True)
    given = {field.name: getattr(sets, field.name) for field in fields(RiskSets)}
    linger_sets = SubdistributionSets(
        **given,
        lingering=lingering,
        linger_at=linger_at,
        linger_starts=linger_starts,
        inverse=1 / before[exits],
        free=before[np.searchsorted(counts.times, sets.times)],
    )
    censoring = Censoring(
        times=counts.times,
        n_at_risk=counts.n_at_risk[0],
        n_censored=counts.n_event[0],
        before=before,
    )
    return linger_sets, censoring


def fine_gray_covariance(
    fit: CoxFit,
    sets: SubdistributionSets,
    *,
    time: np.ndarray,
    kind: np.ndarray,
    censoring: Censoring,
    cluster: np.ndarray | None = None,
) -> np.ndarray:
    """Return Fine and Gray's sandwich covariance, with the term for estimating ``G``."""
    score = score_residuals(fit, sets)
    ordered = sets.order
    place = np.searchsorted(censoring.times, time[ordered])
    term = _censoring_term(fit, sets, place=place, censoring=censoring)
    risk = censoring.n_at_risk[:, None]
    drawn = np.cumsum(term * (censoring.n_censored[:, None] / risk**2), axis=0)
    censored = np.flatnonzero(kind[ordered] == 0)
    own = term / risk
    for j, column in enumerate(score.T):
        column -= drawn[:, j][place]
        column[censored] += own[:, j][place[censored]]
    if cluster is not None:
        score = sum_by_cluster(score.T, cluster[ordered])
    return sandwich(fit, score)


def _censoring_term(
    fit: CoxFit, sets: SubdistributionSets, *, place: np.ndarray, censoring: Censoring
) -> np.ndarray:
    """Return how the score moves with the censoring hazard at each exit time.

    Those who left before the time, on event times from it on: ``crr``'s convention for ties.
    """
    sums, rows = fit.sums, sets.lingering
    size = censoring.times.size
    weight = sums.risk[rows] * sets.inverse
    stay = _until(np.bincount(place[rows], weights=weight, minlength=size))
    later = sets.free * sums.k1
    upto = np.searchsorted(sets.times, censoring.times, side="left")
    ahead = _from(later)[upto]
    term = np.empty((size, len(fit.columns)))
    for j, column in enumerate(fit.columns):
        pulled = np.bincount(place[rows], weights=weight * column[rows], minlength=size)
        mean = sets.free * (sums.k3 * sums.s1[:, j] - sums.k4 * sums.e1[:, j])
        term[:, j] = _until(pulled) * ahead - stay * _from(mean)[upto]
    return term


def _until(values: np.ndarray) -> np.ndarray:
    """Return the sums of all before each position."""
    return np.cumsum(values) - values


def _from(values: np.ndarray) -> np.ndarray:
    """Return the sums from each position to the end, and a last 0."""
    return np.concatenate([np.cumsum(values[::-1])[::-1], [0.0]])
