"""People by the most serious level of their incidents: counted and merged by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.analysis_data import EventHistory
from rjeval.design.disclosure import DisclosureRule
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.errors import EstimationError

LEVELS = pd.CategoricalDtype(["infraction", "petty", "misdemeanor", "felony"], ordered=True)
NONE, UNKNOWN = "no_incident", "not_recorded"


def history_of(arms):
    """So many people of each arm whose worst incident was of each level."""
    lines = [
        (arm, level) for arm, own in arms.items() for level, n in own.items() for _ in range(n)
    ]
    people = pd.DataFrame(lines, columns=["arm", "level"])
    people["n_events"] = np.where(people["level"] == NONE, 0, 2)
    known = people["level"].where(~people["level"].isin([NONE, UNKNOWN]))
    people["worst_level"] = known.astype(LEVELS)
    people["person_id"] = np.arange(len(people)).astype(str)
    return EventHistory(
        people=people.drop(columns="level"),
        events=pd.DataFrame(),
        horizon_days=365.0,
        definition=RecidivismDefinition(),
    )


def shown(table):
    return table.frame.set_index(["arm", "worst_level"])["n"].to_dict()


def test_each_person_counts_once_by_the_worst_level():
    arms = {"rj": {NONE: 30, UNKNOWN: 2, "petty": 3, "felony": 5}, "comparison": {NONE: 4}}
    table = rj.count_worst_levels(history_of(arms))
    assert table.scale == ("petty", "felony")
    want = {("rj", level): n for level, n in arms["rj"].items()}
    want |= {("comparison", level): 0 for level in arms["rj"]} | {("comparison", NONE): 4}
    assert shown(table) == want
    share = table.frame.set_index(["arm", "worst_level"])["share"]
    assert share["rj", "felony"] == 5 / 40
    assert share["comparison", NONE] == 1


def test_rare_levels_are_shown_with_their_neighbours():
    arms = {
        "rj": {NONE: 100, "infraction": 3, "petty": 9, "misdemeanor": 30, "felony": 20},
        "comparison": {NONE: 80, "infraction": 8, "petty": 7, "misdemeanor": 40, "felony": 35},
    }
    released = rj.release(rj.count_worst_levels(history_of(arms)), rule=DisclosureRule())
    assert released.scale == ("Infraction or petty", "misdemeanor", "felony")
    numbers = shown(released)
    # 12 and 15, 30 and 40, 20 and 35, rounded to multiples of 5 that add up.
    assert abs(numbers["rj", "Infraction or petty"] - 12) <= 5
    assert numbers["comparison", "felony"] == 35
    assert any("shown together" in note for note in released.notes)
    share = released.frame.set_index(["arm", "worst_level"])["share"]
    assert share.groupby("arm").sum().to_numpy() == pytest.approx(1)


def test_a_rare_top_level_joins_a_frequent_one_below_it():
    arms = {
        "rj": {NONE: 100, "misdemeanor": 30, "felony": 6},
        "comparison": {NONE: 80, "misdemeanor": 40, "felony": 35},
    }
    released = rj.release(rj.count_worst_levels(history_of(arms)), rule=DisclosureRule())
    assert released.scale == ("Misdemeanor or felony",)


def test_a_rare_level_below_never_hides_in_a_top_that_other_results_show():
    """Curves give those with any: from them and the felonies the rarer level would follow.

    So both levels are hidden, and the summary hides the felonies too
    (``test_disclosure_summaries``).
    """
    arms = {
        "rj": {NONE: 100, "misdemeanor": 5, "felony": 25},
        "comparison": {NONE: 80, "misdemeanor": 40, "felony": 35},
    }
    released = rj.release(rj.count_worst_levels(history_of(arms)), rule=DisclosureRule())
    assert released.scale == ("misdemeanor", "felony")
    numbers = shown(released)
    assert np.isnan(numbers["rj", "misdemeanor"])
    assert np.isnan(numbers["rj", "felony"])
    assert numbers["rj", NONE] == 100


def test_inside_the_team_nothing_is_merged():
    arms = {"rj": {NONE: 30, "petty": 3, "felony": 5}}
    rule = DisclosureRule(profile="internal")
    released = rj.release(rj.count_worst_levels(history_of(arms)), rule=rule)
    assert shown(released)["rj", "petty"] == 3


def test_without_levels_there_is_no_table():
    with pytest.raises(EstimationError, match="were not recorded"):
        rj.count_worst_levels(history_of({"rj": {NONE: 30, UNKNOWN: 3}}))
