"""Firth's penalised partial likelihood, finite where a covariate separates, with its intervals.

The log-likelihood is raised by half the logarithm of the determinant of the information.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rjeval.errors import ConvergenceError
from rjeval.recidivism.normal import chi_square_p, z_quantile
from rjeval.recidivism.partial_likelihood import (
    DaySums,
    day_sums,
    information_matrix,
    linear_predictor,
    standardise,
)
from rjeval.recidivism.risk_sets import RiskSets, tie_terms

#: Steps are small when no coefficient (per standard deviation) moves more than this.
STEP_TOLERANCE = 1e-10
MAX_ITERATIONS = 200
#: Longest step of one coefficient (per standard deviation).
LONGEST_STEP = 2.0
#: The profile has met its level when it is off by no more than this.
PROFILE_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class FirthFit:
    """Penalised estimates on the covariates' own scale.

    ``statistic`` is the penalised likelihood-ratio statistic of each coefficient, and the
    limits are where the profile of the penalised likelihood falls by its quantile.
    """

    coef: np.ndarray
    covariance: np.ndarray
    statistic: np.ndarray
    p_value: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray
    loglik: float
    loglik_null: float
    iterations: int
    linear: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Problem:
    columns: np.ndarray
    sets: RiskSets
    ties: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Point:
    beta: np.ndarray
    value: float
    score: np.ndarray
    information: np.ndarray
    iterations: int = 0


def fit_firth(
    matrix: np.ndarray, sets: RiskSets, *, ties: str = "efron", conf_level: float = 0.95
) -> FirthFit:
    """Maximise the penalised likelihood, and profile each coefficient.

    Raises
    ------
    ConvergenceError
        The penalised likelihood or a profile could not be brought to its end.
    """
    columns, _, scale = standardise(matrix, sets.order)
    problem = _Problem(columns=columns, sets=sets, ties=ties)
    k = len(columns)
    start = _evaluate(problem, np.zeros(k))
    best = _climb(problem, start, free=np.ones(k, dtype=bool))
    drop = z_quantile(conf_level) ** 2 / 2
    spread = np.sqrt(np.diag(np.linalg.inv(best.information)))
    statistic, low, high = np.empty(k), np.empty(k), np.empty(k)
    for j in range(k):
        statistic[j] = 2 * (best.value - _profile(problem, best, j=j, value=0.0).value)
        for sign, limits in ((-1.0, low), (1.0, high)):
            first = best.beta[j] + sign * np.sqrt(2 * drop) * spread[j]
            limits[j] = _limit(problem, best, j=j, first=first, level=best.value - drop)
    return FirthFit(
        coef=best.beta / scale,
        covariance=np.linalg.inv(best.information) / np.outer(scale, scale),
        statistic=statistic,
        p_value=chi_square_p(statistic, 1),
        conf_low=low / scale,
        conf_high=high / scale,
        loglik=best.value + float(np.log(scale).sum()),
        loglik_null=start.value + float(np.log(scale).sum()),
        iterations=best.iterations,
        linear=linear_predictor(columns, best.beta, None),
    )


def _evaluate(problem: _Problem, beta: np.ndarray) -> _Point:
    sets, columns = problem.sets, problem.columns
    sums = day_sums(columns, sets, linear=linear_predictor(columns, beta, None), ties=problem.ties)
    information = information_matrix(columns, sets, sums)
    sign, log_size = np.linalg.slogdet(information)
    if sign <= 0:
        return _Point(beta=beta, value=-np.inf, score=beta, information=information)
    score = sums.score_by_day.sum(axis=0) + _penalty_score(problem, sums, information)
    return _Point(
        beta=beta,
        value=sums.loglik + float(log_size) / 2,
        score=score,
        information=information,
    )


def _penalty_score(problem: _Problem, sums: DaySums, information: np.ndarray) -> np.ndarray:
    """Half the derivative of the log-determinant: third central moments at each event."""
    columns, sets = problem.columns, problem.sets
    k, at = len(columns), sets.event_at
    inverse = np.linalg.inv(information)
    square = np.einsum("ji,jl,li->i", columns, inverse, columns)
    products = (columns[:, None, :] * columns[None, :, :]).reshape(k * k, -1)
    features = np.concatenate([columns, square[None], square * columns, products])
    mean_weight, fraction = tie_terms(sets, problem.ties)
    s0, e0 = sets.sum_at_risk(sums.risk)
    reduced = s0[at] - fraction * e0[at]
    means = []
    for feature in features:
        at_risk, of_events = sets.sum_at_risk(sums.risk * feature)
        means.append((at_risk[at] - fraction * of_events[at]) / reduced)
    mean, square_mean, third = means[:k], means[k], means[k + 1 : 2 * k + 1]
    x = np.stack(mean, axis=1)
    second = np.stack(means[2 * k + 1 :], axis=1).reshape(-1, k, k) - x[:, :, None] * x[:, None]
    term = np.stack(third, axis=1) - square_mean[:, None] * x
    term -= 2 * np.einsum("mj,jl,mln->mn", x, inverse, second)
    return np.asarray(mean_weight @ term) / 2


def _climb(problem: _Problem, point: _Point, *, free: np.ndarray) -> _Point:
    """Go up from a point along the free coefficients, halving steps that lead down."""
    for iteration in range(1, MAX_ITERATIONS + 1):
        step = np.zeros(free.size)
        inner = point.information[np.ix_(free, free)]
        step[free] = np.linalg.solve(inner, point.score[free])
        step *= min(1.0, LONGEST_STEP / max(float(np.abs(step).max()), 1e-300))
        for _ in range(40):
            ahead = _evaluate(problem, point.beta + step)
            if ahead.value >= point.value - 1e-12 * (1 + abs(point.value)):
                break
            step = step / 2
        point = ahead
        if np.abs(step).max() < STEP_TOLERANCE:
            return _Point(
                beta=point.beta,
                value=point.value,
                score=point.score,
                information=point.information,
                iterations=iteration,
            )
    raise ConvergenceError(
        f"The penalised likelihood did not converge in {MAX_ITERATIONS} steps.",
        iterations=MAX_ITERATIONS,
        hint="Use fewer terms.",
    )


def _profile(problem: _Problem, start: _Point, *, j: int, value: float) -> _Point:
    """Maximise over the other coefficients with one held."""
    beta = start.beta.copy()
    beta[j] = value
    point = _evaluate(problem, beta)
    free = np.arange(beta.size) != j
    return point if beta.size == 1 else _climb(problem, point, free=free)


def _limit(problem: _Problem, best: _Point, *, j: int, first: float, level: float) -> float:
    """Find where the profile crosses a level, by safeguarded Newton steps along its slope."""
    inside, outside, value = float(best.beta[j]), None, first
    point = best
    for _ in range(100):
        point = _profile(problem, point, j=j, value=value)
        above = point.value - level
        if abs(above) < PROFILE_TOLERANCE:
            return value
        if above > 0:
            inside = value
        else:
            outside = value
        slope = point.score[j]
        ahead = value - above / slope if slope else np.inf
        if outside is None:
            far = value + (value - best.beta[j])
            value = ahead if (ahead - value) * (far - ahead) > 0 else far
        elif (ahead - inside) * (outside - ahead) > 0:
            value = ahead
        else:
            value = (inside + outside) / 2
    raise ConvergenceError("A profile-likelihood limit was not found.", iterations=100)
