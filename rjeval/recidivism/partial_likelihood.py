"""Cox's partial likelihood: Newton's method on event days, with Efron's or Breslow's ties.

With ``d`` tied events, Efron's risk sets are ``S - (l/d) E`` for ``l = 0 ... d-1``, where ``S``
sums over all at risk and ``E`` over the tied. Five scalars per event day make the sums over
``l`` closed forms, so the information matrix is one weighted cross-product of the rows minus
outer products per event day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from rjeval.errors import ConvergenceError
from rjeval.recidivism.risk_sets import RiskSets

#: Newton stops where its next step would move no coefficient (per standard deviation) by more
#: than this; that step is still taken, and its own error is of the order of its square.
STEP_TOLERANCE = 1e-9
MAX_ITERATIONS = 60
#: Late steps this short, at a log-likelihood that no longer moves by more than this share, are
#: rounding: sums over risk sets cancel where strata or late entrants differ by many e-folds.
NOISE_STEP, ROUNDING = 1e-6, 1e-9
#: A term whose coefficient still moves by this much (in standard deviations) while the
#: log-likelihood gains less than ``FLAT_GAIN`` has no finite maximum.
FLAT_STEP = 0.05
FLAT_GAIN = 1e-5
#: A coefficient (per standard deviation) this far out after the last step has no maximum.
FAR = 10.0
#: Rows per block of the cross-product: keeps the working copy in cache, and BLAS quick.
BLOCK = 1 << 13


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DaySums:
    """Sums per event day at one value of the coefficients."""

    risk: np.ndarray
    s1: np.ndarray
    e1: np.ndarray
    k1: np.ndarray
    k2: np.ndarray
    k3: np.ndarray
    k4: np.ndarray
    k5: np.ndarray
    loglik: float
    score_by_day: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CoxFit:
    """A maximised partial likelihood, on the covariates' own scale.

    ``linear`` is the linear predictor of each row in the order of the risk sets, centred at the
    covariate means; ``sums`` and ``scale`` serve residuals and tests, which work on standardised
    covariates.
    """

    coef: np.ndarray
    covariance: np.ndarray
    loglik: float
    loglik_null: float
    score_statistic: float
    iterations: int
    linear: np.ndarray
    sums: DaySums
    columns: np.ndarray
    scale: np.ndarray
    centre: np.ndarray
    information: np.ndarray


def fit_cox(
    matrix: np.ndarray,
    sets: RiskSets,
    *,
    ties: str = "efron",
    terms: tuple[str, ...] = (),
    offset: np.ndarray | None = None,
) -> CoxFit:
    """Maximise the partial likelihood and evaluate everything at the last step.

    Parameters
    ----------
    matrix : ndarray of shape (n, k)
    sets : RiskSets
    ties : {"efron", "breslow"}
    terms : tuple of str
        Names used when a coefficient has no finite estimate.
    offset : ndarray of shape (n,), optional

    Raises
    ------
    ConvergenceError
        Naming the terms without a finite maximum (monotone likelihood).
    """
    columns, centre, scale = standardise(matrix, sets.order)
    beta = np.zeros(len(columns))
    offset = None if offset is None else offset[sets.order]
    observed = sets.observed(columns)
    linear = linear_predictor(columns, beta, offset)
    sums = day_sums(columns, sets, linear=linear, ties=ties, observed=observed)
    information = information_matrix(columns, sets, sums)
    loglik_null = sums.loglik
    step = _solve(information, sums.score_by_day.sum(axis=0), terms)
    score_statistic = float(sums.score_by_day.sum(axis=0) @ step)
    for iteration in range(1, MAX_ITERATIONS + 1):
        before = sums.loglik
        sums, information, step = _advance(
            columns,
            sets,
            beta=beta,
            step=step,
            ties=ties,
            before=before,
            offset=offset,
            observed=observed,
        )
        beta = beta + step
        ahead = _solve(information, sums.score_by_day.sum(axis=0), terms)
        if np.abs(ahead).max() < _tolerance(sums.loglik - before, before, iteration):
            beta = beta + ahead
            break
        _refuse_flat(step, sums.loglik - before, iteration, terms)
        step = ahead
    else:
        _refuse_far(beta, terms)
    covariance = np.linalg.inv(information)
    return CoxFit(
        coef=beta / scale,
        covariance=covariance / np.outer(scale, scale),
        loglik=sums.loglik,
        loglik_null=loglik_null,
        score_statistic=score_statistic,
        iterations=iteration,
        linear=linear_predictor(columns, beta, offset),
        sums=sums,
        columns=columns,
        scale=scale,
        centre=centre,
        information=information,
    )


def standardise(matrix: np.ndarray, order: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return columns as rows of a contiguous array, centred and scaled, with centre and scale."""
    columns = np.empty(matrix.shape[::-1])
    if not matrix.flags.f_contiguous:
        for start in range(0, order.size, BLOCK):
            columns[:, start : start + BLOCK] = matrix[order[start : start + BLOCK]].T
    centre, scale = np.empty(len(columns)), np.ones(len(columns))
    for j, column in enumerate(columns):
        if matrix.flags.f_contiguous:
            np.take(matrix[:, j], order, out=column, mode="clip")
        centre[j] = column.mean()
        column -= centre[j]
        spread = float(np.sqrt(column @ column / max(order.size, 1)))
        if spread > 0:
            scale[j] = spread
            column /= spread
    return columns, centre, scale


