"""Bars, icons, boxes and dots show the counts and shares of their results, and no others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import rjeval
from rjeval.figures.drawing import describe_axes, drawing_of
from rjeval.figures.rating_scale import level_looks
from rjeval.figures.sheet import HouseAxes


def _widths(axes, by_gid, item, group, k=5):
    return [by_gid(axes, f"rj/bar/{item}/{group}/{i + 1}").get_width() for i in range(k)]


def test_rating_bars_are_the_shares_of_each_category(make, by_gid):
    axes = rjeval.plot_ratings(make.shares())
    np.testing.assert_allclose(
        _widths(axes, by_gid, "q1", "comparison"), [0.04, 0.06, 0.1, 0.4, 0.4]
    )
    np.testing.assert_allclose(_widths(axes, by_gid, "q1", "rj"), [0.01, 0.04, 0.15, 0.4, 0.4])


def test_rating_bars_diverge_from_the_middle_of_the_middle_category(make, by_gid):
    axes = rjeval.plot_ratings(make.shares())
    middle = by_gid(axes, "rj/bar/q1/comparison/3")
    assert middle.get_x() == pytest.approx(-0.05)
    assert by_gid(axes, "rj/bar/q1/comparison/1").get_x() == pytest.approx(-0.15)


def test_an_even_number_of_categories_parts_at_the_line(make, by_gid):
    axes = rjeval.plot_ratings(make.shares(levels=("1", "2", "3", "4")))
    assert by_gid(axes, "rj/bar/q1/rj/3").get_x() == pytest.approx(0)


def test_top_shares_role_and_response_are_said(make, by_gid):
    axes = rjeval.plot_ratings(make.shares())
    assert by_gid(axes, "rj/top/q1/rj").get_text() == "80% (72 to 86)"
    alt, caption = describe_axes(axes)
    assert "I was satisfied, Restorative justice: 80% (95% CI 72 to 86), n = 200" in alt
    assert "300 of 700 invited answered (43%); respondents may differ" in caption
    assert "harmed parties" in caption


def test_a_row_with_a_hidden_category_is_not_drawn(make, by_gid):
    shares = make.shares(released=make.stamp)
    frame = shares.frame.astype({"n_level_1": float, "n_level_2": float})
    frame.loc[0, ["n_level_1", "n_level_2"]] = np.nan
    axes = rjeval.plot_ratings(replace(shares, frame=frame))
    assert by_gid(axes, "rj/bar/q1/comparison", all_of=True) == []
    assert "suppressed" in by_gid(axes, "rj/hidden/q1/comparison").get_text()
    assert by_gid(axes, "rj/top/q1/comparison").get_text() == "80% (72 to 86)"


@pytest.mark.parametrize(("k", "top"), [(2, 1), (3, 1), (3, 2), (4, 2), (5, 2), (7, 2), (10, 3)])
def test_each_number_of_categories_has_looks_that_differ_at_the_ends(k, top):
    looks = level_looks(k, top)
    assert len(looks) == k
    assert looks[0] != looks[-1]


def test_flow_boxes_hold_the_counts(make, by_gid):
    axes = rjeval.plot_flow(make.flow())
    texts = {
        a.get_gid(): a.get_text().replace("\N{NO-BREAK SPACE}", " ").replace("\n", " ")
        for a in by_gid(axes, "rj/", all_of=True)
        if hasattr(a, "get_text")
    }
    assert texts["rj/stage/referred"] == "Referred in the period (n = 612)"
    assert "Excluded offence group (n = 31)" in texts["rj/exclusion/consent"]
    assert texts["rj/arm/comparison"] == "Comparison (n = 170)"
    assert "rj/stage/analysed" in texts


def test_hidden_flow_counts_are_said_as_bounds(make):
    flow = make.flow(released=make.stamp)
    frame = flow.frame.assign(bound="")
    frame.loc[2, ["n", "bound"]] = [np.nan, "fewer than 11"]
    frame.loc[5, "n_comparison"] = np.nan
    alt, _ = describe_axes(rjeval.plot_flow(replace(flow, frame=frame)))
    assert "Excluded offence group: n: fewer than 11" in alt
    assert "Comparison: n: suppressed" in alt


def test_a_flow_without_losses_says_so(make):
    flow = make.flow()
    stages = flow.frame[flow.frame["kind"] == "stage"]
    alt, _ = describe_axes(rjeval.plot_flow(replace(flow, frame=stages, arms=())))
    assert "Nobody was left out." in alt


def test_columns_in_time_are_the_counts_of_each_quarter(make, by_gid):
    counts = make.counts(two=False)
    axes = rjeval.plot_counts(counts)
    bars = by_gid(axes, "rj/bars/0", all_of=True)
    np.testing.assert_array_equal([b.get_height() for b in bars], counts.frame["n"])
    assert axes.get_ylim()[0] == 0
    assert axes.get_xticklabels()[0].get_text() == "Q1\n2022"


def test_quarters_at_the_edges_and_without_date_keep_their_place(make):
    frame = pd.DataFrame(
        {"quarter": ["before 2021 Q1", "2021 Q1", "2021 Q2", "not_recorded"], "n": [3, 20, 30, 5]}
    )
    axes = rjeval.plot_counts(make.counts(two=False, frame=frame))
    assert [t.get_text() for t in axes.get_xticklabels()] == [
        "before\nQ1 2021",
        "Q1\n2021",
        "Q2",
        "no\ndate",
    ]


def test_many_quarters_are_labelled_by_year(make):
    quarters = [f"{y} Q{q}" for y in range(2019, 2025) for q in (1, 2, 3, 4)]
    frame = pd.DataFrame({"quarter": ["before 2019 Q1", *quarters], "n": 20})
    axes = rjeval.plot_counts(make.counts(two=False, frame=frame))
    labels = {
        t.get_text().strip(): at
        for t, at in zip(axes.get_xticklabels(), axes.get_xticks(), strict=True)
    }
    assert labels["before"] == 0
    assert labels["2019"] == 1
    assert labels["2024"] == 21


def test_years_stand_alone(make):
    frame = pd.DataFrame({"year": ["2021", "2022", "2023"], "n": [20, 30, 40]})
    axes = rjeval.plot_counts(make.counts(two=False, frame=frame, dimensions=("year",)))
    assert [t.get_text() for t in axes.get_xticklabels()] == ["2021", "2022", "2023"]


def test_a_hidden_cell_has_no_bar_but_its_bound(make, by_gid):
    counts = make.counts(time=False, two=False, released=make.stamp)
    frame = counts.frame.assign(bound="", n=[50.0, np.nan, 30.0])
    frame.loc[1, "bound"] = "fewer than 11"
    axes = rjeval.plot_counts(replace(counts, frame=frame))
    assert by_gid(axes, "rj/value/1/0").get_text() == "fewer than 11"
    assert np.isnan(by_gid(axes, "rj/bars/0", all_of=True)[1].get_width())
    assert "suppressed" in describe_axes(axes)[1]


def test_totals_are_not_drawn_as_categories(make, by_gid):
    frame = pd.DataFrame({"mode": ["in_person", "video", "total"], "n": [30, 20, 50]})
    axes = rjeval.plot_counts(make.counts(time=False, two=False, frame=frame))
    assert len(by_gid(axes, "rj/bars/0", all_of=True)) == 2
    assert "n = 50 in all" in describe_axes(axes)[1]


def test_counts_that_cannot_be_bars_are_refused(make):
    with pytest.raises(ValueError, match="not 3"):
        rjeval.plot_counts(make.counts(dimensions=("quarter", "site", "arm")))
    counts = make.counts()
    with pytest.raises(ValueError, match="has no shares"):
        rjeval.plot_counts(replace(counts, frame=counts.frame.drop(columns="share")), share=True)


def test_rates_are_bars_from_zero_with_intervals(make, by_gid):
    axes = rjeval.plot_rates(make.rates())
    assert by_gid(axes, "rj/bars/365/rj/0").get_width() == pytest.approx(0.12)
    np.testing.assert_allclose(by_gid(axes, "rj/interval/365/rj/0").get_xdata(), [0.08, 0.17])
    assert axes.get_xlim()[0] == 0
    assert (
        "Within 12 months, Restorative justice: 12.0% (8.0 to 17.0), 30 of 250"
        in describe_axes(axes)[0]
    )


def test_icons_fill_the_estimate_and_ring_up_to_the_upper_limit(make, by_gid):
    axes = rjeval.plot_icons(make.rates(), at_days=730)
    sizes = {
        part: len(by_gid(axes, f"rj/icons/rj/{part}").get_offsets())
        for part in ("filled", "ringed", "faint")
    }
    assert sizes == {"filled": 25, "ringed": 5, "faint": 70}
    assert "about 25 of 100 (95% CI 21 to 30)" in describe_axes(axes)[0]


def test_a_hidden_rate_has_no_icons(make, by_gid):
    rates = make.rates(released=make.stamp)
    frame = rates.frame.assign(bound="fewer than 11 of 200 (under 6%)")
    frame.loc[frame["arm"] == "rj", ["estimate", "conf_low", "conf_high"]] = np.nan
    axes = rjeval.plot_icons(replace(rates, frame=frame))
    assert by_gid(axes, "rj/icons/rj", all_of=True) == []
    assert "Restorative justice: suppressed: fewer than 11 of 200" in describe_axes(axes)[0]


def test_icons_refuse_an_unknown_window_and_a_crowd(make):
    with pytest.raises(ValueError, match="no window of 90 days"):
        rjeval.plot_icons(make.rates(), at_days=90)
    crowd = pd.concat([make.rates().frame] * 2)
    with pytest.raises(ValueError, match="up to 3 groups, not 4"):
        rjeval.plot_icons(replace(make.rates(), frame=crowd))


def test_response_is_of_those_invited(make, by_gid):
    axes = rjeval.plot_response(make.response())
    assert by_gid(axes, "rj/bars/harmed_party/post//0").get_width() == pytest.approx(0.5)
    assert "Harmed parties, After: 50.0% (45.0 to 55.0), 190 invited" in describe_axes(axes)[0]


def test_change_joins_the_two_waves(make, by_gid):
    before, after = make.shares(by=""), make.shares(by="")
    after = replace(after, frame=after.frame.assign(estimate=0.9))
    axes = rjeval.plot_change(before, after)
    np.testing.assert_allclose(by_gid(axes, "rj/join/q1/all").get_xdata(), [0.8, 0.9])
    assert "before 80% (72 to 86), after 90%" in describe_axes(axes)[0]


def test_change_refuses_waves_that_cannot_be_compared(make):
    with pytest.raises(ValueError, match="differ in role"):
        rjeval.plot_change(make.shares(), make.shares(role="responsible_party"))
    other = make.shares()
    renamed = replace(other, frame=other.frame.assign(item_id="q9"))
    with pytest.raises(ValueError, match="no item in common"):
        rjeval.plot_change(make.shares(), renamed)


def test_love_plot_shows_the_largest_difference_of_known_levels(make, by_gid):
    axes = rjeval.plot_balance(make.baseline())
    # levels of gender: 0.05 and -0.08; "missing" (0.9) is no characteristic
    assert by_gid(axes, "rj/point/gender/0").get_xdata() == [-0.08]
    assert by_gid(axes, "rj/value/offence_group/0").get_text() == "suppressed"
    with pytest.raises(ValueError, match="two groups or more"):
        rjeval.plot_balance(make.baseline(groups=("all",)))


def test_missing_shares_are_of_the_whole_group(make, by_gid):
    axes = rjeval.plot_missing(make.baseline())
    assert by_gid(axes, "rj/bars/gender/0").get_width() == pytest.approx(20 / 180)
    assert by_gid(axes, "rj/bars/age_at_index/1").get_width() == pytest.approx(10 / 320)


def test_what_is_known_for_everybody_has_no_row(make):
    baseline = make.baseline()
    known = baseline.frame[baseline.frame["variable"] != "gender"]
    alt, caption = describe_axes(rjeval.plot_missing(replace(baseline, frame=known)))
    everybody = known.assign(
        **{f"n_{group}": size for group, size in baseline.group_sizes.items()}
    )[known["kind"] == "mean"]
    axes = rjeval.plot_missing(replace(baseline, frame=everybody))
    told = axes._repr_mimebundle_()[0]["text/markdown"]
    assert told == "Nothing is missing: each characteristic is known for everybody."
    assert "Gender" not in alt + caption


def test_a_few_missing_answers_are_a_bound_after_release(make, by_gid):
    axes = rjeval.plot_missing(make.baseline(released=make.stamp))
    assert by_gid(axes, "rj/value/gender/1").get_text() == "fewer than 11"
    assert by_gid(axes, "rj/bars/gender/1", all_of=True) == []
    assert "0.012" not in drawing_of(axes).data.to_csv()


def test_stages_name_their_base(make, by_gid):
    axes = rjeval.plot_stages(make.stages())
    assert by_gid(axes, "rj/bars/North/completed/0").get_width() == pytest.approx(0.5)
    assert "North: Completed, 90 of 180 eligible, 50.0% (44.0 to 55.0)" in describe_axes(axes)[0]


def test_money_never_tells_what_one_person_owes(make, by_gid):
    axes = rjeval.plot_money(make.money())
    bars = by_gid(axes, "rj/bars/0", all_of=True)
    np.testing.assert_array_equal([b.get_width() for b in bars], [41250, 15000])
    said = " ".join(describe_axes(axes)) + drawing_of(axes).data.to_csv()
    assert "4321" not in said
    assert "paid US$ 30,100, 73.0% (95% CI 63.0 to 81.0)" in said


def test_quality_leaves_out_kinds_that_no_table_has(make, by_gid):
    axes = rjeval.plot_quality(make.quality())
    assert [t.get_text() for t in by_gid(axes, "rj/key").get_texts()] == [
        "Refused by a rule",
        "Exact duplicates",
    ]
    assert "Referral (612 rows read): refused by a rule 5" in describe_axes(axes)[0]


def test_tables_without_rows_set_aside_are_named_not_drawn(make, by_gid):
    quality = make.quality()
    whole = pd.DataFrame([["payment", 280, 280, 0, 0, 0]], columns=quality.frame.columns)
    more = replace(quality, frame=pd.concat([quality.frame, whole], ignore_index=True))
    axes = rjeval.plot_quality(more)
    assert [t.get_text().split(" (")[0] for t in axes.get_yticklabels()] == ["Referral", "Session"]
    assert "No rows set aside: Payment." in describe_axes(axes)[1]


def test_a_clean_export_is_a_sentence(make, by_gid):
    quality = make.quality()
    clean = quality.frame.assign(n_quarantined=0, n_duplicates=0, n_filtered=0)
    axes = rjeval.plot_quality(replace(quality, frame=clean))
    assert describe_axes(axes)[0] == "No rows set aside: Referral, Session."
    assert by_gid(axes, "rj/nothing").get_text() == "No rows set aside: Referral, Session."
    assert axes._repr_mimebundle_()[0]["text/markdown"] == "No rows set aside: Referral, Session."


def test_status_words_are_not_read_as_populations(make):
    frame = pd.DataFrame({"status": ["completed", "open"], "n": [30, 20]})
    counts = make.counts(frame=frame, dimensions=("status",), labels={"open": "Still open"})
    alt, _ = describe_axes(rjeval.plot_counts(counts))
    assert "Completed: 30; Still open: 20" in alt


def test_own_axes_are_those_of_the_house(make):
    assert isinstance(rjeval.plot_flow(make.flow()), HouseAxes)
