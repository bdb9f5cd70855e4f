"""Data on which an estimate would be nonsense that looks like a number: refused, or made right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.errors import ConvergenceError, EstimationError, GuardError

#: Sums in another order.
ROUNDING = 1e-12


@pytest.fixture(scope="module")
def people():
    """120 people seen every 90 days; nobody of the rare kind has the event."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "day": rng.choice([90, 180, 270], 120),
            "new": rng.integers(0, 2, 120),
            "arm": rng.choice(["a", "b"], 120),
            "age": rng.normal(size=120).round(2),
            "one": 1,
            "obs": 270,
        }
    )
    frame["kind"] = np.where(np.arange(120) < 6, "rare", "common")
    frame.loc[frame["kind"] == "rare", "new"] = 0
    return frame


@pytest.fixture(scope="module")
def outcome(people):
    return rj.time_to_event(people, time="day", event="new", observable="obs")


@pytest.fixture(scope="module")
def cut(outcome):
    return rj.split_at(outcome, [100, 200])


@pytest.fixture(scope="module")
def incidents(people):
    rows = pd.concat([people.assign(start=0, stop=30, new=1), people.assign(start=30, stop=60)])
    rows = rows.assign(person=[*range(120), *range(120)]).drop(columns=["day", "obs"])
    return rj.time_to_event(rows, time="stop", event="new", entry="start", id="person")


MODELS = {
    "Cox": lambda *a: rj.cox_regression(*a),
    "Fine and Gray": lambda *a: rj.fine_gray_regression(*a),
    "counts": lambda *a: rj.negative_binomial_regression(*a),
    "grouped times": lambda *a: rj.grouped_time_regression(*a, period_ends=[90, 180, 270]),
    "spline": lambda *a: rj.spline_regression(*a),
    **{
        name: lambda *a, name=name: rj.parametric_regression(*a, distribution=name)
        for name in ("weibull", "exponential", "lognormal", "loglogistic")
    },
}


@pytest.mark.parametrize("name", MODELS)
def test_every_model_names_the_term_that_separates(outcome, name):
    with pytest.raises(ConvergenceError) as refused:
        MODELS[name](outcome, "arm + kind")
    assert refused.value.terms == ("kind[rare]",)
    assert "kind[rare]" in refused.value.message


def test_one_cluster_has_no_robust_error(outcome):
    with pytest.raises(GuardError, match="one cluster of one"):
        rj.cox_regression(outcome, "arm", cluster="one")
    assert rj.cox_regression(outcome, "arm", cluster="person_id").n_clusters == 120


def test_a_fixed_window_needs_people_not_rows(outcome, cut):
    assert rj.fixed_window_rates(outcome, at_days=270).frame["n_total"].item() == 120
    for job in (
        lambda: rj.fixed_window_rates(cut, at_days=270),
        lambda: rj.risk_difference(cut, at_days=270),
        lambda: rj.standardised_survival(cut, "arm + age", by="arm"),
        lambda: rj.standardised_risk_difference(cut, "arm + age", at_days=100),
    ):
        with pytest.raises(GuardError, match="intervals of people"):
            job()


def test_rows_of_people_are_counted_as_people(outcome, cut):
    size = outcome.frame["arm"].value_counts().sort_index().tolist()
    assert rj.restricted_mean(cut, by="arm", horizon_days=180).frame["n"].tolist() == size
    curve = rj.risk_difference(cut, at_days=180, source="kaplan_meier")
    assert curve.arms["n"].tolist() == size
    assert rj.log_rank_test(cut, by="arm").groups["n"].tolist() == size
    assert rj.parametric_regression(cut, "arm").n == 120


def test_cutting_follow_up_changes_no_error(outcome, cut):
    for curves in (rj.cumulative_incidence, rj.kaplan_meier):
        whole, parts = (curves(one, by="arm").frame for one in (outcome, cut))
        both = whole.merge(parts, on=["arm", "time_days"])
        assert len(both) == len(whole)
        assert both["std_error_x"].to_numpy() == pytest.approx(
            both["std_error_y"].to_numpy(), rel=ROUNDING, nan_ok=True
        )


def test_several_incidents_are_no_times_to_a_first_one(incidents):
    for job in (
        lambda: rj.kaplan_meier(incidents),
        lambda: rj.survival_quantiles(incidents),
        lambda: rj.log_rank_test(incidents, by="arm"),
        lambda: rj.restricted_mean(incidents, horizon_days=50),
        lambda: rj.parametric_regression(incidents, "arm"),
        lambda: rj.predict_survival(incidents, "age", profiles=pd.DataFrame({"age": [0.0]})),
    ):
        with pytest.raises(GuardError, match="more than once"):
            job()
    assert rj.mean_cumulative_function(incidents).groups["n"].item() == 120
    assert "person_id" in rj.cox_regression(incidents, "arm").std_error_kind


