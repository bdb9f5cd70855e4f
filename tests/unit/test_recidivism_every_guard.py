"""The list of guards: each with a planted case that trips it and a clean one that does not.

A case returns what the estimator says: the message where it refuses, else its notes. Doubts that
the records raise (checks, sealing, ageing out, quarter ends) are planted in
``test_cohort_guards.py``, which this list names.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.errors import EstimationError

N = 300
START = pd.Timestamp("2021-01-04")


def people(**columns):
    """No effect; two arms, two years, everybody could be followed for all of it."""
    rng = np.random.default_rng(4)
    day = np.ceil(rng.exponential(600, N))
    frame = pd.DataFrame({"day": np.minimum(day, 730), "new": (day <= 730).astype(int)})
    frame["arm"] = np.where(rng.random(N) < 0.5, "rj", "comparison")
    frame["age"] = rng.integers(14, 40, N).astype(float)
    frame["coach"] = rng.random(N) < 0.5
    frame["sex"] = np.where(np.arange(N) % 2 == 0, "man", "woman")
    frame["index_date"], frame["reach"] = START, 730.0
    return frame.assign(**columns)


def outcome_of(frame, **options):
    given = {"time": "day", "event": "new", "observable": "reach"}
    return rj.time_to_event(frame, **{**given, **options})


def said(estimate):
    """What an estimator says: its refusal, or the notes of its result."""
    try:
        return " ".join(estimate().notes)
    except EstimationError as error:
        return f"REFUSED {error.message} {error.hint}"


def cox(frame, formula="arm", *, options=None, **more):
    return said(lambda: rj.cox_regression(outcome_of(frame, **(options or {})), formula, **more))


def after(days):
    return START + pd.to_timedelta(np.full(N, days), unit="D")


def landmark(days):
    frame = people(completed=np.arange(N) % 2 == 0, exit_date=after(days))
    later = rj.start_at_landmark(outcome_of(frame), at_days=120)
    return said(lambda: rj.log_rank_test(later, by="completed"))


def few_events(count):
    return people(day=np.arange(N) % 29 + 1.0, new=(np.arange(N) < count).astype(int))


def late_tail(share):
    late = np.arange(N) < share * N
    return said(
        lambda: rj.kaplan_meier(outcome_of(people(day=np.where(late, 700.0, 100.0), new=late * 1)))
    )


def gone(count):
    frame = people(new=0, day=730.0, gone=np.where(np.arange(N) < count, "death", ""))
    return said(lambda: rj.kaplan_meier(outcome_of(frame, competing="gone")))


def mature(count):
    # The others could be followed for half a year only, so they cannot be clear for a year.
    reach = np.where(np.arange(N) < count, 730.0, 180.0)
    frame = people(reach=reach).assign(arm="rj")
    frame["new"] = ((frame["new"] == 1) & (frame["day"] <= reach)).astype(int)
    frame["day"] = np.minimum(frame["day"], reach)
    return said(lambda: rj.fixed_window_rates(outcome_of(frame), by=None, at_days=365))


def checked(share):
    outcome = outcome_of(people())
    number = round(len(outcome.frame) * (1 / share - 1))
    unchecked = outcome.frame.head(number).drop(columns=["time_days", "exit_reason"])
    outcome = replace(outcome, unchecked=unchecked)
    return said(lambda: rj.risk_difference(outcome, by="arm", at_days=365))


def hazards(*, crossing):
    rng = np.random.default_rng(8)
    arm = np.where(rng.random(2 * N) < 0.5, "rj", "comparison")
    shape = np.where(arm == "rj", 3.0, 0.6) if crossing else 1.0
    day = np.ceil(rng.weibull(shape, 2 * N) * 300).clip(1, 900)
    frame = pd.DataFrame({"day": day, "new": 1, "arm": arm})
    return said(lambda: rj.cox_regression(rj.time_to_event(frame, time="day", event="new"), "arm"))


def clusters(number):
    return cox(people(few=np.arange(N) % number), cluster="few")


def missing(number):
    age = people()["age"].where(np.arange(N) >= number)
    return cox(people(age=age), "arm + age")


def subgroups(*, small=False, declared=True):
    frame = people(new=1, day=np.arange(N) + 1.0)
    if small:
        frame["sex"] = np.where(np.arange(N) < 30, "man", "woman")
    return said(lambda: rj.subgroup_estimates(outcome_of(frame), by="sex", pre_declared=declared))


def plateau(last):
    day = np.r_[np.linspace(10, last, 60).round(), np.full(100, 1825.0)]
    frame = pd.DataFrame({"day": day, "new": (np.arange(160) < 60).astype(int)})
    return said(lambda: rj.cured_fraction(rj.time_to_event(frame, time="day", event="new")))


def known(times):
    outcome = outcome_of(people())
    definition = replace(outcome.definition, times_known=times, durations_given=False)
    return said(lambda: rj.cox_regression(replace(outcome, definition=definition), "arm"))


#: Guard: (what it says, the planted case, the clean one).
GUARDS = {
    "completers against others as an effect": (
        "REFUSED completed says who completed",
        lambda: cox(people(completed=people()["day"] > 120), "completed"),
        lambda: cox(people(), "arm"),
    ),
    "completion settled after a landmark": (
        "REFUSED completed was settled after the landmark",
        lambda: landmark(200),
        lambda: landmark(100),
    ),
    "exposure set after the clock started": (
        "REFUSED conferenced was settled after the clock started",
        lambda: cox(people(conferenced=people()["coach"]), "conferenced"),
        lambda: cox(people(offered=people()["coach"]), "offered"),
    ),
    "exposure whose own date lies after the clock": (
        "REFUSED offered was settled after the clock started",
        lambda: cox(people(offered=people()["coach"], offered_date=after(9)), "offered"),
        lambda: cox(people(offered=people()["coach"], offered_date=after(0)), "offered"),
    ),
    "exit status that holds the outcome": (
        "REFUSED Levels of status say",
        lambda: cox(
            people(status=np.where(people()["new"] == 1, "Terminated: rearrest", "Closed")),
            "status",
        ),
        lambda: cox(people(status=np.where(people()["coach"], "Open", "Closed")), "status"),
    ),
    "covariate with a date of its name after the clock": (
        "REFUSED coach was settled after the clock started",
        lambda: cox(people(date_of_coach=after(30)), "arm + coach"),
        lambda: cox(people(date_of_coach=after(-30)), "arm + coach"),
    ),
    "covariate with a declared date after the clock": (
        "REFUSED coach was settled after the clock started",
        lambda: cox(people(met=after(30)), "arm + coach", options={"dated_by": {"coach": "met"}}),
        lambda: cox(people(met=after(-30)), "arm + coach", options={"dated_by": {"coach": "met"}}),
    ),
    "covariate with a declared day after the clock": (
        "REFUSED coach was settled after the clock started",
        lambda: cox(people(met=12), "arm + coach", options={"dated_by": {"coach": "met"}}),
        lambda: cox(people(met=-12), "arm + coach", options={"dated_by": {"coach": "met"}}),
    ),
    "covariate that is itself a later date": (
        "REFUSED began was settled after the clock started",
        lambda: said(
            lambda: rj.log_rank_test(
                outcome_of(people(began=START + pd.to_timedelta(np.arange(N) % 2, unit="D"))),
                by="began",
            )
        ),
        lambda: said(
            lambda: rj.log_rank_test(
                outcome_of(people(began=START - pd.to_timedelta(np.arange(N) % 2, unit="D"))),
                by="began",
            )
        ),
    ),
    "fewer than 5 events per coefficient": (
        "at least 5 per coefficient",
        lambda: cox(few_events(9), "arm + age"),
        lambda: cox(few_events(30), "arm + age"),
    ),
    "fewer than 10 events per coefficient": (
        "Fewer than 10 events for each",
        lambda: cox(few_events(15), "arm + age"),
        lambda: cox(few_events(30), "arm + age"),
    ),
    "curve tails with too few at risk": (
        "people are at risk from day",
        lambda: late_tail(0.05),
        lambda: late_tail(0.5),
    ),
    "more than 5 % competing events with Kaplan-Meier": (
        "competing",
        lambda: gone(16),
        lambda: gone(15),
    ),
    "too few mature people in a fixed window": (
        "at least 20 are needed",
        lambda: mature(15),
        lambda: mature(200),
    ),
    "records checked for too few": (
        "REFUSED",
        lambda: checked(0.75),
        lambda: checked(0.99),
    ),
    "hazards that are not proportional": (
        "lead with restricted means",
        lambda: hazards(crossing=True),
        lambda: hazards(crossing=False),
    ),
    "few clusters": ("fewer than 30", lambda: clusters(29), lambda: clusters(60)),
    "silent loss of rows": ("REFUSED 31 of 300 rows", lambda: missing(31), lambda: missing(30)),
    "subgroups found afterwards": (
        "REFUSED The subgroups of sex were not declared",
        lambda: subgroups(declared=False),
        lambda: subgroups(),
    ),
    "small subgroups": (
        "REFUSED An arm within a group of sex",
        lambda: subgroups(small=True),
        lambda: subgroups(),
    ),
    "cured share without a plateau": (
        "REFUSED all: the curve has no long plateau",
        lambda: plateau(1800),
        lambda: plateau(900),
    ),
    "days used where only checks are known": (
        "REFUSED Cox regression uses the day of each event",
        lambda: known("checks"),
        lambda: known("day"),
    ),
}


@pytest.mark.parametrize("guard", GUARDS)
def test_the_planted_case_trips_the_guard(guard):
    words, planted, _ = GUARDS[guard]
    assert words in planted()


@pytest.mark.parametrize("guard", GUARDS)
def test_the_clean_case_does_not(guard):
    words, _, clean = GUARDS[guard]
    heard = clean()
    assert words not in heard
    assert not heard.startswith("REFUSED")


@pytest.mark.parametrize(
    "planted",
    [
        "check_rates_that_differ_between_arms",
        "check_rates_that_differ_by_completion",
        "sealed_records_that_differ_by_completion",
        "ageing_out_without_adult_records",
        "events_on_days_of_pulls_and_quarter_ends",
        "missing_offence_dates",
        "pending_dispositions",
        "arm_without_any_event",
        "clean_records_raise_no_doubt",
    ],
)
def test_doubts_that_records_raise_are_planted_beside(planted):
    own = Path(__file__).with_name("test_cohort_guards.py").read_text("utf-8")
    assert f"def test_{planted}" in own
