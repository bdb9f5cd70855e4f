"""Small cases worked on paper: ties, delayed entry, strata, weights, competing exits."""

from __future__ import annotations

from fractions import Fraction
from math import exp, log, sqrt

import numpy as np
import pytest

from rjeval.recidivism.bootstrap import bootstrap_areas
from rjeval.recidivism.concordance import concordance
from rjeval.recidivism.day_axis import count_by_day
from rjeval.recidivism.failure_time import fit_failure_time
from rjeval.recidivism.hazards_test import time_transform
from rjeval.recidivism.incidence import aalen_johansen, jackknife_error
from rjeval.recidivism.partial_likelihood import day_sums, fit_cox
from rjeval.recidivism.product_limit import (
    kaplan_meier_estimate,
    restricted_area,
    survival_interval,
)
from rjeval.recidivism.rank_tests import weighted_log_rank
from rjeval.recidivism.risk_sets import lay_out

#: Exact arithmetic on paper against double precision.
EXACT = 1e-12


def test_kaplan_meier_with_a_tie_and_a_censoring_on_the_same_day():
    # 6 people: two events and one censoring on day 2, an event on day 3, two censored on day 5.
    time = np.array([2.0, 2, 2, 3, 5, 5])
    counts = count_by_day(time, np.array([1, 1, 0, 1, 0, 0]))
    assert counts.n_at_risk[0].tolist() == [6, 3, 2]
    survival, log_error = kaplan_meier_estimate(counts.n_at_risk[0], counts.n_event[0])
    assert survival.tolist() == pytest.approx([float(Fraction(4, 6)), float(Fraction(4, 9)), 4 / 9])
    greenwood = Fraction(2, 6 * 4) + Fraction(1, 3 * 2)
    assert log_error[1] == pytest.approx(sqrt(greenwood), rel=EXACT)


def test_log_log_interval_by_its_formula():
    low, high = survival_interval(
        np.array([0.5]), np.array([0.2]), conf_type="log-log", conf_level=0.95
    )
    bend = 1.959963984540054 * 0.2 / log(0.5)
    assert low[0] == pytest.approx(exp(log(0.5) * exp(-bend)), rel=EXACT)
    assert high[0] == pytest.approx(exp(log(0.5) * exp(bend)), rel=EXACT)


def test_a_person_who_enters_late_is_at_risk_only_after_entry():
    # C enters on day 2, the day of A's event: not at risk then, at risk on day 4.
    time, entry = np.array([2.0, 4, 5]), np.array([0.0, 0, 2])
    counts = count_by_day(time, np.array([1, 1, 0]), entry=entry)
    assert counts.n_at_risk[0].tolist() == [2, 2, 1]
    assert counts.n_start.tolist() == [2]


def test_restricted_mean_is_the_area_of_the_steps():
    # S is 1 to day 1, 2/3 to day 2, 1/3 to day 4.
    counts = count_by_day(np.array([1.0, 2, 4]), np.array([1, 1, 0]))
    area, error = restricted_area(counts.times, counts.n_at_risk[0], counts.n_event[0], horizon=4.0)
    assert area == pytest.approx(1 + 2 / 3 + 2 / 3, rel=EXACT)
    first, second = (2 / 3 + 2 / 3) ** 2 / (3 * 2), (2 / 3) ** 2 / (2 * 1)
    assert error == pytest.approx(sqrt(first + second), rel=EXACT)


def test_incidence_of_two_causes_on_the_same_day():
    # 5 people: day 1 one of each cause, day 2 cause 1, two censored on day 3.
    n, own, either = np.array([5, 3, 2]), np.array([1, 1, 0]), np.array([2, 1, 0])
    incidence, before = aalen_johansen(n, own, either)
    assert before.tolist() == pytest.approx([1, 3 / 5, 2 / 5])
    assert incidence.tolist() == pytest.approx([1 / 5, 2 / 5, 2 / 5])


def test_jackknife_error_without_censoring_is_binomial():
    # Nobody is censored before day 3, so the incidence is a proportion of 5 people.
    n, own, either = np.array([5, 3, 2]), np.array([1, 1, 0]), np.array([2, 1, 0])
    cells = (
        np.array([0, 0, 1, 2]),
        np.array([1, 2, 1, 0]),
        np.zeros(4, dtype=int),
        np.array([1, 1, 1, 2]),
    )
    error = jackknife_error(n, own, either, cells=cells)
    assert error.tolist() == pytest.approx(
        [sqrt(0.2 * 0.8 / 5), sqrt(0.4 * 0.6 / 5), sqrt(0.4 * 0.6 / 5)]
    )


