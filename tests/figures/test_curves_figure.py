"""Curves draw the numbers of their frame, and say them in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import rjeval
from rjeval.figures.drawing import describe_axes, drawing_of


def _rows(curves, group):
    return curves.frame[curves.frame["arm"] == group]


def test_steps_are_the_rows_of_the_frame(make, by_gid):
    curves = make.curves()
    axes = rjeval.plot_survival(curves)
    for group in ("rj", "comparison"):
        line = by_gid(axes, f"rj/line/{group}")
        np.testing.assert_array_equal(line.get_xdata(), _rows(curves, group)["time_days"])
        np.testing.assert_array_equal(line.get_ydata(), _rows(curves, group)["estimate"])
        assert line.get_drawstyle() == "steps-post"
    assert axes.get_ylim() == (0, 1)


def test_band_is_the_interval(make, by_gid):
    curves = make.released_curves()
    band = by_gid(rjeval.plot_survival(curves), "rj/band/rj")
    rows = _rows(curves, "rj")
    corners = {(round(x), round(y, 6)) for x, y in band.get_paths()[0].vertices}
    for column in ("conf_low", "conf_high"):
        wanted = {
            (round(x), round(y, 6)) for x, y in zip(rows["time_days"], rows[column], strict=True)
        }
        assert wanted <= corners


def test_incidence_is_one_minus_survival_with_the_interval_turned(make, by_gid):
    curves = make.curves()
    axes = rjeval.plot_incidence(curves)
    rows = _rows(curves, "rj")
    line = by_gid(axes, "rj/line/rj")
    np.testing.assert_allclose(line.get_ydata(), 1 - rows["estimate"])
    data = drawing_of(axes).data
    np.testing.assert_allclose(data["conf_low"][: len(rows)], 1 - rows["conf_high"])
    assert axes.get_ylim()[0] == 0
    assert "One minus the Kaplan–Meier" in describe_axes(axes)[1]


def test_competing_incidence_is_drawn_as_it_is(make, by_gid):
    curves = make.curves(kind="cumulative_incidence")
    axes = rjeval.plot_incidence(curves)
    line = by_gid(axes, "rj/line/rj")
    np.testing.assert_array_equal(line.get_ydata(), _rows(curves, "rj")["estimate"])
    assert "competing events accounted for" in describe_axes(axes)[1]


def test_alt_text_says_the_value_at_each_milestone(make):
    alt, caption = describe_axes(rjeval.plot_survival(make.curves()))
    # rj steps every 30 days by 0.012: 12 steps by day 365, 24 by day 730
    assert "At 12 months: Restorative justice 85.6% (95% CI 80.6 to 89.6)" in alt
    assert "At 24 months: Restorative justice 71.2% (95% CI 66.2 to 75.2)" in alt
    assert "95% confidence interval (log-log transformation)" in caption
    assert "Restorative justice n = 100, events 24" in caption


def test_numbers_at_risk_are_those_of_the_next_row(make, by_gid):
    axes = rjeval.plot_survival(make.curves())
    # rows on days 0, 30, 60, ...: at 3 months (day 91.25) the next row is day 120, 96 people
    assert by_gid(axes, "rj/risk/rj/0").get_text() == "100"
    assert by_gid(axes, "rj/risk/rj/91").get_text() == "96"
    assert by_gid(axes, "rj/risk/comparison/91").get_text() == "97"


def test_nobody_is_at_risk_after_the_last_row(make, by_gid):
    axes = rjeval.plot_survival(make.curves(horizon_days=1095))
    assert by_gid(axes, "rj/risk/rj/912").get_text() == "0"


def test_risk_table_can_be_left_out(make, by_gid):
    axes = rjeval.plot_survival(make.curves(), risk_table=False)
    assert by_gid(axes, "rj/risk", all_of=True) == []
    released = rjeval.plot_survival(make.released_curves(), risk_table=False)
    assert "at risk" not in describe_axes(released)[1]


def test_a_short_figure_keeps_width_and_text(make):
    tall, short = (rjeval.plot_survival(make.curves(), height=h) for h in (2.7, 1.6))
    sizes = [axes.get_figure().get_size_inches() for axes in (tall, short)]
    assert sizes[0][0] == sizes[1][0]
    assert sizes[0][1] - sizes[1][1] == pytest.approx(1.1, abs=0.05)


def test_released_curves_are_marked_days_joined_by_guides(make, by_gid):
    curves = make.released_curves()
    axes = rjeval.plot_survival(curves)
    line = by_gid(axes, "rj/line/rj")
    assert line.get_drawstyle() == "default"
    assert line.get_marker() == "o"
    np.testing.assert_array_equal(line.get_xdata(), np.arange(0, 729, 91))
    alt, caption = describe_axes(axes)
    assert "the lines between them are guides" in caption
    assert "At 12 months: Restorative justice 82% (95% CI 79 to 84)" in alt


def test_a_hidden_tail_ends_the_line_and_is_said(make, by_gid):
    curves = make.released_curves(hide_from={"comparison": 400})
    axes = rjeval.plot_survival(curves)
    assert by_gid(axes, "rj/line/comparison").get_xdata()[-1] == 364
    assert by_gid(axes, "rj/risk/comparison/730").get_text() == "–"
    assert "Comparison suppressed: too few people or events" in describe_axes(axes)[0]
    assert "at 12 months" in by_gid(axes, "rj/label/comparison").get_text()


def test_a_group_that_is_hidden_whole_is_named_without_a_line(make, by_gid):
    axes = rjeval.plot_survival(make.released_curves(hide_from={"comparison": 0}))
    assert len(by_gid(axes, "rj/line/comparison").get_xdata()) == 0
    assert "suppressed" in by_gid(axes, "rj/label/comparison").get_text()


def test_a_milestone_beyond_the_rows_is_not_invented(make):
    curves = make.curves()
    short = replace(curves, frame=curves.frame[curves.frame["time_days"] <= 400])
    assert (
        "At 24 months: Restorative justice not followed up so far"
        in describe_axes(rjeval.plot_survival(short))[0]
    )


def test_a_grid_far_from_the_milestone_names_its_own_day(make):
    curves = make.released_curves()
    moved = curves.frame[curves.frame["time_days"] != 364].assign(
        time_days=lambda f: f["time_days"].replace(455.0, 400.0)
    )
    assert "on day 400" in describe_axes(rjeval.plot_survival(replace(curves, frame=moved)))[0]


def test_lines_differ_without_colour(make, by_gid):
    axes = rjeval.plot_survival(make.released_curves(("a", "b", "c", "d", "e", "f")))
    lines = [by_gid(axes, f"rj/line/{g}") for g in "abcdef"]
    assert len({line.get_marker() for line in lines}) == 6
    assert len({str(line._dash_pattern) for line in lines}) == 6


def test_months_fall_on_the_windows_of_the_definition(make):
    axes = rjeval.plot_survival(make.curves())
    labels = [t.get_text() for t in axes.get_xticklabels()]
    at = dict(zip(labels, axes.get_xticks(), strict=True))
    assert at["12"] == pytest.approx(365)
    assert at["24"] == pytest.approx(730)
    assert axes.get_xlabel() == "Months since referral"


@pytest.mark.parametrize(
    ("function", "kind"),
    [("plot_survival", "cumulative_incidence"), ("plot_incidence", "cumulative_hazard")],
)
def test_curves_of_another_kind_are_refused(make, function, kind):
    with pytest.raises(ValueError, match="not " + kind):
        getattr(rjeval, function)(make.curves(kind=kind))


def test_more_curves_than_can_be_told_apart_are_refused(make):
    with pytest.raises(ValueError, match="up to 6 can be told apart"):
        rjeval.plot_survival(make.curves(tuple("abcdefg")))


def test_risk_differences_stand_above_the_curves(make, by_gid):
    axes = rjeval.plot_incidence(make.curves(), contrast=make.contrast())
    line = (
        "Risk difference, percentage points, Restorative justice compared with Comparison: "
        "−10.0 (−16.0 to −5.0) at 12 months"
    )
    assert line in by_gid(axes, "rj/subtitle").get_text().replace("\n", " ")
    alt, caption = describe_axes(axes)
    assert line in alt
    assert "Risk differences: Newcombe, 95% confidence interval." in caption
    assert caption.count(make.curves().definition.sentence()) == 1


def test_a_contrast_that_is_not_released_marks_the_curves(make, by_gid):
    axes = rjeval.plot_incidence(make.released_curves(), contrast=make.contrast())
    assert by_gid(axes, "rj/mark", all_of=True)
    assert not drawing_of(axes).for_release


def test_a_contrast_of_another_definition_is_refused(make):
    with pytest.raises(ValueError, match="different definitions"):
        rjeval.plot_survival(make.curves(), contrast=make.contrast(definition=None))
