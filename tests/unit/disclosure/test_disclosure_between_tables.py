"""What one table hides does not follow from what another shows of the same people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from rjeval.design.disclosure import profile_rule
from rjeval.design.populations import PopulationCounts
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.disclosure.border import release
from rjeval.disclosure.flow import release_flow
from rjeval.results import CohortFlow, CountTable


def test_people_never_checked_in_one_arm_are_not_those_of_all_less_the_other(results, rule) -> None:
    """The flow tells that 22 were never checked: 18 of the one arm would be 4 of the other."""
    given = results["rates"]
    frame = given.frame.assign(n_total=[290, 150], n_mature=[290, 150], n_unchecked=[18, 4])
    out = release(replace(given, frame=frame), rule=rule).frame
    assert out["n_unchecked"].isna().all()
    frame = frame.assign(n_unchecked=[18, 14])
    out = release(replace(given, frame=frame), rule=rule).frame
    assert out["n_unchecked"].tolist() == [20, 15]


def test_the_flow_does_tell_how_many_of_all_were_never_checked(rule) -> None:
    """So the sum over arms is known, which the test above takes for granted."""
    steps = [("stage", 440), ("stage", 440), ("exclusion", 22), ("stage", 418)]
    names = ["assessed", "included", "never_checked", "analysed"]
    frame = pd.DataFrame(steps, columns=["kind", "n"]).assign(step=names, label=names)
    shown = release_flow(CohortFlow(frame=frame, arms=()), frame=frame, rule=rule).frame
    assert shown.set_index("label").loc["never_checked", "n"] == 20


def test_people_harmed_are_rounded_under_every_public_profile(results) -> None:
    """32, 33 and 30 answers to three questions of 33 people would tell who left one out."""
    standard = profile_rule("public_standard")
    out = release(results["shares"], rule=standard)
    assert "harmed" in out.role
    assert (out.released.min_cell, out.released.round_to) == (11, 5)
    counts = out.frame[["n", "n_top"]].to_numpy(dtype=float)
    assert not (counts[~np.isnan(counts)] % 5).any()


def test_levels_do_not_add_up_to_a_size_that_is_shown_as_a_wider_one(rule) -> None:
    """39 of the 41 of an arm were followed, which is shown as 41: 25 and 14 would give the 39."""
    frame = pd.DataFrame(
        {
            "arm": ["comparison"] * 2 + ["rj"] * 2,
            "worst_level": ["no_incident", "misdemeanor"] * 2,
            "n": [25, 14, 61, 30],
            "share": [25 / 39, 14 / 39, 61 / 91, 30 / 91],
        }
    )
    people = PopulationCounts({("arm", "comparison"): (41, 39), ("arm", "rj"): (110, 91)})
    table = CountTable(
        frame=frame,
        title="People by the most serious level of their incidents",
        dimensions=("arm", "worst_level"),
        what="people",
        scale=("misdemeanor",),
        definition=RecidivismDefinition().with_people(people),
    )
    out = release(table, rule=profile_rule("public_standard")).frame
    assert out["n"].isna().tolist() == [True, False, False, False]
    assert out["share"].round(3).tolist()[1:] == [0.341, 0.67, 0.33]
    assert out.loc[0, "suppressed"] == "complementary"
    assert release(table, rule=rule).frame["n"].isna().tolist()[0]
