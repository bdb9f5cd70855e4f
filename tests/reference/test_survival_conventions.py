"""Conventions of the page "Where we differ from R and lifelines" that no number of R's decides."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.errors import RjevalError

#: R's own figure for ``fin`` of Rossi's data, clustered by person: ``coxph(cluster = id)``.
ROBUST_FIN = 0.195541778981962
#: Of the normal distribution, where R's plot of these curves takes 2.
NORMAL = 1.959963984540054


def people(days, events):
    frame = pd.DataFrame({"day": days, "new": events})
    return rj.time_to_event(frame, time="day", event="new")


def test_before_the_first_event_the_interval_is_one_to_one():
    curve = rj.kaplan_meier(people([5, 8, 9, 9], [0, 1, 1, 0])).frame
    early = curve[curve["time_days"] < 8]
    assert early[["estimate", "conf_low", "conf_high"]].to_numpy().tolist() == [[1.0, 1.0, 1.0]] * 2


def test_the_default_interval_is_log_log():
    outcome = people(range(1, 31), [1, 0, 1] * 10)
    default = rj.kaplan_meier(outcome)
    assert default.conf_type == "log-log"
    named = rj.kaplan_meier(outcome, conf_type="log-log").frame
    pd.testing.assert_frame_equal(default.frame, named)


def test_times_that_are_almost_equal_are_two_times():
    curve = rj.kaplan_meier(people([10.0, 10.0 + 1e-9, 12.0], [1, 1, 0])).frame
    assert curve["n_event"].tolist() == [0, 1, 1, 0]


def test_an_event_on_the_day_of_entry_is_refused():
    with pytest.raises(RjevalError):
        people([0, 8, 9], [1, 1, 0])


def test_robust_variance_has_no_small_sample_factor(rossi):
    got = rj.cox_regression(
        rossi, "fin + age + race + wexp + mar + paro + prio", cluster="person_id"
    ).frame["std_error"][0]
    assert got == pytest.approx(ROBUST_FIN, rel=1e-6)


def test_limits_of_the_hazard_ratio_over_time_are_at_the_normal_quantile(rossi):
    frame = rj.hazards_over_time(rossi, "age + prio").frame
    half = (frame["conf_high"] - frame["conf_low"]).to_numpy() / 2
    assert half == pytest.approx(NORMAL * frame["std_error"].to_numpy())


def test_statsmodels_robust_errors_are_of_breslow_form(rossi, rossi_frame):
    """With Efron's ties asked for, its robust error of ``fin`` is not R's; ours is."""
    from statsmodels.duration.hazard_regression import PHReg

    names = ["fin", "age", "race", "wexp", "mar", "paro", "prio"]
    model = PHReg(
        rossi_frame["week"], rossi_frame[names], status=rossi_frame["arrest"], ties="efron"
    )
    fit = model.fit(groups=np.arange(len(rossi_frame)))
    assert fit.params[0] == pytest.approx(-0.37942217, abs=1e-6)
    assert abs(fit.bse[0] / ROBUST_FIN - 1) > 1e-4
