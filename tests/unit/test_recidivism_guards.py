"""Each guard has a planted case that trips it and a clean one that does not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.errors import GuardError, TooFewEventsError


def programme(n=300, seed=4):
    """No effect at all; people complete if they last 120 days without reoffending."""
    rng = np.random.default_rng(seed)
    day = np.ceil(rng.exponential(600, n))
    index = pd.Timestamp("2021-01-04")
    frame = pd.DataFrame({"day": np.minimum(day, 730), "new": (day <= 730).astype(int)})
    frame["arm"] = np.where(rng.random(n) < 0.5, "rj", "comparison")
    frame["completed"] = (frame["day"] > 120) & (rng.random(n) < 0.8)
    frame["coach"] = rng.random(n) < 0.5
    frame["coach_date"] = index + pd.to_timedelta(rng.integers(5, 60, n), unit="D")
    frame["index_date"] = index
    frame["status"] = np.where(frame["new"] == 1, "Terminated: rearrest", "Closed")
    frame["reach"] = 730
    return frame


def outcome_of(frame, **options):
    given = {"time": "day", "event": "new", "observable": "reach"}
    return rj.time_to_event(frame, **{**given, **options})


CONTRASTS = [
    lambda data, by: rj.log_rank_test(data, by=by),
    lambda data, by: rj.gray_test(data, by=by),
    lambda data, by: rj.risk_difference(data, by=by, at_days=365),
    lambda data, by: rj.restricted_mean(data, by=by, horizon_days=365),
    lambda data, by: rj.cox_regression(data, by),
    lambda data, by: rj.fine_gray_regression(data, by),
    lambda data, by: rj.parametric_regression(data, by),
    lambda data, by: rj.negative_binomial_regression(data, by),
    lambda data, by: rj.spline_regression(data, by),
    lambda data, by: rj.standardised_risk_difference(data, by, by=by, at_days=365),
    lambda data, by: rj.pairwise_log_rank_test(data, by=by),
]


@pytest.mark.parametrize("contrast", CONTRASTS)
def test_completers_against_others_are_refused_as_an_effect(contrast):
    with pytest.raises(GuardError, match="who completed"):
        contrast(outcome_of(programme()), "completed")


@pytest.mark.parametrize("contrast", CONTRASTS)
def test_arms_as_assigned_are_not_refused(contrast):
    assert len(contrast(outcome_of(programme()), "arm").frame)


def test_completers_may_be_described():
    assert len(rj.fixed_window_rates(outcome_of(programme()), by="completed", at_days=365).frame)


def test_completion_by_a_landmark_may_be_compared():
    later = rj.start_at_landmark(outcome_of(programme()), at_days=120)
    assert "Follow-up starts at day 120" in later.notes[0]
    assert later.frame["entry_days"].min() == 120
    # Nothing was done to anybody, and after the landmark it shows.
    assert rj.log_rank_test(later, by="completed").frame["p_value"].item() > 0.01


def test_a_status_that_holds_the_outcome_is_refused():
    with pytest.raises(GuardError, match="holds the outcome itself"):
        rj.cox_regression(outcome_of(programme()), "status")


def test_a_covariate_dated_after_the_clock_is_refused():
    with pytest.raises(GuardError, match="immortal time"):
        rj.cox_regression(outcome_of(programme()), "arm + coach")
    early = programme().assign(coach_date=pd.Timestamp("2020-12-01"))
    assert len(rj.cox_regression(outcome_of(early), "arm + coach").frame) == 2


def test_start_stop_rows_may_carry_a_later_status():
    rows = pd.DataFrame(
        {
            "who": np.repeat(np.arange(60), 2),
            "from": [0, 50] * 60,
            "to": [50, 90] * 60,
            "new": [0, 1] * 60,
            "completed": [False, True] * 60,
            "age": np.repeat(np.arange(60) % 7 + 20, 2),
        }
    )
    rows["to"] = rows["to"] + np.where(rows["from"] > 0, np.repeat(np.arange(60), 2), 0)
    rows.loc[::4, "new"] = 1
    outcome = rj.time_to_event(rows, time="to", event="new", entry="from", id="who")
    assert len(rj.cox_regression(outcome, "age").frame) == 1


def test_a_thin_tail_is_noted():
    thin = rj.kaplan_meier(outcome_of(programme(12).assign(day=np.arange(1, 13) * 10, new=1)))
    assert "people are at risk from day" in " ".join(thin.notes)
    full = programme().assign(day=np.repeat([100, 730], 150), new=np.repeat([1, 0], 150))
    assert rj.kaplan_meier(outcome_of(full)).notes == ()


def test_hazards_that_cross_are_noted_and_proportional_ones_are_not():
    rng = np.random.default_rng(8)
    n = 600
    rj_arm = rng.random(n) < 0.5
    crossing = np.where(rj_arm, rng.weibull(3, n), rng.weibull(0.6, n)) * 300
    frame = pd.DataFrame({"day": np.ceil(crossing).clip(1, 900), "new": 1})
    frame["arm"] = np.where(rj_arm, "rj", "comparison")
    cox = rj.cox_regression(rj.time_to_event(frame, time="day", event="new"), "arm")
    assert "not proportional (arm)" in " ".join(cox.notes)
    calm = frame.assign(day=np.ceil(rng.exponential(300, n)).clip(1, 900))
    cox = rj.cox_regression(rj.time_to_event(calm, time="day", event="new"), "arm")
    assert "not proportional" not in " ".join(cox.notes)


REGRESSIONS = [
    lambda data, formula, **options: rj.cox_regression(data, formula, **options),
    lambda data, formula, **options: rj.fine_gray_regression(data, formula, **options),
    lambda data, formula, **options: rj.parametric_regression(data, formula, **options),
    lambda data, formula, **options: rj.negative_binomial_regression(data, formula, **options),
    lambda data, formula, **options: rj.grouped_time_regression(
        data, formula, period_ends=[365, 730], **options
    ),
    lambda data, formula, **options: rj.standardised_risk_difference(
        data, f"arm + {formula}", at_days=365, **options
    ),
]


@pytest.mark.parametrize("regression", REGRESSIONS)
def test_a_regression_that_loses_a_tenth_of_the_people_is_refused(regression):
    frame = programme().assign(age=np.arange(300) % 23 + 15.0)
    few = frame.assign(age=frame["age"].where(np.arange(300) >= 30))
    many = frame.assign(age=frame["age"].where(np.arange(300) >= 31))
    assert regression(outcome_of(few), "age").frame["estimate"].notna().all()
    with pytest.raises(GuardError, match="31 of 300 rows") as caught:
        regression(outcome_of(many), "age")
    assert "max_dropped=" in caught.value.hint
    assert regression(outcome_of(many), "age", max_dropped=0.2).frame["estimate"].notna().all()


def test_few_clusters_are_noted_and_many_are_not():
    frame = programme().assign(few=np.arange(300) % 29, many=np.arange(300) % 30)
    few = rj.cox_regression(outcome_of(frame), "arm", cluster="few")
    assert "29 clusters of few, fewer than 30" in " ".join(few.notes)
    many = rj.cox_regression(outcome_of(frame), "arm", cluster="many")
    assert "clusters" not in " ".join(many.notes)


def test_competing_exits_above_a_twentieth_are_noted_on_kaplan_meier():
    frame = programme().assign(new=0, day=730)
    few = frame.assign(gone=np.where(np.arange(300) < 15, "death", ""))
    many = frame.assign(gone=np.where(np.arange(300) < 16, "death", ""))
    quiet, noted = (
        rj.kaplan_meier(outcome_of(data, competing="gone")).notes for data in (few, many)
    )
    assert "competing" not in " ".join(quiet)
    assert "competing" in " ".join(noted)


def test_events_per_coefficient_are_counted():
    def with_events(count):
        frame = programme().assign(day=np.arange(300) + 1, age=np.arange(300) * 37 % 41 + 15)
        frame["reach_of_age"] = np.arange(300) * 11 % 17
        return outcome_of(frame.assign(new=(np.arange(300) % 30 < count / 10).astype(int)))

    with pytest.raises(TooFewEventsError, match="at least 5"):
        rj.cox_regression(with_events(10), "arm + age + reach_of_age")
    assert "Fewer than 10 events for each" in " ".join(
        rj.cox_regression(with_events(10), "arm + age").notes
    )
    calm = rj.cox_regression(with_events(20), "arm + age")
    assert "Fewer than 10" not in " ".join(calm.notes)
