"""A street-time clock gives curves, never a fixed-window rate: maturity would know the future."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

import rjeval as rj
from rjeval.errors import GuardError


@pytest.fixture
def outcome():
    frame = pd.DataFrame({"day": [100] * 10 + [365] * 30, "new": [1] * 10 + [0] * 30})
    plain = rj.time_to_event(frame, time="day", event="new")
    return replace(plain, definition=replace(plain.definition, custody="street_time"))


def test_a_fixed_window_rate_is_refused_with_what_to_do_instead(outcome):
    with pytest.raises(GuardError, match="street-time") as caught:
        rj.fixed_window_rates(outcome, at_days=365)
    assert "cumulative_incidence" in caught.value.hint


def test_the_curve_is_given(outcome):
    assert rj.kaplan_meier(outcome).frame["estimate"].iloc[-1] == pytest.approx(0.75)


def test_the_sensitivity_grid_gives_street_time_by_its_curve(outcome):
    frame = outcome.frame.assign(arm=["a", "b"] * 20)
    street = replace(outcome, frame=frame)
    plain = replace(street, definition=replace(street.definition, custody="ignore"))
    grid = rj.sensitivity_grid({"primary": plain, "days in custody taken out": street}, at_days=365)
    risks = grid.contrasts["days in custody taken out"].arms["estimate"]
    assert risks.tolist() == pytest.approx([0.25, 0.25])
    assert not any("not given" in note for note in grid.notes)
