"""Bias of protected curves and of rounded rates, measured by simulation.

The curve of ACRO, which recomputes from rounded risk sets, ran 0.2 to 0.4 points low. Ours is the
exact curve at the days shown, so against the exact curve only rounding to 0.5 points is left.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rjeval.design.disclosure import DisclosureRule
from rjeval.design.populations import EVERYBODY, PopulationCounts
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.disclosure.border import release
from rjeval.disclosure.bounds import wilson_interval
from rjeval.disclosure.rounding import round_counts
from rjeval.report import run_claims
from rjeval.results import Curves, FixedWindowRates

RULE = DisclosureRule()
#: Mean difference allowed, as a share: the tenth of a point that the methods appendix prints, a
#: quarter of what ACRO's curve shows.
CURVE_BIAS = run_claims.CURVE_POINTS / 100
#: Monte Carlo error of the mean against the truth: standard error 0.03 over about 400 curves.
TRUTH_BIAS = 0.006


def cohort_curve(rng: np.random.Generator, *, n: int, daily: float) -> Curves:
    times, ends = np.ceil(rng.exponential(1 / daily, n)), np.ceil(rng.uniform(500, 730, n))
    event, stop = times <= ends, np.minimum(times, ends)
    days = np.unique(stop)
    at_risk = np.array([(stop >= day).sum() for day in days])
    events = np.array([(event & (stop == day)).sum() for day in days])
    gone = np.array([(~event & (stop == day)).sum() for day in days])
    estimate = np.cumprod(1 - events / at_risk)
    frame = pd.DataFrame(
        {
            "arm": "rj",
            "time_days": np.append(0.0, days),
            "n_at_risk": np.append(n, at_risk),
            "n_event": np.append(0, events),
            "n_competing": 0,
            "n_censored": np.append(0, gone),
            "estimate": np.append(1.0, estimate),
            "std_error": 0.03,
            "conf_low": 0.0,
            "conf_high": 1.0,
        }
    )
    groups = pd.DataFrame({"group": ["rj"], "n": [n], "n_events": [event.sum()]})
    return Curves(
        frame=frame,
        kind="survival",
        by="arm",
        conf_level=0.95,
        conf_type="log-log",
        horizon_days=730,
        groups=groups.assign(n_competing=0),
    )


def differences(*, n: int, repeats: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Shown less exact, over all shown days; and shown less true at day 364 where shown."""
    rng, daily = np.random.default_rng(seed), 0.0012
    exact_gap, true_gap = [], []
    for _ in range(repeats):
        curve = cohort_curve(rng, n=n, daily=daily)
        shown = release(curve, rule=RULE).frame
        shown = shown[(shown["suppressed"] == "") & (shown["time_days"] > 0)]
        days = curve.frame["time_days"].to_numpy()
        at = np.searchsorted(days, shown["time_days"], side="right") - 1
        exact_gap += list(shown["estimate"].to_numpy() - curve.frame["estimate"].to_numpy()[at])
        year = shown.loc[shown["time_days"] == 364, "estimate"]
        true_gap += list(year.to_numpy() - np.exp(-daily * 364))
    return np.array(exact_gap), np.array(true_gap)


@pytest.mark.parametrize("n", [100, 300])
def test_protected_curves_are_unbiased_on_the_grid(n: int) -> None:
    gap, _ = differences(n=n, repeats=60, seed=n)
    assert len(gap) > 60
    assert abs(gap.mean()) < CURVE_BIAS
    assert np.abs(gap).max() <= 0.005 + 1e-9


@pytest.mark.slow
@pytest.mark.parametrize("n", [60, 150, 300])
def test_protected_curves_are_unbiased_over_400_cohorts(n: int) -> None:
    gap, truth = differences(n=n, repeats=400, seed=n)
    assert abs(gap.mean()) < CURVE_BIAS
    if len(truth) > 300:
        assert abs(truth.mean()) < TRUTH_BIAS


def test_rounded_rates_are_unbiased_from_13_people_on() -> None:
    """Rounding to the nearest 5 is unbiased over whole spans; 11 and 12 are raised to 15."""
    counts = np.arange(13, 213)
    assert (round_counts(counts, RULE) - counts).mean() == pytest.approx(0)
    assert round_counts([11, 12], RULE).tolist() == [15, 15]


