"""Forest plots, contrasts and sensitivity draw the estimates and intervals of their results."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import rjeval
from rjeval.figures.drawing import describe_axes, drawing_of
from rjeval.figures.forest_axis import FARTHEST_RATIO


def _interval(axes, by_gid, key):
    return by_gid(axes, f"rj/interval/{key}").get_xdata()


def test_ratios_are_exponentiated_on_a_log_axis_about_one(make, by_gid):
    model = make.model()
    axes = rjeval.plot_estimates(model)
    assert axes.get_xscale() == "log"
    assert by_gid(axes, "rj/reference").get_xdata() == [1.0, 1.0]
    row = model.frame.iloc[0]
    point = by_gid(axes, "rj/point/arm[rj]/0")
    assert point.get_xdata() == pytest.approx(np.exp(row["estimate"]))
    wanted = np.exp([row["conf_low"], row["conf_high"]])
    np.testing.assert_allclose(_interval(axes, by_gid, "arm[rj]/0"), wanted)


def test_text_and_alt_hold_the_numbers_of_the_frame(make, by_gid):
    axes = rjeval.plot_estimates(make.model())
    # exp(-0.357) = 0.70; exp(-0.357 -+ 1.96 * 0.17) = 0.50, 0.98
    assert by_gid(axes, "rj/value/arm[rj]/0").get_text() == "0.70 (0.50 to 0.98)"
    alt, caption = describe_axes(axes)
    assert "Arm: Restorative justice compared with Comparison 0.70 (0.50 to 0.98)" in alt
    assert "n = 480, events 160" in caption


def test_differences_stand_about_zero(make, by_gid):
    axes = rjeval.plot_estimates(make.model(scale="", model="linear"))
    assert axes.get_xscale() == "linear"
    assert by_gid(axes, "rj/reference").get_xdata() == [0.0, 0.0]
    assert by_gid(axes, "rj/point/arm[rj]/0").get_xdata() == [-0.357]


def test_thresholds_and_intercepts_are_left_out(make, by_gid):
    model = make.model()
    frame = model.frame.copy()
    frame.loc[1, "component"] = "threshold"
    frame.loc[2, "term"] = "Intercept"
    axes = rjeval.plot_estimates(replace(model, frame=frame))
    assert len(by_gid(axes, "rj/term/", all_of=True)) == 1


def test_an_interval_beyond_the_axis_is_cut_and_its_numbers_are_not(make, by_gid):
    axes = rjeval.plot_estimates(make.model(shift=8.0))
    assert _interval(axes, by_gid, "arm[rj]/0")[1] <= FARTHEST_RATIO * 1.5
    assert "2.09e+03" in by_gid(axes, "rj/value/arm[rj]/0").get_text()


def test_models_stand_side_by_side_with_their_names(make, by_gid):
    axes = rjeval.plot_estimates(make.model(), make.model(shift=0.1), names=["Crude", "Adjusted"])
    heights = [by_gid(axes, f"rj/point/arm[rj]/{i}").get_ydata()[0] for i in (0, 1)]
    assert heights[0] < heights[1]
    assert [t.get_text() for t in by_gid(axes, "rj/key").get_texts()] == ["Crude", "Adjusted"]
    assert set(drawing_of(axes).data["model"]) == {"Crude", "Adjusted"}


def test_a_hidden_term_has_words_and_no_point(make, by_gid):
    model = make.model(released=make.stamp)
    frame = model.frame.copy()
    frame.loc[2, ["estimate", "conf_low", "conf_high"]] = np.nan
    axes = rjeval.plot_estimates(replace(model, frame=frame))
    assert by_gid(axes, "rj/value/site[north]/0").get_text() == "suppressed"
    assert by_gid(axes, "rj/point/site[north]", all_of=True) == []
    assert "Site: North compared with South suppressed" in describe_axes(axes)[0]


def test_models_that_share_no_axis_are_refused(make):
    with pytest.raises(ValueError, match="cannot share an axis"):
        rjeval.plot_estimates(make.model(), make.model(scale=""))
    with pytest.raises(ValueError, match="at least one model"):
        rjeval.plot_estimates()
    with pytest.raises(ValueError, match="1 models were given, but 2 names"):
        rjeval.plot_estimates(make.model(), names=["a", "b"])


def test_paired_change_is_called_change(make):
    change = make.model(scale="", model="paired change", formula="1", n_events=None)
    axes = rjeval.plot_estimates(change)
    assert axes.get_xlabel() == "Change in points"
    assert "Mean change in the same people" in describe_axes(axes)[1]


def test_risk_differences_are_in_percentage_points(make, by_gid):
    axes = rjeval.plot_contrasts(make.contrast())
    assert by_gid(axes, "rj/point/rj/365/0").get_xdata() == pytest.approx([-10.0])
    np.testing.assert_allclose(_interval(axes, by_gid, "rj/365/0"), [-16, -5])
    alt, caption = describe_axes(axes)
    assert "compared with Comparison at 12 months −10.0 (−16.0 to −5.0)" in alt
    assert "Comparison 44 of 200; Restorative justice 30 of 250" in caption


def test_blocks_of_ratios_carry_their_headings(make, by_gid):
    blocks = {"Accepted": make.contrast(), "Completed": make.contrast()}
    axes = rjeval.plot_contrasts(blocks, term="risk_ratio")
    assert by_gid(axes, "rj/term/Accepted").get_text() == "Accepted"
    assert "Completed: Restorative justice compared with Comparison" in describe_axes(axes)[0]
    assert list(drawing_of(axes).data["block"]) == ["Accepted", "Completed"]


def test_relative_rates_without_a_definition_are_called_so(make):
    stages = {"consented": make.contrast(definition=None)}
    axes = rjeval.plot_contrasts(stages, term="risk_ratio")
    assert axes.get_xlabel() == "Relative rate (log scale)"
    caption = describe_axes(axes)[1]
    assert "Consented: Comparison 44 of 200; Restorative justice 30 of 250." in caption


def test_hidden_arms_are_not_listed(make):
    contrast = make.contrast()
    arms = contrast.arms.assign(n_event=[44, np.nan])
    caption = describe_axes(rjeval.plot_contrasts(replace(contrast, arms=arms)))[1]
    assert "With the event: Comparison 44 of 200." in caption


def test_number_needed_has_no_axis(make):
    with pytest.raises(ValueError, match="not number_needed"):
        rjeval.plot_contrasts(make.contrast(), term="number_needed")
    with pytest.raises(ValueError, match="holds no rmst_ratio"):
        rjeval.plot_contrasts(make.contrast(), term="rmst_ratio")


def test_sensitivity_shades_the_primary_interval(make, by_gid):
    named = {"Primary one": make.contrast(), "Other": make.contrast(difference=0.02)}
    axes = rjeval.plot_sensitivity(named, term="risk_difference")
    shade = by_gid(axes, "rj/primary")
    assert shade.get_x() == pytest.approx(-16)
    assert shade.get_x() + shade.get_width() == pytest.approx(-5)
    alt, _ = describe_axes(axes)
    assert "Primary: Primary one −10.0 (−16.0 to −5.0). Others: Other 2.0 (−4.0 to 7.0)." in alt


def test_sensitivity_of_models_reads_one_term(make, by_gid):
    named = {"Cox": make.model(), "Cox, other clock": make.model(shift=0.1)}
    axes = rjeval.plot_sensitivity(named, term="arm[rj]")
    assert by_gid(axes, "rj/point/Cox/0").get_xdata() == pytest.approx([np.exp(-0.357)])
    assert axes.get_xlabel() == "Hazard ratio (log scale)"


def test_sensitivity_refuses_what_cannot_be_compared(make):
    with pytest.raises(ValueError, match="one kind, on one scale"):
        rjeval.plot_sensitivity({"a": make.model(), "b": make.contrast()}, term="arm[rj]")
    with pytest.raises(ValueError, match="'b' holds no such estimate"):
        rjeval.plot_sensitivity(
            {"a": make.contrast(), "b": make.contrast(days=(730,))},
            term="risk_ratio",
            at_days=365,
        )
    with pytest.raises(ValueError, match="at least one specification"):
        rjeval.plot_sensitivity({}, term="risk_ratio")
