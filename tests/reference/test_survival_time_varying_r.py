"""Effects that change over time and effects within subgroups, as R's survSplit, tt and coxph."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.errors import EstimationError, GuardError

#: Maxima found by two programs, both converged to the last digits.
ITERATED = 1e-6


@pytest.fixture(scope="module")
def want(reference):
    return reference("survival_time_varying")


@pytest.fixture
def named(rossi):
    """Rossi's data with words for the two columns that are compared."""
    words = {name: rossi.frame[name].map({0: "no", 1: "yes"}) for name in ("fin", "wexp")}
    return replace(rossi, frame=rossi.frame.assign(**words))


def test_splitting_gives_the_rows_of_survsplit(rossi, want):
    cut = rj.split_at(rossi, [20, 36])
    assert len(cut.frame) == want["rows"]
    events = pd.Series(cut.reoffended).groupby(cut.frame["period"], observed=True).sum()
    assert events.tolist() == want["events"]
    assert cut.frame["person_id"].nunique() == len(rossi.frame)


def test_splitting_changes_no_model(rossi):
    whole = rj.cox_regression(rossi, "fin + age + prio")
    cut = rj.cox_regression(rj.split_at(rossi, [20, 36]), "fin + age + prio")
    assert cut.frame["estimate"].to_numpy() == pytest.approx(whole.frame["estimate"], rel=ITERATED)
    assert cut.frame["std_error"].to_numpy() == pytest.approx(
        whole.frame["std_error"], rel=ITERATED
    )


def test_an_effect_that_steps(rossi, want):
    cox = rj.cox_regression(rj.split_at(rossi, [20, 36]), "fin + prio + age + age:period")
    got = cox.frame.set_index("term")["estimate"]
    assert got.to_numpy() == pytest.approx(want["step"]["coef"], rel=ITERATED)
    assert cox.frame["std_error"].to_numpy() == pytest.approx(want["step"]["se"], rel=ITERATED)
    assert cox.fit["loglik"] == pytest.approx(want["step"]["loglik"], rel=ITERATED)


def test_an_effect_that_changes_with_log_time(rossi, want):
    days = np.unique(rossi.frame["time_days"][rossi.reoffended])
    cut = rj.split_at(rossi, days)
    cox = rj.cox_regression(cut, "fin + prio + age + age:np.log(time_days)", diagnostics=False)
    assert cox.frame["estimate"].to_numpy() == pytest.approx(want["log_time"]["coef"], rel=ITERATED)
    assert cox.frame["std_error"].to_numpy() == pytest.approx(want["log_time"]["se"], rel=ITERATED)


def test_splitting_refuses_what_it_cannot_do(rossi):
    for days in ([], [0, 10], [np.inf]):
        with pytest.raises(EstimationError, match="above 0"):
            rj.split_at(rossi, days)
    with pytest.raises(EstimationError, match="already"):
        rj.split_at(rj.split_at(rossi, [20]), [30])


def test_curves_of_split_rows_mark_each_person_once(rossi):
    whole = rj.kaplan_meier(rossi, by="fin").frame
    cut = rj.kaplan_meier(rj.split_at(rossi, [20.5, 36.5]), by="fin").frame
    pd.testing.assert_frame_equal(cut, whole, rtol=1e-12)


def test_effects_within_subgroups(named, want):
    got = rj.subgroup_estimates(named, arm="fin", by="wexp", adjust="age", pre_declared=True)
    own = want["subgroups"]
    assert got.frame["term"].tolist() == ["fin[yes]:wexp[no]", "fin[yes]:wexp[yes]"]
    assert got.frame["estimate"].to_numpy() == pytest.approx([own["none"], own["some"]])
    assert got.frame["std_error"].to_numpy() == pytest.approx([own["none_se"], own["some_se"]])
    assert got.fit["interaction"] == pytest.approx(own["wald"], rel=ITERATED)
    assert got.fit["interaction_p"] == pytest.approx(own["p"], rel=ITERATED)
    # Counted from the data by hand: 93, 123, 92, 124 people; a contrast rests on its smaller arm.
    assert got.level_counts["n"].tolist() == [93, 123, 92, 123]
    assert got.level_counts["n_event"].tolist() == [36, 30, 26, 22]


def test_effects_within_subgroups_with_clusters(named, want):
    got = rj.subgroup_estimates(
        named, arm="fin", by="wexp", adjust="age", cluster="educ", pre_declared=True
    )
    line = got.frame.iloc[1]
    assert line["estimate"] == pytest.approx(want["clustered"]["some"], rel=ITERATED)
    assert line["std_error"] == pytest.approx(want["clustered"]["some_se"], rel=ITERATED)


def test_subgroups_found_afterwards_are_refused(named):
    with pytest.raises(GuardError, match="not declared before"):
        rj.subgroup_estimates(named, arm="fin", by="wexp", pre_declared=False)


def test_small_subgroups_are_refused(named):
    married = named.frame["mar"].map({0: "no", 1: "yes"})
    with pytest.raises(GuardError, match="An arm within a group of mar"):
        rj.subgroup_estimates(
            replace(named, frame=named.frame.assign(mar=married)),
            arm="fin",
            by="mar",
            pre_declared=True,
        )


def test_numbers_are_no_subgroups(named):
    with pytest.raises(EstimationError, match="age holds numbers"):
        rj.subgroup_estimates(named, arm="fin", by="age", pre_declared=True)


def test_several_subgroups_are_each_tested_and_adjusted_for_their_number(named):
    married = named.frame["mar"].map({0: "no", 1: "yes"})
    outcome = replace(named, frame=named.frame.assign(paro=paroled(named), mar=married))
    alone = {
        by: rj.subgroup_estimates(outcome, arm="fin", by=by, pre_declared=True)
        for by in ("wexp", "paro")
    }
    got = rj.subgroup_estimates(outcome, arm="fin", by=["wexp", "mar", "paro"], pre_declared=True)
    for by, one in alone.items():
        own = got.frame[got.frame["term"].str.contains(by)].reset_index(drop=True)
        pd.testing.assert_frame_equal(own, one.frame)
        assert got.fit[f"interaction_p:{by}"] == one.fit["interaction_p"]
    test = rj.interaction_test(got).frame
    assert test["term"].tolist() == ["wexp", "paro"]
    # Holm by hand for two tests: the smaller doubled, the larger at least that.
    low, high = sorted(test["p_value"])
    assert sorted(test["p_adjusted"]) == pytest.approx(
        [min(1, 2 * low), min(1, max(2 * low, high))]
    )
    assert any(note.startswith("Not given: An arm within a group of mar") for note in got.notes)


def paroled(outcome):
    return outcome.frame["paro"].map({0: "no", 1: "yes"})


def test_an_interaction_test_needs_subgroups(named, want):
    one = rj.interaction_test(
        rj.subgroup_estimates(named, arm="fin", by="wexp", adjust="age", pre_declared=True)
    ).frame
    assert one["p_value"].item() == pytest.approx(want["subgroups"]["p"], rel=ITERATED)
    with pytest.raises(EstimationError, match="no subgroups"):
        rj.interaction_test(rj.cox_regression(named, "fin"))
