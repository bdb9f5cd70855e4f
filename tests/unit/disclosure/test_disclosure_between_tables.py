"""What one table hides does not follow from what another shows of the same people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

import rjeval as rj
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
    frame = frame.assign(n_unchecked=[13, 6])
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


def test_both_parties_are_rounded_alike_because_one_table_holds_both(results) -> None:
    standard = profile_rule("public_standard")
    theirs = replace(results["shares"], role="responsible_party", notes=())
    out = release(theirs, rule=standard)
    assert (out.released.min_cell, out.released.round_to) == (6, 5)
    assert release(results["rates"], rule=standard).released.round_to == 1


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


#: 290 followed, of whom 270 for the whole window: 57 had the event in it, and 61 of all did.
NEAR = PopulationCounts(
    {("arm", "rj"): (290, 290, 270), ("arm", "comparison"): (150, 150, 120)},
    {("arm", "rj"): (57,), ("arm", "comparison"): (30,)},
)


def followed(result, people: PopulationCounts = NEAR, **changes):
    definition = RecidivismDefinition(windows_days=(365,)).with_people(people)
    return replace(result, definition=definition, **changes)


def test_events_of_all_are_not_beside_nearly_as_many_of_a_whole_window(results, rule) -> None:
    """61 less 57 would be 4 of the 20 followed for a shorter time; 44 less 30 may be told."""
    means = release(followed(results["restricted_mean"]), rule=rule).frame.set_index("arm")
    assert np.isnan(means.loc["rj", "n_event"])
    assert means.loc["comparison", "n_event"] == 45
    assert means["estimate"].notna().all()
    given = results["curves"]
    events = int(given.groups.set_index("group").loc["rj", "n_events"])
    people = replace(NEAR, events={("arm", "rj"): (events - 4,)})
    groups = release(followed(given, people), rule=rule).groups.set_index("group")["n_events"]
    assert np.isnan(groups["rj"])
    assert groups["comparison"] > 0
    frame = release(followed(given, people), rule=rule).frame
    assert frame.loc[frame["arm"] == "rj", "n_event"].isna().all()
    assert frame.loc[frame["arm"] == "rj", "estimate"].notna().any()
    test = release(followed(results["log_rank"]), rule=rule)
    assert test.groups["observed"].isna().all()
    assert test.frame["p_value"].notna().all()


def test_events_of_a_model_are_not_told_where_those_of_an_arm_are_near(results, rule) -> None:
    arms = pd.DataFrame(
        {"term": ["arm[comparison]", "arm[rj]"], "n": [150, 290], "n_event": [44, 61]}
    )
    out = release(followed(results["cox"], arm_counts=arms), rule=rule)
    assert out.n_events is None
    far = replace(NEAR, events={("arm", "rj"): (40,), ("arm", "comparison"): (30,)})
    assert release(followed(results["cox"], far, arm_counts=arms), rule=rule).n_events == 105


def test_where_everybody_was_followed_for_the_window_its_events_are_those_of_all(
    results, rule
) -> None:
    whole = PopulationCounts({("arm", "rj"): (290, 290, 290)}, {("arm", "rj"): (61,)})
    out = release(followed(results["restricted_mean"], whole), rule=rule).frame.set_index("arm")
    assert out.loc["rj", "n_event"] == 60


def test_events_after_a_shorter_window_do_not_follow_either(results, rule) -> None:
    """All were followed for both windows: 61 had the event in the longer, 57 in the shorter."""
    people = PopulationCounts({("arm", "rj"): (290, 290, 290, 290)}, {("arm", "rj"): (57, 61)})
    definition = RecidivismDefinition(windows_days=(183, 365)).with_people(people)
    given = replace(results["restricted_mean"], definition=definition)
    assert np.isnan(release(given, rule=rule).frame.set_index("arm").loc["rj", "n_event"])


def test_windows_of_nearly_the_same_people_do_not_give_the_events_between(results, rule) -> None:
    """61 of 290 by day 365, 64 of 284 by day 400: 3 between, give or take the 6 who left."""
    given = results["rates"]
    frame = pd.concat([given.frame.iloc[[0]]] * 2, ignore_index=True)
    frame = frame.assign(at_days=[365, 400], n_mature=[290, 284], n_event=[61, 64])
    out = release(replace(given, frame=frame), rule=rule).frame
    assert out["n_event"].isna().sum() == 1


def test_worst_levels_do_not_add_up_to_events_that_are_hidden(rule) -> None:
    """Without 229, with a misdemeanour 41, with a felony 20: 61 with any, 57 in the window."""
    frame = pd.DataFrame(
        {
            "arm": ["rj"] * 3,
            "worst_level": ["no_incident", "misdemeanor", "felony"],
            "n": [229, 41, 20],
        }
    )
    table = CountTable(
        frame=frame,
        title="People by the most serious level of their incidents",
        dimensions=("arm", "worst_level"),
        what="people",
        scale=("misdemeanor", "felony"),
    )
    out = release(followed(table), rule=rule).frame
    assert out["n"].isna().tolist() == [True, True, False]


def test_a_follow_up_knows_the_events_of_whole_windows() -> None:
    """Of three followed for a year one has the event in it; a fourth, not so long, has it too."""
    people = pd.DataFrame(
        {
            "day": [100.0, 365.0, 365.0, 50.0],
            "new": [1, 0, 0, 1],
            "could": [400.0, 365.0, 500.0, 60.0],
            "arm": ["rj"] * 4,
        }
    )
    definition = RecidivismDefinition(windows_days=(365,))
    outcome = rj.time_to_event(
        people, time="day", event="new", observable="could", definition=definition
    )
    assert outcome.definition.people.events_at("arm", "rj") == 1
    assert outcome.definition.people.events_at("", "") == 1


def test_rows_that_share_a_value_are_counted_coarsely(results, rule) -> None:
    """12 agreements were not reached; the table of agreements shows 20 of that and another kind."""
    given = results["quality"]
    kinds = {"rule": ["V51", "V98", "V31"], "severity": ["W", "W", "E"], "table": ["agreement"] * 3}
    rows = {"column": ["status", "", "x"], "n_failed": [12, 133, 26], "n_rows": [133] * 3}
    rules = pd.DataFrame({**kinds, **rows, "reason": ["r"] * 3})
    ledger = pd.DataFrame(
        {
            "table": ["agreement"] * 3,
            "column": ["status", "status", ""],
            "rule": ["value_mapped", "missing_code", "delimiter"],
            "detail": [""] * 3,
            "n_rows": [34, 6, 26],
        }
    )
    out = release(replace(given, rules=rules, ledger=ledger), rule=rule)
    assert out.rules["n_failed"].tolist() == [20, 135, 25]
    assert out.ledger["n_rows"].tolist()[0] == 40
    assert np.isnan(out.ledger["n_rows"].tolist()[1])
    assert out.ledger["n_rows"].tolist()[2] == 25
