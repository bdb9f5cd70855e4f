"""Coverage of intervals and size of tests over many synthetic programmes; run by make calibrate.

Scenario: two arms of 150, referral over a year, exponential time to reoffence (30 % by a year in
the comparison arm), custody-free follow-up of one to two years, families of one to three who share
a frailty, 5 % a year leaving. Bounds are those for 2,000 programmes.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.recidivism.landmark import completers_from

pytestmark = pytest.mark.slow
SEED, PROGRAMMES, PER_ARM = 2026, 2_000, 150
COVERAGE, SIZE = (0.935, 0.965), (0.04, 0.06)
BASE = -np.log(0.7) / 365
DAY = 365


#: Of a positive stable frailty: 1 would be none. Two people of a case have Kendall's tau 0.3.
STABLE = 0.7


def positive_stable(generator, index, size):
    """Draw what has the Laplace transform exp(-s ** index) (Chambers, Mallows and Stuck 1976)."""
    angle = generator.uniform(0, np.pi, size)
    waiting = generator.exponential(1.0, size)
    share = np.sin(index * angle) / np.sin(angle) ** (1 / index)
    return share * (np.sin((1 - index) * angle) / waiting) ** (1 / index - 1)


def programme(generator, *, ratio=1.0, frailty=0.0, stable=0.0):
    """One programme; cases of two people share a gamma frailty of this variance, or a stable one.

    Under the positive stable frailty the hazards of the arms stay proportional for people taken
    at random (Hougaard 1986): survival is ``exp(-(ratio * cumulative hazard) ** index)``, so the
    hazard ratio that a Cox model without frailty estimates is ``ratio ** index``. Its day of
    reoffending is drawn so that 30 % of the comparison arm reoffend within a year.
    """
    n = 2 * PER_ARM
    arm = np.repeat([0, 1], PER_ARM)
    case = np.arange(n) // 2
    shared = np.ones(n // 2)
    if frailty:
        shared = generator.gamma(1 / frailty, frailty, n // 2)
    rate = BASE
    if stable:
        shared, rate = (
            positive_stable(generator, stable, n // 2),
            (BASE * DAY) ** (1 / stable) / DAY,
        )
    rate = rate * np.where(arm == 1, ratio, 1.0) * shared[case]
    time = np.ceil(generator.exponential(1 / rate))
    gone = np.ceil(generator.exponential(365 / 0.05, n))
    end = np.ceil(generator.uniform(DAY, 2 * DAY, n))
    day = np.minimum(np.minimum(time, gone), end)
    frame = pd.DataFrame(
        {
            "day": day,
            "new": (time == day).astype(int),
            "gone": np.where((gone == day) & (time > day), "death", ""),
            "arm": pd.Categorical(np.where(arm == 1, "rj", "comparison")),
            "case_id": case.astype(str),
            "reach": end,
            "age": generator.integers(14, 40, n),
        }
    )
    return rj.time_to_event(
        frame, time="day", event="new", competing="gone", observable="reach", covariates=None
    )


def share(flags):
    return float(np.mean(flags))


@pytest.fixture(scope="module")
def effect():
    """Programmes with a hazard ratio of 0.7, and whether each interval holds the truth."""
    generator = np.random.default_rng(SEED)
    ratio = 0.7
    survival = np.exp(-BASE * DAY * np.array([1, ratio]))
    gap = survival[0] - survival[1]  # risk with RJ minus risk without, below 0
    days = np.arange(1, DAY + 1)
    means = [np.exp(-BASE * r * (days - 1)).sum() for r in (1, ratio)]
    held = {name: [] for name in ("milestone", "curve", "mean", "cox")}
    for _ in range(PROGRAMMES):
        data = programme(generator, ratio=ratio)
        point = rj.kaplan_meier(data, by="arm").frame
        point = point[(point["arm"] == "comparison") & (point["time_days"] <= DAY)].iloc[-1]
        held["milestone"].append(point["conf_low"] <= survival[0] <= point["conf_high"])
        line = rj.risk_difference(data, at_days=DAY, source="kaplan_meier").frame.iloc[0]
        held["curve"].append(line["conf_low"] <= gap <= line["conf_high"])
        line = rj.restricted_mean(data, by="arm", horizon_days=DAY).contrast.frame.iloc[0]
        truth = means[1] - means[0]
        held["mean"].append(line["conf_low"] <= truth <= line["conf_high"])
        cox = rj.cox_regression(data, "arm", diagnostics=False).frame.iloc[0]
        held["cox"].append(cox["conf_low"] <= np.log(ratio) <= cox["conf_high"])
    return {name: share(flags) for name, flags in held.items()}


@pytest.mark.parametrize("name", ["milestone", "curve", "mean", "cox"])
def test_intervals_cover(effect, name):
    assert COVERAGE[0] <= effect[name] <= COVERAGE[1]


@pytest.fixture(scope="module")
def no_effect():
    """Programmes without effect, people of a case sharing a frailty within an arm."""
    generator = np.random.default_rng(SEED + 1)
    found = {name: [] for name in ("log-rank", "gray", "curve", "mean", "cox", "hazards")}
    clustered = []
    for _ in range(PROGRAMMES):
        data = programme(generator)
        found["log-rank"].append(rj.log_rank_test(data, by="arm").frame["p_value"].item())
        found["gray"].append(rj.gray_test(data, by="arm").frame["p_value"].item())
        line = rj.risk_difference(data, at_days=DAY, source="kaplan_meier").frame.iloc[0]
        found["curve"].append(line["p_value"])
        mean = rj.restricted_mean(data, by="arm", horizon_days=DAY)
        found["mean"].append(mean.contrast.frame["p_value"][0])
        cox = rj.cox_regression(data, "arm")
        found["cox"].append(cox.frame["p_value"].item())
        test = rj.proportional_hazards_test(cox).frame
        found["hazards"].append(test["p_value"].iloc[-1])
        shared = rj.cox_regression(
            programme(generator, frailty=1.0), "arm", cluster="case_id", diagnostics=False
        ).frame.iloc[0]
        clustered.append(shared["conf_low"] <= 0 <= shared["conf_high"])
    sizes = {name: share(np.array(p) < 0.05) for name, p in found.items()}
    return sizes, share(clustered)


@pytest.mark.parametrize("name", ["log-rank", "gray", "curve", "mean", "cox", "hazards"])
def test_tests_keep_their_size(no_effect, name):
    assert SIZE[0] <= no_effect[0][name] <= SIZE[1]


def test_clustered_intervals_cover(no_effect):
    assert COVERAGE[0] <= no_effect[1] <= COVERAGE[1]


@pytest.fixture(scope="module")
def clustered_effect():
    """Programmes with a marginal hazard ratio of 0.7 whose cases of two share a stable frailty.

    Returns how often intervals of Cox with clusters by case hold it, and those that take people
    for independent.
    """
    generator = np.random.default_rng(SEED + 3)
    held, ignored = [], []
    for _ in range(PROGRAMMES):
        data = programme(generator, ratio=0.7 ** (1 / STABLE), stable=STABLE)
        for kept, cluster in ((held, "case_id"), (ignored, None)):
            cox = rj.cox_regression(data, "arm", cluster=cluster, diagnostics=False).frame.iloc[0]
            kept.append(cox["conf_low"] <= np.log(0.7) <= cox["conf_high"])
    return share(held), share(ignored)


def test_clustered_intervals_cover_an_effect(clustered_effect):
    assert COVERAGE[0] <= clustered_effect[0] <= COVERAGE[1]


def test_without_clusters_they_would_not(clustered_effect):
    assert clustered_effect[1] < COVERAGE[0]


@pytest.fixture(scope="module")
def dropped_out():
    """Programmes without effect whose riskier people do not complete: what each path calls lower.

    Returns the share of programmes that a default path finds significantly better (two-sided 5 %,
    so 2.5 % by chance), the share in which comparing completers was refused, and, for the record,
    what completers from a landmark on would seem, which is never given by default.
    """
    from rjeval.errors import GuardError

    generator = np.random.default_rng(SEED + 2)
    found = {name: [] for name in ("rate", "curve", "mean", "cox", "standardised", "log-rank")}
    refused, landmark = [], []
    for _ in range(PROGRAMMES):
        data = programme(generator, frailty=1.0)
        frame = data.frame
        done = (frame["time_days"] > 120) & (generator.random(len(frame)) < 0.7)
        start = pd.Timestamp("2022-01-03")
        data = rj.time_to_event(
            frame.assign(
                new=data.reoffended.astype(int),
                completed=done,
                index_date=start,
                exit_date=start + pd.Timedelta(days=120),
            ),
            time="time_days",
            event="new",
            observable="observable_days",
        )
        for by_completion in (
            lambda data=data: rj.cox_regression(data, "completed"),
            lambda data=data: rj.risk_difference(data, by="completed", at_days=DAY),
        ):
            try:
                by_completion()
                refused.append(False)
            except GuardError:
                refused.append(True)
        lines = {
            "rate": rj.risk_difference(data, by="arm", at_days=DAY).frame,
            "curve": rj.risk_difference(data, by="arm", at_days=DAY, source="kaplan_meier").frame,
            "standardised": rj.standardised_risk_difference(data, "arm", at_days=DAY).frame,
            "cox": rj.cox_regression(data, "arm", diagnostics=False).frame,
        }
        for name, table in lines.items():
            line = table.iloc[0]
            found[name].append(line["p_value"] < 0.05 and line["estimate"] < 0)
        mean = rj.restricted_mean(data, by="arm", horizon_days=DAY).contrast.frame.iloc[0]
        found["mean"].append(mean["p_value"] < 0.05 and mean["estimate"] > 0)
        test = rj.log_rank_test(data, by="arm")
        seen = test.groups.set_index("group")
        lower = seen.loc["rj", "observed"] < seen.loc["rj", "expected"]
        found["log-rank"].append(test.frame["p_value"].item() < 0.05 and lower)
        later = completers_from(data, at_days=125)
        line = rj.risk_difference(later, by="arm", at_days=DAY, source="kaplan_meier").frame.iloc[0]
        landmark.append(line["p_value"] < 0.05 and line["estimate"] < 0)
    return {name: share(flags) for name, flags in found.items()}, share(refused), share(landmark)


@pytest.mark.parametrize("name", ["rate", "curve", "mean", "cox", "standardised", "log-rank"])
def test_selective_drop_out_is_not_an_effect(dropped_out, name):
    """By default no path calls it effective more often than chance alone may."""
    assert dropped_out[0][name] <= 0.05


def test_comparing_completers_is_always_refused(dropped_out):
    assert dropped_out[1] == 1.0
