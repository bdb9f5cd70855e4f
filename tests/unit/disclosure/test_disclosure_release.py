"""What the border lets through, by type of result, worked out by hand from small tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rjeval.design.disclosure import DisclosureRule, profile_rule
from rjeval.disclosure.border import release
from rjeval.errors import DisclosureError
from rjeval.results import CountTable, Result

COUNT_PREFIX = "n_"


def test_every_type_is_stamped_and_keeps_its_own_columns(any_result: Result, rule) -> None:
    before = any_result.to_frame()
    out = release(any_result, rule=rule)
    assert type(out) is type(any_result)
    assert any_result.released is None
    assert out.released is not None
    assert (out.released.profile, out.released.min_cell) == ("public_strict", 11)
    merged = {str(c) for c in before.columns if str(c).startswith("n_level_")}
    inward = {
        str(c) for c in before.columns if str(c).startswith(("largest", "second", "n_entries"))
    }
    assert set(before.columns) - merged - inward <= set(out.frame.columns)
    assert not inward & set(out.frame.columns)
    assert set(out.frame.columns) <= {*before.columns, "suppressed", "bound"}
    assert (
        out.frame["suppressed"].isin(["", "primary", "complementary", "denominator", "tail"]).all()
    )
    pd.testing.assert_frame_equal(any_result.frame, before)


def test_no_count_from_1_to_10_is_ever_shown(any_result: Result, rule) -> None:
    out = release(any_result, rule=rule)
    frames = [
        out.frame,
        *(getattr(out, name, None) for name in ("groups", "arms", "rules", "ledger")),
    ]
    for frame in [f for f in frames if isinstance(f, pd.DataFrame)]:
        for name in [c for c in frame.columns if c == "n" or str(c).startswith(COUNT_PREFIX)]:
            values = frame[name].to_numpy(dtype=float)
            assert not ((values > 0) & (values < 11)).any(), name
            assert (np.nan_to_num(values) % 5 == 0).all(), name


def test_one_result_gives_one_and_several_give_a_tuple(results, rule) -> None:
    assert isinstance(release(results["counts"], rule=rule), CountTable)
    assert isinstance(release(results["counts"], results["rates"], rule=rule), tuple)


def test_a_release_is_not_released_again_under_another_rule(any_result: Result, rule) -> None:
    once = release(any_result, rule=rule)
    assert release(once, rule=rule) is once
    with pytest.raises(DisclosureError, match="already released as public_strict"):
        release(once, rule=profile_rule("public_strict", min_cell=20))


def test_internal_hides_nothing_and_may_still_be_released_properly(
    any_result: Result, rule
) -> None:
    inside = release(any_result, rule=profile_rule("internal"))
    assert inside.released is not None
    assert inside.released.profile == "internal"
    shared = list(any_result.frame.columns)
    pd.testing.assert_frame_equal(inside.frame[shared], any_result.frame)
    again = release(inside, rule=rule)
    assert again.released.profile == "public_strict"


def test_tables_about_people_harmed_keep_a_threshold_of_11(results) -> None:
    out = release(results["shares"], rule=profile_rule("public_standard"))
    assert out.released.min_cell == 11
    other = replace(results["shares"], role="responsible_party")
    assert release(other, rule=profile_rule("public_standard")).released.min_cell == 6


def test_a_rule_below_its_profile_is_refused(results) -> None:
    with pytest.raises(DisclosureError, match="below the floor of public_strict in min_cell"):
        release(results["counts"], rule=DisclosureRule(min_cell=3))


def test_data_cannot_be_released(rule) -> None:
    with pytest.raises(DisclosureError, match="DataFrame cannot be released"):
        release(pd.DataFrame({"person_id": ["A1"]}), rule=rule)


def test_8_of_60_becomes_a_bound_with_its_interval(results, rule) -> None:
    """At most 10 of at least 58 (60 is a rounded size): 17.2%, so under 18%."""
    row = release(results["rates"], rule=rule).frame.iloc[1]
    assert np.isnan(row["n_event"])
    assert np.isnan(row["estimate"])
    assert row["suppressed"] == "primary"
    assert row["bound"].startswith("fewer than 11 of 60 (under 18%")


def test_rates_follow_from_rounded_counts(results, rule) -> None:
    """61 of 290 is shown as 60 of 290 = 20.69%, never 21.03%."""
    row = release(results["rates"], rule=rule).frame.iloc[0]
    assert row["n_event"] == 60
    assert row["n_mature"] == 290
    assert row["estimate"] == pytest.approx(60 / 290)


def test_risk_difference_follows_from_rounded_arms(results, rule) -> None:
    """60/290 - 45/150 = -9.31 points, whatever the exact difference was."""
    out = release(results["contrast"], rule=rule)
    values = out.frame.set_index("term")["estimate"]
    assert values["risk_difference"] == pytest.approx(60 / 290 - 45 / 150)
    assert values["risk_ratio"] == pytest.approx(60 / 290 / (45 / 150))


def test_nearly_everybody_satisfied_is_a_bound_too(results, rule) -> None:
    """43 of 45: 2 others are under the threshold, so the share is only said to be high."""
    row = release(results["shares"], rule=rule).frame.iloc[0]
    assert np.isnan(row["n_top"])
    assert np.isnan(row["estimate"])
    assert row["bound"] == "more than 76% of 45"
    assert np.isnan(row["mean"])


def test_zero_is_hidden_unless_structural(rule) -> None:
    frame = pd.DataFrame({"kind": ["a", "b", "c"], "n": [50, 0, 40], "structural": [False] * 3})
    table = CountTable(frame=frame, title="t", dimensions=("kind",), what="referrals")
    assert np.isnan(release(table, rule=rule).frame["n"].iloc[1])
    allowed = replace(table, frame=frame.assign(structural=[False, True, False]))
    assert release(allowed, rule=rule).frame["n"].tolist() == [50, 0, 40]


def test_combinations_left_out_of_a_two_way_table_are_zeros(rule) -> None:
    frame = pd.DataFrame({"site": ["A", "A", "B"], "kind": ["x", "y", "x"], "n": [90, 60, 80]})
    table = CountTable(frame=frame, title="t", dimensions=("site", "kind"), what="referrals")
    out = release(table, rule=rule).frame
    assert len(out) == 4
    hidden = out.loc[(out["site"] == "B") & (out["kind"] == "y")].iloc[0]
    assert np.isnan(hidden["n"])
    assert hidden["bound"] == "fewer than 11"


def test_small_reasons_are_merged_and_steps_keep_adding_up(results, rule) -> None:
    """3 and 9 become 12 under "Other reasons", shown as 15; 600 - 40 - 15 = 545."""
    frame = release(results["flow"], rule=rule).frame
    assert frame["label"].tolist() == ["Assessed", "Repeat referral", "Other reasons", "Analysed"]
    shown = frame.set_index("label")["n"]
    if shown.notna().all():
        assert (
            shown["Assessed"] - shown["Repeat referral"] - shown["Other reasons"]
            == shown["Analysed"]
        )
    assert shown[["Assessed", "Analysed"]].notna().all()
    assert np.isnan(frame.set_index("label").loc["Other reasons", "n_rj"])


def test_a_stage_that_loses_a_handful_is_left_out(rule, results) -> None:
    """500 -> 495 -> 300: the stage of 495 would tell of 5 people."""
    frame = pd.DataFrame(
        {
            "step": [0, 1, 2],
            "label": ["Referred", "Eligible", "Analysed"],
            "kind": ["stage"] * 3,
            "n": [500, 495, 300],
        }
    )
    out = release(replace(results["flow"], frame=frame, arms=()), rule=rule).frame
    assert out["label"].tolist() == ["Referred", "Analysed"]


def test_a_thin_level_is_hidden_with_its_covariances(results, rule) -> None:
    out = release(results["cox"], rule=rule)
    row = out.frame.set_index("term").loc["site[C]"]
    assert np.isnan(row["estimate"])
    assert row["suppressed"] == "primary"
    assert np.isnan(out.vcov[2]).all()
    assert out.level_counts["n"].isna().tolist() == [False, False, True, True, True]
    assert (out.n, out.n_events, out.n_dropped) == (445, 105, None)


def test_a_model_with_few_degrees_of_freedom_is_refused(results, rule) -> None:
    small = replace(results["cox"], n_events=13)
    with pytest.raises(DisclosureError, match="fewer than 10 residual degrees of freedom"):
        release(small, rule=rule)


def test_a_saturated_model_is_refused(results, rule) -> None:
    """Two arms by two sites with their product: four means for four cells."""
    model = results["cox"]
    terms = ["(Intercept)", "arm[rj]", "site[B]", "arm[rj]:site[B]"]
    full = replace(model, model="linear", n_events=None, frame=model.frame.assign(term=terms))
    with pytest.raises(DisclosureError, match="saturated"):
        release(full, rule=rule)


def test_thresholds_and_intercepts_are_not_shown(results, rule) -> None:
    model = results["cox"]
    frame = model.frame.assign(component=["coefficient", "coefficient", "threshold", "threshold"])
    out = release(replace(model, model="ordinal", n_events=None, frame=frame), rule=rule)
    hidden = out.frame.loc[out.frame["component"] == "threshold"]
    assert hidden["estimate"].isna().all()


def test_a_test_on_a_small_group_is_hidden(results, rule) -> None:
    test = results["log_rank"]
    small = replace(test, groups=test.groups.assign(observed=[44, 7]))
    out = release(small, rule=rule)
    assert out.frame["statistic"].isna().all()
    assert out.groups["observed"].isna().all()
    assert out.groups["expected"].isna().all()


def test_notes_do_not_carry_counts_past_the_border(results, rule) -> None:
    out = release(results["curves"], rule=rule)
    assert out.notes == ("fewer than 11 rows without arm were left out.",)


def test_a_rate_that_was_refused_stays_missing(results, rule) -> None:
    given = results["rates"]
    refused = given.frame.assign(estimate=[np.nan, np.nan])
    out = release(replace(given, frame=refused), rule=rule).frame
    assert out["estimate"].isna().all()
    assert out["conf_high"].isna().all()


def test_two_windows_of_the_same_people_do_not_give_the_events_between(results, rule) -> None:
    """61 by day 365 and 65 by day 730 of the same 290 people: 4 between must not follow."""
    given = results["rates"]
    frame = pd.concat([given.frame.iloc[[0]]] * 2, ignore_index=True)
    frame = frame.assign(at_days=[365, 730], n_event=[61, 65])
    out = release(replace(given, frame=frame), rule=rule).frame
    assert out["n_event"].isna().sum() == 1


def test_a_sum_that_one_person_dominates_is_hidden_with_a_neighbour(results, rule) -> None:
    """Site B: two people owe 94% of it. With a known total, one more site must be hidden."""
    frame = release(results["money"], rule=rule).frame.set_index("site_id")
    assert np.isnan(frame.loc["B", "amount_owed"])
    assert frame.loc["B", "suppressed"] == "primary"
    assert frame["amount_owed"].isna().sum() == 2


def test_a_stage_that_all_but_a_handful_passed_gives_no_rate(results, rule) -> None:
    frame = release(results["stages"], rule=rule).frame.set_index("stage")
    assert np.isnan(frame.loc["consented", "estimate"])
    assert frame.loc["offered", "estimate"] == pytest.approx(120 / 200)


def test_a_count_that_slipped_through_is_caught_at_the_border(results, rule, monkeypatch) -> None:
    from rjeval.disclosure import border

    monkeypatch.setitem(border._DOORS, CountTable, lambda result, frame, rule: result)
    with pytest.raises(DisclosureError, match="still holds counts under 11"):
        release(results["counts"], rule=rule)
