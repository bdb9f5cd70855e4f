"""Aalen-Johansen cumulative incidence with exact ties, and two standard errors of it."""

from __future__ import annotations

import numpy as np

from rjeval.recidivism.normal import z_quantile

#: A variance of a probability below this is rounding: one of ten million people makes as much.
ROUNDING = 1e-14
#: An incidence this close to 1 is 1.
ALL_BUT = 1e-12
#: People with several rows whose influences are worked out at a time.
PEOPLE = 1_000


def aalen_johansen(
    n_at_risk: np.ndarray, n_cause: np.ndarray, n_any: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the cumulative incidence of one cause and survival just before each time.

    Events at the same time are simultaneous: no time is moved.

    Examples
    --------
    >>> incidence, _ = aalen_johansen(np.array([4, 2]), np.array([1, 1]), np.array([2, 1]))
    >>> incidence.tolist()
    [0.25, 0.5]
    """
    at_risk = n_at_risk.astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        stay = np.where(at_risk > 0, 1 - n_any / at_risk, 1.0)
        hazard = np.where(at_risk > 0, n_cause / at_risk, 0.0)
    before = np.concatenate([[1.0], np.cumprod(stay)[:-1]])
    return np.cumsum(before * hazard), before


def jackknife_error(
    n_at_risk: np.ndarray,
    n_cause: np.ndarray,
    n_any: np.ndarray,
    *,
    cells: tuple[np.ndarray, np.ndarray, np.ndarray | None, np.ndarray],
    owner: np.ndarray | None = None,
) -> np.ndarray:
    """Return the infinitesimal-jackknife standard error of the incidence at each time.

    Each row's influence on ``F(t)`` is a linear function of ``F(t)`` once the row has left, and
    the same for all rows that entered together before; so the sum of squares needs prefix sums
    only. Equals ``survfit`` for multi-state data in R.

    Parameters
    ----------
    n_at_risk, n_cause, n_any : ndarray of shape (T,)
    cells : tuple of (exit code, kind, entry code, count)
        ``kind`` is 0 censored, 1 the cause, 2 another cause; ``entry code`` is the number of
        times at or before entry, ``None`` where all entered at the start; ``count`` is the number
        of rows of the cell, or the square of a row's weight.
    owner : ndarray of int, optional
        Code of the person of each cell, where people have several: their influences are summed.
    """
    incidence, before = aalen_johansen(n_at_risk, n_cause, n_any)
    n = n_at_risk.astype(float)
    left = n - n_any
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = _prefix(np.where(left > 0, n_any / (n * left), 0.0))
        direct = _prefix(np.where(n > 0, before * n_cause / n**2, 0.0))
        jump = np.where(n > 0, before / n, 0.0)
        back = np.where(left > 0, 1 / left, 0.0)
    f = np.concatenate([[0.0], incidence])
    mixed = _prefix(np.diff(f) * growth[:-1])
    exit_, kind, entry, count = cells
    whole = np.zeros(1, dtype=np.intp) if entry is None else entry
    x = direct[whole] - mixed[whole] + growth[whole] * f[whole]
    g = growth[whole]
    b = np.where(kind > 0, back[exit_], 0.0) - growth[exit_ + 1] + g
    f_exit = f[exit_ + 1]
    a = np.where(kind == 1, jump[exit_], 0.0) - direct[exit_ + 1] + mixed[exit_ + 1]
    a = a + x - g * f_exit + b * f_exit
    size = n.size
    c = (mixed - direct)[1:]
    shared = np.zeros(size)
    if owner is not None:
        several = np.bincount(owner)[owner] > 1
        rows = tuple(part[several] for part in (exit_, whole, np.sqrt(count), a, b, x, g))
        shared = _squares_of_people(rows, owner[several], incidence=incidence, c=c)
        exit_, whole, count, a, b, x, g = (
            part[~several] for part in (exit_, whole, count, a, b, x, g)
        )

    def gone(value: np.ndarray) -> np.ndarray:
        return np.cumsum(np.bincount(exit_, weights=count * value, minlength=size))

    def present(value: np.ndarray) -> np.ndarray:
        came = np.cumsum(np.bincount(whole, weights=count * value, minlength=size + 1))
        return came[1 : size + 1] - gone(value)

    departed = gone(a * a) - 2 * incidence * gone(a * b) + incidence**2 * gone(b * b)
    if entry is None:  # x and g are 0 throughout
        left = np.cumsum(np.bincount(exit_, weights=count, minlength=size))
        return _root(departed + c**2 * (left[-1] - left))
    staying = c**2 * present(np.ones_like(x)) + present(x * x) + incidence**2 * present(g * g)
    staying += 2 * c * present(x) - 2 * c * incidence * present(g)
    staying -= 2 * incidence * present(x * g)
    return _root(departed + staying + shared)


def _root(variance: np.ndarray) -> np.ndarray:
    """Return the root of a variance that is what large terms leave; rounding is 0."""
    return np.sqrt(np.where(variance > ROUNDING, variance, 0.0))


def _squares_of_people(
    rows: tuple[np.ndarray, ...], owner: np.ndarray, *, incidence: np.ndarray, c: np.ndarray
) -> np.ndarray:
    """Return sums over people of the squared sums of their rows' influences, at each time."""
    total, day = np.zeros(incidence.size), np.arange(incidence.size)
    if not owner.size:
        return total
    order = np.argsort(owner, kind="stable")
    starts = np.flatnonzero(np.diff(owner[order], prepend=-1))
    for block in np.array_split(np.arange(starts.size), -(-starts.size // PEOPLE)):
        end = starts[block[-1] + 1] if block[-1] + 1 < starts.size else owner.size
        own = order[starts[block[0]] : end]
        exit_, entry, weight, a, b, x, g = (part[own][:, None] for part in rows)
        here = np.where(day >= entry, c + x - incidence * g, 0.0)
        moved = weight * np.where(day >= exit_, a - incidence * b, here)
        total += (np.add.reduceat(moved, starts[block] - starts[block[0]]) ** 2).sum(axis=0)
    return total


def gray_error(n_at_risk: np.ndarray, n_cause: np.ndarray, n_any: np.ndarray) -> np.ndarray:
    """Return the standard error that ``cmprsk::cuminc`` prints (Gray's estimator).

    Without delayed entry only. It differs from the jackknife by about 1 % at n = 300.
    """
    incidence, before = aalen_johansen(n_at_risk, n_cause, n_any)
    n = n_at_risk.astype(float)
    after = before * (1 - n_any / n)
    back = np.divide(1.0, after, out=np.zeros_like(after), where=after > 0)
    sums = np.zeros((3, n.size))
    for deaths, own in ((n_any - n_cause, 0.0), (n_cause, 1.0)):
        spread = np.where(deaths > 1, 1 - (deaths - 1) / np.maximum(n - 1, 1), 1.0)
        weight = before**2 * spread * deaths / n**2
        if own == 0.0:
            weight = np.where(after > 0, weight, 0.0)
        level = own + incidence * back
        sums += np.array([level**2 * weight, back * level * weight, back**2 * weight])
    v1, v2, v3 = np.cumsum(sums, axis=1)
    variance = np.maximum(v1 + incidence**2 * v3 - 2 * incidence * v2, 0.0)
    last = np.maximum.accumulate(np.where(n_cause > 0, np.arange(1, n.size + 1), 0))
    return np.sqrt(np.concatenate([[0.0], variance])[last])


def incidence_interval(
    estimate: np.ndarray, std_error: np.ndarray, *, conf_type: str, conf_level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return pointwise limits: on the log-log scale of the incidence itself, or plain."""
    z = z_quantile(conf_level)
    if conf_type == "plain":
        width = z * std_error
        return np.clip(estimate - width, 0, 1), np.clip(estimate + width, 0, 1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        log_estimate = np.log(estimate)
        bend = z * std_error / (estimate * log_estimate)
        low = np.exp(log_estimate * np.exp(-bend))
        high = np.exp(log_estimate * np.exp(bend))
    flat = (estimate <= 0) | (estimate >= 1 - ALL_BUT)
    return np.where(flat, estimate, low), np.where(flat, estimate, high)


def _prefix(values: np.ndarray) -> np.ndarray:
    return np.concatenate([[0.0], np.cumsum(values)])
