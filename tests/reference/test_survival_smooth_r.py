"""Hazard ratios over time are the curve that R's plot(cox.zph) draws; what of it is released."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.design.disclosure import profile_rule
from rjeval.errors import DisclosureError, EstimationError, GuardError, WithheldError
from rjeval.recidivism.hazards_smooth import spline_smooth

#: Residuals pass through the maximum of a likelihood on both sides.
ITERATED = 1e-6
FORMULA = "fin + age + prio"


@pytest.fixture(scope="module")
def want(reference):
    return reference("survival_smooth")


@pytest.mark.parametrize("transform", ["km", "rank", "log", "identity"])
def test_the_smooth_of_r_residuals_is_r_curve(want, transform):
    own = want[transform]
    value, factor = spline_smooth(
        np.array(own["y"]), np.array(own["event_x"]), at=np.array(own["x"])
    )
    assert value == pytest.approx(np.array(own["value"]), rel=1e-8, abs=1e-9)
    assert factor == pytest.approx(np.array(own["factor"]), rel=1e-8)


@pytest.mark.parametrize(
    ("key", "formula", "strata"), [("identity", FORMULA, None), ("log", FORMULA, None)]
)
def test_through_the_face_it_is_r_curve_at_each_time(rossi, want, key, formula, strata):
    own = want[key]
    got = rj.hazards_over_time(rossi, formula, transform=key, strata=strata)
    days = got.frame["time_days"].unique()
    scale = np.log(days) if key == "log" else days
    # R's own curve on its forty points, read between them by its own spline.
    value, factor = spline_smooth(np.array(own["y"]), np.array(own["event_x"]), at=scale)
    for i, term in enumerate(["fin", "age", "prio"]):
        block = got.frame[got.frame["term"] == term]
        assert block["estimate"].to_numpy() == pytest.approx(value[:, i], rel=ITERATED)
        error = np.sqrt(factor * own["var"][i])
        assert block["std_error"].to_numpy() == pytest.approx(error, rel=ITERATED)


@pytest.mark.parametrize("key", ["km", "rank", "strata"])
def test_at_event_times_the_transformed_scale_is_that_of_r(rossi_frame, want, key):
    own = want[key]
    rossi = rj.time_to_event(rossi_frame, time="week", event="arrest", unit="weeks")
    strata, formula = ("race", "fin + age") if key == "strata" else (None, FORMULA)
    transform = "km" if key == "strata" else key
    got = rj.hazards_over_time(rossi, formula, transform=transform, strata=strata)
    weeks = np.sort(rossi.frame.loc[rossi.reoffended, "time_days"].to_numpy())
    scale = np.array(own["event_x"])
    at = pd.Series(np.sort(scale), index=weeks).groupby(level=0).first()
    frame = got.frame[got.frame["term"] == "age"].set_index("time_days")
    both = frame.index.intersection(at.index)
    assert len(both) > 5
    value, _ = spline_smooth(np.array(own["y"]), scale, at=at.loc[both].to_numpy())
    assert frame.loc[both, "estimate"].to_numpy() == pytest.approx(value[:, 1], rel=1e-5)


def test_a_ratio_that_changes_is_seen_and_a_constant_one_is_not():
    rng = np.random.default_rng(5)
    n = 1500
    rj_arm = rng.random(n) < 0.5
    early = rng.exponential(1000 / np.where(rj_arm, 3.0, 1.0))
    late = 200 + rng.exponential(1000 / np.where(rj_arm, 0.5, 1.0))
    day = np.ceil(np.where(early < 200, early, late)).clip(1, 730)
    frame = pd.DataFrame({"day": day, "new": day < 730, "arm": np.where(rj_arm, "rj", "as usual")})
    cut = rj.hazards_over_time(rj.time_to_event(frame, time="day", event="new"), "arm").frame
    at = cut.set_index("time_days")
    assert at.loc[98, "conf_low"] > 0 > at.loc[700, "conf_high"]
    calm = frame.assign(day=np.ceil(rng.exponential(600, n)).clip(1, 730))
    calm["new"] = calm["day"] < 730
    flat = rj.hazards_over_time(rj.time_to_event(calm, time="day", event="new"), "arm")
    held = flat.frame["conf_low"].le(flat.constant["arm[rj]"]) & flat.frame["conf_high"].ge(
        flat.constant["arm[rj]"]
    )
    assert held.mean() > 0.9


def study(n=600, seed=3):
    rng = np.random.default_rng(seed)
    day = np.ceil(rng.exponential(700, n)).clip(1, 730)
    arm = pd.Categorical(np.where(rng.random(n) < 0.5, "rj", "as usual"), ["as usual", "rj"])
    frame = pd.DataFrame({"day": day, "new": day < 730, "arm": arm})
    frame["site"] = pd.Categorical(np.where(np.arange(n) < 8, "tiny", "large"))
    return rj.time_to_event(frame, time="day", event="new")


def test_a_released_curve_shows_steps_that_enough_events_lie_around():
    outcome = study()
    rule = profile_rule("public_strict")
    whole = rj.hazards_over_time(outcome, "arm")
    shown = rj.release(whole, rule=rule)
    assert "n_event" not in shown.frame.columns
    assert shown.frame["time_days"].diff().dropna().eq(rule.curve_grid_days).all()
    happened = np.sort(outcome.frame.loc[outcome.reoffended, "time_days"])
    for day in shown.frame["time_days"]:
        before = np.searchsorted(happened, day, side="right")
        assert rule.min_cell <= before <= happened.size - rule.min_cell
    for name in ("estimate", "conf_low", "conf_high"):
        values = shown.frame[name].to_numpy() * 100
        assert values == pytest.approx(np.round(values), abs=1e-9)


def test_thin_levels_and_small_studies_are_held_back():
    rule = profile_rule("public_strict")
    shown = rj.release(rj.hazards_over_time(study(), "arm + site"), rule=rule)
    assert set(shown.frame["term"]) == {"arm[rj]"} == set(shown.constant)
    with pytest.raises(WithheldError):
        rj.release(rj.hazards_over_time(study(22), "arm"), rule=rule)


def test_what_cannot_be_smoothed_is_refused(rossi):
    few = study(20)
    short = few.frame.assign(time_days=np.where(few.reoffended, 30.0, 730.0))
    with pytest.raises(EstimationError, match="fewer than 10 different days"):
        rj.hazards_over_time(replace(few, frame=short), "arm")
    with pytest.raises(EstimationError, match="transform"):
        rj.hazards_over_time(rossi, "fin", transform="square")
    known = replace(rossi.definition, times_known="interval")
    with pytest.raises(GuardError, match="day of each event"):
        rj.hazards_over_time(replace(rossi, definition=known), "fin")


def test_residuals_themselves_never_pass():
    with pytest.raises(DisclosureError):
        rj.release(
            rj.cox_residuals(study(), "arm", kind="scaled_schoenfeld"),
            rule=profile_rule("public_strict"),
        )
