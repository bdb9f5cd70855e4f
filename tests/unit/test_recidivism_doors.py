"""What the functions of the face refuse, note, leave out, and never change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.analysis_data import TimeToEvent
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.errors import ConvergenceError, EstimationError, GuardError, TooFewEventsError


def programme(n=200, seed=1):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "day": rng.integers(1, 700, n),
            "new": rng.random(n) < 0.5,
            "arm": pd.Categorical(
                np.where(rng.random(n) < 0.5, "rj", "comparison"), categories=["comparison", "rj"]
            ),
            "age": rng.integers(12, 40, n),
            "site": rng.choice(["north", "south"], n),
        }
    )
    frame["gone"] = np.where(~frame["new"] & (rng.random(n) < 0.2), "death", "")
    frame["reach"] = 730
    return frame


def outcome_of(frame, **options):
    given = {"time": "day", "event": "new", "competing": "gone", "observable": "reach"}
    return rj.time_to_event(frame, **{**given, **options})


@pytest.fixture
def outcome():
    return outcome_of(programme())


def with_unchecked(outcome, n):
    missing = outcome.frame.head(n).drop(columns=["time_days", "exit_reason"])
    return TimeToEvent(
        frame=outcome.frame,
        unchecked=missing,
        horizon_days=outcome.horizon_days,
        definition=RecidivismDefinition(),
    )


def test_curves_begin_on_day_0_with_everybody(outcome):
    curves = rj.kaplan_meier(outcome, by="arm")
    first = curves.frame[curves.frame["time_days"] == 0]
    assert first["arm"].tolist() == ["comparison", "rj"]
    assert first["estimate"].tolist() == [1.0, 1.0]
    assert first["n_at_risk"].tolist() == curves.groups["n"].tolist()


def test_one_curve_is_called_all(outcome):
    assert set(rj.kaplan_meier(outcome).frame["group"]) == {"all"}
    assert rj.kaplan_meier(outcome).by == ""


def test_many_competing_exits_are_noted_on_the_kaplan_meier_curve(outcome):
    assert "competing" in " ".join(rj.kaplan_meier(outcome).notes)
    calm = outcome_of(programme().assign(gone=""))
    assert "competing" not in " ".join(rj.kaplan_meier(calm).notes)


def test_one_competing_exit_can_be_the_cause(outcome):
    death = rj.cumulative_incidence(outcome, cause="death").frame
    all_of_them = rj.cumulative_incidence(outcome, cause="competing").frame
    assert death["estimate"].tolist() == all_of_them["estimate"].tolist()
    with pytest.raises(EstimationError, match="cause must be one of"):
        rj.cumulative_incidence(outcome, cause="abducted")


def test_the_input_is_never_changed(outcome):
    before = outcome.frame.copy(deep=True)
    rj.kaplan_meier(outcome, by="arm")
    rj.cumulative_incidence(outcome, by="arm")
    rj.log_rank_test(outcome, by="arm", strata="site")
    rj.fixed_window_rates(outcome, by="arm", at_days=365)
    rj.restricted_mean(outcome, by="arm", horizon_days=365)
    rj.cox_regression(outcome, "arm + age", cluster="site")
    pd.testing.assert_frame_equal(outcome.frame, before)


def test_an_unknown_column_is_named_with_those_there_are(outcome):
    with pytest.raises(EstimationError, match="no column 'sex'"):
        rj.kaplan_meier(outcome, by="sex")


def test_rates_need_to_know_who_is_mature():
    frame = programme()
    unknown = rj.time_to_event(frame, time="day", event="new")
    with pytest.raises(GuardError, match="could have been followed"):
        rj.fixed_window_rates(unknown, at_days=365)


def test_a_rate_of_few_mature_people_is_not_given():
    frame = programme()
    frame.loc[frame["arm"] == "rj", "reach"] = 200
    frame["day"] = np.minimum(frame["day"], frame["reach"])
    rates = rj.fixed_window_rates(outcome_of(frame), by="arm", at_days=[100, 365])
    missing = rates.frame.set_index(["arm", "at_days"])["estimate"].isna()
    assert missing.to_dict() == {
        ("comparison", 100): False,
        ("comparison", 365): False,
        ("rj", 100): False,
        ("rj", 365): True,
    }
    assert "Restorative justice, 365 days" in " ".join(rates.notes)
    with pytest.raises(GuardError, match="cannot be compared"):
        rj.risk_difference(outcome_of(frame), by="arm", at_days=365)


@pytest.mark.parametrize(("unchecked", "noted", "refused"), [(5, 0, 0), (20, 1, 0), (90, 1, 1)])
def test_coverage_of_records_is_judged(outcome, unchecked, noted, refused):
    data = with_unchecked(outcome, unchecked)
    if refused:
        with pytest.raises(GuardError, match="records of fewer than 80%"):
            rj.fixed_window_rates(data, at_days=365)
        return
    rates = rj.fixed_window_rates(data, at_days=365)
    assert len([one for one in rates.notes if "were checked" in one]) == noted
    row = rates.frame.iloc[0]
    assert row["n_unchecked"] == unchecked
    assert row["bound_low"] == row["n_event"] / (200 + unchecked)
    assert row["bound_high"] == (row["n_event"] + unchecked) / (200 + unchecked)


def test_an_event_on_the_last_day_of_the_window_counts():
    frame = programme().assign(day=365, new=True, gone="")
    assert rj.fixed_window_rates(outcome_of(frame), at_days=365).frame["estimate"].item() == 1.0
    assert rj.fixed_window_rates(outcome_of(frame), at_days=364).frame["estimate"].item() == 0.0


def test_restricted_mean_refuses_a_horizon_beyond_follow_up(outcome):
    with pytest.raises(EstimationError, match="horizon_days is 2000"):
        rj.restricted_mean(outcome, by="arm", horizon_days=2000)


def test_cox_refuses_too_few_events_and_notes_few():
    frame = programme(40)
    frame["new"] = np.arange(40) < 6
    with pytest.raises(TooFewEventsError) as caught:
        rj.cox_regression(outcome_of(frame.assign(gone="")), "arm + age")
    assert (caught.value.n_events, caught.value.required) == (6, 10)
    cox = rj.cox_regression(outcome_of(frame.assign(gone="")), "age")
    assert "Fewer than 10" in cox.notes[0]


def test_separation_is_detected_and_named():
    frame = programme()
    frame["flag"] = (frame["new"] & (frame["age"] > 30)).astype(int)
    frame.loc[frame["flag"] == 0, "new"] = False
    with pytest.raises(ConvergenceError) as caught:
        rj.cox_regression(outcome_of(frame.assign(gone="")), "flag")
    assert caught.value.terms == ("flag",)


def test_cox_counts_dropped_rows_levels_and_clusters():
    frame = programme()
    frame["age"] = frame["age"].astype(float)
    frame.loc[:9, "age"] = np.nan
    cox = rj.cox_regression(outcome_of(frame), "arm + age", cluster="site")
    assert (cox.n, cox.n_dropped, cox.n_clusters) == (190, 10, 2)
    assert cox.std_error_kind == "cluster-robust by site"
    assert "2 clusters" in " ".join(cox.notes)
    assert cox.level_counts["term"].tolist() == ["arm[comparison]", "arm[rj]"]
    assert cox.level_counts["n"].sum() == 190
    assert cox.frame["term"].tolist() == ["arm[rj]", "age"]
    # Residuals add up to 0, so two clusters leave one direction only.
    assert np.isnan([cox.fit["wald"], cox.fit["wald_p"]]).all()


def test_weights_must_be_above_nought():
    frame = programme().assign(w=1.0)
    frame.loc[3, "w"] = 0.0
    with pytest.raises(EstimationError, match="1 of 200 values of the weight w"):
        rj.cox_regression(outcome_of(frame), "arm", weights="w")


def test_rows_without_a_group_are_left_out_with_a_note():
    frame = programme()
    frame.loc[:4, "arm"] = np.nan
    curves = rj.kaplan_meier(outcome_of(frame, covariates=["arm"]), by="arm")
    assert curves.groups["n"].sum() == 195
    assert curves.notes[0] == "5 rows without arm were left out."


def test_no_repr_shows_a_person(outcome):
    cox = rj.cox_regression(outcome, "arm")
    assert len(cox.vcov) == 1
    assert "person_id" not in repr(cox)


def test_people_with_several_rows_are_counted_once():
    rows = pd.DataFrame({"who": [1, 1, 2], "from": [0, 3, 0], "to": [3, 9, 9], "new": [1, 0, 0]})
    outcome = rj.time_to_event(rows, time="to", event="new", entry="from", id="who")
    assert rj.mean_cumulative_function(outcome).groups["n"].item() == 2
    assert rj.nelson_aalen(outcome).groups["n"].item() == 2


def test_several_columns_at_once_are_refused_with_what_to_do() -> None:
    people = pd.DataFrame({"day": [1, 2, 3, 4], "arrest": [1, 0] * 2, "a": list("xyxy")})
    outcome = rj.time_to_event(people, time="day", event="arrest")
    with pytest.raises(EstimationError, match="named by a text, not by a list") as caught:
        rj.kaplan_meier(outcome, by=["a", "arm"])
    assert "join these to one column" in str(caught.value)


def test_a_pair_without_any_event_is_not_tested_and_does_not_count_in_the_adjustment() -> None:
    """As R's p.adjust, which leaves missing p-values out of the number of tests."""
    people = pd.DataFrame(
        {
            "day": [10, 20, 30, 40, 50, 60, 70, 80, 90],
            "arrest": [1, 1, 1, 0, 0, 0, 0, 0, 0],
            "site": list("aaabbbccc"),
        }
    )
    outcome = rj.time_to_event(people, time="day", event="arrest")
    found = rj.pairwise_log_rank_test(outcome, by="site")
    lines = found.frame.set_index("term")
    assert lines["p_value"].isna().to_dict() == {"b - a": False, "c - a": False, "c - b": True}
    assert np.isnan(lines.loc["c - b", "p_adjusted"])
    assert lines.loc["b - a", "p_adjusted"] == pytest.approx(2 * lines.loc["b - a", "p_value"])
    assert found.notes[-1] == "Pairs without events, or never at risk together, not tested: 1."
    assert rj.release(found, rule=rj.profile_rule("public_strict")) is not None


def test_a_formula_that_is_no_text_is_named() -> None:
    people = pd.DataFrame({"day": [1, 2, 3, 4], "arrest": [1, 0] * 2})
    outcome = rj.time_to_event(people, time="day", event="arrest")
    with pytest.raises(EstimationError, match="formula is a TimeToEvent, not a text"):
        rj.cox_regression(outcome, outcome)