def day_sums(
    columns: np.ndarray,
    sets: RiskSets,
    *,
    linear: np.ndarray,
    ties: str = "efron",
    observed: np.ndarray | None = None,
) -> DaySums:
    """Return risk sums, tie scalars, log-likelihood and score contributions per event day.

    ``observed`` are the sums of the covariates over events, which no coefficient changes.
    """
    shifted = linear - linear.max()
    risk = sets.weight * np.exp(shifted)
    s0, e0 = sets.sum_at_risk(risk)
    s1, e1 = sets.sums_at_risk(risk, columns)
    # After a step too far nobody's risk may be above 0 in a risk set: the log-likelihood is then
    # not finite, and the step is halved.
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        k = sets.tie_scalars(s0, e0, ties=ties)
        expected = k.k1[:, None] * s1 - k.k2[:, None] * e1
    return DaySums(
        risk=risk,
        s1=s1,
        e1=e1,
        k1=k.k1,
        k2=k.k2,
        k3=k.k3,
        k4=k.k4,
        k5=k.k5,
        loglik=sets.observed_total(shifted) - k.log,
        score_by_day=(sets.observed(columns) if observed is None else observed) - expected,
    )


def information_matrix(
    columns: np.ndarray, sets: RiskSets, sums: DaySums, *, by_day: np.ndarray | None = None
) -> np.ndarray:
    """Return the information, each event day weighted by ``by_day`` (1 by default)."""
    phi = np.ones(sets.times.size) if by_day is None else by_day
    share = sets.spread_over_rows(phi * sums.k1)
    sets.take_from_events(share, phi * sums.k2)
    share *= sums.risk
    total = np.zeros((len(columns), len(columns)))
    for start in range(0, share.size, BLOCK):
        block = columns[:, start : start + BLOCK]
        total += (block * share[start : start + BLOCK]) @ block.T
    s1, e1 = sums.s1, sums.e1
    cross = s1.T @ ((phi * sums.k4)[:, None] * e1)
    outer = s1.T @ ((phi * sums.k3)[:, None] * s1) - cross - cross.T
    result = total - outer - e1.T @ ((phi * sums.k5)[:, None] * e1)
    return np.asarray((result + result.T) / 2)


def linear_predictor(
    columns: np.ndarray, beta: np.ndarray, offset: np.ndarray | None
) -> np.ndarray:
    """Return the linear predictor of each row."""
    linear = beta @ columns
    return linear if offset is None else linear + offset


def _advance(
    columns: np.ndarray,
    sets: RiskSets,
    *,
    beta: np.ndarray,
    step: np.ndarray,
    ties: str,
    before: float,
    offset: np.ndarray | None,
    observed: np.ndarray,
) -> tuple[DaySums, np.ndarray, np.ndarray]:
    """Take the step, halving it while the log-likelihood falls."""
    for _ in range(30):
        linear = linear_predictor(columns, beta + step, offset)
        sums = day_sums(columns, sets, linear=linear, ties=ties, observed=observed)
        if np.isfinite(sums.loglik) and sums.loglik >= before - 1e-9 * (1 + abs(before)):
            break
        step = step / 2
    with np.errstate(invalid="ignore", over="ignore"):  # no halving may have helped
        return sums, information_matrix(columns, sets, sums), step


def _tolerance(gain: float, loglik: float, iteration: int) -> float:
    """Return how short the next step must be to stop."""
    noise = iteration > 8 and abs(gain) < ROUNDING * (1 + abs(loglik))
    return NOISE_STEP if noise else STEP_TOLERANCE


def _solve(information: np.ndarray, score: np.ndarray, terms: tuple[str, ...]) -> np.ndarray:
    weak = np.flatnonzero(np.diag(information) <= 1e-10 * max(1.0, float(information.max())))
    if weak.size:
        _refuse(tuple(terms[i] for i in weak if i < len(terms)), 0)
    try:
        return np.linalg.solve(information, score)
    except np.linalg.LinAlgError:
        raise ConvergenceError(
            "The information of the Cox regression is singular.",
            terms=terms,
            hint="A term does not vary among those at risk, or repeats others within strata.",
        ) from None


def _refuse_flat(step: np.ndarray, gain: float, iteration: int, terms: tuple[str, ...]) -> None:
    moving = np.flatnonzero(np.abs(step) > FLAT_STEP)
    if moving.size and gain < FLAT_GAIN and iteration > 5:
        _refuse(tuple(terms[i] for i in moving if i < len(terms)), iteration)


def _refuse_far(beta: np.ndarray, terms: tuple[str, ...]) -> NoReturn:
    """Refuse a search that has not ended, naming the terms that are far out."""
    far = np.flatnonzero(~(np.abs(beta) < FAR))
    if far.size:
        _refuse(tuple(terms[i] for i in far if i < len(terms)), MAX_ITERATIONS)
    raise ConvergenceError(
        f"Cox regression did not converge in {MAX_ITERATIONS} steps.",
        iterations=MAX_ITERATIONS,
        hint="Use fewer terms, or join rare levels.",
    )


def _refuse(terms: tuple[str, ...], iterations: int) -> NoReturn:
    named = ", ".join(terms) or "a term"
    raise ConvergenceError(
        f"Cox regression has no finite estimate for {named}: it separates those with an event "
        "from those without.",
        iterations=iterations,
        terms=terms,
        hint='Use penalty="firth", join rare levels, or leave the term out.',
    )
