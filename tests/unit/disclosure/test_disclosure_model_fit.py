"""Measures of fit of a released model give no count away that was rounded."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

import rjeval as rj
from rjeval.results import ModelEstimates

N, TOP = 63, 26  # printed as 65 and 25
#: Largest distance at which an intruder takes a worked-out number for the printed one: half a
#: unit in the fifth digit of numbers between 10 and 100.
PRINTED_FIVE_DIGITS = 5e-4


def fitted() -> ModelEstimates:
    """Return a logistic regression of 63 answers, 26 of them in the top category."""
    rng = np.random.default_rng(7)
    answers = pd.DataFrame(
        {"rating": ["high"] * TOP + ["low"] * (N - TOP), "age": rng.normal(30, 8, N).round()}
    )
    given = rj.ratings(answers, rating="rating", levels=["low", "high"], top=1)
    return rj.logistic_regression(given, "age")


def null_loglik(n: int, top: int) -> float:
    share = top / n
    return n * (share * np.log(share) + (1 - share) * np.log(1 - share))


def test_a_log_likelihood_would_give_the_counts_away_and_is_not_told() -> None:
    exact = fitted()
    printed = float(f"{exact.fit['loglik_null']:.5g}")
    fits = [
        (n, top)
        for n, top in product(range(63, 68), range(23, 28))
        if abs(null_loglik(n, top) - printed) < PRINTED_FIVE_DIGITS
    ]
    assert fits == [(N, TOP)]  # what an intruder would find
    told = rj.release(exact, rule=rj.profile_rule("public_strict"))
    assert (told.n, told.n_events) == (65, 25)
    assert not [name for name in told.fit if "loglik" in name or name in ("aic", "person_periods")]


def test_tests_of_fit_are_told_with_three_digits() -> None:
    people = pd.DataFrame(
        {"day": range(10, 110), "arrest": [1, 0] * 50, "age": [20, 30, 40, 25, 35] * 20}
    )
    exact = rj.cox_regression(rj.time_to_event(people, time="day", event="arrest"), "age")
    told = rj.release(exact, rule=rj.profile_rule("public_strict"))
    for name in ("likelihood_ratio", "wald", "score", "concordance"):
        assert told.fit[name] == float(f"{exact.fit[name]:.3g}")
