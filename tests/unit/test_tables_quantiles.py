"""The table of quantiles says what the estimate says, and nothing where it says nothing."""

from __future__ import annotations

import pandas as pd

import rjeval as rj
from rjeval.design.disclosure import DisclosureRule


def quantiles(n=100):
    """n people of each arm; in the one a fifth reoffend, on days 1, 2, ..., in the other half."""
    frame = pd.DataFrame({"day": [*range(1, n + 1)] * 2, "arm": ["rj"] * n + ["other"] * n})
    frame["new"] = (frame["day"] <= frame["arm"].map({"rj": n / 5, "other": n / 2})).astype(int)
    outcome = rj.time_to_event(frame, time="day", event="new")
    return rj.survival_quantiles(outcome, by="arm", probabilities=[0.1, 0.25])


def test_each_share_stands_with_its_day_and_interval():
    found = quantiles()
    table = rj.tabulate_quantiles(found)
    cells = {(row[0], row[1]): row[2:] for row in table.rows}
    # A tenth of 100 people have had it between day 10 and day 11.
    assert cells["Other", "10%"][0] == cells["Restorative justice", "10%"][0]
    tenth = found.frame.set_index(["arm", "probability"])["estimate"]
    assert tenth["rj", 0.1] == 10.5
    # Where a share is not reached its interval is open.
    limits = found.frame.set_index(["arm", "probability"])[["conf_low", "conf_high"]]
    low, high = limits.loc[("rj", 0.25)]
    assert low > 0
    assert pd.isna(high)
    # A quarter is reached in one arm only.
    assert cells["Restorative justice", "25%"] == ("–", f"{low:.0f} or later")
    assert tenth["other", 0.25] == 25.5


def test_a_released_day_is_the_end_of_a_step():
    released = rj.release(quantiles(200), rule=DisclosureRule())
    days = released.frame["estimate"].dropna()
    assert len(days)
    assert (days % DisclosureRule().curve_grid_days == 0).all()
    rows = rj.tabulate_quantiles(released).rows
    assert f"{days.iloc[0]:.0f}" in {row[2] for row in rows}


def test_events_of_a_group_are_shown_in_all_of_its_rows_or_in_none():
    """One arm has too few people for its tenth, yet the same events stand in its other row."""
    frame = rj.release(quantiles(100), rule=DisclosureRule()).frame
    assert frame.groupby("arm")["n_event"].apply(lambda events: events.isna().nunique()).eq(1).all()
    tenth = frame[frame["probability"] == 0.1]
    assert tenth["estimate"].isna().all()
    assert tenth["n_event"].notna().all()