def window_rates(event: np.ndarray, size: int) -> FixedWindowRates:
    """Rates of separate groups with their exact Wilson intervals."""
    low, high = wilson_interval(event, np.full(len(event), size))
    frame = pd.DataFrame(
        {
            "arm": [f"g{i}" for i in range(len(event))],
            "at_days": 365,
            "n_total": size,
            "n_mature": size,
            "n_event": event,
            "n_competing": 0,
            "estimate": event / size,
            "conf_low": low,
            "conf_high": high,
        }
    )
    return FixedWindowRates(frame=frame, by="arm", conf_level=0.95)


#: Mean of shown less exact rates, in shares: measured 0.026 where some 12 events are expected,
#: because 11 and 12 are raised to 15, and under 0.0012 where 18 or more are ("little more than
#: 0.1 points" in the methods appendix: twice that at most).
RATE_BIAS = 2 * run_claims.SHARE_POINTS / 100
RATE_BIAS_OF_FEW = run_claims.FEW_POINTS / 100
REPEATS = 500
#: How far the bias that the appendix names may lie from the one measured, in shares.
ABOUT = 0.01


@pytest.mark.slow
@pytest.mark.parametrize("size", [60, 150, 300])
@pytest.mark.parametrize("share", [0.2, 0.35, 0.5])
def test_released_rates_are_nearly_unbiased_and_their_intervals_cover(
    size: int, share: float
) -> None:
    """Over samples that may be shown: little bias, and each interval holds the exact one."""
    rng = np.random.default_rng([size, int(100 * share)])
    event = rng.binomial(size, share, REPEATS)
    given = window_rates(event, size)
    parts = [given.frame.iloc[i : i + 20] for i in range(0, REPEATS, 20)]
    shown = pd.concat(
        [release(replace(given, frame=part), rule=RULE).frame for part in parts], ignore_index=True
    )
    fine = (shown["suppressed"] == "").to_numpy()
    exact = given.frame[fine].reset_index(drop=True)
    shown = shown[fine].reset_index(drop=True)
    assert (shown["conf_low"] <= exact["conf_low"]).all()
    assert (shown["conf_high"] >= exact["conf_high"]).all()
    held = (shown["conf_low"] <= share) & (shown["conf_high"] >= share)
    held_exactly = (exact["conf_low"] <= share) & (exact["conf_high"] >= share)
    assert held.mean() >= held_exactly.mean()
    bias = float((shown["estimate"] - exact["estimate"]).mean())
    record = f"{size} {share}: n={fine.sum()} bias={bias:.4f} held={held.mean():.3f}"
    allowed = RATE_BIAS if size * share >= run_claims.FEW_EVENTS else RATE_BIAS_OF_FEW
    assert abs(bias) < allowed, record


@pytest.mark.slow
def test_shares_of_groups_of_which_a_few_were_not_followed_come_out_low() -> None:
    """60 people, 1 to 10 of them not followed, half of the others with the event."""
    rng, gap, held = np.random.default_rng(60), [], []
    for lost in rng.integers(1, RULE.min_cell, REPEATS):
        followed = 60 - int(lost)
        given = window_rates(rng.binomial(followed, 0.5, 1), followed)
        chain = (60, followed, followed)
        people = PopulationCounts({EVERYBODY: chain, ("arm", "g0"): chain})
        definition = RecidivismDefinition().with_people(people)
        shown = release(replace(given, definition=definition), rule=RULE).frame.iloc[0]
        if shown["suppressed"] == "":
            assert shown["n_mature"] == 60
            gap.append(shown["estimate"] - given.frame["estimate"].iloc[0])
            held.append(
                shown["conf_low"] <= given.frame["conf_low"].iloc[0]
                and shown["conf_high"] >= given.frame["conf_high"].iloc[0]
            )
    assert len(gap) > 0.9 * REPEATS
    assert all(held)
    assert float(np.mean(gap)) == pytest.approx(-run_claims.LOST_POINTS / 100, abs=ABOUT)