def test_log_rank_of_four_people():
    # Events on days 1 (a), 2 (a), 3 (b); b's last person is censored on day 4.
    n = np.array([[[2, 1, 0], [2, 2, 2]]])
    d = np.array([[[1, 1, 0], [0, 0, 1]]])
    test = weighted_log_rank(n, d)
    expected_a = 2 / 4 + 1 / 3
    variance = (2 * 2 / 16) + (1 * 2 / 9)
    assert test.expected[0] == pytest.approx(expected_a, rel=EXACT)
    assert test.statistic == pytest.approx((2 - expected_a) ** 2 / variance, rel=EXACT)


def test_cox_of_three_people_solves_its_score_equation():
    # x = 1 fails first among (1, 0, 0), then x = 0 among (0, 0): exp(b) / (exp(b) + 2) -> 1
    # has no maximum, so one more event: x = 0 first at day 1 in a second stratum of (0, 1).
    time, event = np.array([1.0, 2, 3, 1, 2]), np.array([True, False, False, True, False])
    x, stratum = np.array([[1.0], [0], [0], [0], [1]]), np.array([0, 0, 0, 1, 1])
    fit = fit_cox(x, lay_out(time, event, stratum=stratum), terms=("x",))
    # Score: 1 - e/(e + 2) - e/(e + 1) = 0 gives e^2 = 2.
    assert exp(fit.coef[0]) == pytest.approx(sqrt(2), rel=EXACT)


def test_efron_log_likelihood_of_a_tie():
    # Two tied events among three people, x = (1, 0, 0), at b = log 2: risks 2, 1, 1.
    time, event = np.array([1.0, 1, 2]), np.array([True, True, False])
    sets = lay_out(time, event)
    column, linear = np.array([[1.0, 0, 0]]), np.array([log(2), 0, 0])
    efron = day_sums(column, sets, linear=linear, ties="efron").loglik
    breslow = day_sums(column, sets, linear=linear, ties="breslow").loglik
    assert efron == pytest.approx(log(2) - log(4) - log(4 - 3 / 2), rel=EXACT)
    assert breslow == pytest.approx(log(2) - 2 * log(4), rel=EXACT)


def test_efron_takes_the_mean_weight_of_the_tied():
    # Weights 2 and 1 on the tied events: 3 log-terms' weight shared as 1.5 and 1.5.
    time, event = np.array([1.0, 1, 2]), np.array([True, True, False])
    sets = lay_out(time, event, weight=np.array([2.0, 1, 1]))
    sums = day_sums(np.array([[1.0, 0, 0]]), sets, linear=np.zeros(3), ties="efron")
    assert sums.loglik == pytest.approx(-1.5 * log(4) - 1.5 * log(4 - 3 / 2), rel=EXACT)


def test_concordance_counts_half_for_tied_scores_and_skips_tied_events():
    # Events at 1 (score 3), 2 (score 1), 2 (score 2); censored at 3 (score 1).
    time, event = np.array([1.0, 2, 2, 3]), np.array([True, True, True, False])
    sets = lay_out(time, event)
    index, _ = concordance(np.array([3.0, 1, 2, 1])[sets.order], sets)
    # Pairs: (1,2) (1,2) (1,3) concordant; (2a,3) tied score; (2b,3) concordant.
    assert index == pytest.approx((4 + 0.5) / 5, rel=EXACT)


def test_time_scales_of_the_hazards_test():
    time, event = np.array([1.0, 2, 2, 4]), np.array([True, True, False, True])
    sets = lay_out(time, event)
    options = {"time": time, "event": event, "entry": np.zeros(4)}
    assert time_transform("identity", sets, **options).tolist() == [1, 2, 4]
    assert time_transform("rank", sets, **options).tolist() == [1, 2.5, 4]
    assert time_transform("km", sets, **options).tolist() == pytest.approx([0, 0.25, 0.5])


def test_bootstrap_without_censoring_draws_the_mean_of_days():
    # Nobody is censored, so the restricted mean is a plain mean: its bootstrap error is known.
    days = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    counts = count_by_day(days, np.ones(10, dtype=int))
    drawn = bootstrap_areas(
        counts, horizon=10.0, n_bootstrap=20_000, generator=np.random.default_rng(3)
    )
    assert drawn.mean() == pytest.approx(5.5, abs=0.03)
    assert drawn.std() == pytest.approx(days.std() / sqrt(10), rel=0.03)


def test_exponential_rate_is_events_per_time_at_risk_also_after_late_entry():
    # 2 events in (5 - 0) + (8 - 2) + (9 - 1) = 19 days at risk.
    coef, covariance, _ = fit_failure_time(
        np.ones((3, 1)),
        np.array([5.0, 8, 9]),
        event=np.array([True, True, False]),
        entry=np.array([0.0, 2, 1]),
        distribution="exponential",
    )
    assert exp(coef[0]) == pytest.approx(19 / 2, rel=1e-9)
    assert covariance[0, 0] == pytest.approx(1 / 2, rel=1e-9)
