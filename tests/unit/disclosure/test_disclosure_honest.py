"""What the border says of a number is true: bounds, intervals, notes and footnotes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rjeval.disclosure.border import release
from rjeval.disclosure.bounds import PROTECTING
from rjeval.disclosure.contrasts import NEEDLESS


def test_a_count_hidden_for_another_gets_no_bound(results, rule) -> None:
    """34 and 36 of 187 by two days: 2 lie between, so one is hidden; it is not "more than 94%"."""
    frame = pd.concat([results["rates"].frame.iloc[[0]]] * 2, ignore_index=True)
    frame = frame.assign(
        at_days=[365, 395], n_total=189, n_mature=187, n_event=[34, 36], n_unchecked=18
    )
    out = release(replace(results["rates"], frame=frame), rule=rule).frame
    hidden = out[out["suppressed"] != ""]
    assert len(hidden) == 1
    assert hidden["bound"].tolist() == [PROTECTING]


def test_all_but_a_few_is_said_only_of_all_but_a_few(results, rule) -> None:
    """280 of 290 have the event: 10 have not. 61 of 290 is not nearly all."""
    frame = results["rates"].frame.iloc[[0]].assign(n_event=280, estimate=280 / 290)
    out = release(replace(results["rates"], frame=frame), rule=rule).frame
    assert out["bound"].tolist() == ["more than 96% of 290"]


def test_answers_hidden_for_another_get_no_bound(results, rule) -> None:
    """70 answered of 140; whatever is hidden, nobody is told of half or more."""
    frame = results["response"].frame.assign(
        n_completed=[8, 70], n_partial=[1, 0], n_refused=[21, 4], n_no_contact=[30, 66]
    )
    out = release(replace(results["response"], frame=frame), rule=rule).frame
    assert not out["bound"].str.contains("more than").any()
    counts = out[out["suppressed"] != ""]
    assert np.isnan(counts["estimate"]).all()


def test_no_verdict_is_stronger_than_the_exact_data_allow(results, rule) -> None:
    """60/290 - 45/150 is -18.0 to -0.6 points; 61/290 - 44/150 is -17.0 to 0.4: no difference."""
    out = release(results["contrast"], rule=rule)
    row = out.frame.set_index("term").loc["risk_difference"]
    assert row["conf_low"] == pytest.approx(60 / 290 - 45 / 150 - 1.96 * 0.044338, abs=1e-4)
    assert row["conf_high"] == pytest.approx(0.01)
    assert row["p_value"] == pytest.approx(0.061)
    ratio = out.frame.set_index("term").loc["risk_ratio"]
    assert ratio["conf_high"] == pytest.approx(1.01)


def test_a_number_needed_is_left_out_where_there_may_be_no_difference(results, rule) -> None:
    out = release(results["contrast"], rule=rule)
    assert "number_needed" not in set(out.frame["term"])
    assert out.released.n_suppressed == 0
    assert NEEDLESS in out.released.notes
    clear = results["contrast"]
    frame = clear.frame.copy()
    number = frame["term"] == "number_needed"
    frame.loc[number, ["conf_low", "conf_high"]] = [5.9, 170.0]
    kept = release(replace(clear, frame=frame), rule=rule).frame.set_index("term")
    assert kept.loc["number_needed", "estimate"] == pytest.approx(1 / (45 / 150 - 60 / 290))


def test_a_released_interval_holds_the_exact_one(results, rule) -> None:
    """61 of 290 is exactly 16.7% to 26.1%; the fixture's 17% to 26% lies in what is shown."""
    row = release(results["rates"], rule=rule).frame.iloc[0]
    assert row["conf_low"] <= 0.17
    assert row["conf_high"] >= 0.26


def test_a_note_says_how_far_rounding_can_move_a_share(results, rule) -> None:
    """60 of 290 stands for 58 of 292 to 62 of 288: 19.9% to 21.5%, so 0.9 points from 20.7%.

    45 of 150 stands for 43 of 152 to 47 of 148: 28.3% to 31.8%, so 1.8 points from 30%.
    """
    out = release(results["rates"], rule=rule)
    assert "Rounding can move a share by less than 1 percentage point." in out.released.notes
    gap = release(results["contrast"], rule=rule)
    assert "Rounding can move a share by up to 2 percentage points." in gap.released.notes
