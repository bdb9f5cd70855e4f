"""What must hold for any data: order, doubling, units, swapped arms, left-out rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rjeval.recidivism.concordance import concordance
from rjeval.recidivism.day_axis import count_by_day
from rjeval.recidivism.incidence import aalen_johansen, jackknife_error
from rjeval.recidivism.partial_likelihood import fit_cox, information_matrix
from rjeval.recidivism.prediction import average_influence, baseline_of
from rjeval.recidivism.product_limit import kaplan_meier_estimate, survival_interval
from rjeval.recidivism.rank_tests import weighted_log_rank
from rjeval.recidivism.risk_sets import lay_out
from rjeval.recidivism.score_residuals import robust_covariance, score_residuals

#: Sums in another order.
ROUNDING = 1e-9
seeds = st.integers(0, 2**32 - 1)


def people(seed, *, n=60, days=12, delayed=False):
    rng = np.random.default_rng(seed)
    time = rng.integers(2, days, n).astype(float)
    entry = np.minimum(rng.integers(0, 4, n), time - 1) if delayed else np.zeros(n)
    return {
        "time": time,
        "event": rng.random(n) < 0.6,
        "entry": entry,
        "x": np.column_stack([rng.random(n) < 0.5, rng.normal(size=n)]).astype(float),
        "stratum": rng.integers(0, 3, n),
        "weight": rng.integers(1, 4, n).astype(float),
        "kind": rng.integers(0, 3, n),
    }


def cox(data, order=slice(None), ties="efron", weight=None):
    sets = lay_out(
        data["time"][order],
        data["event"][order],
        entry=data["entry"][order],
        stratum=data["stratum"][order],
        weight=None if weight is None else weight[order],
    )
    return fit_cox(data["x"][order], sets, ties=ties, terms=("a", "b")), sets


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_cox_does_not_depend_on_the_order_of_rows(seed):
    data = people(seed, delayed=True)
    order = np.random.default_rng(seed + 1).permutation(data["time"].size)
    (one, sets), (other, shuffled) = cox(data), cox(data, order)
    assert other.coef == pytest.approx(one.coef, rel=ROUNDING, abs=ROUNDING)
    assert robust_covariance(other, shuffled) == pytest.approx(
        robust_covariance(one, sets), rel=1e-7, abs=ROUNDING
    )
    assert concordance(other.linear, shuffled) == pytest.approx(
        concordance(one.linear, sets), rel=1e-7
    )


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_breslow_weights_are_repeated_rows(seed):
    data = people(seed, delayed=True)
    times = data["weight"].astype(int)
    repeated = {name: np.repeat(values, times, axis=0) for name, values in data.items()}
    weighted, _ = cox(data, ties="breslow", weight=data["weight"])
    plain, _ = cox(repeated, ties="breslow")
    assert weighted.coef == pytest.approx(plain.coef, rel=1e-7, abs=ROUNDING)
    assert weighted.covariance == pytest.approx(plain.covariance, rel=1e-7, abs=ROUNDING)


@given(seeds, st.floats(0.01, 100))
@settings(max_examples=25, deadline=None)
def test_a_unit_of_a_covariate_scales_its_coefficient_and_a_unit_of_time_nothing(seed, unit):
    data = people(seed)
    one, _ = cox(data)
    scaled = {**data, "x": data["x"] * [1, unit], "time": data["time"] * 7, "entry": data["entry"]}
    other, _ = cox(scaled)
    assert other.coef * [1, unit] == pytest.approx(one.coef, rel=1e-7, abs=ROUNDING)
    assert other.loglik == pytest.approx(one.loglik, rel=ROUNDING)


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_score_residuals_add_up_to_nought_and_the_information_is_the_slope(seed):
    data = people(seed, delayed=True)
    fit, sets = cox(data)
    assert np.abs(score_residuals(fit, sets).sum(axis=0)).max() < 1e-6
    assert information_matrix(fit.columns, sets, fit.sums) == pytest.approx(fit.information)
    assert np.linalg.eigvalsh(fit.information).min() > 0


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_concordance_is_the_count_of_pairs(seed):
    data = people(seed, n=30, delayed=True)
    score = np.random.default_rng(seed).integers(0, 6, 30).astype(float)
    sets = lay_out(
        data["time"],
        data["event"],
        entry=data["entry"],
        stratum=data["stratum"],
        weight=data["weight"],
    )
    won = total = 0.0
    for i in np.flatnonzero(data["event"]):
        for j in range(30):
            after = data["time"][j] > data["time"][i]
            same_day = data["time"][j] == data["time"][i] and not data["event"][j]
            there = data["entry"][j] < data["time"][i]
            if data["stratum"][i] == data["stratum"][j] and there and (after or same_day):
                pair = data["weight"][i] * data["weight"][j]
                total += pair
                won += pair * ((score[i] > score[j]) + 0.5 * (score[i] == score[j]))
    assume(total > 0)
    assert concordance(score[sets.order], sets)[0] == pytest.approx(won / total, rel=ROUNDING)


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_swapping_arms_changes_no_log_rank_statistic(seed):
    data = people(seed, delayed=True)
    arm = data["x"][:, 0].astype(int)
    results = []
    for code in (arm, 1 - arm):
        group = data["stratum"] * 2 + code
        counts = count_by_day(
            data["time"],
            data["event"].astype(int),
            group=group,
            n_groups=6,
            entry=data["entry"],
        )
        shape = (3, 2, counts.times.size)
        test = weighted_log_rank(
            counts.n_at_risk.reshape(shape), counts.n_event.reshape(shape), rho=1
        )
        results.append(test)
    assert results[0].statistic == pytest.approx(results[1].statistic, rel=1e-6, abs=ROUNDING)
    assert results[0].observed.sum() == pytest.approx(results[0].expected.sum(), rel=ROUNDING)


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_incidences_and_survival_add_up_to_one(seed):
    data = people(seed)
    counts = count_by_day(data["time"], data["kind"])
    n, own, other = counts.n_at_risk[0], counts.n_event[0], counts.n_competing[0]
    survival, _ = kaplan_meier_estimate(n, own + other)
    first, _ = aalen_johansen(n, own, own + other)
    second, _ = aalen_johansen(n, other, own + other)
    assert first + second + survival == pytest.approx(np.ones(n.size), rel=ROUNDING)


@given(seeds)
@settings(max_examples=15, deadline=None)
def test_jackknife_error_is_the_sum_of_squared_influences(seed):
    """Brute force: each influence is the slope of the incidence in the weight of one row."""
    data = people(seed, n=20, delayed=True)
    step = 1e-6
    counts = count_by_day(data["time"], data["kind"], entry=data["entry"])
    assume((counts.n_at_risk[0] > counts.n_event[0] + counts.n_competing[0])[:-1].all())
    times = counts.times

    def incidence(weight):
        at_risk = np.array([weight[(data["entry"] < t) & (data["time"] >= t)].sum() for t in times])
        own = np.array([weight[(data["time"] == t) & (data["kind"] == 1)].sum() for t in times])
        any_ = np.array([weight[(data["time"] == t) & (data["kind"] > 0)].sum() for t in times])
        return aalen_johansen(at_risk, own, any_)[0]

    ones = np.ones(20)
    slopes = []
    for i in range(20):
        up, down = ones.copy(), ones.copy()
        up[i] += step
        down[i] -= step
        slopes.append((incidence(up) - incidence(down)) / (2 * step))
    brute = np.sqrt(np.sum(np.square(slopes), axis=0))
    either = counts.n_event[0] + counts.n_competing[0]
    cells = (
        np.searchsorted(times, data["time"]),
        data["kind"],
        np.searchsorted(times, data["entry"], side="right"),
        ones,
    )
    got = jackknife_error(counts.n_at_risk[0], counts.n_event[0], either, cells=cells)
    assert got[:-1] == pytest.approx(brute[:-1], rel=1e-5, abs=1e-7)


@given(seeds, st.sampled_from(["efron", "breslow"]))
@settings(max_examples=8, deadline=None)
def test_influence_on_an_averaged_curve_is_its_slope_in_each_weight(seed, ties):
    data = people(seed, n=40)
    days, step = np.array([3.0, 6.0]), 1e-5
    everybody = data["x"] * [0, 1] + [1, 0]

    def average(weight):
        sets = lay_out(data["time"], data["event"], weight=weight)
        fit = fit_cox(data["x"], sets, ties=ties, terms=("a", "b"))
        hazard = np.concatenate([[0.0], baseline_of(fit, sets).hazard])
        at = hazard[np.searchsorted(sets.times, days, side="right")]
        relative = np.exp((everybody - fit.centre) @ fit.coef)
        return np.array([np.average(np.exp(-one * relative), weights=weight) for one in at])

    sets = lay_out(data["time"], data["event"])
    fit = fit_cox(data["x"], sets, ties=ties, terms=("a", "b"))
    got = average_influence(fit, sets, baseline=baseline_of(fit, sets), matrix=everybody, days=days)
    for i in range(0, 40, 7):
        up, down = np.ones(40), np.ones(40)
        up[i], down[i] = 1 + step, 1 - step
        slope = (average(up) - average(down)) / (2 * step)
        if ties == "breslow" or not data["event"][i]:
            assert got[i] == pytest.approx(slope, rel=1e-4, abs=1e-7)
        else:  # Efron shares a weight among the tied, the influence keeps it with its row
            assert got[i] == pytest.approx(slope, abs=5e-3)


@given(seeds, st.sampled_from(["log-log", "log", "plain"]))
@settings(max_examples=25, deadline=None)
def test_limits_hold_the_estimate_and_stay_inside_nought_and_one(seed, conf_type):
    data = people(seed)
    counts = count_by_day(data["time"], data["event"].astype(int))
    s, error = kaplan_meier_estimate(counts.n_at_risk[0], counts.n_event[0])
    low, high = survival_interval(s, error, conf_type=conf_type, conf_level=0.9)
    inside = s > 0
    assert ((low <= s + ROUNDING) & (s <= high + ROUNDING))[inside].all()
    assert (np.diff(s) <= ROUNDING).all()
    assert ((low >= 0) & (high <= 1))[inside].all()


def test_follow_up_counts_add_up():
    data = people(3)
    counts = count_by_day(
        data["time"], data["kind"], group=data["stratum"], n_groups=3, entry=data["entry"]
    )
    left = counts.n_event + counts.n_competing + counts.n_censored
    assert left.sum() == data["time"].size
    assert (counts.n_at_risk >= left).all()
