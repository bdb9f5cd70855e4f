"""What is not known is not taken for clear: people found after the window, and those who left."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.errors import GuardError

ENDS = [182, 365]
#: Estimates by iteration against fractions by hand.
BY_HAND = 1e-9


def checked(n_late):
    """Eighty people, two arms alike: 20 found at 182, 18 at 365, some at 500, others clear."""
    n_clear = 42 - n_late
    frame = pd.DataFrame(
        {
            "day": [182.0] * 20 + [365.0] * 60,
            "new": [1] * 38 + [0] * 42,
            "arm": ["a", "b"] * 40,
            "last_clear_days": [0.0] * 20 + [182.0] * (18 + n_late) + [np.nan] * n_clear,
            "found_days": [182.0] * 20 + [365.0] * 18 + [500.0] * n_late + [np.nan] * n_clear,
        }
    )
    names = ["arm", "last_clear_days", "found_days"]
    outcome = rj.time_to_event(frame, time="day", event="new", covariates=names)
    known = replace(outcome.definition, times_known="checks", durations_given=False)
    return replace(outcome, definition=known)


def hazards(model):
    return 1 - np.exp(-np.exp(model.frame["estimate"].to_numpy()[: len(ENDS)]))


def test_people_found_after_the_window_count_up_to_their_last_clear_check():
    model = rj.grouped_time_regression(checked(4), "arm", period_ends=ENDS)
    # By hand: 20 of 80; then 18 of the 60 left, less the 4 of whom the second period is not known.
    assert hazards(model) == pytest.approx([20 / 80, 18 / 56], rel=BY_HAND)
    assert model.fit["person_periods"] == 80 + 56
    assert "4; hazards of the last periods may be too low" in " ".join(model.notes)


def test_who_was_never_seen_clear_counts_in_no_period():
    data = checked(4)
    late = data.frame["found_days"] == 500
    frame = data.frame.assign(
        last_clear_days=data.frame["last_clear_days"].where(~late, [0.0] * len(late))
    )
    model = rj.grouped_time_regression(replace(data, frame=frame), "arm", period_ends=ENDS)
    assert hazards(model) == pytest.approx([20 / 76, 18 / 56], rel=BY_HAND)


def test_without_late_finds_nothing_is_said_and_other_studies_are_as_before():
    clean = rj.grouped_time_regression(checked(0), "arm", period_ends=ENDS)
    assert "after the window" not in " ".join(clean.notes)
    assert hazards(clean) == pytest.approx([20 / 80, 18 / 60], rel=BY_HAND)
    data = checked(4)
    by_day = replace(data, definition=replace(data.definition, times_known="day"))
    whole = rj.grouped_time_regression(by_day, "arm", period_ends=ENDS)
    assert hazards(whole) == pytest.approx([20 / 80, 18 / 60], rel=BY_HAND)


def test_many_found_after_the_window_are_refused():
    with pytest.raises(GuardError, match="5 of 43 people with an event") as caught:
        rj.grouped_time_regression(checked(5), "arm", period_ends=ENDS)
    assert "interval_survival" in caught.value.hint


@pytest.mark.parametrize(("n_gone", "said"), [(1, False), (2, True)])
def test_quantiles_say_where_competing_exits_make_them_too_early(n_gone, said):
    # By hand: 1 of 20 is not more than a twentieth, 2 of 20 are.
    frame = pd.DataFrame(
        {
            "day": range(1, 21),
            "new": [1] * 18 + [0, 1 if n_gone == 1 else 0],
            "gone": [""] * 18 + ["death", "death" if n_gone == 2 else ""],
        }
    )
    outcome = rj.time_to_event(frame, time="day", event="new", competing="gone")
    notes = " ".join(rj.survival_quantiles(outcome).notes)
    assert ("these days come too early" in notes) == said
    assert ("cumulative incidence" in " ".join(rj.kaplan_meier(outcome).notes)) == said


@pytest.mark.parametrize("kind", ["category", "object"])
def test_who_has_no_arm_is_counted_in_none(kind):
    rows = pd.DataFrame({"day": range(1, 61), "new": [1, 1, 0] * 20, "age": [20, 45, 30, 60] * 15})
    outcome = rj.time_to_event(rows.assign(arm=["a", "b", None] * 20), time="day", event="new")
    frame = outcome.frame.assign(arm=outcome.frame["arm"].astype(kind))
    counts = rj.cox_regression(replace(outcome, frame=frame), "age").arm_counts
    assert counts.to_numpy().tolist() == [["arm[a]", 20, 20], ["arm[b]", 20, 20]]
