"""Released curves: exact on the grid, nothing between, nothing where few people stand."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rjeval.design.recidivism import RecidivismDefinition
from rjeval.disclosure.border import release
from rjeval.errors import DisclosureError
from rjeval.results import Curves


@pytest.fixture
def released(results, rule) -> Curves:
    return release(results["curves"], rule=rule)


def test_values_are_those_of_the_exact_curve_on_the_grid(results, released) -> None:
    """Two decimals for fewer than 500 people, so within half a hundredth."""
    exact = results["curves"].frame
    for group in ("rj", "comparison"):
        own = exact[exact["arm"] == group]
        shown = released.frame[
            (released.frame["arm"] == group) & (released.frame["suppressed"] == "")
        ]
        at = np.searchsorted(own["time_days"], shown["time_days"], side="right") - 1
        truth = own["estimate"].to_numpy()[at]
        assert np.abs(shown["estimate"].to_numpy() - truth).max() <= 0.005 + 1e-9


def test_days_are_on_the_grid_or_a_window(released) -> None:
    days = released.frame["time_days"]
    assert ((days % 91 == 0) | days.isin([365, 730])).all()


def test_at_least_eleven_events_between_shown_days_and_eleven_left(results, released) -> None:
    exact = results["curves"].frame
    for group in ("rj", "comparison"):
        own = exact[exact["arm"] == group]
        shown = released.frame[
            (released.frame["arm"] == group) & (released.frame["suppressed"] == "")
        ]
        days = shown["time_days"].to_numpy()
        for before, day in itertools.pairwise(days):
            inside = own[(own["time_days"] > before) & (own["time_days"] <= day)]
            assert inside["n_event"].sum() >= 11
            later = own[own["time_days"] >= day]
            assert (
                later["n_at_risk"].iloc[0] - own.loc[own["time_days"] == day, "n_event"].sum() >= 11
            )


def test_a_group_with_few_events_has_no_curve_at_all(released) -> None:
    own = released.frame[released.frame["arm"] == "pilot"]
    assert len(own) == 1
    assert own["estimate"].isna().all()
    assert own["suppressed"].iloc[0] == "primary"
    assert own["bound"].iloc[0] == "fewer than 11 of 30 (under 36%)"


def test_the_tail_is_marked_where_the_curve_ends_early(released) -> None:
    tails = released.frame[released.frame["suppressed"] == "tail"]
    assert tails["estimate"].isna().all()
    last = released.frame[released.frame["suppressed"] == ""].groupby("arm")["time_days"].max()
    for arm, day in zip(tails["arm"], tails["time_days"], strict=True):
        assert day > last[arm]


def test_risk_sets_and_counts_since_the_last_day_are_rounded(released) -> None:
    counts = released.frame[["n_at_risk", "n_event", "n_censored"]].to_numpy(dtype=float)
    assert (np.nan_to_num(counts) % 5 == 0).all()
    assert not ((counts > 0) & (counts < 11)).any()


DEFINITION = RecidivismDefinition(windows_days=(365, 730))
#: Days by which another possible date differs at least, and how many dates are tried.
APART, TRIES = 14, 25


def one_arm(times: np.ndarray, event: np.ndarray) -> Curves:
    import rjeval as rj

    frame = pd.DataFrame({"days": times, "new": event.astype(int)})
    return rj.kaplan_meier(rj.time_to_event(frame, time="days", event="new", unit="days"))


def test_no_single_date_can_be_reconstructed(rule) -> None:
    """Any event could lie elsewhere: for each there is a day far from its own, same release.

    An intruder who knows everybody else's days, all settings and this code sees the same page for
    both days, so no method at all can tell them apart.
    """
    rng = np.random.default_rng(11)
    times = np.ceil(rng.exponential(900, 150)).clip(max=729)
    ends = np.ceil(rng.uniform(500, 730, 150))
    event, times = times <= ends, np.minimum(times, ends)
    shown = release(one_arm(times, event), rule=rule).frame
    assert (shown["suppressed"] == "").sum() >= 4
    days = shown.loc[shown["suppressed"] == "", "time_days"].to_numpy()
    inside = np.flatnonzero(event & (times <= days[-1]))
    assert len(inside) >= 30
    for person in inside:
        low = days[np.searchsorted(days, times[person]) - 1]
        high = days[np.searchsorted(days, times[person])]
        others = [day for day in np.arange(low + 1, high + 1) if abs(day - times[person]) >= APART]
        same = (
            release(one_arm(_moved(times, person, day), event), rule=rule).frame.equals(shown)
            for day in rng.permutation(others)[:TRIES]
        )
        assert any(same)


def _moved(times: np.ndarray, person: int, day: float) -> np.ndarray:
    moved = times.copy()
    moved[person] = day
    return moved


def incidents(people: list[list[float]], *, size: int) -> Curves:
    """Mean cumulative function of ``size`` people watched for 730 days, some with incidents."""
    import rjeval as rj

    rows = []
    for number in range(size):
        days = sorted(people[number]) if number < len(people) else []
        starts = [0.0, *days]
        for start, stop in zip(starts, [*days, 730.0], strict=True):
            rows.append((number, start, stop, int(stop in days)))
    frame = pd.DataFrame(rows, columns=["who", "from", "to", "new"])
    outcome = rj.time_to_event(frame, time="to", event="new", entry="from", id="who", unit="days")
    return rj.mean_cumulative_function(outcome)


def test_a_mean_cumulative_function_counts_people_and_not_incidents(rule) -> None:
    """40 incidents of 8 people are 8 people; the same 40 of 40 people may be shown."""
    repeated = [[float(day) for day in range(20 + 3 * i, 620 + 3 * i, 120)] for i in range(8)]
    few = release(incidents(repeated, size=100), rule=rule)
    assert few.frame["estimate"].isna().all()
    assert few.groups["n_events"].isna().all()
    many = [[day] for days in repeated for day in days]
    shown = release(incidents(many, size=100), rule=rule)
    assert shown.frame["estimate"].notna().sum() >= 2
    assert shown.groups["n_events"].tolist() == [40]
    assert not {"n_first", "n_with_event", "largest"} & {*shown.frame, *shown.groups}


def test_days_between_which_the_same_few_people_return_are_not_shown(rule) -> None:
    """30 people have a first incident in the first year; in the second only 6 of them return."""
    first = [[float(12 * i + 5)] for i in range(30)]
    again = [
        days + [400.0 + 40 * k for k in range(8)] if i < 6 else days for i, days in enumerate(first)
    ]
    curve = replace(incidents(again, size=120), definition=DEFINITION)
    shown = release(curve, rule=rule).frame
    days = shown.loc[shown["suppressed"] == "", "time_days"].to_numpy()
    starts = np.array([days[0] for days in first])
    for low, high in itertools.pairwise(days):
        assert ((starts > low) & (starts <= high)).sum() >= 11
    assert days.max() == 365
    assert shown["suppressed"].iloc[-1] == "tail"


def test_a_group_in_which_one_person_has_most_incidents_is_hidden(rule) -> None:
    """Twelve people with one each and one with 140: the sum is that person's."""
    people = [[float(30 * i + 10)] for i in range(12)] + [[float(5 * i + 12) for i in range(140)]]
    shown = release(incidents(people, size=60), rule=rule)
    assert shown.frame["estimate"].isna().all()
    assert shown.groups["n_events"].isna().all()


def test_a_function_of_incidents_that_does_not_count_people_is_withheld(rule) -> None:
    curve = incidents([[float(10 * i + 5)] for i in range(30)], size=60)
    bare = replace(curve, frame=curve.frame.drop(columns="n_first"))
    with pytest.raises(DisclosureError, match="how many people"):
        release(bare, rule=rule)
