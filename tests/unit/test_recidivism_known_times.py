"""Where only the interval of an event is known, nothing that uses its day is given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.errors import DesignError, GuardError

PERIODS = [182, 365]


@pytest.fixture
def by_day():
    """Forty people in two arms; events found at day 182 or 365."""
    frame = pd.DataFrame(
        {
            "day": [182] * 20 + [365] * 60,
            "new": [1] * 20 + [1] * 20 + [0] * 40,
            "arm": ["rj", "control", "control", "rj"] * 20,
            "clear": [0] * 20 + [182] * 60,
        }
    )
    outcome = rj.time_to_event(frame, time="day", event="new", observable=None)
    return replace(outcome, definition=replace(outcome.definition, windows_days=(182, 365)))


@pytest.fixture
def by_interval(by_day):
    return replace(by_day, definition=replace(by_day.definition, times_known="interval"))


USES_DAYS = {
    "restricted mean": lambda data: rj.restricted_mean(data, by="arm", horizon_days=365),
    "quantile": lambda data: rj.survival_quantiles(data, by="arm"),
    "Cox": lambda data: rj.cox_regression(data, "arm"),
    "Fine and Gray": lambda data: rj.fine_gray_regression(data, "arm"),
    "parametric": lambda data: rj.parametric_regression(data, "arm"),
    "residuals": lambda data: rj.cox_residuals(data, "arm"),
    "standardised": lambda data: rj.standardised_risk_difference(data, "arm", at_days=365),
}


@pytest.mark.parametrize("name", USES_DAYS)
def test_what_uses_days_is_refused(by_day, by_interval, name):
    assert USES_DAYS[name](by_day) is not None
    with pytest.raises(GuardError, match="knows its interval only") as caught:
        USES_DAYS[name](by_interval)
    assert "grouped_time_regression" in caught.value.hint


def test_the_hazards_test_of_a_model_made_elsewhere_is_refused(by_day, by_interval):
    cox = rj.cox_regression(by_day, "arm")
    assert len(rj.proportional_hazards_test(cox).frame) == 2
    with pytest.raises(GuardError, match="test of proportional hazards"):
        rj.proportional_hazards_test(replace(cox, definition=by_interval.definition))


def test_rates_curves_and_grouped_times_are_given(by_interval):
    rates = rj.fixed_window_rates(by_interval, at_days=PERIODS)
    # By hand: 20 of 80, then 40 of 80.
    assert rates.frame["estimate"].tolist() == [0.25, 0.5]
    curve = rj.kaplan_meier(by_interval)
    assert curve.frame["estimate"].tolist() == pytest.approx([1.0, 0.75, 0.5])
    assert "estimates hold at days 182, 365" in " ".join(curve.notes)
    checked = rj.interval_survival(by_interval, last_clear="clear")
    assert checked.frame["estimate"].tolist() == pytest.approx([1.0, 0.75, 0.5])
    grouped = rj.grouped_time_regression(by_interval, "arm", period_ends=PERIODS)
    # Both arms lose 10 of 40, then 10 of 30.
    hazards = 1 - np.exp(-np.exp(grouped.frame["estimate"].to_numpy()[:2]))
    assert hazards == pytest.approx([1 / 4, 1 / 3])


def test_a_day_inside_an_interval_is_refused(by_day, by_interval):
    assert len(rj.fixed_window_rates(by_day, at_days=300).frame)
    with pytest.raises(GuardError, match="ends of intervals only") as caught:
        rj.fixed_window_rates(by_interval, at_days=300)
    assert "182, 365" in caught.value.hint
    with pytest.raises(GuardError, match="ends of intervals only"):
        rj.risk_difference(by_interval, by="arm", at_days=300, source="kaplan_meier")


def test_an_event_dated_inside_an_interval_is_refused(by_interval):
    moved = by_interval.frame.assign(time_days=by_interval.frame["time_days"].replace(182, 90))
    with pytest.raises(GuardError, match="20 of 40 events lie inside an interval"):
        rj.kaplan_meier(replace(by_interval, frame=moved))


def test_the_design_says_what_is_known(tmp_path):
    lines = ["[study]", 'title = "t"', "[[recidivism]]", 'times_known = "interval"']
    lines += ["durations_given = true", "[exports.follow_up]", 'file = "f.csv"']
    (tmp_path / "study.toml").write_text("\n".join(lines))
    assert rj.read_design(tmp_path).recidivism[0].times_known == "interval"
    (tmp_path / "study.toml").write_text("\n".join(lines).replace("interval", "year"))
    with pytest.raises(DesignError, match="times_known"):
        rj.read_design(tmp_path)
