"""Relative rates between groups, worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rjeval.analysis_data import Exports
from rjeval.delivery.equity import (
    LEFT_OUT,
    NO_STAGE,
    OTHER,
    SEVERAL,
    relative_rate_index,
    relative_rates,
)
from rjeval.delivery.stages import stage_rates
from rjeval.design.disclosure import DisclosureRule, profile_rule
from rjeval.design.plan import read_equity
from rjeval.disclosure.border import release
from rjeval.errors import DataError, DesignError, WithheldError
from rjeval.figures.contrasts import plot_contrasts
from rjeval.figures.drawing import describe_axes

#: Figures below are worked to six digits by hand.
DIGITS = 1e-6


def _exports(groups):
    """``groups``: name -> (eligible, completed of them); one more of each group not eligible."""
    parts = []
    for name, (n, k) in groups.items():
        status = ["completed"] * k + ["partial"] * (n - k + 1)
        eligible = ["yes"] * n + ["no"]
        parts.append(pd.DataFrame({"group": name, "exit_status": status, "eligible": eligible}))
    rows = pd.concat(parts, ignore_index=True)
    number = [str(i) for i in range(len(rows))]
    rows = rows.assign(referral_id=number, person_id=number, case_id=number)
    empty = pd.DataFrame()
    return Exports(tables={"referral": rows}, accounts=(), ledger=empty, quality=empty)


@pytest.fixture
def result():
    exports = _exports({"a": (80, 60), "b": (50, 30)})
    return relative_rate_index(exports, "group", stage="completed", reference="a")


def test_ratio_of_rates_with_the_log_interval(result):
    """60 of 80 against 30 of 50: .6 / .75 = .8.

    Variance of the log 1/30 - 1/50 + 1/60 - 1/80 = .0175, root .132288; times 1.959964 is
    .259280; .8 exp(-+.259280) = .617286 and 1.036798.
    """
    row = result.frame.iloc[0]
    assert (row["group"], row["reference"], row["term"]) == ("b", "a", "risk_ratio")
    assert row["estimate"] == pytest.approx(0.8, abs=DIGITS)
    assert row["std_error"] == pytest.approx(0.132288, abs=DIGITS)
    assert row["conf_low"] == pytest.approx(0.617286, abs=2 * DIGITS)
    assert row["conf_high"] == pytest.approx(1.036798, abs=2 * DIGITS)
    assert row["p_value"] == pytest.approx(0.091625, abs=1e-4)


def test_base_of_a_stage_is_the_stage_before(result):
    """Those who were not eligible are no failures to complete."""
    assert result.arms[["group", "n", "n_event"]].values.tolist() == [["a", 80, 60], ["b", 50, 30]]


def test_eligibility_has_everybody_referred_as_its_base():
    exports = _exports({"a": (9, 5), "b": (4, 2)})
    arms = relative_rate_index(exports, "group", stage="eligible", reference="a").arms
    assert arms[["n", "n_event"]].values.tolist() == [[10, 9], [5, 4]]


def test_reference_comes_first_then_the_larger_groups():
    exports = _exports({"a": (20, 10), "b": (30, 10), "c": (40, 10)})
    arms = relative_rate_index(exports, "group", stage="completed", reference="a").arms
    assert arms["group"].tolist() == ["a", "c", "b"]


def test_groups_under_one_percent_and_several_categories_are_put_together():
    exports = _exports({"a": (300, 200), "x": (2, 1), "y": (1, 1), "a;b": (40, 20)})
    arms = relative_rate_index(exports, "group", stage="completed", reference="a").arms
    assert arms.set_index("group")["n"].to_dict() == {"a": 300, SEVERAL: 40, OTHER: 3}


def test_a_group_without_events_has_no_interval():
    exports = _exports({"a": (20, 10), "b": (20, 0)})
    row = relative_rate_index(exports, "group", stage="completed", reference="a").frame.iloc[0]
    assert row["estimate"] == 0
    assert np.isnan([row["conf_low"], row["conf_high"], row["p_value"]]).all()


def test_a_reference_without_events_has_no_ratio():
    exports = _exports({"a": (20, 0), "b": (20, 5)})
    row = relative_rate_index(exports, "group", stage="completed", reference="a").frame.iloc[0]
    assert np.isnan(row["estimate"])


def test_unknown_reference_and_stage_are_refused_with_those_there_are():
    exports = _exports({"a": (20, 10), "b": (20, 5)})
    with pytest.raises(DataError, match="nobody") as caught:
        relative_rate_index(exports, "group", stage="completed", reference="z")
    assert "a, b" in str(caught.value)
    with pytest.raises(DataError, match="stage conferenced") as caught:
        relative_rate_index(exports, "group", stage="conferenced", reference="a")
    assert "eligible, completed" in str(caught.value)


def test_small_groups_are_hidden_when_released():
    exports = _exports({"a": (80, 60), "b": (50, 30), "c": (15, 6)})
    shown = release(
        relative_rate_index(exports, "group", stage="completed", reference="a"),
        rule=DisclosureRule(),
    )
    by_group = shown.frame.set_index("group")["estimate"]
    assert by_group["b"] == pytest.approx(0.8)
    assert np.isnan(by_group["c"])


def test_relative_rates_of_all_stages_are_those_of_the_index_stage_by_stage():
    exports = _exports({"a": (80, 60), "b": (50, 30)})
    found = relative_rates(stage_rates(exports, by="group"), reference="a")
    assert list(found) == ["eligible", "completed"]
    for stage, contrast in found.items():
        alone = relative_rate_index(exports, "group", stage=stage, reference="a")
        numbers = ["estimate", "std_error", "p_value", "conf_low", "conf_high"]
        pd.testing.assert_frame_equal(contrast.frame[numbers], alone.frame[numbers])
        assert contrast.arms[["group", "n", "n_event"]].values.tolist() == (
            alone.arms[["group", "n", "n_event"]].values.tolist()
        )
    assert found["completed"].frame["estimate"].tolist() == pytest.approx([0.8], abs=DIGITS)


def test_relative_rates_of_released_rates_rest_on_shown_counts_and_stay_released():
    exports = _exports({"a": (80, 60), "b": (50, 30), "c": (60, 40), "few": (4, 2), "less": (3, 1)})
    del exports.tables["referral"]["eligible"]
    rates = release(stage_rates(exports, by="group"), rule=profile_rule("public_strict"))
    done = relative_rates(rates, reference="a")["completed"]
    assert done.is_released
    shown = rates.frame[rates.frame["stage"] == "completed"].set_index("group")
    known = set(shown.index[shown["estimate"].notna()])
    assert {"few", "less"}.isdisjoint(known)
    assert set(done.frame["group"]) == known - {"a"} == {"c"}  # b protects the small ones
    for row in done.frame.to_dict("records"):
        ratio = shown.loc[row["group"], "estimate"] / shown.loc["a", "estimate"]
        assert row["estimate"] == pytest.approx(ratio)
    assert LEFT_OUT in done.notes


def test_relative_rates_need_groups_and_a_reference_among_them():
    exports = _exports({"a": (80, 60), "b": (50, 30)})
    with pytest.raises(DataError, match="reference group"):
        relative_rates(stage_rates(exports), reference="a")
    with pytest.raises(DataError, match="reference group"):
        relative_rates(stage_rates(exports, by="group"), reference="z")


def test_the_dot_plot_names_stages_and_ratios():
    exports = _exports({"a": (80, 60), "b": (50, 30)})
    rates = stage_rates(exports, by="group")
    axes = plot_contrasts(relative_rates(rates, reference="a"), term="risk_ratio")
    alt, caption = describe_axes(axes)
    assert "Completed: B compared with A 0.80 (0.62 to 1.04)" in alt
    assert "does not say where it comes from" in caption


def test_relative_rates_of_which_none_may_be_shown_are_withheld():
    rates = stage_rates(_exports({"a": (80, 60), "b": (50, 30)}), by="group")
    hidden = release(rates, rule=profile_rule("public_standard"))  # one of each is not eligible
    with pytest.raises(WithheldError, match="At no stage"):
        relative_rates(hidden, reference="a")


def test_a_stage_at_which_nothing_may_be_compared_is_left_out_and_said():
    rates = stage_rates(_exports({"a": (80, 60), "b": (50, 30)}), by="group")
    shown = release(rates, rule=profile_rule("internal"))
    first = shown.frame["stage"] == "eligible"
    hidden = shown.frame.assign(
        bound="", **{c: shown.frame[c].mask(first) for c in ("n", "estimate")}
    )
    found = relative_rates(replace(shown, frame=hidden), reference="a")
    assert list(found) == ["completed"]
    assert NO_STAGE in found["completed"].notes


def test_named_stages_are_shares_of_those_at_the_stage_named_before():
    exports = _exports({"a": (80, 60), "b": (50, 30)})
    found = stage_rates(exports, by="group", stages=["completed"]).frame
    assert found["base_stage"].tolist() == ["referred", "referred"]
    assert found[["n_base", "n"]].values.tolist() == [[81, 60], [51, 30]]
    with pytest.raises(DataError, match="stage offered") as caught:
        stage_rates(exports, stages=["offered"])
    assert "eligible, completed" in str(caught.value)


def test_equity_names_stages_once_and_in_order():
    given = {"by": "gender", "reference": "man"}
    stages = ["consented", "completed"]
    assert read_equity({"equity": {**given, "stages": stages}}).stages == tuple(stages)
    for wrong in (stages[::-1], ["consented", "consented"], ["signed"]):
        with pytest.raises(DesignError, match="in their order"):
            read_equity({"equity": {**given, "stages": wrong}})


def test_equity_needs_both_a_column_and_a_reference():
    assert read_equity({"equity": {"by": "gender", "reference": "man"}}).reference == "man"
    with pytest.raises(DesignError, match="both by and reference"):
        read_equity({"equity": {"by": "gender"}})