def test_how_long_people_were_followed_explains_nothing(outcome, cut):
    for one, formula in ((outcome, "arm + time_days"), (cut, "arm + age:np.log(time_days)")):
        with pytest.raises(GuardError, match="time_days says how long"):
            rj.cox_regression(one, formula)
    many = pd.concat([outcome.frame] * 2_000, ignore_index=True)
    many = replace(outcome, frame=many.assign(person_id=range(len(many))))
    with pytest.raises(GuardError, match="time_days"):
        rj.cox_regression(many, "arm + time_days", diagnostics=False)
    at_events = rj.split_at(outcome, [90, 180])
    assert len(rj.cox_regression(at_events, "age + age:np.log(time_days)").frame) == 2
    with pytest.raises(GuardError, match="time_days"):
        rj.negative_binomial_regression(outcome, "age + time_days")


def test_adjusted_risks_before_the_first_event_and_after_the_last_day(outcome):
    early = rj.standardised_risk_difference(outcome, "arm + age", at_days=1).frame
    found = early.set_index("term")["estimate"]
    assert found["risk_difference"] == 0
    assert np.isnan(found["risk_ratio"])
    for days in (271, [90, 1000]):
        with pytest.raises(EstimationError, match="Follow-up ends at day 270"):
            rj.standardised_survival(outcome, "arm + age", by="arm", at_days=days)


def test_follow_up_cut_short_inside_a_window_is_said_and_contrasted_by_the_curve():
    table = pd.DataFrame(
        {"day": [30] * 10 + [90] * 50, "new": [0] * 10 + [1] * 20 + [0] * 30, "obs": 90}
    )
    table["arm"] = ["a", "b"] * 30
    whole = table.assign(day=table["day"].mask(table["new"] == 0, 90))
    outcome, seen = (
        rj.time_to_event(one, time="day", event="new", observable="obs") for one in (table, whole)
    )
    assert "too low" in " ".join(rj.fixed_window_rates(outcome, at_days=90).notes)
    assert rj.fixed_window_rates(seen, at_days=90).notes == ()
    held = replace(outcome, definition=replace(outcome.definition, custody="censor"))
    grid = rj.sensitivity_grid({"primary": seen, "ends with custody": held}, at_days=90)
    assert "Kaplan-Meier" in grid.contrasts["ends with custody"].method
    arms = grid.contrasts["ends with custody"].arms
    assert arms["estimate"].to_numpy() == pytest.approx([10 / 25, 10 / 25])


def test_referrals_of_one_person_are_no_parts_of_one_follow_up():
    table = pd.DataFrame(
        {
            "who": np.repeat(np.arange(40), 2),
            "referral_id": np.arange(80),
            "from": [0, 0, 5, 0] * 20,
            "day": [30, 60, 90, 90] * 20,
            "new": [1, 1, 0, 0] * 20,
            "obs": 90,
            "completed": [True, False] * 40,
            "exit_date": pd.Timestamp("2024-03-01"),
            "index_date": pd.Timestamp("2024-01-01"),
            "arm": ["a", "b"] * 40,
        }
    )
    outcome = rj.time_to_event(
        table, time="day", event="new", entry="from", id="who", observable="obs"
    )
    assert rj.fixed_window_rates(outcome, at_days=90).frame["n_mature"].item() == 60
    assert rj.cox_regression(outcome, "arm").std_error_kind == "model"
    with pytest.raises(GuardError, match="completed says who completed"):
        rj.cox_regression(outcome, "completed")


def test_an_incidence_of_1_is_certain_whatever_rounding_leaves():
    rng = np.random.default_rng(12)
    for _ in range(20):
        table = pd.DataFrame({"day": rng.integers(1, 17, 60) / 4, "new": 1})
        last = rj.cumulative_incidence(rj.time_to_event(table, time="day", event="new")).frame
        found = last[["std_error", "conf_low", "conf_high"]].iloc[-1].to_numpy(dtype=float)
        assert found == pytest.approx([0, 1, 1], abs=ROUNDING)


def test_weights_leave_no_rounding_where_everybody_has_the_event():
    table = pd.DataFrame({"day": [1, 2, 3, 3], "new": 1, "w": [0.7, 0.1, 0.1, 0.2]})
    curve = rj.kaplan_meier(rj.time_to_event(table, time="day", event="new"), weights="w").frame
    assert curve["estimate"].iloc[-1] == 0
    assert np.isnan(curve["conf_low"].iloc[-1])


def test_groups_never_at_risk_together_are_not_compared():
    table = pd.DataFrame(
        {"day": [1, 2, 3, 4, 5, 6], "from": [0, 0, 0, 3, 3, 3], "new": 1, "arm": list("aaabbb")}
    )
    outcome = rj.time_to_event(table, time="day", event="new", entry="from")
    with pytest.raises(EstimationError, match="at risk together on no day"):
        rj.log_rank_test(outcome, by="arm")


def test_weighted_pairs_of_one_day_are_none():
    rng = np.random.default_rng(5)
    table = pd.DataFrame(
        {"day": 1, "new": 1, "w": rng.choice([0.2, 0.5, 3.7], 60), "x": rng.normal(size=60)}
    )
    outcome = rj.time_to_event(table, time="day", event="new")
    cox = rj.cox_regression(outcome, "x", weights="w")
    assert np.isnan(cox.fit["concordance"])
