"""Released curves: exact on the grid, nothing between, nothing where few people stand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from rjeval.disclosure.border import release
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
