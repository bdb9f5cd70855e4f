"""Guards against later knowledge hold under any name, and let go what is known before."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.errors import GuardError, TooFewEventsError

DAY = pd.Timedelta(days=1)


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(11)
    day = np.minimum(rng.exponential(500, 400).astype(int) + 1, 365)
    return pd.DataFrame(
        {
            "day": day,
            "new": (day < 365).astype(int),
            "obs": 365,
            "arm": rng.choice(["court", "rj"], 400),
            "half": rng.integers(0, 2, 400),
            "age": rng.integers(14, 40, 400),
            "index_date": pd.Timestamp("2023-01-10") + rng.integers(0, 300, 400) * DAY,
        }
    )


def outcome_of(frame, **options):
    return rj.time_to_event(frame, time="day", event="new", observable="obs", **options)


COMPLETION = ("Completed", "programme_completed", "graduated", "completer", "finished")
RESULTS = ("discharge_status", "exit_type", "outcome_of_programme")


@pytest.mark.parametrize("name", [*COMPLETION, *RESULTS])
def test_completion_by_another_name_is_no_effect(people, name):
    frame = people.assign(**{name: people["half"]})
    for job in (
        lambda: rj.log_rank_test(outcome_of(frame), by=name),
        lambda: rj.cox_regression(outcome_of(frame), f"arm + {name}"),
        lambda: rj.risk_difference(outcome_of(frame), by=name, at_days=365),
    ):
        with pytest.raises(GuardError, match=f"{name} says who completed"):
            job()
    for curves in (rj.kaplan_meier, rj.cumulative_incidence, rj.survival_quantiles):
        assert "not comparable" in " ".join(curves(outcome_of(frame), by=name).notes)


@pytest.mark.parametrize("name", ["school_completed", "education_status", "prior_completions"])
def test_school_and_earlier_programmes_are_known_before(people, name):
    frame = people.assign(**{name: np.where(people["half"] > 0, "completed", "no")})
    outcome = outcome_of(frame)
    assert rj.log_rank_test(outcome, by=name).frame["df"].item() == 1
    assert rj.kaplan_meier(outcome, by=name).notes == ()


def test_levels_tell_completion_and_a_date_before_the_clock_allows_it(people):
    frame = people.assign(training=np.where(people["half"] > 0, "completed", "dropped out"))
    with pytest.raises(GuardError, match="training says who completed"):
        rj.log_rank_test(outcome_of(frame), by="training")
    before = frame.assign(training_date=frame["index_date"] - 3 * DAY)
    assert rj.log_rank_test(outcome_of(before), by="training").frame["df"].item() == 1
    after = frame.assign(training_date=frame["index_date"] + 3 * DAY)
    with pytest.raises(GuardError, match="immortal time"):
        rj.log_rank_test(outcome_of(after), by="training")


@pytest.mark.parametrize(
    "level", ["terminated: new felony", "arrested again", "reincarcerated", "Re-convicted"]
)
def test_a_level_that_says_the_outcome_is_found(people, level):
    frame = people.assign(ended=np.where(people["half"] > 0, level, "well"))
    with pytest.raises(GuardError, match="holds the outcome itself"):
        rj.cox_regression(outcome_of(frame), "arm + ended")


@pytest.mark.parametrize("level", ["drug offence", "prior arrest", "new referral", "low risk"])
def test_levels_about_the_past_pass(people, level):
    frame = people.assign(kind=np.where(people["half"] > 0, level, "other"))
    assert rj.log_rank_test(outcome_of(frame), by="kind").notes == ()


def test_strata_and_offsets_are_adjustments_too(people):
    outcome = outcome_of(people.assign(completed=people["half"]))
    for job in (
        lambda: rj.cox_regression(outcome, "arm", strata="completed"),
        lambda: rj.cox_regression(outcome, "arm", offset="completed"),
        lambda: rj.log_rank_test(outcome, by="arm", strata="completed"),
        lambda: rj.gray_test(outcome, by="arm", strata=("completed",)),
    ):
        with pytest.raises(GuardError, match="completed says who completed"):
            job()


def test_dates_in_any_form_are_read_or_refused(people):
    later = people["index_date"] + 9 * DAY
    coached = people.assign(coach=people["half"])
    for dates in (later, later.dt.tz_localize("UTC"), later.dt.strftime("%Y-%m-%d")):
        with pytest.raises(GuardError, match="immortal time"):
            rj.cox_regression(outcome_of(coached.assign(coach_date=dates)), "coach")
    with pytest.raises(GuardError, match="400 of 400 values of coach_date are no ISO dates"):
        rj.cox_regression(
            outcome_of(coached.assign(coach_date=later.dt.strftime("%d/%m/%Y"))), "coach"
        )
    at_once = coached.assign(coach_date=people["index_date"].dt.strftime("%Y-%m-%d"))
    assert rj.cox_regression(outcome_of(at_once), "coach", diagnostics=False).notes == ()


@pytest.mark.parametrize("name", ["sessions_attended", "dosage", "agreement_kept"])
def test_what_a_programme_gives_comes_after_the_clock(people, name):
    with pytest.raises(GuardError, match="immortal time"):
        rj.cox_regression(outcome_of(people.assign(**{name: people["half"]})), name)


@pytest.mark.parametrize(("n_gone", "noted"), [(40, True), (12, False)])
def test_competing_exits_are_said_beside_every_risk_from_kaplan_meier(people, n_gone, noted):
    free = people.index[people["new"] == 0][:n_gone]
    frame = people.assign(gone="")
    frame.loc[free, ["gone", "day"]] = ["death", 100]
    outcome = outcome_of(frame, competing="gone")
    for result in (
        rj.risk_difference(outcome, by="arm", at_days=300, source="kaplan_meier"),
        rj.restricted_mean(outcome, by="arm", horizon_days=300),
        rj.standardised_risk_difference(outcome, "arm + age", at_days=300),
    ):
        assert ("overstates reoffending" in " ".join(result.notes)) is noted


def test_few_events_per_coefficient_are_refused_for_counts_too(people):
    frame = people.assign(new=(people.index < 9).astype(int))
    with pytest.raises(TooFewEventsError):
        rj.negative_binomial_regression(outcome_of(frame), "arm + age")
    found = rj.negative_binomial_regression(outcome_of(frame), "arm")
    assert "ewer than 10 events" in " ".join(found.notes)
