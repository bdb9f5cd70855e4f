"""A result shows itself: one line where it may be logged, its table and definition if printed."""

from __future__ import annotations

import pandas as pd
import pytest

import rjeval as rj
from rjeval.results import Result
from rjeval.results.showing import NOTEBOOK_ROWS, TEXT_ROWS

RULE = rj.profile_rule("public_strict")


@pytest.fixture(scope="module")
def curves() -> Result:
    """Return curves of two arms with an event on each of the days 101 to 200."""
    days = list(range(101, 201))
    frame = pd.DataFrame({"day": days * 2, "arrest": 1, "arm": ["a"] * 100 + ["b"] * 100})
    return rj.kaplan_meier(rj.time_to_event(frame, time="day", event="arrest"), by="arm")


def test_a_log_line_holds_settings_and_no_number_of_anybody(curves) -> None:
    line = repr(curves)
    assert "\n" not in line
    assert "kind='survival'" in line
    assert "by='arm'" in line
    assert not any(str(number) in line for number in range(101, 200))  # 200 is the horizon


def test_what_has_not_been_released_says_so_wherever_it_is_shown(curves) -> None:
    released = rj.release(curves, rule=RULE)
    for shown in (repr(curves), str(curves), curves._repr_html_()):
        assert "not for release" in shown
    for shown in (repr(released), str(released), released._repr_html_()):
        assert "not for release" not in shown
    assert "released='public_strict'" in repr(released)


def test_a_printed_result_states_the_six_labels_of_its_definition(curves) -> None:
    for shown in (str(curves), curves._repr_html_()):
        for label in ("Event:", "Clock starts:", "Window:", "Waiting period:", "Records:"):
            assert label in shown
        assert "Population: everyone referred and eligible" in shown


def test_a_long_table_is_cut_and_says_where_the_rest_is(curves) -> None:
    assert len(curves.frame) > NOTEBOOK_ROWS
    said = f"{len(curves.frame)} rows: to_frame() has them all."
    assert said in str(curves)
    assert said in curves._repr_html_()
    rows = str(curves).split(said)[0].count("\n")
    assert rows < 2 * TEXT_ROWS


def test_sizes_of_groups_stand_below_curves_and_numbers_below_models(curves) -> None:
    assert "n_events" in str(curves)
    frame = pd.DataFrame(
        {"day": range(10, 60), "arrest": [1, 0] * 25, "age": [20, 30, 40, 25, 35] * 10}
    )
    fit = rj.cox_regression(rj.time_to_event(frame, time="day", event="arrest"), "age")
    assert "n 50, n_events 25" in str(fit)
    assert "concordance" in str(fit)


def test_labels_are_escaped_in_a_notebook() -> None:
    frame = pd.DataFrame({"day": [1, 2, 3, 4], "arrest": 1, "arm": ["<b>", "c"] * 2})
    shown = rj.kaplan_meier(rj.time_to_event(frame, time="day", event="arrest"), by="arm")
    assert "<b>" not in shown._repr_html_()
